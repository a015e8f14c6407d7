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
}

export interface SchedulesKept {
  /** Paths of the workflows whose days GitHub counts anew. */
  readonly kept: readonly string[];
  /** What could not be done, one sentence each. */
  readonly unknown: readonly string[];
}

/** Fifteen days before GitHub would do it, so that a month of failed tries is needed to lose a schedule. */
const QUIET_MS_MAX = 45 * DAY_MS;

/**
 * Turns on every schedule that GitHub turned off itself, and, where the newest commit of the default branch is 45 days old, those
 * that are on, once a day. What a person turned off is left alone.
 */
export async function keepSchedulesOn(
  { actions, log }: KeepingPorts,
  { nowMs, repository, scheduled }: KeepingQuestion,
): Promise<SchedulesKept> {
  const off = scheduled.filter(({ state }) => state === 'disabled_inactivity');
  const on = scheduled.filter(({ state }) => state === 'active');
  const [kept, unknown]: [string[], string[]] = [[], []];
  try {
    const isQuiet = !repository.isPrivate && on.length > 0 && (await isQuietFor(actions, nowMs));
    const due = isQuiet ? on.filter(({ changedAt }) => nowMs - msFromIso(changedAt) >= DAY_MS) : [];
    for (const { id, path } of [...off, ...due]) {
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
