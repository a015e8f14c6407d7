// P-values adjusted for how many questions were asked at once, so that one finding in fifty agents is not luck.

import { assert } from '../domain/assert.ts';
import { at } from './columns.ts';

/**
 * Returns the adjusted p-values in the order of `pValues`, each in `[0, 1]`. The findings whose adjusted value is at most
 * `q` contain, on average, a share of false ones of at most `q`, where the tests are independent or positively dependent.
 *
 * Source: Benjamini and Hochberg (1995), the step-up procedure: the smallest over `j >= i` of `m p_(j) / j`, `p_(j)` the
 * j-th smallest of `m`.
 */
export function bhAdjusted(pValues: readonly number[]): number[] {
  for (const p of pValues) assert(p >= 0 && p <= 1, `a p-value lies in [0, 1], not ${p}`);
  const count = pValues.length;
  const descending = pValues.map((_, index) => index).sort((a, b) => at(pValues, b) - at(pValues, a));
  const adjusted = new Array<number>(count).fill(1);
  let smallest = 1;
  for (const [place, index] of descending.entries()) {
    smallest = Math.min(smallest, (count * at(pValues, index)) / (count - place));
    adjusted[index] = smallest;
  }
  return adjusted;
}
