// What should have happened by the clock and did not: facts about workflows, the kernel and what ends, and the findings they give.

import type { Workflow, WorkflowRun } from '../domain/github.ts';
import { DAY_MS, isoFromMs, MINUTE_MS, msFromIso } from '../domain/time.ts';
import { durationText } from './duration-text.ts';
import { minuteText } from './report-numbers.ts';
import type { Timetable } from './schedule.ts';
import { type Lateness, latenessOf, type ScheduledStart, startsOf } from './schedule-starts.ts';

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

/** When a schedule should have started something, and when it did. */
export interface WatchedSchedule {
  readonly path: string;
  readonly crons: readonly string[];
  readonly state: Workflow['state'];
  /** Newest first; `null`: not known. */
  readonly starts: readonly ScheduledStart[] | null;
  readonly lateness: Lateness | null;
  readonly nextAt: string | null;
}

/** A runner of one's own that does not take a job for so long is off, or at something that hangs. */
const QUEUED_MS_MAX = 30 * MINUTE_MS;
/** One failed run may have been GitHub's or an exchange's fault, and the next one makes up for it. */
const FAILURES_MIN = 2;
const FAILED: readonly (string | null)[] = ['failure', 'timed_out', 'startup_failure'];
const PASSED = 'success';

/** Returns the findings, gravest first, then by subject. */
export function watchdogFindings(facts: WatchFacts, rules: WatchRules): readonly WatchdogFinding[] {
  const found = [
    ...facts.workflows.flatMap((workflow) => workflowFindings(workflow, facts.nowMs, rules)),
    ...heartbeatFindings(facts),
    ...endingFindings(facts, rules),
  ];
  const rankOf = ({ kind }: WatchdogFinding): number => FINDING_KINDS.indexOf(kind);
  return found.sort((a, b) => rankOf(a) - rankOf(b) || (a.subject < b.subject ? -1 : 1));
}

/** Returns the table of every schedule, by path. */
export function watchedSchedules({ workflows, nowMs }: WatchFacts): readonly WatchedSchedule[] {
  return workflows
    .flatMap(({ path, crons, state, timetable, runs, changedAt }) => {
      if (timetable === null) return [];
      const sinceMs = msFromIso(changedAt);
      const starts = runs === null ? null : startsOf(timetable, runs, { sinceMs, nowMs });
      const next = timetable.nextTickMs(nowMs);
      const lateness = starts === null ? null : latenessOf(starts);
      return [{ path, crons, state, starts, lateness, nextAt: next === null ? null : isoFromMs(next) }];
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Returns the first tick that nothing began for, epoch ms, where a workflow has been due for `latePeriods` periods and no run was
 * even made; else `null`. What is not known is not missed.
 */
export function missedSinceMs(
  { timetable, runs, changedAt, state }: WorkflowFacts,
  nowMs: number,
  latePeriods: number,
): number | null {
  if (timetable === null || runs === null || state !== 'active') return null;
  const [newest] = runs;
  const changedMs = msFromIso(changedAt);
  const lastMs = newest === undefined ? changedMs : Math.max(changedMs, msFromIso(newest.createdAt));
  const firstMs = timetable.nextTickMs(lastMs);
  if (firstMs === null || nowMs <= firstMs) return null;
  return nowMs - lastMs > latePeriods * timetable.periodMs ? firstMs : null;
}

function workflowFindings(
  workflow: WorkflowFacts,
  nowMs: number,
  { latePeriods }: WatchRules,
): readonly WatchdogFinding[] {
  const { path, state, fault, timetable, changedAt } = workflow;
  if (fault !== null) return [brokenFinding(workflow, fault)];
  const queued = queuedFindings(workflow, nowMs);
  if (timetable === null) return queued;
  if (state !== 'active') return [disabledFinding(workflow), ...queued];
  const missedMs = missedSinceMs(workflow, nowMs, latePeriods);
  if (missedMs === null)
    return [...failingFindings(workflow), ...lateFindings(workflow, nowMs, latePeriods), ...queued];
  const last = workflow.runs?.[0];
  const lastText =
    last === undefined
      ? `no run by its schedule is known, and it has been as it is since ${minuteText(changedAt)} UTC`
      : `its last run by schedule was made at ${minuteText(last.createdAt)} UTC`;
  const missed: WatchdogFinding = {
    ...{ kind: 'missed', subject: path, since: isoFromMs(missedMs), url: last?.url ?? null },
    what: `${path} should have begun at ${minuteText(isoFromMs(missedMs))} UTC and nothing has begun since`,
    evidence: `${lastText}; it is due at ${workflow.crons.join(' and ')} (UTC), and ${latePeriods} periods are waited for`,
    nextStep:
      'start it by hand under Actions, Run workflow, with dry_run off: it does what was left out. Look at githubstatus.com; where GitHub is well, push any commit that changes the file, so that GitHub reads its schedule again',
  };
  return [missed, ...failingFindings(workflow), ...queued];
}

function brokenFinding({ path, changedAt }: WorkflowFacts, fault: string): WatchdogFinding {
  return {
    ...{ kind: 'broken', subject: path, since: changedAt, url: null },
    what: `${path} on the default branch is no workflow that GitHub can run by the clock`,
    evidence: fault,
    nextStep: 'correct the file by a pull request; the copy that ships with Warden is an example',
  };
}

function disabledFinding({ path, state, changedAt }: WorkflowFacts): WatchdogFinding {
  const common = { kind: 'disabled', subject: path, since: changedAt, url: null } as const;
  const nextStep = `turn it on under Actions, ${nameOf(path)}, Enable workflow, or with gh workflow enable ${nameOf(path)}`;
  if (state === 'disabled_manually')
    return {
      ...common,
      what: `the schedule of ${path} was turned off by a person`,
      evidence: 'GitHub says disabled_manually; Warden does not turn on what a person turned off',
      nextStep: `${nextStep}; where it is not wanted any more, remove on.schedule from the file`,
    };
  if (state === 'disabled_inactivity')
    return {
      ...common,
      what: `GitHub turned off the schedule of ${path}, because nothing happened in this public repository for 60 days`,
      evidence: 'GitHub says disabled_inactivity, and Warden could not turn it on again',
      nextStep: `${nextStep}; with the permission actions: write Warden keeps it on by itself`,
    };
  return {
    ...common,
    what: `${path} is turned off`,
    evidence: 'GitHub lists it, and neither as active nor as turned off by a person',
    nextStep: `${nextStep}; in a fork Actions have to be enabled first`,
  };
}

/** Runs that were cancelled or skipped say nothing. */
function failingFindings({ path, runs }: WorkflowFacts): readonly WatchdogFinding[] {
  const telling = (runs ?? []).filter(
    ({ conclusion }) => FAILED.includes(conclusion) || conclusion === PASSED,
  );
  const lastGood = telling.findIndex(({ conclusion }) => conclusion === PASSED);
  const failed = lastGood < 0 ? telling : telling.slice(0, lastGood);
  const [newest, oldest] = [failed[0], failed.at(-1)];
  if (newest === undefined || oldest === undefined || failed.length < FAILURES_MIN) return [];
  return [
    {
      ...{ kind: 'failing', subject: path, since: oldest.createdAt, url: newest.url },
      what: `the last ${failed.length} runs of ${path} by its schedule failed`,
      evidence: `the newest one was made at ${minuteText(newest.createdAt)} UTC and ended with ${newest.conclusion}`,
      nextStep: 'open the run and look at its summary, which says what failed and what to do about it',
    },
  ];
}

/** Only the newest one: what began late before is over, and the table still shows it. */
function lateFindings(
  workflow: WorkflowFacts,
  nowMs: number,
  latePeriods: number,
): readonly WatchdogFinding[] {
  const { path, timetable, runs, changedAt } = workflow;
  if (timetable === null || runs === null) return [];
  const newest = startsOf(timetable, runs, { sinceMs: msFromIso(changedAt), nowMs }).find(
    ({ run }) => run !== null,
  );
  if (newest === undefined || newest.run === null) return [];
  const lateMs = newest.lateMs ?? nowMs - msFromIso(newest.expectedAt);
  if (lateMs <= latePeriods * timetable.periodMs) return [];
  const due = `due at ${minuteText(newest.expectedAt)} UTC`;
  const began = `began at ${minuteText(newest.run.startedAt)} UTC`;
  return [
    {
      ...{ kind: 'late', subject: path, since: newest.expectedAt, url: newest.run.url },
      what:
        newest.lateMs === null
          ? `the run of ${path} that was ${due} has not begun to work`
          : `${path} ran ${durationText(lateMs)} after its time`,
      evidence:
        newest.lateMs === null ? 'GitHub has made the run, and it waits' : `it was ${due} and ${began}`,
      nextStep:
        'look whether an earlier run of the same workflow hangs and cancel it, and whether the account has used up its minutes or its jobs at once; nothing is lost meanwhile, since a run does all that is due',
    },
  ];
}

function queuedFindings({ path, queued }: WorkflowFacts, nowMs: number): readonly WatchdogFinding[] {
  const oldest = queued.at(-1);
  if (oldest === undefined || nowMs - msFromIso(oldest.createdAt) <= QUEUED_MS_MAX) return [];
  return [
    {
      ...{ kind: 'queued', subject: path, since: oldest.createdAt, url: oldest.url },
      what: `a job of ${path} waits for a runner of your own since ${minuteText(oldest.createdAt)} UTC`,
      evidence: `${queued.length === 1 ? 'one run waits' : `${queued.length} runs wait`}, and a runner that is up takes a job within ${durationText(QUEUED_MS_MAX)}`,
      nextStep:
        'look under Settings, Actions, Runners whether the runner is offline, and start its service on its machine; cancel runs whose order is no longer wanted, since they are carried out as soon as it is back',
    },
  ];
}

function heartbeatFindings({ heartbeat, nowMs }: WatchFacts): readonly WatchdogFinding[] {
  if (heartbeat === null || msFromIso(heartbeat.nextDueAt) >= nowMs) return [];
  const { runnerId, at, nextDueAt } = heartbeat;
  return [
    {
      ...{ kind: 'kernel_silent', subject: runnerId, since: nextDueAt, url: null },
      what: `the kernel ${runnerId} is silent since ${minuteText(nextDueAt)} UTC, when its next heartbeat was due`,
      evidence: `kernel/summary.json is of ${minuteText(at)} UTC, and nothing in it may be believed any more`,
      nextStep:
        'look on its machine whether it runs and reaches GitHub, and start it again. Until then count on its positions being open, and look at them at the exchange',
    },
  ];
}

function endingFindings(facts: WatchFacts, { warnBeforeMs }: WatchRules): readonly WatchdogFinding[] {
  const { nowMs, secretDays, tokenEndsAt } = facts;
  // A secret is good until its day is over, wherever that is; a day is added because nobody says where.
  const ends = Object.entries(secretDays).map(([name, day]) => ({
    subject: name,
    endMs: msFromIso(`${day}T00:00:00.000Z`) + DAY_MS,
    evidence: `config/warden.yaml says under watchdog.secrets that it ends on ${day}`,
    nextStep:
      'make a new one where it was made, put it under Settings, Secrets and variables, Actions, and write its day into config/warden.yaml',
  }));
  if (tokenEndsAt !== null)
    ends.push({
      subject: 'GITHUB_TOKEN',
      endMs: msFromIso(tokenEndsAt),
      evidence: `GitHub says that the token Warden works with ends at ${minuteText(tokenEndsAt)} UTC`,
      nextStep:
        'make a new token and put it where this one is; a GitHub App needs none that ends (docs/deploy.md)',
    });
  return ends.flatMap(({ subject, endMs, evidence, nextStep }) => {
    const leftMs = endMs - nowMs;
    if (leftMs > warnBeforeMs) return [];
    const what = leftMs > 0 ? `${subject} ends soon` : `${subject} has ended, and what needs it fails`;
    const since = isoFromMs(endMs - warnBeforeMs);
    return [{ kind: 'secret_ending', subject, since, what, evidence, nextStep, url: null }];
  });
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
