// Rank correlation: whether larger forecasts go with larger outcomes, whatever the shape of either.

import { lastIndexAtOrBefore } from './asof.ts';
import { at, firstIndexAtOrAfter } from './columns.ts';

/** Returns Spearman's rank correlation (ties get their average rank), or `null` where one side is constant. */
export function rankCorrelation(one: Float64Array, other: Float64Array): number | null {
  const left = averageRanks(one);
  const right = averageRanks(other);
  const mean = (one.length - 1) / 2;
  let [cross, leftSquares, rightSquares] = [0, 0, 0];
  for (const [index, rank] of left.entries()) {
    const a = rank - mean;
    const b = at(right, index) - mean;
    cross += a * b;
    leftSquares += a * a;
    rightSquares += b * b;
  }
  if (leftSquares === 0 || rightSquares === 0) return null;
  return cross / Math.sqrt(leftSquares * rightSquares);
}

/** Ranks count from 0. */
function averageRanks(values: Float64Array): Float64Array {
  const sorted = values.slice().sort();
  return values.map((value) => {
    const first = firstIndexAtOrAfter(sorted, value, sorted.length);
    return (first + lastIndexAtOrBefore(sorted, value)) / 2;
  });
}
