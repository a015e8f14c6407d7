// The candle files of one market, whole: opening, high, low and close of each bar, for whoever plays them again.

import { symbolKey } from '../../domain/market.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { CANDLE_COLUMNS, candlesFromTables } from './candle-csv.ts';
import { type CsvTable, cell, placeOf, readCsv } from './csv-file.ts';

/** The candles of one symbol as the file has them, ascending: prices in the quote currency. */
export interface RawCandles {
  readonly symbol: string;
  readonly barMs: number;
  readonly rows: readonly RawRow[];
}

export interface RawRow {
  readonly openAtMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/**
 * Reads the files of each symbol, `<SYMBOL>-<market>-….csv` or `.csv.gz`, as one series: those of the perpetual, else of spot.
 *
 * @param names of the files in `folder`.
 * @returns the candles, or the sentence that says which file is missing or what is wrong with one.
 */
export async function readCandles(
  folder: string,
  names: readonly string[],
  symbols: readonly string[],
): Promise<Result<readonly RawCandles[], string>> {
  const read: RawCandles[] = [];
  for (const symbol of symbols) {
    const own = filesOf(names, symbol);
    if (own.length === 0)
      return err(`there is no candle file of ${symbol}; expected one as ${symbolKey(symbol)}-perp-1m.csv`);
    const tables: CsvTable[] = [];
    for (const name of own) {
      const table = await readCsv(folder, name, CANDLE_COLUMNS);
      if (!table.ok) return table;
      tables.push(table.value);
    }
    const checked = candlesFromTables(tables);
    if (!checked.ok) return checked;
    const rows = rowsOf(tables);
    if (!rows.ok) return rows;
    read.push({ symbol, barMs: checked.value.barMs, rows: rows.value });
  }
  return ok(read);
}

/** The rows of tables whose prices have been checked one by one, ascending, each instant once. */
function rowsOf(tables: readonly CsvTable[]): Result<readonly RawRow[], string> {
  const rows = new Map<number, RawRow>();
  for (const table of tables)
    for (const row of table.rows.keys()) {
      const [openAtMs = 0, open = 0, high = 0, low = 0, close = 0] = [0, 1, 2, 3, 4].map((column) =>
        Number(cell(table, row, column)),
      );
      if (high < Math.max(open, close) || low > Math.min(open, close))
        return err(`${placeOf(table.name, row)} has prices beyond its high or low`);
      rows.set(openAtMs, { openAtMs, open, high, low, close });
    }
  return ok([...rows.values()].sort((a, b) => a.openAtMs - b.openAtMs));
}

const FILE_NAME = /^(.+?)-(perp|spot)(-.*)?\.csv(\.gz)?$/i;

/** The files of the perpetual, or where there are none those of the spot market. */
function filesOf(names: readonly string[], symbol: string): readonly string[] {
  const of = (market: string): readonly string[] =>
    names.filter((name) => {
      const [, key = '', kind = ''] = FILE_NAME.exec(name) ?? [];
      return key.toUpperCase() === symbolKey(symbol) && kind.toLowerCase() === market;
    });
  const perp = of('perp');
  return perp.length > 0 ? perp : of('spot');
}
