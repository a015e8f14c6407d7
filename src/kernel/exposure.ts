// What is held: derived from the fills of orders and from what was adopted, each time it is asked for, and stored nowhere.

import { divideHalfEven, type Money, NO_MONEY } from '../domain/money.ts';
import { type Lots, NO_LOTS, type SignedLots } from '../domain/steps.ts';
import type { KernelState, Totals, Trade } from './state.ts';

/** The venue may report more than it was asked for; that counts as well. */
export function totalsOf(trade: Trade): Totals {
  const totals: Totals = { ...trade.adopted };
  for (const order of trade.orders) {
    if (order.side === 'BUY') {
      totals.buyLots = (totals.buyLots + order.filledLots) as Lots;
      totals.buyQuote = (totals.buyQuote + order.filledQuote) as Money;
    } else {
      totals.sellLots = (totals.sellLots + order.filledLots) as Lots;
      totals.sellQuote = (totals.sellQuote + order.filledQuote) as Money;
    }
  }
  return totals;
}

/** The position of a trade: bought lots minus sold ones. */
export function positionOf(trade: Trade): SignedLots {
  let position = trade.adopted.buyLots - trade.adopted.sellLots;
  for (const order of trade.orders) position += order.side === 'BUY' ? order.filledLots : -order.filledLots;
  return position as SignedLots;
}

/** Our own net position of a symbol, over all slots. */
export function ownPosition(state: KernelState, symbol: Trade['symbol']): SignedLots {
  let position = 0;
  for (const id of state.books.get(symbol)?.slotIds ?? NO_IDS) {
    const trade = state.slots[id]?.trade;
    if (trade !== null && trade !== undefined) position += positionOf(trade);
  }
  return position as SignedLots;
}

/** The same over all slots without signs. */
export function ownGross(state: KernelState, symbol: Trade['symbol']): Lots {
  let gross = 0;
  for (const id of state.books.get(symbol)?.slotIds ?? NO_IDS) {
    const trade = state.slots[id]?.trade;
    if (trade !== null && trade !== undefined) gross += Math.abs(positionOf(trade));
  }
  return gross as Lots;
}

/** How many lots of a trade have no price yet. */
export function unpricedLotsOf(trade: Trade): Lots {
  let unpriced = 0;
  for (const order of trade.orders) unpriced += order.filledLots - order.pricedLots;
  return unpriced as Lots;
}

/**
 * Realized profit of all fills of a trade so far: what was matched of both sides, at the average price of each. It depends on the sums
 * alone, so the order in which fills are heard of does not matter, and leverage is nowhere in it.
 *
 * `matched = min(B, S)`; `S$ × matched / S − B$ × matched / B`, each rounded half to even. At flat both divisions are exact.
 */
export function realizedOf(totals: Totals): Money {
  const { buyLots, buyQuote, sellLots, sellQuote } = totals;
  const matched = BigInt(Math.min(buyLots, sellLots));
  if (matched === 0n) return NO_MONEY;
  const sold = divideHalfEven(sellQuote * matched, BigInt(sellLots));
  const bought = divideHalfEven(buyQuote * matched, BigInt(buyLots));
  return (sold - bought) as Money;
}

/** What the open part of a position cost at its average entry: positive for both sides, zero when flat. */
export function openQuoteOf(totals: Totals): Money {
  const { buyLots, buyQuote, sellLots, sellQuote } = totals;
  if (buyLots === sellLots) return NO_MONEY;
  const [lots, quote] = buyLots > sellLots ? [buyLots, buyQuote] : [sellLots, sellQuote];
  const open = BigInt(Math.abs(buyLots - sellLots));
  return divideHalfEven(quote * open, BigInt(lots)) as Money;
}

const NO_IDS: readonly number[] = [];

export const NO_TOTALS: Totals = {
  buyLots: NO_LOTS,
  buyQuote: NO_MONEY,
  sellLots: NO_LOTS,
  sellQuote: NO_MONEY,
};
