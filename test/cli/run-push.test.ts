// A run whose push fails, whose answer is lost, or whose remote is not GitHub: nothing is lost, doubled, or told to a stranger.

import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { COMMANDS } from '../../src/cli/registry.ts';
import { REPO, STATE_BRANCH } from '../e2e/jobs-world.ts';
import { runInMemory } from './memory-host.ts';
import { type RunWorld, runWorld, stepNamed, stepsOf } from './run-world.ts';

const execFileLater = promisify(execFile);

let world: RunWorld;
beforeEach(async () => {
  world = await runWorld();
  return async () => await world.close();
});

describe('a run that cannot push', () => {
  it('names the permission that its token lacks, and publishes nothing', async () => {
    await world.ingested();
    const before = world.branchSha();
    const token = world.environment({ contents: 'read', issues: 'write' })['GITHUB_TOKEN'] ?? '';

    const run = await world.warden(world.reconcile('--json'), { env: { GITHUB_TOKEN: token } });

    expect(run.exitCode).toBe(9);
    expect(run.stderr).toContain('contents: write');
    expect(stepsOf(run).slice(-2)).toEqual([
      ['push', 9],
      ['publish', null],
    ]);
    expect(world.branchSha()).toBe(before);
    const issues = world.github.world.snapshot(REPO).issues.map(({ title }) => title);
    expect(issues).toEqual(['Action required: the job reconcile fails']);
  });

  it('ends as one that was not pushed where GitHub does not answer at all', async () => {
    const response = { status: 502, headers: {}, body: {} };
    const fault = { response, afterApplying: false, wait: null } as const;
    world.github.faults.plan({ path: /^\/user$/, times: 100, fault });

    const run = await world.warden(['run', 'ingest', 'signals.jsonl']);

    expect(run.exitCode, run.stderr).toBe(9);
    expect(run.stderr).toContain('GitHub could not be asked who this is');
    expect(world.branchSha()).toBeNull();
  });

  it('refuses the default branch, where people review what they wrote', async () => {
    const run = await world.warden(['run', 'ingest', 'signals.jsonl', '--branch', 'main']);

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('main is the default branch');
  });
});

describe('a run whose end was lost', () => {
  it('is finished by the next one: what was pushed and not published is published then', async () => {
    await world.ingested();
    const token = world.environment({ contents: 'write' })['GITHUB_TOKEN'] ?? '';

    const died = await world.warden(world.reconcile('--json'), { env: { GITHUB_TOKEN: token } });
    const next = await world.warden(world.reconcile('--json'));

    expect([died.exitCode, next.exitCode], next.stderr).toEqual([7, 0]);
    expect(died.json()).toMatchObject({ pushed: true });
    expect(await world.subjects()).toEqual([
      'state: publish 2026-11-21 (+1 receipt)',
      'state: reconcile 2026-11-21 (+8 rows)',
      'state: ingest 2026-11-21 (+4 events)',
    ]);
  });

  it('publishes once, however often the push of its receipts is tried', async () => {
    await world.ingested();
    const lost = {
      response: { status: 502, headers: {}, body: {} },
      afterApplying: false,
      wait: null,
    } as const;
    world.github.faults.plan({ method: 'POST', path: /git-receive-pack$/, after: 1, times: 2, fault: lost });

    const run = await world.warden(world.reconcile('--json'));

    expect(run.exitCode, run.stderr).toBe(0);
    expect(stepNamed(run, 'receipts')).toMatchObject({ pushed: true, tries: 3 });
    expect((await world.file('supervisor/sent.jsonl')).trim().split('\n')).toHaveLength(1);
    expect(await world.file('runs/2026-11.jsonl')).toMatch(/"job":"publish"/);
    expect(world.github.world.snapshot(REPO).issues).toHaveLength(1);
  });
});

describe('a push whose answer was lost', () => {
  const loseAnswer = (): void => {
    const fault = {
      response: { status: 502, headers: {}, body: {} },
      afterApplying: true,
      wait: null,
    } as const;
    world.github.faults.plan({ method: 'POST', path: /git-receive-pack$/, fault });
  };

  it('is known by its commit, and counted once', async () => {
    loseAnswer();

    const run = await world.warden(['run', 'ingest', 'signals.jsonl', '--json']);

    expect(run.exitCode, run.stderr).toBe(0);
    expect(stepNamed(run, 'push')).toMatchObject({ pushed: true, tries: 2, commit: world.branchSha() });
    expect(await world.subjects()).toEqual(['state: ingest 2026-11-21 (+4 events)']);
    expect((await world.file('runs/2026-11.jsonl')).trim().split('\n')).toHaveLength(1);
  });

  it('counts the rows of a reconcile that the remote took', async () => {
    await world.ingested();
    loseAnswer();

    const run = await world.warden(world.reconcile('--json'));

    expect(stepNamed(run, 'reconcile')).toMatchObject({ did: '+8 rows, 4 open pairs' });
    expect(stepNamed(run, 'push')).toMatchObject({
      message: 'state: reconcile 2026-11-21 (+8 rows)',
      tries: 2,
    });
    expect((await world.subjects())[1]).toBe('state: reconcile 2026-11-21 (+8 rows)');
  });
});

describe('a state that is not at GitHub', () => {
  const git = async (...args: readonly string[]) => (await execFileLater('git', args)).stdout;

  async function withoutGitHub(...argv: string[]) {
    const all = ['run', 'ingest', 'signals.jsonl', ...argv, '--config', world.config];
    return await runInMemory(COMMANDS, all, { cwd: world.cwd, nowMs: world.clock.nowMs() });
  }

  it('is pushed to the remote that is named, as nobody in particular', async () => {
    const bare = join(world.dir, 'plain.git');
    await git('init', '--bare', '--quiet', bare);

    const run = await withoutGitHub('--remote', '../plain.git', '--branch', 'states');

    expect(run.exitCode, run.stderr).toBe(0);
    expect(await git('-C', bare, 'log', '--format=%an %s', 'states')).toBe(
      'warden state: ingest 2026-11-21 (+4 events)\n',
    );
  });

  it('is that of origin where a job runs inside a clone, whose own branches stay as they are', async () => {
    const bare = join(world.dir, 'origin.git');
    await git('init', '--bare', '--quiet', bare);
    await git('init', '--quiet', world.cwd);
    await git('-C', world.cwd, 'remote', 'add', 'origin', bare);

    const run = await withoutGitHub();

    expect(run.exitCode, run.stderr).toBe(0);
    expect(await git('-C', bare, 'branch', '--format=%(refname:short)')).toBe(`${STATE_BRANCH}\n`);
    expect(await git('-C', world.cwd, 'branch', '--all')).toBe('');
  });

  it('is asked for where no remote is known', async () => {
    const run = await withoutGitHub();

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('name the repository that holds the state with --remote');
  });

  it.each(['ada:hunter22', 'ghp_hunter22', 'github_pat_hunter22', `hunter22${'0'.repeat(32)}`])(
    'is not looked for at an address with a password or a token, which is not repeated: %s',
    async (login) => {
      const run = await withoutGitHub('--remote', `https://${login}@example.org/desk.git`);

      expect(run.exitCode).toBe(3);
      expect(run.stderr).toContain('the address of --remote has a password in it');
      expect(run.stderr + run.stdout).not.toContain('hunter22');
    },
  );

  it('is asked for without the token of GitHub', async () => {
    const logins: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      logins.push(request.headers.authorization);
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;

    const run = await world.warden([
      'run',
      'ingest',
      'signals.jsonl',
      '--remote',
      `http://127.0.0.1:${port}/desk.git`,
    ]);

    expect(run.exitCode).toBe(9);
    expect(logins.length).toBeGreaterThan(0);
    expect(new Set(logins)).toEqual(new Set([undefined]));
  });
});
