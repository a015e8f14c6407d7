// The objects and references of git as they are: refs, commits, trees and blobs.

import { invalid, notFound, unprocessable } from '../api-error.ts';
import { readObject, readRef, readRefs, writeObject } from '../git-objects.ts';
import {
  changeTree,
  readCommit,
  readTree,
  readTreeDeep,
  type Signature,
  type TreeChange,
  writeCommit,
} from '../git-store.ts';
import { createRef, deleteRef, moveRef, resolveCommit, signatureFor } from '../model/branches.ts';
import { checkRefPush } from '../model/protection.ts';
import { nodeId } from '../render/accounts.ts';
import { gitCommitJson, refJson, treeJson } from '../render/commits.ts';
import { repositoryUrl } from '../render/repositories.ts';
import {
  type Answer,
  answer,
  type Fields,
  isFields,
  NO_CONTENT,
  optionalText,
  paged,
  type RepositoryRequest,
  type Route,
  reading,
  repositoryRoute,
  textField,
  textList,
  writing,
} from '../request.ts';
import { checkWorkflowPath } from './contents.ts';
import { existingCommit } from './repositories.ts';

function refParam({ params }: RepositoryRequest): string {
  return `refs/${params['ref'] ?? ''}`;
}

function getRef(request: RepositoryRequest): Answer {
  const ref = refParam(request);
  const sha = readRef(request.repository.git, ref);
  if (sha === null) throw notFound();
  return answer(refJson(request.state, request.repository, ref, sha));
}

function matchingRefs(request: RepositoryRequest): Answer {
  const { state, repository } = request;
  const found = [...readRefs(repository.git, refParam(request))];
  return paged(request, found, ([ref, sha]) => refJson(state, repository, ref, sha));
}

function postRef({ state, repository, actor, body }: RepositoryRequest): Answer {
  const ref = textField(body, 'Reference', 'ref');
  const sha = textField(body, 'Reference', 'sha');
  createRef(state, repository, actor, ref, sha);
  return answer(refJson(state, repository, ref, sha), 201);
}

function patchRef(request: RepositoryRequest): Answer {
  const { state, repository, actor, body } = request;
  const sha = textField(body, 'Reference', 'sha');
  checkRefPush(repository, refParam(request));
  moveRef(state, repository, actor, refParam(request), sha, body['force'] === true);
  return answer(refJson(state, repository, refParam(request), sha));
}

function dropRef(request: RepositoryRequest): Answer {
  checkRefPush(request.repository, refParam(request));
  deleteRef(request.state, request.repository, request.actor, refParam(request));
  return NO_CONTENT;
}

function getCommit(request: RepositoryRequest): Answer {
  const commit = existingCommit(request, request.params['commit_sha'] ?? '');
  return answer(gitCommitJson(request.state, request.repository, commit));
}

function signatureIn(value: unknown, otherwise: Signature): Signature {
  if (!isFields(value)) return otherwise;
  const date = Date.parse(optionalText(value, 'Commit', 'date') ?? '');
  return {
    name: textField(value, 'Commit', 'name'),
    email: textField(value, 'Commit', 'email'),
    atMs: Number.isNaN(date) ? otherwise.atMs : date,
  };
}

function postCommit(request: RepositoryRequest): Answer {
  const { state, repository, actor, body } = request;
  const tree = textField(body, 'Commit', 'tree');
  if (readTree(repository.git, tree) === null) throw unprocessable('Tree SHA does not exist');
  const parents = textList(body, 'Commit', 'parents') ?? [];
  if (parents.some((parent) => readCommit(repository.git, parent) === null))
    throw unprocessable('Parent SHA does not exist or is not a commit object');
  const author = signatureIn(body['author'], signatureFor(state, actor));
  const sha = writeCommit(repository.git, {
    tree,
    parents,
    author,
    committer: signatureIn(body['committer'], author),
    message: textField(body, 'Commit', 'message'),
  });
  return answer(gitCommitJson(state, repository, existingCommit(request, sha)), 201);
}

/** A tree is found by its own name or by that of a commit or branch. */
function getTree(request: RepositoryRequest): Answer {
  const { repository, params, query } = request;
  const name = params['tree_sha'] ?? '';
  const isTree = readTree(repository.git, name) !== null;
  const sha = isTree ? name : existingCommit(request, resolveCommit(repository, name)).tree;
  return answer(describeTree(request, sha, query.has('recursive')));
}

function describeTree({ state, repository }: RepositoryRequest, sha: string, isDeep: boolean) {
  const entries = isDeep ? readTreeDeep(repository.git, sha) : (readTree(repository.git, sha) ?? []);
  const sized = entries.map((entry) => ({
    ...entry,
    size: entry.type === 'blob' ? (readObject(repository.git, entry.sha)?.data.length ?? 0) : null,
  }));
  return treeJson(state, repository, sha, sized);
}

function postTree(request: RepositoryRequest): Answer {
  const { repository, body } = request;
  const base = optionalText(body, 'Tree', 'base_tree') ?? null;
  const baseTree = base === null ? null : (readCommit(repository.git, base)?.tree ?? base);
  if (baseTree !== null && readTree(repository.git, baseTree) === null)
    throw unprocessable('base_tree is not a valid tree oid');
  const entries: unknown = body['tree'];
  if (!Array.isArray(entries) || entries.length === 0) throw unprocessable('Invalid tree info');
  const changes = new Map<string, TreeChange>();
  for (const entry of entries as readonly unknown[]) {
    if (!isFields(entry)) throw unprocessable('Invalid tree info');
    const path = textField(entry, 'Tree', 'path');
    checkWorkflowPath(request, path);
    changes.set(path, changeIn(request, entry));
  }
  return answer(describeTree(request, changeTree(repository.git, baseTree, changes), false), 201);
}

const MODES = ['100644', '100755', '040000', '160000', '120000'];

function changeIn({ repository }: RepositoryRequest, entry: Fields): TreeChange {
  if (entry['sha'] === null) return null;
  const mode = optionalText(entry, 'Tree', 'mode') ?? '100644';
  if (!MODES.includes(mode)) throw invalid('Tree', 'mode', 'invalid');
  const content = optionalText(entry, 'Tree', 'content');
  if (content !== undefined) return { mode, sha: writeObject(repository.git, 'blob', Buffer.from(content)) };
  const sha = textField(entry, 'Tree', 'sha');
  if (mode !== '160000' && readObject(repository.git, sha) === null)
    throw unprocessable(`tree.sha ${sha} is not a valid ${mode === '040000' ? 'tree' : 'blob'}`);
  return { mode, sha };
}

function getBlob({ state, repository, params }: RepositoryRequest): Answer {
  const sha = params['file_sha'] ?? '';
  const object = readObject(repository.git, sha);
  if (object?.type !== 'blob') throw notFound();
  return answer({
    sha,
    node_id: nodeId('B', sha),
    size: object.data.length,
    url: `${repositoryUrl(state, repository)}/git/blobs/${sha}`,
    content: object.data.toString('base64'),
    encoding: 'base64',
  });
}

function postBlob({ state, repository, body }: RepositoryRequest): Answer {
  const encoding = optionalText(body, 'Blob', 'encoding') ?? 'utf-8';
  if (encoding !== 'utf-8' && encoding !== 'base64') throw invalid('Blob', 'encoding', 'invalid');
  const data = Buffer.from(textField(body, 'Blob', 'content'), encoding);
  const sha = writeObject(repository.git, 'blob', data);
  return answer({ sha, url: `${repositoryUrl(state, repository)}/git/blobs/${sha}` }, 201);
}

const READ = reading('contents');
const WRITE = writing(['contents'], 'write');

export const GIT_DATA_ROUTES: readonly Route[] = [
  repositoryRoute('GET', '/git/ref/{ref}', READ, getRef),
  repositoryRoute('GET', '/git/matching-refs/{ref}', READ, matchingRefs),
  repositoryRoute('POST', '/git/refs', WRITE, postRef),
  repositoryRoute('PATCH', '/git/refs/{ref}', WRITE, patchRef),
  repositoryRoute('DELETE', '/git/refs/{ref}', WRITE, dropRef),
  repositoryRoute('GET', '/git/commits/{commit_sha}', READ, getCommit),
  repositoryRoute('POST', '/git/commits', WRITE, postCommit),
  repositoryRoute('GET', '/git/trees/{tree_sha}', READ, getTree),
  repositoryRoute('POST', '/git/trees', WRITE, postTree),
  repositoryRoute('GET', '/git/blobs/{file_sha}', READ, getBlob),
  repositoryRoute('POST', '/git/blobs', WRITE, postBlob),
];
