// The quantile of Student's t distribution: the tail that the library gives, inverted.

import { assert } from '../domain/assert.ts';
import { studentUpperTail } from './student.ts';

/** No halving is left after the bits of a double. */
const HALVINGS_MAX = 64;

/** Where the square of `t` would overflow: only with next to no degrees of freedom, where nothing is known anyway. */
const T_MAX = 1e150;

/**
 * Returns the `t` with `P(T <= t) = probability` for Student's t with `degrees` of freedom (positive, need not be whole), to
 * a relative error below 1e-6, which is what {@link studentUpperTail} is worth. At most 1e150.
 *
 * @param probability in `(0.5, 1)`
 */
export function studentQuantile(probability: number, degrees: number): number {
  assert(
    probability > 0.5 && probability < 1,
    `a confidence lies between one half and 1, not ${probability}`,
  );
  assert(degrees > 0 && Number.isFinite(degrees), `degrees of freedom are positive, not ${degrees}`);
  const tail = 1 - probability;
  let [low, high] = [0, 1];
  while (studentUpperTail(high, degrees) > tail) {
    if (high > T_MAX) return T_MAX;
    [low, high] = [high, 2 * high];
  }
  for (let halving = 0; halving < HALVINGS_MAX; halving += 1) {
    const middle = low + (high - low) / 2;
    if (middle === low || middle === high) break;
    if (studentUpperTail(middle, degrees) > tail) low = middle;
    else high = middle;
  }
  return high;
}
