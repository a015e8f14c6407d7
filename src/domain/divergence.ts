// Divergence alerts: where the live error of an agent stopped looking like the error its model claims.

import Type, { type Static } from 'typebox';
import { horizonHours, instant, name, oneOf, orNull, version } from './fields.ts';
import { closed, measured, nEff } from './supervisor-fields.ts';

/**
 * mean, scale: sequential detectors that may raise ALERT. mean_cusum, scale_window: early warnings, WARN at most. hit:
 * fewer hits than claimed. rmse: reported, never alerted on alone. snapshot: the window test, corrected over all agents.
 */
export const DIVERGENCE_TRIGGERS = [
  'mean',
  'mean_cusum',
  'scale',
  'scale_window',
  'hit',
  'rmse',
  'snapshot',
] as const;
export type DivergenceTrigger = (typeof DIVERGENCE_TRIGGERS)[number];

/** INSUFFICIENT is not OK: there were too few admitted signals to say anything. */
export const DIVERGENCE_STATES = ['INSUFFICIENT', 'OK', 'WARN', 'ALERT', 'RESOLVED'] as const;
export type DivergenceState = (typeof DIVERGENCE_STATES)[number];

export const DivergenceAlert = Type.Object(
  {
    ts: Type.String({ ...instant, description: 'exit of the newest signal that was looked at' }),
    agent: name,
    horizon_hours: horizonHours,
    trigger: oneOf(DIVERGENCE_TRIGGERS),
    window: Type.Integer({ minimum: 0, description: 'signals looked at, without overlapping labels' }),
    n_eff: nEff,
    n_unusable: Type.Integer({
      minimum: 0,
      description: 'rows of the stream whose sigma is unknown: they count neither as good nor as bad',
    }),
    statistic: measured('value of the trigger, in its own unit'),
    limit: Type.Number({ description: 'value of the trigger at which the state changes' }),
    mean_abs_error_bps: measured('over the window'),
    mean_error_bps: measured('over the window; positive: live better than the model'),
    severity: oneOf(['none', 'medium', 'high']),
    state: oneOf(DIVERGENCE_STATES),
    action: oneOf(['NONE', 'WATCH', 'REDUCE_ALLOC_AND_BLOCK_PROMOTION']),
    since: orNull(instant),
  },
  closed,
);
export type DivergenceAlert = Static<typeof DivergenceAlert>;

/** The plain detector of the notes on the newest rows of an agent, overlapping labels included. It decides nothing. */
export const NotesDivergence = Type.Object(
  {
    agent: name,
    window: Type.Integer({ minimum: 0, description: 'rows looked at' }),
    mean_abs_error_bps: measured('held against divergence.abs_err_thr'),
    mean_error_bps: measured('its size is held against divergence.mean_err_thr'),
    severity: oneOf(['none', 'medium', 'high'], 'medium or high: the notes would alert'),
  },
  closed,
);
export type NotesDivergence = Static<typeof NotesDivergence>;

/**
 * `supervisor/divergence_alerts.json`: one entry per (agent, horizon, trigger) in WARN, ALERT or RESOLVED; the others are in
 * the meta report.
 */
export const DivergenceAlerts = Type.Object(
  {
    v: version,
    generated_at: orNull(instant),
    alerts: Type.Array(DivergenceAlert),
    notes: Type.Array(NotesDivergence, { description: 'what the thresholds of the notes say, beside' }),
  },
  { ...closed, title: 'Divergence alerts' },
);
export type DivergenceAlerts = Static<typeof DivergenceAlerts>;
