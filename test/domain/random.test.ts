// The demo's random streams: repeatable, independent by name, and with the moments that the market relies on.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Random, randomFrom } from '../../src/domain/random.ts';

const DRAWS = 20_000;

function drawn(count: number, draw: () => number): number[] {
  return Array.from({ length: count }, draw);
}

function moment(values: readonly number[], power: number): number {
  return values.reduce((sum, value) => sum + value ** power, 0) / values.length;
}

describe('randomFrom', () => {
  it('gives the same numbers for the same seed and name', () => {
    fc.assert(
      fc.property(fc.nat(), fc.string(), (seed, name) => {
        const numbers = (random: Random) => [random.uniform(), random.normal(), random.fatTailed()];

        expect(numbers(randomFrom(seed, name))).toEqual(numbers(randomFrom(seed, name)));
      }),
    );
  });

  it('gives other numbers for another name or another seed', () => {
    const first = drawn(3, randomFrom(1, 'market').uniform);

    expect(drawn(3, randomFrom(1, 'agent').uniform)).not.toEqual(first);
    expect(drawn(3, randomFrom(2, 'market').uniform)).not.toEqual(first);
  });

  it('draws uniform numbers from 0 up to 1', () => {
    const values = drawn(DRAWS, randomFrom(5, 'uniform').uniform);

    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(moment(values, 1)).toBeCloseTo(0.5, 1);
  });

  it('draws normal numbers of mean 0, variance 1 and kurtosis 3', () => {
    const values = drawn(DRAWS, randomFrom(5, 'normal').normal);

    expect(Math.abs(moment(values, 1))).toBeLessThan(0.03);
    expect(Math.abs(moment(values, 2) - 1)).toBeLessThan(0.05);
    expect(Math.abs(moment(values, 4) - 3)).toBeLessThan(0.3);
  });

  it('draws fat-tailed numbers of variance 1, far more extreme ones than normal, and none beyond 10', () => {
    const values = drawn(DRAWS, randomFrom(5, 'fat').fatTailed);

    expect(Math.abs(moment(values, 2) - 1)).toBeLessThan(0.1);
    expect(moment(values, 4)).toBeGreaterThan(5);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(10);
  });
});
