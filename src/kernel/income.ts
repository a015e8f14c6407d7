// The venue's account book: funding of what we hold goes to K once, and everything else that is not a trade explains E.

import { divideHalfEven, type Money, minus, moneyText, NO_MONEY, plus } from '../domain/money.ts';
import type { EpochMs } from '../domain/steps.ts';
import type { IncomeRow } from '../domain/venue.ts';
import { ownPosition, positionOf } from './exposure.ts';
import { post } from './ledger.ts';
import { slotsOf } from './places.ts';
import type { KernelState, Trade } from './state.ts';
import { notify, type Transaction } from './transaction.ts';

/**
 * Books each line of the account book once, by its transaction's id, in any order and however often it comes. Realized profit and fees
 * are not read here: they come with their orders. Lines of before the seed are in its wallet already, and only remembered; until there is
 * one, nobody can say which those are.
 */
export function applyIncome(tx: Transaction, rows: readonly IncomeRow[]): void {
  const { seededAtMs } = tx.state.ledger;
  if (seededAtMs === null) return;
  for (const row of [...rows].sort(byVenueTime)) {
    if (row.kind === 'REALIZED' || row.kind === 'FEE' || !remember(tx.state, row)) continue;
    if (row.amount === 0n || row.venueAtMs <= seededAtMs) continue;
    if (row.kind === 'FUNDING') bookFunding(tx, row);
    else bookOther(tx, row);
  }
}

function byVenueTime(a: IncomeRow, b: IncomeRow): number {
  if (a.venueAtMs !== b.venueAtMs) return a.venueAtMs - b.venueAtMs;
  return a.transactionId < b.transactionId ? -1 : 1;
}

/** Remembers a line. Of those that may have been forgotten again none is new: counting one twice is worse than missing it. */
function remember(state: KernelState, row: IncomeRow): boolean {
  const { transactions } = state.ledger;
  const { rememberedIds } = state.config.bounds;
  if (transactions.has(row.transactionId)) return false;
  const [oldestMs] = transactions.values();
  if (transactions.size >= rememberedIds && oldestMs !== undefined && row.venueAtMs <= oldestMs) return false;
  transactions.set(row.transactionId, row.venueAtMs);
  for (const oldest of transactions.keys()) {
    if (transactions.size <= rememberedIds) break;
    transactions.delete(oldest);
  }
  return true;
}

function bookFunding(tx: Transaction, row: IncomeRow): void {
  const { transactionId, amount } = row;
  const holder = holderOf(tx.state, row);
  const own = holder === null ? NO_MONEY : ownPartOf(tx.state, row);
  const foreign = minus(amount, own);
  if (holder !== null && own !== 0n) {
    holder.bookedFunding = plus(holder.bookedFunding, own);
    const { tradeId } = holder;
    post(tx, { id: `funding:${transactionId}`, account: 'funding', amount: own, tradeId });
  }
  if (foreign !== 0n)
    post(tx, { id: `funding:${transactionId}:foreign`, account: 'foreign', amount: foreign, tradeId: null });
}

/** The trade that funding is for: the largest position of the symbol, else the trade of it that was begun last before. */
function holderOf(state: KernelState, row: IncomeRow): Trade | null {
  let holder: Trade | null = null;
  for (const { trade } of row.symbol === null ? [] : slotsOf(state, row.symbol)) {
    if (trade === null) continue;
    const lots = Math.abs(positionOf(trade));
    if (lots > (holder === null ? 0 : Math.abs(positionOf(holder)))) holder = trade;
  }
  if (holder !== null) return holder;
  for (const trade of state.trades.values())
    if (trade.symbol === row.symbol && trade.openedAtMs <= row.venueAtMs) holder = trade;
  return holder;
}

/** Funding is paid on the net position, so each part of it, ours and that of others, has its signed share. */
function ownPartOf(state: KernelState, { symbol, amount, venueAtMs }: IncomeRow): Money {
  const book = symbol === null ? undefined : state.books.get(symbol);
  if (book === undefined || state.config.account === 'exclusive') return amount;
  const own = ownPosition(state, book.symbol);
  if (own === 0) return wasHeldAt(book.lastOwnFillAtMs, venueAtMs) ? amount : NO_MONEY;
  const net = own + book.foreignPosition;
  if (net === 0) return amount;
  const sign = net < 0 ? -1n : 1n;
  return divideHalfEven(amount * BigInt(own) * sign, BigInt(Math.abs(net))) as Money;
}

/** Nothing of ours is held any more: it was at that instant if we traded since. */
function wasHeldAt(lastOwnFillAtMs: EpochMs | null, venueAtMs: EpochMs): boolean {
  return lastOwnFillAtMs !== null && lastOwnFillAtMs >= venueAtMs;
}

/** Deposits, withdrawals, and whatever else the venue did to the wallet: named, and never ours. */
function bookOther(tx: Transaction, { kind, transactionId, amount }: IncomeRow): void {
  const name = kind === 'TRANSFER' ? 'transfer' : 'other';
  post(tx, { id: `${name}:${transactionId}`, account: 'transfer', amount, tradeId: null });
  if (kind === 'OTHER')
    notify(tx, 'info', 'OTHER_INCOME', `The venue booked ${moneyText(amount)} USDT (${transactionId}).`);
}
