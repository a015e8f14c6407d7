// Kernels that die at any call to their disk, again and again, with power cuts, short writes and full disks between: what had effects stays.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFault } from '../../../src/adapters/journal/journal-fault.ts';
import { beginningOf, replaySegments } from '../../../src/adapters/journal/journal-replay.ts';
import { segmentsOf } from '../../../src/adapters/journal/segment.ts';
import { hashText } from '../../../src/kernel/digest.ts';
import type { JournalDisk } from '../../../src/ports.ts';
import { type SimulatedDisk, simulatedDisk } from '../../fakes/simulated-disk.ts';
import { config } from '../../kernel/build.ts';
import { freeze, hashOf, mark, recovered, run, started, stream } from './journal-world.ts';

const CALLS = ['append', 'sync', 'truncate', 'writeNew', 'rename', 'syncFolder', 'remove'] as const;

class Died extends Error {}

/** Every choice of one life, from one number: a share in [0, 1). */
function choices(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A disk at whose `left`th call from now the process dies. */
function mortalDisk(next: () => number): { readonly disk: SimulatedDisk; left: number } {
  const disk = simulatedDisk({
    survivingBytes: (_, unsynced) => Math.floor(next() * (unsynced + 1)),
    doesNameSurvive: () => next() < 0.5,
    takenBytes: (_, bytes) => (next() < 0.1 ? Math.max(1, Math.floor(next() * bytes)) : bytes),
  });
  const life = { disk, left: Number.POSITIVE_INFINITY };
  for (const call of CALLS) {
    const real = disk[call] as (...args: unknown[]) => unknown;
    Object.assign(disk, {
      [call]: (...args: unknown[]) => {
        life.left -= 1;
        if (life.left <= 0) throw new Died();
        return real(...args);
      },
    });
  }
  return life;
}

function textOf(disk: JournalDisk): string {
  return segmentsOf(disk)
    .map(({ name }) => disk.readRange(name, 0, disk.size(name) ?? 0).toString())
    .join('');
}

function usedBytes(disk: JournalDisk): number {
  return disk.list().reduce((sum, name) => sum + (disk.size(name) ?? 0), 0);
}

/** Runs one kernel until it dies, halts or ends; returns the record that its last commit made durable, as it begins in the journal. */
function live(disk: SimulatedDisk, next: () => number, durable: { record: string }): void {
  const policy = {
    snapshotEvery: 5 + Math.floor(next() * 40),
    segmentBytes: 3_000 + Math.floor(next() * 9_000),
    reserveBytes: 2_048,
    fullRetryMs: 500,
  };
  const limits = { maxLeverage: 3 + Math.floor(next() * 2) };
  const { kernel, report } = recovered(disk, policy, config({ limits }));
  expect(report).toMatchObject({ lost: null, refusedSnapshots: [] });
  for (let at = 0; at < 100 && kernel.halted === null; at += 1) {
    const choice = next();
    kernel.apply(
      choice < 0.5 ? mark(at * 40) : choice < 0.7 ? stream(at * 40, next() < 0.5) : freeze(at * 40, 'é"\n'),
    );
    if (next() < 0.7) continue;
    kernel.commit();
    if (kernel.halted === null) durable.record = `{"n":${kernel.state.seq},"h":"${hashOf(kernel)}"`;
  }
}

describe('a journal', () => {
  it('keeps every record that had an effect, whatever its kernels die of', () => {
    const keeps = fc.property(fc.nat(), (seed) => {
      const next = choices(seed);
      const life = mortalDisk(next);
      const { disk } = life;
      const durable = { record: '' };
      for (let lives = 0; lives < 5; lives += 1) {
        life.left = next() < 0.8 ? 1 + Math.floor(next() * 150) : Number.POSITIVE_INFINITY;
        disk.setCapacity(next() < 0.3 ? usedBytes(disk) + Math.floor(next() * 8_000) : null);
        try {
          live(disk, next, durable);
        } catch (error) {
          const isFull = error instanceof Error && 'code' in error && error.code === 'ENOSPC';
          if (!(error instanceof Died) && !isFull) throw error;
        }
        life.left = Number.POSITIVE_INFINITY;
        disk.setCapacity(null);
        if (next() < 0.8) disk.cutPower();
        expect(textOf(disk)).toContain(durable.record);
      }

      const { kernel } = recovered(disk);
      kernel.commit();
      const segments = segmentsOf(disk);
      const start = beginningOf(disk, segments[0]?.name ?? '');
      const replayed = isFault(start) ? start : replaySegments(disk, segments, start);

      expect(isFault(replayed) ? replayed : hashText(replayed.state)).toBe(hashOf(kernel));
    });

    fc.assert(keeps, { seed: 20261128, numRuns: 150 });
  });

  it('is synced before anything is built on it: a dead process may have left a group in memory alone', () => {
    const disk = simulatedDisk();
    const kernel = started(disk);
    run(kernel, 5, 5);
    const { sync } = disk;
    disk.sync = () => {
      throw new Died();
    };
    kernel.apply(freeze(900));
    expect(() => kernel.commit()).toThrow(Died);
    disk.sync = sync;

    started(disk, {}, config({ limits: { maxLeverage: 4 } }));
    disk.cutPower();

    expect(recovered(disk, {}, config({ limits: { maxLeverage: 4 } })).report.records).toBe(8);
  });
});
