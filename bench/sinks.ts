// `npm run bench:sinks`: how much longer an intent takes to leave as an order, whatever becomes of the sinks beside it.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isFault } from '../src/adapters/journal/journal-fault.ts';
import { beginningOf, replaySegments } from '../src/adapters/journal/journal-replay.ts';
import { nodeJournalDisk } from '../src/adapters/journal/node-journal-disk.ts';
import { segmentsOf } from '../src/adapters/journal/segment.ts';
import { systemTimers } from '../src/adapters/system-timers.ts';
import { tableText } from '../src/adapters/terminal/table.ts';
import type { SinkSettings } from '../src/domain/sink-settings.ts';
import { DAY_MS, dayOf } from '../src/domain/time.ts';
import type { Sinks, StartSinks, startSinks } from '../src/runner/sinks/start-sinks.ts';
import { tailOf } from './kernel/spread.ts';
import { timedOrders } from './sinks/orders.ts';

const HELP = `usage: npm run bench:sinks -- [options]

  --orders N   orders of each case, in rounds that take turns (default 5000)
  --rounds N   rounds (default 5)
  --json FILE  writes the figures as JSON too
  --help       prints this

The journal and the rows lie in the folder for temporary files, on a real disk. The sinks run in a worker of the build, as in production.
Ends with 0 whatever the figures are, and with 3 where an option makes no sense.`;

const OPTIONS = {
  orders: { type: 'string', default: '5000' },
  rounds: { type: 'string', default: '5' },
  json: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

const DEFAULTS: SinkSettings = { ndjson: true, alpha_events: true, clickhouse: null, hazelcast: null };
const CLOSE_MS = 30_000;

interface Case {
  readonly what: string;
  readonly settings: SinkSettings;
  /** It does not work, and is not waited for at the end. */
  readonly isBroken?: true;
  /** The disk has no room for rows. */
  readonly isFull?: true;
}

/** What one case came to. */
interface Found {
  readonly times: number[];
  records: number;
  /** Records that the sinks had not taken when they were closed. */
  behind: number;
  failures: number;
}

const values = valuesOf();
if (values === null) {
  console.error(HELP);
  process.exitCode = 3;
} else if (values.help) console.log(HELP);
else await run(values);

function valuesOf() {
  try {
    const { values: given } = parseArgs({ options: OPTIONS });
    const [orders, rounds] = [Number(given.orders), Number(given.rounds)];
    return orders >= 10 && rounds >= 1 ? { ...given, orders, rounds } : null;
  } catch {
    return null;
  }
}

async function run({ orders, rounds, json }: NonNullable<ReturnType<typeof valuesOf>>): Promise<void> {
  console.log(`Node ${process.version}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(2)}\n`);
  const server = spawn(
    process.execPath,
    [fileURLToPath(new URL('./sinks/answer-late.mjs', import.meta.url)), '5000'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const silent = await silentServer();
  try {
    const cases = casesWith(await portOf(server), (silent.address() as AddressInfo).port);
    const found = new Map(
      cases.map((one) => [one, { times: [], records: 0, behind: 0, failures: 0 } as Found]),
    );
    for (let round = 0; round < rounds; round += 1)
      for (const [one, into] of found) await measure(one, Math.ceil(orders / rounds), into);
    print(found, json);
  } finally {
    silent.close();
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
}

function casesWith(latePort: number, silentPort: number): readonly Case[] {
  const clickhouse = (port: number) => ({ url: `http://127.0.0.1:${port}`, database: 'pink' });
  const hazelcast = (port: number) => ({
    cluster: 'dev',
    members: [`127.0.0.1:${port}`],
    snapshot_map: 'pink_engine',
    daily_map: 'pink_daily_pnl',
  });
  return [
    { what: 'no sinks', settings: { ...DEFAULTS, ndjson: false, alpha_events: false } },
    { what: 'rows and alpha events', settings: DEFAULTS },
    {
      what: 'and a ClickHouse that answers after 5 s',
      settings: { ...DEFAULTS, clickhouse: clickhouse(latePort) },
    },
    {
      what: 'and a ClickHouse that refuses',
      settings: { ...DEFAULTS, clickhouse: clickhouse(1) },
      isBroken: true,
    },
    {
      what: 'and a Hazelcast that says nothing',
      settings: { ...DEFAULTS, hazelcast: hazelcast(silentPort) },
      isBroken: true,
    },
    {
      what: 'and a Hazelcast that refuses',
      settings: { ...DEFAULTS, hazelcast: hazelcast(1) },
      isBroken: true,
    },
    { what: 'a disk without room for rows', settings: DEFAULTS, isBroken: true, isFull: true },
  ];
}

async function measure(
  { what, settings, isBroken, isFull }: Case,
  orders: number,
  into: Found,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'warden-bench-sinks-'));
  try {
    const [journalDir, dataDir, stateDir] = [
      join(folder, 'journal'),
      join(folder, 'data'),
      join(folder, 'state'),
    ];
    for (const each of [journalDir, join(dataDir, 'rows')]) mkdirSync(each, { recursive: true });
    if (isFull === true)
      for (const ms of [Date.now(), Date.now() + DAY_MS])
        symlinkSync('/dev/full', join(dataDir, 'rows', `${dayOf(ms)}.ndjson`));
    const sinks = await begun({ settings, journalDir, dataDir, stateDir });
    await haveBegun(sinks);
    const { times, lastSeq } = await timedOrders(journalDir, orders, (seq) => sinks.sealed(seq));
    if (isBroken !== true) await sinks.close(CLOSE_MS);
    if (recordsIn(journalDir) !== lastSeq) throw new Error(`${what}: the journal has lost records`);
    into.times.push(...times);
    into.records += lastSeq;
    const health = sinks.health();
    into.behind += Math.max(0, ...health.map(({ lag }) => lag));
    into.failures += health.reduce((sum, { failures }) => sum + failures, 0);
    if (isBroken === true) await sinks.close(1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A thread takes a moment to begin, once in the life of a runner. */
async function haveBegun(sinks: Sinks): Promise<void> {
  for (
    let waits = 0;
    waits < 200 && sinks.health().some(({ why }) => why === 'it has not begun yet');
    waits += 1
  )
    await sleep(50);
}

/** Applies the journal again, and returns how far that came. */
function recordsIn(journalDir: string): number {
  const disk = nodeJournalDisk(journalDir);
  const segments = segmentsOf(disk);
  const start = beginningOf(disk, segments[0]?.name ?? '');
  const replayed = isFault(start) ? start : replaySegments(disk, segments, start);
  if (isFault(replayed)) throw new Error(replayed.problem);
  return replayed.state.seq;
}

async function begun(
  places: Pick<StartSinks, 'settings' | 'journalDir' | 'dataDir' | 'stateDir'>,
): Promise<Sinks> {
  const built = new URL('../dist/runner/sinks/start-sinks.js', import.meta.url).href;
  const { startSinks: start } = (await import(built)) as { readonly startSinks: typeof startSinks };
  const log = { info: () => undefined, warn: () => undefined, error: console.error };
  return start({ ...places, agent: 'pink', seed: 1, timers: systemTimers(), log });
}

function print(found: ReadonlyMap<Case, Found>, json: string | undefined): void {
  const figures = [...found].map(([{ what }, { times, records, behind, failures }]) => ({
    what,
    ...tailOf(Float64Array.from(times)),
    records,
    behind,
    failures,
  }));
  const [none] = figures;
  const ms = (value: number): number => Number(value.toFixed(2));
  const rows = figures.map(({ what, samples, p50, p99, max, records, behind, failures }) => [
    what,
    samples,
    ...[p50, p99, max, p50 - (none?.p50 ?? 0), p99 - (none?.p99 ?? 0)].map(ms),
    records,
    failures,
    behind,
  ]);
  const head = [
    'intent to order, ms',
    'orders',
    'p50',
    'p99',
    'worst',
    '+p50',
    '+p99',
    'records',
    'failures',
    'behind',
  ];
  console.log(tableText({ head, rows }));
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(figures, null, 2)}\n`);
}

/** Takes connections, and whatever comes over them, and never answers. */
async function silentServer(): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).resume();
  });
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  return server;
}

async function portOf({ stdout }: ChildProcess): Promise<number> {
  for await (const part of stdout ?? []) return Number(String(part).trim());
  throw new Error('the slow server did not begin');
}
