// The reconciled row: what one signal earned at one horizon, and what it was expected to earn when it was emitted.

import Type, { type Static } from 'typebox';
import { count, horizonHours, instant, name, oneOf, orNull, positive, version } from './fields.ts';
import { contract, market } from './market.ts';

/** Every due (event, horizon) is in exactly one of these outcomes. `flat` events are counted, never scored. */
export const OUTCOMES = [
  'reconciled',
  'pending',
  'stale_price',
  'no_price',
  'invalid_event',
  'flat',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const ReconciledRow = Type.Object(
  {
    v: version,
    event_id: name,
    horizon_hours: horizonHours,
    ts: instant,
    agent: name,
    run_id: orNull(name),
    symbol: Type.String(),
    market,
    contract,
    direction: oneOf(['LONG', 'SHORT']),
    regime: name,
    strategy_class: name,
    score_final: orNull(Type.Number()),
    confidence: orNull(Type.Number()),
    entry_at: instant,
    exit_at: instant,
    entry_price: positive,
    exit_price: positive,
    entry_stale_ms: count,
    exit_stale_ms: count,
    latency_ms: count,
    price_source: Type.String(),
    realized_pnl_bps: Type.Number({ description: 'gross, of the side taken' }),
    fee_bps: Type.Number({ description: 'both sides, positive is a cost' }),
    slip_bps: Type.Number({ description: 'both sides, positive is a cost' }),
    funding_bps: Type.Number({ description: 'positive is a cost' }),
    net_pnl_bps: Type.Number(),
    expected_pnl_bps: Type.Number({
      description: 'frozen as of the entry; 0 where no model with skill existed',
    }),
    expected_sigma_bps: orNull(positive),
    expected_abs_bps: orNull(positive),
    pnl_error_bps: Type.Number({ description: 'realized - expected; positive: live better than the model' }),
    abs_error_bps: Type.Number({ minimum: 0 }),
    sigma_asof_bps: orNull(positive),
    sigma_fast_bps: orNull(positive),
    sim_version: Type.String({ description: 'ridge_h24@<id8>, zero+sigma@<id8> or fallback_zero' }),
    model_id: orNull(Type.String()),
    trained_at: orNull(instant),
    uniqueness: Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
  },
  { additionalProperties: false, title: 'Reconciled row' },
);
export type ReconciledRow = Static<typeof ReconciledRow>;

/** Returns the key of a row: one event at one horizon. */
export function rowKey(eventId: string, horizon: number): string {
  return `${eventId}/${horizon}`;
}

/** The order of rows in a file: `(exit_at, event_id, horizon_hours)`, text compared by code unit. */
export function compareRows(a: RowPlace, b: RowPlace): number {
  if (a.exit_at !== b.exit_at) return a.exit_at < b.exit_at ? -1 : 1;
  if (a.event_id !== b.event_id) return a.event_id < b.event_id ? -1 : 1;
  return a.horizon_hours - b.horizon_hours;
}

/** The fields that decide where a row stands. */
export type RowPlace = Pick<ReconciledRow, 'exit_at' | 'event_id' | 'horizon_hours'>;
