// Columns of numbers: a read that cannot go astray, and sums over a part of a column.

import { assert } from '../domain/assert.ts';

/** Returns `values[index]`; an index outside is a defect of ours. */
export function at(values: Float64Array | readonly number[], index: number): number {
  const value = values[index];
  assert(value !== undefined, 'an index lies inside its column');
  return value;
}

/** Returns the sum of `values[from .. to)`. */
export function sumOf(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let index = from; index < to; index += 1) sum += at(values, index);
  return sum;
}

/** Returns the first index in `[0, end)` with `ascending[index] >= value`, or `end`. */
export function firstIndexAtOrAfter(ascending: Float64Array, value: number, end: number): number {
  let low = 0;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(ascending, middle) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
