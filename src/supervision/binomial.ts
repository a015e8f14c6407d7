// The lower tail of the binomial: how likely so few successes are by chance.

import jstat from 'jstat';
import { assert } from '../domain/assert.ts';

/**
 * Returns `P(X <= successes)` for `X ~ Bin(n, p)`, to a relative error below 1e-6. `successes` and `n` are whole, `p` is in
 * `[0, 1]`.
 *
 * Source: `P(X <= k) = I_{1 - p}(n - k, k + 1)`, Abramowitz and Stegun 26.5.24.
 */
export function binomialLowerTail(successes: number, n: number, p: number): number {
  if (successes < 0) return 0;
  if (successes >= n) return 1;
  const tail = jstat.ibeta(1 - p, n - successes, successes + 1);
  assert(tail !== false && !Number.isNaN(tail), () => `no tail of Bin(${n}, ${p}) at ${successes}`);
  return tail;
}
