// Settles one (event, horizon): a row where both prices are known, otherwise what it waits for, or why it is given up.

import { assert } from '../domain/assert.ts';
import { type BarSeries, contractOf } from '../domain/market.ts';
import type { OpenEvent } from '../domain/pending.ts';
import { type Reject, rejectFrom } from '../domain/reject.ts';
import { roundBps } from '../domain/rounding.ts';
import type { ReconciledRow } from '../domain/row.ts';
import { HOUR_MS, isoFromMs, msFromIso } from '../domain/time.ts';
import { crossesSuspect, type PriceAt, priceAt } from './asof.ts';
import type { Expected } from './expected.ts';
import type { Signal } from './features.ts';
import type { Instrument } from './instrument.ts';
import { costsOf, grossBps, type Side } from './pnl.ts';
import { labelLifeMaxMs, type ReconcileRules } from './rules.ts';
import { lastOpenMs } from './sessions.ts';

type AlphaEvent = OpenEvent['event'];

/** What prices of the event's instrument there are. `unavailable` and `no_source` say nothing about the market: everything waits. */
export type Priced =
  | { readonly kind: 'bars'; readonly instrument: Instrument }
  | { readonly kind: 'unknown_symbol'; readonly message: string }
  | { readonly kind: 'unavailable'; readonly message: string }
  | { readonly kind: 'no_source'; readonly message: string };

/** Joins as of the entry: the newest model that was trained before it, frozen into the row. */
export type ExpectedAsOf = (
  horizonHours: number,
  entryMs: number,
  signal: Signal,
  sigmaAsofBps: number | null,
) => Expected;

export interface SettleContext {
  readonly nowMs: number;
  readonly rules: ReconcileRules;
  readonly expectedAsOf: ExpectedAsOf;
  readonly strategyClassOf: (event: AlphaEvent) => string;
}

export type Settled =
  | { readonly kind: 'row'; readonly row: ReconciledRow }
  | { readonly kind: 'waiting'; readonly outcome: WaitOutcome; readonly reason: string }
  | { readonly kind: 'given_up'; readonly outcome: LossOutcome; readonly reject: Reject };

/** A given-up pair had no fresh price, or none at all. */
type LossOutcome = 'stale_price' | 'no_price';
type WaitOutcome = LossOutcome | 'pending';

/** Whether a label that starts now at the earliest may have ended: the cheap test before any price is asked for. */
export function mayBeDue(
  event: AlphaEvent,
  horizonHours: number,
  nowMs: number,
  rules: ReconcileRules,
): boolean {
  return msFromIso(event.ts) + rules.latencyMs + horizonHours * HOUR_MS + rules.settleLagMs <= nowMs;
}

/**
 * Settles one event at one horizon. The same event, prices and model versions give the same row at any `nowMs`; time
 * only decides between waiting and giving up.
 */
export function settle(
  open: OpenEvent,
  horizonHours: number,
  priced: Priced,
  context: SettleContext,
): Settled {
  const { event } = open;
  const { rules, nowMs } = context;
  if (priced.kind === 'unknown_symbol') {
    const endMs = msFromIso(event.ts) + rules.latencyMs + horizonHours * HOUR_MS;
    return waitOrGiveUp(open, horizonHours, 'no_price', priced.message, endMs, context);
  }
  if (priced.kind !== 'bars') return { kind: 'waiting', outcome: 'pending', reason: priced.message };
  const { series } = priced.instrument;
  const span = priced.instrument.span(event, horizonHours);
  if (span === null) {
    const reason = `the session calendar of ${series.source} ends before the exit`;
    const latestEndMs = msFromIso(event.ts) + labelLifeMaxMs(rules, event.market);
    return waitOrGiveUp(open, horizonHours, 'pending', reason, latestEndMs, context);
  }
  const { startMs: entryMs, endMs: exitMs } = span;
  if (exitMs + rules.settleLagMs > nowMs) {
    return { kind: 'waiting', outcome: 'pending', reason: 'the horizon is not reached' };
  }
  if (series.barMs > horizonHours * HOUR_MS) {
    // Entry and exit would mostly be the close of one bar: a profit of exactly zero that says nothing.
    const barHours = series.barMs / HOUR_MS;
    const reason = `the bars of ${series.source} are ${barHours} h long, longer than the horizon of ${horizonHours} h; give it shorter bars`;
    return waitOrGiveUp(open, horizonHours, 'no_price', reason, exitMs, context);
  }
  const maxStaleMs = rules.maxStaleBars * series.barMs;
  const exit = priceAt(series, exitMs, maxStaleMs);
  const entry = priceAt(series, entryMs, maxStaleMs);
  if (entry.kind !== 'price' || exit.kind !== 'price') {
    const [outcome, reason] = whyNoPrice(entry, exit, series.source, entryMs, exitMs);
    // A backup with a short history lacks what the exchange that did not answer may have.
    if (series.isStandIn === true && outcome !== 'stale_price') return { kind: 'waiting', outcome, reason };
    return waitOrGiveUp(open, horizonHours, outcome, reason, exitMs, context);
  }
  if (isFromEarlierSession(series, entry.barCloseMs, entryMs)) {
    const reason = `${series.source} has no bar of the session that the entry lies in, ${isoFromMs(entryMs)}`;
    return waitOrGiveUp(open, horizonHours, 'stale_price', reason, exitMs, context);
  }
  if (crossesSuspect(series, entry.barCloseMs, exit.barCloseMs)) {
    const reason =
      `corporate_action: ${series.source} jumps by more than 35 % between ${isoFromMs(entryMs)} and ${isoFromMs(exitMs)} ` +
      'and no split explains it; beside candle files, splits.csv declares the split, or a real move as ratio 1';
    return waitOrGiveUp(open, horizonHours, 'stale_price', reason, exitMs, context);
  }
  return {
    kind: 'row',
    row: rowFrom(event, horizonHours, priced.instrument, { entry, exit, entryMs, exitMs }, context),
  };
}

/**
 * Where the first bars of a session are missing, the last close is yesterday's however few open minutes old it is: a
 * position entered at it would book the overnight move, which the agent had already seen.
 */
function isFromEarlierSession(series: BarSeries, entryBarCloseMs: number, entryMs: number): boolean {
  if (series.sessions === null) return false;
  const openMs = lastOpenMs(series.sessions, entryMs);
  return openMs !== null && entryBarCloseMs <= openMs;
}

interface Trip {
  readonly entry: PriceAt & { readonly kind: 'price' };
  readonly exit: PriceAt & { readonly kind: 'price' };
  readonly entryMs: number;
  readonly exitMs: number;
}

function rowFrom(
  event: AlphaEvent,
  horizonHours: number,
  instrument: Instrument,
  trip: Trip,
  context: SettleContext,
): ReconciledRow {
  assert(event.direction !== 'FLAT', 'a flat event is counted, never scored');
  const { series, volatility } = instrument;
  const { rules } = context;
  const side: Side = event.direction === 'LONG' ? 1 : -1;
  const contract = contractOf(event.symbol, event.market);
  const [entryPrice, exitPrice] = [trip.entry.price, trip.exit.price];
  const realized = grossBps(contract, side, entryPrice, exitPrice);
  const holding = {
    contract,
    side,
    entry: entryPrice,
    exit: exitPrice,
    entryMs: trip.entryMs,
    exitMs: trip.exitMs,
  };
  const costs = costsOf(rules.costs[event.market], holding, series.funding);
  const overHorizon = (hourlyBps: number | null): number | null =>
    hourlyBps === null ? null : roundBps(hourlyBps * Math.sqrt(horizonHours)) || null;
  const sigmaAsof = overHorizon(volatility.hourlySigmaBps(trip.entryMs, rules.asofHalfLifeMs));
  const signal: Signal = { score_final: event.score_final, confidence: event.confidence, side };
  const expected = context.expectedAsOf(horizonHours, trip.entryMs, signal, sigmaAsof);
  const error = roundBps(realized - expected.expected_pnl_bps);
  return {
    v: 1,
    event_id: event.event_id,
    horizon_hours: horizonHours,
    ts: event.ts,
    agent: event.agent,
    run_id: event.run_id,
    symbol: event.symbol,
    market: event.market,
    contract,
    direction: event.direction,
    regime: event.regime,
    strategy_class: context.strategyClassOf(event),
    score_final: event.score_final,
    confidence: event.confidence,
    entry_at: isoFromMs(trip.entryMs),
    exit_at: isoFromMs(trip.exitMs),
    entry_price: entryPrice,
    exit_price: exitPrice,
    entry_stale_ms: trip.entry.staleMs,
    exit_stale_ms: trip.exit.staleMs,
    latency_ms: rules.latencyMs,
    price_source: series.source,
    realized_pnl_bps: realized,
    fee_bps: costs.feeBps,
    slip_bps: costs.slipBps,
    funding_bps: costs.fundingBps,
    net_pnl_bps: roundBps(realized - costs.feeBps - costs.slipBps - costs.fundingBps),
    expected_pnl_bps: expected.expected_pnl_bps,
    expected_sigma_bps: expected.expected_sigma_bps,
    expected_abs_bps: expected.expected_abs_bps,
    pnl_error_bps: error,
    abs_error_bps: Math.abs(error),
    sigma_asof_bps: sigmaAsof,
    sigma_fast_bps: overHorizon(volatility.hourlySigmaBps(trip.exitMs, rules.fastHalfLifeMs)),
    sim_version: expected.sim_version,
    model_id: expected.model_id,
    trained_at: expected.trained_at,
    uniqueness: instrument.uniqueness(event, horizonHours),
  };
}

function whyNoPrice(
  entry: PriceAt,
  exit: PriceAt,
  source: string,
  entryMs: number,
  exitMs: number,
): [WaitOutcome, string] {
  for (const [which, price, atMs] of [
    ['exit', exit, exitMs],
    ['entry', entry, entryMs],
  ] as const) {
    const at = isoFromMs(atMs);
    if (price.kind === 'not_yet')
      return ['pending', `${source} has no bar that closed at or after the ${which}, ${at}`];
    if (price.kind === 'missing') return ['no_price', `${source} has no bar before the ${which}, ${at}`];
    if (price.kind === 'stale') {
      const minutes = Math.round(price.staleMs / 60_000);
      return [
        'stale_price',
        `the last bar of ${source} before the ${which}, ${at}, is ${minutes} minutes old`,
      ];
    }
  }
  assert(false, 'only a missing price needs a reason');
}

function waitOrGiveUp(
  open: OpenEvent,
  horizonHours: number,
  outcome: WaitOutcome,
  reason: string,
  endMs: number,
  context: SettleContext,
): Settled {
  if (context.nowMs < endMs + context.rules.giveUpAfterMs) return { kind: 'waiting', outcome, reason };
  const lost: LossOutcome = outcome === 'stale_price' ? 'stale_price' : 'no_price';
  const reject = rejectFrom({
    code: lost,
    reason,
    file: open.shard,
    line: null,
    event_id: open.event.event_id,
    horizon_hours: horizonHours,
    raw: null,
  });
  return { kind: 'given_up', outcome: lost, reject };
}
