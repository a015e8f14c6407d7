// What the model would have said at the time: forecasts of rows by models that were trained before those rows began.

import { at, sumOf } from './columns.ts';
import { type Fold, walkForwardFolds } from './folds.ts';
import { lambdaFor, type PenaltyConfig } from './penalty.ts';
import { fitRidge, predictionAt } from './ridge.ts';
import { effectiveRows, type PrefixSums } from './ridge-sums.ts';
import type { TrainingSet } from './training-set.ts';

/** Columns of equal length, one element per tested row, in order of time. */
export interface Forecasts {
  /** In target units, like `target`, `trainMean` and `claim`. */
  readonly prediction: Float64Array;
  readonly target: Float64Array;
  readonly unitBps: Float64Array;
  readonly uniqueness: Float64Array;
  /** Mean target of the rows that were trained on: the forecast without features. */
  readonly trainMean: Float64Array;
  /** The error that was to be expected at the time: rms of earlier out-of-sample errors. NaN where there were none. */
  readonly claim: Float64Array;
}

/** One fold that was usable: its forecasts are `[from, to)`. */
export interface FoldRun extends Fold {
  readonly lambda: number;
  readonly nTrainEff: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Forecasts every fold whose training part holds `min_train_n_eff` effective rows, with lambda picked inside that part.
 * A fold whose system has no single solution is left out as well.
 */
export function walkForward(
  set: TrainingSet,
  sums: PrefixSums,
  embargoMs: number,
  config: PenaltyConfig,
): { readonly runs: readonly FoldRun[]; readonly forecasts: Forecasts } {
  const runs: FoldRun[] = [];
  const all = emptyForecasts(set.n);
  let to = 0;
  for (const fold of walkForwardFolds(set, config.folds, embargoMs)) {
    const training = sums(fold.trainTo);
    const nTrainEff = effectiveRows(training);
    if (nTrainEff < config.min_train_n_eff) continue;
    const lambda = lambdaFor(set, sums, fold.trainTo, embargoMs, config);
    const fit = fitRidge(training, set.spread, { lambda, standardize: config.standardize });
    if (fit === null) continue;
    const claim = errorKnownBefore(fold, runs, all);
    const from = to;
    for (let row = fold.testFrom; row < fold.testTo; row += 1) {
      all.prediction[to] = predictionAt(fit, set, row);
      all.target[to] = at(set.target, row);
      all.unitBps[to] = at(set.unitBps, row);
      all.uniqueness[to] = at(set.uniqueness, row);
      all.trainMean[to] = fit.meanTarget;
      all.claim[to] = claim;
      to += 1;
    }
    runs.push({ ...fold, lambda, nTrainEff, from, to });
  }
  return { runs, forecasts: firstOf(all, to) };
}

/** The rms error of earlier forecasts whose rows had ended when this fold's training did. */
function errorKnownBefore(fold: Fold, runs: readonly FoldRun[], all: Forecasts): number {
  let [squares, count] = [0, 0];
  for (const run of runs) {
    const known = Math.max(0, Math.min(run.testTo, fold.trainTo) - run.testFrom);
    for (let index = run.from; index < run.from + known; index += 1) {
      squares += (at(all.target, index) - at(all.prediction, index)) ** 2;
    }
    count += known;
  }
  return Math.sqrt(squares / count);
}

/** Returns the effective sample size of the forecasts `[from, to)`. */
export function effectiveForecasts(forecasts: Forecasts, from: number, to: number): number {
  return sumOf(forecasts.uniqueness, from, to);
}

function emptyForecasts(n: number): Forecasts {
  const column = () => new Float64Array(n);
  return {
    prediction: column(),
    target: column(),
    unitBps: column(),
    uniqueness: column(),
    trainMean: column(),
    claim: column(),
  };
}

function firstOf(all: Forecasts, count: number): Forecasts {
  return {
    prediction: all.prediction.subarray(0, count),
    target: all.target.subarray(0, count),
    unitBps: all.unitBps.subarray(0, count),
    uniqueness: all.uniqueness.subarray(0, count),
    trainMean: all.trainMean.subarray(0, count),
    claim: all.claim.subarray(0, count),
  };
}
