// Reads from the telemetry log how many runs of each agent failed.

import { type AgentRuns, TelemetryEvent } from '../../domain/telemetry.ts';
import { isoFromMs, monthOf, msFromIso } from '../../domain/time.ts';
import type { Disk } from '../../ports.ts';
import { CorruptStateError } from './corrupt-state.ts';
import { readLines } from './jsonl.ts';
import { recordFrom } from './record-line.ts';
import { MONTH_PATTERN, stemOf } from './state-path.ts';

const FOLDER = 'telemetry/events';

interface Event {
  readonly ts: string;
  readonly runId: string;
  readonly isFailed: boolean;
}

/** What was read about one agent so far: months are read backwards, so the first one that tells of it has its newest run. */
interface Read {
  /** Runs that started at this instant or before are outside its window. */
  readonly afterTs: string;
  readonly failedByRun: Map<string, boolean>;
}

/**
 * Returns, by agent, the runs within `(newest - windowMs, newest]`, where `newest` is the start of its own newest run known at
 * `nowMs`: one that runs once a week is not measured by when another ran last, and a state without news gives the same rates
 * whenever it is looked at. A run is one run id: told of twice it is one run, and it failed where any of its events says so, so
 * nobody gathers clean runs by repeating one.
 *
 * Nothing that started two windows before the newest run of all, or earlier, is counted. So the window of an agent that rested for
 * more than one is cut at that place, and an agent that rested for two is absent: what is known of it says nothing any more. Each
 * file is read once; a torn last line was never acknowledged and does not count.
 *
 * @throws CorruptStateError with file and line, where a line is no telemetry event.
 */
export function telemetryRates(disk: Disk, windowMs: number, nowMs: number): Map<string, AgentRuns> {
  const now = isoFromMs(nowMs);
  const byAgent = new Map<string, Read>();
  let earliest: string | null = null;
  for (const { month, path } of logsUntil(disk, monthOf(nowMs))) {
    if (earliest !== null && month < earliest.slice(0, 7)) break;
    const read = eventsOf(disk, path, now);
    if (earliest === null) {
      const newest = newestOf([...read.values()].flat());
      if (newest === null) continue;
      earliest = before(newest, 2 * windowMs);
    }
    for (const [agent, events] of read) addEvents(byAgent, agent, events, earliest, windowMs);
  }
  const known = [...byAgent].filter(([, { failedByRun }]) => failedByRun.size > 0);
  return new Map(known.map(([agent, { failedByRun }]) => [agent, countsOf([...failedByRun.values()])]));
}

/** Returns the bytes of all telemetry: the log only grows, so another sum tells that events came. */
export function telemetryBytes(disk: Disk): number {
  return telemetryLogs(disk).reduce((sum, { path }) => sum + (disk.size(path) ?? 0), 0);
}

/** Returns what is wrong with each damaged file: the first line of it that is no telemetry event, with its place. */
export function telemetryFaults(disk: Disk): string[] {
  return telemetryLogs(disk).flatMap(({ path }) => {
    try {
      readLines(disk, path, { bytes: 0, lines: 0 }, (line) => recordFrom(TelemetryEvent, path, line));
      return [];
    } catch (error) {
      if (!(error instanceof CorruptStateError)) throw error;
      return [error.message];
    }
  });
}

function eventsOf(disk: Disk, path: string, now: string): Map<string, Event[]> {
  const read = new Map<string, Event[]>();
  readLines(disk, path, { bytes: 0, lines: 0 }, (line) => {
    const { ts, agent, run_id: runId, status } = recordFrom(TelemetryEvent, path, line).record;
    if (ts > now) return;
    const event = { ts, runId, isFailed: status === 'error' };
    const events = read.get(agent);
    if (events === undefined) read.set(agent, [event]);
    else events.push(event);
  });
  return read;
}

function addEvents(
  byAgent: Map<string, Read>,
  agent: string,
  events: readonly Event[],
  earliest: string,
  windowMs: number,
): void {
  const newest = newestOf(events);
  if (newest === null) return;
  const start = before(newest, windowMs);
  const { afterTs, failedByRun } = byAgent.get(agent) ?? {
    afterTs: start > earliest ? start : earliest,
    failedByRun: new Map<string, boolean>(),
  };
  for (const { ts, runId, isFailed } of events)
    if (ts > afterTs) failedByRun.set(runId, isFailed || failedByRun.get(runId) === true);
  byAgent.set(agent, { afterTs, failedByRun });
}

function newestOf(events: readonly Event[]): string | null {
  return events.reduce<string | null>((best, { ts }) => (best === null || ts > best ? ts : best), null);
}

function before(ts: string, ms: number): string {
  return isoFromMs(Math.max(0, msFromIso(ts) - ms));
}

function countsOf(failed: readonly boolean[]): AgentRuns {
  return { runs: failed.length, errors: failed.filter(Boolean).length };
}

interface MonthLog {
  readonly month: string;
  readonly path: string;
}

/** Newest month first. */
function logsUntil(disk: Disk, lastMonth: string): MonthLog[] {
  return telemetryLogs(disk)
    .filter(({ month }) => month <= lastMonth)
    .sort((a, b) => (a.month < b.month ? 1 : -1));
}

function telemetryLogs(disk: Disk): MonthLog[] {
  return disk.list(FOLDER).flatMap((name) => {
    const month = stemOf(name, '.jsonl', MONTH_PATTERN);
    return month === null ? [] : [{ month, path: `${FOLDER}/${name}` }];
  });
}
