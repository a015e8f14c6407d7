// Keeps GitHub from turning schedules off, which it does in public repositories where nothing happens for 60 days.

import { GitHubError, type RepositoryFacts } from '../domain/github.ts';
import { DAY_MS, msFromIso } from '../domain/time.ts';
import type { GitHubActions, Log } from '../ports.ts';
import type { ScheduledWorkflow } from './watch-facts.ts';

interface KeepingPorts {
  readonly actions: Pick<GitHubActions, 'lastCommitAt' | 'enableWorkflow'>;
  readonly log: Log;
}

interface KeepingQuestion {
  readonly nowMs: number;
  readonly repository: RepositoryFacts;
  readonly scheduled: readonly ScheduledWorkflow[];
  /** When they were last kept on, epoch ms, where that is remembered. */
  readonly keptOnMs: number | null;
}

export interface SchedulesKept {
  /** Paths of the workflows whose days GitHub counts anew. */
  readonly kept: readonly string[];
  /** What could not be done, one sentence each. */
  readonly unknown: readonly string[];
}

/** Fifteen days before GitHub would do it, so that a month of failed tries is needed to lose a schedule. */
const QUIET_MS_MAX = 45 * DAY_MS;
/** Not more often, since a workflow that was just turned on owes nothing yet, and so is not missed where it stops. */
const AGAIN_MS = 7 * DAY_MS;

/**
 * Turns on every schedule that GitHub turned off itself, and, where the newest commit of the default branch is 45 days old, those
 * that are on: once a week, as GitHub tells when a workflow was last changed, and never twice a day where that is remembered. What a
 * person turned off is left alone.
 */
export async function keepSchedulesOn(
  { actions, log }: KeepingPorts,
  { nowMs, repository, scheduled, keptOnMs }: KeepingQuestion,
): Promise<SchedulesKept> {
  const off = scheduled.filter(({ state }) => state === 'disabled_inactivity');
  const on = scheduled.filter(({ state }) => state === 'active');
  const [kept, unknown]: [string[], string[]] = [[], []];
  try {
    const isRested = keptOnMs === null || nowMs - keptOnMs >= DAY_MS;
    const due = on.filter(({ changedAt }) => isRested && nowMs - msFromIso(changedAt) >= AGAIN_MS);
    const isQuiet = !repository.isPrivate && due.length > 0 && (await isQuietFor(actions, nowMs));
    for (const { id, path } of [...off, ...(isQuiet ? due : [])]) {
      await actions.enableWorkflow(id);
      kept.push(path);
    }
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    unknown.push(`whether GitHub leaves the schedules on is not known: ${error.message}`);
  }
  if (kept.length > 0)
    log.info(`kept on, so that GitHub does not turn them off for want of activity: ${kept.join(', ')}`);
  return { kept, unknown };
}

async function isQuietFor(actions: Pick<GitHubActions, 'lastCommitAt'>, nowMs: number): Promise<boolean> {
  const newest = await actions.lastCommitAt(null);
  return newest !== null && nowMs - msFromIso(newest) > QUIET_MS_MAX;
}
