// Files and folders by path: read at any commit, and written one at a time with a commit each.

import { ApiError, notAccessible, notFound, unprocessable } from '../api-error.ts';
import type { Repository } from '../entities.ts';
import { readObject, readRef, writeObject } from '../git-objects.ts';
import { entryAt, readTree, type Signature, type TreeEntry } from '../git-store.ts';
import { commitOn, resolveCommit, signatureFor } from '../model/branches.ts';
import { checkFilePush } from '../model/protection.ts';
import { gitCommitJson } from '../render/commits.ts';
import { repositoryPage, repositoryUrl } from '../render/repositories.ts';
import {
  type Answer,
  answer,
  isFields,
  optionalText,
  type RepositoryRequest,
  type Route,
  reading,
  repositoryRoute,
  textField,
  writing,
} from '../request.ts';
import type { State } from '../state.ts';
import { existingCommit } from './repositories.ts';

/** A larger file comes without its text, and one above the second limit not at all. */
const INLINE_BYTES_MAX = 1024 * 1024;
const FILE_BYTES_MAX = 100 * 1024 * 1024;

function pathParam({ params }: RepositoryRequest): string {
  const path = (params['path'] ?? '').replace(/^\/+|\/+$/g, '');
  if (path.split('/').some((part) => part === '..' || part === '.' || part === '.git'))
    throw unprocessable('path contains a malformed path component');
  return path;
}

function sizeOf(repository: Repository, entry: TreeEntry): number {
  return entry.type === 'blob' ? (readObject(repository.git, entry.sha)?.data.length ?? 0) : 0;
}

function entryJson(state: State, repository: Repository, entry: TreeEntry, ref: string) {
  const path = entry.path.split('/').map(encodeURIComponent).join('/');
  const self = `${repositoryUrl(state, repository)}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const kind = entry.type === 'tree' ? 'tree' : 'blob';
  const git = `${repositoryUrl(state, repository)}/git/${kind}s/${entry.sha}`;
  const html = `${repositoryPage(repository)}/${kind}/${ref}/${path}`;
  const raw = `https://raw.githubusercontent.com/${repository.fullName}/${ref}/${path}`;
  const types = { tree: 'dir', blob: 'file', commit: 'submodule' } as const;
  return {
    type: types[entry.type],
    size: sizeOf(repository, entry),
    name: entry.path.split('/').at(-1) ?? '',
    path: entry.path,
    sha: entry.sha,
    url: self,
    git_url: git,
    html_url: html,
    download_url: entry.type === 'blob' ? raw : null,
    _links: { self, git, html },
  };
}

/** Base64 in lines of 60, as GitHub writes it. */
function base64Lines(data: Buffer): string {
  return data
    .toString('base64')
    .replace(/(.{60})/g, '$1\n')
    .replace(/([^\n])$/, '$1\n');
}

function getContents(request: RepositoryRequest): Answer {
  const { state, repository, query } = request;
  const ref = query.get('ref') ?? repository.defaultBranch;
  const commit = existingCommit(request, resolveCommit(repository, ref));
  const entry = entryAt(repository.git, commit.tree, pathParam(request));
  if (entry === null) throw notFound();
  const json = entryJson(state, repository, entry, ref);
  if (entry.type === 'tree') {
    const prefix = entry.path === '' ? '' : `${entry.path}/`;
    const entries = readTree(repository.git, entry.sha) ?? [];
    return answer(
      entries.map((each) => entryJson(state, repository, { ...each, path: `${prefix}${each.path}` }, ref)),
    );
  }
  const data = readObject(repository.git, entry.sha)?.data ?? Buffer.alloc(0);
  if (data.length > FILE_BYTES_MAX) {
    throw new ApiError(403, 'This API returns blobs up to 100 MB in size.', [
      { resource: 'Blob', field: 'data', code: 'too_large' },
    ]);
  }
  if (data.length > INLINE_BYTES_MAX) return answer({ ...json, content: '', encoding: 'none' });
  return answer({ ...json, content: base64Lines(data), encoding: 'base64' });
}

function signatureField(request: RepositoryRequest, name: string): Signature | null {
  const value = request.body[name];
  if (!isFields(value)) return null;
  const own = signatureFor(request.state, request.actor);
  const date = Date.parse(optionalText(value, 'Commit', 'date') ?? '');
  return {
    name: textField(value, 'Commit', 'name'),
    email: textField(value, 'Commit', 'email'),
    atMs: Number.isNaN(date) ? own.atMs : date,
  };
}

/** The workflows of a repository are code that runs with its secrets, so they have a permission of their own. */
export function checkWorkflowPath({ actor }: RepositoryRequest, path: string): void {
  const isWorkflow = path.startsWith('.github/workflows/');
  if (isWorkflow && actor.permissions !== null && actor.permissions['workflows'] !== 'write')
    throw notAccessible();
}

function writeFile(request: RepositoryRequest, content: Buffer | null): Answer {
  const { state, repository, actor, body } = request;
  const path = pathParam(request);
  checkWorkflowPath(request, path);
  const message = textField(body, 'Commit', 'message');
  const branch = optionalText(body, 'Commit', 'branch') ?? repository.defaultBranch;
  const tip = readRef(repository.git, `refs/heads/${branch}`);
  const tree = tip === null ? null : existingCommit(request, tip).tree;
  const old = tree === null ? null : entryAt(repository.git, tree, path);
  checkOldSha(path, old, optionalText(body, 'Commit', 'sha'), content === null);
  checkFilePush(repository, branch);
  const blob = content === null ? null : writeObject(repository.git, 'blob', content);
  const change = blob === null ? null : { mode: old?.mode ?? '100644', sha: blob };
  const author = signatureField(request, 'author');
  const committer = signatureField(request, 'committer');
  const sha = commitOn(state, repository, actor, branch, new Map([[path, change]]), {
    message,
    ...(author === null ? {} : { author }),
    ...(committer === null ? {} : { committer }),
  });
  const commit = existingCommit(request, sha);
  const entry = content === null ? null : entryAt(repository.git, commit.tree, path);
  const json = {
    content: entry === null ? null : entryJson(state, repository, entry, branch),
    commit: gitCommitJson(state, repository, commit),
  };
  return answer(json, content !== null && old === null ? 201 : 200);
}

/** A caller that overwrites a file must say which one: 422 without its sha, 409 with that of another. */
function checkOldSha(path: string, old: TreeEntry | null, sha: string | undefined, isRemoval: boolean): void {
  if (old === null) {
    if (isRemoval) throw notFound();
    if (sha !== undefined) throw new ApiError(409, `${path} does not match ${sha}`);
    return;
  }
  if (old.type !== 'blob') throw unprocessable(`${path} is a directory`);
  if (sha === undefined) throw unprocessable('Invalid request.\n\n"sha" wasn\'t supplied.');
  if (sha !== old.sha) throw new ApiError(409, `${path} does not match ${sha}`);
}

function putContents(request: RepositoryRequest): Answer {
  const content = textField(request.body, 'Commit', 'content').replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(content)) throw unprocessable('content is not valid Base64');
  return writeFile(request, Buffer.from(content, 'base64'));
}

const WRITE = writing(['contents'], 'write');

export const CONTENTS_ROUTES: readonly Route[] = [
  repositoryRoute('GET', '/contents', reading('contents'), getContents),
  repositoryRoute('GET', '/contents/{path}', reading('contents'), getContents),
  repositoryRoute('PUT', '/contents/{path}', WRITE, putContents),
  repositoryRoute('DELETE', '/contents/{path}', WRITE, (request) => writeFile(request, null)),
];
