// Turns one line of input into the record it holds or the reject it becomes: the part that emit, ingest and the library share.

import type { InputLine } from '../adapters/input/lines.ts';
import { LINE_BYTES_MAX, parseJsonLine } from '../adapters/state/jsonl.ts';
import { type AlphaEvent, type EventDefaults, eventLine, parseAlphaEvent } from '../domain/event.ts';
import { type Problem, problemText } from '../domain/problem.ts';
import { type Reject, type RejectCode, rejectFrom } from '../domain/reject.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { parseTelemetryEvent, type TelemetryEvent } from '../domain/telemetry.ts';

/** What a stream of lines holds: one kind per stream, because the two are kept in different files. */
export type RecordKind = 'alpha' | 'telemetry';

type IntakeRecord =
  | { readonly kind: 'alpha'; readonly event: AlphaEvent }
  | { readonly kind: 'telemetry'; readonly event: TelemetryEvent };

const TOO_LONG = `the line is longer than ${LINE_BYTES_MAX.toLocaleString('en-US')} bytes; send one event per line`;

/** Returns the record of one line, or the reject that names `file`, the line and every problem found. */
export function recordFromLine(
  line: InputLine,
  kind: RecordKind,
  file: string,
  defaults: EventDefaults,
): Result<IntakeRecord, Reject> {
  const refuse = (code: RejectCode, reason: string, raw: string) =>
    err(rejectFrom({ code, reason, file, line: line.number, event_id: null, horizon_hours: null, raw }));
  if (line.kind !== 'text') {
    return line.kind === 'too_long'
      ? refuse('line_too_long', TOO_LONG, line.head)
      : refuse('malformed_json', 'the line is not UTF-8 text', line.head);
  }
  const json = parseJsonLine(line.text);
  if (!json.ok) {
    if (line.isTerminated) return refuse('malformed_json', problemText(json.error), line.text);
    const reason = `the last line has no newline and is not complete: ${problemText(json.error)}; send it again whole`;
    return refuse('torn_tail', reason, line.text);
  }
  const record = recordFromJson(json.value, kind, defaults);
  if (!record.ok) return refuse('invalid_event', record.error.map(problemText).join('; '), line.text);
  return outgrows(record.value, line.text) ? refuse('line_too_long', TOO_LONG, line.text) : record;
}

/**
 * Whether an event that came in a readable line would be stored in one that no reader takes: normalising adds an id
 * and spells numbers out (`1e20`). Less than sevenfold growth is possible, so short lines need no look.
 */
function outgrows(record: IntakeRecord, text: string): boolean {
  if (record.kind === 'telemetry' || text.length < LINE_BYTES_MAX / 8) return false;
  return Buffer.byteLength(eventLine(record.event)) > LINE_BYTES_MAX;
}

/** Returns `file:line reason`, as compilers write it. */
export function placedReason(reject: Reject): string {
  return `${reject.file}:${reject.line ?? '?'} ${reject.reason}`;
}

/** Returns the record of a parsed value, or every problem found. */
function recordFromJson(
  value: unknown,
  kind: RecordKind,
  defaults: EventDefaults,
): Result<IntakeRecord, readonly Problem[]> {
  if (kind === 'alpha') {
    const event = parseAlphaEvent(value, defaults);
    return event.ok ? ok({ kind, event: event.value }) : event;
  }
  const event = parseTelemetryEvent(value);
  return event.ok ? ok({ kind, event: event.value }) : event;
}
