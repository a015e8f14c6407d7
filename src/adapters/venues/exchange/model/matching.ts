// Trades: what each one posts, how an order takes from the book, and how orders that rest are reached by quotes and volume.

import type { SymbolName } from '../../../../domain/ids.ts';
import { quoteOf } from '../../../../domain/instrument.ts';
import { type Money, NO_MONEY, shareOf } from '../../../../domain/money.ts';
import type { Lots, PriceTicks } from '../../../../domain/steps.ts';
import type { IncomeKind, OrderSide } from '../../../../domain/venue.ts';
import { closableLots, holdingOf, legOf, legsIn, moveLeg } from './positions.ts';
import { endOrder, leaveBook, publishBalance, publishOrder, recordPositions } from './reports.ts';
import type { Account, Exchange, Holding, Leg, LegRow, Market, ModelOrder, Quote, Trade } from './state.ts';
import { accountOf, isFinal, nextId, quoteIn, remainingLots } from './state.ts';

/**
 * Posts one trade: position, realized profit, fee, wallet, account book, views and frames. The fee is the rate of the instrument times
 * the quote, half to even to 1e-8, for each trade by itself; a rebate is a negative fee. The venue's deleveraging is free of fees.
 */
export function postTrade(
  ex: Exchange,
  account: Account,
  order: ModelOrder,
  price: PriceTicks,
  lots: Lots,
  isMaker: boolean,
): void {
  const { instrument } = order;
  const holding = holdingOf(ex, account, order);
  const leg = legOf(account.positionMode, holding, order.side, order.reduceOnly);
  const heldBefore = leg.lots;
  const quote = quoteOf(instrument, lots, price);
  const signed = order.side === 'BUY' ? lots : -lots;
  const realized = moveLeg(leg, instrument, signed, price, quote);
  if (leg.lots > 0 === signed > 0) leg.leverage = order.leverage;
  leg.changedAtMs = ex.nowMs;
  const rate = isMaker ? instrument.makerFeePpm : instrument.takerFeePpm;
  const fee = order.cause === 'adl' ? NO_MONEY : shareOf(quote, rate);

  const trade: Trade = { price, lots, quote, fee, realized, isMaker, atMs: ex.nowMs };
  order.trades.push(trade);
  const taken = ex.config.quirks.feeAssetOther ? NO_MONEY : fee;
  const earned = (realized - taken) as Money;
  keepBook(leg, order, heldBefore, earned);
  order.filledLots = (order.filledLots + lots) as Lots;
  order.filledQuote = (order.filledQuote + quote) as Money;
  order.priceLots += BigInt(price) * BigInt(lots);
  order.fee = (order.fee + fee) as Money;
  order.realized = (order.realized + realized) as Money;
  if (isMaker) order.makerLots = (order.makerLots + lots) as Lots;
  if (!isFinal(order)) {
    order.status = order.filledLots >= order.quantity ? 'FILLED' : 'PARTIALLY_FILLED';
    if (order.status === 'FILLED') leaveBook(ex, order);
  }
  account.traded.push({ order, atMs: ex.nowMs });
  post(ex, account, order, 'REALIZED', realized);
  post(ex, account, order, 'FEE', -taken as Money);
  publishOrder(ex, account, order, trade);
  recordPositions(ex, account);
  const market = ex.markets.get(order.instrument.symbol);
  if (market !== undefined) market.lastPrice = price;
  publishBalance(ex, account, 'ORDER', earned, movedLegs(account, holding, heldBefore, leg));
  endUselessReducers(ex, account, order);
}

/** What a leg has earned begins anew where it is opened from nothing, or from the other side. */
function keepBook(leg: Leg, order: ModelOrder, heldBefore: number, earned: Money): void {
  const isOpened = heldBefore === 0 || heldBefore > 0 !== leg.lots > 0;
  if (isOpened && leg.lots !== 0) {
    leg.positionId = order.venueOrderId;
    leg.openedAtMs = leg.changedAtMs;
    // What a trade through zero earned belongs to the position that it closed.
    leg.realized = heldBefore === 0 ? earned : NO_MONEY;
    return;
  }
  leg.realized = (leg.realized + earned) as Money;
}

/** The leg that a trade moved, closed or not. */
function movedLegs(account: Account, holding: Holding, heldBefore: number, moved: Leg): readonly LegRow[] {
  if (heldBefore === 0 && moved.lots === 0) return [];
  const side = account.positionMode === 'one_way' ? 'net' : moved === holding.long ? 'long' : 'short';
  return legsIn(holding).filter((row) => row.side === side);
}

function post(ex: Exchange, account: Account, order: ModelOrder, kind: IncomeKind, amount: Money): void {
  if (amount !== NO_MONEY) postIncome(ex, account, kind, order.instrument.symbol, amount);
}

/** Moves the wallet and writes the line of the account book that says why. */
export function postIncome(
  ex: Exchange,
  account: Account,
  kind: IncomeKind,
  symbol: SymbolName | null,
  amount: Money,
): void {
  account.wallet = (account.wallet + amount) as Money;
  account.incomeRows.push({ transactionId: nextId(ex), kind, symbol, amount, venueAtMs: ex.nowMs });
}

/** Cancels resting reduce-only orders of the symbol that have nothing left to close. */
function endUselessReducers(ex: Exchange, account: Account, traded: ModelOrder): void {
  const market = ex.markets.get(traded.instrument.symbol);
  if (market === undefined || market.resting.length === 0) return;
  for (const order of market.resting.filter((one) => one.reduceOnly && one.accountId === account.id))
    if (reducibleLots(ex, account, order) === 0) endOrder(ex, account, order, 'CANCELED');
}

/** How many lots an order may still trade: a reduce-only one at most what is held. */
export function reducibleLots(ex: Exchange, account: Account, order: ModelOrder): Lots {
  const left = remainingLots(order);
  return order.reduceOnly ? (Math.min(left, heldLots(ex, account, order)) as Lots) : left;
}

/** How many lots are held that a reduce-only order closes. */
export function heldLots(ex: Exchange, account: Account, order: ModelOrder): Lots {
  const leg = legOf(account.positionMode, holdingOf(ex, account, order), order.side, true);
  return closableLots(leg, order.side);
}

/** Whether an order of `side` with `limit` would trade at `price` of the other side. */
export function reaches(side: OrderSide, limit: PriceTicks | null, price: PriceTicks): boolean {
  return limit === null || (side === 'BUY' ? limit >= price : limit <= price);
}

/** Returns the price at which what the best level does not hold is taken. */
export function slippedPrice(ex: Exchange, side: OrderSide, best: PriceTicks): PriceTicks {
  const { slippageTicks } = ex.config;
  return Math.max(1, side === 'BUY' ? best + slippageTicks : best - slippageTicks) as PriceTicks;
}

/** Whether everything that is left of an order would be taken at once, as far as its limit allows. */
export function isTakenWhole(ex: Exchange, order: ModelOrder, market: Market): boolean {
  const quote = quoteIn(market);
  const isBuy = order.side === 'BUY';
  const best = isBuy ? quote.ask : quote.bid;
  const limit = order.type === 'MARKET' ? null : order.nominal;
  if (!reaches(order.side, limit, best)) return false;
  if (remainingLots(order) <= (isBuy ? quote.askLots : quote.bidLots)) return true;
  return reaches(order.side, limit, slippedPrice(ex, order.side, best));
}

/** Lets a new order take: first what the best level holds, then the rest further away, each as far as its limit allows. */
export function takeFromBook(ex: Exchange, account: Account, order: ModelOrder, market: Market): void {
  const quote = quoteIn(market);
  const isBuy = order.side === 'BUY';
  const best = isBuy ? quote.ask : quote.bid;
  const limit = order.type === 'MARKET' ? null : order.nominal;
  if (!reaches(order.side, limit, best)) return;
  const taken = Math.min(remainingLots(order), isBuy ? quote.askLots : quote.bidLots) as Lots;
  if (taken > 0) {
    market.quote = isBuy
      ? { ...quote, askLots: (quote.askLots - taken) as Lots }
      : { ...quote, bidLots: (quote.bidLots - taken) as Lots };
    postTrade(ex, account, order, best, taken, false);
  }
  const rest = remainingLots(order);
  const slipped = slippedPrice(ex, order.side, best);
  if (rest > 0 && !isFinal(order) && reaches(order.side, limit, slipped))
    postTrade(ex, account, order, slipped, rest, false);
}

/** Puts what is left of a limit order at the end of the queue of its price; better than the best, it is alone there. */
export function rest(order: ModelOrder, market: Market): void {
  const { bid, ask, bidLots, askLots } = quoteIn(market);
  const isBetter = order.side === 'BUY' ? order.nominal > bid : order.nominal < ask;
  const level = order.side === 'BUY' ? bidLots : askLots;
  order.queueAhead = isBetter ? 0 : level;
  market.resting.push(order);
}

/** Moves the book. A resting order that the other side has passed fills whole at its limit; one that is only touched waits for volume. */
export function moveQuote(ex: Exchange, market: Market, quote: Quote): void {
  market.quote = quote;
  for (const order of [...market.resting]) {
    const isBuy = order.side === 'BUY';
    const [own, ownLots, other] = isBuy
      ? [quote.bid, quote.bidLots, quote.ask]
      : [quote.ask, quote.askLots, quote.bid];
    if (isBuy ? other < order.nominal : other > order.nominal) fillResting(ex, order, remainingLots(order));
    else if (own === order.nominal) order.queueAhead = Math.min(order.queueAhead, ownLots);
    else if (isBuy ? own < order.nominal : own > order.nominal) order.queueAhead = 0;
  }
}

/**
 * Lets `lots` trade at `price`. Resting orders that the price passed come first, without a queue, then those at the price behind theirs;
 * among equals the earlier one.
 */
export function tradeVolume(ex: Exchange, market: Market, price: PriceTicks, lots: Lots): void {
  let left: number = lots;
  for (const order of [...market.resting]) {
    if (left === 0) return;
    if (isPassed(order, price)) left -= fillResting(ex, order, left as Lots);
  }
  for (const order of [...market.resting]) {
    if (left === 0) return;
    if (order.nominal !== price) continue;
    const queue = Math.min(order.queueAhead, left);
    order.queueAhead -= queue;
    left -= queue;
    left -= fillResting(ex, order, left as Lots);
  }
}

function isPassed(order: ModelOrder, price: PriceTicks): boolean {
  return order.side === 'BUY' ? price < order.nominal : price > order.nominal;
}

/** Fills a resting order as its maker with at most `lots`, and returns with how many. */
function fillResting(ex: Exchange, order: ModelOrder, lots: Lots): number {
  if (isFinal(order)) return 0;
  const account = accountOf(ex, order.accountId);
  const filled = Math.min(lots, reducibleLots(ex, account, order)) as Lots;
  if (filled > 0) postTrade(ex, account, order, order.nominal, filled, true);
  return filled;
}
