// Trading sessions of a candle folder: the days on which its equities traded, and what a sessions.csv says about them.

import type { Session } from '../../domain/market.ts';
import { shown } from '../../domain/problem.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { Candles } from './candle-csv.ts';
import { type CsvTable, cell, placeOf } from './csv-file.ts';
import {
  dayFromDate,
  minuteFromTime,
  newYorkDay,
  newYorkSession,
  REGULAR_CLOSE_MINUTE,
  REGULAR_OPEN_MINUTE,
} from './us-sessions.ts';

export const SESSION_COLUMNS = ['date', 'open', 'close'] as const;

/** Sessions by New York day, in days since 1970-01-01. */
export type SessionsByDay = ReadonlyMap<number, Session>;

/**
 * Reads the lines `date,open,close` of a `sessions.csv`, New York local time, as `2020-11-27,09:30,13:00`.
 *
 * @returns the sessions, or one sentence with file and line, what was found and what was expected.
 */
export function sessionsFromTable(table: CsvTable): Result<SessionsByDay, string> {
  const sessions = new Map<number, Session>();
  for (const row of table.rows.keys()) {
    const day = dayFromDate(cell(table, row, 0));
    const openMinute = minuteFromTime(cell(table, row, 1));
    const closeMinute = minuteFromTime(cell(table, row, 2));
    const place = placeOf(table.name, row);
    if (day === null) return err(`${place} has date ${shown(cell(table, row, 0))}; expected YYYY-MM-DD`);
    if (openMinute === null || closeMinute === null || openMinute >= closeMinute) {
      const found = `${cell(table, row, 1)},${cell(table, row, 2)}`;
      return err(`${place} has hours ${shown(found)}; expected HH:MM,HH:MM, the opening first`);
    }
    if (sessions.has(day)) return err(`${place} repeats ${cell(table, row, 0)}; expected one line a day`);
    sessions.set(day, newYorkSession(day, openMinute, closeMinute));
  }
  return ok(sessions);
}

/**
 * Returns the sessions of a folder, sorted. A New York day on which any of its equities has a bar within the regular
 * hours is a session from 09:30 to 16:00, or to the end of the day's last bar where that is earlier: a half day.
 *
 * @param declared what `sessions.csv` says; it wins on its dates, and may add days without bars.
 */
export function sessionsOfCandles(equities: readonly Candles[], declared: SessionsByDay): Session[] {
  const traded = new Map<number, { readonly regular: Session; lastCloseMs: number }>();
  for (const { openAtMs, barMs } of equities) {
    for (const openMs of openAtMs) {
      const day = newYorkDay(openMs);
      let entry = traded.get(day);
      if (entry === undefined) {
        entry = { regular: newYorkSession(day, REGULAR_OPEN_MINUTE, REGULAR_CLOSE_MINUTE), lastCloseMs: 0 };
        traded.set(day, entry);
      }
      const closeMs = openMs + barMs;
      if (openMs >= entry.regular.closeMs || closeMs <= entry.regular.openMs) continue;
      entry.lastCloseMs = Math.max(entry.lastCloseMs, closeMs);
    }
  }
  const sessions = new Map(declared);
  for (const [day, { regular, lastCloseMs }] of traded) {
    if (sessions.has(day) || lastCloseMs === 0) continue;
    sessions.set(day, { openMs: regular.openMs, closeMs: Math.min(regular.closeMs, lastCloseMs) });
  }
  return [...sessions.values()].sort((a, b) => a.openMs - b.openMs);
}
