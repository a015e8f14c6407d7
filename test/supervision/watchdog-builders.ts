// Workflows with their runs as the watchdog gets them: a schedule that was kept to, with what a test changes of it.

import type { WorkflowRun } from '../../src/domain/github.ts';
import { isoFromMs } from '../../src/domain/time.ts';
import { type Timetable, timetableOf } from '../../src/supervision/schedule.ts';
import type { WatchFacts, WatchRules, WorkflowFacts } from '../../src/supervision/watchdog-facts.ts';

export const NOW_MS = Date.UTC(2026, 10, 28, 10, 50);
export const RULES: WatchRules = { latePeriods: 2, warnBeforeMs: 14 * 86_400_000 };

const known = new Map<string, Timetable>();

/** Making one takes longer than asking it. */
export function timetable(...crons: readonly string[]): Timetable {
  const key = crons.join('\n');
  const made = known.get(key) ?? newTimetable(crons);
  known.set(key, made);
  return made;
}

function newTimetable(crons: readonly string[]): Timetable {
  const found = timetableOf(crons.map((cron) => ({ cron, timezone: 'UTC' })));
  if (!found.ok) throw new Error(found.error);
  return found.value;
}

let runCount = 0;

export function aRun(createdMs: number, over: Partial<WorkflowRun> = {}): WorkflowRun {
  runCount += 1;
  const at = isoFromMs(createdMs);
  return {
    ...{ id: runCount, url: 'https://github.com/acme/alpha/actions/runs/7', createdAt: at, startedAt: at },
    ...{ status: 'completed', conclusion: 'success' },
    ...over,
  };
}

/** The newest `count` ticks up to an instant, newest first, epoch ms. */
export function ticksUntil(table: Timetable, nowMs: number, count: number): readonly number[] {
  const ticks: number[] = [];
  for (let tick = table.newestTickMs(nowMs); ticks.length < count; tick = table.newestTickMs(tick - 1))
    ticks.push(tick);
  return ticks;
}

const HALF_HOURLY = '13,43 * * * *';

/** Runs every half hour, as it should, until now. */
export function aWorkflow(over: Partial<WorkflowFacts> = {}): WorkflowFacts {
  const { crons = [HALF_HOURLY] } = over;
  const table = crons.length === 0 ? null : timetable(...crons);
  return {
    ...{ path: '.github/workflows/reconcile.yml', state: 'active', crons, timetable: table, fault: null },
    changedAt: '2026-11-01T00:00:00.000Z',
    runs: table === null ? null : ticksUntil(table, NOW_MS, 12).map((tick) => aRun(tick)),
    queued: [],
    ...over,
  };
}

export function facts(over: Partial<WatchFacts> = {}): WatchFacts {
  return {
    ...{ nowMs: NOW_MS, workflows: [aWorkflow()], heartbeat: null, secretDays: {}, tokenEndsAt: null },
    ...over,
  };
}
