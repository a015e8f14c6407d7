// Parts of the venue's picture as they come: each adds what it knows, and none takes away what it does not show.

import { isOwnClientOrderId } from '../domain/ids.ts';
import { divideHalfEven, type Money, NO_MONEY } from '../domain/money.ts';
import { type EpochMs, LOTS_MAX, type Lots, type SignedLots } from '../domain/steps.ts';
import type { OrderReport, VenuePosition } from '../domain/venue.ts';
import { adoptConfirmed } from './adoption.ts';
import { onBalance } from './bands.ts';
import { emptyBook } from './create.ts';
import { askOrder } from './doubt.ts';
import type { BalanceEvent, FillsEvent, IncomeEvent, OpenOrdersEvent, PositionsEvent } from './event.ts';
import { applyIncome } from './income.ts';
import { comparePositions } from './mismatch.ts';
import { isAtRest } from './order-fsm.ts';
import type { OutcomeCode } from './outcome.ts';
import { applyReport } from './reports.ts';
import { isAwaited, partCame, retryPart, wantResync } from './resync.ts';
import type { Book, KernelState, Order } from './state.ts';
import { effectiveState } from './trading.ts';
import { emit, notify, refuse, type Transaction } from './transaction.ts';

type PictureEvent = OpenOrdersEvent | PositionsEvent | FillsEvent | IncomeEvent | BalanceEvent;

/** What a row says again, or of others, is no fault of the picture. */
const ORDINARY: ReadonlySet<OutcomeCode> = new Set(['DUPLICATE_EVENT', 'STALE_REPORT', 'PARKED', 'FOREIGN']);

/**
 * Takes a part of the picture, and goes on with the round that waited for it. What is unknown changes nothing and is asked for again: it
 * is never taken for empty. Positions are also taken from outside a round.
 */
export function onPicture(tx: Transaction, event: PictureEvent): void {
  const isOfRound = isAwaited(tx.state.resync, event.kind, event.requestId);
  if (!isOfRound && event.kind !== 'POSITIONS')
    return refuse(tx, 'STALE_PICTURE', `part=${event.kind} request=${event.requestId}`);
  const isKnown = take(tx, event);
  if (!isOfRound) return;
  if (isKnown) partCame(tx, event.kind);
  else retryPart(tx);
}

/** Returns whether the picture could be read. */
function take(tx: Transaction, event: PictureEvent): boolean {
  if (event.result.kind === 'UNKNOWN') {
    refuse(tx, 'UNKNOWN_PICTURE', `part=${event.kind} cause=${event.result.cause}`);
    return false;
  }
  switch (event.kind) {
    case 'OPEN_ORDERS':
      takeOpenOrders(tx, event.result.rows);
      return true;
    case 'POSITIONS':
      return takePositions(tx, event.result.rows, event.askedAtMs);
    case 'FILLS':
      for (const report of event.result.rows) takeReport(tx, report);
      adoptConfirmed(tx);
      return true;
    case 'INCOME':
      applyIncome(tx, event.result.rows);
      return true;
    case 'BALANCE':
      for (const report of event.result.rows) onBalance(tx, report, true);
      overlook(tx);
      return true;
  }
}

function takeReport(tx: Transaction, report: OrderReport): void {
  applyReport(tx, report);
  overlook(tx);
}

function overlook(tx: Transaction): void {
  if (!ORDINARY.has(tx.code)) return;
  tx.isAccepted = true;
  tx.code = 'APPLIED';
  tx.details = '';
}

/** An order of ours that should rest and is not listed may be filled, canceled, or not shown yet: it is asked about. */
function takeOpenOrders(tx: Transaction, rows: readonly OrderReport[]): void {
  const listed = new Set<Order>();
  for (const report of rows) {
    if (isForgotten(tx.state, report)) endForgotten(tx, report);
    takeReport(tx, report);
    const order = ownerOf(tx.state, report);
    if (order !== undefined) listed.add(order);
  }
  const missing: Order[] = [];
  for (const order of tx.state.orders.values())
    if (isAtRest(order.status) && !listed.has(order)) missing.push(order);
  for (const order of missing) askOrder(tx, order);
}

function ownerOf(state: KernelState, report: OrderReport): Order | undefined {
  const id = state.byVenueId.get(report.venueOrderId) ?? report.clientOrderId;
  return id === null ? undefined : state.orders.get(id);
}

function isForgotten(state: KernelState, report: OrderReport): boolean {
  const { clientOrderId } = report;
  if (clientOrderId === null || ownerOf(state, report) !== undefined) return false;
  return isOwnClientOrderId(state.config.instance, clientOrderId);
}

/** Nobody follows an order that no journal knows: where nobody else trades it is canceled until it is gone. A person hears of it once. */
function endForgotten(tx: Transaction, report: OrderReport): void {
  const { clientOrderId, venueOrderId, symbol } = report;
  const { config, ledger } = tx.state;
  if (clientOrderId === null) return;
  if (!ledger.foreign.has(venueOrderId)) {
    const text = `An order of ours that the journal does not know rests at the venue: ${clientOrderId} (${venueOrderId}, ${symbol}).`;
    notify(tx, 'critical', 'FORGOTTEN_ORDER', text);
  }
  if (config.account === 'exclusive' && effectiveState(tx.state) !== 'HALTED')
    emit(tx, { kind: 'CANCEL', priority: 'cancel', clientOrderId, venueOrderId, symbol });
}

/** Returns whether the list could be read. One that was asked for earlier than the known one says nothing new. */
function takePositions(tx: Transaction, rows: readonly VenuePosition[], rawAskedAtMs: EpochMs): boolean {
  const { state } = tx;
  if (!Number.isSafeInteger(rawAskedAtMs) || !rows.every(isCounted)) {
    refuse(tx, 'MALFORMED_EVENT', 'a position or its instant is no whole number');
    return false;
  }
  const askedAtMs = Math.min(rawAskedAtMs, tx.nowMs) as EpochMs;
  for (const { symbol } of rows) if (!state.books.has(symbol)) state.books.set(symbol, emptyBook(symbol));
  let isNew = false;
  for (const book of state.books.values()) {
    const ofBook = rows.filter((row) => row.symbol === book.symbol);
    if (takePosition(book, ofBook, askedAtMs)) isNew = true;
  }
  if (!isNew) refuse(tx, 'STALE_PICTURE', `part=POSITIONS asked=${askedAtMs}`);
  else if (comparePositions(tx) && state.resync.part === null) wantResync(tx);
  return true;
}

function isCounted({ position }: VenuePosition): boolean {
  return Number.isSafeInteger(position) && Math.abs(position) <= LOTS_MAX;
}

/** A symbol that a known list leaves out is flat. In hedge mode its two sides are taken together. */
function takePosition(book: Book, rows: readonly VenuePosition[], askedAtMs: EpochMs): boolean {
  if (book.venueAskedAtMs !== null && askedAtMs < book.venueAskedAtMs) return false;
  const net = rows.reduce((sum, row) => sum + row.position, 0);
  book.venuePosition = net as SignedLots;
  book.venueGross = rows.reduce((sum, row) => sum + Math.abs(row.position), 0) as Lots;
  book.venueEntryQuote = entryQuoteOf(rows, net);
  book.venueAskedAtMs = askedAtMs;
  return true;
}

/** What the net position cost, at the average entry of its side. */
function entryQuoteOf(rows: readonly VenuePosition[], net: number): Money {
  const ofSide = rows.filter((row) => row.position !== 0 && Math.sign(row.position) === Math.sign(net));
  const lots = ofSide.reduce((sum, row) => sum + Math.abs(row.position), 0);
  if (lots === 0) return NO_MONEY;
  const quote = ofSide.reduce((sum, row) => sum + row.entryQuote, 0n);
  return divideHalfEven(quote * BigInt(Math.abs(net)), BigInt(lots)) as Money;
}
