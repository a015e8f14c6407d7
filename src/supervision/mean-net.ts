// What an agent earns after costs, in units of the sigma that was expected, and how sure that it is more than nothing.

import type { JudgedRow } from './judged-row.ts';
import { normalCdf } from './normal.ts';
import { studentUpperTail } from './student.ts';
import { studentQuantile } from './student-quantile.ts';

/** No single result counts for more than this many sigmas. */
const CLIP_SIGMA = 4;

/**
 * The moments of `y = net / expected sigma`, clipped. Rows count by their uniqueness, since a burst of overlapping signals is one
 * result, not many: counted alike, a single lucky day could carry the mean of months.
 */
export interface NetSample {
  readonly mean: number;
  /** With divisor `n_eff - 1`; above 0. */
  readonly deviation: number;
  /** Third standardised moment, with divisor `n_eff`. */
  readonly skewness: number;
  /** Fourth standardised moment, with divisor `n_eff`, not in excess: 3 for the normal. */
  readonly kurtosis: number;
  /** Sum of uniqueness, above 1. */
  readonly nEff: number;
}

/**
 * Returns the moments over the rows whose expected sigma is known, or `null` where they show nothing: less than two rows, at
 * most one effective row, or no spread.
 */
export function netSampleOf(rows: readonly JudgedRow[]): NetSample | null {
  const results = rows.flatMap(({ netBps, sigmaBps, uniqueness }) =>
    sigmaBps === null
      ? []
      : [{ y: Math.min(CLIP_SIGMA, Math.max(-CLIP_SIGMA, netBps / sigmaBps)), uniqueness }],
  );
  const nEff = results.reduce((sum, { uniqueness }) => sum + uniqueness, 0);
  if (nEff <= 1 || results.every(({ y }) => y === results[0]?.y)) return null;
  const mean = results.reduce((sum, { y, uniqueness }) => sum + uniqueness * y, 0) / nEff;
  const moment = (power: number) =>
    results.reduce((sum, { y, uniqueness }) => sum + uniqueness * (y - mean) ** power, 0) / nEff;
  const variance = moment(2);
  return {
    mean,
    deviation: Math.sqrt((variance * nEff) / (nEff - 1)),
    skewness: moment(3) / variance ** 1.5,
    kurtosis: moment(4) / variance ** 2,
    nEff,
  };
}

/** Returns the one-sided lower bound of the mean, `mean - t sd / sqrt(n_eff)` with `n_eff - 1` degrees of freedom. */
export function meanNetBound({ mean, deviation, nEff }: NetSample, confidence: number): number {
  return mean - (studentQuantile(confidence, nEff - 1) * deviation) / Math.sqrt(nEff);
}

/**
 * Returns the one-sided p-value of "the mean net result is not positive", or `null` where it cannot be tested. It is below
 * `1 - confidence` exactly where {@link meanNetBound} is above 0.
 */
export function meanNetPValue(rows: readonly JudgedRow[]): number | null {
  const sample = netSampleOf(rows);
  if (sample === null) return null;
  const { mean, deviation, nEff } = sample;
  return studentUpperTail(mean / (deviation / Math.sqrt(nEff)), nEff - 1);
}

/**
 * Returns the probability that the true Sharpe ratio per signal is above 0, or `null` where the formula has no value:
 * `Phi(SR sqrt(n - 1) / sqrt(1 - skewness SR + (kurtosis - 1) / 4 SR^2))`, `n` the effective sample size and the kurtosis not
 * in excess.
 *
 * Source: Bailey and Lopez de Prado, The Sharpe Ratio Efficient Frontier (2012), probabilistic Sharpe ratio at benchmark 0.
 */
export function probabilisticSharpe(sample: NetSample): number | null {
  const { mean, deviation, skewness, kurtosis, nEff } = sample;
  const sharpe = mean / deviation;
  const variance = 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe ** 2;
  return variance > 0 ? normalCdf((sharpe * Math.sqrt(nEff - 1)) / Math.sqrt(variance)) : null;
}
