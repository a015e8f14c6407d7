// The gates of promotion that are shown beside those that decide: other views of the same rows, and the notes' thresholds.

import { roundBps } from '../domain/rounding.ts';
import type { PromotionConfig } from '../domain/supervisor-config.ts';
import { significant } from './digits.ts';
import { errorRateOf } from './error-rate.ts';
import { type Comparison, type Gates, gateRecord, NO_ROWS, NO_TELEMETRY } from './gate-record.ts';
import type { JudgedRow } from './judged-row.ts';
import { meanNetBoundOneLook, netSampleOf, probabilisticSharpe } from './mean-net.ts';
import type { PromotionEvidence } from './promotion-gates.ts';
import type { SupervisorRules } from './supervisor-rules.ts';

/** Share of false promotions among those that `bh_q` lets pass. */
const BH_Q_MAX = 0.1;

/**
 * Returns the gates that are shown and decide nothing: the bound of the mean net result as one look would have it, the
 * probabilistic Sharpe ratio, the p-value adjusted over all candidates, and the plain thresholds of the notes.
 */
export function shownGates(
  evidence: PromotionEvidence,
  { promotion, cvar }: Pick<SupervisorRules, 'promotion' | 'cvar'>,
): Gates {
  const { rows, adjustedP } = evidence;
  const sample = netSampleOf(rows, cvar.horizon_hours);
  const bound = sample === null ? null : meanNetBoundOneLook(sample, promotion.confidence);
  const psr = sample === null ? null : probabilisticSharpe(sample);
  const known = (value: number | null) => (value === null ? null : significant(value));
  const untested = 'the mean net result cannot be tested';
  return {
    mean_net_bound_one_look: shows(known(bound), '>', 0, untested),
    psr: shows(known(psr), '>', promotion.confidence, 'the net result has no spread to measure'),
    bh_q: shows(known(adjustedP), '<=', BH_Q_MAX, untested),
    ...notesGates(evidence, promotion),
  };
}

function notesGates({ rows, runs }: PromotionEvidence, config: PromotionConfig): Gates {
  const bps = (value: number | null) => (value === null ? null : roundBps(value));
  const errorsBps = rows.map(({ errorBps }) => errorBps);
  const pnlSumBps = rows.length === 0 ? null : sumOf(rows.map(({ realizedBps }) => realizedBps));
  return {
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

/** `unknown` says why there is no value. */
function shows(value: number | null, comparison: Comparison, limit: number, unknown: string) {
  return gateRecord(value, comparison, limit, false, value === null ? unknown : null);
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
