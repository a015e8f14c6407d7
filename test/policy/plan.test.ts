// The size of an entry: what cannot be computed is refused with its name, and nothing is moved to a bound.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planEntry } from '../../src/policy/plan.ts';

const SOUND = { capitalUsdt: 25_000, fraction: 0.1, conviction: 2, price: 40_000, exitLegs: [1] };

describe('the plan of an entry', () => {
  it('is capital times fraction times conviction, over the price', () => {
    expect(planEntry({ ...SOUND, exitLegs: [0.5, 1] })).toEqual({
      ok: true,
      value: { size: 0.125, leverage: 2, exitLegRatios: [0.5, 1] },
    });
  });

  it.each([
    ['capital', { capitalUsdt: null }, 'capital is not known'],
    ['capital', { capitalUsdt: 0 }, 'capital=0, expected more than 0'],
    ['capital', { capitalUsdt: -1 }, 'capital=-1, expected more than 0'],
    ['capital', { capitalUsdt: Number.NaN }, 'capital=NaN, expected more than 0'],
    ['capital', { capitalUsdt: Number.POSITIVE_INFINITY }, 'capital=Infinity, expected more than 0'],
    ['price', { price: 9e-9 }, 'price=9e-9, expected at least 1e-8'],
    ['price', { price: Number.NaN }, 'price=NaN, expected at least 1e-8'],
    ['leverage', { conviction: 0.49 }, 'leverage=0.49, expected 0.5 to 8'],
    ['leverage', { conviction: 8.1 }, 'leverage=8.1, expected 0.5 to 8'],
    ['leverage', { conviction: Number.NaN }, 'leverage=NaN, expected 0.5 to 8'],
    ['size', { fraction: 0 }, 'size=0, expected more than 0'],
    ['size', { capitalUsdt: 1e304, price: 1e-8 }, 'size=Infinity, expected more than 0'],
  ])('refuses a %s that makes no sense', (_case, changes, error) => {
    expect(planEntry({ ...SOUND, ...changes })).toEqual({ ok: false, error });
  });

  it('takes the smallest price there is', () => {
    expect(planEntry({ ...SOUND, price: 1e-8 }).ok).toBe(true);
  });

  it('never comes to a size that is not finite or not above zero, from any figures', () => {
    const figure = fc.oneof(fc.double(), fc.double({ min: 0, max: 1e6, noNaN: true }));
    fc.assert(
      fc.property(figure, figure, figure, figure, (capitalUsdt, fraction, conviction, price) => {
        const plan = planEntry({ capitalUsdt, fraction, conviction, price, exitLegs: [1] });
        if (!plan.ok) return;
        expect(Number.isFinite(plan.value.size) && plan.value.size > 0).toBe(true);
        expect(plan.value.leverage).toBe(conviction);
      }),
    );
  });
});
