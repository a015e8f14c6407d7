// One run of the simulation at the scale of `npm test`, until something is wrong: what a mutant has to get past.

import { AssertionError } from 'node:assert/strict';
import { inspect } from 'node:util';
import { CORPUS } from './corpus.ts';
import { runExhaustive } from './exhaustive.ts';
import { INCIDENTS } from './golden/incidents.ts';
import { simulate } from './simulation.ts';

export const STAGES = ['golden', 'corpus', 'exhaustive', 'seeds'] as const;
export type Stage = (typeof STAGES)[number];

interface Trial {
  readonly stages: readonly Stage[];
  readonly seeds: number;
  /** Told before each part, so that whoever waits sees that it goes on, and where it stopped. */
  readonly onPart: (stage: Stage, where: string) => void;
}

/** What was wrong first. */
export interface Kill {
  readonly stage: Stage | 'time' | 'crash';
  /** A golden incident, a case or a seed. */
  readonly where: string;
  /** The invariant that was broken, or the first line of what was thrown. */
  readonly what: string;
}

/** Returns the first thing that is wrong, or `null` where nothing is. */
export function runTrial(trial: Trial): Kill | null {
  for (const stage of trial.stages) {
    const kill = CHECKS[stage](trial);
    if (kill !== null) return kill;
  }
  return null;
}

const CHECKS: Readonly<Record<Stage, (trial: Trial) => Kill | null>> = {
  golden: firstIncident,
  corpus: (trial) => firstOf(trial, 'corpus', CORPUS),
  exhaustive: firstCase,
  seeds: (trial) =>
    firstOf(
      trial,
      'seeds',
      Array.from({ length: trial.seeds }, (_, at) => ({ seed: at + 1, without: [] })),
    ),
};

function firstIncident({ onPart }: Trial): Kill | null {
  for (const { name, run } of INCIDENTS) {
    onPart('golden', name);
    try {
      run();
    } catch (error) {
      return { stage: 'golden', where: name, what: firstLine(error) };
    }
  }
  return null;
}

function firstCase({ onPart }: Trial): Kill | null {
  onPart('exhaustive', 'all cases');
  try {
    runExhaustive({ onProgress: ({ runs }) => onPart('exhaustive', `${runs} runs`) });
    return null;
  } catch (error) {
    return { stage: 'exhaustive', where: 'a case', what: firstLine(error) };
  }
}

interface Known {
  readonly seed: number;
  readonly without: readonly string[];
}

function firstOf({ onPart }: Trial, stage: Stage, worlds: readonly Known[]): Kill | null {
  for (const { seed, without } of worlds) {
    onPart(stage, `seed ${seed}`);
    const { violation } = simulate({ seed, without });
    if (violation !== null) return { stage, where: `seed ${seed}`, what: violation.invariant };
  }
  return null;
}

function firstLine(error: unknown): string {
  if (error instanceof AssertionError)
    return `expected ${shown(error.expected)}; found ${shown(error.actual)}`;
  const [line = ''] = String(error).split('\n');
  return line;
}

function shown(value: unknown): string {
  return inspect(value, { breakLength: Number.POSITIVE_INFINITY, maxStringLength: 40, depth: 1 });
}
