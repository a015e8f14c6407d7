// Reconciled rows by day of exit: inserted once, never changed, and the same bytes whatever the order of the runs.

import { assert } from '../../domain/assert.ts';
import { compareRows, ReconciledRow, rowKey } from '../../domain/row.ts';
import { dayOf, msFromIso } from '../../domain/time.ts';
import type { Disk } from '../../ports.ts';
import { assertDay } from './append-log.ts';
import { CorruptStateError } from './corrupt-state.ts';
import { readLines } from './jsonl.ts';
import { parseRecord, recordFrom, recordLine, type StoredRecord } from './record-line.ts';
import { DAY_PATTERN, MONTH_PATTERN, stemOf } from './state-path.ts';

const FOLDER = 'alpha/reconciled';
const TAIL_BYTES = 65_536;

export interface InsertOutcome {
  readonly inserted: number;
  /** The stored rows whose keys were offered again; they stay as they are. */
  readonly existing: readonly ReconciledRow[];
}

/** A day's file as it was found. */
interface StoredDay {
  readonly rows: readonly StoredRecord<ReconciledRow>[];
  /** `false` where the last line is torn or lacks its line end. */
  readonly isWhole: boolean;
}

/** Returns the row as its line on disk (without the line end), keys in schema order. */
export function rowLine(row: ReconciledRow): string {
  return recordLine(ReconciledRow, row);
}

/**
 * Inserts rows into the file of the UTC day of their exit. Rows that all come after the last stored one are appended,
 * and then only the file's end is read: a key is looked for where its row would stand, since the exit of an event at a
 * horizon never moves. Otherwise the day is merged and replaced. A torn last line is dropped and healed.
 *
 * @param rows sorted by `compareRows`, all of that day
 * @throws CorruptStateError where the file holds anything but rows in order; nothing is written over that.
 */
export function insertRows(disk: Disk, day: string, rows: readonly ReconciledRow[]): InsertOutcome {
  assertBatch(day, rows);
  const path = dayPath(day);
  const first = rows[0];
  if (first === undefined) return { inserted: 0, existing: [] };
  const last = rowAtEnd(disk, path);
  if (disk.size(path) === null || (last !== null && compareRows(last, first) < 0)) {
    disk.append(path, linesOf(rows.map(rowLine)));
    return { inserted: rows.length, existing: [] };
  }
  return mergeRows(disk, path, rows);
}

function mergeRows(disk: Disk, path: string, rows: readonly ReconciledRow[]): InsertOutcome {
  const stored = loadDay(disk, path);
  const byKey = new Map(stored.rows.map(({ record }) => [keyOf(record), record]));
  const existing = rows.flatMap((row) => byKey.get(keyOf(row)) ?? []);
  const fresh = rows.filter((row) => !byKey.has(keyOf(row)));
  if (fresh.length > 0 || !stored.isWhole) {
    const all = [...stored.rows, ...fresh.map((row) => ({ record: row, text: rowLine(row) }))];
    all.sort((a, b) => compareRows(a.record, b.record));
    disk.replace(path, linesOf(all.map(({ text }) => text)));
  }
  return { inserted: fresh.length, existing };
}

/** Returns the days that have rows, oldest first, as `YYYY-MM-DD`. */
export function rowDays(disk: Disk): string[] {
  const days: string[] = [];
  for (const month of disk.list(FOLDER)) {
    if (!MONTH_PATTERN.test(month)) continue;
    for (const name of disk.list(`${FOLDER}/${month}`)) {
      const day = stemOf(name, '.jsonl', DAY_PATTERN);
      if (day?.startsWith(month) === true) days.push(day);
    }
  }
  return days;
}

/**
 * Returns the bytes of a day that has rows. Rows are only ever inserted, so equal bytes are equal rows.
 *
 * @throws CorruptStateError where something else than a file stands in its place.
 */
export function dayBytes(disk: Disk, day: string): number {
  const bytes = disk.size(dayPath(day));
  if (bytes === null) throw new CorruptStateError(dayPath(day), 'is not a file; expected the rows of a day');
  return bytes;
}

/**
 * Returns the rows of a day in order; none where there is no file. A torn last line is left out.
 *
 * @throws CorruptStateError with file and line, where the file holds anything but rows in order.
 */
export function readDay(disk: Disk, day: string): ReconciledRow[] {
  return loadDay(disk, dayPath(day)).rows.map(({ record }) => record);
}

/** Which rows of each horizon are wanted: the newest `max` that ended between two instants, both included. */
interface RowsWanted {
  readonly horizonsHours: readonly number[];
  readonly max: number;
  /** Default: as far back as there are rows. */
  readonly fromMs?: number | null;
  readonly throughMs: number;
}

/**
 * Returns, for each horizon, the newest rows of the time that is wanted, at most `max`, oldest first. Days are
 * read backwards, each once for all horizons, and no further than needed.
 *
 * @param keep what is held of a row: a million whole rows are a gigabyte of memory
 */
export function newestRows<T>(
  disk: Disk,
  want: RowsWanted,
  keep: (row: ReconciledRow) => T,
): Map<number, T[]> {
  const found = new Map<number, T[]>(want.horizonsHours.map((horizonHours) => [horizonHours, []]));
  const isShort = (rows: readonly T[]): boolean => rows.length < want.max;
  const { fromMs = null, throughMs } = want;
  const [firstDay, lastDay] = [fromMs === null ? '' : dayOf(fromMs), dayOf(throughMs)];
  const isWithin = (ms: number): boolean => ms <= throughMs && (fromMs === null || ms >= fromMs);
  const days = rowDays(disk).filter((day) => firstDay <= day && day <= lastDay);
  for (let day = days.pop(); day !== undefined && [...found.values()].some(isShort); day = days.pop()) {
    for (const row of readDay(disk, day).reverse()) {
      const rows = found.get(row.horizon_hours);
      if (rows !== undefined && isShort(rows) && isWithin(msFromIso(row.exit_at))) rows.push(keep(row));
    }
  }
  for (const rows of found.values()) rows.reverse();
  return found;
}

/** Returns where the rows of a day are. */
export function dayPath(day: string): string {
  assertDay(day);
  return `${FOLDER}/${day.slice(0, 7)}/${day}.jsonl`;
}

function keyOf(row: ReconciledRow): string {
  return rowKey(row.event_id, row.horizon_hours);
}

function linesOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function assertBatch(day: string, rows: readonly ReconciledRow[]): void {
  let previous: ReconciledRow | null = null;
  for (const row of rows) {
    assert(row.exit_at.startsWith(day), () => `the row ${keyOf(row)} ends ${row.exit_at}, not on ${day}`);
    assert(
      previous === null || compareRows(previous, row) < 0,
      () =>
        `the row ${keyOf(row)} is out of order or twice in the batch; expected rows sorted by compareRows`,
    );
    previous = row;
  }
}

/** Returns the last row from the end of the file, or `null` where that does not show one whole line with its line end. */
function rowAtEnd(disk: Disk, path: string): ReconciledRow | null {
  const size = disk.size(path) ?? 0;
  const from = Math.max(0, size - TAIL_BYTES);
  if (size === 0) return null;
  const tail = disk.readRange(path, from, size).toString('utf8');
  if (!tail.endsWith('\n')) return null;
  const start = tail.lastIndexOf('\n', tail.length - 2) + 1;
  // A line that is no row, or begins before these bytes, is left to the reader of the whole file, who knows its number.
  const row = parseRecord(ReconciledRow, tail.slice(start, -1));
  return row.ok ? row.value : null;
}

function loadDay(disk: Disk, path: string): StoredDay {
  const rows: StoredRecord<ReconciledRow>[] = [];
  const end = readLines(disk, path, { bytes: 0, lines: 0 }, (line) => {
    const stored = recordFrom(ReconciledRow, path, line);
    const previous = rows.at(-1)?.record;
    if (previous !== undefined && compareRows(previous, stored.record) >= 0) {
      const finding = `the row ${keyOf(stored.record)} is out of order; expected exit_at, event_id, horizon_hours ascending`;
      throw new CorruptStateError(`${path}:${line.number}`, finding);
    }
    rows.push(stored);
  });
  return { rows, isWhole: end.tornTail === null && end.endsWithLineFeed };
}
