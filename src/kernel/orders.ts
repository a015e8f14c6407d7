// Making, sending, canceling and advancing orders: the only place where an order's status changes.

import { assert } from '../domain/assert.ts';
import { clientOrderId } from '../domain/ids.ts';
import { NO_MONEY } from '../domain/money.ts';
import { type EpochMs, type Lots, NO_LOTS, type PriceTicks } from '../domain/steps.ts';
import type { OrderType, Priority } from '../domain/venue.ts';
import { feePpmFor } from './fees.ts';
import { isAtRest, isFinal, nextOrderStatus, type OrderInput } from './order-fsm.ts';
import type { Book, KernelState, Order, OrderRole, Slot, Trade } from './state.ts';
import { setDue } from './timers.ts';
import { diagnose, emit, refuse, type Transaction, touchOrder } from './transaction.ts';

export interface OrderDraft {
  readonly role: OrderRole;
  readonly isBuy: boolean;
  readonly type: OrderType;
  readonly quantity: Lots;
  readonly limit: PriceTicks | null;
  readonly leverage: number;
  /** How long a quote may rest; `null`: it is no quote. */
  readonly ttlMs: number | null;
}

/** How an answer to a cancel that may come again is waited for. */
const DENIED_CANCEL_RETRY_MS = 1_000;

/** Adds an order to its trade. Nothing leaves before {@link sendOrder}. */
export function makeOrder(tx: Transaction, trade: Trade, draft: OrderDraft): Order {
  const { state, nowMs } = tx;
  assert(state.runId !== null, 'a kernel that has not begun makes no orders');
  trade.attempts += 1;
  const attempt = trade.attempts;
  const id = clientOrderId(state.config.instance, {
    runId: state.runId,
    slot: trade.slot,
    tradeSeq: trade.tradeSeq,
    role: draft.role,
    attempt,
  });
  assert(!state.orders.has(id), () => `the order ${id} exists`);
  const isQuote = draft.ttlMs !== null;
  const order: Order = {
    clientOrderId: id,
    venueOrderId: null,
    tradeId: trade.tradeId,
    role: draft.role,
    attempt,
    symbol: trade.symbol,
    side: draft.isBuy ? 'BUY' : 'SELL',
    type: draft.type,
    quantity: draft.quantity,
    limit: draft.limit,
    postOnly: isQuote,
    reduceOnly: draft.role === 'exit',
    leverage: draft.leverage,
    status: 'INTENDED',
    filledLots: NO_LOTS,
    pricedLots: NO_LOTS,
    filledQuote: NO_MONEY,
    isQuoteExact: false,
    feeLots: NO_LOTS,
    fee: NO_MONEY,
    feePpm: feePpmFor(state, trade.symbol, isQuote),
    isMaker: null,
    bookedPredicted: NO_MONEY,
    bookedSettled: NO_MONEY,
    sentAtMs: null,
    actBeforeMs: null,
    cancelSentAtMs: null,
    cancelNotBeforeMs: null,
    changedAtMs: nowMs,
    expiresAtMs: draft.ttlMs === null ? null : ((nowMs + draft.ttlMs) as EpochMs),
    dueAtMs: null,
    absences: 0,
    rejectCode: null,
    lateLots: NO_LOTS,
    isEndNoted: false,
  };
  state.orders.set(id, order);
  trade.orders.push(order);
  state.liveOrders += 1;
  touchOrder(tx, order);
  return order;
}

/** Lets an intended order leave. Its answer is waited for, and a wait that ends without one is doubt. */
export function sendOrder(tx: Transaction, order: Order, priority: Priority): void {
  const { clientOrderId: id, symbol, side, type, quantity, limit, postOnly, reduceOnly, leverage } = order;
  advance(tx, order, 'SEND');
  order.sentAtMs = tx.nowMs;
  lookAgain(tx, order, tx.state.config.doubt.answerMs);
  const book = bookOf(tx.state, symbol);
  order.actBeforeMs = book.lastOwnActAtMs;
  book.lastOwnActAtMs = tx.nowMs;
  emit(tx, {
    kind: 'SUBMIT',
    priority,
    order: { clientOrderId: id, symbol, side, type, quantity, limit, postOnly, reduceOnly, leverage },
  });
}

/**
 * Asks the venue to end an order, or drops one that has not left.
 *
 * @returns whether something was sent: an order whose cancel is under way is left alone.
 */
export function cancelOrder(tx: Transaction, order: Order, priority: Priority): boolean {
  if (order.status === 'INTENDED') {
    advance(tx, order, 'DROP');
    return false;
  }
  if (isFinal(order.status) || isCancelUnderWay(order)) return false;
  if (order.cancelNotBeforeMs !== null && order.cancelNotBeforeMs > tx.nowMs) return false;
  advance(tx, order, 'CANCEL');
  order.cancelSentAtMs = tx.nowMs;
  lookAgain(tx, order, tx.state.config.doubt.queryMs);
  bookOf(tx.state, order.symbol).lastOwnActAtMs = tx.nowMs;
  const { clientOrderId: id, venueOrderId, symbol } = order;
  emit(tx, { kind: 'CANCEL', priority, clientOrderId: id, venueOrderId, symbol });
  return true;
}

/** One whose cancel is in doubt is asked about; only the word that it still works makes it canceled again. */
function isCancelUnderWay({ status }: Order): boolean {
  return status === 'CANCEL_SENT' || status === 'CANCEL_IN_DOUBT';
}

/** The venue will not cancel right now: the order is canceled again a little later. */
export function retryCancelSoon(tx: Transaction, order: Order): void {
  order.cancelNotBeforeMs = (tx.nowMs + DENIED_CANCEL_RETRY_MS) as EpochMs;
  lookAgain(tx, order, DENIED_CANCEL_RETRY_MS);
}

/**
 * Applies one input to an order's status.
 *
 * @returns whether the status changed. What is illegal is refused with its code, and counted; what is known is neither.
 */
export function advance(tx: Transaction, order: Order, input: OrderInput): boolean {
  const turn = nextOrderStatus(order.status, input, order.filledLots > 0);
  if (turn === 'known') return false;
  if (turn === 'illegal') {
    refuse(tx, 'ILLEGAL_TRANSITION', `order=${order.clientOrderId} status=${order.status} input=${input}`);
    return false;
  }
  order.status = turn;
  order.changedAtMs = tx.nowMs;
  touchOrder(tx, order);
  if (isFinal(turn)) finish(tx, order);
  else if (isAtRest(turn)) restUntilDue(tx, order);
  return true;
}

/** A market order that works for longer than any view lags: it should have filled at once, so its end has to be proved. */
export function isStuck(tx: Transaction, { type, status, sentAtMs }: Order): boolean {
  return type === 'MARKET' && isAtRest(status) && tx.nowMs - (sentAtMs ?? 0) >= tx.state.config.resync.lagMs;
}

function finish(tx: Transaction, order: Order): void {
  const { state } = tx;
  setDue(state, 'order', order.clientOrderId, order, null);
  state.liveOrders -= 1;
  state.finalOrders.push(order.clientOrderId);
  const { terminalOrders } = state.config.bounds;
  if (state.finalOrders.length > terminalOrders * 2) forgetOldest(tx, terminalOrders);
}

/** Forgets the oldest closed trades with all their orders: half a trade would have half a position. */
function forgetOldest(tx: Transaction, keep: number): void {
  const { state } = tx;
  for (const id of state.finalOrders) {
    if (state.orders.size - state.liveOrders <= keep) break;
    const order = state.orders.get(id);
    const trade = order === undefined ? undefined : state.trades.get(order.tradeId);
    if (trade?.isClosed !== true || isHeld(state, trade)) continue;
    for (const one of trade.orders) {
      state.orders.delete(one.clientOrderId);
      if (one.venueOrderId !== null) state.byVenueId.delete(one.venueOrderId);
      diagnose(tx, 'TERMINAL_EVICTED');
    }
    state.trades.delete(trade.tradeId);
  }
  let kept = 0;
  for (const id of state.finalOrders) {
    if (!state.orders.has(id)) continue;
    state.finalOrders[kept] = id;
    kept += 1;
  }
  state.finalOrders.length = kept;
}

function isHeld(state: KernelState, trade: Trade): boolean {
  return state.slots[trade.slot]?.trade === trade;
}

/** A resting order is looked at when its time is over, or now and then; one that should have filled at once, soon. */
function restUntilDue(tx: Transaction, order: Order): void {
  const { doubt } = tx.state.config;
  lookAgain(tx, order, order.type === 'MARKET' ? doubt.queryMs : doubt.restingQueryMs);
}

/** Sets when an order is looked at again: after `ms`, and not later than its time is over. */
export function lookAgain(tx: Transaction, order: Order, ms: number): void {
  const { expiresAtMs } = order;
  const plain = tx.nowMs + ms;
  const at = expiresAtMs !== null && expiresAtMs > tx.nowMs ? Math.min(plain, expiresAtMs) : plain;
  setDue(tx.state, 'order', order.clientOrderId, order, at as EpochMs);
}

/** Takes up every order again after a start: whatever had left is in doubt now. */
export function restartOrders(tx: Transaction): readonly Order[] {
  const restarted: Order[] = [];
  for (const order of tx.state.orders.values()) {
    if (isFinal(order.status)) continue;
    advance(tx, order, 'RESTART');
    restarted.push(order);
  }
  return restarted;
}

export function bookOf(state: KernelState, symbol: Book['symbol']): Book {
  const book = state.books.get(symbol);
  assert(book !== undefined, () => `there is no book of ${symbol}`);
  return book;
}

export function tradeOf(state: KernelState, order: Order): Trade {
  const trade = state.trades.get(order.tradeId);
  assert(trade !== undefined, () => `the order ${order.clientOrderId} belongs to no trade`);
  return trade;
}

export function slotOf(state: KernelState, trade: Trade): Slot | null {
  const slot = state.slots[trade.slot];
  return slot?.trade === trade ? slot : null;
}

/** The orders of a role that may still trade. */
export function liveOrders(trade: Trade, role: OrderRole): readonly Order[] {
  let live: Order[] | null = null;
  for (const order of trade.orders) {
    if (order.role !== role || isFinal(order.status)) continue;
    if (live === null) live = [order];
    else live.push(order);
  }
  return live ?? NONE;
}

const NONE: readonly Order[] = [];
