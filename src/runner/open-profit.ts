// The open profit: what closing at the mark would bring, of one trade and of all that is held.

import { quoteOf } from '../domain/instrument.ts';
import { type Money, minus, money, NO_MONEY, negated } from '../domain/money.ts';
import type { Lots } from '../domain/steps.ts';
import { openQuoteOf, positionOf, totalsOf, unpricedLotsOf } from '../kernel/exposure.ts';
import type { KernelState, Trade } from '../kernel/state.ts';

/**
 * Returns what closing a trade at its mark would bring: the worth of what is open less what it cost, whichever way it goes. Zero for
 * what is flat; `null` where a fill has no price yet, or the symbol no mark.
 */
export function openProfitOf(state: KernelState, trade: Trade): Money | null {
  if (unpricedLotsOf(trade) > 0) return null;
  const position = positionOf(trade);
  if (position === 0) return NO_MONEY;
  const instrument = state.instruments.get(trade.symbol);
  const mark = state.marks.get(trade.symbol);
  if (instrument === undefined || mark === undefined) return null;
  const worth = quoteOf(instrument, Math.abs(position) as Lots, mark.mark);
  const gain = minus(worth, openQuoteOf(totalsOf(trade)));
  return position > 0 ? gain : negated(gain);
}

/** Returns the open profit of all that is held; `null` where that of one trade is not known. */
export function openProfitOfAll(state: KernelState): Money | null {
  let sum = 0n;
  for (const { trade } of state.slots) {
    if (trade === null) continue;
    const profit = openProfitOf(state, trade);
    if (profit === null) return null;
    sum += profit;
  }
  return money(sum);
}
