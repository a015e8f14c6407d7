// Holes in funding are found, whatever the interval of the exchange.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fundingHole } from '../../../src/adapters/prices/funding.ts';
import { HOUR_MS } from '../../../src/domain/time.ts';

const START_MS = Date.parse('2021-05-03T00:00:00Z');

describe('fundingHole', () => {
  const payments = (everyHours: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({ atMs: START_MS + i * everyHours * HOUR_MS, rate: 0 }));

  it.each([
    [1, 48],
    [4, 12],
    [8, 6],
    [24, 4],
  ])('finds none between payments every %i h', (everyHours, count) => {
    const rates = payments(everyHours, count);

    const hole = fundingHole(rates, START_MS, START_MS + everyHours * count * HOUR_MS);

    expect(hole).toBeNull();
  });

  it('ignores payments before the range and needs none after it', () => {
    const hole = fundingHole(payments(8, 6), START_MS + 24 * HOUR_MS, START_MS + 30 * HOUR_MS);

    expect(hole).toBeNull();
  });

  it('counts from the beginning of the range, however old the last payment is', () => {
    const hole = fundingHole(payments(8, 1), START_MS + 24 * HOUR_MS, START_MS + 30 * HOUR_MS);

    expect(hole).toBeNull();
  });

  it('finds every single payment that is taken out of a row of 8 h', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 18 }), (missing) => {
        const rates = payments(8, 20).filter((_, i) => i !== missing);

        expect(fundingHole(rates, START_MS, START_MS + 19 * 8 * HOUR_MS)).not.toBeNull();
      }),
    );
  });
});
