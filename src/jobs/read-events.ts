// Reads what agents emitted since the last run into the backlog, and leaves out what earlier runs have settled already.

import { readMonths, readNewEvents } from '../adapters/state/event-log.ts';
import { monthOfShard, RECONCILE_REJECTS, shardPath } from '../adapters/state/event-shards.ts';
import { type IdLog, openIdLog } from '../adapters/state/id-log.ts';
import { type Line, parseJsonLine } from '../adapters/state/jsonl.ts';
import { appendRejects, readRejectsOf } from '../adapters/state/reject-log.ts';
import { readDay, rowDays } from '../adapters/state/row-store.ts';
import { type AlphaEvent, contentSha256, parseAlphaEvent } from '../domain/event.ts';
import type { Pending } from '../domain/pending.ts';
import { problemText } from '../domain/problem.ts';
import {
  REJECT_PLACES_MAX,
  type Reject,
  type RejectCode,
  type RejectPlace,
  rejectFrom,
  rejectPlace,
} from '../domain/reject.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { DAY_MS, HOUR_MS, monthOf, msFromIso } from '../domain/time.ts';
import type { Disk } from '../ports.ts';
import {
  type Admission,
  admit,
  type Backlog,
  backlogFrom,
  close,
  missingContext,
} from '../supervision/backlog.ts';
import { forgottenIdReject, reusedIdReject } from '../supervision/reused-id.ts';
import { labelLifeMaxMs, type ReconcileRules } from '../supervision/rules.ts';
import { mayBeDue } from '../supervision/settle.ts';

export interface ReadCounts {
  lines: number;
  admitted: number;
  flat: number;
  duplicates: number;
  conflicts: number;
  invalid: number;
  torn_tails: number;
}

interface ReadEvents {
  readonly files: Pending['files'];
  readonly counts: ReadCounts;
  /** The first lines and events that were set aside; how many there are is `invalid` and `conflicts` of the counts. */
  readonly firstRejects: readonly RejectPlace[];
  /** What else a person should look at: torn tails, rewritten files. */
  readonly remarks: readonly string[];
}

const REMARKS_MAX = 20;

/** Reads every shard from where the last run ended; bad lines go to the rejects. */
export function readEventsInto(
  backlog: Backlog,
  known: Pending['files'],
  disk: Disk,
  nowMs: number,
  rules: ReconcileRules,
): ReadEvents {
  const counts: ReadCounts = {
    lines: 0,
    admitted: 0,
    flat: 0,
    duplicates: 0,
    conflicts: 0,
    invalid: 0,
    torn_tails: 0,
  };
  const remarks: string[] = [];
  const firstRejects: RejectPlace[] = [];
  const admitted = new Set<string>();
  const rejects = new Map<string, Reject[]>();
  const setAside = (shard: string, reject: Reject): void => {
    const list = rejects.get(shard);
    if (list === undefined) rejects.set(shard, [reject]);
    else list.push(reject);
    if (firstRejects.length < REJECT_PLACES_MAX)
      firstRejects.push({ ...rejectPlace(reject), file: shardPath(reject.file) });
  };
  const ids = openIdLog(disk);
  const read = readNewEvents(disk, known, (shard, line) => {
    counts.lines += 1;
    const event = eventFrom(shard, line);
    if (!event.ok) {
      counts.invalid += 1;
      setAside(shard, event.error);
      return;
    }
    const admission = admitOnce(backlog, ids, event.value, shard, rules);
    if (admission.kind === 'conflict') {
      counts.conflicts += 1;
      setAside(shard, admission.reject);
    } else if (admission.kind === 'duplicate') counts.duplicates += 1;
    else if (admission.kind === 'flat') counts.flat += 1;
    else {
      counts.admitted += 1;
      admitted.add(event.value.event_id);
    }
  });
  ids.save();
  counts.torn_tails = read.tornTails.length;
  for (const { shard } of read.tornTails)
    remarks.push(`${shard}: the last line is not finished; it is read when it is`);
  for (const shard of read.rewritten)
    remarks.push(`${shard}: was rewritten; it is read again from its beginning`);
  for (const { event_id, reject } of closeSettled(backlog, admitted, disk, nowMs, rules)) {
    if (admitted.delete(event_id)) counts.admitted -= 1;
    counts.conflicts += 1;
    setAside(reject.file, reject);
  }
  for (const [shard, list] of rejects) {
    appendRejects(disk, RECONCILE_REJECTS, monthOfShard(shard), list);
  }
  const more = remarks.length - REMARKS_MAX;
  const shown = more > 0 ? [...remarks.slice(0, REMARKS_MAX), `and ${more} more of the kind`] : remarks;
  return { files: read.files, counts, firstRejects, remarks: shown };
}

/**
 * Takes an event in, unless its id was used for another signal that earlier runs have forgotten. The log of ids is saved
 * before the position in the shard: an event that is read again after a death is known as itself and is taken in again.
 */
function admitOnce(
  backlog: Backlog,
  ids: IdLog,
  event: AlphaEvent,
  shard: string,
  rules: ReconcileRules,
): Admission {
  const { event_id } = event;
  if (!backlog.events.has(event_id) && ids.isOtherSignal(event_id, contentSha256(event))) {
    return { kind: 'conflict', reject: forgottenIdReject(event, shard) };
  }
  const admission = admit(backlog, event, shard, rules);
  const holder = backlog.events.get(event_id);
  if (holder !== undefined) ids.note(event_id, holder.content_sha256);
  return admission;
}

function eventFrom(shard: string, line: Line): Result<AlphaEvent, Reject> {
  const reject = (code: RejectCode, reason: string, raw: string): Result<AlphaEvent, Reject> =>
    err(
      rejectFrom({ code, reason, file: shard, line: line.number, event_id: null, horizon_hours: null, raw }),
    );
  if (line.kind === 'too_long') return reject('line_too_long', 'the line is longer than 1 MiB', line.head);
  const json = parseJsonLine(line.text);
  if (!json.ok) return reject('malformed_json', problemText(json.error), line.text);
  const event = parseAlphaEvent(json.value);
  if (!event.ok) return reject('invalid_event', event.error.map(problemText).join('; '), line.text);
  return ok(event.value);
}

interface ReusedId {
  readonly event_id: string;
  readonly reject: Reject;
}

/**
 * A late, repeated or re-read event may have rows already, and so may a pair that is about to be given up, where a run
 * died before it could remember them. Such pairs are closed here, before a price is asked for them, so that none gets
 * a row and a reject. Only days and months that such a row or reject can stand in are read, so an ordinary run reads none.
 *
 * @returns the events whose id such a row carries for another signal, each once, with its reject.
 */
function closeSettled(
  backlog: Backlog,
  admittedIds: ReadonlySet<string>,
  disk: Disk,
  nowMs: number,
  rules: ReconcileRules,
): ReusedId[] {
  const days = new Set<number>();
  const months = new Set<string>();
  for (const { event, open } of backlog.events.values()) {
    for (const horizonHours of open) {
      const exitMs = msFromIso(event.ts) + rules.latencyMs + horizonHours * HOUR_MS;
      const isLate = admittedIds.has(event.event_id) && mayBeDue(event, horizonHours, nowMs, rules);
      if (!isLate && nowMs < exitMs + rules.giveUpAfterMs) continue;
      const lastMs = event.market === 'equity' ? exitMs + labelLifeMaxMs(rules, 'equity') : exitMs;
      months.add(event.ts.slice(0, 7));
      // A day on either side: the latency may have been another when the row was written.
      for (let ms = exitMs - DAY_MS; ms <= lastMs + DAY_MS; ms += DAY_MS) days.add(Math.floor(ms / DAY_MS));
    }
  }
  if (days.size === 0) return [];
  const reused = new Map<string, ReusedId>();
  for (const day of rowDays(disk)) {
    if (!days.has(msFromIso(day) / DAY_MS)) continue;
    for (const row of readDay(disk, day)) {
      const open = backlog.events.get(row.event_id);
      if (open === undefined || !open.open.includes(row.horizon_hours)) continue;
      const reject = reusedIdReject(open, row);
      if (reject === null) close(backlog, row.event_id, row.horizon_hours);
      else {
        reused.set(row.event_id, { event_id: row.event_id, reject });
        backlog.events.set(row.event_id, { ...open, open: [] });
      }
    }
  }
  for (const month of months) {
    readRejectsOf(disk, RECONCILE_REJECTS, month, ({ event_id, horizon_hours }) => {
      if (event_id !== null && horizon_hours !== null) close(backlog, event_id, horizon_hours);
    });
  }
  return [...reused.values()];
}

/**
 * The overlap of a late event's label needs its contemporaries, which earlier runs have forgotten: they are read again,
 * as context that owes nothing. A signal that was set aside for its id is none of them.
 */
export function recallContext(backlog: Backlog, disk: Disk, rules: ReconcileRules): void {
  const missing = missingContext(backlog, rules);
  if (missing === null) return;
  const months = new Set([monthOf(missing.toMs)]);
  for (let ms = missing.fromMs; ms < missing.toMs; ms += 28 * DAY_MS) months.add(monthOf(ms));
  const recalled = backlogFrom(null);
  const ids = openIdLog(disk);
  readMonths(disk, [...months], (shard, line) => {
    const event = eventFrom(shard, line);
    if (!event.ok || ids.isOtherSignal(event.value.event_id, contentSha256(event.value))) return;
    admit(recalled, event.value, shard, rules);
  });
  for (const [id, open] of recalled.events) {
    if (!backlog.events.has(id)) backlog.events.set(id, { ...open, open: [] });
  }
  backlog.contextFromMs = missing.oldestOpenMs;
}
