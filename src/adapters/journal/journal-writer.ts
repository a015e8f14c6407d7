// Appends to a journal: lines are gathered into a group, which is written, sealed and synced in one piece, or is as if it had never been.

import { assert } from '../../domain/assert.ts';
import type { JournalDisk } from '../../ports.ts';
import { chainOf, headLine, poisonLine, recordLine, sealLine } from './journal-line.ts';
import { segmentName } from './segment.ts';
import { isNoSpace, writeWhole } from './whole-file.ts';

/** Room that is taken while there is some, and given up where the disk is full. */
const RESERVE = 'reserve.bin';

const NOTHING = Buffer.alloc(0);

/** Where a journal goes on. */
export interface JournalEnd {
  readonly name: string;
  /** Length of the segment: everything up to its last seal. */
  readonly bytes: number;
  readonly chain: string;
  readonly check: number;
}

/** durable: on the platter. reserve: that too, but only with the reserve. full: not written, and nothing of it is left on the disk. */
export type WriteResult = 'durable' | 'reserve' | 'full';

export interface JournalWriter {
  record(seq: number, hash: string, event: string): void;
  /** An event that could not be applied. */
  poison(seq: number, error: string, event: string): void;
  /** Writes the group, with its seal. It stays gathered where the result is `full`. */
  seal(seq: number): WriteResult;
  /** Begins the next segment. Only between groups. Throws where the disk does; the journal then goes on in the segment it has. */
  rotate(head: { readonly first: number; readonly hash: string; readonly config: string }): void;
  /** Takes the reserve again; `false` where there is no room for it. */
  takeReserve(): boolean;
  end(): JournalEnd;
}

/**
 * Begins a journal, or its next segment.
 *
 * @param chain digest of the seal before.
 */
export function beginSegment(
  disk: JournalDisk,
  head: { readonly first: number; readonly hash: string; readonly config: string },
  chain: string,
): JournalEnd {
  const { line, check } = headLine({ ...head, chain });
  const name = segmentName(head.first);
  writeWhole(disk, name, line);
  return { name, bytes: Buffer.byteLength(line), chain, check };
}

/**
 * Returns the writer that goes on at `end`.
 *
 * @param covered what the next seal covers beside the group: the head of a segment that has no seal yet.
 */
export function journalWriter(
  disk: JournalDisk,
  start: JournalEnd,
  covered: Uint8Array,
  reserveBytes: number,
): JournalWriter {
  let { name, bytes, chain, check } = start;
  let head = covered;
  let group = '';
  let groupCheck = check;

  const add = ({ line, check: next }: { readonly line: string; readonly check: number }): void => {
    group += line;
    groupCheck = next;
  };

  return {
    record: (seq, hash, event) => add(recordLine(seq, hash, event, groupCheck)),
    poison: (seq, error, event) => add(poisonLine(seq, error, event, groupCheck)),
    seal(seq) {
      const records = Buffer.from(group);
      const nextChain = chainOf(chain, head, records);
      const seal = sealLine(seq, nextChain, groupCheck);
      const content = Buffer.concat([records, Buffer.from(seal.line)]);
      const result = writeGroup(disk, name, bytes, content);
      if (result === 'full') return result;
      disk.sync(name);
      bytes += content.length;
      [chain, check, groupCheck, group, head] = [nextChain, seal.check, seal.check, '', NOTHING];
      return result;
    },
    rotate(next) {
      assert(group === '', 'a segment begins between groups');
      const begun = beginSegment(disk, next, chain);
      ({ name, bytes, check } = begun);
      groupCheck = check;
      head = Buffer.from(headLine({ ...next, chain }).line);
    },
    takeReserve: () => takeReserve(disk, reserveBytes),
    end: () => ({ name, bytes, chain, check }),
  };
}

/** Where the disk is full, the reserve is given up, and the group is written again from its first byte. */
function writeGroup(disk: JournalDisk, name: string, at: number, content: Uint8Array): WriteResult {
  if (writeAll(disk, name, at, content)) return 'durable';
  if (disk.size(RESERVE) === null) return 'full';
  disk.remove(RESERVE);
  disk.syncFolder();
  return writeAll(disk, name, at, content) ? 'reserve' : 'full';
}

function writeAll(disk: JournalDisk, name: string, at: number, content: Uint8Array): boolean {
  try {
    for (let written = 0; written < content.length; ) {
      const taken = disk.append(name, content.subarray(written));
      assert(taken > 0, 'a disk that takes nothing says why');
      written += taken;
    }
    return true;
  } catch (error) {
    if (!isNoSpace(error)) throw error;
    disk.truncate(name, at);
    return false;
  }
}

/** Written with bytes of its own: a file of holes would take no room. */
function takeReserve(disk: JournalDisk, bytes: number): boolean {
  if (disk.size(RESERVE) === bytes) return true;
  try {
    writeWhole(disk, RESERVE, Buffer.alloc(bytes, 'reserve '));
    return true;
  } catch (error) {
    if (!isNoSpace(error)) throw error;
    return false;
  }
}
