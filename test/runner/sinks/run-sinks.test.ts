// All sinks of a runner in one thread, on real files: each as configured, none in the way of another.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeJournalDisk } from '../../../src/adapters/journal/node-journal-disk.ts';
import { processOwner } from '../../../src/adapters/state/lock.ts';
import { virtualTimers } from '../../../src/adapters/virtual-timers.ts';
import { openSinks, sinkNames } from '../../../src/runner/sinks/open-sinks.ts';
import { runSinks } from '../../../src/runner/sinks/run-sinks.ts';
import { run, started } from '../../adapters/journal/journal-world.ts';
import { stepRow } from '../../adapters/sinks/step-row.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'warden-sinks-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const ALL = {
  ndjson: true,
  alpha_events: true,
  clickhouse: { url: 'http://user:secret@127.0.0.1:1', database: 'pink' },
  hazelcast: { cluster: 'dev', members: ['127.0.0.1:1'], snapshot_map: 'a', daily_map: 'b' },
};

function parts() {
  const unheard = (): void => undefined;
  const log = { info: unheard, warn: unheard, error: unheard };
  return { timers: virtualTimers(1_000_000), log, env: {}, beganMs: 0 };
}

/** Lets time pass and files be written until `isDone`, or for a hundred seconds of it. */
async function passUntil(timers: ReturnType<typeof virtualTimers>, isDone: () => boolean): Promise<void> {
  for (let turn = 0; turn < 400 && !isDone(); turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    timers.advance(250);
  }
}

describe('the sinks of a configuration', () => {
  it('are those that it names', () => {
    expect(sinkNames(ALL)).toEqual(['ndjson', 'alpha_events', 'clickhouse', 'hazelcast']);
    expect(sinkNames({ ...ALL, ndjson: false, clickhouse: null, hazelcast: null })).toEqual(['alpha_events']);
  });

  it('that cannot be opened are there as well, and say why at each try', async () => {
    const places = {
      settings: { ...ALL, hazelcast: null },
      dataDir: folder,
      stateDir: folder,
      agent: 'pink',
    };
    const sinks = await openSinks(places, { ...parts(), data: memoryDisk() });

    expect(sinks.map(({ name }) => name)).toEqual(['ndjson', 'alpha_events', 'clickhouse']);
    const refused = await sinks[2]?.write([]);
    expect(refused).toMatchObject({ ok: false, error: expect.stringMatching(/^sinks\.clickhouse\.url: /) });
    expect(JSON.stringify(refused)).not.toContain('secret');
  });
});

it('follow one journal side by side, and the one that works waits for no other', async () => {
  const journalDir = join(folder, 'journal');
  const kernel = started(nodeJournalDisk(journalDir));
  run(kernel, 50, 5);
  const dataDir = join(folder, 'data');
  const stateDir = join(folder, 'state');
  const { timers, ...rest } = parts();
  // Nobody listens there.
  const settings = { ...ALL, clickhouse: { url: 'http://127.0.0.1:1', database: 'pink' }, hazelcast: null };
  const sinks = await runSinks(
    { settings, journalDir, dataDir, stateDir, agent: 'pink', seed: 1 },
    { timers, ...rest },
  );
  sinks.told(kernel.state.seq);
  await passUntil(timers, () => sinks.progress()[0]?.seq === 51 && sinks.progress()[2]?.failure !== null);

  expect(sinks.progress()).toMatchObject([
    { name: 'ndjson', seq: 51, failure: null },
    { name: 'alpha_events', seq: 51 },
    { name: 'clickhouse', seq: 0 },
  ]);
  const days = readdirSync(join(dataDir, 'rows'));
  const lines = readFileSync(join(dataDir, 'rows', days[0] ?? ''), 'utf8')
    .trimEnd()
    .split('\n');
  expect(lines.length).toBeGreaterThan(5);

  let isClosed = false;
  const closed = sinks.close(5_000).finally(() => {
    isClosed = true;
  });
  await passUntil(timers, () => isClosed);
  expect((await closed).map(({ name }) => name)).toEqual(['ndjson', 'alpha_events', 'clickhouse']);
  expect(readdirSync(join(dataDir, 'cursors'))).toContain('ndjson.json');
});

it('a lock that a thread of this process died over holds up nobody', async () => {
  const stateDir = join(folder, 'state');
  mkdirSync(join(stateDir, '.locks'), { recursive: true });
  const dead = processOwner();
  for (const name of ['events-pink', 'telemetry'])
    writeFileSync(join(stateDir, `.locks/${name}.lock`), `${JSON.stringify(dead)}\n`);
  const settings = { ...ALL, ndjson: false, clickhouse: null, hazelcast: null };
  const places = { settings, dataDir: folder, stateDir, agent: 'pink' };
  const beganMs = Date.parse(dead.since) + 1;
  const [sink] = await openSinks(places, { ...parts(), beganMs, data: memoryDisk() });
  const entry = stepRow({
    phase: 'execution',
    decision_id: 'run-1.7',
    policy: 'champion@1#0f3c0f3c',
    action: 'ENTER',
    symbol: 'BTC-USDT',
    outcome: 'APPLIED',
    facts:
      '{"side":"SHORT","strategy_class":"macro","leverage":2,"decision":{"vel_div":-0.03,"posture":"APEX"}}',
  });

  expect(await sink?.write([entry])).toEqual({ ok: true, value: undefined });
  expect(readdirSync(join(stateDir, 'alpha/events'))).not.toEqual([]);
});
