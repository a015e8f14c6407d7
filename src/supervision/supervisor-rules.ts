// The rules of the supervisor in the units the arithmetic wants, from the configuration a person wrote.

import type { WardenConfig } from '../domain/config.ts';
import type {
  AllocationConfig,
  ConfidenceConfig,
  CvarConfig,
  DivergenceConfig,
  PromotionConfig,
} from '../domain/supervisor-config.ts';
import { checkedDurationMs } from '../domain/time.ts';

/** The sections as they are written, and their durations in milliseconds beside them. */
export interface SupervisorRules {
  /** Every horizon, ascending: divergence runs on all of them. */
  readonly horizonsHours: readonly number[];
  readonly confidence: ConfidenceConfig;
  readonly divergence: DivergenceConfig;
  /** `cvar.horizon_hours` is the deciding horizon, of confidence and promotion too. */
  readonly cvar: CvarConfig;
  readonly promotion: PromotionConfig;
  readonly allocation: AllocationConfig;
  /** How far rows reach back: those of an agent from its newest one, those of a cell from the newest of its class. */
  readonly windowMs: number;
  readonly coolDownMs: number;
  readonly telemetryWindowMs: number;
  readonly demoteAfterMs: number;
  readonly reproposeAfterMs: number;
}

/** Returns the rules of a configuration whose durations were checked when it was read. */
export function supervisorRules(config: WardenConfig): SupervisorRules {
  const { confidence, divergence, cvar, promotion, allocation } = config;
  return {
    horizonsHours: [...config.horizons_hours].sort((a, b) => a - b),
    confidence,
    divergence,
    cvar,
    promotion,
    allocation,
    windowMs: checkedDurationMs(cvar.window),
    coolDownMs: checkedDurationMs(cvar.reenable.cool_down),
    telemetryWindowMs: checkedDurationMs(promotion.telemetry_window),
    demoteAfterMs: checkedDurationMs(promotion.demote_after),
    reproposeAfterMs: checkedDurationMs(promotion.repropose_after),
  };
}
