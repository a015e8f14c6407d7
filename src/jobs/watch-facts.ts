// Collects what the watchdog looks at: workflows with their runs, the heartbeat of the kernel, and when the token ends.

import { newestHeartbeat } from '../adapters/state/kernel-records.ts';
import { GitHubError, type RepositoryFacts, type Workflow } from '../domain/github.ts';
import type { WatchdogConfig } from '../domain/supervisor-config.ts';
import { DAY_MS, isoFromMs, msFromIso } from '../domain/time.ts';
import type { Disk, GitHub, GitHubActions } from '../ports.ts';
import { timetableOf } from '../supervision/schedule.ts';
import type { HeartbeatFacts, WatchFacts, WorkflowFacts } from '../supervision/watchdog-facts.ts';
import { missedSinceMs } from '../supervision/workflow-findings.ts';
import { readWorkflowFile } from './workflow-file.ts';

interface WatchSources {
  readonly github: Pick<GitHub, 'file'>;
  readonly actions: GitHubActions;
  /** The state; `null`: there is none yet. */
  readonly disk: Pick<Disk, 'read'> | null;
}

interface WatchQuestion {
  readonly nowMs: number;
  readonly repository: RepositoryFacts;
  readonly rules: WatchdogConfig;
}

/** A workflow that runs by the clock, as far as keeping its schedule on needs it. */
export interface ScheduledWorkflow {
  readonly id: number;
  readonly path: string;
  readonly state: Workflow['state'];
  readonly changedAt: string;
}

export interface WatchGround {
  readonly facts: WatchFacts;
  readonly scheduled: readonly ScheduledWorkflow[];
  /** What could not be learned, one sentence each. */
  readonly unknown: readonly string[];
}

/** So many ticks are shown, and two more may be on their way. */
const TICKS_WANTED = 12;

/** Returns the facts. What GitHub does not tell is left out and said. */
export async function watchGround(sources: WatchSources, question: WatchQuestion): Promise<WatchGround> {
  const { actions, disk } = sources;
  const unknown: string[] = [];
  const known = async <T>(what: string, otherwise: T, look: () => Promise<T>): Promise<T> => {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof GitHubError)) throw error;
      unknown.push(`${what} is not known: ${error.message}`);
      return otherwise;
    }
  };
  const listed = await known('which workflows there are', [], async () => await actions.workflows());
  const workflows: WorkflowFacts[] = [];
  const scheduled: ScheduledWorkflow[] = [];
  for (const workflow of listed) {
    await known(`whether ${workflow.path} runs`, undefined, async () => {
      const facts = await workflowFacts(sources, question, workflow);
      if (facts === null) return;
      workflows.push(facts);
      if (facts.crons.length > 0) scheduled.push(workflow);
    });
  }
  const tokenEndsAt = await known('when the token ends', null, async () => await actions.tokenEndsAt());
  const heartbeat = disk === null ? null : heartbeatOf(disk, unknown);
  const { nowMs, rules } = question;
  const facts = { nowMs, workflows, heartbeat, secretDays: rules.secrets, tokenEndsAt };
  return { facts, scheduled, unknown };
}

/** `null`: it has no file on the default branch, or nothing that the clock or a runner of one's own is waited for. */
async function workflowFacts(
  { github, actions }: WatchSources,
  { nowMs, repository, rules }: WatchQuestion,
  { id, path, state, changedAt }: Workflow,
): Promise<WorkflowFacts | null> {
  const text = await github.file(path, repository.defaultBranch);
  if (text === null) return null;
  const file = readWorkflowFile(text);
  const none = { path, state, changedAt, crons: [], timetable: null, runs: null, queued: [] };
  if (!file.ok) return { ...none, fault: file.error };
  const { schedule, isSelfHosted } = file.value;
  const queued = isSelfHosted ? await actions.queuedRuns(id) : [];
  if (schedule.length === 0) return isSelfHosted ? { ...none, fault: null, queued } : null;
  const timetable = timetableOf(schedule);
  if (!timetable.ok) return { ...none, fault: timetable.error };
  const ticks = Math.max(TICKS_WANTED, Math.ceil(rules.late_periods) + 2);
  const sinceMs = nowMs - Math.max(ticks * timetable.value.periodMs, DAY_MS);
  const facts: WorkflowFacts = {
    ...{ path, state, changedAt, fault: null, queued, timetable: timetable.value },
    crons: schedule.map(({ cron, timezone }) => (timezone === 'UTC' ? cron : `${cron} ${timezone}`)),
    runs: await actions.scheduledRuns(id, sinceMs),
  };
  if (missedSinceMs(facts, nowMs, rules.late_periods) === null) return facts;
  // A schedule that was changed a moment ago owes nothing yet. Asked only where it matters, since it costs a request.
  const committedMs = msFromIso((await actions.lastCommitAt(path)) ?? changedAt);
  return { ...facts, changedAt: isoFromMs(Math.max(committedMs, msFromIso(changedAt))) };
}

function heartbeatOf(disk: Pick<Disk, 'read'>, unknown: string[]): HeartbeatFacts | null {
  const read = newestHeartbeat(disk);
  if (!read.ok) unknown.push(`whether the kernel is up is not known: ${read.error}`);
  if (!read.ok || read.value === null) return null;
  const { runner_id: runnerId, ts: at, next_due_at: nextDueAt } = read.value;
  return { runnerId, at, nextDueAt };
}
