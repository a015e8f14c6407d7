// A follower between a journal and a sink: every row arrives, whatever the sink does, and how it stands can be seen.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SinkRow } from '../../../src/domain/sink-row.ts';
import type { KernelEvent } from '../../../src/kernel/event.ts';
import type { JournalDisk } from '../../../src/ports.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';
import { simulatedDisk } from '../../fakes/simulated-disk.ts';
import { BTC } from '../../kernel/build.ts';
import { run, started } from '../journal/journal-world.ts';
import { cursorOf, sinkWorld } from './sink-world.ts';

function keys(rows: readonly SinkRow[]): readonly string[] {
  return rows.map(({ run: runId, seq, part }) => `${runId} ${String(seq).padStart(6, '0')} ${part}`);
}

describe('a follower', () => {
  it('brings the rows of what is durable, in order, and keeps its cursor behind them', async () => {
    const world = sinkWorld();
    world.write(20);

    await world.pass(600);

    expect(keys(world.sink.taken)).toEqual([...keys(world.sink.taken)].sort());
    expect(world.sink.taken.filter(({ table }) => table === 'recovery').length).toBeGreaterThan(10);
    expect(world.follower.progress).toMatchObject({
      seq: 21,
      failures: 0,
      failure: null,
      behindSinceMs: null,
    });
    world.write(2);
    await world.pass(10_000);
    expect(cursorOf(world.data)).toMatchObject({ seq: 23 });
  });

  it('gives a sink at most 500 rows at once', async () => {
    const world = sinkWorld();
    world.write(1_500);

    await world.pass(5_000);

    expect(Math.max(...world.sink.batches)).toBe(500);
    expect(new Set(keys(world.sink.taken)).size).toBe(world.sink.taken.length);
  });

  it('begins again behind its cursor after a crash, and brings the few rows again that it does not cover', async () => {
    const world = sinkWorld();
    world.write(10);
    await world.pass(6_000);
    world.write(10);
    await world.pass(600);
    const kept = cursorOf(world.data)?.seq ?? 0;
    const before = world.sink.taken.length;

    world.again();
    world.write(4);
    await world.pass(6_000);

    const again = world.sink.taken.slice(before);
    expect(again.every(({ seq }) => seq > kept)).toBe(true);
    const all = new Set(keys(world.sink.taken));
    const whole = sinkWorld();
    whole.write(24);
    await whole.pass(6_000);
    expect([...all].sort()).toEqual(keys(whole.sink.taken));
  });

  it('loses no row, whatever the sink does and whenever it begins again', async () => {
    const action = fc.constantFrom('write', 'fails', 'throws', 'works', 'again', 'pass');
    const losesNothing = fc.asyncProperty(
      fc.array(action, { minLength: 5, maxLength: 40 }),
      async (actions) => {
        const world = sinkWorld();
        let written = 0;
        for (const each of actions) {
          if (each === 'write') {
            world.write(7);
            written += 7;
          } else if (each === 'again') world.again();
          else if (each === 'pass') await world.pass(4_000);
          else world.sink.mode = each;
        }
        world.sink.mode = 'works';
        await world.pass(200_000);

        const whole = sinkWorld();
        whole.write(written);
        await whole.pass(10_000);
        expect([...new Set(keys(world.sink.taken))].sort()).toEqual(keys(whole.sink.taken));
      },
    );

    await fc.assert(losesNothing, { seed: 20261129, numRuns: 40 });
  });
});

describe('a sink that does not work', () => {
  it.each(['fails', 'throws'] as const)(
    'is told of once and tried again ever more seldom, where it %s',
    async (mode) => {
      const world = sinkWorld();
      world.sink.mode = mode;
      world.write(10);

      await world.pass(300_000);

      const { failures, failure, behindSinceMs, seq } = world.follower.progress;
      expect(failures).toBeGreaterThan(8);
      expect(failures).toBeLessThan(20);
      expect(failure).toMatch(mode === 'fails' ? /there is no room/ : /a defect of the sink/);
      expect(behindSinceMs).not.toBeNull();
      expect(seq).toBe(0);
      expect(world.words.filter((text) => text.includes('tried again'))).toHaveLength(1);
      expect(new Set(world.sink.batches).size).toBe(1);
    },
  );

  it('catches up within a minute of working again, and that is told', async () => {
    const world = sinkWorld();
    world.sink.mode = 'fails';
    world.write(10);
    await world.pass(300_000);
    world.write(3_000);
    world.sink.mode = 'works';

    await world.pass(61_000);

    expect(world.follower.progress).toMatchObject({ seq: 3_011, failure: null });
    expect(world.words.at(-1)).toMatch(/works again, after \d+ failures/);
  });

  it('that does not answer is not asked again meanwhile', async () => {
    const world = sinkWorld();
    world.sink.mode = 'hangs';
    world.write(10);
    await world.pass(120_000);

    expect(world.sink.batches).toHaveLength(1);
    expect(world.follower.progress.writingSinceMs).not.toBeNull();

    world.sink.mode = 'works';
    world.sink.release();
    await world.pass(1_000);
    expect(world.follower.progress).toMatchObject({ seq: 11, writingSinceMs: null });
  });
});

describe('closing', () => {
  it('follows what there is first, and keeps the cursor', async () => {
    const world = sinkWorld();
    world.write(900);
    const closed = world.follower.close(10_000);
    await world.pass(3_000);

    expect(await closed).toBe(0);
    expect(cursorOf(world.data)).toMatchObject({ seq: 901 });
    expect(world.sink.isClosed).toBe(true);
  });

  it.each(['fails', 'hangs'] as const)(
    'ends in time where the sink %s, and says what is left',
    async (mode) => {
      const world = sinkWorld();
      world.sink.mode = mode;
      world.write(20);
      const closed = world.follower.close(5_000);
      await world.pass(8_000);

      expect(await closed).toBe(21);
      expect(world.sink.isClosed).toBe(true);
    },
  );
});

describe('a cursor', () => {
  it.each([
    ['{"v":1,"seq":', /cursors\/told\.json is no JSON; the journal is followed from its first record on/],
    [
      '{"v":1,"seq":3}',
      /cursors\/told\.json: .*instance.*; the journal is followed from its first record on/,
    ],
  ])('that is damaged is told of, and everything comes again: %s', async (text, told) => {
    const world = sinkWorld({ data: memoryDisk({ 'cursors/told.json': text }) });
    world.write(4);
    await world.pass(6_000);

    expect(world.words[0]).toMatch(told);
    expect(world.follower.progress.seq).toBe(5);
  });

  it('of another journal is told of, and this one is followed from its first record', async () => {
    const cursor = { v: 1, instance: 'test', seq: 3, chain: 'a'.repeat(64), decisions: [] };
    const world = sinkWorld({ data: memoryDisk({ 'cursors/told.json': JSON.stringify(cursor) }) });
    world.write(10);
    await world.pass(6_000);

    expect(world.words[0]).toMatch(/its cursor is of another journal/);
    expect(world.sink.taken[0]).toMatchObject({ seq: 1 });
    expect(cursorOf(world.data)).toMatchObject({ seq: 11 });
  });

  it('of another journal is replaced, although that one was as long as this one is', async () => {
    const cursor = { v: 1, instance: 'test', seq: 11, chain: 'a'.repeat(64), decisions: [] };
    const world = sinkWorld({ data: memoryDisk({ 'cursors/told.json': JSON.stringify(cursor) }) });
    world.write(10);
    await world.pass(6_000);
    expect(world.follower.progress.seq).toBe(11);
    expect(cursorOf(world.data)?.chain).not.toBe(cursor.chain);

    const { length } = world.words;
    world.again();
    await world.pass(6_000);
    expect(world.words).toHaveLength(length);
  });

  it('of another instance is none of this journal, whatever its place', async () => {
    const first = sinkWorld();
    first.write(10);
    await first.pass(6_000);
    const cursor = { ...cursorOf(first.data), instance: 'other' };
    const world = sinkWorld({ data: memoryDisk({ 'cursors/told.json': JSON.stringify(cursor) }) });
    world.write(10);
    await world.pass(6_000);

    expect(world.words[0]).toMatch(/its cursor is of another journal/);
    expect(world.sink.taken[0]).toMatchObject({ seq: 1 });
  });

  it('that cannot be kept is a failure that is told, and the rows go on', async () => {
    const data = memoryDisk();
    data.replace = () => {
      throw new Error('ENOSPC: no space left on device');
    };
    const world = sinkWorld({ data });
    world.write(10);
    await world.pass(6_000);

    expect(world.words[0]).toMatch(/its cursor could not be kept: ENOSPC/);
    expect(world.sink.taken.length).toBeGreaterThan(0);
    expect(world.follower.progress.failures).toBeGreaterThan(0);
  });
});

it('a journal that cannot be read just now is read again, and no row is lost', async () => {
  const world = sinkWorld();
  let left = 3;
  const failing: JournalDisk = {
    ...world.journal,
    readRange(name, from, to) {
      left -= 1;
      if (left >= 0 && left < 2) throw new Error('EIO: i/o error, read');
      return world.journal.readRange(name, from, to);
    },
  };
  const other = sinkWorld({ journal: failing });
  world.write(20);
  other.follower.told(21);
  await other.pass(10_000);

  expect(other.follower.progress).toMatchObject({ seq: 21, failures: 2, failure: null });
  await world.pass(1_000);
  expect(keys(other.sink.taken)).toEqual(keys(world.sink.taken));
});

it('a journal that is damaged stops no one: it is told of, and followed again once it is repaired', async () => {
  const damaged = simulatedDisk();
  run(started(damaged), 30, 3);
  const [name = ''] = damaged.list().filter((each) => each.startsWith('pink-'));
  damaged.flipBit(name, damaged.readRange(name, 0, 100_000).indexOf('{"n":20,') + 70, 1);
  const world = sinkWorld({ journal: damaged });
  world.follower.told(31);
  await world.pass(30_000);
  expect(world.follower.progress.failure).toMatch(
    /the journal cannot be followed: pink-000000000001\.jsonl, record 20/,
  );

  damaged.flipBit(name, damaged.readRange(name, 0, 100_000).indexOf('{"n":20,') + 70, 1);
  await world.pass(61_000);

  expect(world.follower.progress).toMatchObject({ seq: 31, failure: null });
});

describe('records that were moved away', () => {
  const SECOND_SEGMENT = 'pink-000000000018.jsonl';

  /** A journal of seven segments, with snapshots of the records 60 and 90. */
  function longJournal() {
    const journal = simulatedDisk();
    run(started(journal, { snapshotEvery: 30, segmentBytes: 6_000 }), 100, 1);
    return journal;
  }

  it('are told by number, and the rows behind them come', async () => {
    const journal = longJournal();
    journal.remove(SECOND_SEGMENT);
    const world = sinkWorld({ journal });
    world.follower.told(101);
    await world.pass(6_000);

    expect(world.words).toEqual([
      'sink told: records 18 to 60 of the journal are gone, and no rows are made of them; it goes on with 61',
    ]);
    const seqs = new Set(world.sink.taken.map(({ seq }) => seq));
    expect([...seqs]).toEqual([1, 5, 12, 61, 68, 75, 82, 89, 96]);
    expect(world.follower.progress).toMatchObject({ seq: 101, failures: 0 });
  });

  it('take nothing of what is before them from a cursor of another instance', async () => {
    const journal = longJournal();
    const first = sinkWorld({ journal });
    first.follower.told(17);
    await first.pass(6_000);
    const cursor = { ...cursorOf(first.data), instance: 'other' };
    expect(cursor).toMatchObject({ seq: 17 });
    journal.remove(SECOND_SEGMENT);
    const world = sinkWorld({ journal, data: memoryDisk({ 'cursors/told.json': JSON.stringify(cursor) }) });
    world.follower.told(101);
    await world.pass(6_000);

    expect(world.words[0]).toMatch(/its cursor is of another journal/);
    expect(world.sink.taken[0]).toMatchObject({ seq: 1 });
  });
});

describe('a window that is longer than a batch', () => {
  async function piecemeal(count: number): Promise<readonly string[]> {
    const world = sinkWorld();
    for (let written = 0; written < count; written += 100) {
      world.write(100);
      await world.pass(600);
    }
    return keys(world.sink.taken);
  }

  it('arrives whole, each row once', async () => {
    const world = sinkWorld();
    world.write(1_500);
    await world.pass(5_000);

    expect(world.sink.batches.length).toBeGreaterThan(1);
    expect(keys(world.sink.taken)).toEqual(await piecemeal(1_500));
  });

  it('is not behind the cursor before its last batch is taken', async () => {
    const world = sinkWorld();
    const { sink } = world;
    const write = sink.write.bind(sink);
    sink.write = async (rows) => {
      const result = await write(rows);
      sink.mode = 'fails';
      return result;
    };
    world.write(1_500);
    await world.pass(20_000);
    expect(sink.taken).toHaveLength(500);
    expect(world.follower.progress.seq).toBe(0);
    expect(cursorOf(world.data)).toBeNull();

    sink.write = write;
    sink.mode = 'works';
    world.again();
    await world.pass(5_000);
    expect([...new Set(keys(sink.taken))].sort()).toEqual(await piecemeal(1_500));
  });
});

describe('how a sink stands', () => {
  it('counts records that make no row as taken', async () => {
    const world = sinkWorld();
    world.write(1);
    await world.pass(600);
    const { length } = world.sink.taken;
    world.write(1);
    await world.pass(600);

    expect(world.sink.taken).toHaveLength(length);
    expect(world.follower.progress.seq).toBe(3);
  });

  it('is behind for as long as something durable has not been found, and is never told less than before', async () => {
    const world = sinkWorld();
    world.write(10);
    world.follower.told(15);
    world.follower.told(2);
    await world.pass(2_000);

    expect(world.follower.progress).toMatchObject({ seq: 11, behindSinceMs: expect.any(Number) });
    const closed = world.follower.close(100);
    await world.pass(3_000);
    expect(await closed).toBe(4);
  });

  it('begins to count failures anew once it works', async () => {
    const world = sinkWorld();
    for (const waitMs of [100_000, 500]) {
      world.sink.mode = 'fails';
      world.write(2);
      await world.pass(waitMs);
      world.sink.mode = 'works';
      await world.pass(61_000);
    }

    const again = world.words.filter((text) => text.includes('works again'));
    expect(again).toHaveLength(2);
    expect(again[1]).toMatch(/after 1 failures/);
  });
});

describe('a close', () => {
  it('keeps the cursor that is not due yet', async () => {
    const world = sinkWorld();
    world.write(10);
    await world.pass(600);
    world.write(10);
    await world.pass(600);
    expect(cursorOf(world.data)).toMatchObject({ seq: 11 });
    const closed = world.follower.close(1_000);
    await world.pass(3_000);

    expect(await closed).toBe(0);
    expect(cursorOf(world.data)).toMatchObject({ seq: 21 });
  });

  it('tries a sink that fails again within a second, however long it has been failing', async () => {
    const world = sinkWorld();
    world.sink.mode = 'fails';
    world.write(10);
    await world.pass(300_000);
    const closed = world.follower.close(5_000);
    await world.pass(100);
    world.sink.mode = 'works';
    await world.pass(4_000);

    expect(await closed).toBe(0);
  });

  it('is the end: what a sink answers later changes nothing', async () => {
    const world = sinkWorld();
    world.sink.mode = 'hangs';
    world.write(10);
    const closed = world.follower.close(1_000);
    await world.pass(4_000);
    expect(await closed).toBe(11);
    world.sink.release();
    await world.pass(10_000);

    expect(cursorOf(world.data)).toBeNull();
    expect(world.follower.progress.seq).toBe(0);
  });
});

it('a decision that waits for its intent is remembered over a restart', async () => {
  const journal = simulatedDisk();
  const kernel = started(journal);
  const world = sinkWorld({ journal });
  const at = (event: Record<string, unknown>): void => {
    kernel.apply({ atMs: kernel.state.nowMs, ...event } as unknown as KernelEvent);
    kernel.commit();
    world.follower.told(kernel.state.seq);
  };
  const words = {
    policy: 'champion@1#0f3c0f3c',
    action: 'ENTER',
    symbol: BTC,
    reason: 'a signal',
    facts: '{"a":1}',
  };
  at({ kind: 'DECISION', decisionId: 'run.1', ...words });
  await world.pass(6_000);
  world.again();
  at({
    kind: 'INTENT',
    intentId: 'run.1',
    action: 'ENTER',
    slot: 0,
    tradeId: null,
    symbol: BTC,
    side: 'SHORT',
    strategyClass: 'champion',
    decidedAtMs: kernel.state.nowMs,
    referencePrice: 1_000,
    size: 0.01,
    leverage: 2,
    exitLegRatios: [],
    isUrgent: false,
    reason: 'a signal',
  });
  await world.pass(6_000);

  const intent = world.sink.taken.findLast((row) => row.table === 'steps' && row.outcome !== '');
  expect(intent).toMatchObject({ decision_id: 'run.1', policy: words.policy });
});
