// The ground of everything: events are appended once per id by their producer, and read from where the last run stopped.

import { sha256Hex } from '../../domain/canonical.ts';
import { type AlphaEvent, contentSha256, eventLine, parseAlphaEvent } from '../../domain/event.ts';
import type { ReadPosition } from '../../domain/pending.ts';
import { type Reject, rejectFrom } from '../../domain/reject.ts';
import type { Disk } from '../../ports.ts';
import { appendAfter, assertMonth, idAfter, scanLog } from './append-log.ts';
import { assertProducer, shardName, shardPath, shardsOf } from './event-shards.ts';
import { type Line, type LinePlace, parseJsonLine, type ReadEnd, readLines } from './jsonl.ts';
import { appendRejects } from './reject-log.ts';

export interface AppendOutcome {
  readonly appended: number;
  /** Events that the shard, or the same batch, already held with equal content. */
  readonly duplicates: number;
  /** Events that lost against another content of the same id; they went to the rejects. */
  readonly conflicts: readonly AlphaEvent[];
}

/** One event of a batch, beside the line it would become. */
interface Candidate {
  readonly event: AlphaEvent;
  readonly line: string;
  isStored: boolean;
}

/** All there is about one id: what the batch offers, and digests of what is stored with other words. */
interface Contest {
  readonly candidates: Candidate[];
  readonly storedOtherwise: string[];
}

const EVENT_PREFIX = Buffer.from('{"v":1,"event_id":"');
const TAIL_BYTES = 4096;
const START: LinePlace = { bytes: 0, lines: 0 };

/**
 * Appends events to the shards of their months, each id once. Of two contents with one id the one with the lowest
 * digest wins: a higher one goes to the rejects, a lower one is appended and later readers set the other aside.
 * What a power cut left at the end of a shard is repaired first. The caller holds the lock `events-<producer>`.
 */
export function appendEvents(disk: Disk, producer: string, events: readonly AlphaEvent[]): AppendOutcome {
  assertProducer(producer);
  const months = new Map<string, AlphaEvent[]>();
  for (const event of events) {
    const month = event.ts.slice(0, 7);
    const batch = months.get(month);
    if (batch === undefined) months.set(month, [event]);
    else batch.push(event);
  }
  const outcomes = [...months]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([month, batch]) => appendMonth(disk, producer, month, batch));
  return {
    appended: outcomes.reduce((sum, outcome) => sum + outcome.appended, 0),
    duplicates: outcomes.reduce((sum, outcome) => sum + outcome.duplicates, 0),
    conflicts: outcomes.flatMap((outcome) => outcome.conflicts),
  };
}

function appendMonth(
  disk: Disk,
  producer: string,
  month: string,
  batch: readonly AlphaEvent[],
): AppendOutcome {
  assertMonth(month);
  const path = shardPath(shardName(producer, month));
  const contests = contestsFrom(batch);
  const end = scanLog(disk, path, (buffer, start, stop) => noteStored(contests, buffer, start, stop));
  const lines: string[] = [];
  const conflicts: AlphaEvent[] = [];
  for (const contest of contests.values()) settle(contest, lines, conflicts);
  const rejects = conflicts.map((event) => conflictReject(event, path));
  if (end.tornTail !== null) rejects.push(tornReject(end.tornTail, end, path));
  // Rejects first: a cut between the two writes then repeats a reject, which is a no-op, and loses nothing.
  appendRejects(disk, producer, month, rejects);
  appendAfter(disk, path, end, lines);
  return { appended: lines.length, duplicates: batch.length - lines.length - conflicts.length, conflicts };
}

function contestsFrom(batch: readonly AlphaEvent[]): Map<string, Contest> {
  const contests = new Map<string, Contest>();
  for (const event of batch) {
    const candidate = { event, line: eventLine(event), isStored: false };
    const contest = contests.get(event.event_id);
    if (contest === undefined) contests.set(event.event_id, { candidates: [candidate], storedOtherwise: [] });
    else if (!contest.candidates.some(({ line }) => line === candidate.line))
      contest.candidates.push(candidate);
  }
  return contests;
}

/** Only a stored line whose id is in the batch is looked at closely; lines that are no events are not ours to judge. */
function noteStored(
  contests: ReadonlyMap<string, Contest>,
  buffer: Buffer,
  start: number,
  end: number,
): void {
  const id = idAfter(EVENT_PREFIX, buffer, start, end);
  if (id !== null && !contests.has(id)) return;
  const text = buffer.toString('utf8', start, end);
  const same = id === null ? undefined : contests.get(id)?.candidates.find(({ line }) => line === text);
  if (same !== undefined) {
    same.isStored = true;
    return;
  }
  const value = parseJsonLine(text);
  const stored = value.ok ? parseAlphaEvent(value.value) : value;
  if (!stored.ok) return;
  contests.get(stored.value.event_id)?.storedOtherwise.push(contentSha256(stored.value));
}

/** Adds the line that is to be appended, if any, and the events that lose. */
function settle({ candidates, storedOtherwise }: Contest, lines: string[], conflicts: AlphaEvent[]): void {
  const [only, ...others] = candidates;
  if (only !== undefined && others.length === 0 && storedOtherwise.length === 0) {
    if (!only.isStored) lines.push(only.line);
    return;
  }
  const known = new Set(storedOtherwise);
  const fresh = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const digest = contentSha256(candidate.event);
    if (candidate.isStored) known.add(digest);
    else if (!fresh.has(digest)) fresh.set(digest, candidate);
  }
  const lowest = [...known, ...fresh.keys()].reduce((a, b) => (a < b ? a : b));
  for (const [digest, { event, line }] of fresh) {
    if (known.has(digest)) continue;
    if (digest === lowest) lines.push(line);
    else conflicts.push(event);
  }
}

function conflictReject(event: AlphaEvent, path: string): Reject {
  return rejectFrom({
    code: 'conflicting_duplicate',
    reason: 'the same event_id came with different content; the content with the lowest SHA-256 is kept',
    file: path,
    line: null,
    event_id: event.event_id,
    horizon_hours: null,
    raw: eventLine(event),
  });
}

function tornReject(text: string, end: ReadEnd, path: string): Reject {
  return rejectFrom({
    code: 'torn_tail',
    reason: 'the file ended inside this line, as after a power cut; the line was cut off',
    file: path,
    line: end.lines + 1,
    event_id: null,
    horizon_hours: null,
    raw: text,
  });
}

/** Sees one line of the shard `<producer>/YYYY-MM.jsonl`. */
export type VisitShardLine = (shard: string, line: Line) => void;

export interface NewEvents {
  /** How far every shard is read now. */
  readonly files: Record<string, ReadPosition>;
  /** Last lines that their writer has not finished; they are read again by the next call. */
  readonly tornTails: readonly { readonly shard: string; readonly text: string }[];
  /** Shards that no longer begin with what was read of them. They were read again from the start, or are gone. */
  readonly rewritten: readonly string[];
}

/**
 * Visits what came after the `known` positions, shard by shard in the order of their names. A shard without news
 * costs its size and at most 4 KiB: the bytes before the position must still have the digest they had.
 */
export function readNewEvents(
  disk: Disk,
  known: Readonly<Record<string, ReadPosition>>,
  visit: VisitShardLine,
): NewEvents {
  const files: Record<string, ReadPosition> = {};
  const tornTails: { shard: string; text: string }[] = [];
  const shards = shardsOf(disk);
  const rewritten = Object.keys(known).filter((shard) => !shards.includes(shard));
  for (const shard of shards) {
    const path = shardPath(shard);
    const position = known[shard];
    const isSame = position !== undefined && isPrefixUnchanged(disk, path, position);
    if (position !== undefined && !isSame) rewritten.push(shard);
    const from = isSame ? position : START;
    const end = readLines(disk, path, from, (line) => visit(shard, line));
    if (end.tornTail !== null) tornTails.push({ shard, text: end.tornTail });
    const { bytes, lines } = end;
    files[shard] =
      isSame && bytes === position.bytes
        ? position
        : { bytes, lines, tail_sha256: tailSha256(disk, path, bytes) };
  }
  return { files, tornTails, rewritten: rewritten.sort() };
}

/** Visits all events of the given months (`YYYY-MM`), whoever produced them; torn tails are left out. */
export function readMonths(disk: Disk, months: readonly string[], visit: VisitShardLine): void {
  months.forEach(assertMonth);
  const wanted = new Set(months.map((month) => `${month}.jsonl`));
  for (const shard of shardsOf(disk)) {
    if (!wanted.has(shard.slice(shard.indexOf('/') + 1))) continue;
    readLines(disk, shardPath(shard), START, (line) => visit(shard, line));
  }
}

function isPrefixUnchanged(disk: Disk, path: string, position: ReadPosition): boolean {
  // A file that shrank has fewer bytes there, and another digest.
  return tailSha256(disk, path, position.bytes) === position.tail_sha256;
}

/** The digest of up to 4,096 bytes before the offset. */
function tailSha256(disk: Disk, path: string, bytes: number): string {
  return sha256Hex(disk.readRange(path, Math.max(0, bytes - TAIL_BYTES), bytes));
}
