// How a command ends: a report with words and numbers, or a refusal with the reason and the next step.

import type { ExitCode } from './exit-codes.ts';

export interface Report {
  readonly kind: 'report';
  readonly exitCode: ExitCode;
  /** The summary for people, without a newline at the end. */
  readonly text: string;
  /** The same for programs, in snake_case; printed as one object by `--json`. */
  readonly json: Readonly<Record<string, unknown>>;
}

export interface Refusal {
  readonly kind: 'refusal';
  readonly exitCode: ExitCode;
  /** What was refused, where, and what to do next. */
  readonly message: string;
}

export type Outcome = Report | Refusal;

/** How a job ended, and what it made; `null` where it was refused. */
export interface JobOutcome<T> {
  readonly outcome: Outcome;
  readonly made: T | null;
}

export function report(exitCode: ExitCode, text: string, json: Report['json']): Report {
  return { kind: 'report', exitCode, text, json };
}

export function refusal(exitCode: ExitCode, message: string): Refusal {
  return { kind: 'refusal', exitCode, message };
}

/** Returns the end of a job that made nothing. */
export function refusedJob(outcome: Refusal): { readonly outcome: Refusal; readonly made: null } {
  return { outcome, made: null };
}
