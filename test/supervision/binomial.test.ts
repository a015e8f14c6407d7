// The lower tail of the binomial: published values, and the sum of its terms.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialLowerTail } from '../../src/supervision/binomial.ts';

/** The sum of the terms, each from the one before. */
function summed(successes: number, n: number, p: number): number {
  let term = (1 - p) ** n;
  let sum = term;
  for (let k = 1; k <= successes; k += 1) {
    term *= ((n - k + 1) / k) * (p / (1 - p));
    sum += term;
  }
  return sum;
}

describe('binomialLowerTail', () => {
  // Published tables of the cumulative binomial, four digits.
  it.each([
    [2, 10, 0.5, 0.0547],
    [3, 10, 0.3, 0.6496],
    [5, 20, 0.5, 0.0207],
    [0, 5, 0.1, 0.5905],
    [7, 15, 0.4, 0.7869],
  ])('of at most %d of %d at %f is the published %f', (successes, n, p, published) => {
    expect(binomialLowerTail(successes, n, p)).toBeCloseTo(published, 4);
  });

  it('is exact in the far tail', () => {
    expect(binomialLowerTail(0, 40, 0.5) * 2 ** 40).toBeCloseTo(1, 5);
    expect((binomialLowerTail(1, 40, 0.5) * 2 ** 40) / 41).toBeCloseTo(1, 5);
  });

  it('agrees with the sum of its terms', () => {
    const cases = fc
      .integer({ min: 1, max: 120 })
      .chain((n) =>
        fc.tuple(
          fc.constant(n),
          fc.integer({ min: 0, max: n - 1 }),
          fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        ),
      );
    fc.assert(
      fc.property(cases, ([n, successes, p]) => {
        const expected = summed(successes, n, p);
        expect(Math.abs(binomialLowerTail(successes, n, p) - expected)).toBeLessThan(1e-6 * expected + 1e-12);
      }),
    );
  });

  it('knows the certain cases', () => {
    expect(binomialLowerTail(40, 40, 0.5)).toBe(1);
    expect(binomialLowerTail(-1, 40, 0.5)).toBe(0);
    expect(binomialLowerTail(3, 40, 0)).toBe(1);
    expect(binomialLowerTail(39, 40, 1)).toBe(0);
  });
});
