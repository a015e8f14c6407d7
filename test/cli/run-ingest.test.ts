// `warden run ingest`: the signals of an event or a file, and the issue about a job that fails.

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { REPO, START_MS, signalsOf } from '../e2e/jobs-world.ts';
import { type RunWorld, runWorld } from './run-world.ts';

let world: RunWorld;
beforeEach(async () => {
  world = await runWorld();
  return async () => await world.close();
});

describe('the signals of an event', () => {
  async function dispatched(payload: unknown, ...argv: string[]) {
    const path = join(world.dir, 'event.json');
    writeFileSync(path, JSON.stringify({ action: 'alpha-signal', client_payload: payload }));
    const env = { GITHUB_EVENT_NAME: 'repository_dispatch', GITHUB_EVENT_PATH: path };
    return await world.warden(['run', 'ingest', ...argv], { env });
  }
  const events = signalsOf(START_MS)
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));

  it('are stored, several or one', async () => {
    expect((await dispatched({ events: events.slice(1) }, '--producer', 'desk')).exitCode).toBe(0);
    expect((await dispatched({ event: events[0] })).exitCode).toBe(0);

    expect(await world.subjects()).toEqual([
      'state: ingest 2026-11-21 (+1 event)',
      'state: ingest 2026-11-21 (+3 events)',
    ]);
    expect((await world.file('alpha/events/desk/2026-11.jsonl')).trim().split('\n')).toHaveLength(3);
  });

  it('are stored where they are good, and the others say where they are wrong', async () => {
    const run = await dispatched({ events: [...events, { agent: 'momo' }, 'no object'] });

    expect(run.exitCode).toBe(2);
    expect(run.stdout).toContain('client_payload.jsonl:5');
    expect(await world.subjects()).toEqual(['state: ingest 2026-11-21 (+4 events, 2 rejects)']);
  });

  it('are named on the page of the run by where they stand in the event', async () => {
    const path = join(world.dir, 'event.json');
    writeFileSync(path, JSON.stringify({ client_payload: { events: [...events, 'no object'] } }));
    const run = await world.warden(['run', 'ingest'], {
      env: {
        ...{ GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: world.cwd },
        ...{ GITHUB_EVENT_NAME: 'repository_dispatch', GITHUB_EVENT_PATH: path },
      },
    });

    const marked = run.stderr.split('\n').filter((line) => line.startsWith('::error title=Set aside'));
    expect(marked).toHaveLength(1);
    expect(marked[0]).toMatch(/^::error title=Set aside%3A \w+::client_payload:5 /);
  });

  it.each([[{}], [{ events: 5 }], [null], ['text']])(
    'are asked for where the payload is %j',
    async (payload) => {
      const run = await dispatched(payload);

      expect(run.exitCode).toBe(3);
      expect(run.stderr).toContain('the event holds no signal; expected a file, or a workflow');
      expect(world.branchSha()).toBeNull();
    },
  );

  it('are not looked for without an event', async () => {
    const run = await world.warden(['run', 'ingest']);

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('no file was named');
  });
});

describe('the file that a workflow is asked to ingest', () => {
  async function asked(file: string) {
    const env = { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: world.cwd };
    return await world.warden(['run', 'ingest', file], { env });
  }

  it('may be any of the checkout, also by a link', async () => {
    symlinkSync('signals.jsonl', join(world.cwd, 'link.jsonl'));

    expect((await asked('link.jsonl')).exitCode).toBe(0);
    expect(await world.subjects()).toEqual(['state: ingest 2026-11-21 (+4 events)']);
  });

  it.each(['../outside.jsonl', '/proc/self/environ', 'link.jsonl', 'linked/outside.jsonl', '.git/config'])(
    'is refused outside of it, since lines that are refused are kept: %s',
    async (file) => {
      writeFileSync(join(world.dir, 'outside.jsonl'), 'GITHUB_TOKEN=x\n');
      mkdirSync(join(world.cwd, '.git'));
      writeFileSync(join(world.cwd, '.git/config'), 'extraheader = x\n');
      symlinkSync(join(world.dir, 'outside.jsonl'), join(world.cwd, 'link.jsonl'));
      symlinkSync(world.dir, join(world.cwd, 'linked'));
      const run = await asked(file);

      expect(run.exitCode).toBe(3);
      expect(run.stderr).toContain(`${file} is not a file of the checkout`);
      expect(world.branchSha()).toBeNull();
    },
  );

  it('is said to be missing where there is none', async () => {
    const run = await asked('gone.jsonl');

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('there is no file');
  });
});

describe('the issue about a job', () => {
  it('is opened by a run that nobody watches, and closed by the next good one, also by hand', async () => {
    writeFileSync(join(world.cwd, 'bad.jsonl'), 'no json\n');
    const bad = ['run', 'ingest', 'bad.jsonl'];
    const good = ['run', 'ingest', 'signals.jsonl'];

    await world.warden(bad, { env: { GITHUB_EVENT_NAME: 'workflow_dispatch' } });
    const byHand = world.github.world.snapshot(REPO).issues;
    await world.warden(bad, { env: { GITHUB_EVENT_NAME: 'schedule' } });
    const failing = world.github.world.snapshot(REPO).issues;
    await world.warden(good, { env: { GITHUB_EVENT_NAME: 'workflow_dispatch' } });
    const well = world.github.world.snapshot(REPO).issues;

    expect(byHand).toEqual([]);
    expect(failing).toMatchObject([{ title: 'Action required: the job ingest fails', state: 'open' }]);
    expect(well).toMatchObject([{ state: 'closed' }]);
  });
});
