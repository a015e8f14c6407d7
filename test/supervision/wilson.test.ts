// Wilson bounds against published values, and what must hold for any share.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wilsonLower, wilsonUpper } from '../../src/supervision/wilson.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const trials = fc.double({ min: 0.01, max: 1e6, noNaN: true });
const z = fc.double({ min: 0.1, max: 4, noNaN: true });

describe('the Wilson bounds', () => {
  it('are the published ones: 15 of 148, 0 of 20 and 1 of 29 at 95 % two-sided', () => {
    const z95 = 1.959963984540054;
    const bounds = (hits: number, n: number) => [
      wilsonLower(hits / n, n, z95),
      wilsonUpper(hits / n, n, z95),
    ];
    const rounded = [bounds(15, 148), bounds(0, 20), bounds(1, 29)].map((pair) =>
      pair.map((x) => x.toFixed(4)),
    );
    expect(rounded).toEqual([
      ['0.0624', '0.1605'],
      ['0.0000', '0.1611'],
      ['0.0061', '0.1718'],
    ]);
  });

  it('solve the equation they are defined by', () => {
    fc.assert(
      fc.property(share, fc.double({ min: 1, max: 1e4, noNaN: true }), z, (seen, n, quantile) => {
        for (const bound of [wilsonLower(seen, n, quantile), wilsonUpper(seen, n, quantile)]) {
          const distance = Math.abs(seen - bound);
          const allowed = quantile * Math.sqrt((bound * (1 - bound)) / n);
          expect(Math.abs(distance - allowed)).toBeLessThan(1e-7);
        }
      }),
    );
  });

  it('lie in [0, 1] around what was seen, and mirror each other', () => {
    fc.assert(
      fc.property(share, trials, z, (seen, n, quantile) => {
        const [low, high] = [wilsonLower(seen, n, quantile), wilsonUpper(seen, n, quantile)];
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(seen + 1e-12);
        expect(high).toBeGreaterThanOrEqual(seen - 1e-12);
        expect(wilsonUpper(1 - seen, n, quantile)).toBeCloseTo(1 - low, 9);
      }),
    );
  });

  it('refuse no trials', () => {
    expect(() => wilsonLower(0, 0, 1)).toThrow('no share of 0 in 0 trials');
  });
});
