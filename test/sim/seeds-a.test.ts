// Seeds in which a fault is known to show, and the first half of the worlds that run with every test: every invariant after every event.

import { describe, expect, it } from 'vitest';
import { runBatch } from './batch.ts';
import { CORPUS } from './corpus.ts';
import { UNREACHED } from './coverage-report.ts';
import { FAULT_NAMES } from './faults.ts';
import { simulate } from './simulation.ts';

const SEEDS = 1_000;
/** Only ends what hangs: a loaded machine is slow. */
const LIMIT_MS = 600_000;

describe('simulated worlds', () => {
  it.each(CORPUS)('showed a fault with seed $seed, and hold: $why', ({ seed, without }) => {
    expect(simulate({ seed, without }).violation).toBeNull();
  });

  it(
    `hold for the seeds 1 to ${SEEDS}, in which every fault happens`,
    () => {
      const { failures, coverage } = runBatch({ seed: 1, seeds: SEEDS, failuresMax: 3 });
      expect(failures.map(({ seed, violation }) => ({ seed, violation }))).toEqual([]);
      expect(FAULT_NAMES.filter((name) => (coverage.faults.get(name) ?? 0) === 0)).toEqual([]);
      expect(Object.keys(UNREACHED).filter((pair) => coverage.orderPairs.has(pair))).toEqual([]);
    },
    LIMIT_MS,
  );
});
