// The people of the local GitHub: makes accounts and repositories, and acts for them as their browser would.

import { join } from 'node:path';
import { assert } from '../../../domain/assert.ts';
import { DAY_MS } from '../../../domain/time.ts';
import { issueInstallationToken, issueToken } from './auth.ts';
import type {
  ActionRun,
  ActionWorkflow,
  Actor,
  Issue,
  Permissions,
  PullIssue,
  Repository,
  Review,
  Role,
  User,
} from './entities.ts';
import { announceInstallation } from './events.ts';
import { readObject, readRef, updateRef, writeObject } from './git-objects.ts';
import {
  changeTree,
  entryAt,
  initRepository,
  readCommit,
  type TreeChange,
  writeCommit,
} from './git-store.ts';
import { type NewRun, newRun, setWorkflowState } from './model/actions.ts';
import { commitOn, createRef, signatureFor } from './model/branches.ts';
import { announceRun } from './model/checks.ts';
import { addComment, changeIssue } from './model/issues.ts';
import { mergePull, openPull, reviewPull } from './model/pulls.ts';
import { newSetup } from './model/setup.ts';
import { announceSuite, suiteOf } from './model/suites.ts';
import { pictureOf, type RepositoryPicture } from './snapshot.ts';
import {
  type Dispatch,
  installationOn,
  issueOf,
  newId,
  personActor,
  pullOf,
  repositoryOf,
  type State,
  userOf,
  type WorkflowRun,
} from './state.ts';

/** Path → text; `null` removes the file. */
type FileTexts = Readonly<Record<string, string | null>>;

interface NewRepository {
  readonly fullName: string;
  readonly private?: boolean;
  readonly files: FileTexts;
  readonly defaultBranch?: string;
}

interface NewPull {
  readonly repo: string;
  readonly branch: string;
  /** What the branch changes; `null`: the branch is there already. */
  readonly files: FileTexts | null;
  readonly title: string;
  readonly body: string;
  readonly base?: string;
  /** Puts the branch into a fork that belongs to the login. */
  readonly fork?: boolean;
}

/** Acts directly on the state, past all permissions, and sets off the same webhooks as requests do. */
export interface World {
  /** Makes a repository with one commit and installs the App on it. */
  createRepository(given: NewRepository): Repository;
  addUser(login: string, type?: User['type']): void;
  setPermission(repo: string, login: string, role: Role): void;
  userToken(login: string): string;
  /** Returns a GITHUB_TOKEN of a workflow of the repository. */
  actionsToken(repo: string, permissions: Permissions): string;
  /** Returns a token of the App for everything it was granted, good for an hour. */
  installationToken(repo: string): string;
  /** Returns the sha of the commit. */
  commitAs(login: string, repo: string, branch: string, files: FileTexts, message: string): string;
  createBranchAs(login: string, repo: string, branch: string, from?: string): void;
  /** Returns its number. */
  openPullAs(login: string, given: NewPull): number;
  /** Returns its id. */
  commentAs(login: string, repo: string, number: number, body: string): number;
  /** Returns the sha of the merge commit. */
  mergeAs(login: string, repo: string, number: number, method?: 'merge' | 'squash'): string;
  closeAs(login: string, repo: string, number: number): void;
  reopenAs(login: string, repo: string, number: number): void;
  editAs(login: string, repo: string, number: number, change: { title?: string; body?: string }): void;
  reviewAs(login: string, repo: string, number: number, state: Review['state'], body?: string): void;
  /** Asks the App of a check run to run it again. */
  rerequestCheckAs(login: string, repo: string, checkRunId: number): void;
  /** Asks the App for all its checks of a commit again. */
  rerequestSuiteAs(login: string, repo: string, sha: string): void;
  /** Adds a run of a workflow of the default branch; it may be changed later. */
  addWorkflowRun(repo: string, given: NewRun): ActionRun;
  /** Turns a workflow off or on, as a person or GitHub itself would. */
  setWorkflowState(repo: string, path: string, to: ActionWorkflow['state']): void;
  repository(repo: string): Repository;
  issue(repo: string, number: number): Issue;
  pull(repo: string, number: number): PullIssue;
  /** Returns the text of a file on a branch, or `null`. */
  fileText(repo: string, branch: string, path: string): string | null;
  /** Returns the sha of a branch, or `null`. */
  branchSha(repo: string, branch: string): string | null;
  snapshot(repo: string): RepositoryPicture;
  readonly workflowRuns: readonly WorkflowRun[];
  readonly dispatches: readonly Dispatch[];
}

/** Returns the people of a GitHub. */
export function createWorld(state: State): World {
  const as = (login: string): Actor => personActor(state, login);
  const repository = (repo: string): Repository => repositoryOf(state, repo);
  return {
    ...tokenWorld(state),
    ...pullWorld(state),
    createRepository: (given) => createRepository(state, given),
    addUser: (login, type) => {
      userOf(state, login, type);
    },
    setPermission: (repo, login, role) => {
      repository(repo).roles.set(userOf(state, login).login.toLowerCase(), role);
    },
    commitAs: (login, repo, branch, files, message) =>
      commitOn(state, repository(repo), as(login), branch, changesOf(repository(repo), files), { message }),
    createBranchAs: (login, repo, branch, from) =>
      branchOff(state, as(login), repository(repo), branch, from),
    addWorkflowRun: (repo, given) => newRun(state, repository(repo), given),
    setWorkflowState: (repo, path, to) => setWorkflowState(state, repository(repo), path, to),
    repository,
    issue: (repo, number) => issueOf(repository(repo), number),
    pull: (repo, number) => pullOf(repository(repo), number),
    fileText: (repo, branch, path) => fileText(repository(repo), branch, path),
    branchSha: (repo, branch) => readRef(repository(repo).git, `refs/heads/${branch}`),
    snapshot: (repo) => pictureOf(repository(repo)),
    workflowRuns: state.workflowRuns,
    dispatches: state.dispatches,
  };
}

type TokenWorld = Pick<World, 'userToken' | 'actionsToken' | 'installationToken'>;

function tokenWorld(state: State): TokenWorld {
  return {
    userToken: (login) => issueToken(state, 'ghp', personActor(state, login)),
    actionsToken: (repo, permissions) =>
      issueToken(state, 'ghs', {
        ...actionsActor(state),
        permissions: { ...permissions, metadata: 'read' },
        repositories: new Set([repositoryOf(state, repo).fullName]),
        expiresMs: state.clock.nowMs() + DAY_MS,
      }),
    installationToken: (repo) => {
      const installation = installationOn(state, repositoryOf(state, repo));
      assert(installation !== null, () => `the App is not installed on ${repo}`);
      return issueInstallationToken(state, installation, { permissions: null, isWanted: null }).token;
    },
  };
}

/** Returns the actor behind GITHUB_TOKEN, without permissions. */
export function actionsActor(state: State): Actor {
  return {
    login: userOf(state, `${state.actionsApp.slug}[bot]`).login,
    kind: 'actions',
    app: state.actionsApp,
    permissions: {},
    repositories: new Set(),
    expiresMs: null,
    installationId: null,
  };
}

type PullWorld = Pick<
  World,
  | 'openPullAs'
  | 'commentAs'
  | 'mergeAs'
  | 'closeAs'
  | 'reopenAs'
  | 'editAs'
  | 'reviewAs'
  | 'rerequestCheckAs'
  | 'rerequestSuiteAs'
>;

function pullWorld(state: State): PullWorld {
  const as = (login: string): Actor => personActor(state, login);
  const thread = (repo: string, number: number): [Repository, Issue] => {
    const repository = repositoryOf(state, repo);
    return [repository, issueOf(repository, number)];
  };
  const change = (login: string, repo: string, number: number, to: Parameters<typeof changeIssue>[4]) => {
    const [repository, issue] = thread(repo, number);
    changeIssue(state, repository, as(login), issue, to);
  };
  return {
    openPullAs: (login, given) => openPullAs(state, as(login), given),
    commentAs: (login, repo, number, body) => {
      const [repository, issue] = thread(repo, number);
      return addComment(state, repository, as(login), issue, body).id;
    },
    mergeAs: (login, repo, number, method = 'merge') => {
      const repository = repositoryOf(state, repo);
      const request = { method, sha: null, title: null, message: null };
      return mergePull(state, repository, as(login), pullOf(repository, number), request);
    },
    closeAs: (login, repo, number) => change(login, repo, number, { state: 'closed' }),
    reopenAs: (login, repo, number) => change(login, repo, number, { state: 'open' }),
    editAs: change,
    reviewAs: (login, repo, number, outcome, body = '') => {
      const repository = repositoryOf(state, repo);
      reviewPull(state, repository, as(login), pullOf(repository, number), { state: outcome, body });
    },
    rerequestCheckAs: (login, repo, checkRunId) => {
      const repository = repositoryOf(state, repo);
      const run = repository.checkRuns.get(checkRunId);
      assert(run !== undefined, () => `${repo} has no check run ${checkRunId}`);
      announceRun(state, repository, as(login), run, 'rerequested');
    },
    rerequestSuiteAs: (login, repo, sha) => {
      const repository = repositoryOf(state, repo);
      announceSuite(state, repository, as(login), suiteOf(state, repository, state.app, sha), 'rerequested');
    },
  };
}

function changesOf(repository: Repository, files: FileTexts): ReadonlyMap<string, TreeChange> {
  return new Map(
    Object.entries(files).map(([path, text]) => [
      path,
      text === null ? null : { mode: '100644', sha: writeObject(repository.git, 'blob', Buffer.from(text)) },
    ]),
  );
}

function newRepository(
  state: State,
  fullName: string,
  given: { readonly private: boolean; readonly defaultBranch: string; readonly parent: Repository | null },
): Repository {
  const [owner, name, ...rest] = fullName.split('/');
  assert(
    owner !== undefined && name !== undefined && rest.length === 0 && /^[\w.-]+\/[\w.-]+$/.test(fullName),
    () => `"${fullName}" is not owner/name`,
  );
  assert(!state.repositories.has(fullName.toLowerCase()), () => `there is already a repository ${fullName}`);
  userOf(state, owner);
  const nowMs = state.clock.nowMs();
  const dir = join(state.dir, owner, `${name}.git`);
  const repository: Repository = {
    id: newId(state),
    fullName,
    owner,
    name,
    private: given.private,
    defaultBranch: given.defaultBranch,
    parent: given.parent?.fullName ?? null,
    createdMs: nowMs,
    pushedMs: nowMs,
    archived: false,
    git: initRepository(dir, given.defaultBranch, given.parent?.git ?? null),
    roles: new Map(),
    labels: new Map(),
    issues: new Map(),
    comments: new Map(),
    checkRuns: new Map(),
    checkSuites: new Map(),
    workflows: new Map(),
    actionRuns: [],
    setup: newSetup(),
    pinned: [],
    nextNumber: 1,
  };
  state.repositories.set(fullName.toLowerCase(), repository);
  return repository;
}

function createRepository(state: State, given: NewRepository): Repository {
  const defaultBranch = given.defaultBranch ?? 'main';
  const repository = newRepository(state, given.fullName, {
    private: given.private ?? false,
    defaultBranch,
    parent: null,
  });
  const signature = signatureFor(state, personActor(state, repository.owner));
  const sha = writeCommit(repository.git, {
    tree: changeTree(repository.git, null, changesOf(repository, given.files)),
    parents: [],
    author: signature,
    committer: signature,
    message: 'Initial commit',
  });
  updateRef(repository.git, `refs/heads/${defaultBranch}`, null, sha);
  install(state, repository);
  return repository;
}

function install(state: State, repository: Repository): void {
  const key = repository.owner.toLowerCase();
  const known = state.installations.get(key);
  if (known !== undefined) {
    known.repositories.add(repository.fullName);
    return;
  }
  state.installations.set(key, {
    id: newId(state),
    account: repository.owner,
    createdMs: state.clock.nowMs(),
    repositories: new Set([repository.fullName]),
  });
  announceInstallation(state, repository);
}

/** Returns the fork of a login, and makes it where it is new. */
function forkOf(state: State, login: string, parent: Repository): Repository {
  const fullName = `${userOf(state, login).login}/${parent.name}`;
  const known = state.repositories.get(fullName.toLowerCase());
  if (known !== undefined) return known;
  const { private: isPrivate, defaultBranch } = parent;
  const fork = newRepository(state, fullName, { private: isPrivate, defaultBranch, parent });
  const tip = readRef(parent.git, `refs/heads/${defaultBranch}`);
  if (tip !== null) updateRef(fork.git, `refs/heads/${defaultBranch}`, null, tip);
  return fork;
}

function branchOff(
  state: State,
  actor: Actor,
  repository: Repository,
  branch: string,
  from = repository.defaultBranch,
): void {
  const sha = readRef(repository.git, `refs/heads/${from}`);
  assert(sha !== null, () => `${repository.fullName} has no branch ${from}`);
  createRef(state, repository, actor, `refs/heads/${branch}`, sha);
}

function openPullAs(state: State, actor: Actor, given: NewPull): number {
  const base = repositoryOf(state, given.repo);
  const head = given.fork === true ? forkOf(state, actor.login, base) : base;
  const baseBranch = given.base ?? base.defaultBranch;
  if (given.files !== null) {
    if (readRef(head.git, `refs/heads/${given.branch}`) === null) {
      const from = readRef(base.git, `refs/heads/${baseBranch}`);
      assert(from !== null, () => `${base.fullName} has no branch ${baseBranch}`);
      createRef(state, head, actor, `refs/heads/${given.branch}`, from);
    }
    commitOn(state, head, actor, given.branch, changesOf(head, given.files), { message: given.title });
  }
  const issue = openPull(state, base, actor, {
    title: given.title,
    body: given.body,
    head: `${head.owner}:${given.branch}`,
    base: baseBranch,
    draft: false,
  });
  return issue.number;
}

function fileText(repository: Repository, branch: string, path: string): string | null {
  const sha = readRef(repository.git, `refs/heads/${branch}`);
  const commit = sha === null ? null : readCommit(repository.git, sha);
  const entry = commit === null ? null : entryAt(repository.git, commit.tree, path);
  const object = entry === null ? null : readObject(repository.git, entry.sha);
  return object?.type === 'blob' ? object.data.toString() : null;
}
