// Trees, commits, differences and merges of the bare repositories behind the local GitHub.

import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { assert } from '../../../domain/assert.ts';
import { isoFromMs } from '../../../domain/time.ts';
import { createMemo } from './git-memo.ts';
import { type GitRepository, readObject, runGit, writeObject } from './git-objects.ts';

export interface TreeEntry {
  readonly path: string;
  readonly mode: string;
  readonly type: 'blob' | 'tree' | 'commit';
  readonly sha: string;
}

export interface Signature {
  readonly name: string;
  readonly email: string;
  readonly atMs: number;
}

export interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
}

/** Makes an empty bare repository; with a parent, a fork that shares its objects. */
export function initRepository(
  dir: string,
  defaultBranch: string,
  parent: GitRepository | null,
): GitRepository {
  assert(!existsSync(dir), () => `there is already a repository in ${dir}`);
  mkdirSync(dirname(dir), { recursive: true });
  const made = runGit(dirname(dir), ['init', '--quiet', '--bare', `--initial-branch=${defaultBranch}`, dir]);
  assert(made.code === 0, () => `git init failed in ${dir}`);
  const objects = join(dir, 'objects');
  if (parent === null) return { dir, objects, cache: new Map() };
  rmSync(objects, { recursive: true });
  symlinkSync(parent.objects, objects);
  return { dir, objects: parent.objects, cache: parent.cache };
}

/** Returns the entries of one level of a tree, or `null` where there is no such tree. */
export function readTree(repository: GitRepository, sha: string): readonly TreeEntry[] | null {
  const object = readObject(repository, sha);
  if (object?.type !== 'tree') return null;
  const entries: TreeEntry[] = [];
  for (let at = 0; at < object.data.length; ) {
    const end = object.data.indexOf(0, at);
    const [mode = '', ...name] = object.data.subarray(at, end).toString().split(' ');
    const type = mode === '40000' ? 'tree' : mode === '160000' ? 'commit' : 'blob';
    const entry = object.data.subarray(end + 1, end + 21).toString('hex');
    entries.push({ path: name.join(' '), mode: mode.padStart(6, '0'), type, sha: entry });
    at = end + 21;
  }
  return entries;
}

/** Returns every entry below a tree, folders included, in the order of git. */
export function readTreeDeep(repository: GitRepository, sha: string, prefix = ''): readonly TreeEntry[] {
  return (readTree(repository, sha) ?? []).flatMap((entry) => {
    const here = { ...entry, path: `${prefix}${entry.path}` };
    return entry.type === 'tree' ? [here, ...readTreeDeep(repository, entry.sha, `${here.path}/`)] : [here];
  });
}

/** Returns the entry at a path below a tree; an empty path is the tree itself. */
export function entryAt(repository: GitRepository, tree: string, path: string): TreeEntry | null {
  let found: TreeEntry = { path: '', mode: '040000', type: 'tree', sha: tree };
  for (const part of path.split('/').filter((each) => each !== '')) {
    const next = readTree(repository, found.sha)?.find((entry) => entry.path === part);
    if (next === undefined) return null;
    found = next;
  }
  return { ...found, path };
}

/** What a path becomes; `null` removes it. */
export type TreeChange = { readonly mode: string; readonly sha: string } | null;

/** Writes a tree that is `base` with changes by path, and returns its name. Folders that become empty are gone. */
export function changeTree(
  repository: GitRepository,
  base: string | null,
  changes: ReadonlyMap<string, TreeChange>,
): string {
  const entries = new Map<string, TreeEntry>();
  for (const entry of base === null ? [] : (readTree(repository, base) ?? [])) entries.set(entry.path, entry);
  const below = new Map<string, Map<string, TreeChange>>();
  for (const [path, change] of changes) {
    const slash = path.indexOf('/');
    if (slash >= 0) {
      const folder = path.slice(0, slash);
      const inside = below.get(folder) ?? new Map<string, TreeChange>();
      below.set(folder, inside.set(path.slice(slash + 1), change));
    } else if (change === null) entries.delete(path);
    else entries.set(path, entryOf(path, change));
  }
  for (const [folder, inside] of below) {
    const old = entries.get(folder);
    const sha = changeTree(repository, old?.type === 'tree' ? old.sha : null, inside);
    if ((readTree(repository, sha) ?? []).length === 0) entries.delete(folder);
    else entries.set(folder, entryOf(folder, { mode: '040000', sha }));
  }
  return writeTree(repository, [...entries.values()]);
}

function entryOf(path: string, { mode, sha }: { readonly mode: string; readonly sha: string }): TreeEntry {
  const type = mode === '040000' ? 'tree' : mode === '160000' ? 'commit' : 'blob';
  return { path, mode, type, sha };
}

function writeTree(repository: GitRepository, entries: readonly TreeEntry[]): string {
  // git sorts by bytes, a folder as if its name ended with a slash.
  const keyed = entries.map((entry) => ({
    entry,
    key: Buffer.from(entry.type === 'tree' ? `${entry.path}/` : entry.path),
  }));
  keyed.sort((a, b) => Buffer.compare(a.key, b.key));
  const parts = keyed.flatMap(({ entry }) => [
    Buffer.from(`${entry.mode.replace(/^0/, '')} ${entry.path}\0`),
    Buffer.from(entry.sha, 'hex'),
  ]);
  return writeObject(repository, 'tree', Buffer.concat(parts));
}

/** Returns a commit, or `null` where there is none of that name. */
export function readCommit(repository: GitRepository, sha: string): Commit | null {
  const object = readObject(repository, sha);
  if (object?.type !== 'commit') return null;
  const text = object.data.toString();
  const end = text.indexOf('\n\n');
  const lines = text.slice(0, end).split('\n');
  const valuesOf = (key: string): string[] =>
    lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  return {
    sha,
    tree: valuesOf('tree')[0] ?? '',
    parents: valuesOf('parent'),
    author: signatureOf(valuesOf('author')[0] ?? ''),
    committer: signatureOf(valuesOf('committer')[0] ?? ''),
    message: text.slice(end + 2).replace(/\n$/, ''),
  };
}

function signatureOf(line: string): Signature {
  const parts = /^(.*) <(.*)> (\d+) [+-]\d{4}$/.exec(line);
  return { name: parts?.[1] ?? '', email: parts?.[2] ?? '', atMs: Number(parts?.[3] ?? 0) * 1000 };
}

/** Writes a commit and returns its name. Times are whole seconds of UTC. */
export function writeCommit(repository: GitRepository, commit: Omit<Commit, 'sha'>): string {
  const line = ({ name, email, atMs }: Signature): string =>
    `${name} <${email}> ${Math.floor(atMs / 1000)} +0000`;
  const text = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${line(commit.author)}`,
    `committer ${line(commit.committer)}`,
    '',
    commit.message,
  ].join('\n');
  return writeObject(repository, 'commit', Buffer.from(text));
}

/** Returns the instant of a signature as GitHub writes it, without milliseconds. */
export function secondsIso(ms: number): string {
  return isoFromMs(ms).replace(/\.\d{3}Z$/, 'Z');
}

/** Returns whether `ancestor` is reached from `sha`, itself included. */
export function isAncestor(repository: GitRepository, ancestor: string, sha: string): boolean {
  const seen = new Set<string>();
  const open = [sha];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    if (next === ancestor) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(readCommit(repository, next)?.parents ?? []));
  }
  return false;
}

/** Returns the best common ancestor, or `null` of histories without one. */
export function mergeBase(repository: GitRepository, a: string, b: string): string | null {
  return rememberBase(repository, `${a} ${b}`, () => {
    if (isAncestor(repository, a, b)) return a;
    const { code, out } = runGit(repository.dir, ['merge-base', a, b]);
    return code === 0 ? out.toString().trim() : null;
  });
}

const rememberBase = createMemo<string | null>();
const rememberMerge = createMemo<string | null>();

/** Returns commits that are reached from `head` and not from `base`, newest first; with a path, those that touch it. */
export function commitsOf(
  repository: GitRepository,
  head: string,
  base: string | null,
  path: string | null = null,
): readonly string[] {
  return rememberCommits(repository, JSON.stringify([head, base, path]), () => {
    const not = base === null ? [] : [`^${base}`];
    const at = path === null ? [] : ['--', path];
    const { code, out } = runGit(repository.dir, ['rev-list', '--topo-order', head, ...not, ...at]);
    assert(code === 0, () => `git cannot list the commits from ${base} to ${head}`);
    return out
      .toString()
      .split('\n')
      .filter((line) => line !== '');
  });
}

const rememberCommits = createMemo<readonly string[]>();

/** Returns the tree that a merge of two commits makes, or `null` where they conflict. */
export function mergedTree(repository: GitRepository, ours: string, theirs: string): string | null {
  return rememberMerge(repository, `${ours} ${theirs}`, () => {
    if (isAncestor(repository, ours, theirs)) return readCommit(repository, theirs)?.tree ?? null;
    const args = ['merge-tree', '--write-tree', '--no-messages', ours, theirs];
    const { code, out } = runGit(repository.dir, args);
    return code === 0 ? out.toString().trim() : null;
  });
}

/** Returns the full name of the commit that a shortened one stands for, or `null` where there is none, or several. */
export function fullSha(repository: GitRepository, short: string): string | null {
  if (!/^[0-9a-f]{7,39}$/.test(short)) return null;
  const { code, out } = runGit(repository.dir, ['rev-parse', '--verify', '--quiet', `${short}^{commit}`]);
  return code === 0 ? out.toString().trim() : null;
}
