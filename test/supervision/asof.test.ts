// Prices as of an instant: never a bar that had not closed, never one too old, and no guess where nothing is known yet.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../src/domain/assert.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/domain/time.ts';
import { crossesSuspect, lastIndexAtOrBefore, priceAt } from '../../src/supervision/asof.ts';
import { aSeries, someSessions, T0 } from '../builders.ts';

const TWO_BARS = 2 * HOUR_MS;

describe('priceAt', () => {
  it('takes the close of the bar that closes exactly then', () => {
    const series = aSeries({ closes: [100, 101, 102] });

    const price = priceAt(series, T0 + HOUR_MS, TWO_BARS);

    expect(price).toEqual({ kind: 'price', price: 101, barCloseMs: T0 + HOUR_MS, staleMs: 0 });
  });

  it('never takes the bar that contains the instant', () => {
    const series = aSeries({ closes: [100, 101, 102] });

    const price = priceAt(series, T0 + 2 * HOUR_MS - 1, TWO_BARS);

    expect(price).toEqual({
      kind: 'price',
      price: 101,
      barCloseMs: T0 + HOUR_MS,
      staleMs: HOUR_MS - 1,
    });
  });

  it('waits while no bar has closed at or after the instant', () => {
    const series = aSeries({ closes: [100, 101] });

    expect(priceAt(series, T0 + HOUR_MS, TWO_BARS).kind).toBe('price');
    expect(priceAt(series, T0 + HOUR_MS + 1, TWO_BARS)).toEqual({ kind: 'not_yet' });
    expect(priceAt(aSeries({ closes: [] }), T0, TWO_BARS)).toEqual({ kind: 'not_yet' });
  });

  it('says that prices are missing before the first bar has closed', () => {
    const series = aSeries({ closes: [100, 101] });

    expect(priceAt(series, T0 - 1, TWO_BARS)).toEqual({ kind: 'missing' });
    expect(priceAt(series, T0, TWO_BARS).kind).toBe('price');
  });

  it('takes a close that is exactly as old as allowed, and none that is a millisecond older', () => {
    const series = aSeries({ closes: [100, null, null, null, 104] });

    expect(priceAt(series, T0 + TWO_BARS, TWO_BARS)).toMatchObject({ kind: 'price', staleMs: TWO_BARS });
    expect(priceAt(series, T0 + TWO_BARS + 1, TWO_BARS)).toEqual({ kind: 'stale', staleMs: TWO_BARS + 1 });
  });

  it('does not age a price over a weekend', () => {
    const sessions = someSessions(14);
    const fridayCloseMs = T0 + 4 * 24 * HOUR_MS + 21 * HOUR_MS;
    const mondayOpenMs = T0 + 7 * 24 * HOUR_MS + 14.5 * HOUR_MS;
    const closeAtMs = Float64Array.of(fridayCloseMs, mondayOpenMs + 5 * HOUR_MS);
    const series = aSeries({}, { sessions, closeAtMs, close: Float64Array.of(100, 200) });

    const atMs = mondayOpenMs + 30 * MINUTE_MS;

    expect(priceAt(series, atMs, TWO_BARS)).toMatchObject({ kind: 'price', staleMs: 30 * MINUTE_MS });
    expect(priceAt(series, mondayOpenMs + TWO_BARS, TWO_BARS).kind).toBe('price');
    expect(priceAt(series, mondayOpenMs + TWO_BARS + 1, TWO_BARS).kind).toBe('stale');
    expect(priceAt({ ...series, sessions: null }, atMs, TWO_BARS).kind).toBe('stale');
  });

  it('is not changed by bars that close after the instant, once there is one', () => {
    const closes = fc.array(fc.option(fc.integer({ min: 1, max: 1000 }), { freq: 4 }), {
      minLength: 2,
      maxLength: 40,
    });

    fc.assert(
      fc.property(
        closes,
        fc.nat({ max: 40 * 60 }),
        fc.integer({ min: 1, max: 9 }),
        (known, minutes, later) => {
          const atMs = T0 + minutes * MINUTE_MS;
          const before = priceAt(aSeries({ closes: known }), atMs, TWO_BARS);
          const after = priceAt(aSeries({ closes: [...known, later, later] }), atMs, TWO_BARS);

          if (before.kind !== 'not_yet') expect(after).toEqual(before);
        },
      ),
    );
  });
});

it.each([0, -5, Number.NaN, Number.POSITIVE_INFINITY])('takes the price %d as our own defect', (close) => {
  expect(() => priceAt(aSeries({ closes: [close] }), T0, TWO_BARS)).toThrow(InvariantError);
});

describe('lastIndexAtOrBefore', () => {
  it('agrees with looking at every element', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -50, max: 50 })),
        fc.integer({ min: -60, max: 60 }),
        (list, at) => {
          const ascending = list.toSorted((a, b) => a - b);

          expect(lastIndexAtOrBefore(ascending, at)).toBe(ascending.findLastIndex((each) => each <= at));
        },
      ),
    );
  });
});

describe('crossesSuspect', () => {
  const suspects = [
    { fromMs: T0 + 2 * HOUR_MS, toMs: T0 + 3 * HOUR_MS, reason: 'corporate_action' as const },
  ];
  const series = aSeries({}, { suspects });

  it.each([
    { from: 0, to: 2, crosses: false },
    { from: 0, to: 3, crosses: true },
    { from: 2, to: 3, crosses: true },
    { from: 3, to: 5, crosses: false },
    { from: 0, to: 9, crosses: true },
  ])('says $crosses for a position from bar $from to bar $to around the jump from 2 to 3', (row) => {
    const crosses = crossesSuspect(series, T0 + row.from * HOUR_MS, T0 + row.to * HOUR_MS);

    expect(crosses).toBe(row.crosses);
  });
});
