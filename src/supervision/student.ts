// The tail of Student's t distribution, from the library's incomplete beta: its own t distribution loses digits where samples are large.

import jstat from 'jstat';
import { assert } from '../domain/assert.ts';

/**
 * Returns `P(T > t)` for Student's t with `degrees` of freedom (positive, need not be whole), to a relative error below 1e-6.
 *
 * Source: `P(|T| > t) = I_{v / (v + t^2)}(v / 2, 1 / 2)`, Abramowitz and Stegun 26.7.1. In this form the small tail is the
 * value itself, not what is left of 1 after a subtraction.
 */
export function studentUpperTail(t: number, degrees: number): number {
  const bothTails = jstat.ibeta(degrees / (degrees + t * t), degrees / 2, 0.5);
  assert(bothTails !== false, `no t distribution at t = ${t} with ${degrees} degrees of freedom`);
  return t > 0 ? bothTails / 2 : 1 - bothTails / 2;
}
