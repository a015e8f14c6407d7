// Objects and references of a bare git repository, read and written as the files git itself keeps.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  type Dirent,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';
import { assert } from '../../../domain/assert.ts';

type GitObjectType = 'blob' | 'tree' | 'commit' | 'tag';

interface GitObject {
  readonly type: GitObjectType;
  readonly data: Buffer;
}

/** A bare repository; forks share `objects` and `cache` with their parent, as they do on GitHub. */
export interface GitRepository {
  readonly dir: string;
  readonly objects: string;
  readonly cache: Map<string, GitObject>;
}

/** Nothing of the machine's or the user's configuration reaches git. */
const GIT_ENV: Readonly<Record<string, string>> = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'GitHub',
  GIT_AUTHOR_EMAIL: 'noreply@github.com',
  GIT_COMMITTER_NAME: 'GitHub',
  GIT_COMMITTER_EMAIL: 'noreply@github.com',
  LC_ALL: 'C',
};

interface GitAnswer {
  readonly code: number;
  readonly out: Buffer;
}

/** Runs git in a repository and returns its exit code and output; throws where git cannot be run at all. */
export function runGit(dir: string, args: readonly string[], input?: string): GitAnswer {
  try {
    const out = execFileSync('git', ['-c', 'core.quotePath=false', ...args], {
      cwd: dir,
      env: { ...GIT_ENV },
      input: input ?? '',
      maxBuffer: 256 * 1024 * 1024,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    return { code: 0, out };
  } catch (error) {
    if (error instanceof Error && 'status' in error && typeof error.status === 'number') {
      const out = 'stdout' in error && Buffer.isBuffer(error.stdout) ? error.stdout : Buffer.alloc(0);
      return { code: error.status, out };
    }
    throw error;
  }
}

/** Returns whether a text has the form of an object name. */
export function isSha(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}

/** Returns an object, or `null` where the repository has none of that name. */
export function readObject(repository: GitRepository, sha: string): GitObject | null {
  if (!isSha(sha)) return null;
  const known = repository.cache.get(sha);
  if (known !== undefined) return known;
  const file = join(repository.objects, sha.slice(0, 2), sha.slice(2));
  const object = existsSync(file) ? looseObject(readFileSync(file)) : packedObject(repository, sha);
  if (object !== null) repository.cache.set(sha, object);
  return object;
}

function looseObject(file: Buffer): GitObject {
  const raw = inflateSync(file);
  const end = raw.indexOf(0);
  return { type: objectType(raw.subarray(0, end).toString().split(' ')[0]), data: raw.subarray(end + 1) };
}

function packedObject(repository: GitRepository, sha: string): GitObject | null {
  const packs = join(repository.objects, 'pack');
  if (!existsSync(packs) || readdirSync(packs).length === 0) return null;
  const { out } = runGit(repository.dir, ['cat-file', '--batch'], `${sha}\n`);
  const end = out.indexOf(10);
  const [, type, size] = out.subarray(0, end).toString().split(' ');
  if (size === undefined) return null;
  return { type: objectType(type), data: out.subarray(end + 1, end + 1 + Number(size)) };
}

function objectType(text: string | undefined): GitObjectType {
  assert(
    text === 'blob' || text === 'tree' || text === 'commit' || text === 'tag',
    () => `git has no object type "${text}"`,
  );
  return text;
}

/** Writes an object and returns its name. */
export function writeObject(repository: GitRepository, type: GitObjectType, data: Buffer): string {
  const raw = Buffer.concat([Buffer.from(`${type} ${data.length}\0`), data]);
  const sha = createHash('sha1').update(raw).digest('hex');
  if (repository.cache.has(sha)) return sha;
  const folder = join(repository.objects, sha.slice(0, 2));
  const file = join(folder, sha.slice(2));
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    // git may read at any moment, so the file appears complete or not at all.
    writeFileSync(`${file}.new`, deflateSync(raw), { mode: 0o444 });
    renameSync(`${file}.new`, file);
  }
  repository.cache.set(sha, { type, data });
  return sha;
}

/** Returns whether git would accept the full name of a reference, `refs/heads/main`. */
export function isRefName(name: string): boolean {
  if (!/^refs\/[^/]+\/./.test(name) || /[\0-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\.$|\/$/.test(name)) return false;
  return name.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}

/** Returns the commit a reference points at, or `null`. References of these repositories are never packed. */
export function readRef(repository: Pick<GitRepository, 'dir'>, name: string): string | null {
  if (!isRefName(name)) return null;
  try {
    const text = readFileSync(join(repository.dir, name), 'utf8').trim();
    return isSha(text) ? text : null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** No such file, a folder in its place, or a file in place of a folder. */
function isMissing(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return error.code === 'ENOENT' || error.code === 'EISDIR' || error.code === 'ENOTDIR';
}

/** Returns every reference that starts with `prefix`, sorted by name. */
export function readRefs(
  repository: Pick<GitRepository, 'dir'>,
  prefix: string,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const walk = (name: string): void => {
    for (const entry of entriesOf(join(repository.dir, name))) {
      const path = `${name}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else if (path.startsWith(prefix)) {
        const sha = readRef(repository, path);
        if (sha !== null) found.set(path, sha);
      }
    }
  };
  walk('refs');
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Git removes folders that have become empty, also while somebody looks. */
function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

const NO_SHA = '0'.repeat(40);

/**
 * Moves, creates or deletes (`to` is `null`) a reference, only if it still points where `from` says (`null`: does not exist).
 *
 * @returns whether it was moved: somebody else may have been faster
 */
export function updateRef(
  repository: GitRepository,
  name: string,
  from: string | null,
  to: string | null,
): boolean {
  const args = to === null ? ['-d', name, from ?? NO_SHA] : [name, to, from ?? NO_SHA];
  return runGit(repository.dir, ['update-ref', '--no-deref', ...args]).code === 0;
}
