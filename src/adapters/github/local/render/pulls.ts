// Pull requests and reviews as GitHub's JSON.

import type { PullIssue, Repository, Review } from '../entities.ts';
import { differences } from '../git-diff.ts';
import { readRef } from '../git-objects.ts';
import { commitsOf, mergeBase, mergedTree, secondsIso } from '../git-store.ts';
import type { State } from '../state.ts';
import { associationOf, nodeId, userJson } from './accounts.ts';
import { issueLabelsJson, maybeIso } from './issues.ts';
import { repositoryJson, repositoryPage, repositoryUrl } from './repositories.ts';

/** Returns the head repository of a pull request, or `null` where it is gone. */
function headRepository(state: State, issue: PullIssue): Repository | null {
  return state.repositories.get(issue.pull.headRepo.toLowerCase()) ?? null;
}

function endJson(state: State, repository: Repository | null, fullName: string, ref: string, sha: string) {
  const owner = fullName.split('/')[0] ?? '';
  return {
    label: `${owner}:${ref}`,
    ref,
    sha,
    user: userJson(state, owner),
    repo: repository === null ? null : repositoryJson(state, repository),
  };
}

function linksJson(url: string, issueUrl: string, page: string, statuses: string) {
  return {
    self: { href: url },
    html: { href: page },
    issue: { href: issueUrl },
    comments: { href: `${issueUrl}/comments` },
    review_comments: { href: `${url}/comments` },
    review_comment: { href: `${url.replace(/\/\d+$/, '')}/comments{/number}` },
    commits: { href: `${url}/commits` },
    statuses: { href: statuses },
  };
}

/** Returns a `pull-request-simple`, as lists have it. */
export function simplePullJson(state: State, repository: Repository, issue: PullIssue) {
  const { pull } = issue;
  const url = `${repositoryUrl(state, repository)}/pulls/${issue.number}`;
  const issueUrl = `${repositoryUrl(state, repository)}/issues/${issue.number}`;
  const page = `${repositoryPage(repository)}/pull/${issue.number}`;
  const statuses = `${repositoryUrl(state, repository)}/statuses/${pull.headSha}`;
  const assignees = issue.assignees.map((login) => userJson(state, login));
  return {
    url,
    id: pull.id,
    node_id: nodeId('PR', pull.id),
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issueUrl,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${repositoryUrl(state, repository)}/pulls/comments{/number}`,
    comments_url: `${issueUrl}/comments`,
    statuses_url: statuses,
    number: issue.number,
    state: issue.state,
    locked: false,
    title: issue.title,
    user: userJson(state, issue.login),
    body: issue.body,
    created_at: secondsIso(issue.createdMs),
    updated_at: secondsIso(issue.updatedMs),
    closed_at: maybeIso(issue.closedMs),
    merged_at: maybeIso(pull.merged?.atMs ?? null),
    merge_commit_sha: pull.merged?.sha ?? null,
    assignee: assignees[0] ?? null,
    assignees,
    requested_reviewers: pull.requestedReviewers.map((login) => userJson(state, login)),
    requested_teams: [],
    labels: issueLabelsJson(state, repository, issue),
    milestone: null,
    draft: pull.draft,
    head: endJson(state, headRepository(state, issue), pull.headRepo, pull.headRef, pull.headSha),
    base: endJson(state, repository, repository.fullName, pull.baseRef, pull.baseSha),
    _links: linksJson(url, issueUrl, page, statuses),
    author_association: associationOf(repository, issue.login),
    auto_merge: null,
    active_lock_reason: null,
  };
}

/** Returns a `pull-request` with whether it merges, and its numbers. */
export function pullJson(state: State, repository: Repository, issue: PullIssue) {
  const { pull } = issue;
  const isOpen = issue.state === 'open';
  const isClean = isOpen && mergedTree(repository.git, baseTip(repository, issue), pull.headSha) !== null;
  const files = pullDifferences(repository, issue);
  return {
    ...simplePullJson(state, repository, issue),
    merged: pull.merged !== null,
    mergeable: isOpen ? isClean : null,
    rebaseable: isOpen ? isClean : null,
    mergeable_state: !isOpen ? 'unknown' : !isClean ? 'dirty' : pull.draft ? 'draft' : 'clean',
    merged_by: pull.merged === null ? null : userJson(state, pull.merged.login),
    comments: [...repository.comments.values()].filter((each) => each.issueNumber === issue.number).length,
    review_comments: 0,
    maintainer_can_modify: pull.headRepo !== repository.fullName,
    commits: pullCommits(repository, issue).length,
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changed_files: files.length,
  };
}

/** Returns a `pull-request-minimal`. */
export function minimalPullJson(state: State, repository: Repository, issue: PullIssue) {
  const { pull } = issue;
  const head = headRepository(state, issue) ?? repository;
  const repoJson = (each: Repository) => ({
    id: each.id,
    url: repositoryUrl(state, each),
    name: each.name,
  });
  return {
    id: pull.id,
    number: issue.number,
    url: `${repositoryUrl(state, repository)}/pulls/${issue.number}`,
    head: { ref: pull.headRef, sha: pull.headSha, repo: repoJson(head) },
    base: { ref: pull.baseRef, sha: pull.baseSha, repo: repoJson(repository) },
  };
}

/**
 * Returns where the base of a pull request is. While it is open that is the tip of the base branch, which `base.sha` does not
 * follow: GitHub takes it down when the pull request is opened, pushed to or ended.
 */
export function baseTip(repository: Repository, { state, pull }: PullIssue): string {
  const tip = state === 'open' ? readRef(repository.git, `refs/heads/${pull.baseRef}`) : null;
  return tip ?? pull.baseSha;
}

/** Returns what a pull request changes since it left its base. */
export function pullDifferences(repository: Repository, issue: PullIssue) {
  const from = mergeBase(repository.git, baseTip(repository, issue), issue.pull.headSha);
  return differences(repository.git, from, issue.pull.headSha);
}

/** Returns the commits of a pull request, oldest first. */
export function pullCommits(repository: Repository, issue: PullIssue): readonly string[] {
  return [...commitsOf(repository.git, issue.pull.headSha, baseTip(repository, issue))].reverse();
}

/** Returns a `pull-request-review`. */
export function reviewJson(state: State, repository: Repository, issue: PullIssue, review: Review) {
  const page = `${repositoryPage(repository)}/pull/${issue.number}#pullrequestreview-${review.id}`;
  const url = `${repositoryUrl(state, repository)}/pulls/${issue.number}`;
  return {
    id: review.id,
    node_id: nodeId('PRR', review.id),
    user: userJson(state, review.login),
    body: review.body,
    state: review.state,
    html_url: page,
    pull_request_url: url,
    author_association: associationOf(repository, review.login),
    _links: { html: { href: page }, pull_request: { href: url } },
    submitted_at: secondsIso(review.submittedMs),
    commit_id: review.commitSha,
  };
}
