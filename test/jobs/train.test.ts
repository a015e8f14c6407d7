// A training that is restricted: to some horizons, whose others are left as they were, and to the rows of a time.

import { describe, expect, it } from 'vitest';
import { insertRows } from '../../src/adapters/state/row-store.ts';
import { compareRows, type ReconciledRow } from '../../src/domain/row.ts';
import { DAY_MS, HOUR_MS, msFromIso } from '../../src/domain/time.ts';
import { type TrainOptions, train } from '../../src/jobs/train.ts';
import type { Disk } from '../../src/ports.ts';
import { aRow, T0 } from '../builders.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';
import { modelConfig, trainingRows } from '../supervision/training-rows.ts';
import { quietPorts } from './supervise-world.ts';

const NOW_MS = T0 + 60 * DAY_MS;
const HORIZONS = [1, 4];

function diskWithRows() {
  const disk = memoryDisk();
  const rows: ReconciledRow[] = HORIZONS.flatMap((horizonHours) =>
    trainingRows({ count: 300, horizonHours, slope: 0.5, stepHours: 4 }).map((row) =>
      aRow({ ...row, event_id: `${row.event_id}-${horizonHours}` }),
    ),
  );
  const dayOfRow = ({ exit_at }: ReconciledRow) => exit_at.slice(0, 10);
  for (const day of new Set(rows.map(dayOfRow)))
    insertRows(disk, day, rows.filter((row) => dayOfRow(row) === day).sort(compareRows));
  return disk;
}

function trained(disk: Disk, over: Partial<TrainOptions> = {}) {
  const options = { nowMs: NOW_MS, horizonsHours: HORIZONS, model: modelConfig({ min_rows: 20 }) };
  return train({ disk, progress: quietPorts.progress }, { ...options, codeVersion: '1.0.0', ...over });
}

describe('a training of some horizons', () => {
  it('leaves the others as they were, and one of all afterwards leaves what one of all leaves', () => {
    const [disk, whole] = [diskWithRows(), diskWithRows()];

    const some = trained(disk, { horizonsHours: [4] });
    const paths = Object.keys(disk.dump()).filter((path) => path.startsWith('alpha/models/'));
    trained(disk);
    trained(whole);

    expect(some.map(({ horizon_hours, changed }) => [horizon_hours, changed])).toEqual([[4, true]]);
    expect(paths.filter((path) => path.includes('_h1'))).toEqual([]);
    expect(disk.dump()).toEqual(whole.dump());
  });
});

describe('a training of a window', () => {
  it('sees the rows that ended within it, both ends included', () => {
    const disk = diskWithRows();
    const ends = trainingRows({ count: 300, stepHours: 4 }).map(({ exit_at }) => msFromIso(exit_at));
    const fromMs = ends[200] ?? 0;

    const [hourly] = trained(disk, { horizonsHours: [1], fromMs });
    const [later] = trained(diskWithRows(), { horizonsHours: [1], fromMs: fromMs + HOUR_MS });

    expect([hourly?.pointer.n, later?.pointer.n]).toEqual([100, 99]);
  });
});
