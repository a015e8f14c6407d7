// The real ccxt asks the local exchange for what a live feed needs: markets, bars and tickers over a socket.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ccxtSource, type MarketSource } from '../../../src/adapters/feeds/market-source.ts';
import { moveMarket } from '../../../src/adapters/venues/exchange/feed/move-market.ts';
import { listedInstrument } from '../../../src/adapters/venues/exchange/listed-instruments.ts';
import {
  type LocalExchange,
  startLocalExchange,
} from '../../../src/adapters/venues/exchange/local-exchange.ts';
import { virtualTimers } from '../../../src/adapters/virtual-timers.ts';
import { NO_MONEY } from '../../../src/domain/money.ts';
import { type Lots, NO_LOTS, type PriceTicks } from '../../../src/domain/steps.ts';
import { START_MS } from './payloads.ts';

const MINUTE_MS = 60_000;
const ticks = (value: number): PriceTicks => value as PriceTicks;

let exchange: LocalExchange;
let source: MarketSource;

function sourceOf(symbols: readonly string[], id = 'bingx', timeframe = '1m'): MarketSource {
  return ccxtSource({ id, timeframe, symbols, url: exchange.url });
}

beforeEach(async () => {
  const instruments = ['BTC-USDT', 'ETH-USDT'].flatMap(
    (symbol) => listedInstrument(symbol, null)?.instrument ?? [],
  );
  const bars = Array.from({ length: 1_500 }, (_, at) => ({
    openAtMs: START_MS - (1_500 - at) * MINUTE_MS,
    open: ticks(500_000 + at),
    high: ticks(500_020 + at),
    low: ticks(499_980 + at),
    close: ticks(500_001 + at),
    volume: NO_LOTS,
    quoteVolume: NO_MONEY,
  }));
  exchange = await startLocalExchange({
    port: 0,
    instruments,
    keys: [],
    timers: virtualTimers(START_MS + 10_000),
    seed: 1,
    past: new Map([['BTC-USDT', { barMs: MINUTE_MS, bars }]]),
  });
  const [bidLots, askLots] = [20_000 as Lots, 20_000 as Lots];
  moveMarket(exchange.world, 'BTC-USDT', {
    bid: ticks(501_000),
    ask: ticks(501_002),
    mark: ticks(501_001),
    bidLots,
    askLots,
  });
  source = sourceOf(['BTC-USDT']);
});

afterEach(() => exchange.close());

describe('an exchange through ccxt', () => {
  it('has every bar of a range, in as many pages as that takes', async () => {
    expect(await source.open()).toEqual({ ok: true, value: undefined });
    const nowMs = START_MS + 10_000;
    const range = { barMs: MINUTE_MS, fromMs: START_MS - 999 * MINUTE_MS, toMs: nowMs, askedAtMs: nowMs };
    const sent = await source.bars('BTC-USDT', range);
    if (!sent.ok) throw new Error(sent.error);
    const opens = sent.value.map(({ openAtMs }) => Number(openAtMs));
    const wanted = Array.from({ length: 1_000 }, (_, at) => START_MS - (1_000 - at) * MINUTE_MS);
    expect(wanted.every((ms) => opens.includes(ms))).toBe(true);
    expect(sent.value.find(({ openAtMs }) => openAtMs === START_MS - MINUTE_MS)?.prices).toEqual([
      50_149.9, 50_151.9, 50_147.9, 50_150,
    ]);
  });

  it('has a bid, an ask and a price of each symbol', async () => {
    await source.open();
    expect(await source.quotes()).toEqual({
      ok: true,
      value: [{ symbol: 'BTC-USDT', bid: 50_100, ask: 50_100.2, mark: 50_100.1 }],
    });
  });

  it('that does not know a symbol says which it may be', async () => {
    expect(await sourceOf(['BTCC-USDT']).open()).toEqual({
      ok: false,
      error: 'bingx has no perp market "BTCC-USDT"; did you mean BTC/USDT:USDT?',
    });
  });

  it('that cannot be reached, or was not opened, is a sentence', async () => {
    expect(await source.quotes()).toEqual({ ok: false, error: 'bingx was not asked for its markets yet' });
    await source.open();
    await exchange.close();
    const [bars, quotes, opened] = [
      await source.bars('BTC-USDT', {
        barMs: MINUTE_MS,
        fromMs: START_MS,
        toMs: START_MS,
        askedAtMs: START_MS,
      }),
      await source.quotes(),
      await sourceOf(['BTC-USDT']).open(),
    ];
    for (const answer of [bars, quotes, opened]) {
      expect(answer.ok ? '' : answer.error).toMatch(/^bingx, .+ fetch failed/);
      expect(answer.ok ? '' : answer.error).not.toContain('timestamp=');
    }
  });
});
