// Trains the model of one horizon: what its signals earn, how that forecast did out of sample, and whether it may be used.

import { canonicalJson, sha256Hex } from '../domain/canonical.ts';
import type { WardenConfig } from '../domain/config.ts';
import type { Model, ModelFold } from '../domain/model.ts';
import { roundBps } from '../domain/rounding.ts';
import { HOUR_MS, isoFromMs } from '../domain/time.ts';
import { at } from './columns.ts';
import { significant } from './digits.ts';
import { skillGate, skillVerdict } from './gate.ts';
import { lambdaFor } from './penalty.ts';
import { fitRidge, predictionAt, type RidgeFit, rawWeights } from './ridge.ts';
import { effectiveRows, prefixSums } from './ridge-sums.ts';
import { scoresOf } from './scores.ts';
import { type TrainingRow, type TrainingSet, trainingSet } from './training-set.ts';
import { effectiveForecasts, type FoldRun, type Forecasts, walkForward } from './walk-forward.ts';

interface TrainingOptions {
  readonly horizonHours: number;
  /** When the model is trained; cut to whole seconds. Rows that end later are not seen. */
  readonly trainedAtMs: number;
  readonly codeVersion: string;
  readonly config: WardenConfig['model'];
}

/**
 * A model, or why there is none: fewer usable rows than `min_rows`, or no single solution (`singular`: a penalty of 0 and a
 * feature that the others explain). `n` counts the usable rows.
 */
export type TrainOutcome =
  | { readonly ok: true; readonly model: Model }
  | {
      readonly ok: false;
      readonly reason: 'insufficient_rows' | 'singular';
      readonly n: number;
      readonly horizon_hours: number;
    };

/** What the out-of-sample forecasts decide about a model. */
type Evidence = Pick<Model, 'oos' | 'sigma' | 'gate' | 'used' | 'reason'>;

/**
 * Trains ridge regression on the newest rows of one horizon that had ended by `trainedAtMs`. The order of `rows` does not
 * matter, and neither do rows of other horizons or of the future: the same evidence always gives the same model, and the
 * same `content_sha256` whenever it is trained. Weights are on raw features, bias last; one that is constant weighs 0.
 */
export function trainModel(rows: readonly TrainingRow[], options: TrainingOptions): TrainOutcome {
  const { config, horizonHours } = options;
  const trainedAtMs = Math.floor(options.trainedAtMs / 1000) * 1000;
  const set = trainingSet(rows, { horizonHours, trainedAtMs, config });
  const refused = { ok: false, n: set.n, horizon_hours: horizonHours } as const;
  if (set.n < config.min_rows) return { ...refused, reason: 'insufficient_rows' };
  const sums = prefixSums(set);
  const whole = sums(set.n);
  const embargoMs = horizonHours * HOUR_MS;
  const lambda = lambdaFor(set, sums, set.n, embargoMs, config);
  const fit = fitRidge(whole, set.spread, { lambda, standardize: config.standardize });
  if (fit === null) return { ...refused, reason: 'singular' };
  const { runs, forecasts } = walkForward(set, sums, embargoMs, config);
  const content: ModelContent = {
    v: 1,
    ok: true,
    model: 'ridge',
    horizon_hours: horizonHours,
    features: [...config.features],
    weights: rawWeights(fit, set),
    target: config.standardize ? 'sigma' : 'bps',
    standardize: config.standardize,
    ridge: lambda,
    dropped_features: config.features.filter((_, index) => fit.constant[index]),
    n: set.n,
    n_eff: significant(effectiveRows(whole)),
    n_excluded: set.nExcluded,
    rmse_bps: inSampleRmseBps(set, fit),
    ...evidenceOf(set, runs, forecasts, config),
    trained_from: isoFromMs(set.entryMs.reduce((first, entryMs) => Math.min(first, entryMs))),
    trained_through: isoFromMs(at(set.exitMs, set.n - 1)),
    code_version: options.codeVersion,
  };
  return { ok: true, model: named(content, trainedAtMs) };
}

type ModelContent = Omit<Model, 'model_id' | 'content_sha256' | 'trained_at'>;

/** The digest leaves out when the model was trained, so that the same evidence keeps the same content. */
function named(content: ModelContent, trainedAtMs: number): Model {
  const contentSha256 = sha256Hex(canonicalJson(content));
  const trainedAt = isoFromMs(trainedAtMs);
  const stamp = `${trainedAt.slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  return {
    ...content,
    model_id: `${stamp}-${contentSha256.slice(0, 16)}`,
    content_sha256: contentSha256,
    trained_at: trainedAt,
  };
}

function evidenceOf(
  set: TrainingSet,
  runs: readonly FoldRun[],
  forecasts: Forecasts,
  config: WardenConfig['model'],
): Evidence {
  const n = forecasts.target.length;
  if (n === 0) {
    const reason =
      `no out-of-sample evidence: no fold has ${config.min_train_n_eff} effective rows to train on ` +
      `one embargo before its test`;
    return { oos: null, sigma: null, gate: null, used: false, reason };
  }
  const gate = skillGate(forecasts, config.gate_alpha);
  const verdict = skillVerdict(gate);
  return {
    oos: {
      n,
      n_eff: significant(effectiveForecasts(forecasts, 0, n)),
      ...scoresOf(forecasts, 0, n),
      folds: runs.map((run) => foldOf(set, run, forecasts)),
    },
    sigma: errorSizes(forecasts, verdict.used),
    gate,
    ...verdict,
  };
}

function foldOf(set: TrainingSet, run: FoldRun, forecasts: Forecasts): ModelFold {
  return {
    train_through: isoFromMs(at(set.exitMs, run.trainTo - 1)),
    test_from: isoFromMs(run.testStartMs),
    test_to: isoFromMs(at(set.exitMs, run.testTo - 1)),
    n_train: run.trainTo,
    n_train_eff: significant(run.nTrainEff),
    n_test: run.testTo - run.testFrom,
    lambda: run.lambda,
    ...scoresOf(forecasts, run.from, run.to),
  };
}

/**
 * Out-of-sample errors in target units, of the forecast that will be made: the model's own where it is used, else zero.
 * So rows are judged by the error they really have.
 */
function errorSizes(forecasts: Forecasts, used: boolean): NonNullable<Model['sigma']> {
  let [squares, absolutes] = [0, 0];
  for (const [index, target] of forecasts.target.entries()) {
    const error = used ? target - at(forecasts.prediction, index) : target;
    squares += error * error;
    absolutes += Math.abs(error);
  }
  const n = forecasts.target.length;
  return { rms: significant(Math.sqrt(squares / n)), mean_abs: significant(absolutes / n) };
}

function inSampleRmseBps(set: TrainingSet, fit: RidgeFit): number {
  let squares = 0;
  for (let row = 0; row < set.n; row += 1) {
    const error = at(set.target, row) - predictionAt(fit, set, row);
    squares += (error * at(set.unitBps, row)) ** 2;
  }
  return roundBps(Math.sqrt(squares / set.n));
}
