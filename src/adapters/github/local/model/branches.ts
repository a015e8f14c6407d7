// References that move: by REST, by contents, by merges and by git push, with everything GitHub does after a push.

import { ApiError, notFound, unprocessable } from '../api-error.ts';
import type { Actor, Repository } from '../entities.ts';
import { announce } from '../events.ts';
import { differences } from '../git-diff.ts';
import { isRefName, isSha, readRef, updateRef } from '../git-objects.ts';
import {
  changeTree,
  commitsOf,
  fullSha,
  isAncestor,
  readCommit,
  type Signature,
  type TreeChange,
  writeCommit,
} from '../git-store.ts';
import { simpleCommitJson } from '../render/commits.ts';
import { repositoryPage } from '../render/repositories.ts';
import { type State, userOf } from '../state.ts';
import { syncPulls } from './pull-sync.ts';
import { requestSuite } from './suites.ts';

const NO_SHA = '0'.repeat(40);
/** A push names at most so many commits. */
const PUSH_COMMITS_MAX = 2048;

/** Creates a reference; 422 where it exists or its commit does not. */
export function createRef(
  state: State,
  repository: Repository,
  actor: Actor,
  ref: string,
  sha: string,
): void {
  if (!/^refs\/(heads|tags)\/./.test(ref) || !isRefName(ref))
    throw unprocessable('Reference name must start with refs/ and be valid');
  if (readCommit(repository.git, sha) === null) throw unprocessable('Object does not exist');
  if (readRef(repository.git, ref) !== null) throw unprocessable('Reference already exists');
  if (!updateRef(repository.git, ref, null, sha)) throw unprocessable('Reference update failed');
  afterPush(state, repository, actor, ref, null, sha);
}

/** Moves a reference; 422 where it would lose commits and `force` is not set. */
export function moveRef(
  state: State,
  repository: Repository,
  actor: Actor,
  ref: string,
  sha: string,
  force: boolean,
): void {
  const before = readRef(repository.git, ref);
  if (before === null) throw unprocessable('Reference does not exist');
  if (!isSha(sha) || readCommit(repository.git, sha) === null) throw unprocessable('Object does not exist');
  if (!force && !isAncestor(repository.git, before, sha)) throw unprocessable('Update is not a fast forward');
  if (!updateRef(repository.git, ref, before, sha)) throw new ApiError(409, 'Reference update failed');
  if (before !== sha) afterPush(state, repository, actor, ref, before, sha);
}

/** Deletes a reference; 422 where there is none, or it is the default branch. */
export function deleteRef(state: State, repository: Repository, actor: Actor, ref: string): void {
  const before = readRef(repository.git, ref);
  if (before === null) throw unprocessable('Reference does not exist');
  if (ref === `refs/heads/${repository.defaultBranch}`)
    throw unprocessable('Cannot delete the default branch');
  if (!updateRef(repository.git, ref, before, null)) throw new ApiError(409, 'Reference update failed');
  afterPush(state, repository, actor, ref, before, null);
}

/** Returns the signature of what an account commits now. */
export function signatureFor(state: State, actor: Actor): Signature {
  const { id, login } = userOf(state, actor.login);
  return { name: login, email: `${id}+${login}@users.noreply.github.com`, atMs: state.clock.nowMs() };
}

/**
 * Commits changes on top of a branch and returns the commit. A repository without commits gets its first one.
 * Throws 404 where the branch is missing, and 409 where somebody moved it meanwhile.
 */
export function commitOn(
  state: State,
  repository: Repository,
  actor: Actor,
  branch: string,
  changes: ReadonlyMap<string, TreeChange>,
  signed: { readonly message: string; readonly author?: Signature; readonly committer?: Signature },
): string {
  const ref = `refs/heads/${branch}`;
  const before = readRef(repository.git, ref);
  const hasCommits = readRef(repository.git, `refs/heads/${repository.defaultBranch}`) !== null;
  if (before === null && hasCommits) throw new ApiError(404, `Branch ${branch} not found`);
  const base = before === null ? null : readCommit(repository.git, before);
  const signature = signed.committer ?? signed.author ?? signatureFor(state, actor);
  const sha = writeCommit(repository.git, {
    tree: changeTree(repository.git, base?.tree ?? null, changes),
    parents: before === null ? [] : [before],
    author: signed.author ?? signature,
    committer: signature,
    message: signed.message,
  });
  if (!updateRef(repository.git, ref, before, sha)) {
    throw new ApiError(409, `${branch} does not match the expected commit, it was moved meanwhile`);
  }
  afterPush(state, repository, actor, ref, before, sha);
  return sha;
}

/** Returns the commit of a branch, a tag, a full or a shortened reference or a sha; throws 404 where there is none. */
export function resolveCommit(repository: Repository, ref: string): string {
  const names = [`refs/heads/${ref}`, `refs/tags/${ref}`, `refs/${ref}`, ref];
  const found = ref === 'HEAD' ? [`refs/heads/${repository.defaultBranch}`] : names;
  for (const name of found) {
    const sha = readRef(repository.git, name);
    if (sha !== null) return sha;
  }
  const sha = readCommit(repository.git, ref)?.sha ?? fullSha(repository.git, ref);
  if (sha === null) throw notFound();
  return sha;
}

/** Does everything that follows a moved reference: the webhooks, the request for checks, and the pull requests. */
export function afterPush(
  state: State,
  repository: Repository,
  actor: Actor,
  ref: string,
  before: string | null,
  after: string | null,
): void {
  repository.pushedMs = state.clock.nowMs();
  const kind = ref.startsWith('refs/tags/') ? 'tag' : 'branch';
  const name = ref.replace(/^refs\/(heads|tags)\//, '');
  if (before === null) announceNamed(state, repository, actor, 'create', kind, name);
  const payload = pushPayload(state, repository, actor, ref, before, after);
  const at = after === null ? {} : { at: { branch: name, sha: after } };
  announce(state, { name: 'push', action: null, repository, actor, payload, ...at });
  if (after === null) announceNamed(state, repository, actor, 'delete', kind, name);
  if (kind === 'tag') return;
  if (after !== null) requestSuite(state, repository, actor, { branch: name, before, after });
  syncPulls(state, repository, actor, name, before, after);
}

function announceNamed(
  state: State,
  repository: Repository,
  actor: Actor,
  event: 'create' | 'delete',
  kind: string,
  name: string,
): void {
  const more = event === 'create' ? { master_branch: repository.defaultBranch, description: null } : {};
  const payload = { ref: name, ref_type: kind, pusher_type: 'user', ...more };
  announce(state, { name: event, action: null, repository, actor, payload });
}

function pushPayload(
  state: State,
  repository: Repository,
  actor: Actor,
  ref: string,
  before: string | null,
  after: string | null,
): Record<string, unknown> {
  const base = before ?? newBranchBase(repository, ref, after);
  const commits = after === null ? [] : [...commitsOf(repository.git, after, base)].reverse();
  const { email } = signatureFor(state, actor);
  return {
    ref,
    before: before ?? NO_SHA,
    after: after ?? NO_SHA,
    created: before === null,
    deleted: after === null,
    forced: before !== null && after !== null && !isAncestor(repository.git, before, after),
    base_ref: null,
    compare: `${repositoryPage(repository)}/compare/${(before ?? NO_SHA).slice(0, 12)}...${(after ?? NO_SHA).slice(0, 12)}`,
    commits: commits.slice(0, PUSH_COMMITS_MAX).map((sha) => pushedCommit(repository, sha)),
    head_commit: after === null ? null : pushedCommit(repository, after),
    pusher: { name: actor.login, email },
  };
}

/** What a new branch adds is told against the default branch. */
function newBranchBase(repository: Repository, ref: string, after: string | null): string | null {
  const main = `refs/heads/${repository.defaultBranch}`;
  return after === null || ref === main ? null : readRef(repository.git, main);
}

function pushedCommit(repository: Repository, sha: string): Record<string, unknown> | null {
  const commit = readCommit(repository.git, sha);
  if (commit === null) return null;
  const files = differences(repository.git, commit.parents[0] ?? null, sha);
  const namesOf = (...statuses: readonly string[]): string[] =>
    files.filter((file) => statuses.includes(file.status)).map((file) => file.filename);
  const renamed = files.flatMap((file) => file.previousFilename ?? []);
  const simple = simpleCommitJson(commit);
  const date = simple.timestamp;
  return {
    ...simple,
    distinct: true,
    url: `${repositoryPage(repository)}/commit/${sha}`,
    author: { ...simple.author, username: simple.author.name, date },
    committer: { ...simple.committer, username: simple.committer.name, date },
    added: namesOf('added', 'renamed'),
    removed: [...namesOf('removed'), ...renamed],
    modified: namesOf('modified', 'changed'),
  };
}
