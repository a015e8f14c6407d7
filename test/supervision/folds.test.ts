// Splits by time: over random labels no training label may reach the embargo before a test, nor begin within the one after it.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LabelTimes, purgedBlocks, walkForwardFolds } from '../../src/supervision/folds.ts';

/** Labels of any length, ordered by their end, as rows are. */
const labels: fc.Arbitrary<LabelTimes> = fc
  .array(fc.record({ startMs: fc.nat(1000), lengthMs: fc.integer({ min: 1, max: 120 }) }), {
    minLength: 1,
    maxLength: 120,
  })
  .map((spans) => spans.toSorted((a, b) => a.startMs + a.lengthMs - (b.startMs + b.lengthMs)))
  .map((spans) => ({
    entryMs: Float64Array.from(spans, ({ startMs }) => startMs),
    exitMs: Float64Array.from(spans, ({ startMs, lengthMs }) => startMs + lengthMs),
  }));
const embargo = fc.nat(60);
const count = fc.integer({ min: 2, max: 8 });

/** `n` labels of length 10, one every 10. */
function adjacentLabels(n: number): LabelTimes {
  return {
    entryMs: Float64Array.from({ length: n }, (_, index) => index * 10),
    exitMs: Float64Array.from({ length: n }, (_, index) => index * 10 + 10),
  };
}

describe('walkForwardFolds', () => {
  it('tests each stretch but the first on what ended an embargo before it', () => {
    const folds = walkForwardFolds(adjacentLabels(12), 3, 10);

    expect(folds).toEqual([
      { trainTo: 1, testFrom: 3, testTo: 6, testStartMs: 30 },
      { trainTo: 4, testFrom: 6, testTo: 9, testStartMs: 60 },
      { trainTo: 7, testFrom: 9, testTo: 12, testStartMs: 90 },
    ]);
  });

  it('never trains on a label that ends after test start less embargo', () => {
    fc.assert(
      fc.property(labels, count, embargo, (times, foldCount, embargoMs) => {
        for (const fold of walkForwardFolds(times, foldCount, embargoMs)) {
          const testStartMs = Math.min(...times.entryMs.subarray(fold.testFrom, fold.testTo));
          const lastTrainingExitMs = Math.max(...times.exitMs.subarray(0, fold.trainTo));

          expect(fold.testStartMs).toBe(testStartMs);
          expect(lastTrainingExitMs).toBeLessThan(testStartMs - embargoMs);
        }
      }),
    );
  });

  it('trains on every label that may be trained on', () => {
    fc.assert(
      fc.property(labels, count, embargo, (times, foldCount, embargoMs) => {
        for (const fold of walkForwardFolds(times, foldCount, embargoMs)) {
          const allowed = times.exitMs.filter((exitMs) => exitMs < fold.testStartMs - embargoMs);

          expect(fold.trainTo).toBe(allowed.length);
        }
      }),
    );
  });

  it('measures the test start at the earliest entry, also where that row is not the first to end', () => {
    const times = {
      entryMs: Float64Array.of(0, 10, 50, 25),
      exitMs: Float64Array.of(10, 20, 60, 70),
    };

    const folds = walkForwardFolds(times, 1, 10);

    expect(folds).toEqual([{ trainTo: 1, testFrom: 2, testTo: 4, testStartMs: 25 }]);
  });
});

describe('purgedBlocks', () => {
  it('trains before and after each block, one embargo away on both sides', () => {
    const blocks = purgedBlocks(adjacentLabels(12), 12, 3, 10);

    expect(
      blocks.map(({ trainTo, testFrom, testTo, resumeFrom }) => [trainTo, testFrom, testTo, resumeFrom]),
    ).toEqual([
      [0, 0, 4, 6],
      [2, 4, 8, 10],
      [6, 8, 12, 12],
    ]);
  });

  it('keeps every training label an embargo away from every test label', () => {
    fc.assert(
      fc.property(labels, count, embargo, (times, blockCount, embargoMs) => {
        const end = times.exitMs.length;
        for (const block of purgedBlocks(times, end, blockCount, embargoMs)) {
          const testStartMs = Math.min(...times.entryMs.subarray(block.testFrom, block.testTo));
          const testEndMs = Math.max(...times.exitMs.subarray(block.testFrom, block.testTo));

          expect(Math.max(...times.exitMs.subarray(0, block.trainTo))).toBeLessThan(testStartMs - embargoMs);
          expect(Math.min(...times.entryMs.subarray(block.resumeFrom, end))).toBeGreaterThan(
            testEndMs + embargoMs,
          );
        }
      }),
    );
  });

  it('resumes as early as the labels allow', () => {
    fc.assert(
      fc.property(labels, count, embargo, (times, blockCount, embargoMs) => {
        for (const block of purgedBlocks(times, times.exitMs.length, blockCount, embargoMs)) {
          const limitMs = (times.exitMs[block.testTo - 1] ?? 0) + embargoMs;
          const before = times.entryMs[block.resumeFrom - 1] ?? 0;

          expect(block.resumeFrom === block.testTo || before <= limitMs).toBe(true);
        }
      }),
    );
  });

  it('covers the rows before its end exactly once, and none after', () => {
    fc.assert(
      fc.property(labels, count, (times, blockCount) => {
        const end = Math.ceil(times.exitMs.length / 2);

        const blocks = purgedBlocks(times, end, blockCount, 0);

        const tested = blocks.flatMap(({ testFrom, testTo }) =>
          Array.from({ length: testTo - testFrom }, (_, index) => testFrom + index),
        );
        expect(tested).toEqual(Array.from({ length: end }, (_, index) => index));
        expect(blocks.every(({ resumeFrom }) => resumeFrom <= end)).toBe(true);
      }),
    );
  });
});
