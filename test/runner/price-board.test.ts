// The board of prices: whose price counts while several know one, and what a quote is in ticks.

import { describe, expect, it } from 'vitest';
import type { FeedQuote, Scan } from '../../src/domain/scan.ts';
import type { EpochMs, PriceTicks } from '../../src/domain/steps.ts';
import { markEvent, PriceBoard } from '../../src/runner/price-board.ts';
import { BTC, ETH, instrument, START_MS } from '../kernel/build.ts';
import { scanOf } from './policy-stage.ts';

const STALE_MS = 10_000;

function board(): PriceBoard {
  return new PriceBoard([instrument(BTC), instrument(ETH)], STALE_MS);
}

function quoteOf(over: Partial<FeedQuote> = {}): FeedQuote {
  return { key: 'BTCUSDT', bid: 999.9, ask: 1_000.1, mark: 1_000, quotedAtMs: START_MS as EpochMs, ...over };
}

function scanned(price: number): Scan {
  return scanOf(1, price, START_MS);
}

function venueQuote(mark: number) {
  const ticks = mark as PriceTicks;
  return { symbol: BTC, bid: ticks, ask: ticks, mark: ticks, venueAtMs: START_MS as EpochMs };
}

describe('the price of a symbol', () => {
  it('is the mark of the feed, as old as the moment at which it came', () => {
    const prices = board();
    prices.quoted(quoteOf(), 5_000);

    expect(prices.priceOf(BTC, 7_000)).toEqual({ price: 1_000, ageMs: 2_000, source: 'feed' });
    expect(prices.prices(7_000)).toEqual({ BTCUSDT: { price: 1_000, ageMs: 2_000, source: 'feed' } });
  });

  it('stays that of the feed when a scan says another, until the feed has been silent for too long', () => {
    const prices = board();
    prices.quoted(quoteOf(), 0);

    prices.scanned(scanned(900), STALE_MS);
    expect(prices.priceOf(BTC, STALE_MS)).toMatchObject({ price: 1_000, source: 'feed' });
    prices.scanned(scanned(900), STALE_MS + 1);
    expect(prices.priceOf(BTC, STALE_MS + 1)).toMatchObject({ price: 900, source: 'scan', ageMs: 0 });
  });

  it('is that of the newest scan where no feed quotes', () => {
    const prices = board();
    prices.scanned(scanned(900), 0);
    prices.scanned(scanned(910), 1);

    expect(prices.priceOf(BTC, 1)).toMatchObject({ price: 910, source: 'scan' });
  });

  it.each(['feed', 'scan'])(
    'of the %s goes before that of the venue while it is fresh, and then gives way',
    (source) => {
      const prices = board();
      if (source === 'feed') prices.quoted(quoteOf(), 0);
      else prices.scanned(scanned(1_000), 0);

      prices.told(venueQuote(9_500), STALE_MS);
      expect(prices.priceOf(BTC, STALE_MS)).toMatchObject({ price: 1_000, source });
      prices.told(venueQuote(9_500), STALE_MS + 1);
      expect(prices.priceOf(BTC, STALE_MS + 1)).toMatchObject({ price: 950, source: 'venue' });
      prices.told(venueQuote(9_600), STALE_MS + 2);
      expect(prices.priceOf(BTC, STALE_MS + 2)).toMatchObject({ price: 960, source: 'venue', ageMs: 0 });
    },
  );

  it('of a scan is as old as the scan, so that one from long ago does not go before that of the venue', () => {
    const prices = board();
    const nowMs = START_MS + 3_600_000;
    prices.scanned(scanned(900), nowMs);
    expect(prices.priceOf(BTC, nowMs)).toEqual({ price: 900, source: 'scan', ageMs: 3_600_000 });

    prices.told(venueQuote(9_500), nowMs);
    expect(prices.priceOf(BTC, nowMs)).toMatchObject({ price: 950, source: 'venue' });
    prices.scanned(scanned(900), nowMs);
    expect(prices.priceOf(BTC, nowMs)).toMatchObject({ price: 950, source: 'venue', ageMs: 0 });
  });

  it('is not that of a scan from long ago where the venue has a market of its own', () => {
    const live = new PriceBoard([instrument(BTC)], STALE_MS, false);
    live.scanned(scanned(900), START_MS + STALE_MS + 1);
    expect(live.priceOf(BTC, START_MS + STALE_MS + 1)).toBeNull();

    live.scanned(scanned(900), START_MS + STALE_MS);
    expect(live.priceOf(BTC, START_MS + STALE_MS)).toMatchObject({ price: 900, ageMs: STALE_MS });
  });

  it('is not known of what nobody named, and nothing that is not traded here is taken', () => {
    const prices = board();

    expect(prices.quoted(quoteOf({ key: 'DOGEUSDT' }), 0)).toBeNull();
    expect(prices.priceOf(ETH, 0)).toBeNull();
    expect(prices.prices(0)).toEqual({});
  });
});

describe('a scan', () => {
  it('becomes quotes without a spread of what is traded here, as old as it is', () => {
    const scan = scanOf(1, 1_000, START_MS, { prices: { DOGEUSDT: 1, ETHUSDT: 100, BTCUSDT: 1_000 } });

    expect(board().scanned(scan, 0)).toEqual([
      { key: 'ETHUSDT', bid: 100, ask: 100, mark: 100, quotedAtMs: START_MS },
      { key: 'BTCUSDT', bid: 1_000, ask: 1_000, mark: 1_000, quotedAtMs: START_MS },
    ]);
  });
});

describe('a quote in ticks', () => {
  it('has its bid down, its ask up and its mark at the nearest tick', () => {
    const quote = quoteOf({ bid: 999.97, ask: 1_000.03, mark: 1_000.04 });

    expect(board().ticksOf(quote)).toEqual({ symbol: BTC, bid: 9_999, ask: 10_001, mark: 10_000 });
    expect(board().quoted(quote, 0)).toEqual({ symbol: BTC, bid: 9_999, ask: 10_001, mark: 10_000 });
  });

  it('has its ask a tick above its bid at least, and a crossed one is turned round', () => {
    expect(board().ticksOf(quoteOf({ bid: 1_000, ask: 1_000 }))).toMatchObject({ bid: 10_000, ask: 10_001 });
    expect(board().ticksOf(quoteOf({ bid: 1_001, ask: 999 }))).toMatchObject({ bid: 9_990, ask: 10_010 });
  });

  it.each([{ bid: 0.04 }, { mark: 0.04 }])('is none where a price is less than a tick, as %j', (over) => {
    expect(board().ticksOf(quoteOf(over))).toBeNull();
  });

  it('is true at the moment of the quote, whenever the kernel is told of it', () => {
    const ticks = board().ticksOf(quoteOf());
    if (ticks === null) throw new Error('a quote in ticks');

    expect(markEvent(ticks, 5 as EpochMs, 9 as EpochMs)).toMatchObject({
      kind: 'MARK',
      quotedAtMs: 5,
      atMs: 9,
    });
  });
});
