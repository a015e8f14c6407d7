// Stores what agents send: batches of input lines become appended records and kept rejects, under the lock of their producer.

import type { InputLine } from '../adapters/input/lines.ts';
import { appendEvents } from '../adapters/state/event-log.ts';
import { producerLock } from '../adapters/state/event-shards.ts';
import { type LockHeld, type LockOptions, withLock } from '../adapters/state/lock.ts';
import { appendRejects } from '../adapters/state/reject-log.ts';
import { appendTelemetry, TELEMETRY_LOCK } from '../adapters/state/telemetry-log.ts';
import {
  type AlphaEvent,
  type EventDefaults,
  eventLine,
  type Lookalike,
  lookalikeKeys,
} from '../domain/event.ts';
import { shown } from '../domain/problem.ts';
import { type Reject, rejectFrom } from '../domain/reject.ts';
import { ok, type Result } from '../domain/result.ts';
import type { TelemetryEvent } from '../domain/telemetry.ts';
import { monthOf } from '../domain/time.ts';
import type { Disk } from '../ports.ts';
import { type RecordKind, recordFromLine } from './intake-record.ts';

/** Where records go, who writes them, and how long to wait for another writer of the same files. */
export interface IntakeTarget extends LockOptions {
  readonly disk: Disk;
  readonly producer: string;
  readonly kind: RecordKind;
  readonly defaults: EventDefaults;
  /** Decides the month that rejected lines are filed under. */
  readonly nowMs: number;
}

/** Every line that was read is in exactly one of the other four counts. */
export interface IntakeCounts {
  readonly read: number;
  readonly appended: number;
  /** Lines whose record is stored already, or stood in the batch before. */
  readonly duplicates: number;
  /** Events whose id belongs to another content. */
  readonly conflicts: number;
  readonly rejected: number;
}

export const NO_COUNTS: IntakeCounts = { read: 0, appended: 0, duplicates: 0, conflicts: 0, rejected: 0 };

interface StoredBatch {
  readonly counts: IntakeCounts;
  /** The ids of the events that are stored now, in the order of their lines; none for telemetry. */
  readonly eventIds: readonly string[];
  /** What was set aside, conflicts included, in the order of their lines. */
  readonly rejects: readonly Reject[];
  /** Keys of kept events that look like a field they lack, one for each time they stood in a line. */
  readonly lookalikes: readonly Lookalike[];
}

/**
 * Stores the records of `lines`, which stood in `file`. Storing the same lines again changes nothing.
 *
 * @returns what became of each line, or the lock that another writer held for the whole wait. Then lines may be
 * stored or not, and are to be sent again.
 */
export async function storeLines(
  lines: readonly InputLine[],
  file: string,
  target: IntakeTarget,
): Promise<Result<StoredBatch, LockHeld>> {
  const sorted = sortedLines(lines, file, target);
  return target.kind === 'alpha'
    ? await storeEvents(sorted, file, target)
    : await storeTelemetry(sorted, target);
}

/** Returns the counts of both. */
export function addCounts(a: IntakeCounts, b: IntakeCounts): IntakeCounts {
  return {
    read: a.read + b.read,
    appended: a.appended + b.appended,
    duplicates: a.duplicates + b.duplicates,
    conflicts: a.conflicts + b.conflicts,
    rejected: a.rejected + b.rejected,
  };
}

/** The lines of one batch by what they hold. */
interface SortedLines {
  readonly events: readonly AlphaEvent[];
  readonly telemetry: readonly TelemetryEvent[];
  readonly rejects: readonly Reject[];
  readonly lineOf: ReadonlyMap<AlphaEvent, number>;
}

function sortedLines(lines: readonly InputLine[], file: string, target: IntakeTarget): SortedLines {
  const events: AlphaEvent[] = [];
  const telemetry: TelemetryEvent[] = [];
  const rejects: Reject[] = [];
  const lineOf = new Map<AlphaEvent, number>();
  for (const line of lines) {
    const record = recordFromLine(line, target.kind, file, target.defaults);
    if (!record.ok) {
      rejects.push(record.error);
    } else if (record.value.kind === 'alpha') {
      events.push(record.value.event);
      lineOf.set(record.value.event, line.number);
    } else {
      telemetry.push(record.value.event);
    }
  }
  return { events, telemetry, rejects, lineOf };
}

async function storeEvents(
  { events, rejects, lineOf }: SortedLines,
  file: string,
  target: IntakeTarget,
): Promise<Result<StoredBatch, LockHeld>> {
  const { disk, producer, nowMs } = target;
  const stored = await withLock(disk, producerLock(producer), target, () => {
    appendRejects(disk, producer, monthOf(nowMs), rejects);
    return appendEvents(disk, producer, events);
  });
  if (!stored.ok) return stored;
  const { appended, duplicates, conflicts } = stored.value;
  const lost = new Set(conflicts.map(eventLine));
  const kept = lost.size === 0 ? events : events.filter((event) => !lost.has(eventLine(event)));
  const shown = conflicts.map((event) => conflictAt(event, file, lineOf.get(event) ?? null));
  return ok({
    counts: {
      read: events.length + rejects.length,
      appended,
      duplicates,
      conflicts: conflicts.length,
      rejected: rejects.length,
    },
    eventIds: kept.map((event) => event.event_id),
    lookalikes: kept.flatMap(lookalikeKeys),
    rejects: [...rejects, ...shown].sort((a, b) => (a.line ?? 0) - (b.line ?? 0)),
  });
}

/** The event log keeps the conflict itself; this names the place in the input, for the person who sent it. */
function conflictAt(event: AlphaEvent, file: string, line: number | null): Reject {
  return rejectFrom({
    code: 'conflicting_duplicate',
    reason: `event_id "${event.event_id}" belongs to an event with different content; give every event its own id`,
    file,
    line,
    event_id: event.event_id,
    horizon_hours: null,
    raw: eventLine(event),
  });
}

async function storeTelemetry(
  { telemetry, rejects }: SortedLines,
  target: IntakeTarget,
): Promise<Result<StoredBatch, LockHeld>> {
  const { disk, producer, nowMs } = target;
  if (rejects.length > 0) {
    const kept = await withLock(disk, producerLock(producer), target, () =>
      appendRejects(disk, producer, monthOf(nowMs), rejects),
    );
    if (!kept.ok) return kept;
  }
  const stored = await withLock(disk, TELEMETRY_LOCK, target, () => appendTelemetry(disk, telemetry));
  if (!stored.ok) return stored;
  const read = telemetry.length + rejects.length;
  return ok({
    counts: { read, ...stored.value, conflicts: 0, rejected: rejects.length },
    eventIds: [],
    lookalikes: [],
    rejects,
  });
}

/** Counts lookalikes over the batches of a run, so that a person is told once for each. */
export function lookalikeTally(): {
  add(lookalikes: readonly Lookalike[]): void;
  /** One sentence for each key, the most frequent first. */
  remarks(): string[];
} {
  const counts = new Map<string, Lookalike & { lines: number }>();
  return {
    add(lookalikes) {
      for (const { key, field } of lookalikes) {
        const known = counts.get(key) ?? { key, field, lines: 0 };
        known.lines += 1;
        counts.set(key, known);
      }
    },
    remarks: () =>
      [...counts.values()]
        .sort((a, b) => b.lines - a.lines)
        .map(
          ({ key, field, lines }) =>
            `${lines} ${lines === 1 ? 'event has' : 'events have'} ${shown(key)} and no ${field}; it is kept under meta and not used. Did you mean ${field}?`,
        ),
  };
}
