// Overlap of labels: equal to counting who is alive at every moment, exact for sums, and blind to unrelated history.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../src/domain/assert.ts';
import { type LabelSpan, labelUniqueness } from '../../src/supervision/uniqueness.ts';
import { T0 } from '../builders.ts';

/** Mean of `1 / alive` over each label's life, segment by segment, over all pairs of labels. */
function naiveUniqueness(spans: readonly LabelSpan[]): number[] {
  const times = spans.flatMap(({ startMs, endMs }) => [startMs, endMs]).sort((a, b) => a - b);
  return spans.map(({ startMs, endMs }) => {
    let sum = 0;
    for (const [index, fromMs] of times.entries()) {
      const toMs = times[index + 1] ?? fromMs;
      if (fromMs < startMs || toMs > endMs || toMs === fromMs) continue;
      const alive = spans.filter((each) => each.startMs <= fromMs && each.endMs >= toMs).length;
      sum += (toMs - fromMs) / alive;
    }
    return sum / (endMs - startMs);
  });
}

const lengthMs = 3_600_000;
const at = (startMs: number, length = lengthMs): LabelSpan => ({
  startMs: T0 + startMs,
  endMs: T0 + startMs + length,
});
const starts = fc
  .array(fc.integer({ min: 0, max: 20 * lengthMs }), { minLength: 1, maxLength: 40 })
  .map((list) => list.sort((a, b) => a - b).map((start) => at(start)));

describe('labelUniqueness', () => {
  it('is 1 for a label alone, and for labels that only touch', () => {
    expect([...labelUniqueness([at(0)])]).toEqual([1]);
    expect([...labelUniqueness([at(0), at(lengthMs), at(2 * lengthMs)])]).toEqual([1, 1, 1]);
    expect([...labelUniqueness([])]).toEqual([]);
  });

  it('is half for the shared half of two labels', () => {
    expect([...labelUniqueness([at(0), at(lengthMs / 2)])]).toEqual([0.75, 0.75]);
  });

  it.each([1, 2, 3, 7, 100])('is 1/%i for as many labels of one life', (count) => {
    const uniqueness = labelUniqueness(Array.from({ length: count }, () => at(0)));

    expect(new Set(uniqueness).size).toBe(1);
    expect(uniqueness[0]).toBeCloseTo(1 / count, 6);
  });

  it('tends to 1/24 for hourly labels of 24 hours', () => {
    const spans = Array.from({ length: 240 }, (_, hour) => at(hour * lengthMs, 24 * lengthMs));

    const uniqueness = [...labelUniqueness(spans)];

    expect(uniqueness[120]).toBeCloseTo(1 / 24, 6);
    expect(uniqueness.reduce((sum, each) => sum + each, 0)).toBeCloseTo((239 + 24) / 24, 3);
  });

  it('agrees with counting at every moment who is alive', () => {
    fc.assert(
      fc.property(starts, (spans) => {
        const naive = naiveUniqueness(spans);

        const uniqueness = [...labelUniqueness(spans)];

        for (const [index, value] of uniqueness.entries()) expect(value).toBeCloseTo(naive[index] ?? -1, 5);
      }),
    );
  });

  it('adds up to the covered time in labels, whatever overlaps', () => {
    fc.assert(
      fc.property(starts, (spans) => {
        let [coveredMs, endMs] = [0, 0];
        for (const span of spans) {
          coveredMs += Math.max(0, span.endMs - Math.max(span.startMs, endMs));
          endMs = span.endMs;
        }

        const sum = [...labelUniqueness(spans)].reduce((total, each) => total + each, 0);

        expect(sum).toBeCloseTo(coveredMs / lengthMs, 3);
      }),
    );
  });

  it('gives a label the same number to the last bit, with or without labels that do not overlap it', () => {
    fc.assert(
      fc.property(starts, fc.nat({ max: 39 }), (spans, pick) => {
        const subject = spans[pick % spans.length] ?? at(0);
        const overlapping = spans.filter(
          (each) => each.startMs < subject.endMs && each.endMs > subject.startMs,
        );

        const among = labelUniqueness(spans)[spans.indexOf(subject)];
        const alone = labelUniqueness(overlapping)[overlapping.indexOf(subject)];

        expect(alone).toBe(among);
      }),
    );
  });

  it('stays above zero and at most one', () => {
    fc.assert(
      fc.property(starts, fc.integer({ min: 1, max: 3000 }), (spans, copies) => {
        const crowd = Array.from({ length: copies }, () => at(0));

        for (const value of labelUniqueness([...crowd, ...spans])) {
          expect(value).toBeGreaterThan(0);
          expect(value).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('takes labels out of order, or without a life, as our own defect', () => {
    expect(() => labelUniqueness([at(10), at(0)])).toThrow(InvariantError);
    expect(() => labelUniqueness([at(0, 100), at(1, 10)])).toThrow(InvariantError);
    expect(() => labelUniqueness([at(0, 0)])).toThrow(InvariantError);
  });
});
