// runs/YYYY-MM.jsonl: what every run of a job did, and with which code and configuration. Outside all claims of equal bytes.

import { RunRecord } from '../../domain/run.ts';
import type { Disk } from '../../ports.ts';
import { assertMonth, endsTorn } from './append-log.ts';
import { recordLine } from './record-line.ts';

/**
 * Appends one record to the month in which the run began. Jobs of every kind write here without a lock, so a torn line
 * of a run that died is closed, not cut: its writer may be another process that is still at it.
 */
export function appendRun(disk: Disk, record: RunRecord): void {
  const month = record.started_at.slice(0, 7);
  assertMonth(month);
  const path = `runs/${month}.jsonl`;
  disk.append(path, `${endsTorn(disk, path) ? '\n' : ''}${recordLine(RunRecord, record)}\n`);
}
