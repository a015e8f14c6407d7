// Seeded randomness by name: streams that do not disturb each other, so that a new one leaves all others as they were.

import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { sha256Hex } from './canonical.ts';

/** A stream of numbers that depends on its seed and name alone. */
export interface Random {
  /** Uniform in `[0, 1)`. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Student t with 4 degrees of freedom, scaled to unit variance, at most 10 in size: returns as markets have them. */
  fatTailed(): number;
}

const FAT_TAIL_MAX = 10;

/** Returns the stream `name` of `seed`. */
export function randomFrom(seed: number, name: string): Random {
  const generator = xoroshiro128plus(Number.parseInt(sha256Hex(`${seed}/${name}`).slice(0, 8), 16));
  const uniform = (): number => uniformFloat64(generator);
  // Box-Muller; `1 - u` keeps zero out of the logarithm.
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return {
    uniform,
    normal,
    fatTailed() {
      // A chi-squared of 4 degrees of freedom is -2 ln(u v); t = normal / sqrt(chi2 / 4), whose variance is 2.
      const chi2 = -2 * Math.log((1 - uniform()) * (1 - uniform()));
      const t = normal() / Math.sqrt(chi2 / 4) / Math.SQRT2;
      return Math.max(-FAT_TAIL_MAX, Math.min(FAT_TAIL_MAX, t));
    },
  };
}
