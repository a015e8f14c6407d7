// Prices out of a seed: the same ones for the same seed, like a market enough for a policy to find something in them.

import { describe, expect, it } from 'vitest';
import { type SimulatedFeedOptions, simulatedFeed } from '../../../src/adapters/feeds/simulated-feed.ts';
import { virtualTimers } from '../../../src/adapters/virtual-timers.ts';
import type { Candle, ClosedCandles, FeedNotice } from '../../../src/domain/scan.ts';
import { epochMs } from '../../../src/domain/steps.ts';
import { ENTRY_THRESHOLDS } from '../../../src/policy/calibration.ts';
import { candleScan, noCandles } from '../../../src/policy/velocity.ts';
import { START_MS } from './payloads.ts';

const MINUTE_MS = 60_000;

function noticesOf(over: Partial<SimulatedFeedOptions> = {}, bars = 50): readonly FeedNotice[] {
  const timers = virtualTimers(START_MS);
  const notices: FeedNotice[] = [];
  const feed = simulatedFeed({
    firstPrices: new Map([['BTCUSDT', 65_000]]),
    seed: 7,
    barMs: MINUTE_MS,
    speed: 1,
    volatilityBps: 8,
    timers,
    pastBars: 100,
    quoteEveryMs: null,
    tickOf: () => ({ units: 1, decimals: 1 }),
    ...over,
  });
  feed.follow((notice) => notices.push(notice));
  timers.advance(bars * MINUTE_MS);
  return notices;
}

function closedIn(notices: readonly FeedNotice[]): readonly ClosedCandles[] {
  return notices.flatMap((one) => (one.kind === 'candles' ? [one.closed] : []));
}

function barsIn(notices: readonly FeedNotice[], key = 'BTCUSDT'): readonly Candle[] {
  return closedIn(notices).flatMap(({ candles }) => candles[key] ?? []);
}

describe('the simulated market', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(noticesOf()).toEqual(noticesOf());
    expect(barsIn(noticesOf({ seed: 8 }))).not.toEqual(barsIn(noticesOf()));
  });

  it('of one symbol is the same with and without others', () => {
    const firstPrices = new Map([
      ['ETHUSDT', 3_200],
      ['BTCUSDT', 65_000],
    ]);
    expect(barsIn(noticesOf({ firstPrices }))).toEqual(barsIn(noticesOf()));
  });

  it('tells its past at once, bar by bar up to now, and goes on from there', () => {
    const notices = noticesOf({}, 3);
    const closes = closedIn(notices).map(({ closedAtMs }) => (closedAtMs - START_MS) / MINUTE_MS);
    expect(closes).toEqual(Array.from({ length: 103 }, (_, at) => at - 99));
    expect(notices.slice(0, 102).map(({ kind }) => kind)).toEqual([
      'state',
      ...Array.from({ length: 100 }, () => 'candles'),
      'quote',
    ]);
    const bars = barsIn(notices);
    for (const [at, { open }] of bars.entries()) if (at > 0) expect(open).toBe(bars[at - 1]?.close);
  });

  it('has the volatility that it was set to, with calm and wild hours', () => {
    const returns = barsIn(noticesOf({}, 20_000)).map(({ open, close }) => Math.log(close / open) * 10_000);
    const sigmaOf = (values: readonly number[]): number =>
      Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
    expect(sigmaOf(returns)).toBeGreaterThan(6);
    expect(sigmaOf(returns)).toBeLessThan(12);
    const hours = Array.from({ length: 300 }, (_, at) => sigmaOf(returns.slice(at * 60, at * 60 + 60)));
    expect(Math.max(...hours) / Math.min(...hours)).toBeGreaterThan(3);
  });

  it('has trends: an hour moves further than its minutes would by chance', () => {
    const returns = barsIn(noticesOf({}, 50_000)).map(({ open, close }) => Math.log(close / open));
    const meanSquare = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value * value, 0) / values.length;
    const hours = Array.from({ length: Math.floor(returns.length / 60) }, (_, at) =>
      returns.slice(at * 60, at * 60 + 60).reduce((sum, value) => sum + value, 0),
    );
    expect(meanSquare(hours) / (60 * meanSquare(returns))).toBeGreaterThan(1.3);
  });

  it('stays near the price that it began at, for months', () => {
    const keys = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'];
    const notices = noticesOf({ firstPrices: new Map(keys.map((key) => [key, 100])), pastBars: 120_000 }, 1);
    for (const key of keys) {
      let [lowest, highest] = [100, 100];
      for (const { low, high } of barsIn(notices, key))
        [lowest, highest] = [Math.min(lowest, low), Math.max(highest, high)];
      expect(highest / lowest).toBeLessThan(1.9);
    }
  });

  it('gives a policy signals to enter at, and not all the time', () => {
    let memory = noCandles();
    let [signals, known] = [0, 0];
    for (const closed of closedIn(noticesOf({}, 30_000))) {
      const read = candleScan(memory, closed, 'BTCUSDT', epochMs(closed.closedAtMs));
      memory = read.memory;
      const velDiv = read.scan?.velDiv ?? null;
      if (velDiv === null) continue;
      known += 1;
      if (velDiv < -ENTRY_THRESHOLDS['candles-1m']) signals += 1;
    }
    expect(signals / known).toBeGreaterThan(0.005);
    expect(signals / known).toBeLessThan(0.1);
  });
});
