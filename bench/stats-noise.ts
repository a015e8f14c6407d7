// Seeded noise of mean 0 and variance 1 for the statistical benchmark, and what is known of it exactly.

import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { sha256Hex } from '../src/domain/canonical.ts';

export interface Tails {
  readonly name: string;
  /** Mean of |z|. */
  readonly meanAbs: number;
  /** Mean of the worst twentieth, as a positive loss. */
  readonly cvar95: number;
  /** Returns a source of z on top of uniform numbers in `[0, 1)`. */
  from(uniform: () => number): () => number;
}

/** The CVaR is `pdf(q) / 0.05` at the 95 % quantile `q`. */
export const NORMAL: Tails = {
  name: 'normal',
  meanAbs: Math.sqrt(2 / Math.PI),
  cvar95: 2.0627128,
  from: normalFrom,
};

/**
 * Student's t with 4 degrees of freedom, divided by the root of its variance, 2: `E|t| = 1`, and the CVaR is
 * `pdf(q) / 0.05 * (4 + q^2) / 3 / sqrt(2)` at `q = 2.1318468`.
 */
export const T4: Tails = {
  name: 't4',
  meanAbs: Math.SQRT1_2,
  cvar95: 2.2648,
  from(uniform) {
    const normal = normalFrom(uniform);
    // A chi-squared of 4 degrees of freedom is -2 ln(u v); t = normal / sqrt(chi2 / 4).
    return () => {
      const chiSquared = -2 * Math.log((1 - uniform()) * (1 - uniform()));
      return (normal() / Math.sqrt(chiSquared / 4)) * Math.SQRT1_2;
    };
  },
};

/** An exponential from which 1 is taken: loses 63 % of the time a little, gains 37 % of the time, sometimes much. */
export const RARE_GAINS: Tails = {
  name: 'rare gains',
  meanAbs: 2 / Math.E,
  cvar95: 0.9746,
  from: (uniform) => () => -Math.log(1 - uniform()) - 1,
};

/** Its mirror: gains 63 % of the time a little, and rarely loses, sometimes much. */
export const RARE_LOSSES: Tails = {
  name: 'rare losses',
  meanAbs: 2 / Math.E,
  cvar95: 2.9957,
  from: (uniform) => () => 1 + Math.log(1 - uniform()),
};

export const TAILS: readonly Tails[] = [NORMAL, T4];

/** Returns the source `name` of `seed`, uniform in `[0, 1)`. */
export function uniformFrom(seed: number, name: string): () => number {
  const generator = xoroshiro128plus(Number.parseInt(sha256Hex(`${seed}/${name}`).slice(0, 8), 16));
  return () => uniformFloat64(generator);
}

/** Box-Muller, both numbers of a pair used; `1 - u` keeps zero out of the logarithm. */
function normalFrom(uniform: () => number): () => number {
  let spare: number | null = null;
  return () => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}
