// Rows as lines of JSON, one file for each UTC day: what was appended already is known by the last line, so that each row is there once.

import { err, ok, type Result } from '../../domain/result.ts';
import type { SinkRow } from '../../domain/sink-row.ts';
import type { Disk, Sink } from '../../ports.ts';
import { isBehind, type RowPlace } from './row-draft.ts';

const FOLDER = 'rows';
const NAME = /^\d{4}-\d{2}-\d{2}\.ndjson$/;
const LINE_FEED = 0x0a;
/** Where the last line is looked for first; longer ones are rare. */
const TAIL_BYTES = 65_536;

const BEFORE_ALL: RowPlace = { at: '', seq: 0, part: -1 };

/**
 * Returns the sink that appends to `rows/YYYY-MM-DD.ndjson` below a folder, each batch durable as a whole. A last line that a crash cut
 * off is removed, since its row comes again.
 */
export function ndjsonSink(disk: Disk): Sink {
  /** `null`: to be looked up, at the begin and after whatever failed. */
  let last: RowPlace | null = null;
  const write = (rows: readonly SinkRow[]): void => {
    last ??= lastRow(disk);
    for (const [path, news] of byDay(rows.filter((row) => isBehind(row, last ?? BEFORE_ALL)))) {
      disk.append(path, news.map((row) => `${JSON.stringify(row)}\n`).join(''));
      last = news.at(-1) ?? last;
    }
  };
  return {
    name: 'ndjson',
    write(rows): Promise<Result<void, string>> {
      try {
        write(rows);
        return Promise.resolve(ok(undefined));
      } catch (error) {
        // A part of the batch may be there.
        last = null;
        return Promise.resolve(err(`the rows could not be appended: ${textOf(error)}`));
      }
    },
    close: () => Promise.resolve(),
  };
}

function byDay(rows: readonly SinkRow[]): ReadonlyMap<string, readonly SinkRow[]> {
  const days = new Map<string, SinkRow[]>();
  for (const row of rows) {
    const path = `${FOLDER}/${row.at.slice(0, 10)}.ndjson`;
    const day = days.get(path);
    if (day === undefined) days.set(path, [row]);
    else day.push(row);
  }
  return days;
}

/** Finds the last row of the newest file that has one, and repairs the end of each on the way. */
function lastRow(disk: Disk): RowPlace {
  const names = disk.list(FOLDER).filter((name) => NAME.test(name));
  for (const name of names.reverse()) {
    const path = `${FOLDER}/${name}`;
    const line = lastLine(disk, path);
    if (line !== null) return standingOf(line, path);
  }
  return BEFORE_ALL;
}

/** Returns the last whole line, and cuts off what follows it; `null` where there is none. */
function lastLine(disk: Disk, path: string): string | null {
  const size = disk.size(path) ?? 0;
  for (let bytes = TAIL_BYTES; ; bytes *= 4) {
    const from = Math.max(0, size - bytes);
    const tail = disk.readRange(path, from, size);
    const end = tail.lastIndexOf(LINE_FEED);
    const begin = end <= 0 ? -1 : tail.lastIndexOf(LINE_FEED, end - 1);
    if (from > 0 && (end < 0 || begin < 0)) continue;
    if (from + end + 1 < size) disk.truncate(path, from + end + 1);
    return end < 0 ? null : tail.toString('utf8', begin + 1, end);
  }
}

/** A whole line that is no row was written by somebody else, and tells nothing of where to go on. */
function standingOf(line: string, path: string): RowPlace {
  let row: Partial<RowPlace>;
  try {
    row = JSON.parse(line) as Partial<RowPlace>;
  } catch {
    row = {};
  }
  const { at, seq, part } = row;
  if (typeof at === 'string' && typeof seq === 'number' && typeof part === 'number') return { at, seq, part };
  throw new Error(`${path}: its last line is no row; move the file away`);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
