// What the public may see of a market's past: bars of every length against a plain way to make them, the last day, and bounds.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INTERVALS, type Interval } from '../../../../src/adapters/venues/exchange/feed/intervals.ts';
import {
  type HistoryBar,
  MarketHistory,
} from '../../../../src/adapters/venues/exchange/feed/market-history.ts';
import { quoteOf } from '../../../../src/domain/instrument.ts';
import { type Money, NO_MONEY } from '../../../../src/domain/money.ts';
import { lots, type PriceTicks, ppm, priceTicks } from '../../../../src/domain/steps.ts';
import { BTC } from '../exchange/market.ts';

const SEED = 20261128;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const EVER = Number.MAX_SAFE_INTEGER;

interface Print {
  readonly atMs: number;
  readonly price: number;
  /** 0: a quote alone. */
  readonly lots: number;
}

/** The bar that an instant lies in, by the calendar. */
function openingByCalendar(interval: Interval, atMs: number): number {
  const at = new Date(atMs);
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  if (interval === '1M') return Date.UTC(year, month, 1);
  if (interval === '1w') return Date.UTC(year, month, day - ((at.getUTCDay() + 6) % 7));
  const unitMs = { m: MINUTE_MS, h: 60 * MINUTE_MS, d: DAY_MS }[interval.slice(-1)] ?? Number.NaN;
  const lengthMs = Number.parseInt(interval, 10) * unitMs;
  return atMs - (atMs % lengthMs);
}

function plainBars(interval: Interval, prints: readonly Print[]): readonly HistoryBar[] {
  const groups = new Map<number, Print[]>();
  for (const print of prints) {
    const openAtMs = openingByCalendar(interval, print.atMs);
    groups.set(openAtMs, [...(groups.get(openAtMs) ?? []), print]);
  }
  return [...groups].map(([openAtMs, group]) => {
    const prices = group.map(({ price }) => price);
    return {
      openAtMs,
      open: prices[0] as PriceTicks,
      high: Math.max(...prices) as PriceTicks,
      low: Math.min(...prices) as PriceTicks,
      close: prices.at(-1) as PriceTicks,
      volume: lots(group.reduce((sum, one) => sum + one.lots, 0)),
      quoteVolume: group.reduce(
        (sum, one) => sum + quoteOf(BTC, lots(one.lots), priceTicks(one.price)),
        0n as bigint,
      ) as Money,
    };
  });
}

function told(history: MarketHistory, { atMs, price, lots: traded }: Print): void {
  if (traded === 0) history.touch(priceTicks(price), atMs);
  else history.trade({ atMs, price: priceTicks(price), lots: lots(traded), isBuyerMaker: false });
}

/** Steps between prints: within a minute, hours, or weeks. */
const steps = fc.oneof(fc.nat(90_000), fc.nat(20_000_000), fc.nat(30 * DAY_MS));
const walks = fc
  .array(fc.tuple(steps, fc.integer({ min: 1, max: 1_000 }), fc.nat(5)), { minLength: 1, maxLength: 80 })
  .map((parts) => {
    let atMs = Date.UTC(2026, 0, 29);
    return parts.map(([step, price, traded]): Print => {
      atMs += step;
      return { atMs, price, lots: traded };
    });
  });

function bar(openAtMs: number, price: number, changes: Partial<HistoryBar> = {}): HistoryBar {
  const ticks = priceTicks(price);
  return {
    openAtMs,
    open: ticks,
    high: ticks,
    low: ticks,
    close: ticks,
    volume: lots(1),
    quoteVolume: NO_MONEY,
    ...changes,
  };
}

describe('bars', () => {
  it('of every length are those that a plain way makes of the same prices, weeks and months too', () => {
    fc.assert(
      fc.property(walks, fc.constantFrom(...INTERVALS), (prints, interval) => {
        const history = new MarketHistory(BTC);
        for (const print of prints) {
          told(history, print);
          // Asked each time, since what is kept between two prices must not be what is answered.
          expect(history.newestBar(interval)).toEqual(history.bars(interval, 0, EVER, 1)[0]);
        }
        expect(history.bars(interval, 0, EVER, 10_000)).toEqual(plainBars(interval, prints));
      }),
      { seed: SEED, numRuns: 150 },
    );
  });

  it('are those of the range, and the newest where there are too many', () => {
    fc.assert(
      fc.property(
        walks,
        fc.constantFrom(...INTERVALS),
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 1, max: 5 }),
        (prints, interval, from, to, limit) => {
          const history = new MarketHistory(BTC);
          for (const print of prints) told(history, print);
          const [firstMs, lastMs] = [prints[0]?.atMs ?? 0, prints.at(-1)?.atMs ?? 0];
          const span = lastMs - firstMs + 2 * DAY_MS;
          const [fromMs, toMs] = [firstMs - DAY_MS + (from % span), firstMs - DAY_MS + (to % span)];
          const expected = plainBars(interval, prints)
            .filter(({ openAtMs }) => openAtMs >= fromMs && openAtMs < toMs)
            .slice(-limit);
          expect(history.bars(interval, fromMs, toMs, limit)).toEqual(expected);
        },
      ),
      { seed: SEED, numRuns: 150 },
    );
  });

  it('are made of loaded ones and of those after them, where the lengths fit', () => {
    const hour = Date.UTC(2026, 0, 29, 12);
    const history = new MarketHistory(BTC, {
      barMs: 30 * MINUTE_MS,
      bars: [bar(hour - 60 * MINUTE_MS, 10), bar(hour - 30 * MINUTE_MS, 30), bar(hour, 20)],
    });
    expect(history.newestBar('1h')).toEqual(bar(hour, 20));
    told(history, { atMs: hour + 31 * MINUTE_MS, price: 5, lots: 2 });
    const hours = history.bars('1h', 0, EVER, 10);
    expect(hours.map(({ open, high, low, close, volume }) => [open, high, low, close, volume])).toEqual([
      [10, 30, 10, 30, 2],
      [20, 20, 5, 5, 3],
    ]);
    expect(history.newestBar('1h')).toEqual(hours[1]);
    expect(history.bars('15m', 0, EVER, 10)).toHaveLength(1);
    expect(history.bars('1m', 0, EVER, 10)).toHaveLength(1);
    expect(history.bars('30m', 0, EVER, 10)).toHaveLength(4);
  });

  it('of a length that loaded ones do not divide are made without them', () => {
    const history = new MarketHistory(BTC, {
      barMs: 240 * MINUTE_MS,
      bars: [bar(Date.UTC(2026, 0, 29), 10)],
    });
    expect(history.bars('6h', 0, EVER, 10)).toEqual([]);
    expect(history.bars('8h', 0, EVER, 10)).toHaveLength(1);
  });

  it('are none before the first price', () => {
    const history = new MarketHistory(BTC);
    expect(INTERVALS.flatMap((interval) => history.bars(interval, 0, EVER, 10))).toEqual([]);
    expect(history.newestBar('1M')).toBeNull();
  });
});

describe('the last day', () => {
  it('is what the bars of its minutes add up to, whenever it is asked for', () => {
    fc.assert(
      fc.property(walks, fc.nat(2 * DAY_MS), (prints, later) => {
        const history = new MarketHistory(BTC);
        const seen: Print[] = [];
        for (const print of prints) {
          told(history, print);
          seen.push(print);
          for (const nowMs of [print.atMs, print.atMs + later]) {
            const fromMs = Math.ceil((nowMs - DAY_MS) / MINUTE_MS) * MINUTE_MS;
            const within = seen.filter(({ atMs }) => atMs >= fromMs);
            const day = history.day(nowMs);
            if (within.length === 0) expect(day).toBeNull();
            else
              expect(day).toMatchObject({
                open: within[0]?.price,
                close: within.at(-1)?.price,
                high: Math.max(...within.map(({ price }) => price)),
                low: Math.min(...within.map(({ price }) => price)),
                volume: within.reduce((sum, one) => sum + one.lots, 0),
                closeAtMs: nowMs,
              });
          }
        }
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('is there from loaded minutes alone', () => {
    const atMs = Date.UTC(2026, 0, 29);
    const history = new MarketHistory(BTC, {
      barMs: MINUTE_MS,
      bars: [bar(atMs, 10), bar(atMs + MINUTE_MS, 12)],
    });
    expect(history.day(atMs + 5 * MINUTE_MS)).toMatchObject({ open: 10, close: 12, volume: 2, lastLots: 0 });
  });
});

describe('memory', () => {
  it('holds 20,000 minutes, 1,000 trades and 1,000 payments, and the newest of them', () => {
    const history = new MarketHistory(BTC);
    const startMs = Date.UTC(2026, 0, 1);
    for (let at = 0; at < 20_500; at += 1) {
      told(history, { atMs: startMs + at * MINUTE_MS, price: 100 + at, lots: 1 });
      history.paid({ atMs: startMs + at, rate: ppm(100) });
    }
    const bars = history.bars('1m', 0, EVER, 30_000);
    expect(bars).toHaveLength(20_000);
    expect(bars[0]?.open).toBe(600);
    expect(history.trades(5_000)).toHaveLength(1_000);
    expect(history.trades(1)[0]?.price).toBe(20_599);
    expect(history.funding()).toHaveLength(1_000);
    expect(history.funding().at(-1)?.atMs).toBe(startMs + 20_499);
  });
});
