// Steps: whole, in range, and nothing else becomes one.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../src/domain/assert.ts';
import { epochMs, lots, ppm, priceTicks, signedLots } from '../../src/domain/steps.ts';

const SEED = { seed: 20261128, numRuns: 500 };
const MAKERS = { priceTicks, lots, signedLots, ppm, epochMs };

describe.each(Object.entries(MAKERS))('%s', (_, make) => {
  it('takes the largest safe integer, and refuses what is above it', () => {
    expect(make(Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => make(Number.MAX_SAFE_INTEGER + 1)).toThrow(InvariantError);
  });

  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('refuses %d', (value) => {
    expect(() => make(value)).toThrow(InvariantError);
  });

  it('gives every positive safe integer back unchanged', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (value) => {
        expect(make(value)).toBe(value);
      }),
      SEED,
    );
  });
});

describe('the sign of a step', () => {
  it('is part of positions and shares', () => {
    expect(signedLots(-3)).toBe(-3);
    expect(ppm(-250)).toBe(-250);
  });

  it.each([
    ['a price of nothing', () => priceTicks(0)],
    ['a negative price', () => priceTicks(-1)],
    ['a negative quantity', () => lots(-1)],
    ['an instant before the epoch', () => epochMs(-1)],
  ])('refuses %s', (_, make) => {
    expect(make).toThrow(InvariantError);
  });

  it('lets a quantity be nothing', () => {
    expect(lots(0)).toBe(0);
  });
});
