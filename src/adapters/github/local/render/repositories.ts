// Repositories as GitHub's JSON.

import type { Repository, Role } from '../entities.ts';
import { secondsIso } from '../git-store.ts';
import { isAtLeast, type State, userOf, WEB } from '../state.ts';
import { nodeId, userJson } from './accounts.ts';

/** Returns the address of a repository in the API. */
export function repositoryUrl(state: State, repository: Repository): string {
  return `${state.apiUrl}/repos/${repository.fullName}`;
}

/** Returns the address of the page of a repository. */
export function repositoryPage(repository: Repository): string {
  return `${WEB}/${repository.fullName}`;
}

/** Addresses below a repository that GitHub spells out: the key in front of `_url` → the path. */
const TEMPLATES: Readonly<Record<string, string>> = {
  archive: '{archive_format}{/ref}',
  assignees: 'assignees{/user}',
  blobs: 'git/blobs{/sha}',
  branches: 'branches{/branch}',
  collaborators: 'collaborators{/collaborator}',
  comments: 'comments{/number}',
  commits: 'commits{/sha}',
  compare: 'compare/{base}...{head}',
  contents: 'contents/{+path}',
  contributors: 'contributors',
  deployments: 'deployments',
  downloads: 'downloads',
  events: 'events',
  forks: 'forks',
  git_commits: 'git/commits{/sha}',
  git_refs: 'git/refs{/sha}',
  git_tags: 'git/tags{/sha}',
  hooks: 'hooks',
  issue_comment: 'issues/comments{/number}',
  issue_events: 'issues/events{/number}',
  issues: 'issues{/number}',
  keys: 'keys{/key_id}',
  labels: 'labels{/name}',
  languages: 'languages',
  merges: 'merges',
  milestones: 'milestones{/number}',
  notifications: 'notifications{?since,all,participating}',
  pulls: 'pulls{/number}',
  releases: 'releases{/id}',
  stargazers: 'stargazers',
  statuses: 'statuses/{sha}',
  subscribers: 'subscribers',
  subscription: 'subscription',
  tags: 'tags',
  teams: 'teams',
  trees: 'git/trees{/sha}',
};

function templateUrls(url: string): Record<string, string> {
  return Object.fromEntries(Object.entries(TEMPLATES).map(([key, path]) => [`${key}_url`, `${url}/${path}`]));
}

/** Returns where a repository is cloned from. */
export function cloneUrl(state: State, fullName: string): string {
  return `${state.apiUrl}/git/${fullName}.git`;
}

/** Returns what a `repository`, a `minimal-repository` and the repository of a webhook have in common. */
export function repositoryJson(state: State, repository: Repository) {
  const url = repositoryUrl(state, repository);
  const page = repositoryPage(repository);
  const open = [...repository.issues.values()].filter((issue) => issue.state === 'open').length;
  const forks = [...state.repositories.values()].filter(
    ({ parent }) => parent === repository.fullName,
  ).length;
  return {
    ...templateUrls(url),
    id: repository.id,
    node_id: nodeId('R', repository.id),
    name: repository.name,
    full_name: repository.fullName,
    private: repository.private,
    visibility: repository.private ? 'private' : 'public',
    owner: userJson(state, repository.owner),
    html_url: page,
    description: null,
    fork: repository.parent !== null,
    url,
    git_url: `git://github.com/${repository.fullName}.git`,
    ssh_url: `git@github.com:${repository.fullName}.git`,
    clone_url: cloneUrl(state, repository.fullName),
    svn_url: page,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    size: 0,
    stargazers_count: 0,
    watchers_count: 0,
    watchers: 0,
    forks_count: forks,
    forks,
    open_issues_count: open,
    open_issues: open,
    default_branch: repository.defaultBranch,
    topics: [],
    is_template: false,
    has_issues: true,
    has_projects: true,
    has_downloads: true,
    has_wiki: true,
    has_pages: false,
    has_discussions: false,
    archived: repository.archived,
    disabled: false,
    allow_forking: true,
    web_commit_signoff_required: false,
    pushed_at: secondsIso(repository.pushedMs),
    created_at: secondsIso(repository.createdMs),
    updated_at: secondsIso(repository.pushedMs),
  };
}

/** Returns a `full-repository`, with what the asking role may do. */
export function fullRepositoryJson(
  state: State,
  repository: Repository,
  role: Role,
): Record<string, unknown> {
  const parent =
    repository.parent === null ? undefined : state.repositories.get(repository.parent.toLowerCase());
  const fork =
    parent === undefined
      ? {}
      : { parent: repositoryJson(state, parent), source: repositoryJson(state, parent) };
  const organization =
    userOf(state, repository.owner).type === 'Organization'
      ? { organization: userJson(state, repository.owner) }
      : {};
  return {
    ...repositoryJson(state, repository),
    permissions: {
      admin: role === 'admin',
      maintain: isAtLeast(role, 'maintain'),
      push: isAtLeast(role, 'write'),
      triage: isAtLeast(role, 'triage'),
      pull: isAtLeast(role, 'read'),
    },
    allow_squash_merge: true,
    allow_merge_commit: true,
    allow_rebase_merge: true,
    allow_auto_merge: false,
    delete_branch_on_merge: false,
    network_count: 0,
    subscribers_count: 0,
    ...organization,
    ...fork,
  };
}
