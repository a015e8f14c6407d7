// How much of a signal is news: overlapping labels of one agent on one instrument share the same market move.

import { assert } from '../domain/assert.ts';
import { roundTo } from '../domain/rounding.ts';

/** The life of a label, `[startMs, endMs)`. */
export interface LabelSpan {
  readonly startMs: number;
  readonly endMs: number;
}

/** Time is counted in 1/1024 ms, whole numbers, so that sums are exact and do not depend on where history begins. */
const TICKS_PER_MS = 1024;
const UNIQUENESS_DIGITS = 6;

/**
 * Returns, for each label, the mean over its life of `1 / (number of labels alive)`, in `(0, 1]`. The sum of a set of
 * labels is its effective sample size. Labels of one horizon, in ascending order of start and of end.
 *
 * Source: concurrency uniqueness, Lopez de Prado, Advances in Financial Machine Learning (2018), 4.3.
 */
export function labelUniqueness(spans: readonly LabelSpan[]): Float64Array {
  const times = boundaries(spans);
  const shared = sharedTicks(spans, times);
  const at = new Map<number, number>();
  for (const [index, time] of times.entries()) at.set(time, shared[index] ?? 0);
  const uniqueness = new Float64Array(spans.length);
  for (const [index, span] of spans.entries()) {
    assert(span.endMs > span.startMs, 'a label lives for some time');
    const ticks = (at.get(span.endMs) ?? 0) - (at.get(span.startMs) ?? 0);
    const mean = ticks / ((span.endMs - span.startMs) * TICKS_PER_MS);
    uniqueness[index] = Math.min(1, Math.max(10 ** -UNIQUENESS_DIGITS, roundTo(mean, UNIQUENESS_DIGITS)));
  }
  return uniqueness;
}

function boundaries(spans: readonly LabelSpan[]): Float64Array {
  const all = new Float64Array(spans.length * 2);
  for (const [index, span] of spans.entries()) {
    assert(index === 0 || span.startMs >= (spans[index - 1]?.startMs ?? 0), 'labels are sorted by start');
    assert(index === 0 || span.endMs >= (spans[index - 1]?.endMs ?? 0), 'labels end in the order they start');
    all[2 * index] = span.startMs;
    all[2 * index + 1] = span.endMs;
  }
  return Float64Array.from(new Set(all.sort()));
}

/** The running integral of `1 / alive` at each boundary, each segment rounded down to a whole tick. */
function sharedTicks(spans: readonly LabelSpan[], times: Float64Array): Float64Array {
  const integral = new Float64Array(times.length);
  let [born, dead] = [0, 0];
  for (let index = 0; index < times.length; index += 1) {
    const timeMs = times[index] ?? 0;
    const nextMs = times[index + 1];
    while ((spans[born]?.startMs ?? Number.POSITIVE_INFINITY) <= timeMs) born += 1;
    while ((spans[dead]?.endMs ?? Number.POSITIVE_INFINITY) <= timeMs) dead += 1;
    if (nextMs === undefined) break;
    const alive = born - dead;
    const ticks = alive === 0 ? 0 : Math.floor(((nextMs - timeMs) * TICKS_PER_MS) / alive);
    integral[index + 1] = (integral[index] ?? 0) + ticks;
  }
  return integral;
}

/** Returns the effective rows: the sum of uniqueness, unrounded. */
export function effectiveRows(rows: readonly { readonly uniqueness: number }[]): number {
  return rows.reduce((sum, { uniqueness }) => sum + uniqueness, 0);
}
