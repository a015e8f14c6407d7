// `warden doctor` as a pure function: from what was found to one line per thing, and which of them comes first.

import type { DoctorFacts, DoctorLine, LineStatus } from './doctor-facts.ts';
import { machineLines } from './doctor-machine.ts';
import { repositoryLines } from './doctor-repository.ts';
import { stateLines } from './doctor-state.ts';
import { workflowLines } from './doctor-workflows.ts';

export interface Diagnosis {
  /** In the order in which they are mended. */
  readonly lines: readonly DoctorLine[];
  readonly counts: Readonly<Record<LineStatus, number>>;
  /** What to mend first; `null` where nothing is missing. */
  readonly first: DoctorLine | null;
}

/** Returns what the facts mean, each with its evidence and the next step. */
export function diagnose(facts: DoctorFacts): Diagnosis {
  const { local, gitHub, kernel } = facts;
  const hasKernel = kernel.ok && kernel.value.summary !== null;
  const lines = [
    ...machineLines(local),
    ...repositoryLines(gitHub, local),
    ...workflowLines(gitHub, local, hasKernel),
    ...stateLines(facts),
  ];
  const count = (wanted: LineStatus): number => lines.filter(({ status }) => status === wanted).length;
  return {
    lines,
    counts: {
      ok: count('ok'),
      missing: count('missing'),
      warning: count('warning'),
      unknown: count('unknown'),
    },
    first: lines.find(({ status }) => status === 'missing') ?? null,
  };
}
