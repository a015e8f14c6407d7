// One cell is the rows of one strategy class in one regime: which of them are looked at, and what is measured of them.

import { canonicalJson, sha256Hex } from '../domain/canonical.ts';
import type { CvarCell } from '../domain/cvar.ts';
import { roundBps } from '../domain/rounding.ts';
import { HOUR_MS, isoFromMs } from '../domain/time.ts';
import { blocksOf, bootstrapIntervals, type Interval, type TimedLosses } from './bootstrap.ts';
import { cvarOf, cvarOfWorst, cvarStandardError, worstFirst } from './cvar.ts';
import { significant } from './digits.ts';
import type { JudgedRow } from './judged-row.ts';
import { compareJudged, lossesOf } from './loss.ts';
import { newestRows } from './newest-rows.ts';
import type { SupervisorRules } from './supervisor-rules.ts';
import { effectiveRows } from './uniqueness.ts';

/** What was measured of a cell, without any judgement: the same under every set of limits. */
export type CellMeasurements = Omit<
  CvarCell,
  'status' | 'threshold' | 'breached' | 'is_current' | 'notes_cvar95_error_bps'
>;

export interface Cell {
  /** Every row of the cell, by exit, then by id. */
  readonly rows: readonly JudgedRow[];
  /** Those that are looked at: see {@link cellWindow}. */
  readonly window: readonly JudgedRow[];
  readonly measurements: CellMeasurements;
}

/** A recent figure in sigma counts only where rows with a sigma are at least this share of the recent effective rows. */
const RECENT_SIGMA_SHARE_MIN = 0.9;

/**
 * Returns the cells of `rows`: class → regime → cell, both in the order of their names as text. The window of every cell of a
 * class is counted back from the newest exit of the class. A cell without a row in it does not exist: what its rows say is
 * too old for any judgement.
 */
export function cellsOf(rows: Iterable<JudgedRow>, rules: SupervisorRules): Map<string, Map<string, Cell>> {
  const classes = new Map<string, Map<string, JudgedRow[]>>();
  for (const row of rows) {
    const regimes = classes.get(row.strategyClass) ?? new Map<string, JudgedRow[]>();
    classes.set(row.strategyClass, regimes);
    const cell = regimes.get(row.regime);
    if (cell === undefined) regimes.set(row.regime, [row]);
    else cell.push(row);
  }
  return new Map(sortedByName(classes).map(([name, regimes]) => [name, cellsOfClass(regimes, rules)]));
}

function cellsOfClass(
  regimes: ReadonlyMap<string, readonly JudgedRow[]>,
  rules: SupervisorRules,
): Map<string, Cell> {
  const ordered = sortedByName(regimes).map(([regime, rows]) => [regime, inOrder(rows)] as const);
  const toMs = ordered.reduce((newest, [, rows]) => Math.max(newest, rows.at(-1)?.exitMs ?? newest), 0);
  const cells = new Map<string, Cell>();
  for (const [regime, rows] of ordered) {
    const window = cellWindow(rows, rules, toMs);
    if (window.length > 0) cells.set(regime, { rows, window, measurements: measureWindow(window, rules) });
  }
  return cells;
}

function sortedByName<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * Returns the rows of one cell that are looked at, oldest first: the newest ones until they make `cvar.max_n_eff` effective
 * rows out of `cvar.min_blocks` spans of one horizon (see {@link newestRows}), and none that ended more than `cvar.window` before
 * `toMs`.
 *
 * @param toMs newest exit of the class, UTC ms; left out: that of these rows
 */
export function cellWindow(
  rows: readonly JudgedRow[],
  rules: SupervisorRules,
  toMs?: number,
): readonly JudgedRow[] {
  const ordered = inOrder(rows);
  const fromMs = (toMs ?? ordered.at(-1)?.exitMs ?? 0) - rules.windowMs;
  const first = ordered.findIndex(({ exitMs }) => exitMs >= fromMs);
  return first === -1 ? [] : newestRows(ordered.slice(first), rules.cvar.max_n_eff, rules);
}

/** What there is too little of to measure is `null`. */
function measureWindow(rows: readonly JudgedRow[], rules: SupervisorRules): CellMeasurements {
  const withSigma = rows.filter(({ sigmaBps }) => sigmaBps !== null);
  const hours = hoursOf(rows);
  const hoursOfSigma = hoursOf(withSigma);
  const losses = lossesOf(rows, 'bps');
  const lossesInSigma = lossesOf(withSigma, 'sigma');
  const worst = worstFirst(losses);
  const nEff = effectiveRows(rows);
  const { horizon_hours: blockHours } = rules.cvar;
  const [bps, sigma] = intervals(rows, rules, [
    { losses, hours },
    { losses: lossesInSigma, hours: hoursOfSigma },
  ]);
  return {
    n: rows.length,
    n_eff: significant(nEff),
    n_without_sigma: rows.length - withSigma.length,
    n_blocks: blocksOf(hours, blockHours),
    n_eff_sigma: significant(effectiveRows(withSigma)),
    n_blocks_sigma: blocksOf(hoursOfSigma, blockHours),
    window_from: instantOrNull(rows[0]?.exitMs),
    window_to: instantOrNull(rows.at(-1)?.exitMs),
    cvar95_error_bps: known(worst.length === 0 ? null : cvarOfWorst(worst), roundBps),
    mean_error_bps: known(mean(rows.map(({ errorBps }) => errorBps)), roundBps),
    ci90: knownInterval(bps, roundBps),
    se_cvar95_bps: known(cvarStandardError(worst, nEff), roundBps),
    cvar95_sigma: known(cvarOf(lossesInSigma), significant),
    ci90_sigma: knownInterval(sigma, significant),
    hit_rate: known(mean(rows.map(({ realizedBps }) => (realizedBps > 0 ? 1 : 0))), significant),
    pnl_sum_bps:
      rows.length === 0 ? null : roundBps(rows.reduce((sum, { realizedBps }) => sum + realizedBps, 0)),
    recent: recentOf(rows, rules),
  };
}

/** The draws depend on what was measured alone, so that a second run gives the same intervals. */
function intervals(
  rows: readonly JudgedRow[],
  rules: SupervisorRules,
  samples: readonly TimedLosses[],
): (Interval | null)[] {
  const facts = rows.map(({ eventId, exitMs, errorBps, sigmaBps }) => [eventId, exitMs, errorBps, sigmaBps]);
  const seed = Number.parseInt(sha256Hex(canonicalJson(facts)).slice(0, 8), 16);
  const { horizon_hours: blockHours, bootstrap_draws: draws } = rules.cvar;
  return bootstrapIntervals(samples, { blockHours, draws, seed });
}

function recentOf(window: readonly JudgedRow[], rules: SupervisorRules): CellMeasurements['recent'] {
  const rows = newestRows(window, rules.cvar.reenable.min_fresh_n_eff, rules);
  const withSigma = rows.filter(({ sigmaBps }) => sigmaBps !== null);
  const nEff = effectiveRows(rows);
  const nEffSigma = effectiveRows(withSigma);
  const bps = tailFigures(lossesOf(rows, 'bps'), nEff);
  const sigma =
    nEffSigma >= RECENT_SIGMA_SHARE_MIN * nEff
      ? tailFigures(lossesOf(withSigma, 'sigma'), nEffSigma)
      : UNKNOWN_TAIL;
  const fromMs = rows.reduce((first, { entryMs }) => Math.min(first, entryMs), Number.POSITIVE_INFINITY);
  return {
    n_eff: significant(nEff),
    n_blocks: blocksOf(hoursOf(rows), rules.cvar.horizon_hours),
    from: instantOrNull(rows.length === 0 ? undefined : fromMs),
    cvar95_error_bps: known(bps.cvar, roundBps),
    se_cvar95_error_bps: known(bps.standardError, roundBps),
    cvar95_sigma: known(sigma.cvar, significant),
    se_cvar95_sigma: known(sigma.standardError, significant),
  };
}

interface TailFigures {
  readonly cvar: number | null;
  readonly standardError: number | null;
}

const UNKNOWN_TAIL: TailFigures = { cvar: null, standardError: null };

function tailFigures(losses: Float64Array, nEff: number): TailFigures {
  if (losses.length === 0) return UNKNOWN_TAIL;
  const worst = worstFirst(losses);
  return { cvar: cvarOfWorst(worst), standardError: cvarStandardError(worst, nEff) };
}

function inOrder(rows: readonly JudgedRow[]): readonly JudgedRow[] {
  const sorted = rows.every((row, index) => {
    const before = rows[index - 1];
    return before === undefined || compareJudged(before, row) <= 0;
  });
  return sorted ? rows : [...rows].sort(compareJudged);
}

function hoursOf(rows: readonly JudgedRow[]): Int32Array {
  return Int32Array.from(rows, ({ exitMs }) => Math.floor(exitMs / HOUR_MS));
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function known(value: number | null, round: (value: number) => number): number | null {
  return value === null ? null : round(value);
}

function knownInterval(interval: Interval | null | undefined, round: (value: number) => number) {
  return interval === null || interval === undefined
    ? null
    : ([round(interval[0]), round(interval[1])] as const);
}

function instantOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : isoFromMs(ms);
}
