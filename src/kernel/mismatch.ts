// Where the venue's positions and our own book differ: seen once it freezes entries, seen twice with time between it is believed.

import type { EpochMs, SignedLots } from '../domain/steps.ts';
import { ownPosition } from './exposure.ts';
import { isFinal } from './order-fsm.ts';
import type { Book, KernelState } from './state.ts';
import { clear, raise } from './trading.ts';
import { diagnose, type Transaction } from './transaction.ts';

/** What the venue holds beyond what we know of, in lots; zero while no picture has come. */
export function differenceOf(state: KernelState, book: Book): SignedLots {
  if (book.venuePosition === null) return 0 as SignedLots;
  const foreign = state.config.account === 'shared' ? book.foreignPosition : 0;
  return (book.venuePosition - ownPosition(state, book.symbol) - foreign) as SignedLots;
}

/** Whether any book differs from the newest picture, concluded or not. */
export function hasDifference(state: KernelState): boolean {
  for (const book of state.books.values()) if (differenceOf(state, book) !== 0) return true;
  return false;
}

/**
 * Compares every book with the picture that has just come. A picture that agrees ends a mismatch; one that differs begins one, or begins
 * it again where it differs by another amount. What cannot be concluded changes nothing.
 *
 * @returns whether a mismatch began.
 */
export function comparePositions(tx: Transaction): boolean {
  let hasBegun = false;
  for (const book of tx.state.books.values()) if (compare(tx, book)) hasBegun = true;
  settleMismatchReason(tx);
  return hasBegun;
}

function compare(tx: Transaction, book: Book): boolean {
  const { state } = tx;
  const difference = differenceOf(state, book);
  if (difference === 0) book.mismatch = null;
  if (difference === 0 || difference === book.mismatch?.difference) return false;
  if (book.venueAskedAtMs === null || !isConclusive(state, book, book.venueAskedAtMs)) return false;
  book.mismatch = { difference, firstAskedAtMs: book.venueAskedAtMs };
  diagnose(tx, 'POSITION_MISMATCH');
  return true;
}

/** A picture says something against our book only where nothing of ours moves, and where the venue has had time to show the last of it. */
export function isConclusive(state: KernelState, book: Book, askedAtMs: EpochMs): boolean {
  const { lastOwnActAtMs, symbol } = book;
  if (lastOwnActAtMs !== null && askedAtMs < lastOwnActAtMs + state.config.resync.lagMs) return false;
  return !state.slots.some(
    ({ trade }) => trade?.symbol === symbol && trade.orders.some((order) => !isFinal(order.status)),
  );
}

/**
 * Whether a mismatch is a fact: a round that began `lagMs` or more after the first look has shown the same difference, and it has brought
 * the fills as well, so that whatever the journal can explain is explained by now.
 */
export function isConfirmed(state: KernelState, book: Book): boolean {
  const { mismatch, venueAskedAtMs } = book;
  if (mismatch === null || venueAskedAtMs === null) return false;
  const sinceMs = mismatch.firstAskedAtMs + state.config.resync.lagMs;
  if (state.resync.startedAtMs < sinceMs || venueAskedAtMs < sinceMs) return false;
  return differenceOf(state, book) === mismatch.difference && isConclusive(state, book, venueAskedAtMs);
}

/** Raises the reason while a mismatch stands, and clears it with the last one. */
export function settleMismatchReason(tx: Transaction): void {
  const open = [...tx.state.books.values()].filter((book) => book.mismatch !== null);
  if (open.length === 0) return clear(tx, 'POSITION_MISMATCH');
  const text = open.map(({ symbol, mismatch }) => `${symbol} by ${mismatch?.difference} lots`).join(', ');
  raise(tx, 'POSITION_MISMATCH', `the venue's positions and our book differ: ${text}`);
}
