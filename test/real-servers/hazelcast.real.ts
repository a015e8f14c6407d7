// The sink into Hazelcast and the feed out of it, at a real member: what is put is what is read, and a member that dies is waited for.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hazelcastFeed } from '../../src/adapters/feeds/hazelcast-feed.ts';
import { type HazelcastMaps, hazelcastMaps } from '../../src/adapters/hazelcast/hazelcast-maps.ts';
import { noSnapshot, snapshotAfter, snapshotJson } from '../../src/adapters/sinks/engine-snapshot.ts';
import { hazelcastSink } from '../../src/adapters/sinks/hazelcast.ts';
import { systemTimers } from '../../src/adapters/system-timers.ts';
import type { FeedNotice } from '../../src/domain/scan.ts';
import type { Sink } from '../../src/ports.ts';
import { payload } from '../adapters/feeds/payloads.ts';
import { recorded, rowsOf } from '../adapters/sinks/recorded.ts';
import { CLUSTER, hazelcastServer, type RealHazelcast } from './hazelcast-server.ts';

const NAMES = { snapshot_map: 'pink_engine', daily_map: 'pink_daily_pnl' };
const SETS = 2_000;

let server: RealHazelcast;
/** Another client of the cluster, as the platform is one. */
let platform: HazelcastMaps;

const settings = () => ({ wantedBy: 'feed.hazelcast', cluster: CLUSTER, members: [server.member] });

async function openSink(): Promise<Sink> {
  const opened = await hazelcastSink({ ...settings(), ...NAMES }, { timers: systemTimers() });
  if (!opened.ok) throw new Error(opened.error);
  return opened.value;
}

async function valueAt(map: string, key: string): Promise<string | null> {
  const answer = await platform.map(map).get(key);
  if (!answer.ok) throw new Error(answer.error);
  return answer.value;
}

beforeAll(async () => {
  server = await hazelcastServer(process.env['HAZELCAST_JAR'] ?? '');
  platform = hazelcastMaps(settings(), { timers: systemTimers() });
});

afterAll(async () => {
  await platform.close();
  await server.close();
});

describe('the sink', () => {
  const rows = rowsOf(recorded(1));
  const instance = rows[0]?.instance ?? '';

  it('shows the newest state of the engine, and each day', async () => {
    const sink = await openSink();
    for (let at = 0; at < rows.length; at += 10)
      expect(await sink.write(rows.slice(at, at + 10))).toMatchObject({ ok: true });
    await sink.close();
    const days = rows.flatMap((row) => (row.table === 'daily_pnl' ? [row] : []));

    expect(await valueAt('pink_engine', instance)).toBe(
      snapshotJson(rows.reduce(snapshotAfter, noSnapshot(instance))),
    );
    for (const { day } of days)
      expect(JSON.parse((await valueAt('pink_daily_pnl', day)) ?? '')).toEqual(
        days.findLast((row) => row.day === day),
      );
  });

  it('fails in a sentence while the member is dead, and is whole again when it is back, empty as it is then', async () => {
    const sink = await openSink();
    await sink.write(rows);
    await server.kill();
    expect(await sink.write(rows)).toMatchObject({
      ok: false,
      error: expect.stringContaining('did not answer'),
    });
    await server.start();
    await until(async () => (await sink.write(rows)).ok);
    await sink.close();

    expect(JSON.parse((await valueAt('pink_engine', instance)) ?? '')).toMatchObject({
      seq: rows.at(-1)?.seq,
    });
  });

  it('takes two thousand batches one after the other, and says how quickly', async () => {
    const sink = await openSink();
    await sink.write(rows);
    const tookMs: number[] = [];
    for (let round = 0; round < SETS; round += 1) {
      const beganMs = performance.now();
      const done = await sink.write(rows.slice(-1));
      tookMs.push(performance.now() - beganMs);
      expect(done).toMatchObject({ ok: true });
    }
    await sink.close();
    tookMs.sort((a, b) => a - b);
    const [p50, p99] = [0.5, 0.99].map((share) => (tookMs[Math.floor(share * SETS)] ?? 0).toFixed(2));
    console.info(`Hazelcast: a snapshot takes ${p50} ms (p50), ${p99} ms (p99) of ${SETS}`);
  });
});

describe('the feed', () => {
  it('hears each scan that the platform puts, says when the member is dead, and hears again when it is back', async () => {
    const notices: FeedNotice[] = [];
    const feed = hazelcastFeed({
      map: 'features',
      key: 'latest_scan',
      staleAfterMs: 60_000,
      timers: systemTimers(),
      random: () => 0,
      open: () => hazelcastMaps(settings(), { timers: systemTimers() }),
    });
    const put = (number: number) =>
      platform.map('features').set('latest_scan', JSON.stringify(payload(number)));
    const scans = () => notices.flatMap((notice) => (notice.kind === 'scan' ? [notice.scan.scanNumber] : []));
    const states = () => notices.flatMap((notice) => (notice.kind === 'state' ? [notice.isUp] : []));

    await put(1);
    const end = feed.follow((notice) => notices.push(notice));
    await until(() => scans().at(-1) === 1);
    await put(2);
    await until(() => scans().at(-1) === 2);
    await server.kill();
    await until(() => states().at(-1) === false);
    await server.start();
    await until(async () => (await put(3)).ok);
    await until(() => scans().at(-1) === 3);
    await end();

    expect(scans()).toEqual([1, 2, 3]);
    expect(states().at(-1)).toBe(true);
  });
});

/** Waits for what comes in its own time; the test's own limit ends it. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50));
}
