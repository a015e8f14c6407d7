// Issues, comments, labels and reactions as GitHub's JSON.

import {
  type Comment,
  type Issue,
  type Label,
  REACTIONS,
  type Reaction,
  type Repository,
} from '../entities.ts';
import { secondsIso } from '../git-store.ts';
import type { State } from '../state.ts';
import { appJson, associationOf, nodeId, userJson } from './accounts.ts';
import { repositoryPage, repositoryUrl } from './repositories.ts';

/** Returns an instant, or `null` of what did not happen. */
export function maybeIso(ms: number | null): string | null {
  return ms === null ? null : secondsIso(ms);
}

/** Returns a `label`. */
export function labelJson(state: State, repository: Repository, label: Label) {
  return {
    id: label.id,
    node_id: nodeId('LA', label.id),
    url: `${repositoryUrl(state, repository)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: false,
    description: label.description,
  };
}

/** Returns the labels of an issue, in the order they were put on. */
export function issueLabelsJson(state: State, repository: Repository, issue: Issue) {
  return issue.labels.flatMap((name) => {
    const label = repository.labels.get(name.toLowerCase());
    return label === undefined ? [] : [labelJson(state, repository, label)];
  });
}

/** Returns a `reaction`. */
export function reactionJson(state: State, reaction: Reaction) {
  return {
    id: reaction.id,
    node_id: nodeId('REA', reaction.id),
    user: userJson(state, reaction.login),
    content: reaction.content,
    created_at: secondsIso(reaction.createdMs),
  };
}

function rollupJson(url: string, reactions: readonly Reaction[]) {
  const counts = Object.fromEntries(
    REACTIONS.map((content) => [content, reactions.filter((each) => each.content === content).length]),
  );
  return { url: `${url}/reactions`, total_count: reactions.length, ...counts };
}

/** Returns an `issue`; of a pull request with the key `pull_request`. */
export function issueJson(state: State, repository: Repository, issue: Issue) {
  const url = `${repositoryUrl(state, repository)}/issues/${issue.number}`;
  const page = `${repositoryPage(repository)}/${issue.pull === null ? 'issues' : 'pull'}/${issue.number}`;
  const comments = [...repository.comments.values()].filter(
    ({ issueNumber }) => issueNumber === issue.number,
  );
  const assignees = issue.assignees.map((login) => userJson(state, login));
  const pull =
    issue.pull === null
      ? {}
      : {
          draft: issue.pull.draft,
          pull_request: {
            url: `${repositoryUrl(state, repository)}/pulls/${issue.number}`,
            html_url: page,
            diff_url: `${page}.diff`,
            patch_url: `${page}.patch`,
            merged_at: maybeIso(issue.pull.merged?.atMs ?? null),
          },
        };
  return {
    id: issue.id,
    node_id: nodeId('I', issue.id),
    url,
    repository_url: repositoryUrl(state, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    html_url: page,
    number: issue.number,
    title: issue.title,
    user: userJson(state, issue.login),
    labels: issueLabelsJson(state, repository, issue),
    state: issue.state,
    state_reason: issue.stateReason,
    locked: false,
    assignee: assignees[0] ?? null,
    assignees,
    milestone: null,
    comments: comments.length,
    created_at: secondsIso(issue.createdMs),
    updated_at: secondsIso(issue.updatedMs),
    closed_at: maybeIso(issue.closedMs),
    closed_by: issue.closedBy === null ? null : userJson(state, issue.closedBy),
    author_association: associationOf(repository, issue.login),
    active_lock_reason: null,
    body: issue.body,
    reactions: rollupJson(url, issue.reactions),
    performed_via_github_app: issue.app === null ? null : appJson(state, issue.app),
    ...pull,
  };
}

/** Returns an `issue-comment`. */
export function commentJson(state: State, repository: Repository, comment: Comment) {
  const url = `${repositoryUrl(state, repository)}/issues/comments/${comment.id}`;
  const issue = repository.issues.get(comment.issueNumber);
  const kind = issue?.pull == null ? 'issues' : 'pull';
  return {
    id: comment.id,
    node_id: nodeId('IC', comment.id),
    url,
    html_url: `${repositoryPage(repository)}/${kind}/${comment.issueNumber}#issuecomment-${comment.id}`,
    issue_url: `${repositoryUrl(state, repository)}/issues/${comment.issueNumber}`,
    user: userJson(state, comment.login),
    created_at: secondsIso(comment.createdMs),
    updated_at: secondsIso(comment.updatedMs),
    author_association: associationOf(repository, comment.login),
    body: comment.body,
    reactions: rollupJson(url, comment.reactions),
    performed_via_github_app: comment.app === null ? null : appJson(state, comment.app),
  };
}
