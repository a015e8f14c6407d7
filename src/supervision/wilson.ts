// Bounds on a share that was counted: how low or how high the true one may still be.

import { assert } from '../domain/assert.ts';

/**
 * Returns the lower bound of the share of successes, in `[0, 1]`.
 *
 * Source: Wilson (1927), the score interval; unlike `share ± z * error` it is right for few trials and for shares near 0 and 1.
 *
 * @param share of successes that was seen, in `[0, 1]`
 * @param trials how many independent ones, above 0; need not be whole
 * @param z the normal quantile of the confidence: 1.645 for 95 % one-sided
 */
export function wilsonLower(share: number, trials: number, z: number): number {
  const { centre, halfWidth } = scoreInterval(share, trials, z);
  return Math.max(0, centre - halfWidth);
}

/** Returns the upper bound; otherwise as {@link wilsonLower}. */
export function wilsonUpper(share: number, trials: number, z: number): number {
  const { centre, halfWidth } = scoreInterval(share, trials, z);
  return Math.min(1, centre + halfWidth);
}

function scoreInterval(share: number, trials: number, z: number) {
  assert(share >= 0 && share <= 1 && trials > 0, `no share of ${share} in ${trials} trials`);
  const perTrial = (z * z) / trials;
  const spread = Math.sqrt((share * (1 - share)) / trials + perTrial / (4 * trials));
  return { centre: (share + perTrial / 2) / (1 + perTrial), halfWidth: (z * spread) / (1 + perTrial) };
}
