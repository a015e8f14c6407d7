// The state branch over real git: the newest commit as files, over a path and over HTTP, and everything that can be missing.

import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gitStateBranch } from '../../../src/adapters/git/state-branch.ts';
import { InvariantError } from '../../../src/domain/assert.ts';
import type { Disk } from '../../../src/ports.ts';
import { REPO, startHub } from '../github/local/hub.ts';
import { commitFiles, emptyFolder, gitAs, newRepository } from './repository.ts';

const BRANCH = 'warden-state';

function branchOf(url: string, dir = emptyFolder(), token: string | null = null) {
  return gitStateBranch({ url, branch: BRANCH, dir, token });
}

describe('the state branch', () => {
  it('is its newest commit with its files, whose bytes are those committed', async () => {
    const remote = newRepository(BRANCH);
    commitFiles(remote, { 'supervisor/a.json': '1' });
    const files = {
      'supervisor/a.json': '{"ü":1}\r\n',
      'runs/b.jsonl': '\n',
      '.gitattributes': '*.txt text\n',
    };
    const commit = commitFiles(remote, files);
    const newest = await branchOf(`file://${remote}`).newest();

    expect(newest?.commit).toBe(commit);
    expect(newest?.disk.read('supervisor/a.json')?.toString()).toBe('{"ü":1}\r\n');
    expect(newest?.disk.list('')).toEqual(['runs', 'supervisor']);
    expect(newest?.disk.size('runs/b.jsonl')).toBe(1);
    expect(newest?.disk.read('missing')).toBeNull();
  });

  it('is null where there is no such branch yet', async () => {
    const remote = newRepository('main');
    commitFiles(remote, { 'README.md': 'x' });

    expect(await branchOf(`file://${remote}`).newest()).toBeNull();
  });

  it('moves with the remote, keeps the files of the commits before, and never passes gone ones off as missing', async () => {
    const remote = newRepository(BRANCH);
    const dir = emptyFolder();
    const branch = branchOf(`file://${remote}`, dir);
    const disks: (Disk | undefined)[] = [];
    for (const text of ['1', '2', '3', '4', '5']) {
      commitFiles(remote, { 'a.txt': text });
      disks.push((await branch.newest())?.disk);
    }

    const [first, ...kept] = disks;
    expect(kept.map((disk) => disk?.read('a.txt')?.toString())).toEqual(['2', '3', '4', '5']);
    for (const read of [
      () => first?.read('a.txt'),
      () => first?.size('a.txt'),
      () => first?.list(''),
      () => first?.list('runs'),
    ])
      expect(read).toThrow('it has moved on');
    expect(readdirSync(dir).filter((name) => /^[0-9a-f]{40}$/.test(name))).toHaveLength(4);
    expect(readdirSync(dir).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('survives its folder being removed, and half a checkout of a run that died', async () => {
    const remote = newRepository(BRANCH);
    const commit = commitFiles(remote, { 'a.txt': '1' });
    const dir = emptyFolder();
    const branch = branchOf(`file://${remote}`, dir);
    await branch.newest();
    rmSync(dir, { recursive: true });
    await branch.newest();
    rmSync(join(dir, commit), { recursive: true });
    writeFileSync(join(dir, `.${commit}.partial.index`), 'half');
    const newest = await branch.newest();

    expect(newest?.disk.read('a.txt')?.toString()).toBe('1');
  });

  it('cannot be written to', async () => {
    const remote = newRepository(BRANCH);
    commitFiles(remote, { 'a.txt': '1' });
    const newest = await branchOf(`file://${remote}`).newest();

    expect(() => newest?.disk.append('a.txt', 'x')).toThrow(InvariantError);
    expect(() => newest?.disk.remove('a.txt')).toThrow('nothing may be written there');
  });

  it('is not mixed up with a branch whose name ends like its own', async () => {
    const remote = newRepository(BRANCH);
    const earlier = commitFiles(remote, { 'a.txt': '1' });
    const branch = branchOf(`file://${remote}`);
    await branch.newest();
    gitAs(remote, 'branch', `a/refs/heads/${BRANCH}`, earlier);
    const commit = commitFiles(remote, { 'a.txt': '2' });
    expect((await branch.newest())?.commit).toBe(commit);

    gitAs(remote, 'checkout', '--quiet', '--detach');
    gitAs(remote, 'branch', '--quiet', '-D', BRANCH);
    expect(await branch.newest()).toBeNull();
  });

  it('has the bytes that were committed, whatever attributes are committed with them', async () => {
    const remote = newRepository(BRANCH);
    commitFiles(remote, { 'a.txt': '$Id$\n' });
    commitFiles(remote, { '.gitattributes': 'a.txt text eol=crlf ident\n' });
    const newest = await branchOf(`file://${remote}`).newest();

    expect(newest?.disk.read('a.txt')?.toString()).toBe('$Id$\n');
  });

  it('goes on after a fetch that was ended and left a lock behind', async () => {
    const remote = newRepository(BRANCH);
    commitFiles(remote, { 'a.txt': '1' });
    const dir = emptyFolder();
    const branch = branchOf(`file://${remote}`, dir);
    await branch.newest();
    writeFileSync(join(dir, 'repository.git', 'shallow.lock'), '');
    const commit = commitFiles(remote, { 'a.txt': '2' });
    await expect(branch.newest()).rejects.toMatchObject({ kind: 'unavailable' });

    expect((await branch.newest())?.commit).toBe(commit);
  });

  it('leads nowhere outside by a link', async () => {
    const remote = newRepository(BRANCH);
    symlinkSync('/etc/passwd', join(remote, 'a.txt'));
    commitFiles(remote, {});
    const newest = await branchOf(`file://${remote}`).newest();

    expect(newest?.disk.read('a.txt')?.toString()).toBe('/etc/passwd');
  });

  it('is looked at once for all who ask at the same time, and anew for who asks later', async () => {
    const remote = newRepository(BRANCH);
    const first = commitFiles(remote, { 'a.txt': '1' });
    const branch = branchOf(`file://${remote}`);
    const together = [branch.newest(), branch.newest(), branch.newest()];
    expect(new Set(together).size).toBe(1);
    await Promise.resolve();
    await Promise.resolve();
    const second = commitFiles(remote, { 'a.txt': '2' });
    const later = branch.newest();

    expect((await later)?.commit).toBe(second);
    expect([first, second]).toContain((await together[0])?.commit);
  });

  it('goes on after a look that failed', async () => {
    const remote = newRepository(BRANCH);
    const commit = commitFiles(remote, { 'a.txt': '1' });
    const missing = join(remote, 'moved');
    const branch = branchOf(`file://${missing}`);
    await expect(branch.newest()).rejects.toMatchObject({ name: 'GitHubError', kind: 'missing' });
    gitAs(remote, 'clone', '--quiet', '--bare', remote, missing);

    expect((await branch.newest())?.commit).toBe(commit);
  });
});

describe('the state branch over HTTP', () => {
  it('is fetched without its history, by a token that is nowhere to be found', async () => {
    const hub = await startHub();
    hub.github.world.createRepository({
      fullName: 'acme/state',
      private: true,
      files: { 'a.txt': '0' },
      defaultBranch: BRANCH,
    });
    for (const text of ['1', '2'])
      hub.github.world.commitAs('ada', 'acme/state', BRANCH, { 'a.txt': text }, text);
    const token = hub.github.world.installationToken('acme/state');
    const dir = emptyFolder();
    const newest = await branchOf(hub.github.gitUrl('acme/state'), dir, token).newest();

    expect(newest?.disk.read('a.txt')?.toString()).toBe('2');
    expect(gitAs(join(dir, 'repository.git'), 'rev-list', '--all', '--count')).toBe('1');
    const stored = readdirSync(join(dir, 'repository.git'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
    const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
    expect(stored.some((text) => text.includes(token) || text.includes(basic))).toBe(false);
  });

  it('is refused without a token, and says so without one', async () => {
    const hub = await startHub();
    hub.github.world.createRepository({
      fullName: 'acme/state',
      private: true,
      files: { 'a.txt': '0' },
      defaultBranch: BRANCH,
    });
    const url = hub.github.gitUrl('acme/state');

    await expect(branchOf(url).newest()).rejects.toMatchObject({ name: 'GitHubError', kind: 'forbidden' });
    const wrong = branchOf(url, emptyFolder(), 'ghs_of-nobody').newest();
    await expect(wrong).rejects.toThrow(
      /^the branch warden-state of http.* could not be asked for: .*contents: read$/,
    );
    await expect(wrong).rejects.not.toThrow('of-nobody');
  });

  it('takes a new token for each look', async () => {
    const hub = await startHub();
    hub.github.world.commitAs('ada', REPO, 'main', { 'a.txt': '1' }, 'x');
    hub.github.world.createBranchAs('ada', REPO, BRANCH);
    const tokens = ['ghs_expired', hub.github.world.installationToken(REPO)];
    const dir = emptyFolder();
    const url = hub.github.gitUrl(REPO);
    const branch = gitStateBranch({ url, branch: BRANCH, dir, token: async () => tokens.shift() ?? null });

    await expect(branch.newest()).rejects.toMatchObject({ kind: 'forbidden' });
    expect((await branch.newest())?.disk.read('a.txt')?.toString()).toBe('1');
    expect(existsSync(join(dir, 'repository.git', 'FETCH_HEAD'))).toBe(true);
  });
});
