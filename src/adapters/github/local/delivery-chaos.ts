// Decides in which order, how often and whether at all a batch of deliveries leaves, from a seed alone.

import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export interface ChaosRules {
  readonly seed: number;
  /** The share of events that never arrive, 0 to 1. An event that is dropped is dropped with its duplicate. */
  readonly dropRatio: number;
  /** Whether every event leaves twice, as after a redelivery. */
  readonly duplicate: boolean;
  /** Whether the attempts of a batch leave in any order, instead of that of the events. */
  readonly shuffle: boolean;
}

/** One attempt to deliver the event at `at` of the batch. */
export interface ChaosAttempt {
  readonly at: number;
  readonly isDropped: boolean;
  readonly isDuplicate: boolean;
}

/** Returns what happens to one batch after another; the same seed and sizes give the same attempts. */
export function createChaos(rules: ChaosRules): (size: number) => readonly ChaosAttempt[] {
  const generator = xoroshiro128plus(rules.seed);
  return (size) => {
    const attempts: ChaosAttempt[] = [];
    for (let at = 0; at < size; at += 1) {
      const isDropped = uniformFloat64(generator) < rules.dropRatio;
      attempts.push({ at, isDropped, isDuplicate: false });
      if (rules.duplicate && !isDropped) attempts.push({ at, isDropped, isDuplicate: true });
    }
    if (rules.shuffle) shuffle(attempts, (max) => uniformInt(generator, 0, max));
    return attempts;
  };
}

/** Fisher and Yates. `pick` returns a whole number from 0 to its argument. */
function shuffle(attempts: ChaosAttempt[], pick: (max: number) => number): void {
  for (let last = attempts.length - 1; last > 0; last -= 1) {
    const other = pick(last);
    const [a, b] = [attempts[last], attempts[other]];
    if (a === undefined || b === undefined) continue;
    attempts[last] = b;
    attempts[other] = a;
  }
}
