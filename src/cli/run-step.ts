// One step of a run: what it did, how it ended and how long it took, whatever job is behind it.

import type { CommandContext } from './context.ts';
import type { ExitCode } from './exit-codes.ts';
import type { JobOutcome } from './outcome.ts';

export interface StepDone {
  readonly step: string;
  readonly exitCode: ExitCode;
  /** What it did, or why it did not, on one line. */
  readonly did: string;
  readonly durationMs: number;
  /** What the command of this name tells people, or empty. */
  readonly text: string;
  /** The same for programs. */
  readonly json: Readonly<Record<string, unknown>>;
}

export interface JobStep<T> {
  readonly done: StepDone;
  /** `null` where the job was refused. */
  readonly made: T | null;
}

/** Runs a job as a step. What was refused is said at once, like an error of the command of that name. */
export async function jobStep<T>(
  { clock, log }: Pick<CommandContext, 'clock' | 'log'>,
  step: string,
  run: () => Promise<JobOutcome<T>>,
  did: (made: T) => string,
): Promise<JobStep<T>> {
  const startedMs = clock.nowMs();
  const { outcome, made } = await run();
  const { exitCode } = outcome;
  const durationMs = clock.nowMs() - startedMs;
  if (outcome.kind === 'report' && made !== null) {
    const { text, json } = outcome;
    return { done: { step, exitCode, did: did(made), durationMs, text, json }, made };
  }
  const message = outcome.kind === 'refusal' ? outcome.message : outcome.text;
  log.error(`${step}: ${message}`);
  const done = { step, exitCode, did: firstLine(message), durationMs, text: '', json: { error: message } };
  return { done, made: null };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
