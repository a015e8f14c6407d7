// What the supervisor derives about agents: confidence, promotion, allocation, and the report that puts all of it in one place.

import Type, { type Static } from 'typebox';
import { CvarCell } from './cvar.ts';
import { DivergenceAlert, NotesDivergence } from './divergence.ts';
import { count, day, horizonHours, instant, name, oneOf, orNull, sha256, version } from './fields.ts';
import { byName, closed, episode, measured, nEff, ratio } from './supervisor-fields.ts';

export const STAGES = ['shadow', 'live'] as const;
export type Stage = (typeof STAGES)[number];

/** How a multiplier came about, so that it can be computed again by hand. */
export const ConfidenceDetail = Type.Object(
  {
    n: count,
    n_eff: nEff,
    n_excluded: Type.Integer({
      minimum: 0,
      description: 'rows without a usable error; they count as nothing, not as good',
    }),
    P: measured('weighted mean penalty, 0 to the loss amplifier; null without rows'),
    W: Type.Number({ minimum: 0, description: 'sum of the weights' }),
    shrink: Type.Number({ minimum: 0, maximum: 1, description: '0: no evidence, the multiplier is 1' }),
    mode: oneOf(['sigma', 'bps'], 'unit in which errors were penalised'),
  },
  closed,
);
export type ConfidenceDetail = Static<typeof ConfidenceDetail>;

/** `supervisor/confidence_multipliers.json`. */
export const ConfidenceMultipliers = Type.Object(
  {
    version: Type.Literal(1),
    generated_at: orNull(instant),
    multipliers: byName(Type.Number({ exclusiveMinimum: 0 }), 'by agent; 1 is neutral'),
    detail: byName(ConfidenceDetail, 'by agent'),
  },
  { ...closed, title: 'Confidence multipliers' },
);
export type ConfidenceMultipliers = Static<typeof ConfidenceMultipliers>;

export const PromotionGate = Type.Object(
  {
    value: measured('what was measured; null: unknown, and then the gate does not pass'),
    comparison: oneOf(['>=', '>', '<=', '<'], 'value comparison limit'),
    limit: Type.Number(),
    pass: Type.Boolean(),
    decides: Type.Boolean({ description: 'false: shown beside the gates that decide' }),
    note: orNull(
      Type.String({ maxLength: 500, description: 'why it is unknown, or what the number leaves out' }),
    ),
  },
  closed,
);
export type PromotionGate = Static<typeof PromotionGate>;

export const AgentPromotion = Type.Object(
  {
    stage: oneOf(STAGES),
    eligible: Type.Boolean({ description: 'every gate that decides passes' }),
    gates: byName(PromotionGate, 'by name of the gate'),
  },
  closed,
);
export type AgentPromotion = Static<typeof AgentPromotion>;

/** `supervisor/promotion.json`: agent → gates, as in the notes, with no envelope around it. */
export const Promotion = byName(AgentPromotion, 'by agent', 'Promotion');
export type Promotion = Static<typeof Promotion>;

export const AgentAllocation = Type.Object(
  {
    strategy_class: name,
    base: ratio,
    multiplier: Type.Number({ minimum: 0, description: 'confidence multiplier' }),
    divergence_factor: Type.Number({ minimum: 0, maximum: 1, description: '1 where nothing diverges' }),
    status: oneOf(
      ['ENABLED', 'DISABLED', 'SHADOW'],
      'of the class in config/kill-list.yaml, or SHADOW by stage',
    ),
    weight: Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'share of capital; 0 where the status is not ENABLED',
    }),
  },
  closed,
);
export type AgentAllocation = Static<typeof AgentAllocation>;

/** `supervisor/allocation.json`: agent → weight. */
export const Allocation = byName(
  AgentAllocation,
  'by agent; weights sum to at most 1 and are scaled down to that, never up, so a disabled share goes to nobody',
  'Allocation',
);
export type Allocation = Static<typeof Allocation>;

export const AgentReport = Type.Object(
  {
    strategy_class: name,
    n: count,
    n_eff: nEff,
    last_exit_at: orNull(instant),
    sim_version: orNull(Type.String({ description: 'of the newest row' })),
    avg_abs_error_bps: measured('mean of |realized - expected|'),
    avg_pnl_error_bps: measured('mean of realized - expected'),
    hit_rate: measured('share of rows with realized > 0'),
    pnl_sum_bps: measured('sum of realized, gross'),
    net_pnl_sum_bps: measured('sum of realized after costs'),
    n_runs: Type.Integer({ minimum: 0, description: 'runs that telemetry knows' }),
    error_rate: measured('share of runs that ended in an error; null without telemetry'),
    multiplier: Type.Number({ exclusiveMinimum: 0 }),
    confidence: ConfidenceDetail,
    divergence: Type.Array(DivergenceAlert, { description: 'every trigger at every horizon' }),
    notes_divergence: NotesDivergence,
    promotion: AgentPromotion,
    allocation: AgentAllocation,
  },
  closed,
);
export type AgentReport = Static<typeof AgentReport>;

/** One UTC day of exits of a class at the deciding horizon: what the charts are drawn from. */
export const ClassDay = Type.Object(
  {
    day,
    n: count,
    pnl_bps: Type.Number({ description: 'sum of realized, gross' }),
    net_pnl_bps: Type.Number({ description: 'sum of realized after costs' }),
    mean_abs_error_sigma: measured('mean of |realized - expected| / expected sigma'),
  },
  closed,
);
export type ClassDay = Static<typeof ClassDay>;

export const StrategyReport = Type.Object(
  {
    status: oneOf(['ENABLED', 'DISABLED']),
    current_regime: orNull(name),
    open_episode: orNull(episode),
    agents: Type.Array(name),
    cells: byName(CvarCell, 'by regime'),
    days: Type.Array(ClassDay, { description: 'days with exits within cvar.window, oldest first' }),
  },
  closed,
);
export type StrategyReport = Static<typeof StrategyReport>;

/** `supervisor/meta_report.json`: what `meta_report.md` is written from. */
export const MetaReport = Type.Object(
  {
    v: version,
    generated_at: orNull(instant),
    horizon_hours: horizonHours,
    config_hash: sha256,
    code_version: Type.String(),
    agents: byName(AgentReport, 'by agent'),
    strategies: byName(StrategyReport, 'by strategy class'),
  },
  { ...closed, title: 'Meta report' },
);
export type MetaReport = Static<typeof MetaReport>;
