// A market of real candles: the very prices of the folder, what is planted to be read, and why a folder is not enough.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { candleText } from '../../src/demo/candles.ts';
import { type DemoInstrument, type DemoMarket, makeMarket, WARM_UP_DAYS } from '../../src/demo/market.ts';
import { marketFromCandles } from '../../src/demo/real-market.ts';
import type { BarSeries } from '../../src/domain/market.ts';
import { symbolKey } from '../../src/domain/market.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.ts';

const [SEED, DAYS] = [7, 70];
/** Prices that somebody had: those of a made-up market stand for them. Its outage is one of spot alone. */
const HISTORY = makeMarket(SEED, 100);
const START_MS = HISTORY.firstOpenMs + 30 * DAY_MS;

let dir: string;
let market: DemoMarket;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'warden-real-market-'));
  for (const { series } of HISTORY.instruments) writeSpot(series);
  market = await read();
});

afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** Of spot, whatever they were: histories of perps are short. */
function writeSpot(series: BarSeries, name = `${symbolKey(series.symbol)}-spot-1h-x.csv`): void {
  writeFileSync(join(dir, name), candleText(series));
}

async function read(options: Partial<Parameters<typeof marketFromCandles>[1]> = {}): Promise<DemoMarket> {
  const made = await marketFromCandles(dir, { seed: SEED, days: DAYS, startMs: null, ...options });
  if (!made.ok) throw new Error(made.error);
  return made.value;
}

/** Mean of the pressure times the way of the price in the 24 hours after it: above zero where it tells the truth. */
function truth(instruments: readonly DemoInstrument[], fromMs: number, toMs: number): number {
  const products = instruments.flatMap(({ closeByHour, pressureByHour }) =>
    closeByHour.flatMap((close, hour) => {
      const ms = market.firstOpenMs + (hour + 1) * HOUR_MS;
      const later = closeByHour[hour + 24] ?? null;
      if (close === null || later === null || ms < fromMs || ms >= toMs) return [];
      return Math.sign(later - close) * (pressureByHour[hour] ?? Number.NaN);
    }),
  );
  return products.reduce((sum, each) => sum + each, 0) / products.length;
}

describe('marketFromCandles', () => {
  it('has the prices of the folder, those of the perps from the spot files of their coins', () => {
    expect(market.instruments.map(({ series }) => `${series.market} ${series.symbol}`)).toEqual(
      HISTORY.instruments.map(({ series }) => `${series.market} ${series.symbol}`),
    );
    for (const [place, { series }] of market.instruments.entries()) {
      const whole = HISTORY.instruments[place]?.series;
      const first = whole?.closeAtMs.indexOf(series.closeAtMs[0] ?? 0) ?? 0;
      expect(series.closeAtMs[0]).toBe(market.firstOpenMs + HOUR_MS);
      expect(series.close).toEqual(whole?.close.slice(first, first + series.close.length));
    }
  });

  it('begins when a month is known, unless it is told another day', async () => {
    expect(market.startMs).toBe(START_MS);
    expect(market.endMs).toBe(START_MS + DAYS * DAY_MS);
    expect(market.firstOpenMs).toBe(START_MS - WARM_UP_DAYS * DAY_MS);

    expect((await read({ startMs: START_MS + 5 * DAY_MS })).startMs).toBe(START_MS + 5 * DAY_MS);
  });

  it('plants what can be read: it tells of what comes, and the opposite on the perps while their class breaks', () => {
    const { startMs, endMs, story, instruments } = market;
    const perps = instruments.filter(({ series }) => series.market === 'perp');
    const others = instruments.filter(({ series }) => series.market === 'spot');

    expect(truth(perps, startMs, story.breakMs)).toBeGreaterThan(0.4);
    expect(truth(perps, story.breakMs, story.recoverMs)).toBeLessThan(-1);
    expect(truth(perps, story.recoverMs, endMs)).toBeGreaterThan(0.4);
    expect(truth(others, startMs, endMs)).toBeGreaterThan(0.4);
  });

  it('is the same for the same seed, and can be read otherwise under another one', async () => {
    expect(await read()).toEqual(market);
    const other = await read({ seed: SEED + 1 });
    expect(other.instruments[0]?.series).toEqual(market.instruments[0]?.series);
    expect(other.instruments[0]?.pressureByHour).not.toEqual(market.instruments[0]?.pressureByHour);
  });

  it('calls it a trend where the coins went far together within a month, for days on end', () => {
    const { regimeByHour } = market;
    const switches = regimeByHour.filter((regime, hour) => hour > 0 && regime !== regimeByHour[hour - 1]);

    expect(new Set(regimeByHour)).toEqual(new Set(['TREND', 'RANGE']));
    expect(switches.length).toBeLessThan(12);
  });

  it('finds the longest outage of its days', () => {
    expect(market.outage).toEqual(HISTORY.outage);
  });

  it('says which days there are where they are too few', async () => {
    const made = await marketFromCandles(dir, { seed: SEED, days: 90, startMs: null });

    expect(made).toEqual({
      ok: false,
      error:
        `90 days from 2026-01-17 on, 14 days before them and 2 after them, are not all in ${dir}, where every coin has ` +
        'candles from 2025-12-18 to 2026-04-12; take fewer --days or another folder',
    });
  });

  it('names the coin that is missing, and the one whose bars are of another length', async () => {
    const lonely = mkdtempSync(join(tmpdir(), 'warden-real-market-'));
    try {
      const missing = await marketFromCandles(lonely, { seed: SEED, days: DAYS, startMs: null });
      expect(missing).toMatchObject({ ok: false, error: expect.stringContaining('BTC/USDT') });

      const [bitcoin] = HISTORY.instruments;
      if (bitcoin === undefined) throw new Error('the market has instruments');
      const minutes = bitcoin.series.closeAtMs.map((_, index) => HISTORY.startMs + index * MINUTE_MS);
      const text = candleText({ ...bitcoin.series, barMs: MINUTE_MS, closeAtMs: minutes });
      writeFileSync(join(lonely, 'BTCUSDT-spot-1m-x.csv'), text);
      const short = await marketFromCandles(lonely, { seed: SEED, days: DAYS, startMs: null });
      expect(short).toEqual({ ok: false, error: `the candles of BTC/USDT in ${lonely} are not of one hour` });
    } finally {
      rmSync(lonely, { recursive: true, force: true });
    }
  });
});
