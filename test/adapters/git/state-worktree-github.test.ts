// The state folder against a GitHub over HTTP: who is let in, who is faster, what rules refuse, and what a lost answer means.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { git } from '../../../src/adapters/git/git-command.ts';
import { type GitStateWorktreeOptions, gitStateWorktree } from '../../../src/adapters/git/state-worktree.ts';
import { answerLost, serverError } from '../../../src/adapters/github/local/faults.ts';
import type { StateWorktree } from '../../../src/ports.ts';
import { type Hub, REPO, startHub } from '../github/local/hub.ts';
import { emptyFolder } from './repository.ts';

const BRANCH = 'warden-state';
const AT_MS = Date.UTC(2026, 10, 21, 10);
const draft = { message: 'state: test', atMs: AT_MS } as const;
const REVIEWED = { reviews: { approvals: 1, codeOwners: false }, checks: [], isLocked: false };

function worktreeOf(hub: Hub, change: Partial<GitStateWorktreeOptions> = {}): StateWorktree {
  return gitStateWorktree({
    url: hub.github.gitUrl(REPO),
    branch: BRANCH,
    dir: join(emptyFolder(), 'state', 'data'),
    token: async () => hub.github.world.actionsToken(REPO, { contents: 'write' }),
    author: { name: 'github-actions[bot]', email: '41898282+github-actions[bot]@users.noreply.github.com' },
    folders: 'all',
    ...change,
  });
}

function write(dir: string, path: string, text: string): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), text);
}

/** Pulls, writes, commits and pushes. */
async function run(worktree: StateWorktree, path: string, text: string): Promise<'pushed' | 'rejected'> {
  await worktree.pull();
  write(worktree.dir, path, text);
  await worktree.commit(draft);
  return await worktree.push();
}

describe('the state folder at GitHub', () => {
  it('begins the branch, goes on with it in a fresh clone, and touches no other', async () => {
    const hub = await startHub();
    const { world } = hub.github;
    const main = world.branchSha(REPO, 'main');
    world.repository(REPO).setup.protection.set('main', REVIEWED);
    expect(await run(worktreeOf(hub), 'runs/a.jsonl', '1\n')).toBe('pushed');
    expect(await run(worktreeOf(hub), 'runs/b.jsonl', '2\n')).toBe('pushed');

    expect(world.fileText(REPO, BRANCH, 'runs/a.jsonl')).toBe('1\n');
    expect(world.fileText(REPO, BRANCH, 'runs/b.jsonl')).toBe('2\n');
    expect(world.branchSha(REPO, 'main')).toBe(main);
    const { data } = await hub.app.rest.repos.getCommit({ owner: 'acme', repo: 'desk', ref: BRANCH });
    expect(data.commit.author).toMatchObject({ name: 'github-actions[bot]', date: '2026-11-21T10:00:00Z' });
  });

  it('is rejected where another job was faster, also at its beginning, and goes on from there', async () => {
    const hub = await startHub();
    const [first, second] = [worktreeOf(hub), worktreeOf(hub)];
    await second.pull();
    write(second.dir, 'runs/b.jsonl', 'b\n');
    await second.commit(draft);
    expect(await run(first, 'runs/a.jsonl', 'a\n')).toBe('pushed');
    expect(await second.push()).toBe('rejected');
    expect(await run(second, 'runs/b.jsonl', 'b\n')).toBe('pushed');
    expect(await run(first, 'runs/a.jsonl', 'a\nc\n')).toBe('pushed');

    expect(readdirSync(join(first.dir, 'runs'))).toEqual(['a.jsonl', 'b.jsonl']);
    expect(hub.github.world.fileText(REPO, BRANCH, 'runs/a.jsonl')).toBe('a\nc\n');
  });

  it('races at the very same moment: one wins, the other is rejected', async () => {
    const hub = await startHub();
    await run(worktreeOf(hub), 'a', '1');
    const racers = [worktreeOf(hub), worktreeOf(hub), worktreeOf(hub)];
    for (const [at, racer] of racers.entries()) {
      await racer.pull();
      write(racer.dir, `b${at}`, '1');
      await racer.commit(draft);
    }
    const answers = await Promise.all(racers.map(async (racer) => await racer.push()));

    expect(answers.sort()).toEqual(['pushed', 'rejected', 'rejected']);
  });

  it('names the permission that a token lacks', async () => {
    const hub = await startHub();
    const { world } = hub.github;
    const reader = worktreeOf(hub, { token: async () => world.actionsToken(REPO, { contents: 'read' }) });
    await reader.pull();
    await reader.commit(draft);

    await expect(reader.push()).rejects.toMatchObject({
      kind: 'forbidden',
      message: expect.stringMatching(/warden-state .* could not be pushed: .*403.*contents: write/),
    });
    expect(world.branchSha(REPO, BRANCH)).toBeNull();
    const tokens = [
      ['ghs_nobodys', /a token that has not expired/],
      [world.actionsToken(REPO, { issues: 'write' }), /contents: read/],
    ] as const;
    for (const [token, message] of tokens)
      await expect(worktreeOf(hub, { token: async () => token }).pull()).rejects.toMatchObject({
        kind: 'forbidden',
        message: expect.stringMatching(message),
      });
  });

  it('never shows the token, also not in what git keeps', async () => {
    const hub = await startHub();
    const worktree = worktreeOf(hub);
    await run(worktree, 'a', '1');
    const config = readFileSync(join(worktree.dir, '.git/config'), 'utf8');
    const failed = worktreeOf(hub, { token: async () => 'ghs_nobodys' });

    expect(config).not.toMatch(/ghs_|basic|x-access/i);
    await expect(failed.pull()).rejects.toThrow(/^(?!.*ghs_nobodys)/);
  });

  it.each([
    [
      'protected',
      'GH006',
      (hub: Hub) => void hub.github.world.repository(REPO).setup.protection.set(BRANCH, REVIEWED),
    ],
    [
      'ruled',
      'GH013',
      (hub: Hub) =>
        void hub.github.world.repository(REPO).setup.rules.push({ branch: BRANCH, type: 'pull_request' }),
    ],
  ])('says that the branch is %s and what to do about it', async (_case, code, guard) => {
    const hub = await startHub();
    const worktree = worktreeOf(hub);
    await run(worktree, 'a', '1');
    const before = hub.github.world.branchSha(REPO, BRANCH);
    guard(hub);

    await expect(run(worktree, 'a', '2')).rejects.toMatchObject({
      kind: 'forbidden',
      message: expect.stringMatching(new RegExp(`${code}.*leave warden-state out of the rules`)),
    });
    expect(hub.github.world.branchSha(REPO, BRANCH)).toBe(before);
  });

  it('is unavailable where GitHub is unwell, and pushes once although an answer was lost', async () => {
    const hub = await startHub();
    const worktree = worktreeOf(hub);
    await run(worktree, 'a', '1');
    hub.github.faults.plan({ path: /upload-pack/, times: 2, fault: serverError(502) });
    await expect(worktree.pull()).rejects.toMatchObject({ kind: 'unavailable' });
    await worktree.pull();
    write(worktree.dir, 'a', '2');
    const commit = await worktree.commit(draft);
    hub.github.faults.plan({ path: /git-receive-pack$/, fault: answerLost() });
    // What carries git's requests may send one again by itself, whose answer is that somebody was faster.
    const answer = await worktree.push().catch((error: unknown) => error);
    expect(['rejected', expect.objectContaining({ kind: 'unavailable' })]).toContainEqual(answer);

    expect(await worktree.pull()).toBe(commit);
    expect(await worktree.commit(draft)).toBeNull();
  });

  it('does not take a missing repository for a branch that is not there yet', async () => {
    const hub = await startHub();
    const url = hub.github.gitUrl(REPO).replace('desk', 'other');

    await expect(worktreeOf(hub, { url }).pull()).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('fetches the contents of what is mounted, and no others', async () => {
    const hub = await startHub();
    const big = 'x'.repeat(200_000);
    await run(worktreeOf(hub), 'alpha/events/emit/2026-11.jsonl', '{"e":1}\n');
    await run(worktreeOf(hub), 'runs/big.jsonl', big);
    const sparse = worktreeOf(hub, { folders: ['alpha/events', 'packs'] });
    await sparse.pull();
    const missing = await git(
      ['--git-dir', join(sparse.dir, '.git'), 'rev-list', '--objects', '--missing=print', 'HEAD'],
      { cwd: sparse.dir, config: 'own' },
    );

    expect(missing.ok && missing.value.split('\n').filter((line) => line.startsWith('?'))).toHaveLength(1);
    expect(existsSync(join(sparse.dir, 'runs'))).toBe(false);
    expect(await run(sparse, 'alpha/events/ingest/2026-11.jsonl', '{"e":2}\n')).toBe('pushed');
    expect(hub.github.world.fileText(REPO, BRANCH, 'runs/big.jsonl')).toBe(big);
  });
});
