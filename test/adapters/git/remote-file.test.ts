// One file of a branch over real git: what it says, which commit said so, and what is known without asking.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type RemoteFile,
  type RemoteFileOptions,
  remoteFile,
} from '../../../src/adapters/git/remote-file.ts';
import { commitFiles, emptyFolder, emptyRemote, gitAs, newRepository } from './repository.ts';

const PATH = 'config/kill-list.yaml';

/** A remote, somebody's clone of it, and the file as it is looked at. */
function world(change: Partial<RemoteFileOptions> = {}) {
  const remote = emptyRemote();
  const clone = newRepository('main');
  gitAs(clone, 'remote', 'add', 'origin', remote);
  const dir = join(emptyFolder(), 'list.git');
  const file = remoteFile({
    ...{ url: `file://${remote}`, branch: 'main', path: PATH, dir, keepsHistory: true, token: null },
    ...change,
  });
  const push = (files: Readonly<Record<string, string>>): string => {
    const commit = commitFiles(clone, files);
    gitAs(clone, 'push', '--quiet', '--force', 'origin', 'main');
    return commit;
  };
  return { remote, clone, dir, file, push };
}

async function looked(file: RemoteFile) {
  const newest = await file.newest();
  if (!newest.ok) throw new Error(newest.error);
  return newest.value;
}

describe('a file of a branch', () => {
  it('is not there before the branch is, nor known before it was asked for', async () => {
    const { file } = world();
    expect(await file.known()).toEqual({ ok: true, value: null });
    expect(await file.newest()).toEqual({ ok: true, value: null });
  });

  it('has its text, and the commit that changed it last of those since the first look', async () => {
    const { file, push } = world();
    push({ [PATH]: 'a: {}\n' });
    const first = push({ 'README.md': '1\n' });
    expect(await looked(file)).toEqual({ head: first, commit: first, text: 'a: {}' });

    const change = push({ [PATH]: 'b: {}\n' });
    const head = push({ 'README.md': '2\n' });
    expect(await looked(file)).toEqual({ head, commit: change, text: 'b: {}' });
  });

  it('names the merge that brought a change, and not what was merged', async () => {
    const { file, push, clone } = world();
    push({ [PATH]: 'a: {}\n' });
    await looked(file);
    gitAs(clone, 'checkout', '--quiet', '-b', 'proposal');
    commitFiles(clone, { [PATH]: 'b: {}\n' });
    gitAs(clone, 'checkout', '--quiet', 'main');
    gitAs(clone, 'merge', '--quiet', '--no-ff', '-m', 'merge', 'proposal');
    const merge = gitAs(clone, 'rev-parse', 'HEAD');
    gitAs(clone, 'push', '--quiet', 'origin', 'main');
    expect(await looked(file)).toMatchObject({ commit: merge, text: 'b: {}' });
  });

  it('is no text where the commit does not have it', async () => {
    const { file, push } = world();
    const head = push({ 'README.md': '1\n' });
    expect(await looked(file)).toEqual({ head, commit: head, text: null });
  });

  it('is still known where the remote is gone, to the next process too', async () => {
    const { file, push, remote, dir } = world();
    push({ [PATH]: 'a: {}\n' });
    const known = await looked(file);
    gitAs(remote, 'update-ref', '-d', 'refs/heads/main');
    const next = remoteFile({
      ...{ url: `file://${remote}-moved`, branch: 'main', path: PATH, dir, keepsHistory: true, token: null },
    });
    expect(await next.known()).toEqual({ ok: true, value: known });
    expect(await next.newest()).toMatchObject({ ok: false, error: expect.stringContaining('moved') });
    expect(await next.known()).toEqual({ ok: true, value: known });
  });

  it('follows a branch that was forced elsewhere', async () => {
    const { file, push, clone } = world();
    push({ [PATH]: 'a: {}\n' });
    push({ [PATH]: 'b: {}\n' });
    await looked(file);
    gitAs(clone, 'reset', '--quiet', '--hard', 'HEAD^');
    const head = push({ [PATH]: 'c: {}\n' });
    expect(await looked(file)).toEqual({ head, commit: head, text: 'c: {}' });
  });

  it('fetches no other file, and no history where none is wanted', async () => {
    const { file, push, dir } = world({ keepsHistory: false });
    for (const n of ['1', '2', '3']) {
      push({ 'big.bin': n.repeat(100_000), [PATH]: `a${n}: {}\n` });
      await looked(file);
    }
    expect(gitAs(dir, 'rev-list', '--count', 'refs/warden/newest')).toBe('1');
    const objects = gitAs(dir, 'count-objects', '-v');
    expect(Number(/size: (\d+)/.exec(objects)?.[1])).toBeLessThan(100);
    const big = gitAs(dir, 'ls-tree', 'refs/warden/newest', 'big.bin').split(/\s/)[2] ?? '';
    const there = gitAs(dir, 'cat-file', '--batch-all-objects', '--batch-check=%(objectname)');
    expect(there).not.toContain(big);
  });

  it('touches nothing but its own folder', async () => {
    const { file, push, dir, clone } = world();
    push({ [PATH]: 'a: {}\n' });
    const before = readdirSync(clone);
    await looked(file);
    expect(readdirSync(clone)).toEqual(before);
    expect(existsSync(join(dir, 'index'))).toBe(false);
  });

  it('refuses an address that git would take for an option', () => {
    expect(() => world({ url: '--upload-pack=touch /tmp/x' })).toThrow('is no address of a repository');
  });
});
