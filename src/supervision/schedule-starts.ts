// When the runs of a schedule should have begun and when they did: GitHub does not tell which tick a run is for.

import type { WorkflowRun } from '../domain/github.ts';
import { isoFromMs, msFromIso } from '../domain/time.ts';
import type { Timetable } from './schedule.ts';

/** One tick of a schedule, and what came of it. */
export interface ScheduledStart {
  readonly expectedAt: string;
  /** `null`: no run is known to have begun for it. */
  readonly run: WorkflowRun | null;
  /** From the tick until the run began to work; `null` where it has not. */
  readonly lateMs: number | null;
}

export interface Lateness {
  readonly medianMs: number;
  readonly worstMs: number;
}

const STARTS_SHOWN = 10;

interface Span {
  /** Ticks before it are none: there was no such schedule yet. */
  readonly sinceMs: number;
  readonly nowMs: number;
}

/**
 * Returns the newest ten ticks with their runs, newest first. A run is that of the newest tick before GitHub made it; where two were
 * made between the same ticks, the older one is that of the tick before, if that has none.
 */
export function startsOf(
  timetable: Timetable,
  runs: readonly WorkflowRun[],
  { sinceMs, nowMs }: Span,
): readonly ScheduledStart[] {
  const runOf = runsByTick(timetable, runs);
  const starts: ScheduledStart[] = [];
  let tickMs = timetable.newestTickMs(nowMs);
  while (tickMs >= sinceMs && starts.length < STARTS_SHOWN) {
    const run = runOf.get(tickMs) ?? null;
    const lateMs =
      run === null || run.status === 'waiting' ? null : Math.max(0, msFromIso(run.startedAt) - tickMs);
    starts.push({ expectedAt: isoFromMs(tickMs), run, lateMs });
    tickMs = timetable.newestTickMs(tickMs - 1);
  }
  return starts;
}

/** Returns how late runs began, or `null` where none has. */
export function latenessOf(starts: readonly ScheduledStart[]): Lateness | null {
  const late = starts.flatMap(({ lateMs }) => lateMs ?? []).sort((a, b) => a - b);
  const [lower, upper] = [late[Math.floor((late.length - 1) / 2)], late[Math.floor(late.length / 2)]];
  const worstMs = late.at(-1);
  if (lower === undefined || upper === undefined || worstMs === undefined) return null;
  return { medianMs: (lower + upper) / 2, worstMs };
}

function runsByTick(timetable: Timetable, runs: readonly WorkflowRun[]): ReadonlyMap<number, WorkflowRun> {
  const between = new Map<number, WorkflowRun[]>();
  for (const run of [...runs].sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))) {
    const tickMs = timetable.newestTickMs(msFromIso(run.createdAt));
    const others = between.get(tickMs);
    if (others === undefined) between.set(tickMs, [run]);
    else others.push(run);
  }
  const found = new Map<number, WorkflowRun>();
  for (const [tickMs, [newest, ...older]] of between) {
    if (newest !== undefined) found.set(tickMs, newest);
    let before = tickMs;
    for (const run of older) {
      before = timetable.newestTickMs(before - 1);
      if (between.has(before) || found.has(before)) break;
      found.set(before, run);
    }
  }
  return found;
}
