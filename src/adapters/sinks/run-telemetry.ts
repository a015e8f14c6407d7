// One record of telemetry for each UTC day of each run of PINK, made of the rows that say when it began, stopped, or was found dead.

import Type, { type Static } from 'typebox';
import { day, instant, name, version } from '../../domain/fields.ts';
import type { SinkRow } from '../../domain/sink-row.ts';
import { closed } from '../../domain/supervisor-fields.ts';
import type { TelemetryEvent } from '../../domain/telemetry.ts';
import { DAY_MS, isoFromMs, msFromIso } from '../../domain/time.ts';
import { isBehind } from './row-draft.ts';

/** The run that is under way, as far as rows have told of it. */
export const RunMemory = Type.Object(
  {
    v: version,
    run: name,
    started_at: instant,
    /** The day that has not been told yet. */
    day,
    is_ended: Type.Boolean(),
    /** Key of the last row that changed this: rows up to it have been heard of. */
    upto: Type.Object({ at: instant, seq: Type.Integer(), part: Type.Integer() }, closed),
  },
  closed,
);
export type RunMemory = Static<typeof RunMemory>;

/** What ends a run that was not stopped, as far as anybody can tell. */
const NOT_STOPPED = 'the run ended without a stop: its process was killed, or died';

interface Told {
  /** The same object where nothing changed. */
  readonly memory: RunMemory | null;
  readonly events: readonly TelemetryEvent[];
}

/** Returns the id of a run on a day, which signals of that day carry too. */
export function runIdOn(run: string, utcDay: string): string {
  return `${run}.${utcDay}`;
}

/**
 * Takes the next row. The same rows from the same memory give the same events, so that events which come again are the same lines.
 *
 * @param agent whose telemetry it is
 */
export function tellRun(memory: RunMemory | null, row: SinkRow, agent: string): Told {
  if (memory !== null && !isBehind(row, memory.upto)) return { memory, events: [] };
  const start = startIn(row);
  const rowDay = row.at.slice(0, 10);
  if (start !== null) return { memory: begun(row), events: endOf(memory, start, agent) };
  if (memory === null || memory.run !== row.run) return { memory: begun(row), events: [] };
  if (memory.is_ended) return { memory, events: [] };
  const dayEnd = rowDay > memory.day ? [dayEvent(memory, midnightAfter(memory.day), agent)] : [];
  const isStop = row.table === 'steps' && row.action === 'STOP' && row.policy === '';
  if (dayEnd.length === 0 && !isStop) return { memory, events: [] };
  const next = { ...memory, day: rowDay, is_ended: isStop, upto: keyOf(row) };
  return { memory: next, events: isStop ? [...dayEnd, dayEvent(next, msFromIso(row.at), agent)] : dayEnd };
}

function begun(row: SinkRow): RunMemory {
  const { run, at } = row;
  return { v: 1, run, started_at: at, day: at.slice(0, 10), is_ended: false, upto: keyOf(row) };
}

/** The run before a start; one that no row told the begin of is not judged. */
function endOf(memory: RunMemory | null, start: Start, agent: string): readonly TelemetryEvent[] {
  if (memory === null || memory.is_ended || memory.run !== start.previousRun || start.previousAt === null)
    return [];
  const lastDay = start.previousAt.slice(0, 10);
  const before = lastDay > memory.day ? [dayEvent(memory, midnightAfter(memory.day), agent)] : [];
  const last = dayEvent({ ...memory, day: lastDay }, msFromIso(start.previousAt), agent);
  return [...before, { ...last, status: 'error', error: NOT_STOPPED }];
}

/** The part of a day up to `untilMs`, which went well as far as that. */
function dayEvent(
  { run, started_at, day: utcDay }: RunMemory,
  untilMs: number,
  agent: string,
): TelemetryEvent {
  const fromMs = Math.max(msFromIso(started_at), beginOf(utcDay));
  return {
    v: 1,
    ts: isoFromMs(fromMs),
    agent,
    run_id: runIdOn(run, utcDay),
    status: 'ok',
    duration_ms: Math.max(0, untilMs - fromMs),
  };
}

function midnightAfter(utcDay: string): number {
  return beginOf(utcDay) + DAY_MS;
}

function beginOf(utcDay: string): number {
  return msFromIso(`${utcDay}T00:00:00.000Z`);
}

interface Start {
  readonly previousRun: string | null;
  readonly previousAt: string | null;
}

function startIn(row: SinkRow): Start | null {
  if (row.table !== 'steps' || row.phase !== 'recovery' || row.action !== 'START') return null;
  const facts = JSON.parse(row.facts) as {
    readonly previous_run: string | null;
    readonly previous_at: string | null;
  };
  return { previousRun: facts.previous_run, previousAt: facts.previous_at };
}

function keyOf({ at, seq, part }: SinkRow): RunMemory['upto'] {
  return { at, seq, part };
}
