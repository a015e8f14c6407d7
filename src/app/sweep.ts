// Makes up for what webhooks did not bring: asks GitHub for missed deliveries, and looks at every repository as if something had happened.

import { GitHubError, type IssueComment, type PullRequest } from '../domain/github.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, msFromIso } from '../domain/time.ts';
import type { Clock, GitHubApp, Log } from '../ports.ts';
import { readCommands } from '../supervision/command.ts';
import type { AppPorts } from './handle-event.ts';
import { missedDeliveries } from './missed-deliveries.ts';
import { isSupervised } from './repository-settings.ts';

interface RedeliverPorts {
  readonly app: Pick<GitHubApp, 'deliveries' | 'redeliver'>;
  readonly clock: Clock;
  readonly log: Log;
  isKnown(guid: string): boolean;
  isHandled(event: string): boolean;
}

/** GitHub redelivers nothing older. */
const REDELIVERABLE_MS = 3 * DAY_MS;
/** An attempt may be recorded late, and the clocks of GitHub and the server differ. */
const OVERLAP_MS = HOUR_MS;

interface Redelivered {
  readonly asked: number;
  /** Whether nothing is left to ask for: else the next round has to look back as far as this one. */
  readonly isComplete: boolean;
}

/**
 * Asks GitHub for every delivery that never reached the app, up to a hundred.
 *
 * @param lastMs when nothing was left to ask for last, or `null`: then all that GitHub still knows
 * @throws GitHubError where GitHub does not list them; one that it refuses to redeliver is only told
 */
export async function redeliverMissed(ports: RedeliverPorts, lastMs: number | null): Promise<Redelivered> {
  const { app, clock, log } = ports;
  const nowMs = clock.nowMs();
  const oldestMs = nowMs - REDELIVERABLE_MS;
  // A last time that is yet to come was told by a clock that was wrong.
  const isKnown = lastMs !== null && lastMs <= nowMs;
  const sinceMs = isKnown ? Math.max(oldestMs, lastMs - OVERLAP_MS) : oldestMs;
  const attempts = await app.deliveries(sinceMs);
  const { redeliver, left, givenUp } = missedDeliveries(attempts, ports.isKnown, ports.isHandled);
  if (givenUp.length > 0)
    log.error(
      `${givenUp.length} deliveries failed again and again and are not asked for any more; their cause is on the page of the app under Advanced, Recent Deliveries: ${givenUp.slice(0, 5).join(', ')}`,
    );
  let [asked, unavailable] = [0, 0];
  for (const { id, guid, event } of redeliver) {
    try {
      await app.redeliver(id);
      asked += 1;
    } catch (error) {
      if (!(error instanceof GitHubError) || error.kind === 'unavailable') unavailable += 1;
      log.warn(`GitHub did not redeliver ${guid} (${event}): ${String(error)}`);
    }
  }
  return { asked, isComplete: left + unavailable === 0 };
}

/** What was looked at already, so that a sweep asks GitHub little where nothing happened. Lost with the process. */
export interface SweepMemory {
  /** Pull request → what its review rested on. */
  readonly reviewed: Map<number, string>;
  readonly answered: Set<number>;
  /** When it was last looked whether everything runs, epoch ms. */
  watchedMs: number | null;
}

export function sweepMemory(): SweepMemory {
  return { reviewed: new Map(), answered: new Set(), watchedMs: null };
}

/** Workflows are due every half hour, and asking after them takes two dozen requests. */
const WATCH_MS = 15 * MINUTE_MS;

/**
 * Does for one repository what events of it would have asked for: publishes the newest state, which also keeps every deadline,
 * reviews pull requests whose head or base is new, answers commands of the last day that nobody answered, and now and then looks
 * whether everything runs that should.
 *
 * @returns whether the repository is one that Warden supervises; nothing is done for others
 * @throws AggregateError where some of it failed; the rest was done, and the next sweep tries again.
 */
export async function sweepRepository(ports: AppPorts, memory: SweepMemory, nowMs: number): Promise<boolean> {
  const { github, jobs, settings } = ports;
  if (!(await isSupervised(github, settings))) return false;
  const failures: unknown[] = [];
  const attempt = async (run: () => Promise<void>): Promise<void> => {
    try {
      await run();
    } catch (error) {
      failures.push(error);
    }
  };
  await attempt(async () => {
    for (const owed of await jobs.publish()) failures.push(new GitHubError('refused', null, owed));
  });
  await attempt(async () => {
    const open = await github.pulls({ state: 'open' });
    forgetClosed(memory, open);
    for (const pull of open) {
      await attempt(async () => await reviewWhereNew(ports, memory, pull));
      await attempt(async () => await answerMissed(ports, memory, pull, nowMs));
    }
  });
  await attempt(async () => {
    if (memory.watchedMs !== null && nowMs - memory.watchedMs < WATCH_MS) return;
    for (const owed of await jobs.watch()) failures.push(new GitHubError('refused', null, owed));
    memory.watchedMs = nowMs;
  });
  if (failures.length > 0) throw new AggregateError(failures, 'the sweep of a repository failed in part');
  return true;
}

function forgetClosed({ reviewed }: SweepMemory, open: readonly PullRequest[]): void {
  for (const number of [...reviewed.keys()])
    if (!open.some((pull) => pull.number === number)) reviewed.delete(number);
}

async function reviewWhereNew(
  { jobs, settings }: AppPorts,
  { reviewed }: SweepMemory,
  { number, headSha, baseBranch }: PullRequest,
): Promise<void> {
  const ground = `${headSha} ${baseBranch} ${settings.baseDigest}`;
  if (reviewed.get(number) === ground) return;
  await jobs.reviewConfig(number);
  reviewed.set(number, ground);
}

/** The job finds its own answers, so a command that was answered is not answered again. */
async function answerMissed(
  { github, jobs }: AppPorts,
  { answered }: SweepMemory,
  { number }: PullRequest,
  nowMs: number,
): Promise<void> {
  for (const comment of await github.comments(number)) {
    if (answered.has(comment.id) || !mayBeCommand(comment, github.ownLogins, nowMs)) continue;
    const { id: commentId, author, body } = comment;
    const isBot = author.endsWith('[bot]');
    await jobs.answerCommand({ number, commentId, author, body, isBot }, null);
    answered.add(commentId);
  }
}

/** Edited ones hold no command, as for the webhook. Older ones are passed over: their author has asked elsewhere by now. */
function mayBeCommand(comment: IssueComment, ownLogins: readonly string[], nowMs: number): boolean {
  if (ownLogins.includes(comment.author) || comment.createdAt !== comment.updatedAt) return false;
  return readCommands(comment.body).lines.length > 0 && nowMs - msFromIso(comment.createdAt) <= DAY_MS;
}
