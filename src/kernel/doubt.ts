// Doubt and its end: an order that nobody answered for is asked about until the venue's own evidence says what became of it.

import type { CancelResultEvent, QueryResultEvent, SubmitResultEvent } from './event.ts';
import { isAtRest, isFinal, isInDoubt } from './order-fsm.ts';
import { advance, bookOf, lookAgain, retryCancelSoon } from './orders.ts';
import { applyToOrder, bind } from './reports.ts';
import type { Order } from './state.ts';
import { settleOrder } from './trade-life.ts';
import { diagnose, emit, note, notify, refuse, type Transaction } from './transaction.ts';

/** Rejections of a submit which say that the order is there already. */
const LANDED = 'CLIENT_ID_REUSED';

/** Rejections of a cancel that come from how the order stands, so that it has to be looked up. */
const SETTLED_REFUSALS: ReadonlySet<string> = new Set(['ORDER_FINAL', 'ORDER_UNKNOWN', 'NO_POSITION']);

/** Asks the venue for an order, and looks again later: the longer it is in doubt, the more seldom. */
export function askOrder(tx: Transaction, order: Order): void {
  const { clientOrderId, venueOrderId, symbol } = order;
  const priority = isInDoubt(order.status) ? 'doubt' : 'housekeeping';
  emit(tx, { kind: 'QUERY', priority, clientOrderId, venueOrderId, symbol });
  const { queryMs, restingQueryMs } = tx.state.config.doubt;
  const age = tx.nowMs - order.changedAtMs;
  const isResting = order.type === 'LIMIT' && isAtRest(order.status);
  lookAgain(tx, order, isResting ? restingQueryMs : Math.min(Math.max(queryMs, age >> 2), restingQueryMs));
}

/** An order's deadline has come: no answer is doubt, doubt is asked about, and a quote whose time is over goes. */
export function onOrderDue(tx: Transaction, order: Order): void {
  if (isFinal(order.status)) return;
  const { answerMs } = tx.state.config.doubt;
  if (order.status === 'SENT') advance(tx, order, 'NO_ANSWER');
  if (order.status === 'CANCEL_SENT' && tx.nowMs - (order.cancelSentAtMs ?? 0) >= answerMs)
    advance(tx, order, 'CANCEL_NO_ANSWER');
  const isExpired = order.expiresAtMs !== null && order.expiresAtMs <= tx.nowMs;
  lookAgain(tx, order, tx.state.config.doubt.queryMs);
  if (!(isExpired && isAtRest(order.status))) askOrder(tx, order);
  settleOrder(tx, order);
}

/** The answer to a submit. Only a rejection says that the order is not there; no answer at all is doubt. */
export function onSubmitResult(tx: Transaction, event: SubmitResultEvent): void {
  const order = tx.state.orders.get(event.clientOrderId);
  if (order === undefined) return refuse(tx, 'UNKNOWN_ORDER', `order=${event.clientOrderId}`);
  const { result } = event;
  if (result.kind === 'ACK') {
    const isNew = order.venueOrderId === null;
    if (!bind(tx, order, result.venueOrderId)) return;
    const moved = advance(tx, order, 'ACK');
    if (result.report !== null) applyToOrder(tx, order, result.report);
    else if (!moved && !isNew) refuse(tx, 'DUPLICATE_EVENT', `order=${order.clientOrderId}`);
  } else if (result.kind === 'UNKNOWN' || result.code === LANDED) {
    if (advance(tx, order, 'NO_ANSWER')) {
      note(
        tx,
        'IN_DOUBT',
        `order=${order.clientOrderId} cause=${result.kind === 'UNKNOWN' ? result.cause : LANDED}`,
      );
      askOrder(tx, order);
    } else refuse(tx, 'DUPLICATE_EVENT', `order=${order.clientOrderId}`);
  } else rejectOrder(tx, order, result.code, result.text);
  settleOrder(tx, order);
}

function rejectOrder(
  tx: Transaction,
  order: Order,
  code: NonNullable<Order['rejectCode']>,
  text: string,
): void {
  if (order.venueOrderId !== null) {
    const details = `order=${order.clientOrderId} is at the venue and was rejected code=${code}`;
    return refuse(tx, isFinal(order.status) ? 'DUPLICATE_EVENT' : 'CONTRADICTORY_REPORT', details);
  }
  order.rejectCode = code;
  if (!advance(tx, order, 'REJECT')) return refuse(tx, 'DUPLICATE_EVENT', `order=${order.clientOrderId}`);
  const book = bookOf(tx.state, order.symbol);
  if (book.lastOwnActAtMs === order.sentAtMs) book.lastOwnActAtMs = order.actBeforeMs;
  diagnose(tx, order.role === 'exit' ? 'EXIT_ORDER_REJECTED' : 'ORDER_REJECTED');
  if (code === 'RATE_LIMITED') diagnose(tx, 'RATE_LIMITED');
  note(tx, 'APPLIED', `order=${order.clientOrderId} rejected code=${code} text=${text}`);
}

/** The answer to a cancel. None of them ends an order: only a report does. */
export function onCancelResult(tx: Transaction, event: CancelResultEvent): void {
  const order = tx.state.orders.get(event.clientOrderId);
  if (order === undefined) return refuse(tx, 'UNKNOWN_ORDER', `order=${event.clientOrderId}`);
  const { result } = event;
  if (result.kind === 'ACK') {
    const wasDoubt = advance(tx, order, 'CANCEL_ACK');
    if (result.report !== null) {
      if (!bind(tx, order, result.report.venueOrderId)) return;
      applyToOrder(tx, order, result.report);
    } else if (!wasDoubt && order.status !== 'CANCEL_SENT') known(tx, order);
  } else if (result.kind === 'UNKNOWN') {
    if (advance(tx, order, 'CANCEL_NO_ANSWER')) askOrder(tx, order);
    else known(tx, order);
  } else {
    diagnose(tx, 'CANCEL_REJECTED');
    if (result.code === 'RATE_LIMITED') diagnose(tx, 'RATE_LIMITED');
    if (SETTLED_REFUSALS.has(result.code)) {
      if (advance(tx, order, 'CANCEL_REFUSED')) askOrder(tx, order);
      else known(tx, order);
    } else if (advance(tx, order, 'CANCEL_DENIED')) retryCancelSoon(tx, order);
    else known(tx, order);
  }
  settleOrder(tx, order);
}

function known(tx: Transaction, order: Order): void {
  refuse(tx, 'DUPLICATE_EVENT', `order=${order.clientOrderId} status=${order.status}`);
}

/** The answer to a question about one order. Not to be found counts for something only again and again. */
export function onQueryResult(tx: Transaction, event: QueryResultEvent): void {
  const order = tx.state.orders.get(event.clientOrderId);
  if (order === undefined) return refuse(tx, 'UNKNOWN_ORDER', `order=${event.clientOrderId}`);
  const { result } = event;
  if (result.kind === 'UNKNOWN') return refuse(tx, 'UNKNOWN_PICTURE', `cause=${result.cause}`);
  if (result.kind === 'FOUND') {
    order.absences = 0;
    if (!bind(tx, order, result.report.venueOrderId)) return;
    const isOlder = event.askedAtMs < (order.cancelSentAtMs ?? 0) && isStillOpen(result.report.status);
    applyToOrder(tx, order, result.report, isOlder);
  } else noteAbsence(tx, order, event.askedAtMs);
  settleOrder(tx, order);
}

function isStillOpen(status: string): boolean {
  return status === 'NEW' || status === 'PARTIALLY_FILLED';
}

/**
 * One view's "not found" proves nothing: views lag, and a request may still be on its way. Only an order that is in doubt, that was not
 * found often enough, and asked for long enough after it could last have been taken, never was (or is no more).
 */
function noteAbsence(tx: Transaction, order: Order, askedAtMs: number): void {
  if (!isInDoubt(order.status)) return known(tx, order);
  const { absenceMs, absenceCount } = tx.state.config.doubt;
  order.absences += 1;
  const sinceMs = order.venueOrderId === null ? (order.sentAtMs ?? 0) : order.changedAtMs;
  if (order.absences < absenceCount || askedAtMs - sinceMs < absenceMs) return;
  if (!advance(tx, order, 'ABSENT')) return;
  diagnose(tx, 'NEVER_PLACED');
  const id = order.clientOrderId;
  notify(
    tx,
    'warning',
    'NEVER_PLACED',
    `The venue does not know the order ${id}: it ended without being filled further.`,
  );
}
