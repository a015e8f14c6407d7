// One reader for the CSV files of a candle folder: plain or gzip, columns found by their header, complaints with file and line.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { shown } from '../../domain/problem.ts';
import { err, ok, type Result } from '../../domain/result.ts';

/** Guards against a compressed file that would fill the memory. */
const CONTENT_BYTES_MAX = 2 ** 29 - 1;

export interface CsvTable {
  /** Name of the file, without its folder. */
  readonly name: string;
  /** Cells of each line below the header: row `i` is line `i + 2`. */
  readonly rows: readonly (readonly string[])[];
  /** Position of each column that was asked for, in that order. */
  readonly positions: readonly number[];
}

/** Returns `file:line` of a row, for messages. */
export function placeOf(name: string, row: number): string {
  return `${name}:${row + 2}`;
}

/** Returns the cell of a column that {@link readCsv} was asked for, by its place in that list. */
export function cell(table: CsvTable, row: number, column: number): string {
  return table.rows[row]?.[table.positions[column] ?? -1]?.trim() ?? '';
}

/**
 * Reads one file. Columns that were not asked for are left alone; the order of columns is the header's.
 *
 * @returns the table, or one sentence that names the file, and the line where there is one.
 */
export async function readCsv(
  folder: string,
  name: string,
  columns: readonly string[],
): Promise<Result<CsvTable, string>> {
  const content = readContent(join(folder, name));
  if (!content.ok) return err(`${name} cannot be read: ${content.error}`);
  const { parse, CsvError } = await import('csv-parse/sync');
  let lines: string[][];
  try {
    // Column counts are checked below: the parser's own complaint would not say what was expected.
    lines = parse(content.value, { bom: true, relax_column_count: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return err(`${name} is not CSV: ${error.message}`);
  }
  const [header, ...rows] = lines;
  const names = (header ?? []).map((text) => text.trim());
  const positions = columns.map((column) => names.indexOf(column));
  if (positions.includes(-1)) {
    return err(
      `${name}:1 has the header ${shown(names.join(','))}; expected the columns ${columns.join(',')}`,
    );
  }
  const short = rows.findIndex((row) => row.length !== names.length);
  if (short >= 0) {
    const found = rows[short]?.length ?? 0;
    return err(`${placeOf(name, short)} has ${found} columns; expected ${names.length} as in the header`);
  }
  return ok({ name, rows, positions });
}

function readContent(path: string): Result<Buffer, string> {
  try {
    const bytes = readFileSync(path);
    return ok(path.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: CONTENT_BYTES_MAX }) : bytes);
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}
