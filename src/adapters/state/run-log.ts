// runs/YYYY-MM.jsonl: what every run of a job did, and with which code and configuration. Outside all claims of equal bytes.

import { RunRecord } from '../../domain/run.ts';
import { monthOf } from '../../domain/time.ts';
import type { Disk } from '../../ports.ts';
import { assertMonth, endsTorn } from './append-log.ts';
import { readLines } from './jsonl.ts';
import { parseRecord, recordLine } from './record-line.ts';

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

/** Returns whether a run has left its record of a job, in the month in which it began. */
export function hasRun(
  disk: Disk,
  run: { readonly runId: string; readonly job: RunRecord['job']; readonly startedAtMs: number },
): boolean {
  const start = recordStart(run.runId, run.job);
  return disk.read(`runs/${monthOf(run.startedAtMs)}.jsonl`)?.includes(start) === true;
}

/** The fields that every line begins with, as they are written. */
function recordStart(runId: string, job: RunRecord['job']): string {
  return `{"v":1,"run_id":${JSON.stringify(runId)},"job":"${job}"`;
}

/** Runs of as many months tell how schedules are kept these days. */
const MONTHS_COUNTED = 3;

/** Returns the runs of the newest three months that have any, in the order of their lines. Lines that are no records are passed over. */
export function readRuns(disk: Disk): RunRecord[] {
  const records: RunRecord[] = [];
  for (const path of newestMonths(disk, MONTHS_COUNTED))
    visitRuns(disk, path, (record) => records.push(record));
  return records;
}

function newestMonths(disk: Disk, count: number): string[] {
  const months = disk.list('runs').filter((name) => /^\d{4}-\d{2}\.jsonl$/.test(name));
  return months.slice(-count).map((name) => `runs/${name}`);
}

function visitRuns(disk: Disk, path: string, visit: (record: RunRecord) => void): void {
  readLines(disk, path, { bytes: 0, lines: 0 }, (line) => {
    const read = line.kind === 'text' ? parseRecord(RunRecord, line.text) : null;
    if (read?.ok === true) visit(read.value);
  });
}

/** A job that runs once a month has its newest run in one of these. */
const MONTHS_READ = 2;

/**
 * Returns the newest run of each job in the newest two months that have any. Lines that are no records are passed over: this is
 * shown to people and decides nothing.
 */
export function newestRuns(disk: Disk): RunRecord[] {
  const newest = new Map<RunRecord['job'], RunRecord>();
  for (const path of newestMonths(disk, MONTHS_READ)) {
    visitRuns(disk, path, (record) => {
      const known = newest.get(record.job);
      if (known === undefined || known.started_at <= record.started_at) newest.set(record.job, record);
    });
  }
  return [...newest.values()];
}
