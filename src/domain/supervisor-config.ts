// The sections of config/warden.yaml that the supervisor reads: how errors are penalised, when a stream diverges, when a tail
// is a breach, who may be promoted, and who is told.

import Type, { type Static } from 'typebox';
import { duration } from './durations.ts';
import { horizonHours } from './fields.ts';
import { section } from './supervisor-fields.ts';

function above0(defaultValue: number, description: string) {
  return Type.Number({ exclusiveMinimum: 0, default: defaultValue, description });
}

function share(defaultValue: number, description: string) {
  return Type.Number({ minimum: 0, maximum: 1, default: defaultValue, description });
}

function signals(defaultValue: number, description: string) {
  return Type.Integer({ minimum: 1, maximum: 10_000, default: defaultValue, description });
}

export const ConfidenceConfig = Type.Object(
  {
    mode: Type.String({
      enum: ['sigma', 'bps'],
      default: 'sigma',
      description: 'unit of the error: sigma compares it with what the model claims, bps takes it as it is',
    }),
    half_life_signals: above0(80, 'newer signals after which a signal counts half'),
    loss_k_bps: above0(50, 'error at which a signal costs half of the largest penalty'),
    floor: Type.Number({ exclusiveMinimum: 0, maximum: 1, default: 0.5, description: 'smallest multiplier' }),
    ceil: Type.Number({ minimum: 1, maximum: 10, default: 1.1, description: 'largest multiplier' }),
    penalty_cap: above0(0.08, 'most that any one signal may move a multiplier'),
    loss_amplifier: Type.Number({
      minimum: 1,
      default: 1.3,
      description: 'factor of the penalty where the signal lost',
    }),
    stability_boost: Type.Number({
      minimum: 0,
      default: 0.02,
      description: 'added after stability_min_good good signals without a bad one',
    }),
    stability_good_err_bps: above0(30, 'neutral error; in sigma mode that of a model whose claim is right'),
    stability_min_good: signals(10, 'good signals in a row that earn the boost'),
  },
  section,
);

export const DivergenceConfig = Type.Object(
  {
    window: signals(80, 'signals of the rolling triggers, and of the plain thresholds of the notes'),
    min_signals: signals(30, 'signals without overlapping labels before anything is said'),
    alarm_level: Type.Number({
      exclusiveMinimum: 1,
      maximum: 1e9,
      default: 5000,
      description: 'mean, scale: average number of healthy signals to a false alarm, at least',
    }),
    cusum_limit: above0(12, 'mean_cusum: sum beyond which it warns, in sigma'),
    scale_window_ratio: Type.Number({
      exclusiveMinimum: 1,
      default: 1.6,
      description: 'scale_window: ratio of live to claimed mean error at which it warns',
    }),
    hit_p_value: Type.Number({
      exclusiveMinimum: 0,
      maximum: 0.5,
      default: 0.0005,
      description: 'hit: probability of so few hits in one window by luck at which it alerts',
    }),
    resolve_after_signals: signals(40, 'an alert ends when this many of the newest signals are healthy'),
    snapshot_q: Type.Number({
      exclusiveMinimum: 0,
      maximum: 0.5,
      default: 0.1,
      description: 'share of false findings among the agents that the report calls divergent',
    }),
    abs_err_thr: above0(90, 'threshold of the notes on the mean absolute error, bps; shown, decides nothing'),
    mean_err_thr: above0(40, 'threshold of the notes on the mean error, bps; shown, decides nothing'),
  },
  section,
);

export const CvarConfig = Type.Object(
  {
    horizon_hours: Type.Integer({
      ...horizonHours,
      default: 24,
      description: 'horizon that decides about classes, confidence and promotion; one of horizons_hours',
    }),
    decision: Type.String({
      enum: ['lcb', 'point'],
      default: 'lcb',
      description:
        'lcb: a breach needs the lower bound of the interval beyond the limit; point: the estimate',
    }),
    default_max_sigma: above0(4, 'limit of a class that config/kill-list.yaml gives none'),
    min_n_eff: Type.Number({
      minimum: 1,
      default: 60,
      description: 'effective rows below which nobody judges',
    }),
    min_blocks: signals(
      20,
      'spans of one horizon with rows below which nobody judges: one bad day is one day',
    ),
    max_n_eff: Type.Number({
      minimum: 1,
      default: 250,
      description: 'effective rows that are looked at; more where they come from fewer than min_blocks spans',
    }),
    window: duration('180d', 'how far the rows that are looked at reach back from the newest of their class'),
    bootstrap_draws: Type.Integer({
      minimum: 100,
      maximum: 20_000,
      default: 1000,
      description: 'draws behind an interval of the CVaR',
    }),
    reenable: Type.Object(
      {
        cool_down: duration('7d', 'a class stays disabled this long'),
        min_fresh_n_eff: Type.Number({
          minimum: 1,
          default: 60,
          description: 'effective rows since then, out of min_blocks spans; shadow rows too',
        }),
        max_limit_ratio: share(
          0.8,
          'share of the limit their CVaR must be below; with 1.645 standard errors it must be below the limit',
        ),
      },
      section,
    ),
  },
  section,
);

export const PromotionConfig = Type.Object(
  {
    min_n_eff: Type.Number({
      minimum: 2,
      default: 60,
      description: 'effective rows below which nobody is promoted',
    }),
    confidence: Type.Number({
      exclusiveMinimum: 0.5,
      exclusiveMaximum: 1,
      default: 0.95,
      description: 'one-sided confidence that the mean net result is positive',
    }),
    min_hit_rate_bound: share(0.45, 'lower Wilson bound (one sigma) of the hit rate'),
    min_error_ratio: Type.Number({
      minimum: 0,
      default: 0.5,
      description: 'mean absolute error over the claimed one; far below, the claim is wrong',
    }),
    max_error_ratio: above0(1.3, 'the same from above'),
    max_error_rate: share(0.05, 'upper Wilson bound (95 %) of the share of failed runs'),
    telemetry_window: duration('30d', 'runs that count for the error rate'),
    demote_after: duration('3d', 'a live agent whose alert lasts this long is proposed for shadow'),
    repropose_after: duration('30d', 'a promotion that nobody took is proposed again after this time'),
    min_pnl_sum_bps: Type.Number({ default: 150, description: 'gate of the notes; shown, decides nothing' }),
    min_hit_rate: share(0.55, 'gate of the notes; shown, decides nothing'),
    max_avg_abs_error_bps: above0(60, 'gate of the notes; shown, decides nothing'),
    min_avg_pnl_error_bps: Type.Number({
      default: -20,
      description: 'gate of the notes; shown, decides nothing',
    }),
  },
  section,
);

export const AllocationConfig = Type.Object(
  {
    max_weight: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.25,
      description: 'cap of one agent',
    }),
    warn_factor: share(0.75, 'factor of an agent with a warning'),
    alert_factor: share(0.5, 'factor of an agent with an alert'),
  },
  section,
);

const NotifyConfig = Type.Object(
  {
    mail: Type.Boolean({
      default: true,
      description: 'send mail to META_EMAIL_TO where that and SMTP_URL are in the environment',
    }),
  },
  section,
);

const login = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9-]{0,99}(\\[bot\\])?$',
  description: 'login at GitHub, e.g. octocat or warden[bot]',
});

const reviewer = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9-]{0,99}(/[A-Za-z0-9][A-Za-z0-9._-]{0,99})?$',
  description: 'login of a person, or org/team',
});

const GitHubConfig = Type.Object(
  {
    pull_requests: Type.Boolean({
      default: true,
      description:
        'propose what was decided as pull requests, where a token for GitHub is in the environment',
    }),
    labels: Type.Array(Type.String({ minLength: 1, maxLength: 50 }), {
      default: ['warden'],
      uniqueItems: true,
      maxItems: 10,
      description: 'put on every pull request and issue of Warden; nothing depends on them later',
      minItems: 1,
    }),
    reviewers: Type.Array(reviewer, {
      default: [],
      uniqueItems: true,
      maxItems: 15,
      description: 'asked for review; empty: the owners that CODEOWNERS gives for the file that changes',
    }),
    own_logins: Type.Array(login, {
      default: [],
      uniqueItems: true,
      description:
        'further accounts under which Warden wrote, e.g. github-actions[bot] before there was an app',
    }),
    new_pulls_per_run: signals(10, 'pull requests opened in one run at most; the rest follows with the next'),
    comments_per_day: Type.Integer({
      minimum: 0,
      maximum: 50,
      default: 2,
      description: 'new comments about divergence on one pull request a day; edits are not counted',
    }),
    acknowledge_within: duration(
      '15m',
      'after a merge the kernel must have acknowledged it; then people are told',
    ),
    dashboard: Type.Boolean({ default: true, description: 'keep one pinned issue with every strategy' }),
  },
  section,
);

export const ReviewConfig = Type.Object(
  {
    loosening_limit: Type.Number({
      minimum: 0,
      maximum: 10,
      default: 0.2,
      description:
        'share by which a pull request may loosen a limit before it needs more approvals; read from the base',
    }),
    approvals: Type.Integer({
      minimum: 1,
      maximum: 6,
      default: 2,
      description: 'approvals that a pull request needs which loosens more than loosening_limit',
    }),
  },
  section,
);
export type ReviewConfig = Static<typeof ReviewConfig>;

const WatchdogConfig = Type.Object(
  {
    late_periods: Type.Number({
      exclusiveMinimum: 0,
      maximum: 100,
      default: 2,
      description: 'periods of its schedule after which a job that did not run is missed',
    }),
    secrets: Type.Record(
      Type.String({ pattern: '^[A-Z_][A-Z0-9_]*$' }),
      Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'a day, e.g. 2027-03-01' }),
      {
        default: {},
        description: 'name of a secret and the day on which it ends, e.g. APCA_API_SECRET_KEY: 2027-03-01',
      },
    ),
    warn_before: duration('14d', 'before a secret ends people are told'),
  },
  section,
);
export type WatchdogConfig = Static<typeof WatchdogConfig>;

/** What `warden.yaml` says to the supervisor. */
export const supervisorSections = {
  confidence: ConfidenceConfig,
  divergence: DivergenceConfig,
  cvar: CvarConfig,
  promotion: PromotionConfig,
  allocation: AllocationConfig,
  notify: NotifyConfig,
  github: GitHubConfig,
  review: ReviewConfig,
  watchdog: WatchdogConfig,
};

export type ConfidenceConfig = Static<typeof ConfidenceConfig>;
export type DivergenceConfig = Static<typeof DivergenceConfig>;
export type CvarConfig = Static<typeof CvarConfig>;
export type PromotionConfig = Static<typeof PromotionConfig>;
export type AllocationConfig = Static<typeof AllocationConfig>;
