// How sure a weighted mean is where its rows share market periods of two horizons: what counts is the spread between those.

import { HOUR_MS } from '../domain/time.ts';
import { blocksOf } from './bootstrap.ts';

/** Labels of neighbouring horizons overlap, so a period that stands by itself is longer than one. */
const PERIOD_HORIZONS = 2;

/** One row, as far as its mean is concerned. */
export interface WeightedValue {
  readonly value: number;
  /** Its uniqueness, above 0. */
  readonly weight: number;
  readonly exitMs: number;
}

/** What the periods say about a mean. */
interface PeriodSpread {
  /** Periods of two horizons of the calendar that hold a row. */
  readonly periods: number;
  /** Variance of the weighted mean, in squared units of the values, or `null` where there are fewer than two periods. */
  readonly variance: number | null;
}

/**
 * Returns how far the weighted mean of `values` would vary, had other market periods been drawn: rows of one period may be one
 * market move, however many instruments it was seen on. `Var = B / (B - 1) * sum_b r_b^2 / (sum w)^2` over `B` periods,
 * `r_b` the sum of `w (value - mean)` in a period.
 *
 * Source: Liang and Zeger, Longitudinal data analysis using generalized linear models (1986), for a mean.
 */
export function periodSpread(values: readonly WeightedValue[], horizonHours: number): PeriodSpread {
  const periodMs = PERIOD_HORIZONS * horizonHours * HOUR_MS;
  const sum = values.reduce((total, { weight }) => total + weight, 0);
  const mean = values.reduce((total, { value, weight }) => total + value * weight, 0) / sum;
  const residuals = new Map<number, number>();
  for (const { value, weight, exitMs } of values) {
    const period = Math.floor(exitMs / periodMs);
    residuals.set(period, (residuals.get(period) ?? 0) + weight * (value - mean));
  }
  const periods = residuals.size;
  if (periods < 2) return { periods, variance: null };
  const squares = [...residuals.values()].reduce((total, residual) => total + residual ** 2, 0);
  return { periods, variance: ((periods / (periods - 1)) * squares) / sum ** 2 };
}

/** Returns how many spans of one horizon of the calendar hold an exit, as `n_blocks` of a cell does. */
export function spansWith(rows: readonly { readonly exitMs: number }[], horizonHours: number): number {
  const hours = Int32Array.from(rows, ({ exitMs }) => Math.floor(exitMs / HOUR_MS));
  return blocksOf(hours, horizonHours);
}
