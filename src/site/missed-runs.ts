// Which runs should have begun by their schedule and did not, by the records that runs left: no record is a run that is missing.

import type { RunRecord } from '../domain/run.ts';
import { isoFromMs, msFromIso } from '../domain/time.ts';
import { timetableOf } from '../supervision/schedule.ts';

export interface JobRuns {
  readonly job: RunRecord['job'];
  readonly runs: number;
  /** As of which instant the newest one worked. */
  readonly newest: string;
}

export interface ScheduleRuns {
  readonly job: RunRecord['job'];
  /** The line of the workflow, in UTC. */
  readonly cron: string;
  /** Ticks from the first run by this line to the end of its time. */
  readonly due: number;
  readonly missed: number;
  /** Newest first, at most ten. */
  readonly newestMissed: readonly string[];
  /** From the tick to the beginning; `null`: no run. */
  readonly medianLateMs: number | null;
}

export interface RunQuality {
  /** By name. */
  readonly jobs: readonly JobRuns[];
  /** By job and line; none where no run says by which schedule it began. */
  readonly schedules: readonly ScheduleRuns[];
  /** Lines that are none that GitHub takes. */
  readonly unreadable: readonly string[];
}

const NEWEST_MISSED = 10;
/** A line that was due every five minutes for a year has as many. */
const TICKS_MAX = 110_000;

interface Line {
  readonly job: RunRecord['job'];
  readonly cron: string;
  readonly expected: Set<number>;
  readonly lateMs: number[];
  firstMs: number;
  lastMs: number;
}

/**
 * Returns what the records say. A line owes a run for each tick from its first run on; until the newest of all runs, or until another
 * line of the same job took its place.
 */
export function runQuality(records: readonly RunRecord[]): RunQuality {
  const jobs = new Map<RunRecord['job'], JobRuns>();
  const lines = new Map<string, Line>();
  let newestMs = 0;
  for (const record of records) {
    const { job, now, started_at: startedAt, schedule } = record;
    const known = jobs.get(job);
    const newest = known === undefined || known.newest < now ? now : known.newest;
    jobs.set(job, { job, runs: (known?.runs ?? 0) + 1, newest });
    if (schedule === undefined) continue;
    const expectedMs = msFromIso(schedule.expected_at);
    newestMs = Math.max(newestMs, expectedMs);
    const key = `${job} ${schedule.cron}`;
    const line = lines.get(key) ?? newLine(job, schedule.cron, expectedMs);
    lines.set(key, line);
    line.firstMs = Math.min(line.firstMs, expectedMs);
    line.lastMs = Math.max(line.lastMs, expectedMs);
    line.expected.add(expectedMs);
    line.lateMs.push(Math.max(0, msFromIso(startedAt) - expectedMs));
  }
  const all = [...lines.values()].sort((a, b) => (`${a.job} ${a.cron}` < `${b.job} ${b.cron}` ? -1 : 1));
  const unreadable: string[] = [];
  const schedules = all.flatMap((line) => {
    const counted = scheduleRuns(line, endOf(line, all, newestMs));
    if (counted === null) unreadable.push(line.cron);
    return counted ?? [];
  });
  return {
    jobs: [...jobs.values()].sort((a, b) => (a.job < b.job ? -1 : 1)),
    schedules,
    unreadable: [...new Set(unreadable)],
  };
}

function newLine(job: RunRecord['job'], cron: string, atMs: number): Line {
  return { job, cron, expected: new Set(), lateMs: [], firstMs: atMs, lastMs: atMs };
}

function endOf(line: Line, all: readonly Line[], newestMs: number): number {
  const followers = all.filter(({ job, firstMs }) => job === line.job && firstMs > line.lastMs);
  return Math.min(newestMs, ...followers.map(({ firstMs }) => firstMs - 1));
}

function scheduleRuns({ job, cron, expected, lateMs, firstMs }: Line, endMs: number): ScheduleRuns | null {
  const timetable = timetableOf([{ cron, timezone: 'UTC' }]);
  if (!timetable.ok) return null;
  const missed: number[] = [];
  let due = 0;
  for (let tick: number | null = firstMs; tick !== null && tick <= endMs && due < TICKS_MAX; ) {
    due += 1;
    if (!expected.has(tick)) missed.push(tick);
    tick = timetable.value.nextTickMs(tick);
  }
  const sorted = lateMs.toSorted((a, b) => a - b);
  return {
    job,
    cron,
    due,
    missed: missed.length,
    newestMissed: missed.slice(-NEWEST_MISSED).reverse().map(isoFromMs),
    medianLateMs: sorted[Math.floor(sorted.length / 2)] ?? null,
  };
}
