// Sums by day as the values of charts: every day between the first and the last, whether anything ended on it or not.

import { roundTo } from '../domain/rounding.ts';
import type { ClassDay } from '../domain/supervisor.ts';
import { DAY_MS, msFromIso } from '../domain/time.ts';
import type { ChartAxis } from './chart-spec.ts';
import type { DaySums } from './row-totals.ts';

/** Days that have values, oldest first. */
interface Dated {
  readonly day: string;
}

interface Span {
  readonly from: number;
  readonly length: number;
}

/** Returns days since 1970-01-01. */
export function dayNumber(day: string): number {
  return msFromIso(`${day}T00:00:00.000Z`) / DAY_MS;
}

/** Returns the days from the first to the last of all lists, or `null` where there is none. */
export function spanOf(lists: readonly (readonly Dated[])[]): Span | null {
  const ends = lists.flatMap((days) => {
    const [first, last] = [days[0], days.at(-1)];
    return first === undefined || last === undefined ? [] : [dayNumber(first.day), dayNumber(last.day)];
  });
  if (ends.length === 0) return null;
  const from = Math.min(...ends);
  return { from, length: Math.max(...ends) - from + 1 };
}

export function daysAxis({ from }: Span): ChartAxis {
  return { kind: 'days', from };
}

/** Returns the value of each day of the span, `null` where there is none. */
export function valuesOn<D extends Dated>(
  days: readonly D[],
  { from, length }: Span,
  pick: (day: D) => number | null,
): (number | null)[] {
  const values = Array.from({ length }, (): number | null => null);
  for (const day of days) values[dayNumber(day.day) - from] = pick(day);
  return values;
}

/** Returns the same, each value standing until the next one; `null` only before the first. */
export function heldOn<D extends Dated>(
  days: readonly D[],
  span: Span,
  pick: (day: D) => number | null,
): (number | null)[] {
  let held: number | null = null;
  return valuesOn(days, span, pick).map((value) => {
    held = value ?? held;
    return held;
  });
}

const BPS_DIGITS = 1;

/** Returns the running sum of the results after costs, bps: nothing before the first day, and quiet days stand still. */
export function runningNet(days: readonly DaySums[], span: Span): (number | null)[] {
  let sum = 0;
  return heldOn(days, span, ({ netBps }) => {
    sum += netBps;
    return roundTo(sum, BPS_DIGITS);
  });
}

/** Returns the mean size of the error of a day in sigma, or `null` where no row of it has one. */
function meanErrorSigma({ absErrorSigma, nSigma }: DaySums): number | null {
  return nSigma === 0 ? null : absErrorSigma / nSigma;
}

/** Returns the days as the report has them. */
export function classDays(days: readonly DaySums[]): ClassDay[] {
  return days.map((each) => ({
    day: each.day,
    n: each.n,
    pnl_bps: each.grossBps,
    net_pnl_bps: each.netBps,
    mean_abs_error_sigma: meanErrorSigma(each),
  }));
}

const CSV_DIGITS = 4;

/** First line of every file of days. */
export const DAYS_CSV_HEAD = 'day,rows,gross_bps,net_bps,running_net_bps,mean_abs_error_sigma';

/** Returns the days as a file for programs: one line a day that has rows. */
export function daysCsv(days: readonly DaySums[]): string {
  let sum = 0;
  const lines = days.map((each) => {
    sum += each.netBps;
    const error = meanErrorSigma(each);
    const numbers = [each.n, each.grossBps, each.netBps, sum].map((value) => roundTo(value, CSV_DIGITS));
    return [each.day, ...numbers, error === null ? '' : roundTo(error, CSV_DIGITS)].join(',');
  });
  return `${[DAYS_CSV_HEAD, ...lines].join('\n')}\n`;
}
