// One run of the simulation at the scale of `npm test`, until something is wrong: what a mutant has to get past.

import { INCIDENTS } from './golden/incidents.ts';
import { simulate } from './simulation.ts';

export const STAGES = ['golden', 'seeds'] as const;
export type Stage = (typeof STAGES)[number];

export interface Trial {
  readonly stages: readonly Stage[];
  readonly seeds: number;
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
export function runTrial({ stages, seeds }: Trial): Kill | null {
  if (stages.includes('golden')) {
    const kill = firstIncident();
    if (kill !== null) return kill;
  }
  return stages.includes('seeds') ? firstSeed(seeds) : null;
}

function firstIncident(): Kill | null {
  for (const { name, run } of INCIDENTS) {
    try {
      run();
    } catch (error) {
      return { stage: 'golden', where: name, what: firstLine(error) };
    }
  }
  return null;
}

function firstSeed(seeds: number): Kill | null {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { violation } = simulate({ seed });
    if (violation !== null) return { stage: 'seeds', where: `seed ${seed}`, what: violation.invariant };
  }
  return null;
}

function firstLine(error: unknown): string {
  const [line = ''] = String(error).split('\n');
  return line;
}
