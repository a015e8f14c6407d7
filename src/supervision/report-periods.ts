// Days of a class put together to few enough periods for a chart: the running result after costs, and the mean error.

import type { ClassDay } from '../domain/supervisor.ts';
import { DAY_MS, dayOf, msFromIso } from '../domain/time.ts';
import { CHART_POINTS_MAX } from './xychart.ts';

interface Period {
  /** First UTC day of the period. */
  readonly from: string;
  readonly n: number;
  readonly pnlBps: number;
  readonly netPnlBps: number;
  /** Sum of all periods up to this one, after costs. */
  readonly cumulativeNetPnlBps: number;
  /** Mean over the days that know it, weighted by their rows; `null` where none does. */
  readonly meanAbsErrorSigma: number | null;
}

export interface Periods {
  /** 1, 7 or a multiple of 7. */
  readonly lengthDays: number;
  /** Oldest first, without a gap. */
  readonly periods: readonly Period[];
}

/** The epoch began on a Thursday; weeks begin on Monday. */
const MONDAY_OFFSET_DAYS = 3;

/**
 * Returns the periods from the first to the last of `days`, oldest first, quiet ones included: days where they are few
 * enough for a chart, else weeks from Monday, else as many weeks together as it takes.
 */
export function periodsOf(days: readonly ClassDay[]): Periods {
  const numbers = days.map((each) => dayNumber(each.day));
  if (numbers.length === 0) return { lengthDays: 1, periods: [] };
  const first = Math.min(...numbers);
  const last = Math.max(...numbers);
  const { lengthDays, offsetDays } = lengthOf(first, last);
  const indexOf = (number: number): number => Math.floor((number + offsetDays) / lengthDays);
  const members = new Map<number, ClassDay[]>();
  for (const each of days) {
    const index = indexOf(dayNumber(each.day));
    const own = members.get(index);
    if (own === undefined) members.set(index, [each]);
    else own.push(each);
  }
  let cumulativeNetPnlBps = 0;
  const periods = Array.from({ length: indexOf(last) - indexOf(first) + 1 }, (_, step) => {
    const index = indexOf(first) + step;
    const own = members.get(index) ?? [];
    const netPnlBps = sum(own, (each) => each.net_pnl_bps);
    cumulativeNetPnlBps += netPnlBps;
    return {
      from: dayOf((index * lengthDays - offsetDays) * DAY_MS),
      n: sum(own, (each) => each.n),
      pnlBps: sum(own, (each) => each.pnl_bps),
      netPnlBps,
      cumulativeNetPnlBps,
      meanAbsErrorSigma: meanAbsErrorSigma(own),
    };
  });
  return { lengthDays, periods };
}

function dayNumber(day: string): number {
  return msFromIso(`${day}T00:00:00.000Z`) / DAY_MS;
}

function lengthOf(first: number, last: number): { lengthDays: number; offsetDays: number } {
  if (last - first < CHART_POINTS_MAX) return { lengthDays: 1, offsetDays: 0 };
  let weeks = 1;
  const countOf = (lengthDays: number): number =>
    Math.floor((last + MONDAY_OFFSET_DAYS) / lengthDays) -
    Math.floor((first + MONDAY_OFFSET_DAYS) / lengthDays) +
    1;
  while (countOf(weeks * 7) > CHART_POINTS_MAX) weeks += 1;
  return { lengthDays: weeks * 7, offsetDays: MONDAY_OFFSET_DAYS };
}

function sum(days: readonly ClassDay[], of: (day: ClassDay) => number): number {
  return days.reduce((total, each) => total + of(each), 0);
}

function meanAbsErrorSigma(days: readonly ClassDay[]): number | null {
  let rows = 0;
  let total = 0;
  for (const { n, mean_abs_error_sigma: mean } of days) {
    if (mean === null) continue;
    rows += n;
    total += n * mean;
  }
  return rows === 0 ? null : total / rows;
}
