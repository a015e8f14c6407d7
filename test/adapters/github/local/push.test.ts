// Pushes over git to the local GitHub, beside its REST API, and the picture two histories have in common.

import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { answerLost } from '../../../../src/adapters/github/local/faults.ts';
import { dropFolder } from '../../../one-folder.ts';
import { AT, type Hub, REPO, refusal, startHub } from './hub.ts';

const run = promisify(execFile);
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) dropFolder(folder);
});

async function git(cwd: string, ...args: string[]): Promise<string> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
  };
  const who = ['-c', 'user.name=ada', '-c', 'user.email=ada@users.noreply.github.com'];
  return (await run('git', [...who, ...args], { cwd, env })).stdout.trim();
}

/** A clone that pushes with a token. */
async function cloneWith({ github }: Hub, token: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'clone-'));
  folders.push(folder);
  const url = github.gitUrl(REPO).replace('http://', `http://x-access-token:${token}@`);
  await git(folder, 'clone', '--quiet', url, '.');
  return folder;
}

async function commitIn(folder: string, path: string, text: string): Promise<string> {
  writeFileSync(join(folder, path), text);
  await git(folder, 'add', '--', path);
  await git(folder, 'commit', '--quiet', '-m', `Write ${path}`);
  return git(folder, 'rev-parse', 'HEAD');
}

describe('a push', () => {
  it('is seen by the API at once, told once, and moves its pull request', async () => {
    const hub = await startHub();
    const { world, deliveries, counts } = hub.github;
    const number = world.openPullAs('ada', {
      repo: REPO,
      branch: 'x',
      files: { 'a.txt': 'a' },
      title: 'X',
      body: '',
    });
    await deliveries.idle();
    const told = deliveries.log.length;
    const folder = await cloneWith(hub, world.userToken('ada'));
    await git(folder, 'checkout', '--quiet', 'x');
    const sha = await commitIn(folder, 'b.txt', 'b\n');
    await git(folder, 'push', '--quiet', 'origin', 'x');
    await deliveries.idle();
    const pull = await hub.app.rest.pulls.get({ ...AT, pull_number: number });

    expect(pull.data).toMatchObject({ head: { sha }, commits: 2, changed_files: 2 });
    expect(deliveries.log.slice(told).map(({ event, action }) => [event, action])).toEqual([
      ['push', null],
      ['check_suite', 'requested'],
      ['pull_request', 'synchronize'],
    ]);
    expect(counts.writes).toBe(1);
  });

  it('that lost a race with the API is rejected, and changes nothing', async () => {
    const hub = await startHub();
    const folder = await cloneWith(hub, hub.github.world.userToken('ada'));
    await commitIn(folder, 'b.txt', 'b\n');
    const winner = hub.github.world.commitAs('ada', REPO, 'main', { 'c.txt': 'c' }, 'First');

    await expect(git(folder, 'push', '--quiet', 'origin', 'main')).rejects.toThrow('rejected');
    expect(hub.github.world.branchSha(REPO, 'main')).toBe(winner);
  });

  it('whose answer is lost took effect all the same, and is told once', async () => {
    const hub = await startHub();
    const { world, faults, deliveries } = hub.github;
    const folder = await cloneWith(hub, world.userToken('ada'));
    const sha = await commitIn(folder, 'b.txt', 'b\n');
    faults.plan({ method: 'POST', path: /git-receive-pack$/, fault: answerLost(502) });

    await expect(git(folder, 'push', '--quiet', 'origin', 'main')).rejects.toThrow('502');
    expect(world.branchSha(REPO, 'main')).toBe(sha);
    await git(folder, 'push', '--quiet', 'origin', 'main');
    await deliveries.idle();
    expect(deliveries.log.filter(({ event }) => event === 'push')).toHaveLength(1);
  });

  it('by GITHUB_TOKEN starts no workflow, and by a reader is refused', async () => {
    const hub = await startHub();
    const { world } = hub.github;
    const workflow = await cloneWith(hub, world.actionsToken(REPO, { contents: 'write' }));
    await commitIn(workflow, 'b.txt', 'b\n');
    await git(workflow, 'push', '--quiet', 'origin', 'main');
    const reader = await cloneWith(hub, world.userToken('eve'));
    await commitIn(reader, 'c.txt', 'c\n');

    expect(world.workflowRuns).toEqual([]);
    await expect(git(reader, 'push', '--quiet', 'origin', 'main')).rejects.toThrow('403');
    expect(world.fileText(REPO, 'main', 'b.txt')).toBe('b\n');
  });

  it('to a guarded branch is refused in the words of GitHub, and other branches of the same push are taken', async () => {
    const hub = await startHub();
    const { world } = hub.github;
    const { setup } = world.repository(REPO);
    const before = world.branchSha(REPO, 'main');
    const folder = await cloneWith(hub, world.userToken('ada'));
    const sha = await commitIn(folder, 'b.txt', 'b\n');
    setup.protection.set('main', {
      reviews: { approvals: 1, codeOwners: true },
      checks: [],
      isLocked: false,
    });
    const push = git(folder, 'push', 'origin', 'main', 'main:refs/heads/free');

    const said = await push.catch((error: unknown) => String(error));
    expect(said).toContain('remote: error: GH006: Protected branch update failed for refs/heads/main.');
    expect(said).toContain('remote: error: Changes must be made through a pull request.');
    expect(said).toContain('main -> main (hook declined)');
    expect(world.branchSha(REPO, 'main')).toBe(before);
    expect(world.branchSha(REPO, 'free')).toBe(sha);
    setup.protection.clear();
    await git(folder, 'push', '--quiet', 'origin', 'main');
    expect(world.branchSha(REPO, 'main')).toBe(sha);
  });

  it('to a guarded branch is refused over the API too, while a pull request is merged into it', async () => {
    const hub = await startHub();
    const { world } = hub.github;
    const { setup } = world.repository(REPO);
    const sha = world.branchSha(REPO, 'main') ?? '';
    const number = world.openPullAs('ada', {
      repo: REPO,
      branch: 'x',
      files: { 'a.txt': 'a' },
      title: 'X',
      body: '',
    });
    setup.rules.push({ branch: 'main', type: 'pull_request' });
    setup.protection.set('x', { reviews: null, checks: [], isLocked: true });
    const file = { ...AT, path: 'c.txt', message: 'C', content: 'Yw==' };

    expect(
      await refusal(hub.app.rest.git.updateRef({ ...AT, ref: 'heads/main', sha, force: true })),
    ).toMatchObject({
      status: 422,
      message: expect.stringContaining('Repository rule violations found'),
    });
    expect(await refusal(hub.app.rest.git.deleteRef({ ...AT, ref: 'heads/x' }))).toMatchObject({
      status: 422,
      message: expect.stringContaining('Cannot change this locked branch'),
    });
    expect(
      await refusal(hub.app.rest.repos.createOrUpdateFileContents({ ...file, branch: 'x' })),
    ).toMatchObject({
      status: 409,
      message: expect.stringContaining('Could not update file: Cannot change this locked branch'),
    });
    expect((await hub.app.rest.repos.getBranch({ ...AT, branch: 'main' })).data.protected).toBe(true);
    await hub.app.rest.pulls.merge({ ...AT, pull_number: number });
    expect(world.fileText(REPO, 'main', 'a.txt')).toBe('a');
  });

  it('fetches what the API made, the heads of pull requests included, and git finds it sound', async () => {
    const hub = await startHub();
    const number = hub.github.world.openPullAs('eve', {
      repo: REPO,
      branch: 'idea',
      files: { 'é/ü.txt': 'u\n', 'README.md': null },
      title: 'Idea',
      body: '',
      fork: true,
    });
    await hub.app.rest.pulls.merge({ ...AT, pull_number: number });
    const folder = await cloneWith(hub, hub.github.world.userToken('ada'));
    await git(folder, 'fetch', '--quiet', 'origin', `pull/${number}/head`);

    expect(await git(folder, 'ls-tree', '-r', '-z', '--name-only', 'FETCH_HEAD')).toBe(
      ['config/warden.yaml', 'src/deep/er/file.txt', 'é/ü.txt', ''].join('\0'),
    );
    await git(folder, 'fsck', '--strict');
    expect(await git(folder, 'log', '-1', '--format=%an %cn %aI')).toBe(
      'warden[bot] GitHub 2026-11-21T10:00:00+00:00',
    );
  });
});

describe('the picture of a repository', () => {
  /** The same story, told in another order, at other times and with a detour. */
  async function told(order: 'forwards' | 'backwards'): Promise<Hub> {
    const hub = await startHub();
    const { world } = hub.github;
    const steps = [
      async () => {
        const issue = await hub.app.rest.issues.create({ ...AT, title: 'Dashboard', labels: ['a', 'b'] });
        world.commentAs('ada', REPO, issue.data.number, 'seen at 2026-11-21T10:00:00Z');
      },
      async () => {
        world.openPullAs('ada', { repo: REPO, branch: 'x', files: { 'a.txt': 'a' }, title: 'X', body: 'b' });
        await hub.app.rest.checks.create({
          ...AT,
          name: 'config',
          head_sha: world.branchSha(REPO, 'x') ?? '',
          conclusion: 'success',
        });
      },
    ];
    for (const step of order === 'forwards' ? steps : steps.reverse()) {
      await step();
      hub.clock.advance(60_000);
    }
    return hub;
  }

  it('is the same after histories that end alike, and not after others', async () => {
    const [one, other] = [await told('forwards'), await told('backwards')];
    const picture = one.github.world.snapshot(REPO);

    expect(other.github.world.snapshot(REPO)).toEqual(picture);
    other.github.world.commentAs('ada', REPO, 1, 'more');
    expect(other.github.world.snapshot(REPO)).not.toEqual(picture);
    expect(picture).toMatchObject({
      issues: [
        { title: 'Dashboard', labels: ['a', 'b'], comments: [{ author: 'ada', body: 'seen at <time>' }] },
      ],
      pulls: [{ title: 'X', head: `${REPO}:x`, state: 'open' }],
      checks: [{ name: 'config', conclusion: 'success', app: 'warden' }],
    });
  });
});
