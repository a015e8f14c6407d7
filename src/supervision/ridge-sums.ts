// The few sums that ridge regression needs of its rows, kept running, so that any stretch of rows can be fitted without reading it again.

import { assert } from '../domain/assert.ts';
import { at } from './columns.ts';
import type { TrainingSet } from './training-set.ts';

/**
 * Sums over a stretch of rows, with `v = (column 1 .. column p, 1, target)`, `w` the weight and `u` the uniqueness:
 * `[ sum w v v' (upper triangle of a square) | sum of each column | sum of its squares | rows | sum u ]`.
 */
export interface Sums {
  readonly columnCount: number;
  readonly values: Float64Array;
}

/** Returns the sums over the rows `[0, end)`. */
export type PrefixSums = (end: number) => Sums;

/** Every so many rows the running sums are kept; what is asked between two of them adds fewer rows than this. */
const CHECKPOINT_ROWS = 256;

/** Reads the rows once, and returns the sums over every prefix of them. */
export function prefixSums(set: TrainingSet): PrefixSums {
  const columnCount = set.columns.length;
  const side = columnCount + 2;
  const running = new Float64Array(side * side + 2 * columnCount + 2);
  const checkpoints: Float64Array[] = [];
  for (let from = 0; from <= set.n; from += CHECKPOINT_ROWS) {
    checkpoints.push(running.slice());
    addRows(set, running, from, Math.min(from + CHECKPOINT_ROWS, set.n));
  }
  return (end) => {
    const checkpoint = checkpoints[Math.floor(end / CHECKPOINT_ROWS)];
    assert(checkpoint !== undefined && end <= set.n, 'sums are asked of rows that exist');
    const values = checkpoint.slice();
    addRows(set, values, end - (end % CHECKPOINT_ROWS), end);
    return { columnCount, values };
  };
}

function addRows(set: TrainingSet, values: Float64Array, from: number, to: number): void {
  const columnCount = set.columns.length;
  const side = columnCount + 2;
  const sumsAt = side * side;
  const v = new Float64Array(side);
  v[columnCount] = 1;
  for (let row = from; row < to; row += 1) {
    for (let a = 0; a < columnCount; a += 1) {
      const z = set.columns[a]?.[row] ?? Number.NaN;
      v[a] = z;
      values[sumsAt + a] = at(values, sumsAt + a) + z;
      values[sumsAt + columnCount + a] = at(values, sumsAt + columnCount + a) + z * z;
    }
    v[columnCount + 1] = at(set.target, row);
    const weight = at(set.weight, row);
    for (let a = 0; a < side; a += 1) {
      const scaled = weight * at(v, a);
      for (let b = a; b < side; b += 1) {
        values[a * side + b] = at(values, a * side + b) + scaled * at(v, b);
      }
    }
    values[values.length - 2] = at(values, values.length - 2) + 1;
    values[values.length - 1] = at(values, values.length - 1) + at(set.uniqueness, row);
  }
}

/** Returns the sums of the rows in `whole` that are not in `part`. */
export function without(whole: Sums, part: Sums): Sums {
  return { ...whole, values: whole.values.map((value, index) => value - at(part.values, index)) };
}

/** Returns the sums of two stretches that share no row. */
export function together(one: Sums, other: Sums): Sums {
  return { ...one, values: one.values.map((value, index) => value + at(other.values, index)) };
}

/** Returns `sum w v_a v_b`; the constant is `v_p`, the target `v_(p+1)`. */
export function gram(sums: Sums, a: number, b: number): number {
  const side = sums.columnCount + 2;
  return at(sums.values, a <= b ? a * side + b : b * side + a);
}

export function rowCount(sums: Sums): number {
  return at(sums.values, sums.values.length - 2);
}

/** Returns the effective sample size: the sum of uniqueness. */
export function effectiveRows(sums: Sums): number {
  return at(sums.values, sums.values.length - 1);
}

/** Returns the unweighted mean square and population variance of a column. */
export function momentsOf(sums: Sums, column: number): { meanSquare: number; variance: number } {
  const start = (sums.columnCount + 2) ** 2;
  const mean = at(sums.values, start + column) / rowCount(sums);
  const meanSquare = at(sums.values, start + sums.columnCount + column) / rowCount(sums);
  return { meanSquare, variance: meanSquare - mean * mean };
}
