// The way in: shown that the symbol is flat, passed by every gate, then quoted or taken, and followed at most as far as the policy lets it.

import { assert } from '../../domain/assert.ts';
import type { TradeId } from '../../domain/ids.ts';
import { quoteOf } from '../../domain/instrument.ts';
import type { EpochMs, Lots, PriceTicks } from '../../domain/steps.ts';
import { emptyTrade } from '../create.ts';
import { positionOf } from '../exposure.ts';
import { isAtRest } from '../order-fsm.ts';
import { cancelOrder, isStuck, liveOrders, makeOrder, sendOrder } from '../orders.ts';
import { place } from '../places.ts';
import { flatProof } from '../proof.ts';
import { requestPositions } from '../resync.ts';
import { type Denial, type EntryCandidate, entryDenial } from '../risk.ts';
import type { EntryPlan, KernelState, Mark, Order, Slot, Trade } from '../state.ts';
import { setDue } from '../timers.ts';
import { effectiveState } from '../trading.ts';
import { publishRouter, type Transaction, touchSlot } from '../transaction.ts';
import { freshMark, isWithinChase, quotePrice, resized } from './quote.ts';

/** Begins a trade in a free slot for an entry that passed the gates in this event, with the limit of {@link entryLimit}. */
export function beginEntry(tx: Transaction, slot: Slot, candidate: EntryCandidate): void {
  const { state, nowMs } = tx;
  const instrument = state.instruments.get(candidate.symbol);
  assert(instrument !== undefined, () => `no instrument ${candidate.symbol}`);
  state.tradeSeq += 1;
  const tradeId = `${candidate.symbol}-T-${String(state.tradeSeq).padStart(12, '0')}` as TradeId;
  const trade = emptyTrade({
    tradeId,
    tradeSeq: state.tradeSeq,
    symbol: candidate.symbol,
    side: candidate.side,
    strategyClass: candidate.strategyClass,
    conviction: candidate.conviction,
    exchangeLeverage: candidate.exchangeLeverage,
    openedAtMs: nowMs,
    exitLegRatios: candidate.exitLegRatios,
  });
  trade.entry = {
    intentId: candidate.intentId,
    reference: candidate.reference,
    quantity: candidate.quantity,
    notional: quoteOf(instrument, candidate.quantity, candidate.reference),
    style: state.config.router.style,
    phase: 'proof',
    isCleared: true,
    isAbandoned: false,
    retries: 0,
    proofDeadlineMs: null,
  };
  state.trades.set(tradeId, trade);
  place(state, slot, trade);
  slot.wasRejected = false;
  setDue(state, 'slot', String(slot.id), slot, null);
  touchSlot(tx, slot);
}

/** Takes an entry as far as it can go now. */
export function driveEntry(tx: Transaction, slot: Slot): void {
  const { trade } = slot;
  const plan = trade?.entry;
  if (trade === null || trade === undefined || plan === null || plan === undefined) return;
  if (plan.phase === 'proof') return proveAndPlace(tx, slot, trade, plan);
  const live = liveOrders(trade, 'entry');
  if (live.length === 0) return resolve(tx, slot, trade, plan);
  for (const order of live) {
    if (isOver(order, plan, tx.nowMs)) cancelEntry(tx, trade, order, 'ttl');
    else if (isStuck(tx, order)) cancelEntry(tx, trade, order, 'stuck');
  }
}

function isOver(order: Order, plan: EntryPlan, nowMs: EpochMs): boolean {
  const isDue = plan.isAbandoned || (order.expiresAtMs !== null && order.expiresAtMs <= nowMs);
  return isDue && isAtRest(order.status);
}

function cancelEntry(tx: Transaction, trade: Trade, order: Order, reason: string): void {
  if (effectiveState(tx.state) === 'HALTED') return;
  if (cancelOrder(tx, order, 'cancel')) publishRouter(tx, 'cancel', trade, order.clientOrderId, reason);
}

/** Nothing more is sent for this entry; what rests of it is canceled. Returns how many orders were. */
export function abandonEntry(tx: Transaction, slot: Slot, reason: string): number {
  const { trade } = slot;
  if (trade === null || trade.entry === null) return 0;
  trade.entry.isAbandoned = true;
  if (trade.closeReason === '') trade.closeReason = reason;
  touchSlot(tx, slot);
  const live = liveOrders(trade, 'entry');
  if (effectiveState(tx.state) === 'HALTED') return 0;
  for (const order of live) cancelEntry(tx, trade, order, reason);
  if (liveOrders(trade, 'entry').length === 0) endEntry(tx, slot, trade);
  return live.length;
}

/**
 * An order goes out only where the venue has shown, after our last act, that it holds nothing that we do not: a skipped entry is always
 * safe, a doubled position is not.
 */
function proveAndPlace(tx: Transaction, slot: Slot, trade: Trade, plan: EntryPlan): void {
  const { state, nowMs } = tx;
  const { isCleared } = plan;
  plan.isCleared = false;
  if (plan.isAbandoned || positionOf(trade) !== 0) return endEntry(tx, slot, trade);
  const proof = flatProof(state, trade.symbol, nowMs);
  if (proof === 'NOT_FLAT') return block(tx, slot, trade, { code: 'VENUE_NOT_FLAT', details: '' });
  if (proof === 'FLAT') return send(tx, slot, trade, plan, isCleared);
  if (plan.proofDeadlineMs === null) {
    requestPositions(tx, 'entry');
    plan.proofDeadlineMs = (nowMs + state.config.doubt.answerMs) as EpochMs;
    setDue(state, 'slot', String(slot.id), slot, plan.proofDeadlineMs);
  } else if (plan.proofDeadlineMs <= nowMs) {
    block(tx, slot, trade, { code: 'VENUE_NOT_FLAT', details: 'the venue did not say' });
  }
}

function send(tx: Transaction, slot: Slot, trade: Trade, plan: EntryPlan, isCleared: boolean): void {
  const { state, nowMs } = tx;
  const { router } = state.config;
  const isBuy = trade.side === 'LONG';
  const mark = freshMark(state, trade.symbol, nowMs);
  if (mark === null) return block(tx, slot, trade, { code: 'STALE_MARK', details: `symbol=${trade.symbol}` });
  const isMaker = plan.style === 'maker';
  const limit = entryLimit(state, mark, plan.style, isBuy);
  const price = limit ?? (isBuy ? mark.ask : mark.bid);
  if (plan.retries > 0 && !isWithinChase(plan.reference, price, router.maxChasePpm))
    return block(tx, slot, trade, {
      code: 'PRICE_BAND',
      details: `price=${price} reference=${plan.reference}`,
    });
  const quantity = sizeOf(state, trade, plan, price);
  if (!isCleared) {
    const candidate = candidateOf(trade, plan, slot, quantity);
    const denial = entryDenial(state, nowMs, candidate, { isRetry: true, limit });
    if (denial !== null) return block(tx, slot, trade, denial);
  }
  plan.phase = 'order';
  setDue(state, 'slot', String(slot.id), slot, null);
  const ttlMs = isMaker ? router.entryTtlMs : null;
  const leverage = trade.exchangeLeverage;
  const type = isMaker ? 'LIMIT' : 'MARKET';
  const order = makeOrder(tx, trade, { role: 'entry', isBuy, type, quantity, limit, leverage, ttlMs });
  state.entryTimesMs.push(nowMs);
  if (state.entryTimesMs.length > state.config.limits.maxEntriesPerMinute) state.entryTimesMs.shift();
  sendOrder(tx, order, 'entry');
  const event = plan.retries > 0 ? 'requote' : 'working';
  if (isMaker) publishRouter(tx, event, trade, order.clientOrderId, `limit=${limit}`);
}

/** Returns the limit of the next order of an entry; `null`: it takes. */
export function entryLimit(
  state: KernelState,
  mark: Mark,
  style: EntryPlan['style'],
  isBuy: boolean,
): PriceTicks | null {
  return style === 'maker' ? quotePrice(mark, isBuy, state.config.router.offsetTicks) : null;
}

/** A first order has the size that was asked for; a later one costs no more than that did. */
function sizeOf(state: KernelState, trade: Trade, plan: EntryPlan, price: PriceTicks): Lots {
  const instrument = state.instruments.get(trade.symbol);
  assert(instrument !== undefined, () => `no instrument ${trade.symbol}`);
  return plan.retries === 0 ? plan.quantity : resized(instrument, plan.quantity, price, plan.notional);
}

function candidateOf(trade: Trade, plan: EntryPlan, slot: Slot, quantity: Lots): EntryCandidate {
  return {
    slot: slot.id,
    symbol: trade.symbol,
    side: trade.side,
    strategyClass: trade.strategyClass,
    reference: plan.reference,
    quantity,
    conviction: trade.conviction,
    exchangeLeverage: trade.exchangeLeverage,
    intentId: plan.intentId,
    exitLegRatios: trade.exitLegRatios,
  };
}

function block(tx: Transaction, slot: Slot, trade: Trade, denial: Denial): void {
  publishRouter(tx, 'requote_blocked', trade, null, `${denial.code} ${denial.details}`.trim());
  trade.closeReason = denial.code;
  endEntry(tx, slot, trade);
}

/** All orders of the attempt are final: filled, partly filled, or missed. */
function resolve(tx: Transaction, slot: Slot, trade: Trade, plan: EntryPlan): void {
  const last = trade.orders.findLast((order) => order.role === 'entry');
  const id = last?.clientOrderId ?? null;
  if (trade.orders.some((order) => order.role === 'entry' && order.filledLots > 0)) {
    publishRouter(tx, last?.cancelSentAtMs === null ? 'immediate_fill' : 'fill_after_ttl', trade, id, '');
    return endEntry(tx, slot, trade);
  }
  const action = plan.isAbandoned ? 'skip' : missAction(tx.state, plan, last);
  publishRouter(tx, 'entry_miss', trade, id, `action=${action} retries=${plan.retries}`);
  if (action === 'skip') {
    slot.wasRejected = last?.status === 'REJECTED';
    return endEntry(tx, slot, trade);
  }
  plan.retries += 1;
  plan.style = action === 'market' ? 'taker' : 'maker';
  plan.phase = 'proof';
  plan.proofDeadlineMs = null;
  proveAndPlace(tx, slot, trade, plan);
}

/** A market order that did not fill is not tried again: whatever refused it would do so once more. */
function missAction(
  state: KernelState,
  plan: EntryPlan,
  last: Order | undefined,
): 'skip' | 'retry' | 'market' {
  const { entryMiss, entryRetries, retryExhaust } = state.config.router;
  if (plan.style === 'taker') return 'skip';
  if (last?.status === 'REJECTED' && last.rejectCode !== 'POST_ONLY_CROSSED') return 'skip';
  if (entryMiss !== 'retry') return entryMiss;
  return plan.retries < entryRetries ? 'retry' : retryExhaust;
}

function endEntry(tx: Transaction, slot: Slot, trade: Trade): void {
  trade.entry = null;
  if (slot.dueAtMs !== null && trade.exit === null) setDue(tx.state, 'slot', String(slot.id), slot, null);
  touchSlot(tx, slot);
}
