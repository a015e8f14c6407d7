// Rows are a function of signals, prices and models alone: not of the order of lines, the number of runs, or their instants.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlphaEvent } from '../../src/domain/event.ts';
import { HOUR_MS } from '../../src/domain/time.ts';
import { T0 } from '../builders.ts';
import { type MemoryDisk, memoryDisk } from '../fakes/memory-disk.ts';
import {
  END,
  emit,
  keysOf,
  linesOf,
  PENDING,
  pairsOf,
  placesOf,
  rejectsOf,
  rowFiles,
  run,
  SHARD,
  signals,
} from './reconcile-world.ts';

const RUNS = { numRuns: 25 };

const nows = fc
  .array(fc.integer({ min: 0, max: 33 * 24 }), { maxLength: 12 })
  .map((list) => list.sort((a, b) => a - b).map((hours) => T0 + hours * HOUR_MS));

/** All that is promised to be equal, whatever the runs were. */
function outcome(disk: MemoryDisk) {
  return {
    rows: rowFiles(disk),
    pending: disk.dump()[PENDING],
    rejects: rejectsOf(disk)
      .map(({ reject_id }) => reject_id)
      .sort(),
  };
}

async function inOneRun(events: readonly AlphaEvent[], nowMs = END): Promise<MemoryDisk> {
  const disk = memoryDisk();
  emit(disk, events);
  await run(disk, nowMs);
  return disk;
}

function inOrderOfTime(events: readonly AlphaEvent[]): AlphaEvent[] {
  return events.toSorted((a, b) => (a.ts < b.ts ? -1 : 1));
}

describe('reconcile, whatever the order and the number of runs', () => {
  it('leaves the same rows for the lines of a shard in any order', async () => {
    const shuffled = signals.chain((events) =>
      fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })),
    );

    await fc.assert(
      fc.asyncProperty(shuffled, async ([events, permuted]) => {
        const one = memoryDisk({ [SHARD]: linesOf(events) });
        const other = memoryDisk({ [SHARD]: linesOf(permuted) });

        await run(one, END);
        await run(other, END);

        expect(rowFiles(other)).toEqual(rowFiles(one));
        expect(placesOf(other)).toEqual(placesOf(one));
      }),
      RUNS,
    );
  });

  it('leaves the same bytes in one run and in many, as now moves on', async () => {
    await fc.assert(
      fc.asyncProperty(signals, nows, async (events, instants) => {
        const disk = memoryDisk();
        emit(disk, events);

        for (const nowMs of instants) await run(disk, nowMs);
        await run(disk, END);

        expect(outcome(disk)).toEqual(outcome(await inOneRun(events)));
      }),
      RUNS,
    );
  });

  it('leaves the same bytes where events arrive as they happen', async () => {
    await fc.assert(
      fc.asyncProperty(signals, nows, async (events, instants) => {
        const disk = memoryDisk();
        const inTime = inOrderOfTime(events);

        for (const nowMs of instants) {
          emit(
            disk,
            inTime.filter(({ ts }) => Date.parse(ts) <= nowMs),
          );
          await run(disk, nowMs);
        }
        emit(disk, inTime);
        await run(disk, END);

        expect(outcome(disk)).toEqual(outcome(await inOneRun(inTime)));
      }),
      RUNS,
    );
  });

  it('leaves the same rows where now was moved back in between', async () => {
    await fc.assert(
      fc.asyncProperty(signals, nows, async (events, instants) => {
        const disk = memoryDisk();
        emit(disk, events);

        for (const nowMs of instants.toReversed()) await run(disk, nowMs);
        await run(disk, END);

        expect(rowFiles(disk)).toEqual(rowFiles(await inOneRun(events)));
      }),
      RUNS,
    );
  });

  it('only adds rows when now moves on, and has every pair in exactly one place', async () => {
    await fc.assert(
      fc.asyncProperty(signals, nows, async (events, instants) => {
        const disk = memoryDisk();
        emit(disk, events);
        let before: string[] = [];

        for (const nowMs of [...instants, END]) {
          const { due } = await run(disk, nowMs);
          const places = placesOf(disk);

          expect(keysOf(places)).toEqual(pairsOf(events));
          expect(places).toEqual(expect.arrayContaining(before));
          const { given_up, waiting } = due;
          const counts = [...Object.values(given_up), ...Object.values(waiting)];
          expect(counts.reduce((sum, each) => sum + each, due.reconciled)).toBe(due.pairs);
          before = places.filter((place) => !place.endsWith(' open'));
        }

        expect(before).toHaveLength(pairsOf(events).length);
      }),
      RUNS,
    );
  });

  it('writes nothing in a second run', async () => {
    await fc.assert(
      fc.asyncProperty(signals, fc.integer({ min: 0, max: 33 * 24 }), async (events, hours) => {
        const nowMs = T0 + hours * HOUR_MS;
        const disk = await inOneRun(events, nowMs);
        const before = disk.dump();
        let writes = 0;
        const count = () => {
          writes += 1;
        };
        const watched = { ...disk, append: count, replace: count, truncate: count, remove: count };

        const report = await run(watched, nowMs);

        expect(writes).toBe(0);
        expect(report).toMatchObject({ changed: false, due: { reconciled: 0, already_reconciled: 0 } });
        expect(disk.dump()).toEqual(before);
      }),
      RUNS,
    );
  });

  it('rebuilds a deleted or a damaged pending.json to the same bytes, and adds no row', async () => {
    const damage = fc.constantFrom(null, '', '{"v":1', '{"v":1,"events":{}}', 'null');

    await fc.assert(
      fc.asyncProperty(signals, nows, damage, async (events, instants, text) => {
        const disk = memoryDisk();
        emit(disk, events);
        for (const nowMs of instants) await run(disk, nowMs);
        const nowMs = instants.at(-1) ?? T0;
        await run(disk, nowMs);
        const before = disk.dump();
        if (text === null) disk.remove(PENDING);
        else disk.replace(PENDING, text);

        const report = await run(disk, nowMs);

        expect(disk.dump()).toEqual(before);
        expect(report.due).toMatchObject({ reconciled: 0, already_reconciled: 0 });
      }),
      RUNS,
    );
  });
});
