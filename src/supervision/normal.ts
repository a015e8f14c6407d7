// The distribution function of the standard normal, from the library's error function.

import jstat from 'jstat';

/** Returns `P(Z <= z)` of the standard normal, to an absolute error below 1e-12. */
export function normalCdf(z: number): number {
  return (1 + jstat.erf(z * Math.SQRT1_2)) / 2;
}
