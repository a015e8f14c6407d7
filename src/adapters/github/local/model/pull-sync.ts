// What a pushed branch does to pull requests: new commits, an end, or a merge that was made elsewhere.

import type { Actor, PullIssue, Repository } from '../entities.ts';
import { announce } from '../events.ts';
import { readRef, updateRef } from '../git-objects.ts';
import { isAncestor } from '../git-store.ts';
import { pullJson } from '../render/pulls.ts';
import { pullsOf, type State } from '../state.ts';

/** Tells of a pull request; `extra` is what the action adds to the payload. */
export function announcePull(
  state: State,
  repository: Repository,
  actor: Actor,
  issue: PullIssue,
  action: string,
  extra: Readonly<Record<string, unknown>> = {},
): void {
  announce(state, {
    name: 'pull_request',
    action,
    repository,
    actor,
    payload: { number: issue.number, pull_request: pullJson(state, repository, issue), ...extra },
    at: { branch: issue.pull.headRef, sha: issue.pull.headSha },
  });
}

/** Points `refs/pull/N/head` of the base repository at the head, which is how a fork's commits are fetched. */
export function keepPullRef(repository: Repository, issue: PullIssue): void {
  const name = `refs/pull/${issue.number}/head`;
  updateRef(repository.git, name, readRef(repository.git, name), issue.pull.headSha);
}

/** Ends a pull request without merging it. */
export function closePull(state: State, repository: Repository, actor: Actor, issue: PullIssue): void {
  issue.pull.baseSha = readRef(repository.git, `refs/heads/${issue.pull.baseRef}`) ?? issue.pull.baseSha;
  endPull(state, actor, issue);
  announcePull(state, repository, actor, issue, 'closed');
}

/** Ends a pull request as merged by `sha`; `baseSha` is where its base was before. */
export function markMerged(
  state: State,
  repository: Repository,
  actor: Actor,
  issue: PullIssue,
  commit: { readonly sha: string; readonly baseSha: string },
): void {
  issue.pull.baseSha = commit.baseSha;
  issue.pull.merged = { sha: commit.sha, login: actor.login, atMs: state.clock.nowMs() };
  endPull(state, actor, issue);
  announcePull(state, repository, actor, issue, 'closed');
}

function endPull(state: State, actor: Actor, issue: PullIssue): void {
  const nowMs = state.clock.nowMs();
  issue.state = 'closed';
  issue.closedMs = nowMs;
  issue.updatedMs = nowMs;
  issue.closedBy = actor.login;
}

/** Brings the open pull requests in line with a branch that moved from `before` to `after` (`null`: it is gone). */
export function syncPulls(
  state: State,
  repository: Repository,
  actor: Actor,
  branch: string,
  before: string | null,
  after: string | null,
): void {
  for (const base of state.repositories.values()) {
    for (const issue of pullsOf(base)) {
      if (issue.state !== 'open') continue;
      const isHead = issue.pull.headRepo === repository.fullName && issue.pull.headRef === branch;
      const isBase = base === repository && issue.pull.baseRef === branch;
      if (isHead) moveHead(state, base, actor, issue, after);
      else if (isBase && after === null) closePull(state, base, actor, issue);
      else if (isBase && after !== null && isAncestor(base.git, issue.pull.headSha, after))
        markMerged(state, base, actor, issue, { sha: after, baseSha: before ?? after });
    }
  }
}

function moveHead(
  state: State,
  base: Repository,
  actor: Actor,
  issue: PullIssue,
  after: string | null,
): void {
  if (after === null) {
    closePull(state, base, actor, issue);
    return;
  }
  const before = issue.pull.headSha;
  if (before === after) return;
  issue.pull.headSha = after;
  issue.pull.baseSha = readRef(base.git, `refs/heads/${issue.pull.baseRef}`) ?? issue.pull.baseSha;
  issue.updatedMs = state.clock.nowMs();
  keepPullRef(base, issue);
  const hasCommits = !isAncestor(base.git, after, issue.pull.baseSha);
  if (hasCommits) announcePull(state, base, actor, issue, 'synchronize', { before, after });
  else closePull(state, base, actor, issue);
}
