// Everything the local GitHub knows, and how its model looks things up and numbers them.

import { notFound } from './api-error.ts';
import type { Deliveries } from './deliveries.ts';
import type { Actor, App, Installation, Issue, PullIssue, Repository, Role, User } from './entities.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** A run of a workflow that an event would start, if the repository has a workflow for it. */
export interface WorkflowRun {
  readonly id: number;
  readonly event: string;
  readonly action: string | null;
  readonly repository: string;
  readonly actor: string;
  /** `action_required`: waits for a person to approve it, without a single job. */
  readonly status: 'queued' | 'action_required';
  readonly headBranch: string | null;
  readonly headSha: string | null;
}

/** A `repository_dispatch` or a `workflow_dispatch`. */
export interface Dispatch {
  readonly kind: 'repository' | 'workflow';
  readonly repository: string;
  readonly actor: string;
  /** Type of the event, or file or id of the workflow. */
  readonly name: string;
  readonly ref: string | null;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface State {
  readonly clock: VirtualClock;
  /** Folder of the bare repositories. */
  readonly dir: string;
  readonly app: App;
  /** Of a token of an installation. */
  readonly tokenLifeMs: number;
  readonly actionsApp: App;
  /** Base of API addresses without a slash at its end; known once the server listens. */
  apiUrl: string;
  readonly users: Map<string, User>;
  readonly repositories: Map<string, Repository>;
  readonly installations: Map<string, Installation>;
  readonly tokens: Map<string, Actor>;
  readonly workflowRuns: WorkflowRun[];
  readonly dispatches: Dispatch[];
  /** The webhook of our App. */
  readonly deliveries: Deliveries;
  nextId: number;
}

/** Where people see the pages of what the API answers; nothing is ever fetched from it. */
export const WEB = 'https://github.com';

const ID_START = 1000;

/** Returns the state of a GitHub without users and repositories. */
export function emptyState(
  given: Pick<State, 'clock' | 'dir' | 'app' | 'tokenLifeMs' | 'actionsApp' | 'deliveries'>,
): State {
  return {
    ...given,
    apiUrl: '',
    users: new Map(),
    repositories: new Map(),
    installations: new Map(),
    tokens: new Map(),
    workflowRuns: [],
    dispatches: [],
    nextId: ID_START,
  };
}

/** Returns an id that nothing else has. */
export function newId(state: State): number {
  state.nextId += 1;
  return state.nextId;
}

/** Returns the account of a login, and makes it where it is new. */
export function userOf(state: State, login: string, type?: User['type']): User {
  const key = login.toLowerCase();
  const known = state.users.get(key);
  if (known !== undefined) return known;
  const user: User = { id: newId(state), login, type: type ?? (login.endsWith('[bot]') ? 'Bot' : 'User') };
  state.users.set(key, user);
  return user;
}

/** Returns the repository of a full name, which GitHub finds in any case; throws 404 where there is none. */
export function repositoryOf(state: State, fullName: string): Repository {
  const repository = state.repositories.get(fullName.toLowerCase());
  if (repository === undefined) throw notFound();
  return repository;
}

/** Returns an issue or pull request; throws 404 where there is none. */
export function issueOf(repository: Repository, number: number): Issue {
  const issue = repository.issues.get(number);
  if (issue === undefined) throw notFound();
  return issue;
}

/** Returns whether an issue is a pull request. */
export function isPull(issue: Issue): issue is PullIssue {
  return issue.pull !== null;
}

/** Returns a pull request; throws 404 where the number is free or an issue. */
export function pullOf(repository: Repository, number: number): PullIssue {
  const issue = issueOf(repository, number);
  if (!isPull(issue)) throw notFound();
  return issue;
}

/** Returns all pull requests of a repository, oldest first. */
export function pullsOf(repository: Repository): readonly PullIssue[] {
  return [...repository.issues.values()].filter(isPull);
}

/** Returns the role of an account in a repository; everybody reads what is public. */
export function roleOf(repository: Repository, login: string): Role {
  if (login.toLowerCase() === repository.owner.toLowerCase()) return 'admin';
  return repository.roles.get(login.toLowerCase()) ?? (repository.private ? 'none' : 'read');
}

const ROLES: readonly Role[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];

/** Returns whether a role includes another. */
export function isAtLeast(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** Returns the installation that reaches a repository, or `null`. */
export function installationOn(state: State, repository: Repository): Installation | null {
  const installation = state.installations.get(repository.owner.toLowerCase());
  return installation?.repositories.has(repository.fullName) === true ? installation : null;
}

/** Returns the actor of an App installed on `installation`. */
export function installationActor(
  state: State,
  installation: Installation,
  narrowed: Pick<Actor, 'permissions' | 'repositories' | 'expiresMs'>,
): Actor {
  const login = userOf(state, `${state.app.slug}[bot]`).login;
  return { login, kind: 'installation', app: state.app, installationId: installation.id, ...narrowed };
}

/** Returns a person as an actor. */
export function personActor(state: State, login: string): Actor {
  const { login: known } = userOf(state, login);
  return {
    login: known,
    kind: 'user',
    app: null,
    permissions: null,
    repositories: null,
    expiresMs: null,
    installationId: null,
  };
}
