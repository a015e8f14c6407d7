// Chance by name: every part of a simulated world has a stream of its own, so that one that is switched off shifts none of the others.

import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export interface Stream {
  /** At least 0, below 1. */
  fraction(): number;
  chance(probability: number): boolean;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  pick<T>(list: readonly T[]): T;
}

/** Returns the stream of `name` in the world of `seed`. */
export function streamOf(seed: number, name: string): Stream {
  const generator = xoroshiro128plus(mixed(seed, name));
  const fraction = (): number => (generator.next() >>> 0) / 2 ** 32;
  const between = (low: number, high: number): number => low + Math.floor(fraction() * (high - low + 1));
  return {
    fraction,
    chance: (probability) => fraction() < probability,
    between,
    pick: (list) => {
      if (list.length === 0) throw new Error('nothing to pick from');
      return list[between(0, list.length - 1)] as (typeof list)[number];
    },
  };
}

/** FNV-1a over the name, begun with the seed. */
function mixed(seed: number, name: string): number {
  let hash = (0x811c9dc5 ^ Math.imul(seed, 0x9e3779b1)) >>> 0;
  for (let at = 0; at < name.length; at += 1) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
  return hash ^ (hash >>> 13);
}
