// A run for people: one line per step with what it did and how long it took, then what each has to say.

import { tableText } from '../adapters/terminal/table.ts';
import type { RunSession } from './run-session.ts';
import type { StepDone } from './run-step.ts';

/** Returns the summary of a run. */
export function runText(session: RunSession, job: string, steps: readonly StepDone[]): string {
  const { context, place, runUrl } = session;
  const rows = steps.map(({ step, did, durationMs, exitCode }) => [
    step,
    `${(durationMs / 1000).toFixed(1)} s`,
    exitCode,
    did.split('\n', 1)[0] ?? '',
  ]);
  const told = steps.filter(({ text }) => text !== '').map(({ step, text }) => `${step}:\n${text}`);
  return [
    [`${job} on the branch ${place.branch} of ${place.url}`, context.runId, runUrl]
      .filter((part) => part !== null)
      .join(', '),
    tableText({ head: ['step', 'took', 'exit', 'what it did'], rows }),
    ...told,
  ].join('\n\n');
}

/** Returns the same for programs. */
export function runJson(
  session: RunSession,
  job: string,
  {
    steps,
    commit,
    pushed,
  }: { readonly steps: readonly StepDone[]; readonly commit: string | null; readonly pushed: boolean },
): Readonly<Record<string, unknown>> {
  const { context, place, runUrl } = session;
  return {
    job,
    run_id: context.runId,
    run_url: runUrl,
    remote: place.url,
    branch: place.branch,
    commit,
    pushed,
    schedule: context.schedule,
    steps: steps.map(({ step, exitCode, did, durationMs, json }) => ({
      step,
      exit_code: exitCode,
      did,
      duration_ms: durationMs,
      ...json,
    })),
  };
}
