// The emit job against a disk in memory: what is stored when, and what another writer's lock does to it.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeDisk } from '../../src/adapters/state/node-disk.ts';
import { overlayDisk } from '../../src/adapters/state/overlay-disk.ts';
import { emit } from '../../src/jobs/emit.ts';
import type { IntakeTarget } from '../../src/jobs/intake.ts';
import type { Disk } from '../../src/ports.ts';

const OWNER = { pid: 4711, host: 'test', since: '2026-11-21T10:00:00.000Z' };
const OTHER = { pid: 1, host: 'elsewhere', since: '2026-11-21T09:00:00.000Z' };

/** An overlay over a folder that does not exist keeps everything in memory. */
function memoryDisk(): Disk {
  return overlayDisk(nodeDisk('/nonexistent/warden-emit-test'));
}

function target(disk: Disk, change: Partial<IntakeTarget> = {}): IntakeTarget {
  return {
    disk,
    producer: 'emit',
    kind: 'alpha',
    defaults: {},
    nowMs: 1_795_255_200_000,
    waitMs: 0,
    owner: OWNER,
    sleep: async () => {},
    ...change,
  };
}

function lineOf(id: string, agent = 'momo'): string {
  return `{"event_id":"${id}","ts":"2026-11-21T10:00:00Z","agent":"${agent}","symbol":"BTC/USDT","direction":"LONG"}\n`;
}

async function* chunksOf(...chunks: string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

const SHARD = 'alpha/events/emit/2026-11.jsonl';

describe('emit', () => {
  it('stores what has come while the agent keeps its pipe open', async () => {
    const disk = memoryDisk();
    const storedMeanwhile: (string | undefined)[] = [];
    async function* pausing(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(lineOf('first'));
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
      storedMeanwhile.push(disk.read(SHARD)?.toString());
      yield Buffer.from(lineOf('second'));
    }

    const stored: (readonly string[])[] = [];
    const done = await emit(
      pausing(),
      target(disk),
      () => {},
      (ids) => stored.push(ids),
    );

    expect(storedMeanwhile[0]).toContain('first');
    expect(stored.flat()).toEqual(['first', 'second']);
    expect(done).toMatchObject({
      ok: true,
      value: { counts: { appended: 2 } },
    });
  });

  it('stops at the lock of another writer and says how much is stored', async () => {
    const disk = memoryDisk();
    async function* input(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(lineOf('first'));
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
      disk.createExclusive('.locks/events-emit.lock', JSON.stringify(OTHER));
      yield Buffer.from(lineOf('second'));
    }

    const done = await emit(input(), target(disk), () => {});

    expect(done).toMatchObject({
      ok: false,
      error: {
        counts: { read: 1, appended: 1 },
        held: { owner: OTHER, message: expect.stringContaining('held by process 1') },
      },
    });
    expect(disk.read(SHARD)?.toString()).not.toContain('second');
  });

  it('waits for another writer as long as it may', async () => {
    const disk = memoryDisk();
    disk.createExclusive('.locks/events-emit.lock', JSON.stringify(OTHER));
    const sleep = async (): Promise<void> => disk.remove('.locks/events-emit.lock');

    const done = await emit(chunksOf(lineOf('x')), target(disk, { waitMs: 100, sleep }), () => {});

    expect(done.ok).toBe(true);
  });

  it('keeps telemetry under the one lock of all its writers', async () => {
    const disk = memoryDisk();
    disk.createExclusive('.locks/telemetry.lock', JSON.stringify(OTHER));
    const run = '{"ts":1795255200,"agent":"momo","run_id":"r","status":"ok","duration_ms":1}\n';

    const done = await emit(chunksOf(run), target(disk, { kind: 'telemetry' }), () => {});

    expect(done).toMatchObject({ ok: false, error: { held: { name: 'telemetry' } } });
  });

  it('puts every line into exactly one count, and sending all again adds nothing', async () => {
    const anyLine = fc.oneof(
      {
        weight: 3,
        arbitrary: fc
          .tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('x', 'y'))
          .map(([id, agent]) => lineOf(id, agent)),
      },
      fc.constantFrom('{bad\n', '[]\n', '{}\n', '{"ts":1e999}\n'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(anyLine, { maxLength: 25 }), fc.nat(25), async (lines, cut) => {
        const disk = memoryDisk();
        const chunks = [lines.slice(0, cut).join(''), lines.slice(cut).join('')];

        const first = await emit(chunksOf(...chunks), target(disk), () => {});
        const bytes = disk.read(SHARD)?.toString();
        const again = await emit(chunksOf(...chunks), target(disk), () => {});

        if (!first.ok || !again.ok) throw new Error('nobody held the lock');
        for (const { counts } of [first.value, again.value]) {
          expect(counts.read).toBe(lines.length);
          expect(counts.appended + counts.duplicates + counts.conflicts + counts.rejected).toBe(lines.length);
        }
        expect(again.value.counts.appended).toBe(0);
        expect(disk.read(SHARD)?.toString()).toBe(bytes);
      }),
      { numRuns: 60 },
    );
  });

  it('hands on every reject in the order of the lines', async () => {
    const places: (number | null)[] = [];

    await emit(chunksOf(`{bad\n${lineOf('a')}\n[]\n`), target(memoryDisk()), (reject) =>
      places.push(reject.line),
    );

    expect(places).toEqual([1, 4]);
  });
});
