// Real git repositories for tests, in a folder that is removed after the test.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { dropFolder } from '../../one-folder.ts';

const ENV = {
  PATH: process.env['PATH'],
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: devNull,
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
  GIT_AUTHOR_DATE: '2026-11-21T10:00:00Z',
  GIT_COMMITTER_DATE: '2026-11-21T10:00:00Z',
};

/** Runs git as a person would, with nobody's configuration. */
export function gitAs(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, env: ENV, encoding: 'utf8', stdio: 'pipe' }).trim();
}

/** Returns an empty folder, which is removed after the test that calls this. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'warden-git-'));
  onTestFinished(() => dropFolder(folder));
  return folder;
}

/** Makes a worktree with an unborn branch. What several tests share is in a folder of theirs, `dir`. */
export function newRepository(branch: string, dir: string = emptyFolder()): string {
  gitAs(dir, 'init', '--quiet', `--initial-branch=${branch}`);
  return dir;
}

/** Makes a remote without a branch, which hands out single objects as GitHub does. */
export function emptyRemote(): string {
  const remote = emptyFolder();
  gitAs(remote, 'init', '--quiet', '--bare', '--initial-branch=main');
  gitAs(remote, 'config', 'uploadpack.allowFilter', 'true');
  gitAs(remote, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  return remote;
}

/** Commits files, and returns the id. */
export function commitFiles(
  dir: string,
  files: Readonly<Record<string, string | Buffer>>,
  message = 'state',
): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  gitAs(dir, 'add', '--all');
  gitAs(dir, 'commit', '--quiet', '--allow-empty', '-m', message);
  return gitAs(dir, 'rev-parse', 'HEAD');
}
