// Money: exact sums, one rounding, and texts that are read back as what was written.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../src/domain/assert.ts';
import {
  absolute,
  divideHalfEven,
  MONEY_SCALE,
  type Money,
  minus,
  money,
  moneyFrom,
  moneyText,
  NO_MONEY,
  negated,
  plus,
  shareOf,
} from '../../src/domain/money.ts';
import { ppm } from '../../src/domain/steps.ts';

const SEED = { seed: 20261128, numRuns: 1_000 };
const units = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n });
const amount = units.map(money);
const denominator = fc.bigInt({ min: 1n, max: 10n ** 12n });

describe('divideHalfEven', () => {
  it.each([
    [5n, 2n, 2n],
    [7n, 2n, 4n],
    [-5n, 2n, -2n],
    [-7n, 2n, -4n],
    [1n, 3n, 0n],
    [2n, 3n, 1n],
    [-2n, 3n, -1n],
    [1n, 2n, 0n],
    [-1n, 2n, 0n],
    [0n, 7n, 0n],
    [6n, 3n, 2n],
  ])('rounds %d / %d to %d', (numerator, divisor, expected) => {
    expect(divideHalfEven(numerator, divisor)).toBe(expected);
  });

  it('is never off by more than a half, and even where it is off by just that', () => {
    fc.assert(
      fc.property(units, denominator, (numerator, divisor) => {
        const quotient = divideHalfEven(numerator, divisor);
        const twice = 2n * absolute(money(numerator - quotient * divisor));
        expect(twice <= divisor).toBe(true);
        if (twice === divisor) expect(quotient % 2n).toBe(0n);
      }),
      SEED,
    );
  });

  it('favours neither sign', () => {
    fc.assert(
      fc.property(units, denominator, (numerator, divisor) => {
        expect(divideHalfEven(-numerator, divisor)).toBe(-divideHalfEven(numerator, divisor));
      }),
      SEED,
    );
  });

  it.each([0n, -1n])('refuses to divide by %d', (divisor) => {
    expect(() => divideHalfEven(1n, divisor)).toThrow(InvariantError);
  });
});

describe('sums', () => {
  it('undo each other exactly', () => {
    fc.assert(
      fc.property(amount, amount, (a, b) => {
        expect(minus(plus(a, b), b)).toBe(a);
        expect(plus(a, negated(a))).toBe(NO_MONEY);
        expect(absolute(a)).toBe(absolute(negated(a)));
      }),
      SEED,
    );
  });

  it('of the shares of an amount come to it within one unit', () => {
    fc.assert(
      fc.property(amount, fc.integer({ min: 0, max: 1_000_000 }), (a, share) => {
        const parts = plus(shareOf(a, ppm(share)), shareOf(a, ppm(1_000_000 - share)));
        expect(absolute(minus(parts, a)) <= 1n).toBe(true);
      }),
      SEED,
    );
  });
});

describe('moneyFrom', () => {
  it.each([
    ['5', 5n * MONEY_SCALE],
    ['-12.34', -1_234_000_000n],
    ['0.00000001', 1n],
    ['-0', 0n],
    [' 1.5 ', 150_000_000n],
    ['007.50', 750_000_000n],
    ['0.000000005', 0n],
    ['0.000000015', 2n],
    ['-0.000000015', -2n],
    ['0.0000000149', 1n],
  ])('reads %s', (text, expected) => {
    expect(moneyFrom(text)).toEqual({ ok: true, value: expected });
  });

  it.each(['', 'NaN', '1e5', '1,000', '.5', '5.', '+1', '--1', '1.2.3', 'Infinity', '0x10', '1 2', '\u0661'])(
    'refuses "%s", and says what it expected',
    (text) => {
      expect(moneyFrom(text)).toMatchObject({
        ok: false,
        error: expect.stringContaining('expected a decimal'),
      });
    },
  );

  it('does not repeat a text of any length', () => {
    const read = moneyFrom('x'.repeat(10_000));
    expect(read.ok ? '' : read.error.length).toBeLessThan(120);
  });

  it('reads back every text of moneyText, which is the shortest', () => {
    fc.assert(
      fc.property(amount, (a: Money) => {
        const text = moneyText(a);
        expect(moneyFrom(text)).toEqual({ ok: true, value: a });
        expect(text).not.toMatch(/\.\d*0$|\.$|^-0$/);
      }),
      SEED,
    );
  });
});
