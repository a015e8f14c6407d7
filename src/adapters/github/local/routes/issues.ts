// Issues with their comments, labels and reactions.

import { ApiError, invalid, notFound } from '../api-error.ts';
import { type Comment, type Issue, REACTIONS, type Reaction } from '../entities.ts';
import {
  addComment,
  addLabels,
  changeIssue,
  createLabel,
  deleteComment,
  editComment,
  openIssue,
  removeLabel,
  setLabels,
} from '../model/issues.ts';
import { commentJson, issueJson, issueLabelsJson, labelJson, reactionJson } from '../render/issues.ts';
import {
  type Answer,
  type ApiRequest,
  answer,
  NO_CONTENT,
  nullableText,
  numberParam,
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
import { isAtLeast, issueOf, newId, roleOf } from '../state.ts';

/** Issues and pull requests share these routes, and either permission will do. */
const EITHER = ['issues', 'pull_requests'];

function issueParam(request: RepositoryRequest): Issue {
  return issueOf(request.repository, numberParam(request, 'issue_number'));
}

function commentParam(request: RepositoryRequest): Comment {
  const comment = request.repository.comments.get(numberParam(request, 'comment_id'));
  if (comment === undefined) throw notFound();
  return comment;
}

/** People may change what they wrote themselves; for more they need a role. Apps were admitted by their permissions. */
function checkAuthor({ actor, repository }: RepositoryRequest, author: string): void {
  if (actor.permissions !== null || actor.login === author) return;
  if (!isAtLeast(roleOf(repository, actor.login), 'triage'))
    throw new ApiError(403, 'Must have admin rights to Repository.');
}

/** Returns items in the order a query asks for; GitHub starts with the newest. */
export function sorted<T extends Pick<Issue, 'createdMs' | 'updatedMs' | 'number'>>(
  query: URLSearchParams,
  items: readonly T[],
): readonly T[] {
  const key = query.get('sort') === 'updated' ? 'updatedMs' : 'createdMs';
  const sign = query.get('direction') === 'asc' ? 1 : -1;
  return [...items].sort((a, b) => sign * (a[key] - b[key] || a.number - b.number));
}

function listIssues(request: RepositoryRequest): Answer {
  const { state, repository, query } = request;
  const wanted = query.get('state') ?? 'open';
  const labels = (query.get('labels') ?? '').split(',').filter((name) => name !== '');
  const creator = query.get('creator');
  const since = Date.parse(query.get('since') ?? '');
  const found = [...repository.issues.values()].filter(
    (issue) =>
      (wanted === 'all' || issue.state === wanted) &&
      (creator === null || issue.login.toLowerCase() === creator.toLowerCase()) &&
      (Number.isNaN(since) || issue.updatedMs >= since) &&
      labels.every((name) => issue.labels.some((each) => each.toLowerCase() === name.toLowerCase())),
  );
  return paged(request, sorted(query, found), (issue) => issueJson(state, repository, issue));
}

function postIssue({ state, repository, actor, body }: RepositoryRequest): Answer {
  const issue = openIssue(state, repository, actor, {
    title: textField(body, 'Issue', 'title'),
    body: nullableText(body, 'Issue', 'body') ?? null,
    labels: textList(body, 'Issue', 'labels') ?? [],
  });
  return answer(issueJson(state, repository, issue), 201);
}

const STATE_REASONS = ['completed', 'reopened', 'not_planned', 'duplicate'] as const;

function patchIssue(request: RepositoryRequest): Answer {
  const { state, repository, actor, body } = request;
  const issue = issueParam(request);
  checkAuthor(request, issue.login);
  const reason = optionalText(body, 'Issue', 'state_reason');
  changeIssue(state, repository, actor, issue, {
    title: optionalText(body, 'Issue', 'title'),
    body: nullableText(body, 'Issue', 'body'),
    state: stateField(request),
    stateReason: STATE_REASONS.find((each) => each === reason),
    labels: textList(body, 'Issue', 'labels'),
  });
  return answer(issueJson(state, repository, issue));
}

/** Returns the state a body asks for. */
export function stateField({ body }: ApiRequest): 'open' | 'closed' | undefined {
  const wanted = optionalText(body, 'Issue', 'state');
  if (wanted !== undefined && wanted !== 'open' && wanted !== 'closed')
    throw invalid('Issue', 'state', 'invalid');
  return wanted;
}

function listComments(request: RepositoryRequest, comments: readonly Comment[]): Answer {
  const since = Date.parse(request.query.get('since') ?? '');
  const found = comments.filter(({ updatedMs }) => Number.isNaN(since) || updatedMs >= since);
  return paged(request, found, (each) => commentJson(request.state, request.repository, each));
}

function listIssueComments(request: RepositoryRequest): Answer {
  const { number } = issueParam(request);
  return listComments(
    request,
    [...request.repository.comments.values()].filter(({ issueNumber }) => issueNumber === number),
  );
}

function postComment(request: RepositoryRequest): Answer {
  const { state, repository, actor, body } = request;
  const text = textField(body, 'IssueComment', 'body');
  const comment = addComment(state, repository, actor, issueParam(request), text);
  return answer(commentJson(state, repository, comment), 201);
}

function patchComment(request: RepositoryRequest): Answer {
  const { state, repository, actor, body } = request;
  const comment = commentParam(request);
  checkAuthor(request, comment.login);
  editComment(state, repository, actor, comment, textField(body, 'IssueComment', 'body'));
  return answer(commentJson(state, repository, comment));
}

function dropComment(request: RepositoryRequest): Answer {
  const comment = commentParam(request);
  checkAuthor(request, comment.login);
  deleteComment(request.state, request.repository, request.actor, comment);
  return NO_CONTENT;
}

function labelParam({ repository, params }: RepositoryRequest) {
  const label = repository.labels.get((params['name'] ?? '').toLowerCase());
  if (label === undefined) throw notFound();
  return label;
}

function postLabel({ state, repository, body }: RepositoryRequest): Answer {
  const label = createLabel(state, repository, {
    name: textField(body, 'Label', 'name'),
    color: optionalText(body, 'Label', 'color') ?? 'ededed',
    description: optionalText(body, 'Label', 'description') ?? null,
  });
  return answer(labelJson(state, repository, label), 201);
}

function issueLabels(request: RepositoryRequest, issue: Issue): Answer {
  return answer(issueLabelsJson(request.state, request.repository, issue));
}

function postIssueLabels(request: RepositoryRequest): Answer {
  const issue = issueParam(request);
  const names = textList(request.body, 'Label', 'labels') ?? [];
  addLabels(request.state, request.repository, request.actor, issue, names);
  return issueLabels(request, issue);
}

function putIssueLabels(request: RepositoryRequest): Answer {
  const issue = issueParam(request);
  const names = textList(request.body, 'Label', 'labels') ?? [];
  setLabels(request.state, request.repository, request.actor, issue, names);
  return issueLabels(request, issue);
}

function dropIssueLabel(request: RepositoryRequest): Answer {
  const issue = issueParam(request);
  removeLabel(request.state, request.repository, request.actor, issue, request.params['name'] ?? '');
  return issueLabels(request, issue);
}

/** Somebody reacts once with each content; doing it again answers with what is there. */
function postReaction({ state, actor, body }: RepositoryRequest, reactions: Reaction[]): Answer {
  const wanted = textField(body, 'Reaction', 'content');
  const content = REACTIONS.find((each) => each === wanted);
  if (content === undefined) throw invalid('Reaction', 'content', 'invalid');
  const known = reactions.find((each) => each.login === actor.login && each.content === content);
  if (known !== undefined) return answer(reactionJson(state, known));
  const made = { id: newId(state), login: actor.login, content, createdMs: state.clock.nowMs() };
  reactions.push(made);
  return answer(reactionJson(state, made), 201);
}

function listReactions(request: RepositoryRequest, reactions: readonly Reaction[]): Answer {
  const content = request.query.get('content');
  const found = reactions.filter((each) => content === null || each.content === content);
  return paged(request, found, (each) => reactionJson(request.state, each));
}

function dropReaction(request: RepositoryRequest, reactions: Reaction[]): Answer {
  const id = numberParam(request, 'reaction_id');
  const at = reactions.findIndex((each) => each.id === id);
  if (at < 0) throw notFound();
  if (reactions[at]?.login !== request.actor.login) throw new ApiError(403, 'Forbidden');
  reactions.splice(at, 1);
  return NO_CONTENT;
}

const READ = reading(...EITHER);
const READERS_WRITE = writing(EITHER, 'read');
const TRIAGE = writing(EITHER, 'triage');
const ISSUE = '/issues/{issue_number}';
const COMMENT = '/issues/comments/{comment_id}';

export const ISSUE_ROUTES: readonly Route[] = [
  repositoryRoute('GET', '/issues', READ, listIssues),
  repositoryRoute('POST', '/issues', writing(['issues'], 'read'), postIssue),
  repositoryRoute('GET', ISSUE, READ, (r) => answer(issueJson(r.state, r.repository, issueParam(r)))),
  repositoryRoute('PATCH', ISSUE, READERS_WRITE, patchIssue),
  repositoryRoute('GET', `${ISSUE}/comments`, READ, listIssueComments),
  repositoryRoute('POST', `${ISSUE}/comments`, READERS_WRITE, postComment),
  repositoryRoute('GET', '/issues/comments', READ, (r) =>
    listComments(r, [...r.repository.comments.values()]),
  ),
  repositoryRoute('GET', COMMENT, READ, (r) => answer(commentJson(r.state, r.repository, commentParam(r)))),
  repositoryRoute('PATCH', COMMENT, READERS_WRITE, patchComment),
  repositoryRoute('DELETE', COMMENT, READERS_WRITE, dropComment),
  repositoryRoute('GET', '/labels', READ, (r) =>
    paged(r, [...r.repository.labels.values()], (each) => labelJson(r.state, r.repository, each)),
  ),
  repositoryRoute('POST', '/labels', writing(EITHER, 'write'), postLabel),
  repositoryRoute('GET', '/labels/{name}', READ, (r) =>
    answer(labelJson(r.state, r.repository, labelParam(r))),
  ),
  repositoryRoute('GET', `${ISSUE}/labels`, READ, (r) =>
    paged(r, issueLabelsJson(r.state, r.repository, issueParam(r)), (each) => each),
  ),
  repositoryRoute('POST', `${ISSUE}/labels`, TRIAGE, postIssueLabels),
  repositoryRoute('PUT', `${ISSUE}/labels`, TRIAGE, putIssueLabels),
  repositoryRoute('DELETE', `${ISSUE}/labels/{name}`, TRIAGE, dropIssueLabel),
  repositoryRoute('GET', `${ISSUE}/reactions`, READ, (r) => listReactions(r, issueParam(r).reactions)),
  repositoryRoute('POST', `${ISSUE}/reactions`, READERS_WRITE, (r) =>
    postReaction(r, issueParam(r).reactions),
  ),
  repositoryRoute('DELETE', `${ISSUE}/reactions/{reaction_id}`, READERS_WRITE, (r) =>
    dropReaction(r, issueParam(r).reactions),
  ),
  repositoryRoute('GET', `${COMMENT}/reactions`, READ, (r) => listReactions(r, commentParam(r).reactions)),
  repositoryRoute('POST', `${COMMENT}/reactions`, READERS_WRITE, (r) =>
    postReaction(r, commentParam(r).reactions),
  ),
  repositoryRoute('DELETE', `${COMMENT}/reactions/{reaction_id}`, READERS_WRITE, (r) =>
    dropReaction(r, commentParam(r).reactions),
  ),
];
