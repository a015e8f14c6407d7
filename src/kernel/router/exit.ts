// The way out: a quote first where there is time, then a market order that can only reduce, again and again, until flat or in front of a person.

import { assert } from '../../domain/assert.ts';
import type { EpochMs, Lots, PriceTicks } from '../../domain/steps.ts';
import type { RejectCode } from '../../domain/venue.ts';
import { positionOf } from '../exposure.ts';
import { isAtRest } from '../order-fsm.ts';
import { cancelOrder, isStuck, liveOrders, makeOrder, sendOrder } from '../orders.ts';
import { wantResync } from '../resync.ts';
import type { ExitPlan, Order, Slot, Trade } from '../state.ts';
import { setDue } from '../timers.ts';
import { effectiveState } from '../trading.ts';
import { diagnose, publishRouter, type Transaction, touchSlot } from '../transaction.ts';
import { abandonEntry } from './entry.ts';
import { freshMark, quotePrice } from './quote.ts';

export interface ExitRequest {
  readonly reason: string;
  readonly isUrgent: boolean;
  /** What may be left when it is done; zero closes. */
  readonly targetLots: Lots;
  /** Whether it takes the trade's next leg. */
  readonly isLeg: boolean;
}

export type ExitAnswer = 'begun' | 'widened' | 'suppressed' | 'nothing';

/** Two at most: one that nobody can prove dead, and the reduce-only market order beside it. */
const LIVE_EXITS_MAX = 2;
const CIRCUIT_MS = 60_000;

/** The venue is busy with itself: the same request may pass a little later. */
const TRANSIENT: ReadonlySet<RejectCode> = new Set(['RATE_LIMITED', 'BUSY', 'FUNDING_WINDOW', 'CLOCK_SKEW']);
const TRANSIENT_RETRY_MS = 2_000;
const REJECT_RETRY_MS = 500;

/** Asks for a way out of a slot. A wider or more urgent wish widens the one under way; the same again is suppressed. */
export function requestExit(tx: Transaction, slot: Slot, request: ExitRequest): ExitAnswer {
  const { trade } = slot;
  if (trade === null || (positionOf(trade) === 0 && trade.entry === null)) return 'nothing';
  touchSlot(tx, slot);
  const plan = trade.exit;
  if (plan !== null) return widen(tx, slot, trade, plan, request);
  const { router } = tx.state.config;
  trade.exit = {
    reason: request.reason,
    deadlineMs: (tx.nowMs + router.exitDeadlineMs) as EpochMs,
    targetLots: request.targetLots,
    isUrgent: request.isUrgent,
    phase: router.style === 'maker' && !request.isUrgent ? 'quote' : 'market',
    reprices: 0,
    rejects: 0,
    lastReject: null,
    notBeforeMs: null,
    isLeg: request.isLeg,
    isOverdue: false,
  };
  trade.closeReason = request.reason;
  driveExit(tx, slot);
  return 'begun';
}

function widen(tx: Transaction, slot: Slot, trade: Trade, plan: ExitPlan, request: ExitRequest): ExitAnswer {
  const isMoreUrgent = request.isUrgent && !plan.isUrgent;
  if (!isMoreUrgent && request.targetLots >= plan.targetLots) {
    publishRouter(tx, 'suppress', trade, null, request.reason);
    return 'suppressed';
  }
  if (isMoreUrgent) hurry(plan);
  plan.targetLots = Math.min(plan.targetLots, request.targetLots) as Lots;
  driveExit(tx, slot);
  return 'widened';
}

/** It takes from here on, and at once: whatever made it wait before was weighed for one that could wait. */
function hurry(plan: ExitPlan): void {
  plan.isUrgent = true;
  plan.phase = 'market';
  plan.rejects = 0;
  plan.lastReject = null;
  plan.notBeforeMs = null;
}

/** Takes an exit as far as it can go now. */
export function driveExit(tx: Transaction, slot: Slot): void {
  const { trade } = slot;
  const plan = trade?.exit;
  if (trade === null || trade === undefined || plan === null || plan === undefined) return;
  if (effectiveState(tx.state) === 'HALTED') return;
  if (trade.entry !== null) abandonEntry(tx, slot, plan.reason);
  const remaining = (Math.abs(positionOf(trade)) - plan.targetLots) as Lots;
  const live = liveOrders(trade, 'exit');
  if (remaining <= 0) return finishExit(tx, slot, trade, plan, live);
  noteOverdue(tx, plan);
  for (const order of live) {
    if (order.postOnly) cancelQuote(tx, trade, plan, order);
    else if (isStuck(tx, order) && cancelOrder(tx, order, 'cancel'))
      publishRouter(tx, 'cancel', trade, order.clientOrderId, 'stuck');
  }
  // Only what would be sent next waits for its time; what has to go is canceled all the same.
  if (plan.notBeforeMs !== null && plan.notBeforeMs > tx.nowMs) return lookAt(tx, slot, plan.notBeforeMs);
  const stillLive = liveOrders(trade, 'exit');
  if (stillLive.length === 0) placeExit(tx, slot, trade, plan, remaining);
  else if (mayGoBeside(tx, stillLive)) placeMarket(tx, slot, trade, plan, remaining);
  else lookAt(tx, slot, nextLook(tx, plan, stillLive));
}

/** A leg that has what it wanted, or more, ends; a position that is gone needs no exit, whoever closed it. */
function finishExit(tx: Transaction, slot: Slot, trade: Trade, plan: ExitPlan, live: readonly Order[]): void {
  for (const order of live) cancelOrder(tx, order, 'cancel');
  if (liveOrders(trade, 'exit').length > 0 || trade.entry !== null) return;
  if (plan.isLeg) trade.legIndex += 1;
  trade.exit = null;
  setDue(tx.state, 'slot', String(slot.id), slot, null);
  touchSlot(tx, slot);
}

function noteOverdue(tx: Transaction, plan: ExitPlan): void {
  if (plan.isOverdue || plan.deadlineMs > tx.nowMs) return;
  plan.isOverdue = true;
  diagnose(tx, 'EXIT_OVERDUE');
}

/** A quote goes when its time is over, or when the exit became urgent. */
function cancelQuote(tx: Transaction, trade: Trade, plan: ExitPlan, order: Order): void {
  const isOver = order.expiresAtMs !== null && order.expiresAtMs <= tx.nowMs;
  const isOut = isAtRest(order.status) || order.status === 'SENT';
  if (!isOut || !(isOver || plan.phase === 'market')) return;
  plan.phase = 'market';
  if (cancelOrder(tx, order, 'cancel')) {
    publishRouter(tx, 'cancel', trade, order.clientOrderId, isOver ? 'ttl' : 'preempt');
  }
}

/**
 * Whether a reduce-only order may go out beside one whose end nobody can prove: only in an account of our own, where both together can
 * at most close what we hold, and only after waiting for the proof.
 */
function mayGoBeside(tx: Transaction, live: readonly Order[]): boolean {
  const { account, router } = tx.state.config;
  if (account !== 'exclusive' || live.length >= LIVE_EXITS_MAX) return false;
  return live.every((order) => unprovenSince(order) + router.exitDoubtMs <= tx.nowMs);
}

/**
 * Since when an order is waited for: its cancel, or the doubt about it; from its begin, where the venue would not cancel it. Never, for
 * one that simply works.
 */
function unprovenSince(order: Order): number {
  if (order.cancelNotBeforeMs !== null) return order.sentAtMs ?? order.changedAtMs;
  if (order.status === 'CANCEL_SENT' || order.status === 'CANCEL_IN_DOUBT')
    return order.cancelSentAtMs ?? order.changedAtMs;
  return order.status === 'IN_DOUBT' ? order.changedAtMs : Number.POSITIVE_INFINITY;
}

function nextLook(tx: Transaction, plan: ExitPlan, live: readonly Order[]): EpochMs {
  const { exitDoubtMs } = tx.state.config.router;
  const instants = live.map((order) => unprovenSince(order) + exitDoubtMs);
  if (!plan.isOverdue) instants.push(plan.deadlineMs);
  const next = Math.min(...instants.filter((atMs) => atMs > tx.nowMs), tx.nowMs + CIRCUIT_MS);
  return next as EpochMs;
}

function placeExit(tx: Transaction, slot: Slot, trade: Trade, plan: ExitPlan, remaining: Lots): void {
  const mark = freshMark(tx.state, trade.symbol, tx.nowMs);
  // Without a price there is no quote, but there is a way out.
  if (plan.phase === 'market' || mark === null) return placeMarket(tx, slot, trade, plan, remaining);
  const isBuy = positionOf(trade) < 0;
  const limit = quotePrice(mark, isBuy, tx.state.config.router.offsetTicks);
  const order = send(tx, slot, trade, remaining, limit);
  publishRouter(tx, 'working', trade, order.clientOrderId, `limit=${limit}`);
}

function placeMarket(tx: Transaction, slot: Slot, trade: Trade, plan: ExitPlan, remaining: Lots): void {
  const isFallback = tx.state.config.router.style === 'maker' && !plan.isUrgent;
  plan.phase = 'market';
  const order = send(tx, slot, trade, remaining, null);
  if (isFallback) publishRouter(tx, 'exit_market_fallback', trade, order.clientOrderId, plan.reason);
}

function send(tx: Transaction, slot: Slot, trade: Trade, quantity: Lots, limit: PriceTicks | null): Order {
  const { exitTtlMs } = tx.state.config.router;
  const isQuote = limit !== null;
  const order = makeOrder(tx, trade, {
    role: 'exit',
    isBuy: positionOf(trade) < 0,
    type: isQuote ? 'LIMIT' : 'MARKET',
    quantity,
    limit,
    leverage: trade.exchangeLeverage,
    ttlMs: isQuote ? exitTtlMs : null,
  });
  sendOrder(tx, order, 'exit');
  const plan = trade.exit;
  assert(plan !== null, 'an exit order without an exit');
  lookAt(
    tx,
    slot,
    Math.min(plan.isOverdue ? Number.POSITIVE_INFINITY : plan.deadlineMs, tx.nowMs + CIRCUIT_MS) as EpochMs,
  );
  return order;
}

/** An exit order has ended: what its rejection means for the next one. Called once for each. */
export function noteExitEnd(tx: Transaction, trade: Trade, order: Order): void {
  const plan = trade.exit;
  if (plan === null) return;
  const code = order.rejectCode ?? silentRejection(order);
  if (order.status === 'FILLED' || code === null) {
    plan.rejects = 0;
    plan.lastReject = null;
    if (order.status !== 'FILLED' && !order.postOnly) retryIn(tx, plan, REJECT_RETRY_MS);
    return;
  }
  if (code === 'POST_ONLY_CROSSED') {
    plan.reprices += 1;
    if (plan.reprices > tx.state.config.router.exitReprices) plan.phase = 'market';
    return;
  }
  plan.rejects = code === plan.lastReject ? plan.rejects + 1 : 1;
  plan.lastReject = code;
  plan.phase = 'market';
  if (code === 'NO_POSITION' || code === 'REDUCE_ONLY' || order.rejectCode === null) wantResync(tx);
  const isOpen = plan.rejects >= tx.state.config.router.identicalRejects;
  if (isOpen) diagnose(tx, 'REJECT_CIRCUIT_OPEN');
  const plain = TRANSIENT.has(code) ? TRANSIENT_RETRY_MS : REJECT_RETRY_MS;
  retryIn(tx, plan, isOpen ? CIRCUIT_MS : plain * 2 ** (plan.rejects - 1));
}

/** A quote that the venue ended by itself would have crossed; a market order that ended with nothing filled was refused as well. */
function silentRejection(order: Order): RejectCode | null {
  if (order.postOnly) return order.cancelSentAtMs === null ? 'POST_ONLY_CROSSED' : null;
  return order.filledLots === 0 ? 'OTHER' : null;
}

function retryIn(tx: Transaction, plan: ExitPlan, ms: number): void {
  plan.notBeforeMs = (tx.nowMs + ms) as EpochMs;
}

function lookAt(tx: Transaction, slot: Slot, atMs: EpochMs): void {
  setDue(tx.state, 'slot', String(slot.id), slot, atMs);
}
