// Pull requests: opened, changed, reviewed and merged.

import { assert } from '../../../../domain/assert.ts';
import { ApiError, invalid, unprocessable } from '../api-error.ts';
import type { Actor, Pull, PullIssue, Repository, Review } from '../entities.ts';
import { announce } from '../events.ts';
import { readRef, updateRef } from '../git-objects.ts';
import { isAncestor, mergeBase, mergedTree, writeCommit } from '../git-store.ts';
import { userJson } from '../render/accounts.ts';
import { baseTip, pullJson, reviewJson } from '../render/pulls.ts';
import { isAtLeast, isPull, newId, roleOf, type State } from '../state.ts';
import { afterPush, signatureFor } from './branches.ts';
import { blankIssue } from './issues.ts';
import { announcePull, keepPullRef, markMerged } from './pull-sync.ts';
import { openTwin } from './reopen.ts';
import { BODY_MAX, checkBody, checkTitle, lengthOf } from './text-limits.ts';

interface PullDraft {
  readonly title: string;
  readonly body: string | null;
  /** `branch`, or `owner:branch` of a fork. */
  readonly head: string;
  readonly base: string;
  readonly draft: boolean;
}

/** Returns the repository and branch that `owner:branch` names; 422 where there is none. */
export function headOf(
  state: State,
  repository: Repository,
  head: string,
): { readonly repository: Repository; readonly branch: string; readonly sha: string } {
  const colon = head.indexOf(':');
  const owner = colon < 0 ? repository.owner : head.slice(0, colon);
  const branch = head.slice(colon + 1);
  const isOwn = owner.toLowerCase() === repository.owner.toLowerCase();
  const found = isOwn
    ? repository
    : [...state.repositories.values()].find(
        (each) => each.owner.toLowerCase() === owner.toLowerCase() && each.parent === repository.fullName,
      );
  const sha = found === undefined ? null : readRef(found.git, `refs/heads/${branch}`);
  if (found === undefined || sha === null) throw invalid('PullRequest', 'head', 'invalid');
  return { repository: found, branch, sha };
}

/** Opens a pull request; 422 where GitHub refuses one. */
export function openPull(state: State, repository: Repository, actor: Actor, given: PullDraft): PullIssue {
  checkTitle('PullRequest', given.title);
  checkBody('PullRequest', given.body);
  const head = headOf(state, repository, given.head);
  const base = readRef(repository.git, `refs/heads/${given.base}`);
  if (base === null) throw invalid('PullRequest', 'base', 'invalid');
  const pull: Pull = {
    id: newId(state),
    headRepo: head.repository.fullName,
    headRef: head.branch,
    headSha: head.sha,
    baseRef: given.base,
    baseSha: base,
    draft: given.draft,
    merged: null,
    requestedReviewers: [],
    reviews: [],
  };
  checkMergeable(repository, pull, head.repository.owner);
  const issue = blankIssue(state, repository, actor, { title: given.title, body: given.body, pull });
  assert(isPull(issue), 'an issue made with a pull request is one');
  repository.issues.set(issue.number, issue);
  keepPullRef(repository, issue);
  announcePull(state, repository, actor, issue, 'opened');
  return issue;
}

function checkMergeable(repository: Repository, pull: Pull, owner: string): void {
  const refuse = (message: string): ApiError =>
    new ApiError(422, 'Validation Failed', [{ resource: 'PullRequest', code: 'custom', message }]);
  if (openTwin(repository, pull) !== undefined)
    throw refuse(`A pull request already exists for ${owner}:${pull.headRef}.`);
  if (isAncestor(repository.git, pull.headSha, pull.baseSha))
    throw refuse(`No commits between ${pull.baseRef} and ${pull.headRef}`);
  if (mergeBase(repository.git, pull.baseSha, pull.headSha) === null)
    throw refuse(`The ${pull.headRef} branch has no history in common with ${pull.baseRef}`);
}

/** Lets a pull request merge into another branch. */
export function changeBase(
  state: State,
  repository: Repository,
  actor: Actor,
  issue: PullIssue,
  base: string,
): void {
  if (base === issue.pull.baseRef) return;
  const sha = readRef(repository.git, `refs/heads/${base}`);
  if (sha === null) throw invalid('PullRequest', 'base', 'invalid');
  checkMergeable(
    repository,
    { ...issue.pull, baseRef: base, baseSha: sha },
    issue.pull.headRepo.split('/')[0] ?? '',
  );
  const from = { ref: { from: issue.pull.baseRef }, sha: { from: issue.pull.baseSha } };
  issue.pull.baseRef = base;
  issue.pull.baseSha = sha;
  announcePull(state, repository, actor, issue, 'edited', { changes: { base: from } });
}

interface MergeRequest {
  readonly method: 'merge' | 'squash' | 'rebase';
  /** The head the caller looked at; 409 where it moved since. */
  readonly sha: string | null;
  readonly title: string | null;
  readonly message: string | null;
}

/** Merges a pull request and returns the commit that did it; 405 where it cannot be merged. */
export function mergePull(
  state: State,
  repository: Repository,
  actor: Actor,
  issue: PullIssue,
  request: MergeRequest,
): string {
  const { pull } = issue;
  if (issue.state !== 'open' || pull.draft) throw new ApiError(405, 'Pull Request is not mergeable');
  if (request.method === 'rebase')
    throw new ApiError(405, 'Rebase merges are not allowed on this repository.');
  if (request.sha !== null && request.sha !== pull.headSha)
    throw new ApiError(409, 'Head branch was modified. Review and try the merge again.');
  const before = baseTip(repository, issue);
  const tree = mergedTree(repository.git, before, pull.headSha);
  if (tree === null) throw new ApiError(405, 'Pull Request is not mergeable');
  const owner = pull.headRepo.split('/')[0] ?? '';
  const isMerge = request.method === 'merge';
  const title =
    request.title ??
    (isMerge
      ? `Merge pull request #${issue.number} from ${owner}/${pull.headRef}`
      : `${issue.title} (#${issue.number})`);
  const text = request.message ?? (isMerge ? issue.title : '');
  const signature = signatureFor(state, actor);
  const sha = writeCommit(repository.git, {
    tree,
    parents: isMerge ? [before, pull.headSha] : [before],
    author: signature,
    committer: { name: 'GitHub', email: 'noreply@github.com', atMs: signature.atMs },
    message: text === '' ? title : `${title}\n\n${text}`,
  });
  const ref = `refs/heads/${pull.baseRef}`;
  if (!updateRef(repository.git, ref, before, sha))
    throw new ApiError(405, 'Base branch was modified. Review and try the merge again.');
  markMerged(state, repository, actor, issue, { sha, baseSha: before });
  afterPush(state, repository, actor, ref, before, sha);
  return sha;
}

/** Asks people to review; 422 where one of them cannot, or wrote the pull request. */
export function requestReviewers(
  state: State,
  repository: Repository,
  actor: Actor,
  issue: PullIssue,
  { logins, teams }: { readonly logins: readonly string[]; readonly teams: readonly string[] },
): void {
  // Teams belong to the organisation, which an app without `members: read` does not see.
  if (teams.length > 0) {
    const unseen = "Could not resolve to a node with the global id of 'T_kwDOlocal'.";
    throw new ApiError(422, 'Validation Failed', [unseen]);
  }
  for (const login of logins) {
    if (login.toLowerCase() === issue.login.toLowerCase())
      throw unprocessable('Review cannot be requested from pull request author.');
    const isCollaborator =
      login.toLowerCase() === repository.owner.toLowerCase() ||
      (repository.roles.has(login.toLowerCase()) && isAtLeast(roleOf(repository, login), 'read'));
    if (!isCollaborator) {
      throw unprocessable(
        'Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the ' +
          `${repository.fullName} repository.`,
      );
    }
  }
  for (const login of logins) {
    if (issue.pull.requestedReviewers.includes(login)) continue;
    issue.pull.requestedReviewers.push(login);
    const reviewer = { requested_reviewer: userJson(state, login) };
    announcePull(state, repository, actor, issue, 'review_requested', reviewer);
  }
}

/** Takes back that people were asked to review. */
export function dropReviewers(
  state: State,
  repository: Repository,
  actor: Actor,
  issue: PullIssue,
  logins: readonly string[],
): void {
  for (const login of logins) {
    if (!issue.pull.requestedReviewers.includes(login)) continue;
    issue.pull.requestedReviewers = issue.pull.requestedReviewers.filter((each) => each !== login);
    const reviewer = { requested_reviewer: userJson(state, login) };
    announcePull(state, repository, actor, issue, 'review_request_removed', reviewer);
  }
}

/** Reviews a pull request; 422 where somebody approves what they wrote. */
export function reviewPull(
  state: State,
  repository: Repository,
  actor: Actor,
  issue: PullIssue,
  given: Pick<Review, 'state' | 'body'>,
): Review {
  if (lengthOf(given.body) > BODY_MAX)
    throw new ApiError(422, 'Unprocessable Entity', [`Body is too long (maximum is ${BODY_MAX} characters)`]);
  const isOwn = actor.login === issue.login && given.state !== 'COMMENTED';
  if (isOwn) {
    const verb = given.state === 'APPROVED' ? 'approve' : 'request changes on';
    throw new ApiError(422, 'Unprocessable Entity', [`Can not ${verb} your own pull request`]);
  }
  const nowMs = state.clock.nowMs();
  const commitSha = issue.pull.headSha;
  const review: Review = { id: newId(state), login: actor.login, commitSha, submittedMs: nowMs, ...given };
  issue.pull.reviews.push(review);
  issue.pull.requestedReviewers = issue.pull.requestedReviewers.filter((each) => each !== actor.login);
  issue.updatedMs = nowMs;
  const json = reviewJson(state, repository, issue, review);
  announce(state, {
    name: 'pull_request_review',
    action: 'submitted',
    repository,
    actor,
    payload: {
      review: { ...json, state: review.state.toLowerCase() },
      pull_request: pullJson(state, repository, issue),
    },
  });
  return review;
}
