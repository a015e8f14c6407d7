// Splits of equities: prices before a split are put on today's scale, and a jump that nobody declared is fenced off,
// because booking a 4-for-1 split as a loss of 75 % would condemn an innocent strategy.

import { type Suspect, symbolKey } from '../../domain/market.ts';
import { shown } from '../../domain/problem.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { Candles } from './candle-csv.ts';
import { type CsvTable, cell, placeOf } from './csv-file.ts';
import { dayFromDate, newYorkDay } from './us-sessions.ts';

export const SPLIT_COLUMNS = ['symbol', 'date', 'ratio'] as const;

/** A larger move between neighbouring bars of an equity is taken for a corporate action until somebody says otherwise. */
const JUMP_MAX = 0.35;

interface Split {
  /** New York date of the first trading day on the new scale, in days since 1970-01-01. */
  readonly day: number;
  /** New shares per old share: 4 for a 4-for-1 split. 1 says: the move of that day is a real one. */
  readonly ratio: number;
}

/** Splits by symbol key, oldest first. */
export type Splits = ReadonlyMap<string, readonly Split[]>;

/**
 * Reads the lines `symbol,date,ratio` of a `splits.csv`, as `AAPL,2020-08-31,4`.
 *
 * @returns the splits, or one sentence with file and line, what was found and what was expected.
 */
export function splitsFromTable(table: CsvTable): Result<Splits, string> {
  const splits = new Map<string, Split[]>();
  for (const row of table.rows.keys()) {
    const symbol = symbolKey(cell(table, row, 0));
    const day = dayFromDate(cell(table, row, 1));
    const ratio = Number(cell(table, row, 2));
    const place = placeOf(table.name, row);
    if (symbol === '') return err(`${place} has no symbol; expected e.g. AAPL,2020-08-31,4`);
    if (day === null) return err(`${place} has date ${shown(cell(table, row, 1))}; expected YYYY-MM-DD`);
    if (!(ratio > 0 && Number.isFinite(ratio))) {
      return err(
        `${place} has ratio ${shown(cell(table, row, 2))}; expected new shares per old share, above 0`,
      );
    }
    const known = splits.get(symbol) ?? [];
    if (known.some((split) => split.day === day)) {
      return err(
        `${place} is a second split of ${symbol} on ${cell(table, row, 1)}; expected one line a day`,
      );
    }
    splits.set(symbol, [...known, { day, ratio }]);
  }
  for (const list of splits.values()) list.sort((a, b) => a.day - b.day);
  return ok(splits);
}

/** Returns the candles with every price before the New York date of a split divided by its ratio. */
export function splitAdjusted(candles: Candles, splits: readonly Split[]): Candles {
  if (splits.length === 0) return candles;
  const open = Float64Array.from(candles.open);
  const close = Float64Array.from(candles.close);
  let ratio = 1;
  let next = splits.length - 1;
  for (let bar = close.length - 1; bar >= 0; bar -= 1) {
    const day = newYorkDay(candles.openAtMs[bar] ?? 0);
    for (let split = splits[next]; split !== undefined && day < split.day; split = splits[next]) {
      ratio *= split.ratio;
      next -= 1;
    }
    open[bar] = (open[bar] ?? 0) / ratio;
    close[bar] = (close[bar] ?? 0) / ratio;
  }
  return { ...candles, open, close };
}

/**
 * Returns the spans that prices must not be compared across: from the close of the bar before a jump of more than 35 %
 * to the close of the bar after it. An entry and an exit on different sides of such a span, or inside it, would book
 * the jump. A jump counts from close to open (how a split shows) and from close to close (what is booked).
 *
 * A wrong ratio leaves a jump, which stays suspect; a ratio of 1 declares the move of that day real.
 *
 * @param candles already adjusted, see {@link splitAdjusted}.
 */
export function jumps(candles: Candles, splits: readonly Split[]): Suspect[] {
  const realDays = new Set(splits.filter((split) => split.ratio === 1).map((split) => split.day));
  const suspects: Suspect[] = [];
  for (let bar = 1; bar < candles.close.length; bar += 1) {
    const before = candles.close[bar - 1] ?? Number.NaN;
    const moved = Math.max(
      Math.abs((candles.open[bar] ?? Number.NaN) / before - 1),
      Math.abs((candles.close[bar] ?? Number.NaN) / before - 1),
    );
    const openMs = candles.openAtMs[bar] ?? 0;
    if (moved <= JUMP_MAX || realDays.has(newYorkDay(openMs))) continue;
    const fromMs = (candles.openAtMs[bar - 1] ?? 0) + candles.barMs;
    suspects.push({ fromMs, toMs: openMs + candles.barMs, reason: 'corporate_action' });
  }
  return suspects;
}
