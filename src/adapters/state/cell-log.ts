// supervisor/cells/YYYY-MM.jsonl: the tail of every class and regime as it was known then, so that limits can be replayed.

import { recordDigest } from '../../domain/canonical.ts';
import { type CellLineDraft, CellStatistics } from '../../domain/cvar.ts';
import type { Disk } from '../../ports.ts';
import { appendAfter, assertMonth, idAfter, scanLog } from './append-log.ts';
import { readLines } from './jsonl.ts';
import { recordFrom, recordLine } from './record-line.ts';
import { MONTH_PATTERN, stemOf } from './state-path.ts';

const FOLDER = 'supervisor/cells';
const CELL_PREFIX = Buffer.from('{"v":1,"cell_id":"');

/**
 * Returns the recorded lines, by month and then in the order in which they were written. A torn last line is left out.
 *
 * @param want.month the only month of `as_of` that is read, `YYYY-MM`; default: all
 * @throws CorruptStateError with file and line, where a line is not such a record.
 */
export function readCellLines(disk: Disk, want: { readonly month?: string } = {}): CellStatistics[] {
  const lines: CellStatistics[] = [];
  const months = want.month === undefined ? cellMonths(disk).reverse() : [want.month];
  for (const path of months.map(pathOf)) {
    readLines(disk, path, { bytes: 0, lines: 0 }, (line) => {
      lines.push(recordFrom(CellStatistics, path, line).record);
    });
  }
  return lines;
}

/** Returns the months that hold lines, `YYYY-MM`, newest first. */
export function cellMonths(disk: Disk): string[] {
  return disk
    .list(FOLDER)
    .flatMap((name) => stemOf(name, '.jsonl', MONTH_PATTERN) ?? [])
    .sort()
    .reverse();
}

/**
 * Appends the lines whose ids the month of their `as_of` does not hold yet, in the given order. A torn last line is cut
 * off: its writer measures the same again. The caller holds the lock `supervise`.
 *
 * @returns how many were new.
 */
export function appendCellLines(disk: Disk, lines: readonly CellLineDraft[]): number {
  const months = new Map<string, Map<string, CellLineDraft>>();
  for (const line of lines) {
    const month = line.as_of.slice(0, 7);
    const fresh = months.get(month) ?? new Map<string, CellLineDraft>();
    if (!fresh.has(line.cell_id)) fresh.set(line.cell_id, line);
    months.set(month, fresh);
  }
  let appended = 0;
  for (const [month, fresh] of [...months].sort(([a], [b]) => (a < b ? -1 : 1))) {
    appended += appendMonth(disk, month, fresh);
  }
  return appended;
}

/** Takes the stored ones out of `fresh`. */
function appendMonth(disk: Disk, month: string, fresh: Map<string, CellLineDraft>): number {
  const path = pathOf(month);
  const end = scanLog(disk, path, (buffer, start, stop) => {
    const id = idAfter(CELL_PREFIX, buffer, start, stop);
    if (id !== null) fresh.delete(id);
  });
  const texts = [...fresh.values()].map((line) =>
    recordLine(CellStatistics, { ...line, content_sha256: recordDigest(line) }),
  );
  appendAfter(disk, path, end, texts);
  return texts.length;
}

function pathOf(month: string): string {
  assertMonth(month);
  return `${FOLDER}/${month}.jsonl`;
}
