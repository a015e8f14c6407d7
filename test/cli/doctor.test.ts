// `warden doctor` as a whole: in a bare folder, in a good checkout, and at a local GitHub, where it writes nothing.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serverError } from '../../src/adapters/github/local/faults.ts';
import { registerDoctor } from '../../src/cli/doctor.ts';
import { SHIPPED_WORKFLOWS } from '../../src/supervision/shipped-workflows.ts';
import { appEnv } from '../adapters/github/connected.ts';
import { type Hub, REPO, startHub } from '../adapters/github/local/hub.ts';
import { anAck, aSummary } from '../domain/record-builders.ts';
import { runInMemory } from './memory-host.ts';

const ROOT = join(import.meta.dirname, '../..');

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'warden-doctor-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(cwd, path)), { recursive: true });
  writeFileSync(join(cwd, path), text);
}

/** What is in a repository that was made from the template, with an owner of its configuration. */
function checkOut(): void {
  cpSync(join(ROOT, 'config'), join(cwd, 'config'), { recursive: true });
  cpSync(join(ROOT, '.github/workflows'), join(cwd, '.github/workflows'), { recursive: true });
  write('.github/CODEOWNERS', '/config/ @ada\n');
}

async function doctor(env: Readonly<Record<string, string>> = {}, ...argv: string[]) {
  return await runInMemory([registerDoctor], ['doctor', ...argv], { cwd, env });
}

interface Line {
  readonly about: string;
  readonly status: string;
  readonly evidence: string;
}

/** `about` → `status evidence` of every line. */
async function checksOf(env: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const { checks } = (await doctor(env, '--json')).json() as { checks: readonly Line[] };
  return Object.fromEntries(checks.map(({ about, status, evidence }) => [about, `${status} ${evidence}`]));
}

function tokenEnv(hub: Hub, token: string): Record<string, string> {
  return { GITHUB_TOKEN: token, GITHUB_REPOSITORY: REPO, GITHUB_API_URL: hub.github.apiUrl };
}

describe('warden doctor without GitHub', () => {
  it('finds nothing missing in a good checkout, and says what it did not ask', async () => {
    checkOut();
    const run = await doctor();

    expect(run.exitCode, run.stdout).toBe(0);
    expect(run.stdout).toMatch(/^nothing is missing \(/);
    expect(run.stdout).toContain('config/warden.yaml');
    expect(run.stdout).not.toContain(cwd);
    expect(run.stdout).toMatch(/unknown {2}4 questions +GitHub was not asked; type GITHUB_REPOSITORY=/);
  });

  it('ends with 3 where something is missing, and says how much and what comes first', async () => {
    checkOut();
    rmSync(join(cwd, '.github'), { recursive: true });
    write('config/warden.yaml', 'version: 1\nhorizon_hours: [1]\n');
    const run = await doctor();

    expect(run.exitCode).toBe(3);
    expect(run.stdout).toMatch(
      /^6 things are missing \(.*\); first: config\/warden\.yaml \(this machine\)\n/,
    );
    expect(run.stdout).toContain('config/warden.yaml:1:1 horizons_hours: is missing');
    expect(run.stdout).toContain('→ add the line "/config/ @you" to .github/CODEOWNERS');
  });

  it('checks the form of mail settings that are there, and shows no secret', async () => {
    checkOut();
    const run = await doctor({
      SMTP_URL: 'http://user:geheim-geheim@host',
      MAIL_FROM: 'a@b.c',
      META_EMAIL_TO: 'd@e.f',
    });

    expect(run.exitCode).toBe(3);
    expect(run.stdout).toMatch(/missing {2}mail settings +SMTP_URL is not an address/);
    expect(run.stdout + run.stderr).not.toContain('geheim');
  });

  it('names an exchange that ccxt does not know, with the nearest', async () => {
    checkOut();
    const text = readFileSync(join(cwd, 'config/warden.yaml'), 'utf8');
    write('config/warden.yaml', text.replace('[okx, kraken]', '[okx, krakn]'));
    const run = await doctor();

    expect(run.stdout).toMatch(
      /missing {2}exchanges +"krakn" is no exchange id of ccxt; did you mean "kraken"\?/,
    );
  });

  it('tells a plain state folder from a checkout of something else', async () => {
    checkOut();
    write('state/data/runs/2026-11.jsonl', '');
    expect((await checksOf({}))['state folder']).toBe(
      'ok state/data is a folder of your own, which no run replaces or pushes',
    );
    write('state/data/.clone.json', '{"url":"https://github.com/acme/desk.git","branch":"warden-state"}\n');
    expect((await checksOf({}))['state folder']).toBe('ok state/data is a clone of warden-state');
    write('state/data/.clone.json', '{"url":"https://github.com/acme/desk.git","branch":"other"}\n');
    expect((await checksOf({}))['state folder']).toMatch(/^missing state\/data is a checkout of other/);
  });
});

describe('warden doctor at GitHub', () => {
  it('as an admin sees everything, and nothing is missing where it is set up', async () => {
    checkOut();
    const hub = await startHub();
    setUp(hub);
    const before = hub.github.counts.writes;
    const run = await doctor(tokenEnv(hub, hub.github.world.userToken('grace')), '--json');

    expect(run.json()).toMatchObject({ missing: 0, unknown: 0, first: null });
    expect(run.exitCode, run.stdout).toBe(0);
    expect(hub.github.counts.writes).toBe(before);
    expect(hub.github.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('as an admin of a repository that was just made says what to do, in its order', async () => {
    checkOut();
    const hub = await startHub();
    hub.github.world.setPermission(REPO, 'grace', 'admin');
    const run = await doctor(tokenEnv(hub, hub.github.world.userToken('grace')));

    expect(run.exitCode).toBe(3);
    expect(run.stdout).toContain('first: branch protection (repository)');
    for (const step of [
      'Settings, Rules',
      'push .github/workflows/',
      'gh workflow run reconcile.yml',
      'tick "Allow GitHub Actions',
    ])
      expect(run.stdout).toContain(
        `→ ${step.startsWith('tick') ? 'Settings, Actions, General, ' : ''}${step}`,
      );
  });

  it('with the token of a workflow calls unknown what admins only see, and misses nothing of it', async () => {
    checkOut();
    const hub = await startHub();
    setUp(hub);
    const token = hub.github.world.actionsToken(REPO, {
      actions: 'write',
      checks: 'write',
      contents: 'write',
      issues: 'write',
      pull_requests: 'write',
    });
    const checks = await checksOf(tokenEnv(hub, token));

    expect(checks['identity']).toBe('ok Warden writes as github-actions[bot], by a token');
    expect(checks['permissions']).toMatch(
      /^ok the token reads actions, checks, contents, issues, pull_requests;/,
    );
    expect(checks['secrets of mail']).toMatch(/^unknown .*secrets: read$/);
    expect(Object.values(checks).filter((found) => found.startsWith('missing'))).toEqual([]);
  });

  it('names what the token of a workflow may not even read', async () => {
    checkOut();
    const hub = await startHub();
    const checks = await checksOf(tokenEnv(hub, hub.github.world.actionsToken(REPO, { contents: 'write' })));

    expect(checks['permissions']).toMatch(
      /^missing the token may not read actions, checks, issues, pull_requests/,
    );
    expect(checks['workflows on']).toMatch(/^unknown .*actions: read/);
  });

  it('as the app names each permission and event that it lacks', async () => {
    checkOut();
    const hub = await startHub({
      appPermissions: { contents: 'write', metadata: 'read' },
      appEvents: ['push'],
    });
    const checks = await checksOf(appEnv(hub));

    expect(checks['identity']).toBe('ok Warden writes as warden[bot], the app');
    expect(checks['permissions']).toMatch(/^missing .*the permission checks: write and has none/);
    expect(checks['permissions']).toContain('not subscribed to the event issue_comment');
    expect(checks['pull requests by jobs']).toBe('ok the app opens them');
  });

  it('knows nothing of GitHub, and misses nothing there, where it does not answer', async () => {
    checkOut();
    const hub = await startHub();
    hub.github.faults.plan({ path: /^\/app$/, times: 100, fault: serverError(502) });
    const run = await doctor(appEnv(hub), '--json');

    expect(run.exitCode, run.stdout).toBe(0);
    expect(run.json()).toMatchObject({ missing: 0 });
    expect((await checksOf(appEnv(hub)))['identity']).toMatch(/^unknown .*could not be asked who this is/);
  });

  it('takes a key that GitHub refuses for missing, and shows none of it', async () => {
    checkOut();
    const hub = await startHub();
    const run = await doctor({ ...appEnv(hub), WARDEN_APP_ID: '12' }, '--json');

    expect(run.exitCode).toBe(3);
    expect(run.json()).toMatchObject({ first: { about: 'identity', status: 'missing' } });
    expect(run.stdout.match(/GitHub refused WARDEN_APP_PRIVATE_KEY/g)).toHaveLength(2); // the line, and the first of them
    expect(run.stdout + run.stderr).not.toContain(hub.github.app.privateKey.slice(60, 100));
  });

  it('reads the kernel from the state branch, not from the older folder here', async () => {
    checkOut();
    write('state/data/kernel/summary.json', `${JSON.stringify(aSummary())}\n`);
    const hub = await startHub();
    setUp(hub);
    const summary = aSummary({ trading_state: 'active', trading_state_reason: null });
    const files = {
      'kernel/summary.json': `${JSON.stringify(summary)}\n`,
      'kernel/acks.jsonl': `${JSON.stringify(anAck())}\n`,
    };
    hub.github.world.commitAs('acme', REPO, 'warden-state', files, 'Push');
    const checks = await checksOf(tokenEnv(hub, hub.github.world.userToken('grace')));

    expect(checks['kernel']).toMatch(/^ok pink-1 is active; it last acknowledged macro \(entries_blocked\)/);
  });
});

/** Everything that docs/setup.md asks for; grace is an admin. */
function setUp({ github: { world } }: Hub): void {
  world.setPermission(REPO, 'grace', 'admin');
  world.commitAs(
    'acme',
    REPO,
    'main',
    Object.fromEntries(SHIPPED_WORKFLOWS.map(({ path }) => [path, workflowText(path)])),
    'Add workflows',
  );
  world.createBranchAs('acme', REPO, 'warden-state');
  const { setup } = world.repository(REPO);
  for (const name of [
    'WARDEN_APP_ID',
    'WARDEN_APP_PRIVATE_KEY',
    'SMTP_URL',
    'MAIL_FROM',
    'META_EMAIL_TO',
    'APCA_API_KEY_ID',
  ])
    setup.secrets.add(name);
  setup.lentSecrets.add('APCA_API_SECRET_KEY');
  const checks = ['warden/config', 'warden/proposal'];
  setup.rules.push(
    {
      branch: 'main',
      type: 'pull_request',
      parameters: {
        required_approving_review_count: 1,
        require_code_owner_review: true,
        dismiss_stale_reviews_on_push: true,
        require_last_push_approval: false,
        required_review_thread_resolution: false,
      },
    },
    {
      branch: 'main',
      type: 'required_status_checks',
      parameters: {
        required_status_checks: checks.map((context) => ({ context })),
        strict_required_status_checks_policy: false,
      },
    },
  );
  setup.environments.set('pink', ['grace']);
}

function workflowText(path: string): string {
  return `name: ${path}\non: workflow_dispatch\njobs: {}\n`;
}
