// `warden app` as real processes: refused starts, a server that is stopped and killed, one event of a workflow, and no secret anywhere.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AppWorld, appWorld, CONFIG, REPO } from './app-world.ts';
import { guidOf, SECRET, signatureOf } from './deliveries.ts';

const ROOT = join(import.meta.dirname, '../..');
const PROGRAM = join(ROOT, 'dist/cli.js');

beforeAll(() => {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing; run \`npm run build\` first`);
});

let world: AppWorld;
const children: ChildProcess[] = [];
beforeEach(async () => {
  world = await appWorld();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await world.close();
});

type Env = Readonly<Record<string, string>>;

function envOf(changes: Env = {}): Env {
  return {
    PATH: process.env['PATH'] ?? '',
    WARDEN_APP_ID: String(world.settings.appId),
    WARDEN_APP_PRIVATE_KEY: world.settings.privateKey.replaceAll('\n', '\\n'),
    WEBHOOK_SECRET: SECRET,
    WARDEN_APP_DIR: world.settings.dir,
    GITHUB_API_URL: world.settings.apiUrl,
    GITHUB_SERVER_URL: world.settings.serverUrl,
    PORT: '0',
    ...changes,
  };
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Started {
  readonly child: ChildProcess;
  /** Resolves with the address once the server says it. */
  readonly url: Promise<string>;
  readonly ended: Promise<Ended>;
}

/** Not waiting for it as spawnSync does: the local GitHub that answers it lives in this process. */
function start(argv: readonly string[], env: Env): Started {
  const child = spawn(process.execPath, [PROGRAM, 'app', ...argv], { cwd: world.dir, env });
  children.push(child);
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += String(chunk);
  });
  const url = new Promise<string>((resolve) => {
    child.stderr.on('data', (chunk) => {
      err += String(chunk);
      const found = /listens on (http:\S+);/.exec(err)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => resolve({ code, out, err }));
  });
  return { child, url, ended };
}

async function post(url: string, event: string, payload: object, secret = SECRET): Promise<number> {
  const body = JSON.stringify(payload);
  const response = await fetch(`${url}/api/github/webhooks`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': guidOf(body),
      'x-hub-signature-256': signatureOf(body, secret),
    },
  });
  return response.status;
}

function looserPull(login = 'ada', fork = false): number {
  const files = {
    'config/kill-list.yaml': `${CONFIG['config/kill-list.yaml']}\nmacro:\n  status: ENABELD\n`,
  };
  const pull = { repo: REPO, branch: 'looser', files, title: 'Looser', body: '', fork };
  return world.github.world.openPullAs(login, pull);
}

function checks() {
  return world.github.world.snapshot(REPO).checks;
}

/** Resolves when both checks of the one pull request are complete. */
async function bothChecks(): Promise<void> {
  await expect
    .poll(() => checks().filter(({ status }) => status === 'completed').length, { timeout: 30_000 })
    .toBeGreaterThanOrEqual(2);
}

describe('warden app', () => {
  it('refuses to start with settings that are missing or known to everybody, and names them all', () => {
    const env = { PATH: process.env['PATH'] ?? '', WEBHOOK_SECRET: 'development' };
    const run = spawnSync(process.execPath, [PROGRAM, 'app'], { cwd: world.dir, env, encoding: 'utf8' });

    expect(run.status).toBe(3);
    expect(run.stderr).toContain('WARDEN_APP_ID is not set');
    expect(run.stderr).toContain('WARDEN_APP_PRIVATE_KEY is not set');
    expect(run.stderr).toContain('WEBHOOK_SECRET is a value that everybody knows');
    expect(run.stderr).not.toContain('    at ');
  });

  it('checks its registration and ends', async () => {
    const run = await start(['--check', '--json'], envOf()).ended;

    expect([run.code, JSON.parse(run.out)]).toEqual([0, { exit_code: 0 }]);
    expect(run.err).toBe('the settings are complete, and the app is registered as it has to be\n');
  });

  it('reviews a pull request of a fork that a webhook tells of, and ends with 0 when it is told to', async () => {
    const server = start([], envOf());
    world.github.deliveries.setTarget(`${await server.url}/api/github/webhooks`);
    looserPull('eve', true);
    await bothChecks();
    server.child.kill('SIGTERM');
    const { code, err, out } = await server.ended;

    expect(code).toBe(0);
    expect(checks()).toContainEqual(
      expect.objectContaining({ name: 'warden/config', conclusion: 'failure', annotations: 1 }),
    );
    expect(err).toContain('(pull_request) of acme/alpha: handled: reviewed pull request #1');
    expect(out).toBe('the app has stopped\n');
    for (const secret of [SECRET, world.settings.privateKey.slice(60, 120), 'ghs_'])
      expect(err + out).not.toContain(secret);
  });

  it('keeps what it answered though it is killed, and handles it at the next start', async () => {
    const first = start([], envOf());
    const url = await first.url;
    // No webhook of GitHub reaches it; this one concerns a repository that does not answer until the kill.
    looserPull();
    const payload = world.github.deliveries.log;
    await world.github.deliveries.idle();
    const opened = payload.find(({ event, action }) => event === 'pull_request' && action === 'opened');
    world.github.faults.plan({
      path: /\/repos\//,
      times: 1_000,
      fault: { response: null, afterApplying: false, wait: new Promise(() => {}) },
    });
    expect(await post(url, 'pull_request', opened?.request.payload ?? {})).toBe(202);
    first.child.kill('SIGKILL');
    await first.ended;
    expect(readdirSync(join(world.settings.dir, 'queue'))).toHaveLength(1);
    world.github.faults.clear();

    const second = start([], envOf());
    await second.url;
    await bothChecks();
    second.child.kill('SIGINT');

    expect((await second.ended).code).toBe(0);
    expect(readdirSync(join(world.settings.dir, 'queue'))).toEqual([]);
  });

  it('does not start beside another one on the same folder', async () => {
    const first = start([], envOf());
    await first.url;
    const run = await start([], envOf()).ended;

    expect(run.code).toBe(4);
    expect(run.err).toContain('the lock "app" is held by process');
    expect(run.err).toContain('WARDEN_APP_DIR');
  });
});

describe('warden app --event', () => {
  function workflow(name: string, payload: object, changes: Env = {}): Started {
    const file = join(world.dir, 'event.json');
    writeFileSync(file, JSON.stringify(payload));
    const permissions = {
      checks: 'write',
      contents: 'write',
      issues: 'write',
      pull_requests: 'write',
    } as const;
    const env = {
      PATH: process.env['PATH'] ?? '',
      GITHUB_TOKEN: world.github.world.actionsToken(REPO, { metadata: 'read', ...permissions }),
      GITHUB_REPOSITORY: REPO,
      GITHUB_API_URL: world.settings.apiUrl,
      GITHUB_SERVER_URL: world.settings.serverUrl,
      GITHUB_EVENT_NAME: name,
      GITHUB_EVENT_PATH: file,
      ...changes,
    };
    return start(['--event', '--json', ...(changes['DRY'] === undefined ? [] : ['--dry-run'])], env);
  }

  const OPENED = {
    action: 'opened',
    repository: { full_name: REPO, default_branch: 'main' },
    sender: { login: 'eve' },
    pull_request: { number: 1, head: { ref: 'looser' } },
  };

  it('reviews a pull request of a fork with the token of the workflow, once however often it runs', async () => {
    looserPull('eve', true);
    const first = await workflow('pull_request_target', OPENED).ended;
    const { writes } = world.github.counts;
    const second = await workflow('pull_request_target', OPENED).ended;

    expect(first.code, first.err).toBe(0);
    expect(JSON.parse(first.out)).toMatchObject({ outcome: 'handled', event: 'pull_request_target' });
    expect(checks()).toContainEqual(
      expect.objectContaining({ name: 'warden/config', conclusion: 'failure' }),
    );
    expect(second.code).toBe(0);
    expect(world.github.counts.writes).toBe(writes);
  });

  it('shows with --dry-run what it would send, and sends nothing', async () => {
    looserPull('eve', true);
    const before = world.github.counts.writes;
    const run = await workflow('pull_request_target', OPENED, { DRY: '1' }).ended;

    expect(run.code, run.err).toBe(0);
    expect(JSON.parse(run.out)).toMatchObject({ dry_run: true });
    expect(JSON.parse(run.out).operations.join('\n')).toContain('POST /repos/acme/alpha/check-runs');
    expect(world.github.counts.writes).toBe(before);
  });

  it('makes up for what no event told, on the schedule', async () => {
    looserPull();
    const run = await workflow('schedule', { schedule: '7,37 * * * *' }).ended;

    expect(run.code, run.err).toBe(0);
    expect(checks().map(({ name }) => name)).toContain('warden/config');
  });

  it('does nothing about an event that asks for nothing, and says why', async () => {
    const run = await workflow('star', {}).ended;

    expect(JSON.parse(run.out)).toMatchObject({
      exit_code: 0,
      outcome: 'ignored',
      reason: 'nothing is done about the event star',
    });
  });

  it('says what is owed with exit code 7 where the token may not write', async () => {
    looserPull();
    const GITHUB_TOKEN = world.github.world.actionsToken(REPO, {
      metadata: 'read',
      contents: 'read',
      pull_requests: 'read',
      issues: 'read',
      checks: 'read',
    });
    const run = await workflow('pull_request_target', OPENED, { GITHUB_TOKEN }).ended;

    expect(run.code, run.err).toBe(7);
    expect(run.err).toContain('checks: write');
    expect(run.err + run.out).not.toContain(GITHUB_TOKEN);
  });

  it('refuses an event that GitHub does not send, and clones from no place that is an option of git', async () => {
    const [odd, option] = await Promise.all([
      workflow('push', []).ended,
      workflow('push', [], { GITHUB_SERVER_URL: '--upload-pack=id' }).ended,
    ]);

    expect([odd.code, option.code]).toEqual([3, 3]);
    expect(odd.err).toContain('the event push was not handled: the payload is not what GitHub sends');
    expect(option.err).toContain('GITHUB_SERVER_URL is no address of a server');
  });

  it('refuses outside of a workflow, and without a token', async () => {
    const outside = await start(['--event'], envOf()).ended;
    const without = await workflow('push', {}, { GITHUB_TOKEN: '' }).ended;

    expect([outside.code, without.code]).toEqual([3, 3]);
    expect(outside.err).toContain('not set: GITHUB_EVENT_NAME and GITHUB_EVENT_PATH');
    expect(without.err).toContain('there is no token for GitHub');
  });
});
