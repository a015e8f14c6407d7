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
  /** Why it did not end with 0; of the same cause, the same words but for numbers. `null` where it did. */
  readonly fault: string | null;
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

/** What is said of a job that made something. */
interface StepWords<T> {
  did(made: T): string;
  /** See {@link StepDone.fault}; left out of a job that makes nothing where it does not end with 0. */
  fault?(made: T): string;
}

/** Runs a job as a step. What was refused is said at once, like an error of the command of that name. */
export async function jobStep<T>(
  { clock, log }: Pick<CommandContext, 'clock' | 'log'>,
  step: string,
  run: () => Promise<JobOutcome<T>>,
  words: StepWords<T>,
): Promise<JobStep<T>> {
  const startedMs = clock.nowMs();
  const { outcome, made } = await run();
  const { exitCode } = outcome;
  const fixed = { step, exitCode, durationMs: clock.nowMs() - startedMs };
  if (outcome.kind === 'report' && made !== null) {
    const { text, json } = outcome;
    const did = words.did(made);
    const fault = exitCode === EXIT.done ? null : (words.fault?.(made) ?? did);
    return { done: { ...fixed, did, fault, text, json, isRefused: false }, made };
  }
  const message = outcome.kind === 'refusal' ? outcome.message : outcome.text;
  log.error(`${step}: ${message}`);
  const { durationMs } = fixed;
  return { done: { ...refusedStep(step, { exitCode, message }), durationMs }, made: null };
}

/** A step that did nothing at all. */
export function refusedStep(
  step: string,
  { exitCode, message }: { readonly exitCode: ExitCode; readonly message: string },
): StepDone {
  const json = { error: message };
  return { step, exitCode, did: message, fault: message, durationMs: 0, text: '', json, isRefused: true };
}

/** A step that was left out, and why. */
export function leftOut(step: string, why: string): StepDone {
  const nothing = { fault: null, durationMs: 0, text: '', json: {}, isRefused: true };
  return { step, exitCode: null, did: why, ...nothing };
}

/** Returns how a run ends: the first thing that went wrong is what a person has to look at. */
export function exitCodeOf(steps: readonly StepDone[]): ExitCode {
  const wrong = steps.find(({ exitCode }) => exitCode !== null && exitCode !== EXIT.done);
  return wrong?.exitCode ?? EXIT.done;
}
