// Real git repositories for tests, in a folder that is removed afterwards.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';

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

const folders: string[] = [];

/** Returns an empty folder; call it within a test or a hook of one file that imports this. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'warden-git-'));
  folders.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Makes a worktree with an unborn branch. */
export function newRepository(branch: string): string {
  const dir = emptyFolder();
  gitAs(dir, 'init', '--quiet', `--initial-branch=${branch}`);
  return dir;
}

/** Commits files, and returns the id. */
export function commitFiles(dir: string, files: Readonly<Record<string, string>>, message = 'state'): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  gitAs(dir, 'add', '--all');
  gitAs(dir, 'commit', '--quiet', '--allow-empty', '-m', message);
  return gitAs(dir, 'rev-parse', 'HEAD');
}
