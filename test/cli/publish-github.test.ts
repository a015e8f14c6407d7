// `warden publish` with a token: what it would send, what it does at GitHub, what it records, and how it fails.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serverError } from '../../src/adapters/github/local/faults.ts';
import { nodeDisk } from '../../src/adapters/state/node-disk.ts';
import { registerPublish } from '../../src/cli/publish.ts';
import { appEnv } from '../adapters/github/connected.ts';
import { type Hub, REPO, startHub } from '../adapters/github/local/hub.ts';
import { aDisableVerdict } from '../domain/record-builders.ts';
import { configFiles } from '../jobs/publish-world.ts';
import { worldSettings } from '../jobs/supervise-world.ts';
import { aSupervisedDisk, saveVerdicts } from '../jobs/supervised-state.ts';
import { runInMemory } from './memory-host.ts';

const COMMIT = 'd'.repeat(40);

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'warden-publish-'));
  write(aSupervisedDisk().dump(), 'state/data');
  write(configuration(), '.');
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>, folder: string): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(cwd, folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

function configuration(): Record<string, string> {
  return configFiles(worldSettings());
}

async function hubWithConfiguration(): Promise<Hub> {
  const hub = await startHub();
  hub.github.world.commitAs('ada', REPO, 'main', configuration(), 'Configure');
  return hub;
}

async function publish(env: Readonly<Record<string, string>>, ...argv: string[]) {
  return await runInMemory([registerPublish], ['publish', '--state-commit', COMMIT, ...argv], { cwd, env });
}

function receipts(): string[] {
  const lines = readFileSync(join(cwd, 'state/data/supervisor/sent.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => {
    const { effect, outcome, state_commit } = JSON.parse(line);
    return `${effect} ${outcome} ${state_commit === COMMIT}`;
  });
}

describe('warden publish with a token', () => {
  it('prints with --dry-run every request it would send, and sends none', async () => {
    const hub = await hubWithConfiguration();
    const before = hub.github.counts.writes;
    const run = await publish(appEnv(hub), '--dry-run');

    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain('would have  made the dashboard #<new ');
    expect(run.stdout).not.toMatch(/#\d{16}/);
    expect(run.stdout).toContain('requests that would be sent to GitHub:');
    expect(run.stdout).toMatch(/POST \/repos\/acme\/desk\/git\/refs refs\/heads\/warden\/disable\/macro\/1/);
    expect(run.stdout).toMatch(/POST \/repos\/acme\/desk\/pulls/);
    expect(
      hub.github.requests.filter(({ method, path }) => method !== 'GET' && path.startsWith('/repos')),
    ).toEqual([]);
    expect(hub.github.counts.writes - before).toBeLessThanOrEqual(1);
  });

  it('opens the proposal, says so, and records it; a second run does nothing', async () => {
    const hub = await hubWithConfiguration();
    const run = await publish(appEnv(hub));
    const again = await publish(appEnv(hub), '--json');

    expect(run.exitCode, run.stdout + run.stderr).toBe(0);
    expect(run.stdout).toContain('GitHub, as warden[bot]:');
    expect(run.stdout).toContain('[AUTO] Disable strategy: macro (macro/1)');
    expect(receipts()).toContain('open_pull_request done true');
    expect(again.exitCode).toBe(0);
    expect(again.json()).toMatchObject({ github: { login: 'warden[bot]', failed: [], receipts: 0 } });
  });

  it('follows newer evidence and a default branch that moved on, with a merge and no force-push', async () => {
    const hub = await hubWithConfiguration();
    await publish(appEnv(hub));
    const grown = aDisableVerdict({ verdict_id: 'f'.repeat(64) });
    const evidence = { ...grown.evidence, reason: 'grown' as const };
    saveVerdicts(nodeDisk(join(cwd, 'state/data'), { durable: false }), [{ ...grown, evidence }]);
    const list = hub.github.world.fileText(REPO, 'main', 'config/kill-list.yaml') ?? '';
    hub.github.world.commitAs(
      'ada',
      REPO,
      'main',
      { 'config/kill-list.yaml': `# ours\n${list}` },
      'Say whose',
    );
    const run = await publish(appEnv(hub));
    const text = hub.github.world.fileText(REPO, 'warden/disable/macro/1', 'config/kill-list.yaml') ?? '';

    expect(run.stdout).toMatch(/done {2}updated #1 \[AUTO\] Disable strategy: macro/);
    expect(text).toContain('# ours\n');
    expect(text).toContain(`verdict ${'f'.repeat(64)}`);
    const files = await hub.app.pulls.listFiles({ owner: 'acme', repo: 'desk', pull_number: 1 });
    expect(files.data.map(({ filename }) => filename)).toEqual(['config/kill-list.yaml']);
  });

  it('ends with 7 where a proposal cannot be made, and sends the mail all the same', async () => {
    const hub = await hubWithConfiguration();
    hub.github.world.createBranchAs('ada', REPO, 'warden/disable/macro/1');
    hub.github.world.commitAs('ada', REPO, 'warden/disable/macro/1', { 'notes.md': 'mine' }, 'Take notes');
    const run = await publish(appEnv(hub));

    expect(run.exitCode, run.stdout + run.stderr).toBe(7);
    expect(run.stdout).toContain('still owed');
    expect(run.stdout).toContain('waiting until mail is on');
  });

  it('withdraws nothing where the state is not where it was looked for', async () => {
    const hub = await hubWithConfiguration();
    await publish(appEnv(hub));
    const before = hub.github.world.snapshot(REPO);
    const run = await publish(appEnv(hub), '--state', 'mistyped');

    expect(run.exitCode, run.stdout + run.stderr).toBe(4);
    expect(run.stderr).toContain('mistyped holds no state');
    expect(hub.github.world.snapshot(REPO)).toEqual(before);
  });

  it('leaves a proposal alone whose verdict the state does not hold, as an overtaken or a wrong one', async () => {
    const hub = await hubWithConfiguration();
    await publish(appEnv(hub));
    rmSync(join(cwd, 'state/data/supervisor/verdicts.jsonl'));
    const run = await publish(appEnv(hub));

    expect(hub.github.world.pull(REPO, 1)).toMatchObject({ state: 'open' });
    expect(run.stdout).toContain('waiting  #1 [AUTO] Disable strategy: macro (macro/1) rests on a verdict');
  });

  it('says where half of a token is missing, and still looks after the mail', async () => {
    const run = await publish({ GITHUB_TOKEN: 'x' });

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('GITHUB_REPOSITORY does not say owner/name');
    expect(run.stdout).toContain('waiting until mail is on');
  });

  it('ends with 7 where GitHub does not answer, and still looks after the mail', async () => {
    const hub = await startHub();
    hub.github.faults.plan({ path: /^\/app$/, times: 100, fault: serverError(502) });
    const run = await publish(appEnv(hub));

    expect(run.exitCode, run.stdout + run.stderr).toBe(7);
    expect(run.stderr).toContain('GitHub was not told: GitHub could not be asked who this is');
    expect(run.stdout).toContain('waiting until mail is on');
  });

  it('says how to turn GitHub on where there is no token', async () => {
    const run = await publish({});

    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain('GitHub is off: set GITHUB_REPOSITORY and GITHUB_TOKEN');
  });

  it('refuses a commit that is none', async () => {
    const run = await runInMemory([registerPublish], ['publish', '--state-commit', 'main'], { cwd });

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('40 hex digits');
  });
});
