// What a network source sends becomes columns only where every wanted bar is closed, sane and the same on every page.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barMsOf, closedBars, openRange, type SentBar } from '../../../src/adapters/prices/closed-bars.ts';
import { HOUR_MS } from '../../../src/domain/time.ts';

const START_MS = Date.parse('2021-05-01T00:00:00Z');
const range = {
  barMs: HOUR_MS,
  fromMs: START_MS,
  toMs: START_MS + 5 * HOUR_MS,
  askedAtMs: START_MS + 100 * HOUR_MS,
};
const bar = (hour: number, close: unknown = 100 + hour): SentBar => ({
  openAtMs: START_MS + hour * HOUR_MS,
  prices: [100, 200, 50, close],
});

describe('openRange', () => {
  it('spans the bars that close within the range, ends included', () => {
    expect(openRange(range)).toEqual({ firstMs: START_MS - HOUR_MS, lastMs: START_MS + 4 * HOUR_MS });
  });

  it('begins with the first bar that closes at or after the beginning', () => {
    const asked = openRange({ ...range, fromMs: START_MS + 1 });

    expect(asked.firstMs).toBe(START_MS);
  });

  it('ends before the bar that was open when it was asked for', () => {
    const asked = openRange({ ...range, askedAtMs: START_MS + 2.5 * HOUR_MS });

    expect(asked.lastMs).toBe(START_MS + HOUR_MS);
  });
});

describe('closedBars', () => {
  it('keeps wanted bars in order of time, once', () => {
    const bars = closedBars([bar(3), bar(1), bar(3), bar(9), bar(-2)], range);

    if (!bars.ok) throw new Error(bars.error);
    expect([...bars.value.closeAtMs]).toEqual([START_MS + 2 * HOUR_MS, START_MS + 4 * HOUR_MS]);
    expect([...bars.value.close]).toEqual([101, 103]);
  });

  it('leaves the open bar out even where its price is still moving between pages', () => {
    const open = { ...range, askedAtMs: START_MS + 2.5 * HOUR_MS };

    const bars = closedBars([bar(1), bar(2, 1), bar(2, 2)], open);

    expect(bars.ok && [...bars.value.close]).toEqual([101]);
  });

  it('refuses a closed bar that changed between two pages', () => {
    const bars = closedBars([bar(1, 100), bar(1, 101)], range);

    expect(bars).toMatchObject({ ok: false, error: expect.stringContaining('changed between two pages') });
  });

  it.each([Number.NaN, 0, -1, Number.POSITIVE_INFINITY, null, '101'])('refuses a price of %s', (price) => {
    const bars = closedBars([bar(1), bar(2, price)], range);

    expect(bars).toMatchObject({ ok: false, error: expect.stringContaining('2021-05-01T02:00:00.000Z') });
  });

  it.each([START_MS + 1, START_MS / 1000 + 0.5, undefined, Number.NaN])(
    'refuses an opening at %s',
    (openAtMs) => {
      const bars = closedBars([{ openAtMs, prices: [1, 1, 1, 1] }], range);

      expect(bars).toMatchObject({ ok: false, error: expect.stringContaining('expected a multiple') });
    },
  );

  it('does not depend on the order or the number of pages', () => {
    const hours = fc.array(fc.integer({ min: -3, max: 8 }), { maxLength: 30 });

    fc.assert(
      fc.property(hours, (anyHours) => {
        const sent = anyHours.map((hour) => bar(hour));
        const once = closedBars(sent, range);
        const again = closedBars([...sent.toReversed(), ...sent], range);

        expect(again).toEqual(once);
      }),
    );
  });
});

describe('barMsOf', () => {
  it('knows the timeframes of the configuration and no other', () => {
    const found = ['1m', '5m', '15m', '30m', '1h', '1d', 'toString'].map(barMsOf);

    expect(found).toEqual([60_000, 300_000, 900_000, 1_800_000, HOUR_MS, null, null]);
  });
});
