// One step of a run: what it did, how it ended and how long it took, whatever job is behind it.

import type { CommandContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { JobOutcome } from './outcome.ts';

export interface StepDone {
  readonly step: string;
  /** `null`: it was left out. */
  readonly exitCode: ExitCode | null;
  /** What it did, or why it did not; the first line is for a table. */
  readonly did: string;
  readonly durationMs: number;
  /** What the command of this name tells people, or empty. */
  readonly text: string;
  /** The same for programs. */
  readonly json: Readonly<Record<string, unknown>>;
  /** Whether it did nothing at all. */
  readonly isRefused: boolean;
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
  const fixed = { step, exitCode, durationMs: clock.nowMs() - startedMs };
  if (outcome.kind === 'report' && made !== null) {
    const { text, json } = outcome;
    return { done: { ...fixed, did: did(made), text, json, isRefused: false }, made };
  }
  const message = outcome.kind === 'refusal' ? outcome.message : outcome.text;
  log.error(`${step}: ${message}`);
  return {
    done: { ...fixed, did: message, text: '', json: { error: message }, isRefused: true },
    made: null,
  };
}

/** A step that was left out, and why. */
export function leftOut(step: string, why: string): StepDone {
  return { step, exitCode: null, did: why, durationMs: 0, text: '', json: {}, isRefused: true };
}

/** Returns how a run ends: the first thing that went wrong is what a person has to look at. */
export function exitCodeOf(steps: readonly StepDone[]): ExitCode {
  const wrong = steps.find(({ exitCode }) => exitCode !== null && exitCode !== EXIT.done);
  return wrong?.exitCode ?? EXIT.done;
}
