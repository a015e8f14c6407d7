// Commits, references, trees, blobs and differences as GitHub's JSON.

import type { Repository } from '../entities.ts';
import { differences, type FileDifference } from '../git-diff.ts';
import { type Commit, type Signature, secondsIso, type TreeEntry } from '../git-store.ts';
import type { State } from '../state.ts';
import { nodeId, userJson } from './accounts.ts';
import { repositoryPage, repositoryUrl } from './repositories.ts';

const UNSIGNED = {
  verified: false,
  reason: 'unsigned',
  signature: null,
  payload: null,
  verified_at: null,
};

function signatureJson({ name, email, atMs }: Signature) {
  return { name, email, date: secondsIso(atMs) };
}

function parentsJson(state: State, repository: Repository, commit: Commit, path: string) {
  return commit.parents.map((sha) => ({
    sha,
    url: `${repositoryUrl(state, repository)}/${path}/${sha}`,
    html_url: `${repositoryPage(repository)}/commit/${sha}`,
  }));
}

/** The account an e-mail address of a commit belongs to: GitHub's own addresses carry the login. */
function accountOf(state: State, { email, name }: Signature) {
  const login = /^(?:\d+\+)?(.+)@users\.noreply\.github\.com$/.exec(email)?.[1] ?? name;
  const known = state.users.get(login.toLowerCase());
  return known === undefined ? null : userJson(state, known.login);
}

/** Returns a `git-commit`. */
export function gitCommitJson(state: State, repository: Repository, commit: Commit) {
  const url = repositoryUrl(state, repository);
  return {
    sha: commit.sha,
    node_id: nodeId('C', commit.sha),
    url: `${url}/git/commits/${commit.sha}`,
    html_url: `${repositoryPage(repository)}/commit/${commit.sha}`,
    author: signatureJson(commit.author),
    committer: signatureJson(commit.committer),
    tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
    message: commit.message,
    parents: parentsJson(state, repository, commit, 'git/commits'),
    verification: UNSIGNED,
  };
}

/** Returns a `commit`, without statistics and files. */
export function commitJson(state: State, repository: Repository, commit: Commit) {
  const url = `${repositoryUrl(state, repository)}/commits/${commit.sha}`;
  const { author, committer, message, tree, verification } = gitCommitJson(state, repository, commit);
  return {
    sha: commit.sha,
    node_id: nodeId('C', commit.sha),
    commit: {
      author,
      committer,
      message,
      tree,
      url: `${repositoryUrl(state, repository)}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification,
    },
    url,
    html_url: `${repositoryPage(repository)}/commit/${commit.sha}`,
    comments_url: `${url}/comments`,
    author: accountOf(state, commit.author),
    committer: accountOf(state, commit.committer),
    parents: parentsJson(state, repository, commit, 'commits'),
  };
}

/** Returns a `commit` with the files it changed against its first parent. */
export function commitWithFilesJson(state: State, repository: Repository, commit: Commit) {
  const files = differences(repository.git, commit.parents[0] ?? null, commit.sha);
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  return {
    ...commitJson(state, repository, commit),
    stats: { total: additions + deletions, additions, deletions },
    files: files.map((file) => fileDifferenceJson(state, repository, file, commit.sha)),
  };
}

/** Returns a `simple-commit`. */
export function simpleCommitJson(commit: Commit) {
  return {
    id: commit.sha,
    tree_id: commit.tree,
    message: commit.message,
    timestamp: secondsIso(commit.committer.atMs),
    author: { name: commit.author.name, email: commit.author.email },
    committer: { name: commit.committer.name, email: commit.committer.email },
  };
}

/** Returns a `diff-entry` of a difference that ends in the commit `head`. */
export function fileDifferenceJson(state: State, repository: Repository, file: FileDifference, head: string) {
  const path = file.filename.split('/').map(encodeURIComponent).join('/');
  return {
    sha: file.sha,
    filename: file.filename,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${repositoryPage(repository)}/blob/${head}/${path}`,
    raw_url: `${repositoryPage(repository)}/raw/${head}/${path}`,
    contents_url: `${repositoryUrl(state, repository)}/contents/${path}?ref=${head}`,
    ...(file.patch === null ? {} : { patch: file.patch }),
    ...(file.previousFilename === null ? {} : { previous_filename: file.previousFilename }),
  };
}

/** Returns a `git-ref`. */
export function refJson(state: State, repository: Repository, ref: string, sha: string) {
  const url = repositoryUrl(state, repository);
  return {
    ref,
    node_id: nodeId('REF', `${repository.id}:${ref}`),
    url: `${url}/git/${ref}`,
    object: { sha, type: 'commit', url: `${url}/git/commits/${sha}` },
  };
}

/** Returns a `git-tree`. */
export function treeJson(
  state: State,
  repository: Repository,
  sha: string,
  entries: readonly (TreeEntry & { readonly size: number | null })[],
) {
  const url = `${repositoryUrl(state, repository)}/git`;
  return {
    sha,
    url: `${url}/trees/${sha}`,
    tree: entries.map(({ size, ...entry }) => ({
      ...entry,
      ...(size === null ? {} : { size }),
      url: entry.type === 'tree' ? `${url}/trees/${entry.sha}` : `${url}/blobs/${entry.sha}`,
    })),
    truncated: false,
  };
}
