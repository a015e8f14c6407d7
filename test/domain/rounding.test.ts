// Rounding: to the nearest, away from zero in the middle, the same for gains and losses.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundBps, roundTo } from '../../src/domain/rounding.ts';

const amount = fc.double({ min: -1e9, max: 1e9, noNaN: true });
const digits = fc.integer({ min: 0, max: 6 });

describe('roundTo', () => {
  it.each([
    [2.5, 0, 3],
    [-2.5, 0, -3],
    [0.125, 2, 0.13],
    [-0.125, 2, -0.13],
    [1234.56785, 4, 1234.5679],
    [0, 4, 0],
  ])('rounds %d to %d decimals: %d', (value, places, expected) => {
    expect(roundTo(value, places)).toBe(expected);
  });

  it('never writes -0', () => {
    expect(Object.is(roundTo(-0.00001, 4), 0)).toBe(true);
    expect(Object.is(roundTo(-0, 4), 0)).toBe(true);
  });

  it('keeps what is not a number visible', () => {
    expect(roundTo(Number.NaN, 4)).toBeNaN();
  });

  it('treats gains and losses alike', () => {
    fc.assert(
      fc.property(amount, digits, (value, places) => {
        // `+ 0` turns the -0 of an expected zero into 0, as the function does.
        expect(roundTo(-value, places)).toBe(-roundTo(value, places) + 0);
      }),
    );
  });

  it('changes nothing that is rounded already', () => {
    fc.assert(
      fc.property(amount, digits, (value, places) => {
        const once = roundTo(value, places);

        expect(roundTo(once, places)).toBe(once);
      }),
    );
  });

  it('stays within half of the last digit', () => {
    fc.assert(
      fc.property(amount, digits, (value, places) => {
        const error = Math.abs(roundTo(value, places) - value);

        expect(error).toBeLessThanOrEqual(0.5 / 10 ** places + Math.abs(value) * 1e-15);
      }),
    );
  });

  it('keeps order', () => {
    fc.assert(
      fc.property(amount, amount, digits, (a, b, places) => {
        const [low, high] = a <= b ? [a, b] : [b, a];

        expect(roundTo(low, places)).toBeLessThanOrEqual(roundTo(high, places));
      }),
    );
  });
});

describe('roundBps', () => {
  it('keeps a ten-thousandth of a basis point', () => {
    expect(roundBps(12.345678)).toBe(12.3457);
  });
});
