// What a state folder costs in git: committed, pushed, cloned without its history, and which files the bytes belong to.

import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Nobody's own configuration counts, and git packs only where it is told to. */
const SETTINGS = ['-c', 'gc.auto=0', '-c', 'user.name=growth', '-c', 'user.email=growth@example.org'];
const ENVIRONMENT = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };

export async function git(cwd: string, ...args: string[]): Promise<string> {
  const done = await run('git', [...SETTINGS, ...args], { cwd, env: ENVIRONMENT, maxBuffer: 1 << 30 });
  return done.stdout;
}

/** Makes the folder a repository that pushes to a new bare one, and returns the path of that. */
export async function startRepository(dir: string, remote: string): Promise<void> {
  await git(dir, 'init', '--quiet', '--initial-branch', 'state');
  await git(dir, 'init', '--quiet', '--bare', '--initial-branch', 'state', remote);
  await git(dir, 'remote', 'add', 'origin', remote);
}

/** Commits everything but hidden files, as jobs do. */
export async function commitAll(dir: string, message: string): Promise<void> {
  await git(dir, 'add', '--all', '--', '.', ':(exclude).*');
  await git(dir, 'commit', '--quiet', '--message', message);
}

/** Returns the bytes that `git clone --depth 1` fetches. */
export async function shallowCloneBytes(remote: string, root: string): Promise<number> {
  const dir = mkdtempSync(join(root, 'clone-'));
  try {
    await git(root, 'clone', '--quiet', '--depth', '1', '--no-checkout', `file://${remote}`, dir);
    return packBytes(join(dir, '.git'));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Returns the bytes of the packs of a repository, without their indexes. */
export function packBytes(gitDir: string): number {
  const folder = join(gitDir, 'objects', 'pack');
  const packs = readdirSync(folder).filter((name) => name.endsWith('.pack'));
  return packs.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

/** Returns the bytes of the objects that `revisions` reach, by the kind of their files, largest first. */
export async function bytesByKind(
  gitDir: string,
  ...revisions: string[]
): Promise<[kind: string, bytes: number][]> {
  const objects = await git(gitDir, 'rev-list', '--objects', ...revisions);
  const file = join(gitDir, 'growth-objects');
  const { writeFileSync } = await import('node:fs');
  writeFileSync(file, objects);
  const format = '--batch-check=%(objecttype) %(objectsize:disk) %(rest)';
  const listed = await run('sh', ['-c', `git cat-file '${format}' < growth-objects`], {
    cwd: gitDir,
    env: ENVIRONMENT,
    maxBuffer: 1 << 30,
  });
  rmSync(file);
  const sums = new Map<string, number>();
  for (const line of listed.stdout.split('\n')) {
    const [type, bytes, ...path] = line.split(' ');
    if (type === undefined || bytes === undefined) continue;
    const kind = type === 'blob' ? kindOf(path.join(' ')) : `${type}s`;
    sums.set(kind, (sums.get(kind) ?? 0) + Number(bytes));
  }
  return [...sums].sort(([, a], [, b]) => b - a);
}

function kindOf(path: string): string {
  if (/^supervisor\/[^/]*$/.test(path)) return path;
  return /^(?:alpha|supervisor|telemetry)\/[^/]+|^[^/]+/.exec(path)?.[0] ?? path;
}
