// What the schedules cost: GitHub bills each job of a private repository in whole minutes.

import { DAY_MS } from '../../src/domain/time.ts';
import { timetableOf } from '../../src/supervision/schedule.ts';
import { jobsOf, type WorkflowFile } from './workflow-file.ts';

/** Minutes a month that a private repository gets with a free account. */
export const FREE_MINUTES = 2_000;

/** A month of 31 days, which none is longer than. */
const MONTH_START_MS = Date.UTC(2026, 0, 1);
const MONTH_END_MS = MONTH_START_MS + 31 * DAY_MS;

/** How often a workflow starts by itself in the longest month, times its jobs. */
export function scheduledJobsPerMonth(file: WorkflowFile): number {
  const lines = (file.workflow.on.schedule ?? []).map(({ cron }) => ({ cron, timezone: 'UTC' }));
  if (lines.length === 0) return 0;
  const timetable = timetableOf(lines);
  if (!timetable.ok) throw new Error(`${file.path}: ${timetable.error}`);
  let count = 0;
  for (let at: number | null = MONTH_START_MS - 1; at !== null; ) {
    at = timetable.value.nextTickMs(at);
    if (at === null || at >= MONTH_END_MS) break;
    count += 1;
  }
  return count * jobsOf(file).length;
}
