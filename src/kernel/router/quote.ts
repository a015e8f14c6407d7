// Where a quote rests: at the best price of our own side, never across, and never further than a chase may go.

import type { Instrument } from '../../domain/instrument.ts';
import { quoteOf } from '../../domain/instrument.ts';
import type { Money } from '../../domain/money.ts';
import type { EpochMs, Lots, Ppm, PriceTicks } from '../../domain/steps.ts';
import type { KernelState, Mark } from '../state.ts';

/** Returns the prices of a symbol that are young enough to quote by, or `null`. */
export function freshMark(state: KernelState, symbol: Instrument['symbol'], nowMs: EpochMs): Mark | null {
  const mark = state.marks.get(symbol);
  if (mark === undefined || nowMs - mark.atMs > state.config.limits.staleMarkMs) return null;
  return mark;
}

/** Returns the post-only price of a buy or a sell: the best of our own side, `offsetTicks` further from the market. */
export function quotePrice(mark: Mark, isBuy: boolean, offsetTicks: number): PriceTicks {
  if (isBuy) return Math.max(1, Math.min(mark.bid, mark.ask - 1) - offsetTicks) as PriceTicks;
  return (Math.max(mark.ask, mark.bid + 1) + offsetTicks) as PriceTicks;
}

/** Whether a price is within `maxPpm` of the first reference. */
export function isWithinChase(reference: PriceTicks, price: PriceTicks, maxPpm: Ppm): boolean {
  return Math.abs(price - reference) * 1_000_000 <= reference * maxPpm;
}

/** Returns the largest quantity, at most `wanted`, whose cost at `price` is not above `notional`: a retry never grows. */
export function resized(instrument: Instrument, wanted: Lots, price: PriceTicks, notional: Money): Lots {
  const one = quoteOf(instrument, wanted, price);
  if (one <= notional) return wanted;
  return Number((BigInt(wanted) * notional) / one) as Lots;
}
