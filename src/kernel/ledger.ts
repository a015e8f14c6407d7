// The one ledger: every change of K, and all that explains E, is a posting, and whatever is booked follows from cumulative facts.

import type { Instrument } from '../domain/instrument.ts';
import { quoteOf, signedQuoteOf } from '../domain/instrument.ts';
import { divideHalfEven, type Money, minus, NO_MONEY, negated, plus } from '../domain/money.ts';
import type { EpochMs, Lots, PriceTicks } from '../domain/steps.ts';
import { DAY_MS } from '../domain/time.ts';
import type { LedgerAccount, Posting } from './effect.ts';
import { positionOf, realizedOf, totalsOf, unpricedLotsOf } from './exposure.ts';
import { calibrate } from './fees.ts';
import { isFinal } from './order-fsm.ts';
import type { KernelState, Order, Trade } from './state.ts';
import { emit, type Transaction } from './transaction.ts';

const PPM = 1_000_000n;

/**
 * Moves money out of an account, into K's wallet or (from `transfer` and `foreign`) into what is explained of E. All accounts, the wallet
 * and what is explained sum to zero, always.
 */
export function post(tx: Transaction, posting: Posting): void {
  const { ledger } = tx.state;
  const { account, amount } = posting;
  beginDay(tx.state);
  ledger.balances[account] = minus(ledger.balances[account], amount);
  if (account === 'transfer' || account === 'foreign') ledger.explained = plus(ledger.explained, amount);
  else ledger.wallet = plus(ledger.wallet, amount);
  if (account === 'seed') ledger.dayStartWallet = plus(ledger.dayStartWallet, amount);
  ledger.postings += 1;
  tx.isLedgerTouched = true;
  emit(tx, { kind: 'PUBLISH', publication: { topic: 'posting', posting } });
}

/** An id for a posting about something that can be posted of again: what it is about, and its place in the ledger. */
export function nextPostingId(state: KernelState, subject: string): string {
  return `${subject}#${state.ledger.postings}`;
}

/**
 * Brings the fees that are booked of an order up to its facts: the settled fee of the lots that have one, and a prediction for the rest,
 * `rate × quote × (filled − settled lots) / filled`, half to even. Only differences are posted, so that a report that comes again posts
 * nothing, and a prediction is taken back once, by the fee that replaces it.
 */
export function bookOrder(tx: Transaction, order: Order): void {
  const settled = order.feeLots === 0 ? NO_MONEY : order.fee;
  const isNew = settled !== order.bookedSettled;
  const predicted = predictedFeeOf(order);
  postFee(tx, order, 'fee_predicted', minus(predicted, order.bookedPredicted));
  postFee(tx, order, 'fee_settled', minus(settled, order.bookedSettled));
  order.bookedPredicted = predicted;
  order.bookedSettled = settled;
  if (isNew && isSettled(order)) calibrate(tx, order);
}

/** Fees of every lot are known, and no lot can be added. */
function isSettled(order: Order): boolean {
  const { filledLots, feeLots, pricedLots, quantity, status } = order;
  return feeLots === filledLots && pricedLots === filledLots && (filledLots >= quantity || isFinal(status));
}

/** Lots that have no price yet are taken at the average of those that have one. */
function predictedFeeOf(order: Order): Money {
  const { filledLots, feeLots, pricedLots, filledQuote, feePpm } = order;
  const open = filledLots - feeLots;
  if (open <= 0 || pricedLots === 0) return NO_MONEY;
  return divideHalfEven(BigInt(feePpm) * filledQuote * BigInt(open), PPM * BigInt(pricedLots)) as Money;
}

/** A fee is paid above zero, and what is paid leaves K. */
function postFee(tx: Transaction, order: Order, account: LedgerAccount, paid: Money): void {
  if (paid === 0n) return;
  const part = account === 'fee_settled' ? 'settled' : 'predicted';
  const subject = `fee:${order.clientOrderId}:${order.filledLots}:${part}`;
  post(tx, {
    id: nextPostingId(tx.state, subject),
    account,
    amount: negated(paid),
    tradeId: order.tradeId,
  });
}

/**
 * Posts what a trade has realized since it was last booked. Nothing while a fill has no price: a profit that is half known is none.
 *
 * @param account `adoption` where the difference comes of exposure that no order of ours explains.
 */
export function bookTrade(tx: Transaction, trade: Trade, account: 'realized' | 'adoption'): void {
  if (unpricedLotsOf(trade) > 0 || (!isMatched(trade) && trade.bookedRealized === 0n)) return;
  const realized = realizedOf(totalsOf(trade));
  const amount = minus(realized, trade.bookedRealized);
  if (amount === 0n) return;
  trade.bookedRealized = realized;
  const { tradeId } = trade;
  post(tx, { id: nextPostingId(tx.state, `${account}:${tradeId}`), account, amount, tradeId });
}

/** Whether there is both something bought and something sold; without it nothing can be realized. */
function isMatched({ adopted, orders }: Trade): boolean {
  let hasBought = adopted.buyLots > 0;
  let hasSold = adopted.sellLots > 0;
  for (const { side, filledLots } of orders) {
    if (filledLots === 0) continue;
    if (side === 'BUY') hasBought = true;
    else hasSold = true;
  }
  return hasBought && hasSold;
}

/** The result of the UTC day of the state's time: what K gained since the day began, and the open profit of what is held, at marks. */
export function dayResult(state: KernelState): Money {
  const { ledger } = state;
  const begin = ledger.day === dayOf(state.nowMs) ? ledger.dayStartWallet : ledger.wallet;
  return plus(minus(ledger.wallet, begin), openProfit(state));
}

/** A day begins with its first posting; before that K is what it was when the day began. */
function beginDay(state: KernelState): void {
  const { ledger } = state;
  const day = dayOf(state.nowMs);
  if (day === ledger.day) return;
  ledger.day = day;
  ledger.dayStartWallet = ledger.wallet;
}

function dayOf(nowMs: EpochMs): number {
  return Math.floor(nowMs / DAY_MS);
}

/** What all that is held would bring at its mark, less what is booked of it. A symbol without a mark has no known profit. */
function openProfit(state: KernelState): Money {
  let profit = NO_MONEY;
  for (const { trade } of state.slots) {
    // What is flat and priced has no open profit: all of it is booked.
    if (trade === null || (positionOf(trade) === 0 && unpricedLotsOf(trade) === 0)) continue;
    const instrument = state.instruments.get(trade.symbol);
    const mark = state.marks.get(trade.symbol);
    if (instrument === undefined || mark === undefined) continue;
    profit = plus(profit, openProfitOf(trade, instrument, mark.mark));
  }
  return profit;
}

/** Lots without a price count as traded at the mark. */
function openProfitOf(trade: Trade, instrument: Instrument, mark: PriceTicks): Money {
  const { buyQuote, sellQuote } = totalsOf(trade);
  let profit = minus(sellQuote, buyQuote);
  for (const { side, filledLots, pricedLots } of trade.orders) {
    if (filledLots === pricedLots) continue;
    const unpriced = quoteOf(instrument, (filledLots - pricedLots) as Lots, mark);
    profit = side === 'BUY' ? minus(profit, unpriced) : plus(profit, unpriced);
  }
  const worth = signedQuoteOf(instrument, positionOf(trade), mark);
  return minus(plus(profit, worth), trade.bookedRealized);
}
