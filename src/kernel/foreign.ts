// Orders that are not ours: what they did to the wallet is explained, and never touches K.

import { type Money, minus, NO_MONEY, negated, plus } from '../domain/money.ts';
import type { EpochMs, Lots } from '../domain/steps.ts';
import type { OrderReport } from '../domain/venue.ts';
import { NO_TOTALS } from './exposure.ts';
import { nextPostingId, post } from './ledger.ts';
import type { ForeignOrder, KernelState, Ledger, Totals } from './state.ts';
import type { Transaction } from './transaction.ts';

/**
 * Takes a report of an order that is not ours. Its effect on the wallet is `venue's realized profit − fee`; each is zero until it is said.
 * Facts are cumulative, so only what is new is posted, and facts that the wallet of the seed held already are only remembered.
 */
export function bookForeign(tx: Transaction, report: OrderReport): void {
  const { ledger, config } = tx.state;
  const { foreign } = ledger;
  const { rememberedIds } = config.bounds;
  const known = foreign.get(report.venueOrderId);
  if (known === undefined && isForgotten(ledger, rememberedIds, report.venueAtMs)) return;
  const order = known ?? { report, bookedAmount: NO_MONEY };
  if (known !== undefined) known.report = merged(known.report, report);
  foreign.delete(report.venueOrderId);
  foreign.set(report.venueOrderId, order);
  bookAmount(tx, report.venueOrderId, order);
  for (const oldest of foreign.keys()) {
    if (foreign.size <= rememberedIds) return;
    foreign.delete(oldest);
  }
}

/** K began just now: what others did after that instant, and was heard of before, explains E from here on. */
export function bookForeignSinceSeed(tx: Transaction): void {
  for (const [venueOrderId, order] of tx.state.ledger.foreign) bookAmount(tx, venueOrderId, order);
}

/**
 * The order turned out to be ours: what it explained is taken back, since K is to book it now.
 *
 * @returns what was known of it, or `null` where it was never taken for another's.
 */
export function claimForeign(tx: Transaction, venueOrderId: OrderReport['venueOrderId']): OrderReport | null {
  const { foreign } = tx.state.ledger;
  const order = foreign.get(venueOrderId);
  if (order === undefined) return null;
  foreign.delete(venueOrderId);
  if (isAfterSeed(tx.state.ledger, order.report.venueAtMs))
    postForeign(tx, `claimed:${venueOrderId}`, negated(order.bookedAmount));
  return order.report;
}

/** Sums over the remembered orders of others in a symbol that traded at or after `sinceMs`; those without a known price are left out. */
export function foreignTotals(state: KernelState, symbol: OrderReport['symbol'], sinceMs: EpochMs): Totals {
  const totals: Totals = { ...NO_TOTALS };
  for (const { report } of state.ledger.foreign.values()) {
    const { filledLots, filledQuote } = report;
    if (report.symbol !== symbol || report.venueAtMs < sinceMs || filledQuote === null) continue;
    if (report.side === 'BUY') {
      totals.buyLots = (totals.buyLots + filledLots) as Lots;
      totals.buyQuote = plus(totals.buyQuote, filledQuote);
    } else {
      totals.sellLots = (totals.sellLots + filledLots) as Lots;
      totals.sellQuote = plus(totals.sellQuote, filledQuote);
    }
  }
  return totals;
}

/** Whether the order may have been forgotten already: counting it again would explain the same money twice. */
function isForgotten(ledger: Ledger, bound: number, venueAtMs: EpochMs): boolean {
  if (ledger.foreign.size < bound) return false;
  for (const { report } of ledger.foreign.values()) return venueAtMs <= report.venueAtMs;
  return false;
}

function bookAmount(tx: Transaction, venueOrderId: string, order: ForeignOrder): void {
  const { ledger } = tx.state;
  if (ledger.seededAtMs === null) return;
  const amount = amountOf(order.report);
  const difference = minus(amount, order.bookedAmount);
  order.bookedAmount = amount;
  if (isAfterSeed(ledger, order.report.venueAtMs)) postForeign(tx, venueOrderId, difference);
}

function isAfterSeed(ledger: Ledger, venueAtMs: EpochMs): boolean {
  return ledger.seededAtMs !== null && venueAtMs > ledger.seededAtMs;
}

function postForeign(tx: Transaction, subject: string, amount: Money): void {
  if (amount === 0n) return;
  const id = nextPostingId(tx.state, `foreign:${subject}`);
  post(tx, { id, account: 'foreign', amount, tradeId: null });
}

/** A fee in another asset does not leave this wallet. */
function amountOf({ venueRealized, fee, feeAsset }: OrderReport): Money {
  return minus(venueRealized ?? NO_MONEY, feeAsset === null ? (fee ?? NO_MONEY) : NO_MONEY);
}

/** The facts of the most lots; among equals what is said, and the larger of two: so the order in which reports come does not matter. */
function merged(a: OrderReport, b: OrderReport): OrderReport {
  const venueAtMs = Math.max(a.venueAtMs, b.venueAtMs) as EpochMs;
  if (a.filledLots !== b.filledLots) return { ...(a.filledLots > b.filledLots ? a : b), venueAtMs };
  const quoted = quotedBetter(a, b) ? a : b;
  return {
    ...(b.venueAtMs > a.venueAtMs ? b : a),
    clientOrderId: a.clientOrderId ?? b.clientOrderId,
    filledQuote: quoted.filledQuote,
    isQuoteExact: quoted.isQuoteExact,
    fee: larger(a.fee, b.fee),
    feeAsset: a.feeAsset ?? b.feeAsset,
    isMaker: a.isMaker ?? b.isMaker,
    venueRealized: larger(a.venueRealized, b.venueRealized),
    venueAtMs,
  };
}

function quotedBetter(a: OrderReport, b: OrderReport): boolean {
  if (a.filledQuote === null || b.filledQuote === null) return b.filledQuote === null;
  if (a.isQuoteExact !== b.isQuoteExact) return a.isQuoteExact;
  return a.filledQuote >= b.filledQuote;
}

function larger(a: Money | null, b: Money | null): Money | null {
  if (a === null || b === null) return a ?? b;
  return a >= b ? a : b;
}
