// Trading hours of US equities. They are fixed in New York local time, so every conversion asks Intl, which knows the
// daylight saving rules of every year, instead of a table of our own.

import type { Session } from '../../domain/market.ts';
import { DAY_MS, dayOf, HOUR_MS, MINUTE_MS } from '../../domain/time.ts';

/** Regular hours, in minutes after midnight in New York: 09:30 to 16:00. */
export const REGULAR_OPEN_MINUTE = 9 * 60 + 30;
export const REGULAR_CLOSE_MINUTE = 16 * 60;

let offsetFormat: Intl.DateTimeFormat | undefined;
const offsetByUtcDay = new Map<number, number>();

/**
 * Returns the New York date of an instant, as a count of days since 1970-01-01.
 *
 * @param atMs epoch milliseconds.
 */
export function newYorkDay(atMs: number): number {
  return Math.floor((atMs + offsetMs(atMs)) / DAY_MS);
}

/**
 * Returns the instant at which New York clocks show `minuteOfDay` minutes after midnight of `day`.
 *
 * @param day days since 1970-01-01, as from {@link newYorkDay}.
 */
export function newYorkInstantMs(day: number, minuteOfDay: number): number {
  const localMs = day * DAY_MS + minuteOfDay * MINUTE_MS;
  const guessMs = localMs - offsetMs(localMs);
  return localMs - offsetMs(guessMs);
}

/** Returns the session of `day` between two New York minutes of the day. */
export function newYorkSession(day: number, openMinute: number, closeMinute: number): Session {
  return { openMs: newYorkInstantMs(day, openMinute), closeMs: newYorkInstantMs(day, closeMinute) };
}

/** Returns `2020-08-31` of days since 1970-01-01. */
export function dateText(day: number): string {
  return dayOf(day * DAY_MS);
}

/** Returns days since 1970-01-01 of a calendar date `YYYY-MM-DD`, or `null` for any other text. */
export function dayFromDate(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const ms = Date.parse(`${text}T00:00:00Z`);
  // Date.parse turns 31 June into 1 July.
  return Number.isFinite(ms) && dayOf(ms) === text ? ms / DAY_MS : null;
}

/** Returns minutes after midnight of a local time `HH:MM`, or `null` for any other text. */
export function minuteFromTime(text: string): number | null {
  const parts = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  return parts === null ? null : Number(parts[1]) * 60 + Number(parts[2]);
}

/**
 * Returns the positions of the bars that overlap a session; bars of the hours before and after trading are left out,
 * because nobody could have traded at their prices. Both inputs are sorted, so this is one walk over them.
 *
 * @param openAtMs instants at which bars open.
 */
export function barsInSessions(
  openAtMs: Float64Array,
  barMs: number,
  sessions: readonly Session[],
): Uint32Array {
  const kept = new Uint32Array(openAtMs.length);
  let keptCount = 0;
  let at = 0;
  for (const [bar, openMs] of openAtMs.entries()) {
    while ((sessions[at]?.closeMs ?? Number.POSITIVE_INFINITY) <= openMs) at += 1;
    const session = sessions[at];
    if (session === undefined) break;
    if (openMs + barMs <= session.openMs) continue;
    kept[keptCount] = bar;
    keptCount += 1;
  }
  return kept.subarray(0, keptCount);
}

/** Offset of New York from UTC. One look-up per UTC day, except on the two days a year on which the clocks change. */
function offsetMs(atMs: number): number {
  const utcDay = Math.floor(atMs / DAY_MS);
  const atStart = offsetAtUtcMidnight(utcDay);
  return atStart === offsetAtUtcMidnight(utcDay + 1) ? atStart : readOffsetMs(atMs);
}

function offsetAtUtcMidnight(utcDay: number): number {
  let offset = offsetByUtcDay.get(utcDay);
  if (offset === undefined) {
    offset = readOffsetMs(utcDay * DAY_MS);
    offsetByUtcDay.set(utcDay, offset);
  }
  return offset;
}

function readOffsetMs(atMs: number): number {
  offsetFormat ??= new Intl.DateTimeFormat('en-US', {
    timeZone: 'America/New_York',
    timeZoneName: 'longOffset',
  });
  const parts = /GMT([+-])(\d{2}):(\d{2})/.exec(offsetFormat.format(atMs));
  if (parts === null) throw new RangeError(`Intl gave no New York offset for ${atMs}`);
  const size = Number(parts[2]) * HOUR_MS + Number(parts[3]) * MINUTE_MS;
  return parts[1] === '-' ? -size : size;
}
