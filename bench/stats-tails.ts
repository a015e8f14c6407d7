// Rows of one cell for the benchmark of the kill rule: independent, overlapping, of correlated symbols; and what the rule says.

import { HOUR_MS } from '../src/domain/time.ts';
import { cellWindow } from '../src/supervision/cell.ts';
import { cvarOf } from '../src/supervision/cvar.ts';
import { judgeCell } from '../src/supervision/judge.ts';
import type { JudgedRow } from '../src/supervision/judged-row.ts';
import { lossesOf } from '../src/supervision/loss.ts';
import type { SupervisorRules } from '../src/supervision/supervisor-rules.ts';
import { measureCell } from './one-cell.ts';
import { shippedRules } from './stats-stream.ts';

const SIGMA_BPS = 100;

/**
 * Returns the shipped rules on another clock: `horizonHours` of it are one horizon. Rows that come at one time of the day
 * only are simulated at a horizon of one hour, a day written as an hour: blocks of a day then hold the same rows, at a
 * twenty-fourth of the cost.
 */
export function rulesAt(horizonHours: number, draws: number): SupervisorRules {
  const rules = shippedRules();
  const shrink = horizonHours / rules.cvar.horizon_hours;
  return {
    ...rules,
    cvar: { ...rules.cvar, horizon_hours: horizonHours, bootstrap_draws: draws },
    windowMs: rules.windowMs * shrink,
  };
}

/** Returns a row that ends in hour `hour`, whose error is `z` sigma. */
export function tailRow(
  hour: number,
  symbol: number,
  z: number,
  uniqueness = 1,
  horizonHours = 1,
): JudgedRow {
  return {
    eventId: `${String(hour).padStart(6, '0')}-${symbol}`,
    agent: 'agent',
    strategyClass: 'class',
    regime: 'TREND',
    entryMs: (hour - horizonHours) * HOUR_MS,
    exitMs: hour * HOUR_MS,
    realizedBps: SIGMA_BPS * z,
    netBps: SIGMA_BPS * z,
    errorBps: SIGMA_BPS * z,
    sigmaBps: SIGMA_BPS,
    claimedAbsBps: null,
    uniqueness,
    modelId: null,
    simVersion: 'fallback_zero',
  };
}

/** Returns `count` rows, `perHour` in each hour; `correlation` is that of any two rows of one hour. */
export function rowsOf(count: number, perHour: number, correlation: number, draw: () => number): JudgedRow[] {
  const [own, shared] = [Math.sqrt(1 - correlation), Math.sqrt(correlation)];
  let common = 0;
  return Array.from({ length: count }, (_, index) => {
    const symbol = index % perHour;
    if (symbol === 0 && correlation > 0) common = draw();
    return tailRow(Math.floor(index / perHour), symbol, own * draw() + shared * common);
  });
}

/** Returns hourly rows whose labels are the sums of the last `hours` of noise, over its root: variance 1, all overlapping. */
export function overlappingRows(count: number, hours: number, draw: () => number): JudgedRow[] {
  const noise = Array.from({ length: count + hours }, draw);
  let sum = noise.slice(0, hours).reduce((total, each) => total + each, 0);
  return Array.from({ length: count }, (_, index) => {
    sum += (noise[index + hours] ?? 0) - (noise[index] ?? 0);
    return tailRow(index, 0, sum / Math.sqrt(hours), 1 / hours, hours);
  });
}

/** Returns which of `limits`, in sigma and ascending, the rule kills at; `[]` without measuring where no estimate is beyond one. */
export function killedAt(
  rows: readonly JudgedRow[],
  limits: readonly number[],
  rules: SupervisorRules,
): readonly number[] {
  const lowest = limits[0];
  if (lowest === undefined || !isBeyond(rows, lowest, rules)) return [];
  const measured = measureCell(rows, rules);
  return limits.filter((limit) => {
    const threshold = { max_cvar_error_bps: null, max_cvar_sigma: limit, source: 'class' as const };
    return judgeCell(measured, threshold, rules, true).status === 'KILL';
  });
}

/** Returns whether the estimate itself is beyond `limit`: what the decision `point` kills at. */
export function isBeyond(rows: readonly JudgedRow[], limit: number, rules: SupervisorRules): boolean {
  const estimate = cvarOf(lossesOf(cellWindow(rows, rules), 'sigma'));
  return estimate !== null && estimate > limit;
}
