// Candles of one instrument from its CSV files: parsed into typed arrays, merged, de-duplicated, and refused as a whole
// where one line is wrong, because half a series looks like a market that stood still.

import { shown } from '../../domain/problem.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { isoFromMs } from '../../domain/time.ts';
import { type CsvTable, cell, placeOf } from './csv-file.ts';

/** Volume is a column of the format; nothing here reads it. */
export const CANDLE_COLUMNS = ['ts_ms', 'open', 'high', 'low', 'close', 'volume'] as const;

const PRICE_COLUMNS = [1, 2, 3, 4] as const;

/** 1973-03-03 and 2100-01-01 in milliseconds: epoch seconds and microseconds fall outside. */
const EARLIEST_MS = 1e11;
const LATEST_MS = 4_102_444_800_000;

/** Bars as columns, oldest first. `openAtMs[i]` is when bar `i` opens. */
export interface Candles {
  readonly barMs: number;
  readonly openAtMs: Float64Array;
  readonly open: Float64Array;
  readonly close: Float64Array;
}

/** The lines of one file, in file order: entry `i` of each column is line `i + 2`. */
interface FileColumns {
  readonly name: string;
  readonly openAtMs: Float64Array;
  /** Open, high, low, close. */
  readonly prices: readonly Float64Array[];
}

/** One line of one file. */
interface Line {
  readonly file: FileColumns;
  readonly row: number;
}

/**
 * Returns the bars of all `tables` in one series. A bar that stands in two places with the same prices is taken once.
 *
 * The length of a bar is the most common distance between neighbours: outages, nights and weekends only ever widen it.
 * A shorter distance would mean bars that overlap; their closing times could not be trusted, so it is refused. So is a
 * file of longer bars: daily bars beside hourly ones would be taken for known 23 hours before they closed.
 *
 * @returns the series, or one sentence with file and line, what was found and what was expected.
 */
export function candlesFromTables(tables: readonly CsvTable[]): Result<Candles, string> {
  const files: FileColumns[] = [];
  for (const table of tables) {
    const columns = columnsOf(table);
    if (!columns.ok) return columns;
    files.push(columns.value);
  }
  const merged = mergedLines(files);
  if (!merged.ok) return merged;
  const lines = merged.value;
  const openAtMs = Float64Array.from(lines, openOf);
  const barMs = barLengthMs(openAtMs);
  if (barMs === null) {
    const names = tables.map((table) => table.name).join(', ');
    return err(`${names} has ${lines.length} bars; expected at least 2, to tell the length of a bar`);
  }
  const overlap = openAtMs.findIndex((ms, i) => i > 0 && ms - (openAtMs[i - 1] ?? 0) < barMs);
  const late = lines[overlap];
  if (late !== undefined) {
    const gapMs = openOf(late) - (openAtMs[overlap - 1] ?? 0);
    return err(
      `${place(late)} opens ${gapMs} ms after the bar before it; expected at least ${barMs} ms, the length of a bar`,
    );
  }
  const longer = fileOfLongerBars(lines, barMs);
  if (longer !== null) return err(longer);
  return ok({
    barMs,
    openAtMs,
    open: Float64Array.from(lines, (line) => priceOf(line, 0)),
    close: Float64Array.from(lines, (line) => priceOf(line, 3)),
  });
}

function columnsOf(table: CsvTable): Result<FileColumns, string> {
  const count = table.rows.length;
  const openAtMs = new Float64Array(count);
  const prices = PRICE_COLUMNS.map(() => new Float64Array(count));
  for (let row = 0; row < count; row += 1) {
    const ms = Number(cell(table, row, 0));
    if (!Number.isInteger(ms) || ms < EARLIEST_MS || ms >= LATEST_MS) {
      return err(
        `${placeOf(table.name, row)} has ts_ms ${shown(cell(table, row, 0))}; expected epoch milliseconds`,
      );
    }
    if (row > 0 && ms < (openAtMs[row - 1] ?? 0)) {
      return err(
        `${placeOf(table.name, row)} is older than the line before it; expected bars sorted by ts_ms`,
      );
    }
    openAtMs[row] = ms;
    for (const [i, target] of prices.entries()) {
      const price = Number(cell(table, row, i + 1));
      if (!(price > 0 && Number.isFinite(price))) {
        const found = `${CANDLE_COLUMNS[i + 1]} ${shown(cell(table, row, i + 1))}`;
        return err(`${placeOf(table.name, row)} has ${found}; expected a finite price above 0`);
      }
      target[row] = price;
    }
  }
  return ok({ name: table.name, openAtMs, prices });
}

function mergedLines(files: readonly FileColumns[]): Result<Line[], string> {
  const lines = files.flatMap((file) => Array.from(file.openAtMs, (_, row): Line => ({ file, row })));
  lines.sort((a, b) => openOf(a) - openOf(b));
  const kept: Line[] = [];
  for (const line of lines) {
    const before = kept.at(-1);
    if (before === undefined || openOf(before) !== openOf(line)) {
      kept.push(line);
    } else if (PRICE_COLUMNS.some((_, i) => priceOf(before, i) !== priceOf(line, i))) {
      return err(
        `${place(line)} has other prices than ${place(before)} for the bar of ${isoFromMs(openOf(line))}; ` +
          'expected one truth: remove the wrong line',
      );
    }
  }
  return ok(kept);
}

/** Returns the sentence on a file after most of whose bars more than `barMs` pass, or `null`. */
function fileOfLongerBars(lines: readonly Line[], barMs: number): string | null {
  const gapsByFile = new Map<string, number[]>();
  for (const [i, line] of lines.entries()) {
    const next = lines[i + 1];
    if (next === undefined) break;
    const gaps = gapsByFile.get(line.file.name) ?? [];
    gaps.push(openOf(next) - openOf(line));
    gapsByFile.set(line.file.name, gaps);
  }
  for (const [name, gaps] of gapsByFile) {
    const common = mostCommon(gaps);
    // What a file shows only once may be an outage as well.
    if (common === null || common.count < 2 || common.value === barMs) continue;
    return (
      `${name} has bars of ${common.value} ms and the other files of this instrument of ${barMs} ms; ` +
      'expected one length: move one of them to another folder'
    );
  }
  return null;
}

/** Returns the most common distance between neighbours (the shorter one of a tie), or `null` below two bars. */
function barLengthMs(openAtMs: Float64Array): number | null {
  const gaps = Array.from(openAtMs.subarray(1), (ms, i) => ms - (openAtMs[i] ?? 0));
  return mostCommon(gaps)?.value ?? null;
}

/** Of two equally common values the lower one. */
function mostCommon(values: readonly number[]): { readonly value: number; readonly count: number } | null {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [first] = [...counts].sort(([valueA, a], [valueB, b]) => b - a || valueA - valueB);
  return first === undefined ? null : { value: first[0], count: first[1] };
}

function openOf(line: Line): number {
  return line.file.openAtMs[line.row] ?? Number.NaN;
}

function priceOf(line: Line, column: number): number {
  return line.file.prices[column]?.[line.row] ?? Number.NaN;
}

function place(line: Line): string {
  return placeOf(line.file.name, line.row);
}
