// A live market in memory: bars of every symbol as a clock passes, tickers, and failures that a test switches on.

import type { MarketSource, SentQuote } from '../../../src/adapters/feeds/market-source.ts';
import { openRange, type SentBar } from '../../../src/adapters/prices/closed-bars.ts';
import { err, ok } from '../../../src/domain/result.ts';
import type { Clock } from '../../../src/ports.ts';

export interface FakeMarket extends MarketSource {
  /** What a part fails with, by `open`, `bars`, `bars BTC-USDT`, `quotes`. */
  readonly failures: Map<string, string>;
  /** When bars of a symbol were asked for, each time. */
  readonly barsAskedAtMs: number[];
  /** Symbols of which the exchange has no bars that close at or after an instant. */
  readonly silentFrom: Map<string, number>;
  quotesSent: (symbol: string) => SentQuote;
  barSent: (symbol: string, openAtMs: number) => SentBar;
}

export function fakeMarket(symbols: readonly string[], clock: Clock): FakeMarket {
  const market: FakeMarket = {
    failures: new Map(),
    barsAskedAtMs: [],
    silentFrom: new Map(),
    quotesSent: (symbol) => ({ symbol, bid: 99, ask: 101, mark: 100 }),
    barSent: (_, openAtMs) => ({ openAtMs, prices: [100, 103, 98, 101] }),
    async open() {
      const failure = market.failures.get('open');
      return failure === undefined ? ok(undefined) : err(failure);
    },
    async bars(symbol, range) {
      market.barsAskedAtMs.push(clock.nowMs());
      const failure = market.failures.get('bars') ?? market.failures.get(`bars ${symbol}`);
      if (failure !== undefined) return err(failure);
      const { firstMs } = openRange(range);
      const sent: SentBar[] = [];
      // As exchanges do, with the bar that is still moving.
      for (let openAtMs = firstMs; openAtMs <= range.toMs; openAtMs += range.barMs) {
        if (openAtMs + range.barMs >= (market.silentFrom.get(symbol) ?? Number.POSITIVE_INFINITY)) break;
        sent.push(market.barSent(symbol, openAtMs));
      }
      return ok(sent);
    },
    async quotes() {
      const failure = market.failures.get('quotes');
      return failure === undefined ? ok(symbols.map((symbol) => market.quotesSent(symbol))) : err(failure);
    },
  };
  return market;
}
