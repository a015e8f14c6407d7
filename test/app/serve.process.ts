// The app at a local GitHub: events in, work out, with lost, repeated, shuffled and failing deliveries, crashes and two servers.

import { afterEach, describe, expect, it } from 'vitest';
import { serverError } from '../../src/adapters/github/local/faults.ts';
import type { RepositoryPicture } from '../../src/adapters/github/local/snapshot.ts';
import type { AppServer } from '../../src/app/serve.ts';
import { serveApp } from '../../src/app/serve.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';
import { type AppWorld, appWorld, CONFIG, REPO, saidNothing, smallJobs } from './app-world.ts';
import { guidOf, signatureOf } from './deliveries.ts';

let open: AppWorld | null = null;
afterEach(async () => {
  await open?.close();
  open = null;
});

async function begin(options?: Parameters<typeof appWorld>[0]): Promise<AppWorld> {
  open = await appWorld(options);
  return open;
}

/** What people and jobs do in the stories: state is pushed, pull requests come and go, commands are given. */
function story({ github }: AppWorld): void {
  const { world } = github;
  world.createBranchAs('ada', REPO, 'warden-state');
  world.commitAs('ada', REPO, 'warden-state', { 'report.md': 'first report' }, 'State');
  const macro = `${CONFIG['config/kill-list.yaml'] ?? ''}\nmacro:\n  status: ENABLED\n`;
  const first = world.openPullAs('ada', {
    repo: REPO,
    branch: 'looser',
    files: { 'config/kill-list.yaml': macro },
    title: 'Looser',
    body: '',
  });
  world.commentAs('ada', REPO, first, '/warden explain macro');
  world.commentAs('eve', REPO, first, '/warden disable macro please');
  world.commentAs('eve', REPO, first, 'I like this');
  const second = world.openPullAs('eve', {
    repo: REPO,
    branch: 'docs',
    files: { 'README.md': 'Hello\n' },
    title: 'Docs',
    body: '',
    fork: true,
  });
  world.commitAs('ada', REPO, 'looser', { 'notes.md': 'more\n' }, 'More');
  world.commitAs('ada', REPO, 'warden-state', { 'report.md': 'second report' }, 'State');
  world.mergeAs('bob', REPO, first);
  world.commentAs('bob', REPO, second, '/warden help');
}

let calm: RepositoryPicture | null = null;

const PUSH = {
  ref: 'refs/heads/main',
  repository: { full_name: REPO, default_branch: 'main' },
  commits: [],
};

/** Sends a signed delivery that GitHub never made. */
async function deliver(app: AppServer, event: string, payload: object): Promise<void> {
  const body = JSON.stringify(payload);
  const response = await fetch(`${app.url}/api/github/webhooks`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': guidOf(body),
      'x-hub-signature-256': signatureOf(body),
    },
  });
  expect(response.status).toBe(202);
}

/** How it ends where every webhook arrives once and in order. */
async function calmPicture(): Promise<RepositoryPicture> {
  if (calm !== null) return calm;
  const world = await appWorld();
  const app = await world.serve();
  story(world);
  calm = await settledPicture(world, app);
  await world.close();
  return calm;
}

async function settledPicture(world: AppWorld, app: AppServer): Promise<RepositoryPicture> {
  await world.settled(app);
  return world.github.world.snapshot(REPO);
}

describe('the app', () => {
  it('does what events ask for, and answers for its health', async () => {
    const world = await begin();
    const app = await world.serve();
    story(world);
    const picture = await settledPicture(world, app);

    expect(picture.issues.map(({ title, body }) => [title, body])).toEqual([['Dashboard', 'second report']]);
    const answers = picture.pulls.flatMap(({ comments }) =>
      comments.filter(({ author }) => author === 'warden[bot]').map(({ body }) => body.split('\n')[1]),
    );
    expect(answers.sort()).toEqual(['@eve may not', 'done: /warden explain macro', 'done: /warden help']);
    expect(picture.checks.filter(({ name }) => name === 'warden/config').length).toBeGreaterThan(0);
    expect(world.github.failures).toEqual([]);
    expect(world.log.lines.filter((line) => !line.startsWith('info'))).toEqual([]);
    const health = await (await fetch(`${app.url}/healthz`)).json();
    expect(health).toMatchObject({
      status: 'ok',
      queue_length: 0,
      failed_deliveries: 0,
      last_sweep_at: null,
    });
    expect(JSON.stringify(health)).not.toContain(world.settings.webhookSecret);
  });

  it('writes nothing where a sweep finds everything done, and asks little', async () => {
    const world = await begin();
    const app = await world.serve();
    story(world);
    await world.settled(app);
    await app.sweep();
    const before = { ...world.github.counts };
    await app.sweep();

    expect(world.github.counts.writes).toBe(before.writes);
    expect(world.github.counts.reads - before.reads).toBeLessThan(20);
    expect(app.health()).toMatchObject({ status: 'ok', last_sweep_failures: 0 });
  });

  it('is right from its sweep alone where no webhook ever arrived', async () => {
    const expected = await calmPicture();

    const world = await begin();
    world.github.deliveries.mode = { kind: 'held' };
    const deaf = await world.serve();
    story(world);
    await deaf.sweep();

    // Only what the last moment shows can be made up for: the merged pull request was never seen open.
    const { issues, pulls } = world.github.world.snapshot(REPO);
    expect(issues).toEqual(expected.issues);
    expect(pulls.filter(({ state }) => state === 'open')).toEqual(
      expected.pulls.filter(({ state }) => state === 'open'),
    );
  });

  it('makes up for webhooks that came while it was away, and does not ask again for what it has', async () => {
    const world = await begin();
    story(world);
    await world.github.deliveries.idle();
    expect(world.github.deliveries.log.every(({ status_code }) => status_code === 0)).toBe(true);
    const missed = world.github.deliveries.log.length;

    const app = await world.serve();
    await app.sweep();
    const picture = await settledPicture(world, app);
    const afterFirst = world.github.deliveries.log.filter(({ redelivery }) => redelivery).length;
    await app.sweep();
    await world.settled(app);

    expect(
      picture.pulls.flatMap(({ comments }) => comments).filter(({ author }) => author === 'warden[bot]'),
    ).toHaveLength(3);
    expect(afterFirst).toBeGreaterThan(5);
    expect(afterFirst).toBeLessThanOrEqual(missed);
    expect(world.github.deliveries.log.filter(({ redelivery }) => redelivery)).toHaveLength(afterFirst);
  });

  it('takes up at its next start what it had answered and not handled', async () => {
    const world = await begin();
    const killed = await world.serve({
      jobsFor: () => {
        throw new Error('the process dies here');
      },
    });
    story(world);
    await world.settled(killed);
    expect(killed.health()).toMatchObject({ status: 'degraded' });
    expect(killed.health().failed_deliveries).toBeGreaterThan(0);
    await killed.stop();

    const app = await world.serve();
    const picture = await settledPicture(world, app);

    expect(app.health()).toMatchObject({ status: 'ok', failed_deliveries: 0 });
    expect(picture.issues.map(({ body }) => body)).toEqual(['second report']);
    const answers = picture.pulls.flatMap(({ comments }) =>
      comments.filter(({ author }) => author === 'warden[bot]'),
    );
    expect(answers).toHaveLength(3);
  });

  it('waits and tries again while GitHub is unavailable, and loses nothing over it', async () => {
    const world = await begin();
    const waits: number[] = [];
    const app = await world.serve({ sleep: async (ms) => void waits.push(ms) });
    world.github.faults.plan({ method: 'GET', path: /\/contents\//, times: 9, fault: serverError() });
    story(world);
    const picture = await settledPicture(world, app);

    expect(waits).toContain(5_000);
    expect(app.health().failed_deliveries).toBe(0);
    expect(picture.issues.map(({ body }) => body)).toEqual(['second report']);
  });

  it('keeps one dashboard and one answer per command where another server took over the webhooks', async () => {
    const world = await begin();
    const one = await world.serve();
    const two = await world.serve({ settings: { dir: `${world.dir}/other` } });
    story(world);
    await world.settled(two);
    for (const app of [one, two]) {
      await app.sweep();
      await world.settled(app);
    }

    const { issues, pulls } = world.github.world.snapshot(REPO);
    expect(issues).toHaveLength(1);
    expect(
      pulls.flatMap(({ comments }) => comments).filter(({ author }) => author === 'warden[bot]'),
    ).toHaveLength(3);
  });

  it('does nothing on a repository that has neither a configuration nor a state branch', async () => {
    const world = await begin();
    world.github.world.createRepository({ fullName: 'acme/site', files: { 'index.html': 'Hi' } });
    world.github.world.setPermission('acme/site', 'ada', 'write');
    const app = await world.serve();
    const pull = { repo: 'acme/site', branch: 'x', files: { a: 'b' }, title: 'x', body: '' };
    world.github.world.openPullAs('ada', pull);
    world.github.world.commitAs('ada', 'acme/site', 'main', { c: 'd' }, 'more');
    await world.settled(app);
    await app.sweep();

    expect(world.github.world.snapshot('acme/site').issues).toEqual([]);
    expect(world.github.world.snapshot('acme/site').checks.filter(({ app: by }) => by === 'warden')).toEqual(
      [],
    );
    expect(world.log.lines.join('\n')).toContain('no config/warden.yaml and no state branch');
  });

  it('writes to no repository of one installation in the name of another', async () => {
    const world = await begin();
    world.github.world.createRepository({ fullName: 'mallory/own', files: CONFIG });
    const app = await world.serve();
    await world.github.deliveries.idle();
    world.github.world.commitAs('mallory', 'mallory/own', 'main', { c: 'd' }, 'more');
    await world.settled(app);
    const foreign = world.github.deliveries.log.at(-1)?.installation_id ?? 0;
    const before = world.github.world.snapshot(REPO);
    await deliver(app, 'push', { ...PUSH, installation: { id: foreign } });
    await app.idle();

    expect(world.github.deliveries.log.at(-1)?.request.payload['repository']).toMatchObject({
      full_name: 'mallory/own',
    });
    expect(world.github.world.snapshot(REPO)).toEqual(before);
    expect(world.log.lines.join('\n')).toMatch(/ \/repos\/acme\/alpha[^ ]* answered 403/);
  });

  it('passes over what waited for an installation that is gone, and is well', async () => {
    const world = await begin();
    const app = await world.serve();
    await deliver(app, 'push', { ...PUSH, installation: { id: 1 } });
    await app.idle();

    expect(world.log.lines.join('\n')).toContain('ignored: the app is not installed there any more');
    expect(app.health()).toMatchObject({ status: 'ok', queue_length: 0, failed_deliveries: 0 });
  });

  it('tells what its sweep could not do, and is well again when it can', async () => {
    const world = await begin();
    const app = await world.serve();
    world.github.faults.plan({ method: 'GET', path: /\/app\/installations/, times: 9, fault: serverError() });
    await app.sweep();
    const ill = app.health();
    for (let at = 0; at < 5; at += 1) await app.sweep();

    expect(ill).toMatchObject({ status: 'degraded', last_sweep_failures: 1 });
    expect(world.log.lines.join('\n')).toContain('listing the repositories of the app failed');
    expect(app.health()).toMatchObject({ status: 'ok', last_sweep_failures: 0 });
  });
});

describe('the start of the app', () => {
  async function refusal(world: AppWorld, settings: Partial<AppWorld['settings']> = {}) {
    const started = await serveApp({
      settings: { ...world.settings, ...settings },
      clock: world.clock,
      log: saidNothing(),
      sleep: async () => {},
      random: () => 0,
      codeVersion: '0.0.0',
      disk: memoryDisk(),
      jobsFor: smallJobs,
    });
    if (started.ok) {
      await started.value.stop();
      return [];
    }
    return started.error;
  }

  it('is refused where permissions or events are missing, each named with the next step', async () => {
    const world = await begin({
      appPermissions: { metadata: 'read', contents: 'read', issues: 'write', pull_requests: 'write' },
      appEvents: ['push', 'pull_request'],
    });

    const problems = await refusal(world);

    expect(problems.map((problem) => problem.slice(0, 60))).toHaveLength(8);
    expect(problems.join('\n')).toContain('needs the permission actions: write and has none');
    expect(problems.join('\n')).toContain('needs the permission checks: write and has none');
    expect(problems.join('\n')).toContain('needs the permission contents: write and has read');
    expect(problems.join('\n')).toContain('is not subscribed to the event issue_comment');
    expect(problems.every((problem) => /accept the change|subscribe it/.test(problem))).toBe(true);
  });

  it('is refused where GitHub does not know the app, or the key is of another', async () => {
    const world = await begin();

    expect((await refusal(world, { appId: 4711 })).join()).toContain('check that WARDEN_APP_ID');
  });

  it('is refused where the port is taken', async () => {
    const world = await begin();
    const app = await world.serve();
    const port = Number(new URL(app.url).port);

    expect((await refusal(world, { port })).join()).toMatch(
      /cannot listen on 127\.0\.0\.1:\d+.*HOST and PORT/,
    );
  });
});
