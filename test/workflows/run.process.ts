// The workflows that write no state, run once for each event that can start them, with the built program, against a local GitHub.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type ActionsWorld, actionsWorld, REPO } from './actions-world.ts';
import { controlSocket } from './control-socket.ts';
import { ROOT, textOf } from './workflow-file.ts';

beforeAll(() => {
  const program = join(ROOT, 'dist/cli.js');
  if (!existsSync(program)) throw new Error(`${program} is missing; run \`npm run build\` first`);
});

let world: ActionsWorld;
beforeEach(async () => {
  world = await actionsWorld();
});
afterEach(async () => {
  expect(world.github.failures).toEqual([]);
  await world.close();
});

describe('check', () => {
  it.each([
    ['workflow_dispatch', {}],
    ['pull_request', { pull_request: { number: 1 } }],
    ['push', {}],
  ])('checks and audits on %s, with a token that may only read', async (event, payload) => {
    const [check, audit] = await world.run('check', { event, payload });

    expect([check?.log, audit?.log]).toEqual(['npm cit\n', 'npm run -s audit\n']);
    for (const job of [check, audit])
      expect(job).toMatchObject({ result: 'success', permissions: { contents: 'read' } });
    const installed = ['use actions/checkout', 'use actions/setup-node'];
    expect(check?.trace).toEqual([...installed, 'run npm cit']);
    expect(audit?.trace).toEqual([...installed, 'run npm run -s audit']);
  });

  it.each([
    ['Warden', 'warden/disable/macro/1', 'Bot', 'skipped'],
    ['another program', 'dependabot/npm/x', 'Bot', 'success'],
    ['a person who borrows the name of a branch', 'warden/x', 'User', 'success'],
  ])('is run, or not, on a pull request of %s', async (_case, ref, type, result) => {
    const payload = { pull_request: { number: 1, head: { ref }, user: { login: 'x', type } } };
    const jobs = await world.run('check', { event: 'pull_request', payload });

    expect(jobs.map((job) => job.result)).toEqual([result, result]);
  });
});

describe('the setup', () => {
  it('installs without what only development needs where nothing is cached', async () => {
    const job = await world.runOnly('app', { isCached: false });

    expect(job.log).toContain('npm ci\nnpm prune --omit=dev --ignore-scripts\n');
    expect(job.result, job.log).toBe('success');
  });

  it('installs nothing where this commit was built before', async () => {
    const job = await world.runOnly('app', { isCached: true });

    expect(job.trace.filter((each) => each.startsWith('run '))).toEqual(['run node dist/cli.js app --event']);
  });
});

const HOSTILE = '$(touch hacked) `touch hacked` "; touch hacked; \' && touch hacked #';

/** What anybody can write: only the author tells whether it is one. */
const DASHBOARD = {
  ...{ number: 1, title: HOSTILE, user: { login: 'ada', type: 'User' } },
  body: '<!-- warden:dashboard {"v":1} -->\n',
};

function openPull(login = 'ada'): number {
  return world.github.world.openPullAs(login, {
    ...{ repo: REPO, branch: 'looser', title: HOSTILE, body: HOSTILE, fork: login === 'eve' },
    files: { 'config/kill-list.yaml': 'macro:\n  status: ENABELD\n', 'package.json': '{"name":"hacked"}' },
  });
}

function pullOf(login: string) {
  const head = { ref: 'looser', repo: { full_name: login === 'eve' ? 'eve/alpha' : REPO } };
  return { number: 1, title: HOSTILE, head, user: { login, type: 'User' } };
}

function checks(): readonly string[] {
  return world.github.world.snapshot(REPO).checks.map(({ name }) => name);
}

describe('app', () => {
  it('looks at everything on its schedule, which tells of nothing but the time', async () => {
    openPull();
    const schedule = '3 1,7,13,19 * * *';
    const job = await world.runOnly('app', { event: 'schedule', payload: { schedule } });

    expect(job.exitCode, job.log).toBe(0);
    expect(checks()).toContain('warden/config');
  });

  it('shows a person what it would send, and sends nothing', async () => {
    openPull();
    const before = world.written();
    const job = await world.runOnly('app');

    expect(job.exitCode, job.log).toBe(0);
    expect(job.log).toContain('dry run: nothing was written');
    expect(world.written()).toEqual(before);
  });

  it('sends it where the person says so', async () => {
    openPull();
    const job = await world.runOnly('app', { inputs: { dry_run: false } });

    expect(job.exitCode, job.log).toBe(0);
    expect(checks()).toContain('warden/config');
  });

  it.each(['opened', 'synchronize', 'reopened', 'ready_for_review'])(
    'reviews a pull request of a fork that is %s, and runs nothing of it',
    async (action) => {
      openPull('eve');
      const sender = { login: 'eve', type: 'User' };
      const payload = { action, pull_request: pullOf('eve'), sender };
      const job = await world.runOnly('app', { event: 'pull_request_target', payload, actor: 'eve' });

      expect(job.exitCode, job.log).toBe(0);
      expect(checks()).toContain('warden/config');
      expect(existsSync(join(job.workspace, 'hacked'))).toBe(false);
    },
  );

  it('looks again when a pull request is to be merged somewhere else', async () => {
    openPull();
    const payload = {
      action: 'edited',
      pull_request: pullOf('ada'),
      changes: { base: { ref: { from: 'next' } } },
    };
    const job = await world.runOnly('app', { event: 'pull_request_target', payload });

    expect(job.exitCode, job.log).toBe(0);
    expect(checks()).toContain('warden/config');
  });

  it('looks at the proposals when one of them is closed', async () => {
    const proposal = { ...pullOf('ada'), head: { ref: 'warden/disable/macro/1', repo: { full_name: REPO } } };
    const payload = { action: 'closed', pull_request: proposal };
    const job = await world.runOnly('app', { event: 'pull_request_target', payload });

    expect(job.exitCode, job.log).toBe(0);
    expect(job.log).not.toContain('nothing is done');
  });

  it.each(['submitted', 'edited', 'dismissed'])('looks again when a review is %s', async (action) => {
    openPull();
    const payload = { action, pull_request: pullOf('ada'), review: { user: { login: 'eve' } } };
    const job = await world.runOnly('app', { event: 'pull_request_review', payload });

    expect(job.exitCode, job.log).toBe(0);
    expect(checks()).toContain('warden/config');
  });

  it('leaves a review of a fork, whose token may only read, to the schedule', async () => {
    const payload = { action: 'submitted', pull_request: pullOf('eve') };
    const job = await world.runOnly('app', { event: 'pull_request_review', payload });

    expect(job.result).toBe('skipped');
  });

  it('answers the command of a comment with the newest configuration', async () => {
    const number = openPull();
    const body = '/warden help\n';
    const id = world.github.world.commentAs('ada', REPO, number, body);
    const job = await world.runOnly('app', { event: 'issue_comment', payload: commented(id, body) });

    expect(job.exitCode, job.log).toBe(0);
    const bodies = [...world.github.world.repository(REPO).comments.values()].map((each) => each.body);
    expect(bodies.join('\n')).toContain('shows the figures, the limits and the decision');
  });

  it.each([
    ['a comment without a command', 'issue_comment', commented(1, HOSTILE)],
    ['a comment of a bot', 'issue_comment', { ...commented(1, '/warden help'), sender: bot() }],
    ['a dashboard that a bot edits', 'issues', { action: 'edited', issue: DASHBOARD, sender: bot() }],
    ['an issue that is no dashboard', 'issues', { action: 'edited', issue: { number: 1, body: HOSTILE } }],
    ['an issue without a text', 'issues', { action: 'edited', issue: { number: 1, body: null } }],
    [
      'other words of a pull request',
      'pull_request_target',
      { action: 'edited', pull_request: pullOf('ada'), changes: { body: { from: '' } } },
    ],
    [
      'a pull request of others that is closed',
      'pull_request_target',
      { action: 'closed', pull_request: pullOf('eve') },
    ],
  ])('is not started for %s', async (_case, event, payload) => {
    expect((await world.runOnly('app', { event, payload })).result).toBe('skipped');
  });

  it('looks at the boxes of a dashboard that a person edits, and at who wrote it', async () => {
    const payload = { action: 'edited', issue: DASHBOARD, changes: { body: { from: '' } } };
    const job = await world.runOnly('app', { event: 'issues', payload });

    expect(job.exitCode, job.log).toBe(0);
    expect(job.log).toContain('the issue is not by Warden');
  });

  it('publishes and reviews anew when the default branch is pushed', async () => {
    openPull();
    const payload = { ref: 'refs/heads/main', commits: [{ modified: ['config/kill-list.yaml'] }] };
    const job = await world.runOnly('app', { event: 'push', payload });

    expect(job.exitCode, job.log).toBe(0);
    expect(checks()).toContain('warden/config');
  });

  it('is not started where the app runs as a server', async () => {
    const job = await world.runOnly('app', { vars: { WARDEN_APP_SERVER: 'on' } });
    expect(job.result).toBe('skipped');
  });

  it('acts as the registered app where it has its key, and shows no secret', async () => {
    openPull();
    const { id, privateKey } = world.github.app;
    const secrets = { WARDEN_APP_ID: String(id), WARDEN_APP_PRIVATE_KEY: privateKey };
    const job = await world.runOnly('app', { inputs: { dry_run: false }, secrets });

    expect(job.exitCode, job.log).toBe(0);
    expect(world.github.world.snapshot(REPO).checks.map(({ app }) => app)).toContain('warden');
    expect(job.log).not.toMatch(/ghs_|PRIVATE KEY/);
  });
});

function bot() {
  return { login: 'warden[bot]', type: 'Bot' };
}

function commented(id: number, body: string) {
  const user = { login: 'ada', type: 'User' };
  return { action: 'created', issue: { number: 1, user }, comment: { id, body, user }, sender: user };
}

describe('kernel', () => {
  async function tell(inputs: Readonly<Record<string, string>>) {
    const path = join(world.folder, 'control.sock');
    const socket = await controlSocket(path);
    onTestFinished(async () => await socket.close());
    const jobs = await world.run('kernel', { inputs, vars: { PINK_CONTROL_SOCKET: path } });
    return { requests: socket.requests, started: jobs.filter(({ result }) => result !== 'skipped') };
  }

  it('asks for the status where nothing else is chosen', async () => {
    const { requests, started } = await tell({});

    expect(started).toMatchObject([{ id: 'now', exitCode: 0, environment: null }]);
    expect(requests).toMatchObject([{ command: 'status', requested_by: { who: 'ada' } }]);
  });

  it.each(['why', 'freeze', 'reduce-only'])('tells it to %s at once', async (command) => {
    const { requests, started } = await tell({ command, reason: 'the feed repeats itself' });

    expect(started).toMatchObject([{ id: 'now', exitCode: 0, environment: null }]);
    expect(requests).toMatchObject([{ command, reason: 'the feed repeats itself' }]);
  });

  it.each(['flatten', 'unfreeze', 'resolve', 'halt'])(
    'tells it to %s once that is approved',
    async (command) => {
      const { requests, started } = await tell({ command, reason: 'as agreed' });

      expect(started).toMatchObject([{ id: 'approved', exitCode: 0, environment: 'pink' }]);
      expect(requests).toMatchObject([{ command, reason: 'as agreed' }]);
    },
  );

  it.each([HOSTILE, '--socket=/other', '-x', '=', "'"])('hands the reason %s on as it is', async (reason) => {
    const { requests, started } = await tell({ command: 'freeze', reason });

    expect(requests).toMatchObject([{ command: 'freeze', reason }]);
    expect(started.map(({ workspace }) => existsSync(join(workspace, 'hacked')))).toEqual([false]);
  });

  it.each(['', 'one\n--socket=/other'])('tells it nothing for the reason %j', async (reason) => {
    const { requests, started } = await tell({ command: 'freeze', reason });

    expect(started).toMatchObject([{ id: 'now', exitCode: 3, result: 'failure' }]);
    expect(requests).toEqual([]);
  });

  it('runs what the default branch holds, whichever branch a person starts it from', async () => {
    openPull();
    const sha = world.github.world.branchSha(REPO, 'looser') ?? '';
    const jobs = await world.run('kernel', { ref: 'refs/heads/looser', sha, inputs: {} });

    const started = jobs.filter(({ result }) => result !== 'skipped');
    const manifests = started.map(({ workspace }) => readFileSync(join(workspace, 'package.json'), 'utf8'));
    expect(manifests).toEqual([textOf('package.json')]);
  });

  it('says that nothing was sent where nobody listens', async () => {
    const [job] = await world.run('kernel', {
      inputs: { command: 'freeze', reason: 'why' },
      vars: { PINK_CONTROL_SOCKET: join(world.folder, 'nobody.sock') },
    });

    expect(job).toMatchObject({ exitCode: 10, result: 'failure' });
    expect(job?.log).toContain('freeze was not sent');
  });
});
