// The run log: one line per run, and no line lost to a run that died while writing its own.

import { describe, expect, it } from 'vitest';
import { appendRun } from '../../../src/adapters/state/run-log.ts';
import type { RunRecord } from '../../../src/domain/run.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';

const RUN: RunRecord = {
  v: 1,
  run_id: 'r1',
  job: 'reconcile',
  now: '2021-03-01T10:00:00.000Z',
  started_at: '2026-11-21T10:00:00.000Z',
  duration_ms: 12,
  code_version: '0.1.0',
  commit: null,
  config_sha256: null,
  counts: { reconciled: 3 },
  price_requests: 0,
};
const FILE = 'runs/2026-11.jsonl';

describe('appendRun', () => {
  it('appends to the month in which the run began', () => {
    const disk = memoryDisk();

    appendRun(disk, RUN);
    appendRun(disk, { ...RUN, run_id: 'r2' });

    expect(disk.dump()).toEqual({
      [FILE]: `${JSON.stringify(RUN)}\n${JSON.stringify({ ...RUN, run_id: 'r2' })}\n`,
    });
  });

  it('closes a torn line of another run instead of cutting it', () => {
    const disk = memoryDisk({ [FILE]: '{"v":1,"run' });

    appendRun(disk, RUN);

    expect(disk.dump()).toEqual({ [FILE]: `{"v":1,"run\n${JSON.stringify(RUN)}\n` });
  });
});
