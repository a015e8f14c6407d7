// What an agent earns after costs, in units of the sigma that was expected, and how sure that it is more than nothing.

import type { JudgedRow } from './judged-row.ts';
import { periodSpread } from './market-periods.ts';
import { normalCdf } from './normal.ts';
import { studentUpperTail } from './student.ts';
import { studentOfNormal } from './student-of-normal.ts';
import { studentQuantile } from './student-quantile.ts';

/** No single result counts for more than this many sigmas. */
const CLIP_SIGMA = 4;

/** Effective observations at which the bound for every look is about as tight as it can be. */
const TIGHTEST_N = 100;

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
  /** Of the mean: the larger of `deviation / sqrt(n_eff)` and that between market periods; above 0. */
  readonly standardError: number;
  /** Of that error: one less than the effective rows, or than the market periods where those are fewer; above 0. */
  readonly degrees: number;
}

/**
 * Returns the moments over the rows whose expected sigma is known, or `null` where they show nothing: at most one effective
 * row, less than two market periods, or no spread.
 */
export function netSampleOf(rows: readonly JudgedRow[], horizonHours: number): NetSample | null {
  const results = rows.flatMap(({ netBps, sigmaBps, uniqueness: weight, exitMs }) =>
    sigmaBps === null
      ? []
      : [{ value: Math.min(CLIP_SIGMA, Math.max(-CLIP_SIGMA, netBps / sigmaBps)), weight, exitMs }],
  );
  const nEff = results.reduce((sum, { weight }) => sum + weight, 0);
  const { periods, variance: periodVariance } = periodSpread(results, horizonHours);
  const isFlat = results.every(({ value }) => value === results[0]?.value);
  if (nEff <= 1 || periodVariance === null || isFlat) return null;
  const mean = results.reduce((sum, { value, weight }) => sum + weight * value, 0) / nEff;
  const moment = (power: number) =>
    results.reduce((sum, { value, weight }) => sum + weight * (value - mean) ** power, 0) / nEff;
  const variance = moment(2);
  return {
    mean,
    deviation: Math.sqrt((variance * nEff) / (nEff - 1)),
    skewness: moment(3) / variance ** 1.5,
    kurtosis: moment(4) / variance ** 2,
    standardError: Math.sqrt(Math.max(variance / (nEff - 1), periodVariance)),
    degrees: Math.min(nEff, periods) - 1,
  };
}

/**
 * Returns the one-sided lower bound of the mean that holds at all looks together: the probability that it is above the true
 * mean at any of them is at most `1 - confidence`. Who looks every day and acts on the first good one is misled no more often.
 * That is so in the limit of many rows, and while rows are added and none is dropped: once a window is full, each further
 * window is a further chance.
 *
 * `mean - se * c` with `c = sqrt(2 (n r + 1) / (n r) * log(1 + sqrt(n r + 1) / (2 alpha)))`: `n` the independent observations
 * that the standard error is worth, `r` such that the bound is about tightest at 100 of them. `c` is a normal quantile and taken
 * to Student's t, since the error is an estimate.
 *
 * Source: Waudby-Smith et al., Time-uniform central limit theory and asymptotic confidence sequences (2021), one-sided, after
 * the normal mixture of Robbins (1970).
 *
 * @param confidence in `(0.5, 1)`
 */
export function meanNetBound(sample: NetSample, confidence: number): number {
  const alpha = 1 - confidence;
  const surprise = -2 * Math.log(2 * alpha);
  const scale = (independentOf(sample) * (surprise + Math.log(surprise + 1))) / TIGHTEST_N;
  const crossing = Math.sqrt(((2 * (scale + 1)) / scale) * Math.log(1 + Math.sqrt(scale + 1) / (2 * alpha)));
  return sample.mean - studentOfNormal(crossing, sample.degrees) * sample.standardError;
}

/**
 * Returns the one-sided lower bound of the mean at one look, `mean - t se`. It is above the true mean with a probability of
 * `1 - confidence`, provided that the time of the look was fixed in advance; of many looks one is soon too good.
 */
export function meanNetBoundOneLook(sample: NetSample, confidence: number): number {
  return sample.mean - studentQuantile(confidence, sample.degrees) * sample.standardError;
}

/**
 * Returns the one-sided p-value of "the mean net result is not positive" at one look, or `null` where it cannot be tested. It
 * is below `1 - confidence` exactly where {@link meanNetBoundOneLook} is above 0.
 */
export function meanNetPValue(rows: readonly JudgedRow[], horizonHours: number): number | null {
  const sample = netSampleOf(rows, horizonHours);
  return sample === null ? null : studentUpperTail(sample.mean / sample.standardError, sample.degrees);
}

/**
 * Returns the probability that the true Sharpe ratio per signal is above 0, or `null` where the formula has no value:
 * `Phi(SR sqrt(n - 1) / sqrt(1 - skewness SR + (kurtosis - 1) / 4 SR^2))`, `n` the independent observations that the standard
 * error is worth and the kurtosis not in excess.
 *
 * Source: Bailey and Lopez de Prado, The Sharpe Ratio Efficient Frontier (2012), probabilistic Sharpe ratio at benchmark 0.
 */
export function probabilisticSharpe(sample: NetSample): number | null {
  const { mean, deviation, skewness, kurtosis } = sample;
  const sharpe = mean / deviation;
  const variance = 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe ** 2;
  const n = independentOf(sample);
  return variance > 0 && n > 1 ? normalCdf((sharpe * Math.sqrt(n - 1)) / Math.sqrt(variance)) : null;
}

/** The number of independent observations of the same spread whose mean would be as sure: at most `n_eff`. */
function independentOf({ deviation, standardError }: NetSample): number {
  return (deviation / standardError) ** 2;
}
