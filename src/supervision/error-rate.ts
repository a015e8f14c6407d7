// How often the runs of an agent fail, and how often they may fail at worst, given how few were seen.

import { assert } from '../domain/assert.ts';
import type { AgentRuns } from '../domain/telemetry.ts';
import { significant } from './digits.ts';
import { wilsonUpper } from './wilson.ts';

/** The 95 % point of the standard normal. */
const NORMAL_95 = 1.6448536269514722;

interface ErrorRate {
  /** Share of the runs that failed. */
  readonly rate: number;
  /** Upper bound at 95 %, one-sided: 52 runs without an error bring it below 5 %. */
  readonly bound: number;
}

/** Returns the error rate, or `null` without runs: an agent that records nothing is not known to work. */
export function errorRateOf(runs: AgentRuns | null): ErrorRate | null {
  if (runs === null || runs.runs === 0) return null;
  assert(runs.errors >= 0 && runs.errors <= runs.runs, `${runs.errors} of ${runs.runs} runs failed`);
  const rate = runs.errors / runs.runs;
  return { rate: significant(rate), bound: significant(wilsonUpper(rate, runs.runs, NORMAL_95)) };
}
