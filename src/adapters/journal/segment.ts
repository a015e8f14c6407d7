// One file of a journal, checked: its head, its groups up to their seals, and what its writer did not finish.

import type { JournalDisk } from '../../ports.ts';
import { damage, isFault, type JournalFault } from './journal-fault.ts';
import { chainOf, checkOf, type Head, type JournalLine, lineFrom } from './journal-line.ts';

const SEGMENT = /^pink-(\d{12})\.jsonl$/;
const LINE_FEED = 0x0a;

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

/** Lines that were written and synced in one piece: `[start, end)` are their bytes, the seal behind them left out. */
export interface Group {
  readonly start: number;
  readonly end: number;
  /** Number of its last record. */
  readonly lastSeq: number;
  /** The digest of its seal. */
  readonly chain: string;
}

export interface Segment {
  readonly name: string;
  readonly bytes: Buffer;
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
  const bytes = disk.readRange(name, 0, disk.size(name) ?? 0);
  const scan = new Scan(name, bytes);
  const head = scan.head();
  return isFault(head) ? head : scan.groups(head);
}

/** Reads the line `[start, end)`. */
export function lineAt(bytes: Buffer, start: number, end: number): JournalLine | null {
  return lineFrom(bytes.toString('utf8', start, end));
}

/** Returns where the line that begins at `start` ends, without its line end; -1 where it has none. */
export function lineEnd(bytes: Buffer, start: number): number {
  return bytes.indexOf(LINE_FEED, start);
}

class Scan {
  private readonly name: string;
  private readonly bytes: Buffer;
  private headEnd = 0;
  private headCheck = 0;

  constructor(name: string, bytes: Buffer) {
    this.name = name;
    this.bytes = bytes;
  }

  head(): Head | JournalFault {
    const { bytes } = this;
    const end = lineEnd(bytes, 0);
    const check = end < 0 ? null : checkOf(bytes, 0, end, 0);
    const line = check === null ? null : lineAt(bytes, 0, end);
    if (check === null || line?.kind !== 'head')
      return this.fault(0, null, 'the first line is no head of a journal, or is damaged');
    if (segmentName(line.first) !== this.name)
      return this.fault(
        0,
        null,
        `the head says that record ${line.first} is the first, the name says another`,
      );
    this.headEnd = end + 1;
    this.headCheck = check;
    return line;
  }

  groups(head: Head): Segment | JournalFault {
    const { bytes, name } = this;
    const groups: Group[] = [];
    let [chain, check, lastSeq] = [head.chain, this.headCheck, head.first - 1];
    /** The first seal covers the head too. */
    let [covered, start] = [0, this.headEnd];
    let sealedBytes = this.headEnd;
    for (let at = start; at < bytes.length; ) {
      const end = lineEnd(bytes, at);
      if (end < 0) break;
      // No other line of a journal has an `s` there.
      if (bytes[at + 2] !== 0x73) {
        at = end + 1;
        continue;
      }
      const seal = lineAt(bytes, at, end);
      const sealed = chainOf(chain, bytes.subarray(covered, at));
      if (seal?.kind !== 'seal' || seal.chain !== sealed) return this.damaged(start, end, check, lastSeq);
      const sealCheck = checkOf(bytes, at, end, checkBefore(bytes, at));
      if (sealCheck === null) return this.damaged(start, end, check, lastSeq);
      groups.push({ start, end: at, lastSeq: seal.seq, chain: sealed });
      [chain, check, lastSeq] = [sealed, sealCheck, seal.seq];
      at = end + 1;
      [covered, start, sealedBytes] = [at, at, at];
    }
    const tail = this.tail(sealedBytes, check, lastSeq);
    if (typeof tail !== 'number') return tail;
    return { name, bytes, head, groups, sealedBytes, unsealedRecords: tail, lastSeq, chain, check };
  }

  /** Returns how many whole records follow the last seal, where what follows can have been cut off by a crash. */
  private tail(from: number, before: number, lastSeq: number): number | JournalFault {
    const { bytes } = this;
    let [check, records] = [before, 0];
    let at = from;
    for (let end = lineEnd(bytes, at); end >= 0; end = lineEnd(bytes, at)) {
      const next = checkOf(bytes, at, end, check);
      if (next === null) return this.damaged(from, bytes.length, before, lastSeq);
      [check, records, at] = [next, records + 1, end + 1];
    }
    // A whole line whose line end is another byte was not cut off: it was changed.
    const isChanged = bytes.length > at && checkOf(bytes, at, bytes.length - 1, check) !== null;
    if (isChanged)
      return this.fault(bytes.length - 1, null, 'the last line is whole, but its line end is not');
    return records;
  }

  /** Finds the line of `[from, to)` that does not fit its checksum; where all do, the seal itself is wrong. */
  private damaged(from: number, to: number, before: number, lastSeq: number): JournalFault {
    const { bytes } = this;
    let [check, seq, at] = [before, lastSeq, from];
    while (at < to) {
      const end = lineEnd(bytes, at);
      const next = end < 0 ? null : checkOf(bytes, at, end, check);
      if (next === null)
        return this.fault(
          at,
          seq + 1,
          'the record does not fit its checksum: it was damaged after it was written',
        );
      if (lineAt(bytes, at, end)?.kind === 'record') seq += 1;
      [check, at] = [next, end + 1];
    }
    return this.fault(
      from,
      lastSeq + 1,
      'the records fit their checksums, but not the SHA-256 of their seal',
    );
  }

  private fault(offset: number, record: number | null, problem: string): JournalFault {
    return damage({ file: this.name, offset, record }, problem);
  }
}

/** The checksum that the line before `start` carries. */
function checkBefore(bytes: Buffer, start: number): number {
  return Number.parseInt(bytes.toString('latin1', start - 11, start - 3), 16);
}
