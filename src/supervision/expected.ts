// What a signal was expected to earn, by the model that existed when it was emitted. Frozen into the row, never recomputed.

import type { Model } from '../domain/model.ts';
import { roundBps } from '../domain/rounding.ts';
import type { ReconciledRow } from '../domain/row.ts';
import { featureOf, type Signal } from './features.ts';

export type Expected = Pick<
  ReconciledRow,
  'expected_pnl_bps' | 'expected_sigma_bps' | 'expected_abs_bps' | 'sim_version' | 'model_id' | 'trained_at'
>;

/** A model version by the instant it was trained. */
export interface ModelVersion {
  readonly modelId: string;
  readonly trainedAtMs: number;
}

/** Mean absolute value of a standard normal, the claim that goes with a sigma where no model exists. */
const NORMAL_MEAN_ABS = Math.sqrt(2 / Math.PI);

/** Returns the newest version trained at or before `entryMs`, or `null`. `index` is ascending by time. */
export function modelAsOf(index: readonly ModelVersion[], entryMs: number): string | null {
  let low = 0;
  let high = index.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((index[middle]?.trainedAtMs ?? Number.POSITIVE_INFINITY) <= entryMs) low = middle + 1;
    else high = middle;
  }
  return index[low - 1]?.modelId ?? null;
}

/**
 * Returns the expectation for one signal, in basis points.
 *
 * No model: 0 with the volatility itself as sigma (`fallback_zero`). A model without skill, or one that lacks a feature of
 * this signal or its volatility: 0 with the model's out-of-sample sigma (`zero+sigma@<id>`). Otherwise its prediction
 * (`ridge_h24@<id>`). Sigma and mean absolute error are always the out-of-sample ones; `null` where nobody knows them.
 */
export function expectedFrom(model: Model | null, signal: Signal, sigmaAsofBps: number | null): Expected {
  if (model === null) {
    return {
      expected_pnl_bps: 0,
      expected_sigma_bps: scaled(sigmaAsofBps, 1),
      expected_abs_bps: scaled(sigmaAsofBps, NORMAL_MEAN_ABS),
      sim_version: 'fallback_zero',
      model_id: null,
      trained_at: null,
    };
  }
  const unitBps = model.target === 'sigma' ? sigmaAsofBps : 1;
  const prediction = model.used ? predictionOf(model, signal) : null;
  const isUsed = prediction !== null && unitBps !== null;
  const id8 = model.content_sha256.slice(0, 8);
  return {
    expected_pnl_bps: isUsed ? roundBps(prediction * unitBps) : 0,
    expected_sigma_bps: scaled(unitBps, model.sigma?.rms ?? null) ?? scaled(sigmaAsofBps, 1),
    expected_abs_bps: scaled(unitBps, model.sigma?.mean_abs ?? null) ?? scaled(sigmaAsofBps, NORMAL_MEAN_ABS),
    sim_version: isUsed ? `ridge_h${model.horizon_hours}@${id8}` : `zero+sigma@${id8}`,
    model_id: model.model_id,
    trained_at: model.trained_at,
  };
}

/** Rows state a positive sigma or none, so what rounds to zero is unknown. */
function scaled(unitBps: number | null, factor: number | null): number | null {
  return unitBps === null || factor === null ? null : roundBps(unitBps * factor) || null;
}

function predictionOf(model: Model, signal: Signal): number | null {
  let sum = model.weights.at(-1) ?? 0;
  for (const [index, feature] of model.features.entries()) {
    const value = featureOf(signal, feature);
    if (value === null) return null;
    sum += value * (model.weights[index] ?? 0);
  }
  return sum;
}
