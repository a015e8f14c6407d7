// The state at a commit, from whatever repository is at hand, and where a state folder stands.

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesOfCommit } from '../../../src/adapters/git/commit-files.ts';
import { headOf } from '../../../src/adapters/git/head-of.ts';
import { commitFiles, emptyFolder, gitAs, newRepository } from './repository.ts';

/** A repository with two commits of a state. */
function repository() {
  const dir = newRepository('warden-state');
  const old = commitFiles(dir, { 'a.txt': 'old' });
  const newest = commitFiles(dir, { 'a.txt': 'new' });
  return { dir, old, newest };
}

async function textAt(folder: string, commit: string): Promise<string> {
  const read = await filesOfCommit({ folders: [folder], commit, token: null });
  if (!read.ok) return read.error;
  const text = read.value.disk.read('a.txt')?.toString() ?? 'none';
  read.value.remove();
  return text;
}

describe('the files of a commit', () => {
  it('are read by seven digits or all, and leave the worktree as it is', async () => {
    const { dir, old, newest } = repository();

    expect(await textAt(dir, old)).toBe('old');
    expect(await textAt(dir, newest.slice(0, 7))).toBe('new');
    expect(gitAs(dir, 'status', '--porcelain')).toBe('');
    expect(gitAs(dir, 'rev-parse', 'HEAD')).toBe(newest);
  });

  it('are those of the commit, not of a branch with the same name, and digits may be of either case', async () => {
    const { dir, old, newest } = repository();
    gitAs(dir, 'branch', old.slice(0, 8), newest);

    expect(await textAt(dir, old.slice(0, 8))).toBe('old');
    expect(await textAt(dir, old.slice(0, 9).toUpperCase())).toBe('old');
    expect(await textAt(dir, old.toUpperCase())).toBe('old');
    gitAs(dir, 'branch', 'abcdef0', newest);
    expect(await textAt(dir, 'abcdef0')).toMatch(/^no commit in .* begins with abcdef0/);
  });

  it('are found from a folder within a repository, or a worktree of it', async () => {
    const { dir, old } = repository();
    const folder = join(dir, 'some/folder');
    mkdirSync(folder, { recursive: true });
    const worktree = join(emptyFolder(), 'data');
    gitAs(dir, 'worktree', 'add', '--quiet', '--detach', worktree);

    expect(await textAt(folder, old)).toBe('old');
    expect(await textAt(worktree, old)).toBe('old');
    const second = await filesOfCommit({ folders: [join(dir, 'none'), dir], commit: old, token: null });
    expect(second).toMatchObject({ ok: true, value: { commit: old } });
    if (second.ok) second.value.remove();
  });

  it('are fetched from origin into a place of their own where a shallow clone has not got them', async () => {
    const { dir, old, newest } = repository();
    gitAs(dir, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
    const clone = join(emptyFolder(), 'clone');
    gitAs(dir, 'clone', '--quiet', '--depth', '1', `file://${dir}`, clone);

    expect(await textAt(clone, old)).toBe('old');
    expect(gitAs(clone, 'rev-list', '--all', '--count')).toBe('1');
    expect(gitAs(clone, 'rev-parse', 'HEAD')).toBe(newest);
    expect(await textAt(clone, old.slice(0, 8))).toMatch(/the clone is shallow; give all 40 digits/);
  });

  it('are gone after they were removed', async () => {
    const { dir, old } = repository();
    const read = await filesOfCommit({ folders: [dir], commit: old, token: null });
    if (!read.ok) throw new Error(read.error);
    read.value.remove();

    expect(() => read.value.disk.read('a.txt')).toThrow('after it was removed');
  });

  it('are missed in one sentence with the next step', async () => {
    const { dir } = repository();
    const nowhere = emptyFolder();
    const unknown = '0123456789'.repeat(4);

    expect(await textAt(nowhere, unknown)).toMatch(
      /is in no git repository, .* clone the state branch there$/,
    );
    expect(await textAt(dir, '0123456')).toMatch(/^no commit in .* begins with 0123456; give all 40 digits/);
    expect(await textAt(dir, unknown)).toMatch(
      /^there is no commit .* no remote "origin" .* check the digits$/,
    );
    gitAs(dir, 'remote', 'add', 'origin', `file://${join(dir, 'moved')}`);
    expect(await textAt(dir, unknown)).toMatch(/origin did not give it: .* check the digits and the access/);
  });
});

describe('the commit of a state folder', () => {
  it('is that of the worktree whose top it is, and of nothing else', async () => {
    const { dir, newest } = repository();
    mkdirSync(join(dir, 'below'));

    expect(await headOf(dir)).toBe(newest);
    expect(await headOf(join(dir, 'below'))).toBeNull();
    expect(await headOf(join(dir, 'missing'))).toBeNull();
    expect(await headOf(emptyFolder())).toBeNull();
    expect(await headOf(newRepository('unborn'))).toBeNull();
    expect(existsSync(join(dir, '.git'))).toBe(true);
  });
});
