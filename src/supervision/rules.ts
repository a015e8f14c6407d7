// The rules of reconciling in the units the arithmetic wants, from the configuration a person wrote.

import type { WardenConfig } from '../domain/config.ts';
import type { Market } from '../domain/market.ts';
import { checkedDurationMs, DAY_MS, HOUR_MS } from '../domain/time.ts';
import type { CostRates } from './pnl.ts';
import { WINDOW_HALF_LIVES } from './volatility.ts';

export interface ReconcileRules {
  readonly horizonsHours: readonly number[];
  readonly latencyMs: number;
  readonly settleLagMs: number;
  readonly giveUpAfterMs: number;
  readonly maxStaleBars: number;
  readonly maxLossRatio: number;
  /** Fewer settled pairs in a run say nothing about the share that is lost. */
  readonly maxLossMinPairs: number;
  readonly costs: Readonly<Record<Market, CostRates>>;
  readonly asofHalfLifeMs: number;
  readonly fastHalfLifeMs: number;
  readonly minReturns: number;
}

/** Returns the rules of a configuration whose durations were checked when it was read. */
export function rulesFromConfig(config: WardenConfig): ReconcileRules {
  const { prices, costs, volatility } = config;
  return {
    horizonsHours: [...config.horizons_hours].sort((a, b) => a - b),
    latencyMs: prices.latency_ms,
    settleLagMs: checkedDurationMs(prices.settle_lag),
    giveUpAfterMs: checkedDurationMs(prices.give_up_after),
    maxStaleBars: prices.max_stale_bars,
    maxLossRatio: prices.max_loss,
    maxLossMinPairs: prices.max_loss_min_pairs,
    costs: {
      spot: { feeBps: costs.spot.fee_bps, slipBps: costs.spot.slip_bps, assumedFundingBpsPer8h: null },
      perp: {
        feeBps: costs.perp.fee_bps,
        slipBps: costs.perp.slip_bps,
        assumedFundingBpsPer8h: costs.perp.assumed_funding_bps_per_8h,
      },
      equity: { feeBps: costs.equity.fee_bps, slipBps: costs.equity.slip_bps, assumedFundingBpsPer8h: null },
    },
    asofHalfLifeMs: checkedDurationMs(volatility.asof_half_life),
    fastHalfLifeMs: checkedDurationMs(volatility.fast_half_life),
    minReturns: volatility.min_returns,
  };
}

/** Bars before the oldest entry that its volatility needs; a day more, so that a gap at the edge changes nothing. */
export function lookbackMs(rules: ReconcileRules): number {
  return WINDOW_HALF_LIVES * Math.max(rules.asofHalfLifeMs, rules.fastHalfLifeMs) + DAY_MS;
}

/**
 * How long a label of the longest horizon can live in wall time. Session markets open 6.5 of 24 hours on weekdays; twice
 * that ratio and a week for holidays bound it from above.
 */
export function labelLifeMaxMs(rules: ReconcileRules, market: Market): number {
  const longestMs = Math.max(...rules.horizonsHours) * HOUR_MS + rules.latencyMs;
  return market === 'equity' ? longestMs * 11 + 7 * DAY_MS : longestMs;
}
