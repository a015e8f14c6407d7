// Market periods: the spread of a mean between them, by hand and against the plain formula, and how many spans rows fill.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/domain/time.ts';
import { periodSpread, spansWith, type WeightedValue } from '../../src/supervision/market-periods.ts';

function valueAt(exitMs: number, value: number, weight = 1): WeightedValue {
  return { exitMs, value, weight };
}

describe('periodSpread', () => {
  it('is what the formula gives by hand', () => {
    const values = [
      valueAt(0, 1),
      valueAt(DAY_MS, 3),
      valueAt(2 * DAY_MS, 2, 0.5),
      valueAt(4 * DAY_MS, 8, 0.5),
    ];
    // sum w = 3, mean 3; residuals -2, -0.5 and 2.5 in three periods: 3 / 2 * (4 + 0.25 + 6.25) / 9
    expect(periodSpread(values, 24)).toEqual({ periods: 3, variance: 1.75 });
  });

  it('is the plain variance of the mean where every row has a period of its own', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 60 }), (numbers) => {
        const n = numbers.length;
        const mean = numbers.reduce((sum, each) => sum + each, 0) / n;
        const squares = numbers.reduce((sum, each) => sum + (each - mean) ** 2, 0);
        const { periods, variance } = periodSpread(
          numbers.map((each, index) => valueAt(index * 2 * DAY_MS, each)),
          24,
        );
        expect(periods).toBe(n);
        expect(variance).toBeCloseTo(squares / (n - 1) / n, 9);
      }),
    );
  });

  it('does not shrink where rows are repeated within their period, and does not depend on their order', () => {
    const anyValues = fc.array(
      fc.record({
        exitMs: fc.integer({ min: 0, max: 40 * 24 }).map((hour) => hour * HOUR_MS),
        value: fc.integer({ min: -9, max: 9 }),
        weight: fc.constantFrom(0.25, 0.5, 1),
      }),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(anyValues, fc.integer({ min: 1, max: 6 }), (values, copies) => {
        const repeated = values.flatMap((each) => new Array<WeightedValue>(copies).fill(each)).reverse();
        const [once, often] = [periodSpread(values, 24), periodSpread(repeated, 24)];
        expect(often.periods).toBe(once.periods);
        if (once.variance === null) expect(often.variance).toBeNull();
        else expect(often.variance).toBeCloseTo(once.variance, 9);
      }),
    );
  });

  it('is unknown for less than two periods', () => {
    expect(periodSpread([], 24)).toEqual({ periods: 0, variance: null });
    expect(periodSpread([valueAt(0, 1), valueAt(DAY_MS, 2)], 24)).toEqual({ periods: 1, variance: null });
  });
});

describe('spansWith', () => {
  it('counts the spans of one horizon that hold an exit', () => {
    const exits = [0, 23, 24, 95].map((hour) => ({ exitMs: hour * HOUR_MS }));
    expect(spansWith(exits, 24)).toBe(3);
    expect(spansWith(exits, 4)).toBe(4);
    expect(spansWith([], 24)).toBe(0);
  });
});
