// One file of a journal, checked: its head, its groups up to their seals, and what its writer did not finish.

import type { JournalDisk } from '../../ports.ts';
import { damage, isFault, type JournalFault } from './journal-fault.ts';
import { chainOf, checkOf, type Head, type JournalLine, lineFrom } from './journal-line.ts';

const SEGMENT = /^pink-(\d{12})\.jsonl$/;
const LINE_FEED = 0x0a;
/** The `s` of `{"seal"`, which no other line has there: so that looking for seals reads no lines. */
const SEAL_MARK = 0x73;
const SEAL_MARK_AT = 2;

export interface SegmentName {
  readonly name: string;
  /** Number of the first record. */
  readonly first: number;
}

/** Returns the name of the segment that begins with record `first`. */
export function segmentName(first: number): string {
  return `pink-${String(first).padStart(12, '0')}.jsonl`;
}

/** Returns the segments of a folder, oldest first. */
export function segmentsOf(disk: JournalDisk): readonly SegmentName[] {
  return disk.list().flatMap((name) => {
    const first = SEGMENT.exec(name)?.[1];
    return first === undefined ? [] : [{ name, first: Number(first) }];
  });
}

/** Bytes of a segment, from byte `base` of its file on. */
export interface SegmentPart {
  readonly name: string;
  readonly bytes: Buffer;
  readonly base: number;
}

/** Lines that were written and synced in one piece: `[start, end)` are their bytes, the seal behind them left out. */
export interface Group {
  readonly start: number;
  readonly end: number;
  /** Number of its last record. */
  readonly lastSeq: number;
  /** The digest of its seal. */
  readonly chain: string;
  /** The checksum of its seal, which the next line goes on from. */
  readonly check: number;
  /** Where the line behind its seal begins. */
  readonly next: number;
}

/** A place up to which everything fits, at the begin of a line. */
export interface SealedPlace {
  /** Among the bytes that are looked at. */
  readonly at: number;
  /** The checksum of the line before. */
  readonly check: number;
  /** The last record before it. */
  readonly lastSeq: number;
  /** The digest of the seal before. */
  readonly chain: string;
  /** From where on the next seal covers: the first one covers the head too. */
  readonly covered: number;
}

export interface Segment extends SegmentPart {
  readonly head: Head;
  readonly groups: readonly Group[];
  /** Where the last seal ends: what follows was never sealed. */
  readonly sealedBytes: number;
  /** How many whole records follow. */
  readonly unsealedRecords: number;
  readonly lastSeq: number;
  readonly chain: string;
  /** The checksum of the last sealed line, which the next one goes on from. */
  readonly check: number;
}

/**
 * Reads a segment as a whole and checks every seal of it. Only what lies behind the last seal, is whole up to its last line, and
 * has no end there, counts as cut off; anything else that does not fit its checksums is a fault.
 */
export function readSegment(disk: JournalDisk, name: string): Segment | JournalFault {
  const part: SegmentPart = { name, bytes: disk.readRange(name, 0, disk.size(name) ?? 0), base: 0 };
  const begin = headOf(part);
  if (isFault(begin)) return begin;
  const found = sealedGroups(part, begin.place);
  if (isFault(found)) return found;
  const { groups, unsealedRecords, place } = found;
  const { at: sealedBytes, check, lastSeq, chain } = place;
  return { ...part, head: begin.head, groups, sealedBytes, unsealedRecords, lastSeq, chain, check };
}

/** Reads the line `[start, end)`. */
export function lineAt(bytes: Buffer, start: number, end: number): JournalLine | null {
  return lineFrom(bytes.toString('utf8', start, end));
}

/** Returns where the line that begins at `start` ends, without its line end; -1 where it has none. */
export function lineEnd(bytes: Buffer, start: number): number {
  return bytes.indexOf(LINE_FEED, start);
}

/** Reads the head of a segment, whose bytes have to begin with it. */
export function headOf({ name, bytes }: SegmentPart): HeadFound | JournalFault {
  const place = { file: name, offset: 0, record: null };
  const end = lineEnd(bytes, 0);
  const check = end < 0 ? null : checkOf(bytes, 0, end, 0);
  const head = check === null ? null : lineAt(bytes, 0, end);
  if (check === null || head?.kind !== 'head')
    return damage(place, 'the first line is no head of a journal, or is damaged');
  if (segmentName(head.first) !== name)
    return damage(place, `the head says that record ${head.first} is the first, the name says another`);
  const lastSeq = head.first - 1;
  return { head, place: { at: end + 1, check, lastSeq, chain: head.chain, covered: 0 } };
}

interface HeadFound {
  readonly head: Head;
  /** Behind it. */
  readonly place: SealedPlace;
}

interface GroupsFound {
  readonly groups: readonly Group[];
  /** Behind the last seal. */
  readonly place: SealedPlace;
  /** How many whole records follow. */
  readonly unsealedRecords: number;
}

/** Finds the groups behind a place, and checks every seal of them; what follows the last seal may be cut off anywhere. */
export function sealedGroups(part: SegmentPart, from: SealedPlace): GroupsFound | JournalFault {
  const { bytes } = part;
  const groups: Group[] = [];
  let place = from;
  for (let at = place.at, end = lineEnd(bytes, at); end >= 0; at = end + 1, end = lineEnd(bytes, at)) {
    if (bytes[at + SEAL_MARK_AT] !== SEAL_MARK) continue;
    const seal = lineAt(bytes, at, end);
    const chain = chainOf(place.chain, bytes.subarray(place.covered, at));
    if (seal?.kind !== 'seal' || seal.chain !== chain) return damagedLine(part, place, end);
    const check = checkOf(bytes, at, end, at === place.at ? place.check : checkBefore(bytes, at));
    if (check === null) return damagedLine(part, place, end);
    const next = end + 1;
    groups.push({ start: place.at, end: at, lastSeq: seal.seq, chain, check, next });
    place = { at: next, check, lastSeq: seal.seq, chain, covered: next };
  }
  const unsealedRecords = recordsBehind(part, place);
  if (typeof unsealedRecords !== 'number') return unsealedRecords;
  return { groups, place, unsealedRecords };
}

/** Returns how many whole records follow the last seal, where what follows can have been cut off by a crash. */
function recordsBehind(part: SegmentPart, place: SealedPlace): number | JournalFault {
  const { bytes, name, base } = part;
  let { at, check } = place;
  let records = 0;
  for (let end = lineEnd(bytes, at); end >= 0; end = lineEnd(bytes, at)) {
    const next = checkOf(bytes, at, end, check);
    if (next === null) return damagedLine(part, place, bytes.length);
    [check, records, at] = [next, records + 1, end + 1];
  }
  // A whole line whose line end is another byte was not cut off: it was changed.
  const last = bytes.length - 1;
  if (at > last || checkOf(bytes, at, last, check) === null) return records;
  return damage(
    { file: name, offset: base + last, record: null },
    'the last line is whole, but its line end is not',
  );
}

/** Finds the line between what is sound and `to` that does not fit its checksum; where all do, the seal itself is wrong. */
function damagedLine({ name, bytes, base }: SegmentPart, sound: SealedPlace, to: number): JournalFault {
  let { at, check, lastSeq } = sound;
  while (at < to) {
    const end = lineEnd(bytes, at);
    const next = end < 0 ? null : checkOf(bytes, at, end, check);
    const place = { file: name, offset: base + at, record: lastSeq + 1 };
    if (next === null)
      return damage(
        place,
        'the record does not fit its checksum: it, or what stands before it, was changed after it was written',
      );
    if (lineAt(bytes, at, end)?.kind === 'record') lastSeq += 1;
    [check, at] = [next, end + 1];
  }
  const place = { file: name, offset: base + sound.at, record: sound.lastSeq + 1 };
  return damage(place, 'the records fit their checksums, but not the SHA-256 of their seal');
}

/** The checksum that the line before `start` carries. */
function checkBefore(bytes: Buffer, start: number): number {
  return Number.parseInt(bytes.toString('latin1', start - 11, start - 3), 16);
}
