// What moves a market of the model, wherever its prices come from: a quote, and a trade between others before it.

import type { EpochMs, Lots, PriceTicks } from '../../../../domain/steps.ts';
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
