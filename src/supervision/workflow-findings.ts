// What is wrong with a workflow that runs by the clock or waits for a runner: off, broken, missed, failing, late or queued.

import { HOUR_MS, isoFromMs, MINUTE_MS, msFromIso } from '../domain/time.ts';
import { durationText } from './duration-text.ts';
import { minuteText } from './report-numbers.ts';
import type { Timetable } from './schedule.ts';
import { startsOf } from './schedule-starts.ts';
import { workflowFile } from './shipped-workflows.ts';
import type { WatchdogFinding, WatchRules, WorkflowFacts } from './watchdog-facts.ts';

/** A runner of one's own that does not take a job for so long is off, or at something that hangs. */
const QUEUED_MS_MAX = 30 * MINUTE_MS;
/** How late GitHub commonly is. Without it, one tick that GitHub left out and a next one that is a little late would be an alarm. */
const USUALLY_LATE_MS = HOUR_MS;
/** One failed run may have been GitHub's or an exchange's fault, and the next one makes up for it. */
const FAILURES_MIN = 2;
const FAILED: readonly (string | null)[] = ['failure', 'timed_out', 'startup_failure'];
const PASSED = 'success';

/**
 * Returns the first tick that nothing began for, epoch ms, where no run was even made for `latePeriods` periods and for as long as
 * GitHub is commonly late on top, an hour, or one period where that is shorter; else `null`. What is not known is not missed.
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
  return nowMs - lastMs > latePeriods * timetable.periodMs + usuallyLateMs(timetable) ? firstMs : null;
}

function usuallyLateMs({ periodMs }: Timetable): number {
  return Math.min(periodMs, USUALLY_LATE_MS);
}

/** Returns what is wrong with a workflow, and nothing where all is well or not known. */
export function workflowFindings(
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
    evidence: `${lastText}; its schedule is ${workflow.crons.join(' and ')}, and ${latePeriods} periods and ${durationText(usuallyLateMs(timetable))} are waited for`,
    nextStep:
      'start it by hand under Actions, Run workflow, with dry_run off: it does what was left out. Look at githubstatus.com, and whether Settings, Actions, General allows Actions; where both are well, change the minute of its cron line by a commit of somebody who may write: GitHub drops a schedule when the account that last changed its line leaves',
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
  const nextStep = `turn it on under Actions, ${workflowFile(path)}, Enable workflow, or with gh workflow enable ${workflowFile(path)}`;
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
      nextStep:
        'open the run and look at its summary, which says what failed and what to do about it; without one the job never began, and the run says why, as that the minutes of the account are used up',
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
      what: `a job of ${path} has waited for a runner of your own since ${minuteText(oldest.createdAt)} UTC`,
      evidence: `${queued.length === 1 ? 'one run waits' : `${queued.length} runs wait`}, and a runner that is up takes a job within ${durationText(QUEUED_MS_MAX)}`,
      nextStep:
        'look under Settings, Actions, Runners whether the runner is offline, and start its service on its machine; cancel runs whose order is no longer wanted, since they are carried out as soon as it is back',
    },
  ];
}
