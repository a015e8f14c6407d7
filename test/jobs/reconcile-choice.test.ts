// A run that settles only some horizons, or only newer signals, leaves the others to a later run, which ends as one run of all does.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlphaEvent } from '../../src/domain/event.ts';
import { DAY_MS } from '../../src/domain/time.ts';
import type { PairChoice } from '../../src/supervision/backlog.ts';
import { ALL_PAIRS } from '../../src/supervision/backlog.ts';
import { type MemoryDisk, memoryDisk } from '../fakes/memory-disk.ts';
import {
  at,
  END,
  emit,
  PENDING,
  placesOf,
  rejectsOf,
  rowFiles,
  run,
  signal,
  signals,
} from './reconcile-world.ts';

const choices: fc.Arbitrary<PairChoice> = fc.record({
  horizonsHours: fc.constantFrom(null, [1], [24], [1, 24]),
  sinceMs: fc.option(fc.integer({ min: 0, max: 80 }).map(at)),
});

/** Between the restricted run and the one of all: before, within and after the time in which prices are waited for. */
const pausesMs = fc.integer({ min: 0, max: 12 * 24 }).map((hours) => hours * (DAY_MS / 24));

function outcome(disk: MemoryDisk) {
  const rejects = rejectsOf(disk).map(({ reject_id }) => reject_id);
  return { rows: rowFiles(disk), pending: disk.dump()[PENDING], rejects: rejects.sort() };
}

function diskWith(events: readonly AlphaEvent[]): MemoryDisk {
  const disk = memoryDisk();
  emit(disk, events);
  return disk;
}

describe('a restricted reconcile', () => {
  it('followed by one of all leaves what one of all leaves', async () => {
    const runs = fc.array(fc.tuple(choices, fc.integer({ min: 0, max: 33 * 24 }).map(at)), { maxLength: 5 });

    await fc.assert(
      fc.asyncProperty(signals, runs, pausesMs, async (events, restricted, pauseMs) => {
        const [disk, whole] = [diskWith(events), diskWith(events)];

        for (const [choice, nowMs] of restricted.sort(([, a], [, b]) => a - b))
          await run(disk, nowMs, { choice });
        await run(disk, END + pauseMs);
        await run(whole, END + pauseMs);

        expect(outcome(disk)).toEqual(outcome(whole));
      }),
      { numRuns: 40 },
    );
  });

  it('settles the chosen horizons and keeps the others open', async () => {
    const disk = diskWith([signal('a', 1), signal('b', 2)]);

    const done = await run(disk, END, { choice: { ...ALL_PAIRS, horizonsHours: [1] } });

    expect(placesOf(disk)).toEqual(['a/1 row', 'a/24 open', 'b/1 row', 'b/24 open']);
    expect(done).toMatchObject({ due: { pairs: 2, reconciled: 2 }, open_pairs: 2 });
  });

  it('settles signals from the instant on that it is given', async () => {
    const disk = diskWith([signal('a', 1), signal('b', 2)]);

    await run(disk, END, { choice: { ...ALL_PAIRS, sinceMs: at(2) } });

    expect(placesOf(disk)).toEqual(['a/1 open', 'a/24 open', 'b/1 row', 'b/24 row']);
  });

  it('keeps the horizons of the configuration in what it remembers', async () => {
    const disk = diskWith([signal('a', 1)]);

    await run(disk, END, { choice: { ...ALL_PAIRS, horizonsHours: [24] } });

    expect(JSON.parse(disk.dump()[PENDING] ?? '')).toMatchObject({ horizons_hours: [1, 24] });
  });
});
