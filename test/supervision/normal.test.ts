// The standard normal against published values.

import { describe, expect, it } from 'vitest';
import { normalCdf } from '../../src/supervision/normal.ts';

describe('normalCdf', () => {
  it.each([
    [-1, 0.15865525393145707],
    [0, 0.5],
    [1, 0.8413447460685429],
    [1.6448536269514722, 0.95],
    [1.959963984540054, 0.975],
    [3, 0.9986501019683699],
  ])('is the published share at %d', (z, share) => {
    expect(Math.abs(normalCdf(z) - share)).toBeLessThan(1e-14);
  });

  it('ends at 0 and 1', () => {
    expect([-40, Number.NEGATIVE_INFINITY].map(normalCdf)).toEqual([0, 0]);
    expect([40, Number.POSITIVE_INFINITY].map(normalCdf)).toEqual([1, 1]);
  });
});
