// The picker: the straightest way that agrees with the entry wins, and where there is none, nothing is picked.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { directionalEfficiency, pick } from '../../src/policy/picker.ts';
import type { PriceHistory } from '../../src/policy/price-history.ts';

const SETTINGS = { lookback: 4, universe_min: 1, min_score: 0 };
const nobody = (): boolean => false;

function historyOf(all: Readonly<Record<string, readonly number[]>>): PriceHistory {
  return Object.fromEntries(Object.entries(all).map(([key, prices]) => [key, { prices, sampledAtMs: 0 }]));
}

const STRAIGHT_DOWN = [100, 99, 98, 97];
const CROOKED_DOWN = [100, 99, 100, 97];
const UP = [100, 101, 102, 103];

describe('directional efficiency', () => {
  it('is one for a straight way, its negative for the other side, and zero where nothing moved', () => {
    expect(directionalEfficiency(STRAIGHT_DOWN, 'SHORT')).toBe(1);
    expect(directionalEfficiency(STRAIGHT_DOWN, 'LONG')).toBe(-1);
    expect(directionalEfficiency([5, 5, 5], 'LONG')).toBe(0);
    expect(directionalEfficiency([], 'LONG')).toBe(0);
  });

  it('is the net move over the path', () => {
    const path = 2 * Math.log(100 / 99) + Math.log(100 / 97);
    expect(directionalEfficiency(CROOKED_DOWN, 'SHORT')).toBeCloseTo(Math.log(100 / 97) / path, 8);
  });

  it('is within one, and the same at ten times the prices, and mirrored by the other side', () => {
    const prices = fc.array(fc.integer({ min: 1, max: 1e6 }), { maxLength: 60 });
    fc.assert(
      fc.property(prices, (all) => {
        const short = directionalEfficiency(all, 'SHORT');
        expect(Math.abs(short)).toBeLessThanOrEqual(1);
        expect(directionalEfficiency(all, 'LONG')).toBeCloseTo(-short, 6);
        const tenfold = all.map((price) => price * 10);
        expect(directionalEfficiency(tenfold, 'SHORT')).toBeCloseTo(short, 6);
      }),
    );
  });
});

describe('the picker', () => {
  it('picks the straightest way of the side', () => {
    const history = historyOf({ A: CROOKED_DOWN, B: STRAIGHT_DOWN, C: UP });
    expect(pick(history, ['A', 'B', 'C'], 'SHORT', SETTINGS, nobody)).toEqual({
      ok: true,
      value: { key: 'B', score: 1 },
    });
    expect(pick(history, ['A', 'B', 'C'], 'LONG', SETTINGS, nobody)).toMatchObject({ value: { key: 'C' } });
  });

  it('picks the first by name of equals, whatever the order they come in', () => {
    const history = historyOf({ B: STRAIGHT_DOWN, A: STRAIGHT_DOWN });
    for (const keys of [
      ['A', 'B'],
      ['B', 'A'],
    ])
      expect(pick(history, keys, 'SHORT', SETTINGS, nobody)).toMatchObject({ value: { key: 'A' } });
  });

  it('takes the next one where a slot holds the best', () => {
    const history = historyOf({ A: CROOKED_DOWN, B: STRAIGHT_DOWN });
    expect(pick(history, ['A', 'B'], 'SHORT', SETTINGS, (key) => key === 'B')).toMatchObject({
      value: { key: 'A' },
    });
  });

  it('looks at the lookback alone', () => {
    const history = historyOf({ A: [1, ...STRAIGHT_DOWN] });
    expect(pick(history, ['A'], 'SHORT', SETTINGS, nobody)).toMatchObject({ value: { key: 'A', score: 1 } });
  });

  it('has nothing to fall back on where nothing goes the way of the entry', () => {
    const history = historyOf({ A: UP, B: [5, 5, 5, 5] });
    expect(pick(history, ['A', 'B'], 'SHORT', SETTINGS, nobody)).toEqual({
      ok: false,
      error: 'none of 2 assets goes the way of a SHORT',
    });
  });

  it('is cold before the lookback, and before enough assets are warm', () => {
    const history = historyOf({ A: [100, 99, 98], B: STRAIGHT_DOWN });
    expect(pick(history, ['A'], 'SHORT', SETTINGS, nobody)).toEqual({
      ok: false,
      error: '0 of 1 assets have prices of 4 scans, 1 have to',
    });
    const two = { ...SETTINGS, universe_min: 2 };
    expect(pick(history, ['A', 'B'], 'SHORT', two, nobody)).toEqual({
      ok: false,
      error: '1 of 2 assets have prices of 4 scans, 2 have to',
    });
  });

  it('takes only scores that reach the least one', () => {
    const history = historyOf({ A: CROOKED_DOWN });
    const score = directionalEfficiency(CROOKED_DOWN, 'SHORT');
    const pickedAt = (min: number): boolean =>
      pick(history, ['A'], 'SHORT', { ...SETTINGS, min_score: min }, nobody).ok;
    expect(pickedAt(score)).toBe(true);
    expect(pickedAt(score + 1e-6)).toBe(false);
  });

  it('takes no asset that the scan has no price of', () => {
    expect(pick(historyOf({ A: STRAIGHT_DOWN }), [], 'SHORT', SETTINGS, nobody).ok).toBe(false);
  });
});
