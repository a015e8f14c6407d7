// Reads pull requests and issues of the demo from the GitHub of this machine, as its web pages would show them.

import type { CheckRun, Comment, PullIssue, Repository } from '../../adapters/github/local/entities.ts';
import type { FileDifference } from '../../adapters/github/local/git-diff.ts';
import { readCommit } from '../../adapters/github/local/git-store.ts';
import { pullCommits, pullDifferences } from '../../adapters/github/local/render/pulls.ts';
import { pullOf, pullsOf } from '../../adapters/github/local/state.ts';
import { assert } from '../../domain/assert.ts';
import { isoFromMs } from '../../domain/time.ts';
import type { IssueShown } from '../pages/issue-page.ts';
import type { PullShown, ShownEvent } from '../pull-shown.ts';
import type { DemoPull } from './demo-stage.ts';

/** Returns every pull request, oldest first. */
export function pullsIn(repository: Repository): readonly DemoPull[] {
  return pullsOf(repository).map((issue) => ({
    number: issue.number,
    title: issue.title,
    branch: issue.pull.headRef,
    state: stateOf(issue),
    labels: [...issue.labels].sort(),
  }));
}

/** Returns every issue that is no pull request, oldest first: the dashboard, and what people have to be told. */
export function issuesIn(repository: Repository): readonly IssueShown[] {
  return [...repository.issues.values()]
    .filter(({ pull }) => pull === null)
    .map(({ number, title, login, state, createdMs, body }) => ({
      ...{ number, title, author: login, state, createdAt: isoFromMs(createdMs), body: body ?? '' },
      comments: commentsOn(repository, number).map((comment) => ({
        ...{ author: comment.login, at: isoFromMs(comment.createdMs), body: comment.body },
      })),
    }));
}

/** Returns all comments on an issue or a pull request, oldest first. */
export function commentsOn(repository: Repository, number: number): readonly Comment[] {
  return [...repository.comments.values()].filter(({ issueNumber }) => issueNumber === number);
}

/** Returns the newest check of each name on the newest commit, by name. */
export function checksOf(repository: Repository, number: number): PullShown['checks'] {
  const { headSha } = pullOf(repository, number).pull;
  const newest = new Map<string, CheckRun>();
  for (const run of repository.checkRuns.values()) if (run.headSha === headSha) newest.set(run.name, run);
  return [...newest.values()]
    .map(({ name, conclusion, title, summary }) => ({
      ...{ name, conclusion: conclusion ?? 'pending' },
      ...{ title: title ?? '', summary: summary ?? '' },
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Returns the id of the newest comment or review of a pull request, 0 where there is none. */
export function lastSaidIn(repository: Repository, number: number): number {
  const said = [...commentsOn(repository, number), ...pullOf(repository, number).pull.reviews];
  return Math.max(0, ...said.map(({ id }) => id));
}

/**
 * Returns a pull request as its page shows it.
 *
 * @param saidBeforeMerge what {@link lastSaidIn} told as it was merged, since much happens at one instant here; `null`: not known
 */
export function shownPull(
  repository: Repository,
  number: number,
  saidBeforeMerge: number | null = null,
): PullShown {
  const issue = pullOf(repository, number);
  const { pull } = issue;
  return {
    ...{ number, title: issue.title, author: issue.login, branch: pull.headRef, baseBranch: pull.baseRef },
    state: stateOf(issue),
    mergedBy: pull.merged?.login ?? null,
    mergedAt: pull.merged === null ? null : isoFromMs(pull.merged.atMs),
    createdAt: isoFromMs(issue.createdMs),
    labels: issue.labels.map((name) => ({
      name,
      color: repository.labels.get(name.toLowerCase())?.color ?? 'ededed',
    })),
    body: issue.body ?? '',
    checks: checksOf(repository, number),
    files: pullDifferences(repository, issue).map((file) => ({ path: file.filename, diff: diffOf(file) })),
    timeline: timelineOf(repository, issue, saidBeforeMerge),
  };
}

function stateOf({ state, pull }: PullIssue): DemoPull['state'] {
  return pull.merged === null ? state : 'merged';
}

/** With the names of the two files, which GitHub leaves out. */
function diffOf({ filename, previousFilename, status, patch }: FileDifference): string {
  const before = status === 'added' ? '/dev/null' : `a/${previousFilename ?? filename}`;
  const after = status === 'removed' ? '/dev/null' : `b/${filename}`;
  return patch === null ? '' : `--- ${before}\n+++ ${after}\n${patch}\n`;
}

/** What happened, with where it stands among what happened at the same instant: ids grow as things are said. */
type Placed = Omit<ShownEvent, 'at'> & { readonly atMs: number; readonly place: number };

function timelineOf(
  repository: Repository,
  issue: PullIssue,
  saidBeforeMerge: number | null,
): readonly ShownEvent[] {
  const said: Placed[] = [
    ...commentsOn(repository, issue.number).map(({ id, login, createdMs, body }): Placed => {
      return { kind: 'comment', author: login, atMs: createdMs, place: id, body };
    }),
    ...issue.pull.reviews.map(({ id, login, submittedMs, body, state }): Placed => {
      const words = body === '' ? REVIEWS[state] : body;
      return { kind: 'review', author: login, atMs: submittedMs, place: id, body: words };
    }),
  ];
  return [...commitsIn(repository, issue), ...said, ...endOf(issue, saidBeforeMerge)]
    .sort((a, b) => a.atMs - b.atMs || a.place - b.place)
    .map(({ atMs, place: _place, ...event }) => ({ ...event, at: isoFromMs(atMs) }));
}

/** Before anything is said of them, in their own order. */
function commitsIn(repository: Repository, issue: PullIssue): readonly Placed[] {
  return pullCommits(repository, issue).map((sha): Placed => {
    const commit = readCommit(repository.git, sha);
    assert(commit !== null, () => `the commit ${sha} of #${issue.number} is in the repository`);
    const { author, message } = commit;
    return { kind: 'commit', author: author.name, atMs: author.atMs, place: 0, body: message };
  });
}

/** It is closed after everything that was said to it at that instant, which is why. */
function endOf({ pull, closedMs, closedBy }: PullIssue, saidBeforeMerge: number | null): readonly Placed[] {
  const last = Number.MAX_SAFE_INTEGER;
  if (pull.merged !== null) {
    const { login, atMs, sha } = pull.merged;
    const place = saidBeforeMerge === null ? last : saidBeforeMerge + 0.5;
    return [{ kind: 'merged', author: login, atMs, place, body: sha }];
  }
  return closedMs === null
    ? []
    : [{ kind: 'closed', author: closedBy ?? '', atMs: closedMs, place: last, body: '' }];
}

/** What GitHub writes of a review without words. */
const REVIEWS = {
  APPROVED: 'approved these changes',
  CHANGES_REQUESTED: 'requested changes',
  COMMENTED: 'reviewed',
  DISMISSED: 'had a review dismissed',
} as const;
