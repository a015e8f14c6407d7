// Direction confirmation: a move against the entry contradicts it, one its way or none does not.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confirmationOf } from '../../src/policy/confirmation.ts';

const SETTINGS = { lookback: 7, threshold_bps: 0.75 };

function pricesMoved(bps: number): readonly number[] {
  return [1, 40_000, 1, 1, 1, 1, 1, 1, 40_000 * (1 + bps / 1e4)];
}

describe('direction confirmation', () => {
  it.each([
    ['a rise contradicts a SHORT', 'SHORT', 0.76, true],
    ['a rise by the threshold itself does not', 'SHORT', 0.75, false],
    ['a fall confirms a SHORT', 'SHORT', -5, false],
    ['a fall contradicts a LONG', 'LONG', -0.76, true],
    ['a fall by the threshold itself does not', 'LONG', -0.75, false],
    ['a rise confirms a LONG', 'LONG', 5, false],
  ] as const)('%s', (_case, side, bps, isContradicted) => {
    expect(confirmationOf(pricesMoved(bps), side, SETTINGS)).toEqual({ isContradicted, moveBps: bps });
  });

  it('is neutral while too little is known', () => {
    const neutral = { isContradicted: false, moveBps: null };
    expect(confirmationOf([], 'SHORT', SETTINGS)).toEqual(neutral);
    expect(confirmationOf([1, 2, 3, 4, 5, 6, 7], 'SHORT', SETTINGS)).toEqual(neutral);
    expect(confirmationOf([1, 2, 3, 4, 5, 6, 7, 8], 'SHORT', SETTINGS).isContradicted).toBe(true);
  });

  it('never contradicts both sides, and says the same at ten times the prices', () => {
    const prices = fc.array(fc.integer({ min: 1, max: 1e9 }), { minLength: 8, maxLength: 10 });
    fc.assert(
      fc.property(prices, (all) => {
        const short = confirmationOf(all, 'SHORT', SETTINGS);
        const long = confirmationOf(all, 'LONG', SETTINGS);
        expect(short.isContradicted && long.isContradicted).toBe(false);
        const tenfold = all.map((price) => price * 10);
        expect(confirmationOf(tenfold, 'SHORT', SETTINGS)).toEqual(short);
        expect(confirmationOf(tenfold, 'LONG', SETTINGS)).toEqual(long);
      }),
    );
  });
});
