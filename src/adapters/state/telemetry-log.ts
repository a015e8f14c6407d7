// telemetry/events/YYYY-MM.jsonl: one line per run of an agent, each once, however often it is delivered.

import { TelemetryEvent } from '../../domain/telemetry.ts';
import type { Disk } from '../../ports.ts';
import { appendAfter, assertMonth, scanLog } from './append-log.ts';
import { recordLine } from './record-line.ts';

/** All writers of telemetry share one file a month, and so one lock. */
export const TELEMETRY_LOCK = 'telemetry';

export interface TelemetryOutcome {
  readonly appended: number;
  /** Events whose line the month's file, or the same batch, already held. */
  readonly duplicates: number;
}

/**
 * Appends telemetry to the files of its months. A torn last line is cut off: it was never acknowledged, so its writer
 * delivers it again. The caller holds the lock `telemetry`.
 */
export function appendTelemetry(disk: Disk, events: readonly TelemetryEvent[]): TelemetryOutcome {
  const months = new Map<string, Set<string>>();
  for (const event of events) {
    const month = event.ts.slice(0, 7);
    const lines = months.get(month) ?? new Set();
    months.set(month, lines.add(recordLine(TelemetryEvent, event)));
  }
  let appended = 0;
  for (const [month, lines] of months) {
    assertMonth(month);
    const path = `telemetry/events/${month}.jsonl`;
    const end = scanLog(disk, path, (buffer, start, stop) => {
      lines.delete(buffer.toString('utf8', start, stop));
    });
    appendAfter(disk, path, end, [...lines]);
    appended += lines.size;
  }
  return { appended, duplicates: events.length - appended };
}
