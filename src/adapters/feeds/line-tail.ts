// The lines of one file that others append to, cut off, rotate and replace: each whole line once, in the order of writing.

import { type InputLine, type LineSplitter, lineSplitter } from '../input/lines.ts';
import type { FollowedFile, FollowedFiles } from './followed-files.ts';
import { SCAN_BYTES_MAX } from './scan-intake.ts';

const CHUNK_BYTES = 1024 * 1024;
/** So much of what was read last has to be there still; otherwise the file was written anew. */
const MARK_BYTES = 64;
const NEWLINE = 0x0a;

/** A line, and where it stands. */
export interface PlacedLine {
  readonly line: InputLine;
  readonly place: string;
}

/** What one look at a file came to: there is none, everything in it is read, or there is more to read at once. */
export interface TailLook {
  readonly found: 'missing' | 'read' | 'more';
  readonly lines: readonly PlacedLine[];
}

export interface LineTail {
  /** Reads on, by one piece of at most 1 MiB. Throws what the disk throws. */
  look(): TailLook;
  /** Closes the file. What is left of it without a newline is a line. */
  finish(): readonly PlacedLine[];
}

interface Reading {
  readonly file: FollowedFile;
  /** Everything before it was read. */
  offset: number;
  splitter: LineSplitter;
  /** The last bytes before `offset`. */
  mark: Buffer;
  /** Whether it began amid a line, whose rest nobody can read. */
  isAmidLine: boolean;
  /** Before the numbers of its lines: they are counted from the beginning, or from where the reading began. */
  readonly sign: '' | '+';
}

/**
 * Lines of another file under the same name follow those of the one before, which is read once more after it lost its name: whoever
 * rotates files goes on to write the old one for a moment.
 *
 * @param name of the file, for places as `scans.jsonl:7`; `scans.jsonl:+7` is the seventh line after the end at which the reading began.
 * @param from `end`: what is in the file at the first look is passed over. A file that is not there yet is read from its start.
 */
export function lineTail(files: FollowedFiles, path: string, name: string, from: 'start' | 'end'): LineTail {
  let reading: Reading | null = null;
  let isFirstLook = true;
  let hasLostName = false;
  const open = (): Reading | null => {
    const file = files.open(path);
    const isFromEnd = isFirstLook && from === 'end';
    isFirstLook = false;
    if (file === null) return null;
    const offset = isFromEnd ? file.size() : 0;
    const mark = file.read(Math.max(0, offset - MARK_BYTES), offset);
    const isAmidLine = offset > 0 && mark.at(-1) !== NEWLINE;
    const splitter = lineSplitter(SCAN_BYTES_MAX);
    return { file, offset, splitter, mark, isAmidLine, sign: isFromEnd ? '+' : '' };
  };
  const finish = (): readonly PlacedLine[] => {
    if (reading === null) return [];
    const { file, splitter, sign } = reading;
    reading = null;
    hasLostName = false;
    file.close();
    const rest = splitter.end();
    return rest === null ? [] : placed([rest], name, sign);
  };
  return {
    look() {
      reading ??= open();
      if (reading === null) return { found: 'missing', lines: [] };
      // Before anything is read: where it fails, the lines are those of a later look.
      const isNamed = files.identityOf(path) === reading.file.identity;
      const lines = placed(linesOf(reading), name, reading.sign);
      if (reading.offset < reading.file.size()) return { found: 'more', lines };
      if (isNamed || !hasLostName) {
        hasLostName = !isNamed;
        return { found: 'read', lines };
      }
      return { found: 'more', lines: [...lines, ...finish()] };
    },
    finish,
  };
}

function placed(lines: readonly InputLine[], name: string, sign: '' | '+'): readonly PlacedLine[] {
  return lines.map((line) => ({ line, place: `${name}:${sign}${line.number}` }));
}

/** Reads the next piece. A file that is shorter than before, or has other bytes where we were, was written anew from its start. */
function linesOf(reading: Reading): readonly InputLine[] {
  const { file } = reading;
  const size = file.size();
  if (size === reading.offset) return [];
  const markFrom = reading.offset - reading.mark.length;
  const bytes = file.read(markFrom, Math.min(size, reading.offset + CHUNK_BYTES));
  if (size < reading.offset || !bytes.subarray(0, reading.mark.length).equals(reading.mark))
    return begunAnew(reading);
  let news = bytes.subarray(reading.mark.length);
  reading.offset += news.length;
  reading.mark = Buffer.from(bytes.subarray(Math.max(0, bytes.length - MARK_BYTES)));
  if (reading.isAmidLine) {
    const end = news.indexOf(NEWLINE);
    reading.isAmidLine = end === -1;
    news = end === -1 ? news.subarray(news.length) : news.subarray(end + 1);
  }
  return reading.splitter.push(news);
}

/** What was begun and never ended is a line as well, so that somebody hears of it. */
function begunAnew(reading: Reading): readonly InputLine[] {
  const rest = reading.splitter.end();
  reading.splitter = lineSplitter(SCAN_BYTES_MAX);
  reading.offset = 0;
  reading.mark = Buffer.alloc(0);
  reading.isAmidLine = false;
  return rest === null ? [] : [rest];
}
