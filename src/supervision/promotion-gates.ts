// The gates between shadow and live that decide: enough evidence, of enough market, that the agent earns, is as claimed, and runs.

import { roundBps } from '../domain/rounding.ts';
import type { PromotionGate } from '../domain/supervisor.ts';
import type { AgentRuns } from '../domain/telemetry.ts';
import { significant } from './digits.ts';
import { errorRateOf } from './error-rate.ts';
import { type Comparison, type Gates, gateRecord, NO_ROWS, NO_TELEMETRY } from './gate-record.ts';
import type { JudgedRow } from './judged-row.ts';
import { periodSpread, spansWith } from './market-periods.ts';
import { meanNetBound, netSampleOf } from './mean-net.ts';
import type { SupervisorRules } from './supervisor-rules.ts';
import { effectiveRows } from './uniqueness.ts';
import { wilsonLower } from './wilson.ts';

/** What is known about an agent when its promotion is judged. */
export interface PromotionEvidence {
  /** Its newest rows at the deciding horizon within the window. */
  readonly rows: readonly JudgedRow[];
  /**
   * Signals that the `mean` trigger has looked at, at the deciding horizon; `null` where it has seen enough, but so many of
   * the newest could not be used that it says nothing.
   */
  readonly divergenceSignals: number | null;
  /** Divergence triggers of the agent in ALERT, at any horizon. */
  readonly openAlerts: number;
  /** Cells of its class in KILL in the current regime. */
  readonly classKills: number;
  /** Its runs within the telemetry window, or `null` without telemetry. */
  readonly runs: AgentRuns | null;
  /** Its p-value of the mean net result, adjusted over all candidates; `null` where it has none. */
  readonly adjustedP: number | null;
}

export type PromotionRules = Pick<SupervisorRules, 'promotion' | 'cvar' | 'divergence'>;

const NO_USABLE_SIGNALS = 'its newest signals have no usable error: nobody can say that it does not diverge';

/**
 * Returns the gates that decide, by name. Nothing is proved twice: overlapping labels count by their uniqueness, and the
 * instruments of one market period by how alike they went. The mean net result is judged in units of the expected sigma, where
 * no single result can carry it, and in bps, where no single loss can hide.
 */
export function decidingGates(evidence: PromotionEvidence, rules: PromotionRules): Gates {
  const { rows, divergenceSignals, openAlerts, classKills, runs } = evidence;
  const { promotion, divergence } = rules;
  const { horizon_hours: horizonHours, min_blocks: minSpans } = rules.cvar;
  const hitBound = hitRateBound(rows, horizonHours);
  const meanNetBps = weightedMean(rows, ({ netBps }) => netBps);
  const { ratio, note: ratioNote } = errorRatio(rows);
  return {
    n_eff: decides(significant(effectiveRows(rows)), '>=', promotion.min_n_eff),
    n_blocks: decides(spansWith(rows, horizonHours), '>=', minSpans),
    mean_net_bound: meanNetGate(rows, horizonHours, promotion.confidence),
    mean_net_bps: decides(meanNetBps === null ? null : roundBps(meanNetBps), '>', 0, NO_ROWS),
    hit_rate_bound: decides(hitBound, '>', promotion.min_hit_rate_bound, NO_ROWS),
    error_ratio_min: decides(ratio, '>', promotion.min_error_ratio, null, ratioNote),
    error_ratio_max: decides(ratio, '<', promotion.max_error_ratio, null, ratioNote),
    divergence_signals: decides(divergenceSignals, '>=', divergence.min_signals, NO_USABLE_SIGNALS),
    open_alerts: decides(openAlerts, '<=', 0),
    class_kills: decides(classKills, '<=', 0),
    error_rate_bound: decides(errorRateOf(runs)?.bound ?? null, '<=', promotion.max_error_rate, NO_TELEMETRY),
  };
}

/** `unknown` says why there is no value; `note` is said in any case. */
function decides(
  value: number | null,
  comparison: Comparison,
  limit: number,
  unknown: string | null = null,
  note: string | null = null,
): PromotionGate {
  return gateRecord(value, comparison, limit, true, note ?? (value === null ? unknown : null));
}

function meanNetGate(rows: readonly JudgedRow[], horizonHours: number, confidence: number): PromotionGate {
  const sample = netSampleOf(rows, horizonHours);
  const bound = sample === null ? null : significant(meanNetBound(sample, confidence));
  const left = rows.filter(({ sigmaBps }) => sigmaBps === null).length;
  const missing = left === 0 ? null : `${rowsText(left)} without an expected sigma left out`;
  const nothing = rows.length === 0 ? NO_ROWS : 'too few effective rows or market periods, or no spread';
  const note = bound === null ? [nothing, missing].filter((part) => part !== null).join('; ') : missing;
  return decides(bound, '>', 0, null, note);
}

/**
 * The lower bound at one sigma, on as many trials as would let a share vary as much as it does between market periods. With
 * nothing but hits, or but misses, that is not seen: then a period is one trial.
 */
function hitRateBound(rows: readonly JudgedRow[], horizonHours: number): number | null {
  const hits = rows.map(({ realizedBps, uniqueness: weight, exitMs }) => ({
    value: realizedBps > 0 ? 1 : 0,
    weight,
    exitMs,
  }));
  const rate = weightedMean(rows, ({ realizedBps }) => (realizedBps > 0 ? 1 : 0));
  if (rate === null) return null;
  const share = Math.min(1, rate);
  const { periods, variance } = periodSpread(hits, horizonHours);
  const spread = share * (1 - share);
  const isKnown = spread > 0 && variance !== null;
  const trials = isKnown ? (variance > 0 ? spread / variance : Number.POSITIVE_INFINITY) : periods;
  return significant(wilsonLower(share, Math.min(effectiveRows(rows), trials), 1));
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

function weightedMean(rows: readonly JudgedRow[], of: (row: JudgedRow) => number): number | null {
  return rows.length === 0
    ? null
    : rows.reduce((sum, row) => sum + row.uniqueness * of(row), 0) / effectiveRows(rows);
}

function rowsText(count: number): string {
  return `${count} ${count === 1 ? 'row' : 'rows'}`;
}
