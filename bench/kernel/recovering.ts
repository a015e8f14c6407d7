// A journal of many records, and what it takes to have its kernel back: from its newest snapshot, and from the first record.

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isFault } from '../../src/adapters/journal/journal-fault.ts';
import { beginningOf, replaySegments } from '../../src/adapters/journal/journal-replay.ts';
import { nodeJournalDisk } from '../../src/adapters/journal/node-journal-disk.ts';
import { recover } from '../../src/adapters/journal/recovery.ts';
import { segmentsOf } from '../../src/adapters/journal/segment.ts';
import type { RunId } from '../../src/domain/ids.ts';
import type { EpochMs } from '../../src/domain/steps.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import type { RecordedDay } from './recorded-day.ts';
import { scenarioConfig } from './scenario.ts';
import { type Spread, spreadOf } from './spread.ts';
import { journalDay } from './throughput.ts';

export interface Recovering {
  readonly records: number;
  readonly bytes: number;
  /** Records behind the newest snapshot. */
  readonly tail: number;
  readonly recoveryMs: Spread;
  readonly replayPerSecond: Spread;
}

export function measureRecovery(
  day: RecordedDay,
  events: readonly KernelEvent[],
  runs: number,
  under: string,
): Recovering {
  const folder = mkdtempSync(join(under, 'warden-journal-'));
  try {
    journalDay(folder, day, events);
    const disk = nodeJournalDisk(folder);
    const bytes = disk.list().reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    const replays: number[] = [];
    for (let run = 0; run < runs; run += 1) replays.push(replayOnce(folder));
    const endMs = events.at(-1)?.atMs ?? (0 as EpochMs);
    const recoveries: number[] = [];
    let tail = 0;
    for (let run = 0; run < runs; run += 1) {
      const startedMs = performance.now();
      tail = recoverOnce(folder, day, endMs, run);
      recoveries.push(performance.now() - startedMs);
    }
    return {
      records: events.length,
      bytes,
      tail,
      recoveryMs: spreadOf(recoveries),
      replayPerSecond: spreadOf(replays),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Nothing is committed, so that the next run finds what this one found. Returns how many records were applied. */
function recoverOnce(folder: string, { shape }: RecordedDay, atMs: EpochMs, run: number): number {
  const disk = nodeJournalDisk(folder);
  const start = { runId: `bench-again-${run}` as RunId, atMs };
  const recovered = recover(disk, scenarioConfig(shape), start);
  disk.close();
  if (!recovered.ok) throw new Error(recovered.error.problem);
  return recovered.value.report.records;
}

/** Returns records a second, each held to its state hash. */
function replayOnce(folder: string): number {
  const disk = nodeJournalDisk(folder);
  const segments = segmentsOf(disk);
  const startedMs = performance.now();
  const begin = beginningOf(disk, segments[0]?.name ?? '');
  const replayed = isFault(begin) ? begin : replaySegments(disk, segments, begin);
  if (isFault(replayed)) throw new Error(replayed.problem);
  return (replayed.records / (performance.now() - startedMs)) * 1_000;
}
