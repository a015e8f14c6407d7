// What the watchdog looks at and what it finds: facts about workflows, the kernel and what ends.

import type { Workflow, WorkflowRun } from '../domain/github.ts';
import type { Timetable } from './schedule.ts';

/** The gravest first; findings are listed in this order. */
export const FINDING_KINDS = [
  'kernel_silent',
  'disabled',
  'broken',
  'missed',
  'failing',
  'queued',
  'late',
  'secret_ending',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** Something that should run and does not. All texts are plain. */
export interface WatchdogFinding {
  readonly kind: FindingKind;
  /** Path of the workflow, name of the secret, or the runner of the kernel. With the kind it tells findings apart. */
  readonly subject: string;
  /** UTC instant. */
  readonly since: string;
  readonly what: string;
  readonly evidence: string;
  readonly nextStep: string;
  /** Page of the run that shows it, or `null`. */
  readonly url: string | null;
}

/** One workflow file of the default branch that runs by the clock, or waits for a runner of one's own. */
export interface WorkflowFacts {
  readonly path: string;
  readonly state: Workflow['state'];
  readonly crons: readonly string[];
  /** `null`: it has no schedule, or a broken one. */
  readonly timetable: Timetable | null;
  /** Why GitHub cannot run the file, in one sentence; `null` where it can. */
  readonly fault: string | null;
  /** Since when it is as it is: made, changed, or turned on. Nothing is missed before that. */
  readonly changedAt: string;
  /** Started by the schedule, newest first; `null`: not known. */
  readonly runs: readonly WorkflowRun[] | null;
  /** Waiting for a runner of one's own, newest first. */
  readonly queued: readonly WorkflowRun[];
}

/** What the heartbeat of the kernel says of itself. */
export interface HeartbeatFacts {
  readonly runnerId: string;
  readonly at: string;
  readonly nextDueAt: string;
}

export interface WatchFacts {
  readonly nowMs: number;
  readonly workflows: readonly WorkflowFacts[];
  /** `null`: no kernel has ever reported, or what it wrote cannot be read. */
  readonly heartbeat: HeartbeatFacts | null;
  /** Name of a secret → day on which it ends, `2027-03-01`. */
  readonly secretDays: Readonly<Record<string, string>>;
  /** When the token of Warden itself ends, or `null` where it does not. */
  readonly tokenEndsAt: string | null;
}

export interface WatchRules {
  readonly latePeriods: number;
  readonly warnBeforeMs: number;
}
