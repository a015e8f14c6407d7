// Adjusted p-values: published examples, and what must hold for any set of them.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bhAdjusted } from '../../src/supervision/benjamini-hochberg.ts';

const pValue = fc.double({ min: 0, max: 1, noNaN: true });
const pValues = fc.array(pValue, { maxLength: 40 });

describe('bhAdjusted', () => {
  it('rejects the four hypotheses that the paper rejects at q = 0.05 of its fifteen', () => {
    const paper = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
      0.759, 1,
    ];
    const adjusted = bhAdjusted(paper);
    expect(adjusted.filter((q) => q <= 0.05)).toHaveLength(4);
    expect(adjusted[0]).toBeCloseTo(0.0015, 12);
    expect(adjusted[3]).toBeCloseTo(0.035625, 12);
    expect(adjusted[14]).toBe(1);
  });

  it('keeps the order of its input, and gives equal p-values the same adjusted value', () => {
    const adjusted = bhAdjusted([0.04, 0.01, 0.04, 0.01]);
    expect(adjusted).toEqual([0.04, 0.02, 0.04, 0.02]);
  });

  it('takes over the smaller adjusted value of a larger p-value', () => {
    expect(bhAdjusted([0.03, 0.031])).toEqual([0.031, 0.031]);
  });

  it('changes nothing about a single p-value, and has nothing to say without any', () => {
    expect(bhAdjusted([0.2])).toEqual([0.2]);
    expect(bhAdjusted([])).toEqual([]);
  });

  it('refuses what is no p-value', () => {
    expect(() => bhAdjusted([0.5, Number.NaN])).toThrow('a p-value lies in [0, 1]');
    expect(() => bhAdjusted([1.1])).toThrow('a p-value lies in [0, 1]');
  });

  it('lies between the p-value and Bonferroni, and never above 1', () => {
    fc.assert(
      fc.property(pValues, (values) => {
        for (const [index, q] of bhAdjusted(values).entries()) {
          const p = values[index] ?? 0;
          expect(q).toBeGreaterThanOrEqual(p * (1 - 1e-15));
          expect(q).toBeLessThanOrEqual(Math.min(1, p * values.length));
        }
      }),
    );
  });

  it('orders as the p-values do', () => {
    fc.assert(
      fc.property(pValues, (values) => {
        const adjusted = bhAdjusted(values);
        const order = values.map((_, index) => index).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
        const sorted = order.map((index) => adjusted[index] ?? 0);
        expect(sorted).toEqual([...sorted].sort((a, b) => a - b));
      }),
    );
  });

  it('rejects at any level exactly what the step-up procedure rejects', () => {
    fc.assert(
      fc.property(pValues, fc.constantFrom(0.01, 0.05, 0.1, 0.25), (values, level) => {
        const sorted = [...values].sort((a, b) => a - b);
        const last = sorted.findLastIndex((p, index) => (values.length * p) / (index + 1) <= level);
        const rejected = bhAdjusted(values).filter((q) => q <= level).length;
        expect(rejected).toBe(last + 1);
      }),
    );
  });
});
