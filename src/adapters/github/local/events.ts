// What a change sets off: a webhook to our App, and the workflow runs GitHub would start for it.

import type { Actor, Repository } from './entities.ts';
import { readCommit } from './git-store.ts';
import { installationJson, nodeId, userJson } from './render/accounts.ts';
import { repositoryJson } from './render/repositories.ts';
import { installationOn, newId, type State } from './state.ts';

interface HubEvent {
  readonly name: string;
  readonly action: string | null;
  readonly repository: Repository;
  readonly actor: Actor;
  readonly payload: Readonly<Record<string, unknown>>;
  /** The commit it is about, where there is one. */
  readonly at?: { readonly branch: string; readonly sha: string };
}

/** Tells the App and the workflows of a repository what happened. */
export function announce(state: State, event: HubEvent): void {
  recordRun(state, event);
  const installation = installationOn(state, event.repository);
  if (installation === null || !state.app.events.includes(event.name)) return;
  const payload = {
    ...(event.action === null ? {} : { action: event.action }),
    ...event.payload,
    repository: webhookRepository(state, event),
    sender: userJson(state, event.actor.login),
    installation: { id: installation.id, node_id: nodeId('INST', installation.id) },
  };
  state.deliveries.emit({ name: event.name, payload });
}

/** A push tells the times of its repository in epoch seconds, as it always did. */
function webhookRepository(state: State, { name, repository }: HubEvent): Record<string, unknown> {
  const json = repositoryJson(state, repository);
  if (name !== 'push') return json;
  return {
    ...json,
    created_at: Math.floor(repository.createdMs / 1000),
    pushed_at: Math.floor(repository.pushedMs / 1000),
    stargazers: 0,
    master_branch: repository.defaultBranch,
    owner: { ...userJson(state, repository.owner), name: repository.owner, email: null },
  };
}

/** Tells the App that it was installed on the first repository of an account. */
export function announceInstallation(state: State, repository: Repository): void {
  const installation = installationOn(state, repository);
  if (installation === null) return;
  const { id, name, fullName } = repository;
  state.deliveries.emit({
    name: 'installation',
    payload: {
      action: 'created',
      installation: installationJson(state, installation),
      repositories: [
        { id, node_id: nodeId('R', id), name, full_name: fullName, private: repository.private },
      ],
      requester: null,
      sender: userJson(state, repository.owner),
    },
  });
}

/** Events for which a repository can have a workflow. */
const WORKFLOW_EVENTS = [
  'push',
  'pull_request',
  'pull_request_review',
  'issues',
  'issue_comment',
  'check_run',
  'check_suite',
  'create',
  'delete',
  'repository_dispatch',
  'workflow_dispatch',
];

const SKIP_MARKS = /\[(skip ci|ci skip|no ci|skip actions|actions skip)\]/;

/**
 * What GITHUB_TOKEN does starts no workflow, so that workflows do not start each other without end. The exceptions are
 * dispatches, which run, and pull requests that are opened, pushed to or reopened, whose runs wait for an approval.
 */
function recordRun(state: State, event: HubEvent): void {
  const { name, action, actor, repository, at } = event;
  if (!WORKFLOW_EVENTS.includes(name)) return;
  const isSkippable = name === 'push' || name === 'pull_request';
  const message = at === undefined ? '' : (readCommit(repository.git, at.sha)?.message ?? '');
  if (isSkippable && SKIP_MARKS.test(message)) return;
  const isDispatch = name === 'repository_dispatch' || name === 'workflow_dispatch';
  const isNews = name === 'pull_request' && ['opened', 'synchronize', 'reopened'].includes(action ?? '');
  const isToken = actor.kind === 'actions';
  if (isToken && !isDispatch && !isNews) return;
  state.workflowRuns.push({
    id: newId(state),
    event: name,
    action,
    repository: repository.fullName,
    actor: actor.login,
    status: isToken && isNews ? 'action_required' : 'queued',
    headBranch: at?.branch ?? null,
    headSha: at?.sha ?? null,
  });
}
