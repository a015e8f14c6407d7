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

/** `supervisor/divergence_alerts.json`: one entry per (agent, horizon, trigger) that has a state to tell. */
export const DivergenceAlerts = Type.Object(
  {
    v: version,
    generated_at: orNull(instant),
    alerts: Type.Array(DivergenceAlert),
  },
  { ...closed, title: 'Divergence alerts' },
);
export type DivergenceAlerts = Static<typeof DivergenceAlerts>;
