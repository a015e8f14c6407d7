// The workflows of the jobs, run once for each event that can start them, with the built program, against a local GitHub that keeps the state.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KILL_LIST_FILE } from '../../src/domain/proposal.ts';
import { type ActionsWorld, actionsWorld, REPO, STATE_BRANCH } from './actions-world.ts';
import type { JobRun } from './runner/run-job.ts';
import { ROOT } from './workflow-file.ts';

beforeAll(() => {
  const program = join(ROOT, 'dist/cli.js');
  if (!existsSync(program)) throw new Error(`${program} is missing; run \`npm run build\` first`);
});

const SIGNAL = {
  ts: '2025-06-02T10:00:00Z',
  agent: 'trend-ema',
  symbol: 'BTC/USDT',
  direction: 'LONG',
  market: 'spot',
};
const SIGNALS_FILE = 'signals/2025-06.jsonl';
const EVENTS = 'alpha/events/ingest/2025-06.jsonl';
const STATE_REF = `refs/heads/${STATE_BRANCH}`;

let world: ActionsWorld;
beforeEach(async () => {
  world = await actionsWorld({ [SIGNALS_FILE]: `${JSON.stringify(SIGNAL)}\n` });
});
afterEach(async () => {
  expect(world.github.failures).toEqual([]);
  await world.close();
});

function scheduled(schedule: string) {
  return { event: 'schedule', payload: { schedule } };
}

function dispatched(clientPayload: object) {
  const payload = { action: 'alpha-signal', client_payload: clientPayload };
  return { event: 'repository_dispatch', payload };
}

function titles(): readonly string[] {
  return world.github.world.snapshot(REPO).issues.map(({ title }) => title);
}

/** What it ended with, where the outputs say the same and the log shows no secret. */
function endOf(job: JobRun): number | null {
  expect(job.log).not.toMatch(/ghs_|x-access-token/);
  expect(job.log).not.toContain('could not be written');
  if (job.exitCode !== null) expect(job.outputs['exit_code'], job.log).toBe(String(job.exitCode));
  expect(job.result).toBe(job.exitCode === 0 ? 'success' : 'failure');
  return job.exitCode;
}

const SCHEDULED = [
  ['reconcile', '13,43 * * * *', 'alpha/pending.json'],
  ['train', '27 2 * * *', 'alpha/models/ridge_h24.json'],
  ['supervise', '51 3 * * *', 'supervisor/meta_report.md'],
] as const;

describe.each(SCHEDULED)('%s', (name, cron, file) => {
  it('makes the state branch on its schedule, and nothing more when it runs again', async () => {
    const first = await world.runOnly(name, scheduled(cron));
    const [after, issues] = [world.written(), titles()];
    const second = await world.runOnly(name, scheduled(cron));

    expect([endOf(first), endOf(second)], first.log + second.log).toEqual([0, 0]);
    expect(first.outputs).toMatchObject({ pushed: 'true' });
    expect(second.outputs).toMatchObject({ pushed: 'false' });
    expect(world.stateText(file)).not.toBeNull();
    expect(first.summary).toContain(cron);
    expect([world.written().refs, titles()]).toEqual([after.refs, issues]);
  });

  it('shows a person what it would do, and writes nothing', async () => {
    const before = world.written();
    const job = await world.runOnly(name);

    expect(endOf(job), job.log).toBe(0);
    expect(job.log).toContain('dry run: nothing was written');
    expect(job.outputs).toMatchObject({ pushed: 'false' });
    expect(world.written()).toEqual(before);
    expect(existsSync(join(job.workspace, 'state/data'))).toBe(false);
  });
});

describe('the form of', () => {
  it.each([
    ['reconcile', { horizons: '1,24', since: '7d' }],
    ['train', { horizons: '1,24', window: '180d' }],
    ['supervise', {}],
  ])('%s is carried out with every input filled in', async (name, inputs) => {
    const job = await world.runOnly(name, { inputs: { ...inputs, dry_run: false } });

    expect(endOf(job), job.log).toBe(0);
    expect(job.log).not.toContain('dry run');
    expect(world.written().refs).toHaveProperty([STATE_REF]);
  });
});

describe('ingest', () => {
  it.each([
    ['a list of signals', { events: [SIGNAL, { ...SIGNAL, symbol: 'ETH/USDT' }] }, 2],
    ['one signal', { event: SIGNAL }, 1],
  ])('stores %s that an event brings', async (_case, payload, count) => {
    const job = await world.runOnly('ingest', dispatched(payload));

    expect(endOf(job), job.log).toBe(0);
    expect(world.stateText(EVENTS)?.trimEnd().split('\n')).toHaveLength(count);
  });

  it('keeps the good ones of an event, says which are not, and does not lose those', async () => {
    const bad = { ...SIGNAL, symbol: '$(touch hacked)', agent: '<b>@everyone</b>' };
    const job = await world.runOnly('ingest', dispatched({ events: [SIGNAL, bad, 'touch hacked'] }));

    expect(endOf(job), job.log).toBe(2);
    expect(job.outputs).toMatchObject({ pushed: 'true', events: '1', rejects: '2' });
    expect(world.stateText(EVENTS)?.trimEnd().split('\n')).toHaveLength(1);
    expect(existsSync(join(job.workspace, 'hacked'))).toBe(false);
    expect(job.summary).not.toContain('<b>@everyone');
  });

  it.each([[{}], [{ events: 'all' }], [{ events: null }]])('refuses the event %j', async (payload) => {
    const job = await world.runOnly('ingest', dispatched(payload));

    expect(job.exitCode, job.log).toBe(3);
    expect(world.written().refs).not.toHaveProperty([STATE_REF]);
  });

  it('shows a person what a file would add, and writes nothing', async () => {
    const before = world.written();
    const job = await world.runOnly('ingest', { inputs: { file: SIGNALS_FILE } });

    expect(endOf(job), job.log).toBe(0);
    expect(job.log).toContain('dry run: nothing was written');
    expect(world.written()).toEqual(before);
  });

  it('stores a file once, with every input filled in', async () => {
    const inputs = { file: SIGNALS_FILE, market: 'perp', telemetry: false, dry_run: false };
    const first = await world.runOnly('ingest', { inputs });
    const after = world.written();
    const second = await world.runOnly('ingest', { inputs });

    expect([endOf(first), endOf(second)], first.log).toEqual([0, 0]);
    expect(world.stateText(EVENTS)).toContain('trend-ema');
    expect(world.written().refs).toEqual(after.refs);
  });

  it('takes runs of agents where the person says that they are', async () => {
    const inputs = { file: SIGNALS_FILE, telemetry: true, dry_run: false };
    const job = await world.runOnly('ingest', { inputs });

    // They are none: a signal is refused as one, and is not stored as a signal either.
    expect(endOf(job), job.log).toBe(2);
    expect(world.stateText(EVENTS)).toBeNull();
  });
});

describe('reconcile', () => {
  it('takes what ingest pushed, and lets signals of a market without a source wait', async () => {
    await world.runOnly('ingest', dispatched({ event: SIGNAL }));
    const job = await world.runOnly('reconcile', scheduled('13,43 * * * *'));

    expect(endOf(job), job.log).toBe(0);
    expect(world.stateText('alpha/pending.json')).toContain('BTC/USDT');
    expect(job.log).toContain('no price source for market "spot"');
  });

  it('opens one issue while the configuration on main is broken, and closes it when that is mended', async () => {
    const failing = (): string[] =>
      world.github.world
        .snapshot(REPO)
        .issues.filter(({ state, title }) => state === 'open' && title.includes('the job reconcile fails'))
        .map(({ title }) => title);
    const limits = world.github.world.fileText(REPO, 'main', KILL_LIST_FILE);
    await world.runOnly('reconcile', scheduled('13,43 * * * *'));
    world.github.world.commitAs('ada', REPO, 'main', { [KILL_LIST_FILE]: 'macro: [\n' }, 'Mistype a limit');
    const first = await world.runOnly('reconcile', scheduled('13,43 * * * *'));
    await world.runOnly('reconcile', scheduled('13,43 * * * *'));

    expect(endOf(first), first.log).toBe(3);
    expect(failing()).toHaveLength(1);

    world.github.world.commitAs('ada', REPO, 'main', { [KILL_LIST_FILE]: limits }, 'Mend it');
    const last = await world.runOnly('reconcile', scheduled('13,43 * * * *'));

    expect(endOf(last), last.log).toBe(0);
    expect(failing()).toEqual([]);
  });
});

describe('supervise', () => {
  it('may ask about the other workflows, and turn on what GitHub turned off', async () => {
    const path = '.github/workflows/train.yml';
    world.github.world.setWorkflowState(REPO, path, 'disabled_inactivity');

    const job = await world.runOnly('supervise', scheduled('51 3 * * *'));

    expect(endOf(job), job.log).toBe(0);
    expect(job.log).not.toContain('the watchdog:');
    expect(world.github.world.repository(REPO).workflows.get(path)?.state).toBe('active');
  });
});

describe('pages', () => {
  const on = { vars: { WARDEN_PAGES: 'on' } };

  it.each([
    ['on its schedule', scheduled('37 4 * * *')],
    ['by hand', {}],
  ])('publishes the report %s, and writes nothing to the repository', async (_case, start) => {
    await world.runOnly('supervise', { inputs: { dry_run: false } });
    const before = world.written();
    const job = await world.runOnly('pages', { ...start, ...on });

    expect(endOf(job), job.log).toBe(0);
    expect(job.site['index.html']).toContain('Warden');
    expect(job.environment).toBe('github-pages');
    expect(world.written()).toEqual(before);
  });

  it('publishes an honest page where there is no state yet', async () => {
    const job = await world.runOnly('pages', { ...scheduled('37 4 * * *'), ...on });

    expect(endOf(job), job.log).toBe(0);
    expect(Object.keys(job.site)).toContain('index.html');
  });

  it('is not started where nobody turned it on', async () => {
    expect((await world.runOnly('pages', scheduled('37 4 * * *'))).result).toBe('skipped');
  });
});

describe('what a person fills in', () => {
  const HOSTILE = ['$(touch hacked) `touch hacked` "; touch hacked; \'', '--state=/etc', '1\n--no-such', '-'];

  it.each(
    [
      ['reconcile', 'horizons'],
      ['reconcile', 'since'],
      ['train', 'horizons'],
      ['train', 'window'],
      ['ingest', 'file'],
    ].flatMap(([name = '', input = '']) => HOSTILE.map((value) => [name, input, value] as const)),
  )('is refused as %s of %s: %j', async (name, input, value) => {
    const before = world.written();
    const job = await world.runOnly(name, { inputs: { [input]: value, dry_run: false } });

    expect([2, 3], job.log).toContain(job.exitCode);
    expect(job.log).not.toContain('    at ');
    expect(existsSync(join(job.workspace, 'hacked'))).toBe(false);
    if (job.exitCode === 3) expect(world.written().refs).toEqual(before.refs);
  });
});
