// What the venue reports of orders: bound to ours by id, never by symbol; what nothing binds waits, and then is somebody else's.

import { isOwnClientOrderId } from '../domain/ids.ts';
import { NO_MONEY } from '../domain/money.ts';
import { type EpochMs, LOTS_MAX, type Lots } from '../domain/steps.ts';
import type { OrderReport } from '../domain/venue.ts';
import { bookForeign, claimForeign } from './foreign.ts';
import { bookOrder } from './ledger.ts';
import type { OrderInput } from './order-fsm.ts';
import { isFinal } from './order-fsm.ts';
import { advance, bookOf, tradeOf } from './orders.ts';
import { wantResync } from './resync.ts';
import type { Order, Parked } from './state.ts';
import { setDue } from './timers.ts';
import { settleOrder } from './trade-life.ts';
import { raise } from './trading.ts';
import { diagnose, emit, note, notify, refuse, type Transaction, touchOrder } from './transaction.ts';

/** Frames of one order that wait; more of them say nothing new. */
const PARKED_OF_ONE = 16;

/** Applies a report from any source: to the order of ours that it names, or to nobody's until something binds it. */
export function applyReport(tx: Transaction, report: OrderReport): void {
  if (!isReadable(report)) return refuse(tx, 'MALFORMED_EVENT', `report of ${report.venueOrderId}`);
  const order = ownerOf(tx, report);
  if (order === null) return parkOrRelease(tx, report);
  if (!bind(tx, order, report.venueOrderId)) return;
  applyToOrder(tx, order, report);
  settleOrder(tx, order);
}

function isReadable({ filledLots, orderedLots, filledQuote }: OrderReport): boolean {
  return isQuantity(filledLots) && isQuantity(orderedLots) && (filledQuote === null || filledQuote >= 0n);
}

function isQuantity(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= LOTS_MAX;
}

function ownerOf(tx: Transaction, report: OrderReport): Order | null {
  const { byVenueId, orders } = tx.state;
  const bound = byVenueId.get(report.venueOrderId);
  if (bound !== undefined) return orders.get(bound) ?? null;
  return report.clientOrderId === null ? null : (orders.get(report.clientOrderId) ?? null);
}

/**
 * Makes the venue's id the order's for good, and hands it what waited under that id.
 *
 * @returns whether it is: an order has one venue id, and a venue id one order.
 */
export function bind(tx: Transaction, order: Order, venueOrderId: OrderReport['venueOrderId']): boolean {
  if (order.venueOrderId === venueOrderId) return true;
  const { state } = tx;
  const holder = state.byVenueId.get(venueOrderId);
  if (order.venueOrderId !== null || (holder !== undefined && holder !== order.clientOrderId)) {
    const details = `order=${order.clientOrderId} venue=${order.venueOrderId} other=${venueOrderId}`;
    refuse(tx, 'CONTRADICTORY_REPORT', details);
    return false;
  }
  order.venueOrderId = venueOrderId;
  state.byVenueId.set(venueOrderId, order.clientOrderId);
  touchOrder(tx, order);
  const claimed = claimForeign(tx, venueOrderId);
  if (claimed !== null) applyToOrder(tx, order, claimed);
  const parked = state.parked.byVenueId.get(venueOrderId);
  if (parked === undefined) return true;
  state.parked.byVenueId.delete(venueOrderId);
  scheduleParked(tx);
  for (const report of parked.reports) applyToOrder(tx, order, report);
  return true;
}

function parkOrRelease(tx: Transaction, report: OrderReport): void {
  const { state } = tx;
  const { clientOrderId: named } = report;
  if (named !== null && isOwnClientOrderId(state.config.instance, named)) return forgotten(tx, report);
  if (named !== null || state.ledger.foreign.has(report.venueOrderId)) return releaseForeign(tx, report);
  const { byVenueId } = state.parked;
  const parked: Parked = byVenueId.get(report.venueOrderId) ?? { reports: [], sinceMs: tx.nowMs };
  if (parked.reports.length >= PARKED_OF_ONE) parked.reports.shift();
  parked.reports.push(report);
  byVenueId.set(report.venueOrderId, parked);
  if (byVenueId.size > state.config.bounds.parkedFrames) {
    diagnose(tx, 'PARKED_EVICTED');
    releaseFirstParked(tx);
  }
  scheduleParked(tx);
  note(tx, 'PARKED', `venue=${report.venueOrderId}`);
}

function releaseForeign(tx: Transaction, report: OrderReport): void {
  bookForeign(tx, report);
  note(tx, 'FOREIGN', `venue=${report.venueOrderId} symbol=${report.symbol}`);
}

/** An id of ours that no journal knows: a run was lost. Nobody may enter before a person has looked. */
function forgotten(tx: Transaction, report: OrderReport): void {
  // A person who has looked at it is not told again.
  if (tx.state.ledger.foreign.has(report.venueOrderId)) return releaseForeign(tx, report);
  diagnose(tx, 'FORGOTTEN_ORDER');
  const text = `the order ${report.clientOrderId} (${report.venueOrderId}) is ours, but this journal does not know it`;
  raise(tx, 'FORGOTTEN_ORDER', text);
  releaseForeign(tx, report);
}

/** What waited too long is not ours. */
export function onParkedDue(tx: Transaction): void {
  const { byVenueId } = tx.state.parked;
  for (const parked of byVenueId.values()) {
    if (parked.sinceMs + tx.state.config.bounds.parkedMs > tx.nowMs) break;
    releaseFirstParked(tx);
  }
  scheduleParked(tx);
}

function releaseFirstParked(tx: Transaction): void {
  const { byVenueId } = tx.state.parked;
  for (const [venueOrderId, { reports }] of byVenueId) {
    byVenueId.delete(venueOrderId);
    for (const report of reports) bookForeign(tx, report);
    return;
  }
}

function scheduleParked(tx: Transaction): void {
  const { parked, config } = tx.state;
  const [first] = parked.byVenueId.values();
  const atMs = first === undefined ? null : ((first.sinceMs + config.bounds.parkedMs) as EpochMs);
  setDue(tx.state, 'parked', '', parked, atMs);
}

/**
 * Takes a report's facts into an order. Each fact only ever grows, so a report that comes twice, late or in another order leaves the
 * same order behind. `isStatusOld`: the report was asked for before our last cancel, so that "still open" says nothing.
 */
export function applyToOrder(tx: Transaction, order: Order, report: OrderReport, isStatusOld = false): void {
  if (report.symbol !== order.symbol || report.side !== order.side)
    return refuse(
      tx,
      'CONTRADICTORY_REPORT',
      `order=${order.clientOrderId} symbol=${report.symbol} side=${report.side}`,
    );
  const before = order.filledLots;
  const hasNewFill = takeFill(tx, order, report);
  const hasNewFee = takeFee(tx, order, report);
  const hasNewMaker = takeMaker(order, report);
  const hasNewFacts = hasNewFill || hasNewFee || hasNewMaker;
  const wasFinal = isFinal(order.status);
  const hasNewStatus = takeStatus(tx, order, report, isStatusOld);
  if (hasNewFacts || hasNewStatus) bookOf(tx.state, order.symbol).lastOwnActAtMs = tx.nowMs;
  if (hasNewFacts) {
    touchOrder(tx, order);
    bookOrder(tx, order);
    if (wasFinal && order.filledLots > before) takeLateFill(tx, order, (order.filledLots - before) as Lots);
  } else if (!hasNewStatus) {
    const isOld = report.filledLots < order.filledLots || wasFinal;
    const code = isOld && !isSame(order, report) ? 'STALE_REPORT' : 'DUPLICATE_EVENT';
    refuse(tx, code, `order=${order.clientOrderId} filled=${report.filledLots} status=${report.status}`);
  }
}

function isSame(order: Order, report: OrderReport): boolean {
  return report.filledLots === order.filledLots && (report.status as string) === order.status;
}

function takeFill(tx: Transaction, order: Order, report: OrderReport): boolean {
  const { filledLots, filledQuote, isQuoteExact } = report;
  if (filledLots < order.filledLots) return false;
  if (filledLots === order.filledLots) return filledLots > 0 && takePrice(tx, order, report);
  order.filledLots = filledLots;
  const trade = tradeOf(tx.state, order);
  if (trade.filledSinceMs === null || report.venueAtMs < trade.filledSinceMs)
    trade.filledSinceMs = report.venueAtMs;
  tx.state.lastOwnFillAtMs = tx.nowMs;
  bookOf(tx.state, order.symbol).lastOwnFillAtMs = tx.nowMs;
  if (filledQuote === null) {
    diagnose(tx, 'UNPRICED_FILL');
    // Should the answer to the question be lost, the fills of the next round say it.
    wantResync(tx);
    const { clientOrderId, venueOrderId, symbol } = order;
    emit(tx, { kind: 'QUERY', priority: 'doubt', clientOrderId, venueOrderId, symbol });
  } else {
    order.filledQuote = filledQuote;
    order.pricedLots = filledLots;
    order.isQuoteExact = isQuoteExact;
  }
  if (filledLots > order.quantity) overfilled(tx, order);
  return true;
}

/** The same fills, priced better: a price where there was none, or the sum of trades where there was an average. */
function takePrice(tx: Transaction, order: Order, report: OrderReport): boolean {
  const { filledQuote, filledLots, isQuoteExact } = report;
  if (filledQuote === null) return false;
  const isFirst = order.pricedLots < filledLots;
  const isBetter = isQuoteExact && !order.isQuoteExact;
  const isConflict = isQuoteExact === order.isQuoteExact && filledQuote !== order.filledQuote && !isFirst;
  if (isConflict) diagnose(tx, 'QUOTE_CONFLICT');
  if (!isFirst && !isBetter && !(isConflict && filledQuote > order.filledQuote)) return false;
  order.filledQuote = filledQuote;
  order.pricedLots = filledLots;
  order.isQuoteExact = isQuoteExact;
  return true;
}

function overfilled(tx: Transaction, order: Order): void {
  diagnose(tx, 'OVERFILL');
  const text = `the venue filled ${order.filledLots} of ${order.quantity} lots of the order ${order.clientOrderId}`;
  raise(tx, 'OVERFILL', text);
  notify(tx, 'critical', 'OVERFILL', `More than was ordered: ${text}.`);
}

/**
 * A fee belongs to so many lots; of two for the same lots the larger stands, whichever came first. One in another asset costs this wallet
 * nothing.
 */
function takeFee(tx: Transaction, order: Order, report: OrderReport): boolean {
  const { fee, feeAsset, filledLots } = report;
  if (fee === null || filledLots === 0 || filledLots < order.feeLots) return false;
  if (feeAsset !== null) diagnose(tx, 'FOREIGN_FEE_ASSET');
  const paid = feeAsset === null ? fee : NO_MONEY;
  if (filledLots === order.feeLots) {
    if (paid === order.fee) return false;
    diagnose(tx, 'FEE_CONFLICT');
    if (paid < order.fee) return false;
  }
  order.feeLots = filledLots;
  order.fee = paid;
  return true;
}

function takeMaker(order: Order, report: OrderReport): boolean {
  if (report.isMaker === null || order.isMaker !== null) return false;
  order.isMaker = report.isMaker;
  return true;
}

function takeStatus(tx: Transaction, order: Order, report: OrderReport, isStatusOld: boolean): boolean {
  const input = inputOf(order, report);
  if (input === 'OPEN' && (isStatusOld || report.filledLots < order.filledLots)) return false;
  if (order.filledLots >= order.quantity) return advance(tx, order, 'FILLED');
  // The venue cut the order to what could be closed: all that it ordered is filled, and the rest never will be.
  const isCut = report.orderedLots < order.quantity && order.filledLots >= report.orderedLots;
  if (report.status === 'FILLED' && isCut) return advance(tx, order, 'CANCELED');
  if (report.status === 'FILLED') {
    // It says that all is done, and names fewer lots than were ordered: the order is looked up until both agree.
    note(
      tx,
      'CONTRADICTORY_REPORT',
      `order=${order.clientOrderId} FILLED with ${report.filledLots} of ${order.quantity}`,
    );
    return false;
  }
  const moved = order.filledLots > 0 && report.filledLots === order.filledLots && advance(tx, order, 'FILL');
  return input === 'OPEN' && moved ? true : advance(tx, order, input) || moved;
}

function inputOf(order: Order, report: OrderReport): OrderInput {
  if (report.status === 'CANCELED') return 'CANCELED';
  if (report.status === 'EXPIRED') return 'EXPIRED';
  if (report.status === 'REJECTED') return order.filledLots > 0 ? 'CANCELED' : 'REFUSED';
  return 'OPEN';
}

function takeLateFill(tx: Transaction, order: Order, late: Lots): void {
  order.lateLots = (order.lateLots + late) as Lots;
  note(tx, 'LATE_FILL', `order=${order.clientOrderId} lots=${late}`);
  notify(
    tx,
    'warning',
    'LATE_FILL',
    `${late} lots of the order ${order.clientOrderId} were filled after it was reported ${order.status}.`,
  );
}
