// The second half of the worlds that run with every test: every invariant after every event, and what they have met.

import { describe, expect, it } from 'vitest';
import { runBatch } from './batch.ts';
import { coverageFindings } from './coverage-report.ts';

const SEEDS = 1_000;
/** Only ends what hangs: a loaded machine is slow. */
const LIMIT_MS = 600_000;
const FIRST = 1_001;

describe('simulated worlds', () => {
  it(
    `hold for the seeds ${FIRST} to ${FIRST + SEEDS - 1}, which meet all that is declared`,
    () => {
      const { failures, coverage } = runBatch({ seed: FIRST, seeds: SEEDS, failuresMax: 3 });
      expect(failures.map(({ seed, violation }) => ({ seed, violation }))).toEqual([]);
      expect(coverageFindings(coverage)).toEqual([]);
    },
    LIMIT_MS,
  );
});
