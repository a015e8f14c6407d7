// Positions and margin: average entry, realized profit, and what an account can still open.

import { type Instrument, quoteOf } from '../../../../domain/instrument.ts';
import { divideHalfEven, type Money, NO_MONEY } from '../../../../domain/money.ts';
import type { Lots, PriceTicks, SignedLots } from '../../../../domain/steps.ts';
import type { BalanceReport, OrderSide, PositionMode, VenuePosition } from '../../../../domain/venue.ts';
import type { Account, Exchange, Holding, Leg, LegRow, ModelOrder } from './state.ts';
import { isFinal, isWaiting, remainingLots } from './state.ts';

export function holdingOf(ex: Exchange, account: Account, order: ModelOrder): Holding {
  const { instrument } = order;
  const held = account.holdings.get(instrument.symbol);
  if (held !== undefined) return held;
  const leg = (): Leg => ({
    lots: 0,
    entryQuote: NO_MONEY,
    leverage: 1,
    realized: NO_MONEY,
    positionId: '',
    openedAtMs: ex.nowMs,
    changedAtMs: ex.nowMs,
  });
  const holding: Holding = { instrument, net: leg(), long: leg(), short: leg() };
  account.holdings.set(instrument.symbol, holding);
  return holding;
}

/** Returns the leg that an order moves: a reduce-only order moves the one that its side closes. */
export function legOf(mode: PositionMode, holding: Holding, side: OrderSide, reduceOnly: boolean): Leg {
  if (mode === 'one_way') return holding.net;
  return (side === 'BUY') === reduceOnly ? holding.short : holding.long;
}

/** How many lots of a leg an order of `side` would close. */
export function closableLots(leg: Leg, side: OrderSide): Lots {
  return Math.max(0, side === 'BUY' ? -leg.lots : leg.lots) as Lots;
}

/**
 * Moves a leg by a trade and returns the profit it realizes.
 *
 * The cost of what is closed is its share of the entry cost, half to even, and all of it with the last lot, so that at flat the profit
 * is exactly what was received minus what was paid. A trade through zero closes at the quote of the closed lots; the rest of its quote
 * is the cost of the new position.
 */
export function moveLeg(
  leg: Leg,
  instrument: Instrument,
  signed: number,
  price: PriceTicks,
  quote: Money,
): Money {
  const size = Math.abs(signed);
  const held = Math.abs(leg.lots);
  const isOpening = leg.lots === 0 || leg.lots > 0 === signed > 0;
  if (isOpening) {
    leg.lots += signed;
    leg.entryQuote = (leg.entryQuote + quote) as Money;
    return NO_MONEY;
  }
  const closed = Math.min(size, held);
  const received = size === closed ? quote : quoteOf(instrument, closed as Lots, price);
  const released = divideHalfEven(leg.entryQuote * BigInt(closed), BigInt(held));
  const realized = leg.lots > 0 ? received - released : released - received;
  const isFlip = size > held;
  leg.lots += signed;
  leg.entryQuote = (isFlip ? quote - received : leg.entryQuote - released) as Money;
  return realized as Money;
}

/** Returns the positions of an account, as the venue lists them: by the first trade of the symbol, the long leg first. */
export function positionRows(account: Account): readonly VenuePosition[] {
  const rows: VenuePosition[] = [];
  for (const { instrument, net, long, short } of account.holdings.values())
    for (const leg of [net, long, short])
      if (leg.lots !== 0)
        rows.push({
          symbol: instrument.symbol,
          position: leg.lots as SignedLots,
          entryQuote: leg.entryQuote,
          venueAtMs: leg.changedAtMs,
        });
  return rows;
}

/** Returns the open legs of an account, in the same order. */
export function legRows(account: Account): readonly LegRow[] {
  const rows: LegRow[] = [];
  for (const holding of account.holdings.values())
    rows.push(...legsIn(holding).filter(({ lots }) => lots !== 0));
  return rows;
}

/** Returns all three legs of a holding, whether they are open or not. */
export function legsIn({ instrument: { symbol }, net, long, short }: Holding): readonly LegRow[] {
  return [
    { ...net, symbol, side: 'net' },
    { ...long, symbol, side: 'long' },
    { ...short, symbol, side: 'short' },
  ];
}

/** What opening costs of margin: the quote over the leverage, half to even. */
export function marginOf(quote: Money, leverage: number): Money {
  return divideHalfEven(quote, BigInt(leverage)) as Money;
}

/** Margin of positions at their entry and of resting orders at their limits. */
export function usedMarginOf(account: Account): Money {
  let used = 0n;
  for (const { net, long, short } of account.holdings.values())
    for (const leg of [net, long, short]) if (leg.lots !== 0) used += marginOf(leg.entryQuote, leg.leverage);
  for (const order of account.recent)
    if (!isFinal(order) && !order.reduceOnly && !isWaiting(order))
      used += marginOf(quoteOf(order.instrument, remainingLots(order), order.nominal), order.leverage);
  return used as Money;
}

/** Available is what of the wallet is left. */
export function balanceOf(ex: Exchange, account: Account): BalanceReport {
  const { wallet } = account;
  const usedMargin = usedMarginOf(account);
  const availableMargin = (wallet - usedMargin) as Money;
  return { wallet, availableMargin, usedMargin, venueAtMs: ex.nowMs };
}

/** What can still be opened with: an open loss takes of it, and an open profit adds nothing. */
export function freeMarginOf(ex: Exchange, account: Account): Money {
  const loss = unrealizedOf(ex, account);
  return (account.wallet - usedMarginOf(account) + (loss < 0n ? loss : 0n)) as Money;
}

/** Profit of the open positions at the marks. */
export function unrealizedOf(ex: Exchange, account: Account): Money {
  let sum = 0n;
  for (const { instrument, net, long, short } of account.holdings.values()) {
    const mark = ex.markets.get(instrument.symbol)?.quote?.mark ?? null;
    if (mark === null) continue;
    for (const leg of [net, long, short]) sum += profitAt(instrument, leg, mark);
  }
  return sum as Money;
}

function profitAt(instrument: Instrument, leg: Leg, mark: PriceTicks): bigint {
  if (leg.lots === 0) return 0n;
  const worth = quoteOf(instrument, Math.abs(leg.lots) as Lots, mark);
  return leg.lots > 0 ? worth - leg.entryQuote : leg.entryQuote - worth;
}
