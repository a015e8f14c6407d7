// Conviction becomes whole leverage half to even, and nothing but margin depends on it.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exchangeLeverage } from '../../src/kernel/leverage.ts';

describe('exchangeLeverage', () => {
  it.each([
    [0.5, 1],
    [1, 1],
    [1.5, 2],
    [2.4999, 2],
    [2.5, 2],
    [2.5001, 3],
    [3.5, 4],
    [4.5, 4],
    [8, 8],
  ])('takes a conviction of %d as %d', (conviction, leverage) => {
    expect(exchangeLeverage(conviction, 20)).toBe(leverage);
  });

  it('goes no higher than the most that is allowed, and no lower than 1', () => {
    expect(exchangeLeverage(8, 3)).toBe(3);
    expect(exchangeLeverage(0.5, 3)).toBe(1);
    expect(exchangeLeverage(8, 1)).toBe(1);
  });

  it('is whole, within its bounds, and within a half of a conviction that is', () => {
    const conviction = fc.double({ min: 0.5, max: 8, noNaN: true });
    const property = fc.property(conviction, fc.integer({ min: 1, max: 125 }), (value, max) => {
      const leverage = exchangeLeverage(value, max);
      expect(Number.isSafeInteger(leverage)).toBe(true);
      expect(leverage).toBeGreaterThanOrEqual(1);
      expect(leverage).toBeLessThanOrEqual(max);
      if (value >= 1 && value <= max) expect(Math.abs(leverage - value)).toBeLessThanOrEqual(0.5);
    });
    fc.assert(property, { seed: 20261128, numRuns: 1_000 });
  });
});
