// Rank correlation: blind to any increasing change of scale, fair to ties, and silent where one side says nothing.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankCorrelation } from '../../src/supervision/rank.ts';

const golden: { rows: { score_final: number; direction: string }[]; spearman_of_score_and_side: number } =
  JSON.parse(readFileSync(new URL('../fixtures/ridge/golden.json', import.meta.url), 'utf8'));

describe('rankCorrelation', () => {
  it("equals scipy's spearmanr where one side is nothing but ties", () => {
    const scores = Float64Array.from(golden.rows, (row) => row.score_final);
    const sides = Float64Array.from(golden.rows, (row) => (row.direction === 'LONG' ? 1 : -1));

    expect(rankCorrelation(scores, sides)).toBeCloseTo(golden.spearman_of_score_and_side, 12);
  });

  it('is 1 for any increasing relation and -1 for any decreasing one', () => {
    const values = fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(values, (integers) => {
        const x = Float64Array.from(integers);

        expect(
          rankCorrelation(
            x,
            x.map((value) => value ** 3),
          ),
        ).toBeCloseTo(1, 12);
        expect(
          rankCorrelation(
            x,
            x.map((value) => -Math.atan(value)),
          ),
        ).toBeCloseTo(-1, 12);
      }),
    );
  });

  it.each([
    { what: 'one side is constant', one: [1, 2, 3], other: [5, 5, 5] },
    { what: 'there is one pair', one: [1], other: [2] },
    { what: 'there is none', one: [], other: [] },
  ])('is unknown where $what', ({ one, other }) => {
    expect(rankCorrelation(Float64Array.from(one), Float64Array.from(other))).toBeNull();
  });
});
