// Issues, which pull requests are too: opened, changed, closed, labelled and commented.

import { invalid, notFound } from '../api-error.ts';
import type { Actor, Comment, Issue, Label, Repository } from '../entities.ts';
import { announce } from '../events.ts';
import { commentJson, issueJson, labelJson } from '../render/issues.ts';
import { isPull, issueOf, newId, type State } from '../state.ts';
import { announcePull, closePull } from './pull-sync.ts';
import { reopenPull } from './reopen.ts';
import { checkBody, checkTitle } from './text-limits.ts';

/** Tells of an issue or a pull request, each by its own event. */
function announceIssue(
  state: State,
  repository: Repository,
  actor: Actor,
  issue: Issue,
  action: string,
  extra: Readonly<Record<string, unknown>> = {},
): void {
  if (isPull(issue)) announcePull(state, repository, actor, issue, action, extra);
  else {
    const payload = { issue: issueJson(state, repository, issue), ...extra };
    announce(state, { name: 'issues', action, repository, actor, payload });
  }
}

/** Returns an issue with the next number, not yet in the repository. */
export function blankIssue(
  state: State,
  repository: Repository,
  actor: Actor,
  given: Pick<Issue, 'title' | 'body' | 'pull'>,
): Issue {
  const nowMs = state.clock.nowMs();
  const number = repository.nextNumber;
  repository.nextNumber += 1;
  return {
    ...given,
    id: newId(state),
    number,
    login: actor.login,
    app: actor.app,
    state: 'open',
    stateReason: null,
    labels: [],
    assignees: [],
    createdMs: nowMs,
    updatedMs: nowMs,
    closedMs: null,
    closedBy: null,
    reactions: [],
  };
}

/** Opens an issue. */
export function openIssue(
  state: State,
  repository: Repository,
  actor: Actor,
  given: { readonly title: string; readonly body: string | null; readonly labels: readonly string[] },
): Issue {
  checkTitle('Issue', given.title);
  checkBody('Issue', given.body);
  const issue = blankIssue(state, repository, actor, { title: given.title, body: given.body, pull: null });
  repository.issues.set(issue.number, issue);
  issue.labels = given.labels.map((name) => labelNamed(state, repository, name).name);
  announceIssue(state, repository, actor, issue, 'opened');
  return issue;
}

interface IssueChange {
  readonly title?: string | undefined;
  readonly body?: string | null | undefined;
  readonly state?: 'open' | 'closed' | undefined;
  readonly stateReason?: Issue['stateReason'] | undefined;
  readonly labels?: readonly string[] | undefined;
}

/** Changes an issue or a pull request; what is `undefined` stays. */
export function changeIssue(
  state: State,
  repository: Repository,
  actor: Actor,
  issue: Issue,
  change: IssueChange,
): void {
  if (change.title !== undefined) checkTitle('Issue', change.title);
  if (change.body !== undefined) checkBody('Issue', change.body);
  changeText(state, repository, actor, issue, change);
  if (change.labels !== undefined) setLabels(state, repository, actor, issue, change.labels);
  if (change.state !== undefined && change.state !== issue.state)
    changeState(state, repository, actor, issue, change.state, change.stateReason);
}

function changeText(
  state: State,
  repository: Repository,
  actor: Actor,
  issue: Issue,
  { title, body }: IssueChange,
): void {
  const changes: Record<string, { from: string }> = {};
  if (title !== undefined && title !== issue.title) {
    changes['title'] = { from: issue.title };
    issue.title = title;
  }
  if (body !== undefined && body !== issue.body) {
    changes['body'] = { from: issue.body ?? '' };
    issue.body = body;
  }
  if (Object.keys(changes).length === 0) return;
  issue.updatedMs = state.clock.nowMs();
  announceIssue(state, repository, actor, issue, 'edited', { changes });
}

function changeState(
  state: State,
  repository: Repository,
  actor: Actor,
  issue: Issue,
  to: 'open' | 'closed',
  reason: Issue['stateReason'] | undefined,
): void {
  if (isPull(issue)) {
    if (to === 'closed') closePull(state, repository, actor, issue);
    else reopenPull(state, repository, actor, issue);
    return;
  }
  const nowMs = state.clock.nowMs();
  issue.state = to;
  issue.updatedMs = nowMs;
  issue.closedMs = to === 'closed' ? nowMs : null;
  issue.closedBy = to === 'closed' ? actor.login : null;
  issue.stateReason = to === 'closed' ? (reason ?? 'completed') : 'reopened';
  announceIssue(state, repository, actor, issue, to === 'closed' ? 'closed' : 'reopened');
}

const LABEL_MAX = 50;
const NEW_LABEL_COLOR = 'ededed';

/** Makes a label; 422 where the name is taken or too long. */
export function createLabel(
  state: State,
  repository: Repository,
  given: Pick<Label, 'name' | 'color' | 'description'>,
): Label {
  if (given.name.trim() === '') throw invalid('Label', 'name', 'missing_field');
  if ([...given.name].length > LABEL_MAX)
    throw invalid('Label', 'name', { say: `name is too long (maximum is ${LABEL_MAX} characters)` });
  if (!/^[0-9a-f]{6}$/i.test(given.color)) throw invalid('Label', 'color', 'invalid');
  const key = given.name.toLowerCase();
  if (repository.labels.has(key)) throw invalid('Label', 'name', 'already_exists');
  const label: Label = { id: newId(state), ...given };
  repository.labels.set(key, label);
  return label;
}

/** Returns the label of a name in any case, and makes it where it is new, as putting it on an issue does. */
function labelNamed(state: State, repository: Repository, name: string): Label {
  const known = repository.labels.get(name.toLowerCase());
  // Not null: the description of pull requests in lists allows none there.
  return known ?? createLabel(state, repository, { name, color: NEW_LABEL_COLOR, description: '' });
}

/** Puts labels on an issue; those it has stay. */
export function addLabels(
  state: State,
  repository: Repository,
  actor: Actor,
  issue: Issue,
  names: readonly string[],
): void {
  for (const label of names.map((name) => labelNamed(state, repository, name))) {
    if (issue.labels.includes(label.name)) continue;
    issue.labels.push(label.name);
    issue.updatedMs = state.clock.nowMs();
    announceIssue(state, repository, actor, issue, 'labeled', { label: labelJson(state, repository, label) });
  }
}

/** Takes a label off an issue; 404 where it is not on it. */
export function removeLabel(
  state: State,
  repository: Repository,
  actor: Actor,
  issue: Issue,
  name: string,
): void {
  const label = repository.labels.get(name.toLowerCase());
  if (label === undefined || !issue.labels.includes(label.name)) throw notFound();
  issue.labels = issue.labels.filter((each) => each !== label.name);
  issue.updatedMs = state.clock.nowMs();
  announceIssue(state, repository, actor, issue, 'unlabeled', { label: labelJson(state, repository, label) });
}

/** Makes the labels of an issue exactly these. */
export function setLabels(
  state: State,
  repository: Repository,
  actor: Actor,
  issue: Issue,
  names: readonly string[],
): void {
  const wanted = names.map((name) => labelNamed(state, repository, name).name);
  for (const name of issue.labels.filter((each) => !wanted.includes(each)))
    removeLabel(state, repository, actor, issue, name);
  addLabels(state, repository, actor, issue, wanted);
}

function announceComment(
  state: State,
  repository: Repository,
  actor: Actor,
  comment: Comment,
  action: 'created' | 'edited' | 'deleted',
  extra: Readonly<Record<string, unknown>> = {},
): void {
  const issue = issueJson(state, repository, issueOf(repository, comment.issueNumber));
  const payload = { issue, comment: commentJson(state, repository, comment), ...extra };
  announce(state, { name: 'issue_comment', action, repository, actor, payload });
}

function checkComment(body: string): void {
  if (body.trim() === '') throw invalid('IssueComment', 'body', { say: "Body can't be blank" });
  checkBody('IssueComment', body);
}

/** Comments an issue or a pull request. */
export function addComment(
  state: State,
  repository: Repository,
  actor: Actor,
  issue: Issue,
  body: string,
): Comment {
  checkComment(body);
  const nowMs = state.clock.nowMs();
  const comment: Comment = {
    id: newId(state),
    issueNumber: issue.number,
    login: actor.login,
    app: actor.app,
    body,
    createdMs: nowMs,
    updatedMs: nowMs,
    reactions: [],
  };
  repository.comments.set(comment.id, comment);
  issue.updatedMs = nowMs;
  announceComment(state, repository, actor, comment, 'created');
  return comment;
}

/** Changes the text of a comment. */
export function editComment(
  state: State,
  repository: Repository,
  actor: Actor,
  comment: Comment,
  body: string,
): void {
  checkComment(body);
  const changes = { body: { from: comment.body } };
  comment.body = body;
  comment.updatedMs = state.clock.nowMs();
  announceComment(state, repository, actor, comment, 'edited', { changes });
}

/** Deletes a comment. */
export function deleteComment(state: State, repository: Repository, actor: Actor, comment: Comment): void {
  repository.comments.delete(comment.id);
  announceComment(state, repository, actor, comment, 'deleted');
}
