// What a run hands to the later steps of its job, written by the toolkit of GitHub Actions. Load this file inside a job only: the
// toolkit takes longer to load than an ordinary run takes.

import { setOutput } from '@actions/core';

/** Every output there is. */
export const JOB_OUTPUTS = [
  'exit_code',
  'commit',
  'pushed',
  'rows',
  'verdicts',
  'models',
  'events',
  'rejects',
  'site',
] as const;
export type JobOutput = (typeof JOB_OUTPUTS)[number];

export interface JobOutputs {
  /** A value may hold anything, line breaks too: it cannot become another output. What was set before is replaced. */
  set(name: JobOutput, value: string | number | boolean): void;
}

/**
 * Returns the outputs of the step, or `null` outside of GitHub Actions.
 *
 * @param env the environment of this process, which the toolkit reads itself.
 */
export function jobOutputsOf(env: Readonly<Record<string, string | undefined>>): JobOutputs | null {
  if ((env['GITHUB_OUTPUT'] ?? '') === '') return null;
  return { set: (name, value) => setOutput(name, value) };
}
