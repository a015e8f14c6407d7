// The gates between shadow and live: those that decide, which ask for evidence, and those that are shown beside.

import { assert } from '../domain/assert.ts';
import { roundBps } from '../domain/rounding.ts';
import type { PromotionGate } from '../domain/supervisor.ts';
import type { PromotionConfig } from '../domain/supervisor-config.ts';
import type { AgentRuns } from '../domain/telemetry.ts';
import { significant } from './digits.ts';
import { errorRateOf } from './error-rate.ts';
import type { JudgedRow } from './judged-row.ts';
import { meanNetBound, netSampleOf, probabilisticSharpe } from './mean-net.ts';
import { wilsonLower } from './wilson.ts';

/** What is known about an agent when its promotion is judged. */
export interface PromotionEvidence {
  /** Its newest rows at the deciding horizon within the window. */
  readonly rows: readonly JudgedRow[];
  /** Divergence triggers of the agent in ALERT, at any horizon. */
  readonly openAlerts: number;
  /** Cells of its class in KILL in the current regime. */
  readonly classKills: number;
  /** Its runs within the telemetry window, or `null` without telemetry. */
  readonly runs: AgentRuns | null;
  /** Its p-value of the mean net result, adjusted over all candidates; `null` where it has none. */
  readonly adjustedP: number | null;
}

type Comparison = PromotionGate['comparison'];
type Gates = Readonly<Record<string, PromotionGate>>;

/** Share of false promotions among those that `bh_q` lets pass. */
const BH_Q_MAX = 0.1;
const NO_ROWS = 'no reconciled row within the window';
const NO_TELEMETRY = 'no telemetry: nothing says that the agent works; record its runs with runWithTelemetry';

/**
 * Returns the gates that decide, by name. The mean net result is judged in units of the expected sigma, and every bound on the
 * effective sample size, so overlapping labels prove nothing twice.
 */
export function decidingGates(evidence: PromotionEvidence, config: PromotionConfig): Gates {
  const { rows, openAlerts, classKills, runs } = evidence;
  const nEff = rows.reduce((sum, { uniqueness }) => sum + uniqueness, 0);
  const hitsEff = rows.reduce(
    (sum, { realizedBps, uniqueness }) => sum + (realizedBps > 0 ? uniqueness : 0),
    0,
  );
  const hitBound = rows.length === 0 ? null : significant(wilsonLower(Math.min(1, hitsEff / nEff), nEff, 1));
  const decides = (value: number | null, comparison: Comparison, limit: number, note: string | null = null) =>
    gate(value, comparison, limit, true, note);
  const { ratio, note: ratioNote } = errorRatio(rows);
  return {
    n_eff: decides(significant(nEff), '>=', config.min_n_eff),
    mean_net_bound: meanNetGate(rows, config.confidence),
    hit_rate_bound: decides(hitBound, '>', config.min_hit_rate_bound, hitBound === null ? NO_ROWS : null),
    error_ratio_min: decides(ratio, '>', config.min_error_ratio, ratioNote),
    error_ratio_max: decides(ratio, '<', config.max_error_ratio, ratioNote),
    open_alerts: decides(openAlerts, '<=', 0),
    class_kills: decides(classKills, '<=', 0),
    error_rate_bound: decides(
      errorRateOf(runs)?.bound ?? null,
      '<=',
      config.max_error_rate,
      runs === null || runs.runs === 0 ? NO_TELEMETRY : null,
    ),
  };
}

/**
 * Returns the gates that are shown and decide nothing: the probabilistic Sharpe ratio, the p-value adjusted over all
 * candidates, and the plain thresholds of the notes.
 */
export function shownGates(evidence: PromotionEvidence, config: PromotionConfig): Gates {
  const { rows, runs, adjustedP } = evidence;
  const sample = netSampleOf(rows);
  const psr = sample === null ? null : probabilisticSharpe(sample);
  const shows = (value: number | null, comparison: Comparison, limit: number, note: string | null) =>
    gate(value, comparison, limit, false, value === null ? note : null);
  const bps = (value: number | null) => (value === null ? null : roundBps(value));
  const errorsBps = rows.map(({ errorBps }) => errorBps);
  const pnlSumBps = rows.length === 0 ? null : sumOf(rows.map(({ realizedBps }) => realizedBps));
  return {
    psr: shows(
      psr === null ? null : significant(psr),
      '>',
      config.confidence,
      'the net result has no spread to measure',
    ),
    bh_q: shows(
      adjustedP === null ? null : significant(adjustedP),
      '<=',
      BH_Q_MAX,
      'the mean net result cannot be tested',
    ),
    pnl_sum_bps: shows(bps(pnlSumBps), '>', config.min_pnl_sum_bps, NO_ROWS),
    hit_rate: shows(hitRate(rows), '>=', config.min_hit_rate, NO_ROWS),
    error_rate: shows(errorRateOf(runs)?.rate ?? null, '<=', 0, NO_TELEMETRY),
    avg_abs_error_bps: shows(
      bps(meanOf(errorsBps.map((errorBps) => Math.abs(errorBps)))),
      '<=',
      config.max_avg_abs_error_bps,
      NO_ROWS,
    ),
    avg_pnl_error_bps: shows(bps(meanOf(errorsBps)), '>=', config.min_avg_pnl_error_bps, NO_ROWS),
  };
}

function meanNetGate(rows: readonly JudgedRow[], confidence: number): PromotionGate {
  const sample = netSampleOf(rows);
  const bound = sample === null ? null : significant(meanNetBound(sample, confidence));
  const unknown = rows.filter(({ sigmaBps }) => sigmaBps === null).length;
  const missing = unknown === 0 ? null : `${rowsText(unknown)} without an expected sigma left out`;
  const nothing = rows.length === 0 ? NO_ROWS : 'too few effective rows, or no spread';
  const note = bound === null ? [nothing, missing].filter((part) => part !== null).join('; ') : missing;
  return gate(bound, '>', 0, true, note);
}

/** The mean absolute error over the claimed one, on the rows with a claim. */
function errorRatio(rows: readonly JudgedRow[]): { ratio: number | null; note: string | null } {
  let [errorsBps, claimedBps, n] = [0, 0, 0];
  for (const { errorBps, claimedAbsBps } of rows) {
    if (claimedAbsBps === null) continue;
    errorsBps += Math.abs(errorBps);
    claimedBps += claimedAbsBps;
    n += 1;
  }
  if (rows.length === 0) return { ratio: null, note: NO_ROWS };
  if (claimedBps === 0) return { ratio: null, note: 'no row has a claimed error: there was no model yet' };
  const left = rows.length - n;
  const note = left === 0 ? null : `${rowsText(left)} without a claimed error left out`;
  return { ratio: significant(errorsBps / claimedBps), note };
}

/** Whether it passes is decided on the number that is written, so that a reader comes to the same answer. */
function gate(
  value: number | null,
  comparison: Comparison,
  limit: number,
  decides: boolean,
  note: string | null,
): PromotionGate {
  assert(value === null || Number.isFinite(value), 'what a gate measures is a finite number or unknown');
  return { value, comparison, limit, pass: value !== null && holds(value, comparison, limit), decides, note };
}

function holds(value: number, comparison: Comparison, limit: number): boolean {
  switch (comparison) {
    case '>=':
      return value >= limit;
    case '>':
      return value > limit;
    case '<=':
      return value <= limit;
    case '<':
      return value < limit;
  }
}

function hitRate(rows: readonly JudgedRow[]): number | null {
  const hits = meanOf(rows.map(({ realizedBps }) => (realizedBps > 0 ? 1 : 0)));
  return hits === null ? null : significant(hits);
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : sumOf(values) / values.length;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function rowsText(count: number): string {
  return `${count} ${count === 1 ? 'row' : 'rows'}`;
}
