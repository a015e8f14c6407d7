// What happens to an account without an order of its client: funding, transfers, and the venue's own trades.

import { signedQuoteOf } from '../../../../domain/instrument.ts';
import { type Money, NO_MONEY, negated, shareOf } from '../../../../domain/money.ts';
import { type Lots, NO_LOTS, type Ppm, type PriceTicks, type SignedLots } from '../../../../domain/steps.ts';
import type { TradeCause } from '../../../../domain/venue.ts';
import { heldLots, postIncome, postTrade, reducibleLots } from './matching.ts';
import { endOrder, publishBalance, recordPositions } from './reports.ts';
import type { Account, Exchange, Leg, Market, ModelOrder } from './state.ts';
import { isFinal, marketOf, quoteIn } from './state.ts';
import { acceptOrder, protectiveBound } from './submit.ts';

/** Longs pay `rate` of their worth at the mark to the shorts, half to even; a negative rate the other way. */
export function payFunding(ex: Exchange, market: Market, rate: Ppm): void {
  const { instrument } = market;
  const { mark } = quoteIn(market);
  market.fundingUntilMs = ex.nowMs + ex.config.fundingWindowMs;
  for (const account of ex.accounts.values()) {
    let isMoved = false;
    let moved = NO_MONEY;
    for (const leg of legsOf(account, market)) {
      const amount = negated(shareOf(signedQuoteOf(instrument, leg.lots as SignedLots, mark), rate));
      if (amount === NO_MONEY) continue;
      postIncome(ex, account, 'FUNDING', instrument.symbol, amount);
      leg.realized = (leg.realized + amount) as Money;
      moved = (moved + amount) as Money;
      isMoved = true;
    }
    if (!isMoved) continue;
    recordPositions(ex, account);
    publishBalance(ex, account, 'FUNDING_FEE', moved);
  }
}

/** Moves money in, or out where `amount` is negative. */
export function moveFunds(ex: Exchange, account: Account, amount: Money): void {
  postIncome(ex, account, 'TRANSFER', null, amount);
  publishBalance(ex, account, amount < 0n ? 'WITHDRAW' : 'DEPOSIT', amount);
}

/** Cancels the orders of a symbol and closes what is held of it at the mark, by an order of the venue. */
export function liquidatePositions(ex: Exchange, account: Account, market: Market): void {
  const open = [...market.resting, ...market.waiting].filter(({ accountId }) => accountId === account.id);
  for (const order of open) endOrder(ex, account, order, 'CANCELED');
  const { mark } = quoteIn(market);
  for (const leg of legsOf(account, market))
    closeLeg(ex, account, market, leg, Math.abs(leg.lots) as Lots, mark, 'liquidation');
}

/** Closes up to `lots` of each leg at the mark, free of fees, against those whose positions the venue had to close. */
export function deleverage(ex: Exchange, account: Account, market: Market, lots: Lots): void {
  const { mark } = quoteIn(market);
  for (const leg of legsOf(account, market))
    closeLeg(ex, account, market, leg, Math.min(lots, Math.abs(leg.lots)) as Lots, mark, 'adl');
}

/** A person closes the symbol in the venue's app: at the best price, without a client id. */
export function closeAsPerson(ex: Exchange, account: Account, market: Market): void {
  const { bid, ask } = quoteIn(market);
  for (const leg of legsOf(account, market))
    closeLeg(ex, account, market, leg, Math.abs(leg.lots) as Lots, leg.lots > 0 ? bid : ask, 'order');
}

function legsOf(account: Account, market: Market): readonly Leg[] {
  const holding = account.holdings.get(market.instrument.symbol);
  if (holding === undefined) return [];
  return [holding.net, holding.long, holding.short].filter(({ lots }) => lots !== 0);
}

function closeLeg(
  ex: Exchange,
  account: Account,
  market: Market,
  leg: Leg,
  quantity: Lots,
  price: PriceTicks,
  cause: TradeCause,
): void {
  if (quantity === 0) return;
  const side = leg.lots > 0 ? 'SELL' : 'BUY';
  const order = acceptOrder(ex, account, {
    instrument: market.instrument,
    clientOrderId: null,
    side,
    type: 'MARKET',
    quantity,
    nominal: protectiveBound(ex, side, quoteIn(market).mark),
    reduceOnly: true,
    leverage: leg.leverage,
    cause,
  });
  postTrade(ex, account, order, price, quantity, false);
}

/**
 * Fills an order whatever the book says, a limit order as maker at its limit, and returns how many lots that were. Only `isBeyond` fills
 * more than was ordered, more than a reduce-only order may, or an order that has ended; a leg of hedge mode never changes its side.
 */
export function forceTrade(
  ex: Exchange,
  account: Account,
  order: ModelOrder,
  lots: Lots,
  isBeyond: boolean,
): Lots {
  const isBeyondZero = isBeyond && !(order.reduceOnly && account.positionMode === 'hedge');
  const bound = isBeyond ? heldLots(ex, account, order) : openLots(ex, account, order);
  const filled = (isBeyondZero ? lots : Math.min(lots, bound)) as Lots;
  if (filled === 0) return filled;
  const isMaker = order.type === 'LIMIT';
  const { bid, ask } = quoteIn(marketOf(ex, order.instrument.symbol));
  const best = order.side === 'BUY' ? ask : bid;
  postTrade(ex, account, order, isMaker ? order.nominal : best, filled, isMaker);
  return filled;
}

function openLots(ex: Exchange, account: Account, order: ModelOrder): Lots {
  return isFinal(order) ? NO_LOTS : reducibleLots(ex, account, order);
}
