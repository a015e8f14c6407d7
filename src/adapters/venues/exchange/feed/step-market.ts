// What moves a market of the model, wherever its prices come from: quotes, trades between others, and the times of funding.

import type { EpochMs, Lots, PriceTicks } from '../../../../domain/steps.ts';
import type { Timers } from '../../../../ports.ts';
import { setQuote, tradeAt } from '../model/exchange.ts';
import type { Exchange, Quote } from '../model/state.ts';

/** A trade between others. */
export interface OthersTrade {
  readonly price: PriceTicks;
  readonly lots: Lots;
  readonly isBuyerMaker: boolean;
}

/** Moves a market. A trade comes first, at the book as it was; where there was no book yet, it meets nobody. */
export function stepMarket(
  model: Exchange,
  symbol: string,
  quote: Quote,
  trade: Pick<OthersTrade, 'price' | 'lots'> | null,
  nowMs: EpochMs,
): void {
  const hasBook = (model.markets.get(symbol)?.quote ?? null) !== null;
  if (trade !== null && hasBook) tradeAt(model, symbol, trade.price, trade.lots, nowMs);
  setQuote(model, symbol, quote, nowMs);
}

export const FUNDING_EVERY_MS = 28_800_000;

/** When funding is settled next after `nowMs`: at 00, 08 and 16 hours UTC. */
export function nextFundingAt(nowMs: number): number {
  return (Math.floor(nowMs / FUNDING_EVERY_MS) + 1) * FUNDING_EVERY_MS;
}

/** Calls `settle` whenever funding is due. Returns how to end that. */
export function atFundingTimes(timers: Timers, settle: () => void): () => void {
  let callOff: () => void = () => undefined;
  const waitFor = (atMs: number): void => {
    // A wait of hours may end a little early by the clock that it is for.
    callOff = timers.after(atMs - timers.nowMs(), () => {
      if (timers.nowMs() < atMs) return waitFor(atMs);
      settle();
      waitFor(nextFundingAt(timers.nowMs()));
    });
  };
  waitFor(nextFundingAt(timers.nowMs()));
  return () => callOff();
}
