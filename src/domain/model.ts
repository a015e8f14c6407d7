// A trained model of what a signal earns at one horizon: its coefficients, how it did out of sample, and whether it may be used.

import Type, { type Static } from 'typebox';
import { count, horizonHours, instant, oneOf, orNull, sha256, version } from './fields.ts';

/** What a model may look at. `score_aligned` is the score times the side: positive agrees with the direction taken. */
export const FEATURES = ['score_final', 'confidence', 'score_aligned', 'side'] as const;
export type Feature = (typeof FEATURES)[number];

const scoreFields = {
  rmse_bps: Type.Number({ minimum: 0 }),
  mae_bps: Type.Number({ minimum: 0 }),
  bias_bps: Type.Number(),
  r2_vs_mean: orNull(Type.Number()),
  r2_vs_zero: orNull(Type.Number()),
  rank_ic: orNull(Type.Number()),
  rank_ic_t: orNull(Type.Number()),
  hit_rate: orNull(Type.Number()),
  coverage_90: orNull(Type.Number()),
  z_rms: orNull(Type.Number()),
};

export const ModelFold = Type.Object(
  {
    train_through: instant,
    test_from: instant,
    test_to: instant,
    n_train: count,
    n_train_eff: Type.Number(),
    n_test: count,
    lambda: Type.Number(),
    ...scoreFields,
  },
  { additionalProperties: false },
);
export type ModelFold = Static<typeof ModelFold>;

export const Model = Type.Object(
  {
    v: version,
    ok: Type.Literal(true),
    model: Type.Literal('ridge'),
    model_id: Type.String({ description: '<trained_at>-<first 16 hex digits of content_sha256>' }),
    content_sha256: sha256,
    horizon_hours: horizonHours,
    features: Type.Array(oneOf(FEATURES)),
    weights: Type.Array(Type.Number(), { description: 'raw scale, one per feature, bias last' }),
    target: oneOf(
      ['sigma', 'bps'],
      'sigma: realized / sigma_asof; bps: realized, as in the closed form of the notes',
    ),
    standardize: Type.Boolean(),
    ridge: Type.Number({
      description: 'lambda on standardised features, or the raw penalty where standardize is false',
    }),
    dropped_features: Type.Array(oneOf(FEATURES), { description: 'constant in the training data' }),
    n: count,
    n_eff: Type.Number(),
    n_excluded: count,
    rmse_bps: Type.Number({ description: 'in sample' }),
    oos: orNull(
      Type.Object(
        { n: count, n_eff: Type.Number(), ...scoreFields, folds: Type.Array(ModelFold) },
        { additionalProperties: false },
      ),
    ),
    sigma: orNull(
      Type.Object(
        {
          rms: Type.Number({
            description: 'out-of-sample error in units of the target; times sigma_asof: expected_sigma',
          }),
          mean_abs: Type.Number({ description: 'likewise the mean absolute error: expected_abs' }),
        },
        { additionalProperties: false },
      ),
    ),
    gate: orNull(
      Type.Object(
        {
          mean_gain: Type.Number(),
          t: Type.Number(),
          n_eff: Type.Number(),
          p_value: Type.Number(),
          alpha: Type.Number(),
        },
        { additionalProperties: false },
      ),
    ),
    trained_at: instant,
    trained_from: instant,
    trained_through: instant,
    code_version: Type.String(),
    used: Type.Boolean({ description: 'false: expected is 0, only sigma is taken from the model' }),
    reason: Type.String(),
  },
  { additionalProperties: false, title: 'Model' },
);
export type Model = Static<typeof Model>;

/** `ridge_h{H}.json`: which model version is in use for a horizon, or why there is none. */
export const ModelPointer = Type.Object(
  {
    v: version,
    ok: Type.Boolean(),
    horizon_hours: horizonHours,
    model_id: orNull(Type.String()),
    trained_at: orNull(instant),
    used: Type.Boolean(),
    reason: Type.String(),
    n: count,
  },
  { additionalProperties: false, title: 'Model pointer' },
);
export type ModelPointer = Static<typeof ModelPointer>;
