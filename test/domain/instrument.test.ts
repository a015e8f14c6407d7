// Instruments: steps are read and written exactly, and what lots cost is a product of integers.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../src/domain/assert.ts';
import type { SymbolName } from '../../src/domain/ids.ts';
import {
  averagePriceOf,
  type Instrument,
  quoteOf,
  type Step,
  signedQuoteOf,
  stepOf,
  stepsFrom,
  stepsFromText,
  stepsText,
} from '../../src/domain/instrument.ts';
import { money, moneyText, plus } from '../../src/domain/money.ts';
import { type Lots, lots, type Ppm, priceTicks, signedLots } from '../../src/domain/steps.ts';

const SEED = { seed: 20261128, numRuns: 1_000 };

function instrument(tick: string, lot: string): Instrument {
  return {
    symbol: 'FET-USDT' as SymbolName,
    tick: stepOf(tick),
    lot: stepOf(lot),
    minLots: lots(1),
    minNotional: money(0n),
    makerFeePpm: 200 as Ppm,
    takerFeePpm: 500 as Ppm,
    maxLeverage: 50,
  };
}

const step: fc.Arbitrary<Step> = fc.record({
  units: fc.constantFrom(1, 2, 5, 25),
  decimals: fc.integer({ min: 0, max: 8 }),
});
const count = fc.integer({ min: 1, max: 10_000_000 });

describe('stepOf', () => {
  it.each([
    ['0.001', { units: 1, decimals: 3 }],
    ['0.05', { units: 5, decimals: 2 }],
    ['1', { units: 1, decimals: 0 }],
    ['10', { units: 10, decimals: 0 }],
    ['0.5000', { units: 5, decimals: 1 }],
    ['0.00000001', { units: 1, decimals: 8 }],
  ])('reads %s', (text, expected) => {
    expect(stepOf(text)).toEqual(expected);
  });

  it.each(['', '0', '0.000', '-0.1', '1e-3', 'abc', '0.0000000000001', '99999999999999999999'])(
    'refuses "%s"',
    (text) => {
      expect(() => stepOf(text)).toThrow(InvariantError);
    },
  );
});

describe('quoteOf', () => {
  it.each([
    ['0.0001', '1', 26_007, 2_290, '5955.603'],
    ['0.1', '0.001', 50, 10_000, '50'],
    ['0.00000001', '0.00000001', 50_000_000, 1, '0'],
    ['0.00000001', '0.00000001', 150_000_000, 1, '0.00000002'],
    ['0.05', '0.5', 3, 7, '0.525'],
  ])('with ticks of %s and lots of %s, %d lots at %d ticks cost %s', (tick, lot, quantity, price, text) => {
    expect(moneyText(quoteOf(instrument(tick, lot), lots(quantity), priceTicks(price)))).toBe(text);
  });

  it('adds up exactly wherever the steps are no finer than money', () => {
    fc.assert(
      fc.property(count, count, count, (a, b, price) => {
        const fet = instrument('0.0001', '0.001');
        const apart = plus(
          quoteOf(fet, lots(a), priceTicks(price)),
          quoteOf(fet, lots(b), priceTicks(price)),
        );
        expect(quoteOf(fet, lots(a + b), priceTicks(price))).toBe(apart);
      }),
      SEED,
    );
  });

  it('scales with the tick: ten times coarser, ten times as much', () => {
    fc.assert(
      fc.property(count, count, (quantity, price) => {
        const fine = quoteOf(instrument('0.001', '0.01'), lots(quantity), priceTicks(price));
        const coarse = quoteOf(instrument('0.01', '0.01'), lots(quantity), priceTicks(price));
        expect(coarse).toBe(fine * 10n);
      }),
      SEED,
    );
  });

  it('is exact far above what a float holds', () => {
    const huge = quoteOf(
      instrument('1', '1'),
      9_007_199_254_740_991 as Lots,
      priceTicks(9_007_199_254_740_991),
    );
    expect(moneyText(huge)).toBe((9_007_199_254_740_991n ** 2n).toString());
  });
});

describe('signedQuoteOf', () => {
  it('is the quote for a long, its negative for a short, and nothing for nothing', () => {
    const fet = instrument('0.0001', '1');
    const quote = quoteOf(fet, lots(7), priceTicks(1_234));
    expect(signedQuoteOf(fet, signedLots(7), priceTicks(1_234))).toBe(quote);
    expect(signedQuoteOf(fet, signedLots(-7), priceTicks(1_234))).toBe(-quote);
    expect(signedQuoteOf(fet, signedLots(0), priceTicks(1_234))).toBe(0n);
  });
});

describe('averagePriceOf', () => {
  it.each([
    ['0.001', 50, 50_00000000n, 1000_00000000n],
    ['0.05', 3, 1_00000000n, 6_66666667n],
    ['1', 2, 5n, 2n],
    ['1', 2, 7n, 4n],
  ])('with lots of %s, %d of them for %d are %d each, half even', (lot, held, quote, price) => {
    expect(averagePriceOf(instrument('0.0001', lot), money(quote), held)).toBe(price);
  });
});

describe('stepsFrom', () => {
  const cent = stepOf('0.01');

  it.each([
    [0.29, 'down', 29],
    [0.57, 'down', 57],
    [1.005, 'down', 100],
    [1.005, 'up', 101],
    [1.006, 'nearest', 101],
    [-1.005, 'down', -101],
    [0, 'up', 0],
  ] as const)('takes %d %s: %d', (value, rounding, expected) => {
    expect(stepsFrom(cent, value, rounding)).toEqual({ ok: true, value: expected });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300])('refuses %d', (value) => {
    expect(stepsFrom(cent, value, 'down')).toMatchObject({ ok: false });
  });

  it('finds every number of steps again in the float of its text, whichever way it rounds', () => {
    fc.assert(
      fc.property(step, count, fc.constantFrom('down', 'up', 'nearest'), (one, steps, rounding) => {
        expect(stepsFrom(one, Number(stepsText(one, steps)), rounding)).toEqual({ ok: true, value: steps });
      }),
      SEED,
    );
  });
});

describe('stepsFromText', () => {
  it.each([
    ['0.05', '1.25', 25],
    ['0.05', '-1.25', -25],
    ['0.001', '12.5', 12_500],
    ['0.1', '7.000', 70],
    ['10', '120', 12],
  ])('in steps of %s, %s is %d', (size, text, expected) => {
    expect(stepsFromText(stepOf(size), text)).toEqual({ ok: true, value: expected });
  });

  it.each([
    ['0.05', '1.26', 'no multiple'],
    ['0.01', '1.001', 'finer than the step 0.01'],
    ['10', '125', 'no multiple of 10'],
    ['0.01', 'abc', 'no decimal'],
    ['0.01', '1e3', 'no decimal'],
    ['0.01', '', 'no decimal'],
    ['0.00000001', '99999999999', 'too large'],
  ])('in steps of %s, refuses %s: %s', (size, text, problem) => {
    expect(stepsFromText(stepOf(size), text)).toMatchObject({
      ok: false,
      error: expect.stringContaining(problem),
    });
  });

  it('reads back every text of stepsText', () => {
    fc.assert(
      fc.property(step, fc.integer({ min: -10_000_000, max: 10_000_000 }), (one, steps) => {
        expect(stepsFromText(one, stepsText(one, steps))).toEqual({ ok: true, value: steps });
      }),
      SEED,
    );
  });
});

describe('stepsText', () => {
  it.each([
    ['0.1', 12_345, '1234.5'],
    ['0.05', 25, '1.25'],
    ['0.001', -1, '-0.001'],
    ['0.01', 100, '1'],
    ['5', 3, '15'],
    ['0.01', 0, '0'],
  ])('in steps of %s, %d is %s', (size, steps, text) => {
    expect(stepsText(stepOf(size), steps)).toBe(text);
  });
});
