// How every append-only file is continued: what a power cut left at its end is put right first, then one append.

import { assert } from '../../domain/assert.ts';
import type { Disk } from '../../ports.ts';
import { type ReadEnd, scanLines, type VisitBytes } from './jsonl.ts';
import { DAY_PATTERN, MONTH_PATTERN } from './state-path.ts';

const START = { bytes: 0, lines: 0 } as const;

/** Scans a whole file, to learn what it holds and how it ends, before {@link appendAfter}. */
export function scanLog(disk: Disk, path: string, visit: VisitBytes): ReadEnd {
  return scanLines(disk, path, START, visit);
}

/**
 * Appends whole lines behind the place `end` that a scan of the same file returned: cuts off a torn tail, closes a
 * last line that lacks its line end, and writes all lines in one append. Writes nothing where nothing is owed.
 */
export function appendAfter(disk: Disk, path: string, end: ReadEnd, lines: readonly string[]): void {
  if (end.tornTail !== null) disk.truncate(path, end.bytes);
  const text = (end.endsWithLineFeed ? '' : '\n') + lines.map((line) => `${line}\n`).join('');
  if (text !== '') disk.append(path, text);
}

/**
 * Returns the id at the beginning of a line, where the line begins with `prefix` and the id needs no unescaping;
 * otherwise `null`, and the caller parses the line. A million lines cost a fraction of a second this way.
 *
 * @param prefix the bytes up to the quote that opens the id, such as `{"v":1,"event_id":"`
 */
export function idAfter(prefix: Buffer, buffer: Buffer, start: number, end: number): string | null {
  const from = start + prefix.length;
  if (from >= end || buffer.compare(prefix, 0, prefix.length, start, from) !== 0) return null;
  const close = buffer.indexOf(QUOTE, from);
  if (close === -1 || close >= end) return null;
  const id = buffer.toString('utf8', from, close);
  return id.includes('\\') ? null : id;
}

const QUOTE = 0x22;
const LINE_FEED = 0x0a;

/** Returns whether the last line of a file lacks its line end: whoever wrote it died over it. Absent and empty files do not. */
export function endsTorn(disk: Disk, path: string): boolean {
  const size = disk.size(path) ?? 0;
  return size > 0 && disk.readRange(path, size - 1, size)[0] !== LINE_FEED;
}

/** Asserts a month as it appears in file names, `2026-11`. */
export function assertMonth(month: string): void {
  assert(MONTH_PATTERN.test(month), `"${month}" is not a month; expected YYYY-MM`);
}

/** Asserts a day as it appears in file names, `2026-11-21`. */
export function assertDay(day: string): void {
  assert(DAY_PATTERN.test(day), `"${day}" is not a day; expected YYYY-MM-DD`);
}
