// Reads files of one JSON value per line without holding them in memory, and without trusting how their writer ended.

import type { Problem } from '../../domain/problem.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { Disk } from '../../ports.ts';
import { jsonFault } from './json-fault.ts';

/** Longer lines are reported by their head and passed over; they are never held in memory. */
export const LINE_BYTES_MAX = 1_048_576;

/** The longest line with its line end: so every window begins at a line, and no line spans two windows. */
const WINDOW_BYTES = LINE_BYTES_MAX + 2;
const HEAD_BYTES = 2048;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** How far a file was read: bytes and lines before the place. */
export interface LinePlace {
  readonly bytes: number;
  readonly lines: number;
}

export interface TextLine {
  readonly kind: 'text';
  /** Without the line end. */
  readonly text: string;
  /** Counted from 1 at the beginning of the file. */
  readonly number: number;
  readonly startByte: number;
  /** Where the line end begins. */
  readonly endByte: number;
}

export interface LongLine {
  readonly kind: 'too_long';
  readonly number: number;
  /** The first 2,048 bytes. */
  readonly head: string;
}

export type Line = TextLine | LongLine;

export interface ReadEnd extends LinePlace {
  /** The last line where it was not finished by its writer; it lies behind `bytes`. A long one is cut to its head. */
  readonly tornTail: string | null;
  /** `false` where the last line is whole but lacks its line end: the next writer owes one. */
  readonly endsWithLineFeed: boolean;
}

/** Sees the bytes `[start, end)` of `buffer`, one line without its line end; they are not to be kept. */
export type VisitBytes = (buffer: Buffer, start: number, end: number, place: LinePlace) => void;

/**
 * Visits the lines of a file as text from `from` on; a file that does not exist has none. Empty lines are counted, not
 * visited. A last line without line end is visited where it is a whole JSON object, otherwise returned as `tornTail`
 * and not consumed: the next call with the returned place reads it again.
 */
export function readLines(disk: Disk, path: string, from: LinePlace, visit: (line: Line) => void): ReadEnd {
  return scanLines(
    disk,
    path,
    from,
    (buffer, start, end, place) => {
      const text = buffer.toString('utf8', start, end);
      if (text.length === 0 || text.trimStart().length === 0) return;
      visit({
        kind: 'text',
        text,
        number: place.lines,
        startByte: place.bytes,
        endByte: place.bytes + end - start,
      });
    },
    (head, number) => visit({ kind: 'too_long', number, head }),
  );
}

/**
 * Visits the lines of a file as bytes, for callers that need little of each. `place.bytes` is where the line begins,
 * `place.lines` its number. Otherwise as {@link readLines}, but empty lines are visited too.
 */
export function scanLines(
  disk: Disk,
  path: string,
  from: LinePlace,
  visit: VisitBytes,
  visitLong: (head: string, number: number) => void = () => {},
): ReadEnd {
  const size = disk.size(path) ?? 0;
  let lines = from.lines;
  let at = from.bytes + owedLineEnd(disk, path, from.bytes, size);
  const visitLine = (buffer: Buffer, start: number, feed: number): void => {
    lines += 1;
    const begin = at === 0 && start === 0 ? start + markLength(buffer) : start;
    const end = feed > begin && buffer[feed - 1] === CARRIAGE_RETURN ? feed - 1 : feed;
    if (end - begin > LINE_BYTES_MAX) visitLong(headOf(buffer.subarray(begin)), lines);
    else visit(buffer, begin, end, { bytes: at + begin, lines });
  };
  while (at < size) {
    const window = disk.readRange(path, at, Math.min(at + WINDOW_BYTES, size));
    let start = 0;
    for (let feed = window.indexOf(LINE_FEED); feed !== -1; feed = window.indexOf(LINE_FEED, start)) {
      visitLine(window, start, feed);
      start = feed + 1;
    }
    if (start === 0) {
      const reachesEnd = at + window.length >= size;
      const next = reachesEnd ? null : lineFeedAfter(disk, path, at + window.length, size);
      if (next === null) return tailEnd(window, reachesEnd);
      lines += 1;
      visitLong(headOf(window), lines);
      start = next + 1 - at;
    }
    at += start;
  }
  return { bytes: at, lines, tornTail: null, endsWithLineFeed: true };

  function tailEnd(tail: Buffer, isWhole: boolean): ReadEnd {
    const text =
      isWhole && tail.length <= LINE_BYTES_MAX ? tail.toString('utf8', at === 0 ? markLength(tail) : 0) : '';
    if (!isWholeObject(text)) return { bytes: at, lines, tornTail: headOf(tail), endsWithLineFeed: true };
    visitLine(tail, 0, tail.length);
    return { bytes: at + tail.length, lines, tornTail: null, endsWithLineFeed: false };
  }
}

/**
 * Parses one line.
 *
 * @returns the value, or the column and cause; Python's `NaN` and `Infinity` are named.
 */
export function parseJsonLine(text: string): Result<unknown, Problem> {
  try {
    return ok(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const fault = jsonFault(text);
    return err(
      fault === null
        ? { path: '', message: 'is not JSON; expected one JSON object on the line' }
        : { path: `column ${fault.column}`, message: fault.message },
    );
  }
}

/** Returns the length of a line end at `at` that belongs to a line which was consumed before it had one. */
function owedLineEnd(disk: Disk, path: string, at: number, size: number): number {
  if (at === 0 || at >= size) return 0;
  const [before, first, second] = disk.readRange(path, at - 1, at + 2);
  if (before === LINE_FEED) return 0;
  if (first === LINE_FEED) return 1;
  return first === CARRIAGE_RETURN && second === LINE_FEED ? 2 : 0;
}

function lineFeedAfter(disk: Disk, path: string, from: number, size: number): number | null {
  for (let at = from; at < size; at += WINDOW_BYTES) {
    const feed = disk.readRange(path, at, Math.min(at + WINDOW_BYTES, size)).indexOf(LINE_FEED);
    if (feed !== -1) return at + feed;
  }
  return null;
}

/** Only an object proves that it was not cut: `12` may be the beginning of `123`. */
function isWholeObject(text: string): boolean {
  return text.startsWith('{') && parseJsonLine(text).ok;
}

function markLength(buffer: Buffer): number {
  return buffer.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
}

/** Cuts at a byte, so the last character may be broken: it is left out. */
function headOf(buffer: Buffer): string {
  const text = buffer.toString('utf8', 0, HEAD_BYTES);
  return buffer.length > HEAD_BYTES ? text.replace(/\uFFFD+$/, '') : text;
}
