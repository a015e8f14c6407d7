// Pull requests: listed, opened, changed, reviewed and merged.

import { ApiError, invalid, notFound } from '../api-error.ts';
import type { Review } from '../entities.ts';
import { changeIssue } from '../model/issues.ts';
import {
  changeBase,
  dropReviewers,
  headOf,
  mergePull,
  openPull,
  requestReviewers,
  reviewPull,
} from '../model/pulls.ts';
import { userJson } from '../render/accounts.ts';
import { commitJson, fileDifferenceJson } from '../render/commits.ts';
import { pullCommits, pullDifferences, pullJson, reviewJson, simplePullJson } from '../render/pulls.ts';
import {
  type Answer,
  answer,
  NO_CONTENT,
  nullableText,
  optionalText,
  paged,
  type RepositoryRequest,
  type Route,
  reading,
  repositoryRoute,
  textField,
  textList,
  writing,
} from '../request.ts';
import { isAtLeast, pullOf, pullsOf, roleOf } from '../state.ts';
import { sorted, stateField } from './issues.ts';
import { existingCommit } from './repositories.ts';

function pullParam({ repository, params }: RepositoryRequest) {
  return pullOf(repository, Number(params['pull_number']));
}

/** A head without its owner is ignored, as on GitHub. */
function listPulls(request: RepositoryRequest): Answer {
  const { state, repository, query } = request;
  const wanted = query.get('state') ?? 'open';
  const [owner, ...branch] = (query.get('head') ?? '').split(':');
  const head = branch.length === 0 ? null : { owner: (owner ?? '').toLowerCase(), ref: branch.join(':') };
  const base = query.get('base');
  const found = pullsOf(repository).filter(
    (issue) =>
      (wanted === 'all' || issue.state === wanted) &&
      (base === null || issue.pull.baseRef === base) &&
      (head === null ||
        (issue.pull.headRef === head.ref && issue.pull.headRepo.toLowerCase().startsWith(`${head.owner}/`))),
  );
  return paged(request, sorted(query, found), (issue) => simplePullJson(state, repository, issue));
}

function postPull(request: RepositoryRequest): Answer {
  const { state, repository, actor, body } = request;
  const head = textField(body, 'PullRequest', 'head');
  if (actor.permissions === null) {
    const from = headOf(state, repository, head);
    if (!isAtLeast(roleOf(from.repository, actor.login), 'write'))
      throw new ApiError(403, 'Must have push access to repository');
  }
  const issue = openPull(state, repository, actor, {
    title: textField(body, 'PullRequest', 'title'),
    body: nullableText(body, 'PullRequest', 'body') ?? null,
    head,
    base: textField(body, 'PullRequest', 'base'),
    draft: body['draft'] === true,
  });
  return answer(pullJson(state, repository, issue), 201);
}

function patchPull(request: RepositoryRequest): Answer {
  const { state, repository, actor, body } = request;
  const issue = pullParam(request);
  const isStranger = actor.permissions === null && actor.login !== issue.login;
  if (isStranger && !isAtLeast(roleOf(repository, actor.login), 'write'))
    throw new ApiError(403, 'Must have push access to repository');
  const base = optionalText(body, 'PullRequest', 'base');
  if (base !== undefined) changeBase(state, repository, actor, issue, base);
  changeIssue(state, repository, actor, issue, {
    title: optionalText(body, 'PullRequest', 'title'),
    body: nullableText(body, 'PullRequest', 'body'),
    state: stateField(request),
  });
  return answer(pullJson(state, repository, issue));
}

function listFiles(request: RepositoryRequest): Answer {
  const { state, repository } = request;
  const issue = pullParam(request);
  return paged(request, pullDifferences(repository, issue), (file) =>
    fileDifferenceJson(state, repository, file, issue.pull.headSha),
  );
}

function listCommits(request: RepositoryRequest): Answer {
  const { state, repository } = request;
  return paged(request, pullCommits(repository, pullParam(request)), (sha) =>
    commitJson(state, repository, existingCommit(request, sha)),
  );
}

const METHODS = ['merge', 'squash', 'rebase'] as const;

function putMerge(request: RepositoryRequest): Answer {
  const { state, repository, actor, body } = request;
  const wanted = optionalText(body, 'PullRequest', 'merge_method') ?? 'merge';
  const method = METHODS.find((each) => each === wanted);
  if (method === undefined) throw invalid('PullRequest', 'merge_method', 'invalid');
  const sha = mergePull(state, repository, actor, pullParam(request), {
    method,
    sha: optionalText(body, 'PullRequest', 'sha') ?? null,
    title: optionalText(body, 'PullRequest', 'commit_title') ?? null,
    message: optionalText(body, 'PullRequest', 'commit_message') ?? null,
  });
  return answer({ sha, merged: true, message: 'Pull Request successfully merged' });
}

function getMerge(request: RepositoryRequest): Answer {
  if (pullParam(request).pull.merged === null) throw notFound();
  return NO_CONTENT;
}

function getReviewers(request: RepositoryRequest): Answer {
  const { requestedReviewers } = pullParam(request).pull;
  const users = requestedReviewers.map((login) => userJson(request.state, login));
  return answer({ users, teams: [] });
}

function postReviewers(request: RepositoryRequest): Answer {
  const { state, repository, actor, body } = request;
  const issue = pullParam(request);
  requestReviewers(state, repository, actor, issue, {
    logins: textList(body, 'PullRequest', 'reviewers') ?? [],
    teams: textList(body, 'PullRequest', 'team_reviewers') ?? [],
  });
  return answer(simplePullJson(state, repository, issue), 201);
}

function dropRequested(request: RepositoryRequest): Answer {
  const { state, repository, actor, body } = request;
  const issue = pullParam(request);
  dropReviewers(state, repository, actor, issue, textList(body, 'PullRequest', 'reviewers') ?? []);
  return answer(simplePullJson(state, repository, issue));
}

const REVIEW_EVENTS: Readonly<Record<string, Review['state']>> = {
  APPROVE: 'APPROVED',
  REQUEST_CHANGES: 'CHANGES_REQUESTED',
  COMMENT: 'COMMENTED',
};

function postReview(request: RepositoryRequest): Answer {
  const { state, repository, actor, body } = request;
  const issue = pullParam(request);
  const event = optionalText(body, 'PullRequestReview', 'event') ?? '';
  const outcome = REVIEW_EVENTS[event];
  const text = optionalText(body, 'PullRequestReview', 'body') ?? '';
  const refuse = (why: string) => new ApiError(422, 'Unprocessable Entity', [why]);
  if (outcome === undefined) throw refuse(`Variable $event was provided invalid value ${event}`);
  if (text === '' && outcome !== 'APPROVED') throw refuse('Review body is required');
  const review = reviewPull(state, repository, actor, issue, { state: outcome, body: text });
  return answer(reviewJson(state, repository, issue, review));
}

function listReviews(request: RepositoryRequest): Answer {
  const issue = pullParam(request);
  return paged(request, issue.pull.reviews, (each) =>
    reviewJson(request.state, request.repository, issue, each),
  );
}

const READ = reading('pull_requests');
const READERS_WRITE = writing(['pull_requests'], 'read');
const WRITE = writing(['pull_requests'], 'write');
const PULL = '/pulls/{pull_number}';

export const PULL_ROUTES: readonly Route[] = [
  repositoryRoute('GET', '/pulls', READ, listPulls),
  repositoryRoute('POST', '/pulls', READERS_WRITE, postPull),
  repositoryRoute('GET', PULL, READ, (r) => answer(pullJson(r.state, r.repository, pullParam(r)))),
  repositoryRoute('PATCH', PULL, READERS_WRITE, patchPull),
  repositoryRoute('GET', `${PULL}/files`, READ, listFiles),
  repositoryRoute('GET', `${PULL}/commits`, READ, listCommits),
  // Merging writes to the base branch, so an App needs the permission for contents.
  repositoryRoute('PUT', `${PULL}/merge`, writing(['contents'], 'write'), putMerge),
  repositoryRoute('GET', `${PULL}/merge`, READ, getMerge),
  repositoryRoute('GET', `${PULL}/requested_reviewers`, READ, getReviewers),
  repositoryRoute('POST', `${PULL}/requested_reviewers`, WRITE, postReviewers),
  repositoryRoute('DELETE', `${PULL}/requested_reviewers`, WRITE, dropRequested),
  repositoryRoute('GET', `${PULL}/reviews`, READ, listReviews),
  repositoryRoute('POST', `${PULL}/reviews`, READERS_WRITE, postReview),
];
