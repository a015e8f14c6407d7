// When a closed pull request can be opened again: GitHub refuses it once its branch is gone or was rewritten.

import { invalid } from '../api-error.ts';
import type { Actor, PullIssue, Repository } from '../entities.ts';
import { readRef } from '../git-objects.ts';
import { isAncestor } from '../git-store.ts';
import { pullsOf, type State } from '../state.ts';
import { announcePull, keepPullRef } from './pull-sync.ts';

/** Returns the tip of the head branch, or `null` where the branch or its repository is gone. */
function headTip(state: State, { pull }: PullIssue): string | null {
  const head = state.repositories.get(pull.headRepo.toLowerCase());
  return head === undefined ? null : readRef(head.git, `refs/heads/${pull.headRef}`);
}

/** Returns the open pull request from the same branch to the same base, or `undefined`. */
export function openTwin(
  repository: Repository,
  pull: Pick<PullIssue['pull'], 'headRepo' | 'headRef' | 'baseRef'>,
): PullIssue | undefined {
  return pullsOf(repository).find(
    (other) =>
      other.state === 'open' &&
      other.pull.headRepo === pull.headRepo &&
      other.pull.headRef === pull.headRef &&
      other.pull.baseRef === pull.baseRef,
  );
}

/** Opens a closed pull request again, with what was pushed meanwhile. */
export function reopenPull(state: State, repository: Repository, actor: Actor, issue: PullIssue): void {
  const { pull } = issue;
  const refusal = (why: string) =>
    invalid('PullRequest', 'state', { say: `state cannot be changed. ${why}` });
  const tip = headTip(state, issue);
  const base = readRef(repository.git, `refs/heads/${pull.baseRef}`);
  if (pull.merged !== null) throw refusal('The pull request cannot be reopened.');
  if (tip === null || base === null)
    throw refusal(`The ${tip === null ? pull.headRef : pull.baseRef} branch has been deleted.`);
  if (!isAncestor(repository.git, pull.headSha, tip))
    throw refusal(`The ${pull.headRef} branch was force-pushed or recreated.`);
  if (openTwin(repository, pull) !== undefined)
    throw refusal(`There is already an open pull request from ${pull.headRef} to ${pull.baseRef}.`);
  if (isAncestor(repository.git, tip, base))
    throw refusal(`There are no new commits on the ${pull.headRef} branch.`);
  issue.state = 'open';
  issue.closedMs = null;
  issue.closedBy = null;
  issue.updatedMs = state.clock.nowMs();
  pull.headSha = tip;
  pull.baseSha = base;
  keepPullRef(repository, issue);
  announcePull(state, repository, actor, issue, 'reopened');
}
