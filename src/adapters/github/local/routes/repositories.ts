// Repositories, branches, commits and comparisons, and what a collaborator may do.

import { notFound } from '../api-error.ts';
import { differences } from '../git-diff.ts';
import { readRef, readRefs } from '../git-objects.ts';
import { type Commit, commitsOf, mergeBase, readCommit } from '../git-store.ts';
import { resolveCommit } from '../model/branches.ts';
import { isProtected } from '../model/protection.ts';
import { userJson } from '../render/accounts.ts';
import { commitJson, commitWithFilesJson, fileDifferenceJson } from '../render/commits.ts';
import { fullRepositoryJson, repositoryPage, repositoryUrl } from '../render/repositories.ts';
import {
  type Answer,
  answer,
  paged,
  type RepositoryRequest,
  type Route,
  reading,
  repositoryRoute,
} from '../request.ts';
import { isAtLeast, roleOf } from '../state.ts';

function getRepository({ state, repository, actor }: RepositoryRequest): Answer {
  const role = actor.permissions === null ? roleOf(repository, actor.login) : 'read';
  return answer(fullRepositoryJson(state, repository, role));
}

/** Returns a commit that is known to exist. */
export function existingCommit({ repository }: Pick<RepositoryRequest, 'repository'>, sha: string): Commit {
  const commit = readCommit(repository.git, sha);
  if (commit === null) throw notFound();
  return commit;
}

function getBranch(request: RepositoryRequest): Answer {
  const { state, repository, params } = request;
  const name = params['branch'] ?? '';
  const sha = readRef(repository.git, `refs/heads/${name}`);
  if (sha === null) throw notFound();
  const url = `${repositoryUrl(state, repository)}/branches/${name}`;
  return answer({
    name,
    commit: commitJson(state, repository, existingCommit(request, sha)),
    _links: { self: url, html: `${repositoryPage(repository)}/tree/${name}` },
    protected: isProtected(repository, name),
    protection: {
      enabled: repository.setup.protection.has(name),
      required_status_checks: { enforcement_level: 'off', contexts: [], checks: [] },
    },
    protection_url: `${url}/protection`,
  });
}

function listBranches(request: RepositoryRequest): Answer {
  const { state, repository } = request;
  const branches = [...readRefs(repository.git, 'refs/heads/')];
  return paged(request, branches, ([ref, sha]) => ({
    name: ref.slice('refs/heads/'.length),
    commit: { sha, url: `${repositoryUrl(state, repository)}/commits/${sha}` },
    protected: isProtected(repository, ref.slice('refs/heads/'.length)),
  }));
}

function listCommits(request: RepositoryRequest): Answer {
  const { state, repository, query } = request;
  const head = resolveCommit(repository, query.get('sha') ?? 'HEAD');
  const since = Date.parse(query.get('since') ?? '');
  const until = Date.parse(query.get('until') ?? '');
  const found = commitsOf(repository.git, head, null, query.get('path'))
    .map((sha) => existingCommit(request, sha))
    .filter(({ committer }) => Number.isNaN(since) || committer.atMs >= since)
    .filter(({ committer }) => Number.isNaN(until) || committer.atMs <= until);
  return paged(request, found, (commit) => commitJson(state, repository, commit));
}

function getCommit(request: RepositoryRequest): Answer {
  const { state, repository, params } = request;
  const sha = resolveCommit(repository, params['ref'] ?? '');
  return answer(commitWithFilesJson(state, repository, existingCommit(request, sha)));
}

/** `base...head`; either may be `owner:branch` of a fork. */
function compare(request: RepositoryRequest): Answer {
  const { state, repository, params } = request;
  const basehead = params['basehead'] ?? '';
  const [from, to] = basehead.split('...');
  if (from === undefined || to === undefined) throw notFound();
  const [base, head] = [endOf(request, from), endOf(request, to)];
  const common = mergeBase(repository.git, base, head);
  if (common === null) throw notFound();
  const ahead = [...commitsOf(repository.git, head, base)].reverse();
  const behind = commitsOf(repository.git, base, head);
  const isAhead = ahead.length > 0;
  const status = behind.length === 0 ? (isAhead ? 'ahead' : 'identical') : isAhead ? 'diverged' : 'behind';
  const page = `${repositoryPage(repository)}/compare/${basehead}`;
  const render = (sha: string) => commitJson(state, repository, existingCommit(request, sha));
  return paged(request, ahead, render, (commits) => ({
    url: `${repositoryUrl(state, repository)}/compare/${basehead}`,
    html_url: page,
    permalink_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    base_commit: render(base),
    merge_base_commit: render(common),
    status,
    ahead_by: ahead.length,
    behind_by: behind.length,
    total_commits: ahead.length,
    commits,
    files: differences(repository.git, common, head).map((file) =>
      fileDifferenceJson(state, repository, file, head),
    ),
  }));
}

function endOf({ state, repository }: RepositoryRequest, end: string): string {
  const colon = end.indexOf(':');
  if (colon < 0) return resolveCommit(repository, end);
  const owner = end.slice(0, colon).toLowerCase();
  const network = [...state.repositories.values()].filter(
    (each) =>
      each === repository || each.parent === repository.fullName || each.fullName === repository.parent,
  );
  const found = network.find((each) => each.owner.toLowerCase() === owner);
  if (found === undefined) throw notFound();
  return resolveCommit(found, end.slice(colon + 1));
}

/** Roles that are newer than the four words of `permission` are told by the one they include. */
function getPermission({ state, repository, params }: RepositoryRequest): Answer {
  const known = state.users.get((params['username'] ?? '').toLowerCase());
  if (known === undefined) throw notFound();
  const role = roleOf(repository, known.login);
  const permission = role === 'maintain' ? 'write' : role === 'triage' ? 'read' : role;
  const user = {
    ...userJson(state, known.login),
    role_name: role,
    permissions: {
      admin: role === 'admin',
      maintain: isAtLeast(role, 'maintain'),
      push: isAtLeast(role, 'write'),
      triage: isAtLeast(role, 'triage'),
      pull: isAtLeast(role, 'read'),
    },
  };
  return answer({ permission, role_name: role, user });
}

export const REPOSITORY_ROUTES: readonly Route[] = [
  repositoryRoute('GET', '', reading('metadata'), getRepository),
  repositoryRoute('GET', '/branches', reading('contents'), listBranches),
  repositoryRoute('GET', '/branches/{branch}', reading('contents'), getBranch),
  repositoryRoute('GET', '/commits', reading('contents'), listCommits),
  repositoryRoute('GET', '/commits/{ref}', reading('contents'), getCommit),
  repositoryRoute('GET', '/compare/{basehead}', reading('contents'), compare),
  repositoryRoute('GET', '/collaborators/{username}/permission', reading('metadata'), getPermission),
];
