// Which rows may be trained on for which test: splits by time in which no training label overlaps what it is tested on.

import { at, firstIndexAtOrAfter } from './columns.ts';

/** The life of each label, in ascending order of its end. */
export interface LabelTimes {
  readonly entryMs: Float64Array;
  readonly exitMs: Float64Array;
}

/** Rows `[0, trainTo)` train, rows `[testFrom, testTo)` test. */
export interface Fold {
  readonly trainTo: number;
  readonly testFrom: number;
  readonly testTo: number;
  /** The earliest entry of the test rows. */
  readonly testStartMs: number;
}

/** A test block inside a training part: rows `[0, trainTo)` and `[resumeFrom, end)` train. */
export interface PurgedBlock extends Fold {
  readonly resumeFrom: number;
}

/**
 * Returns expanding walk-forward folds: the rows are cut into `count + 1` stretches of equal size, and each but the
 * first is tested on what ended before it began. Every training label has `exit < test start - embargo`, strictly;
 * folds without a training row are left out.
 */
export function walkForwardFolds(times: LabelTimes, count: number, embargoMs: number): Fold[] {
  return stretches(times.exitMs.length, count + 1)
    .map(([testFrom, testTo]) => purgedBefore(times, testFrom, testTo, embargoMs))
    .filter((fold) => fold.trainTo > 0);
}

/**
 * Returns the blocks of purged cross-validation over the rows `[0, end)`. A row trains for a block if its label ends
 * before the block's first entry less the embargo, or begins after the block's last exit plus the embargo.
 *
 * Source: Lopez de Prado, Advances in Financial Machine Learning (2018), 7.4, with an embargo on both sides.
 */
export function purgedBlocks(
  times: LabelTimes,
  end: number,
  count: number,
  embargoMs: number,
): PurgedBlock[] {
  let longestMs = 0;
  for (let row = 0; row < end; row += 1) {
    longestMs = Math.max(longestMs, at(times.exitMs, row) - at(times.entryMs, row));
  }
  return stretches(end, count).map(([testFrom, testTo]) => {
    const limitMs = at(times.exitMs, testTo - 1) + embargoMs;
    // Labels that end this late began after the limit, whatever their length; closer ones are looked at one by one.
    let resumeFrom = firstIndexAtOrAfter(times.exitMs, limitMs + longestMs + 1, end);
    while (resumeFrom > testTo && at(times.entryMs, resumeFrom - 1) > limitMs) resumeFrom -= 1;
    return { ...purgedBefore(times, testFrom, testTo, embargoMs), resumeFrom };
  });
}

function purgedBefore(times: LabelTimes, testFrom: number, testTo: number, embargoMs: number): Fold {
  let testStartMs = Number.POSITIVE_INFINITY;
  for (let row = testFrom; row < testTo; row += 1) {
    testStartMs = Math.min(testStartMs, at(times.entryMs, row));
  }
  const trainTo = firstIndexAtOrAfter(times.exitMs, testStartMs - embargoMs, testFrom);
  return { trainTo, testFrom, testTo, testStartMs };
}

/** Cuts `[0, end)` into `count` stretches of equal size, give or take one row; empty ones are left out. */
function stretches(end: number, count: number): [number, number][] {
  return Array.from({ length: count }, (_, index): [number, number] => [
    Math.floor((index * end) / count),
    Math.floor(((index + 1) * end) / count),
  ]).filter(([from, to]) => to > from);
}
