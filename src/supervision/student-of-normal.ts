// What a normal quantile becomes where the deviation was estimated from few periods: the same tail of Student's t.

/** Keeps the exponential finite: only with next to no degrees of freedom, where nothing is known anyway. */
const EXPONENT_MAX = 600;

/**
 * Returns the `t` that Student's t with `degrees` of freedom (positive, need not be whole) exceeds as rarely as the standard
 * normal exceeds `z`, to about 1 % from 5 degrees on and nearer with more. At most about 1e130 times the root of `degrees`.
 *
 * Source: Wallace, Bounds on normal approximations to Student's and the chi-square distributions (1959), inverted.
 *
 * @param z at least 0
 */
export function studentOfNormal(z: number, degrees: number): number {
  const scaled = (z * (8 * degrees + 3)) / (8 * degrees + 1);
  return Math.sqrt(degrees * Math.expm1(Math.min(EXPONENT_MAX, scaled ** 2 / degrees)));
}
