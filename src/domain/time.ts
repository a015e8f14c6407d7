// Instants and durations. On disk an instant is a fixed-width UTC string, in memory it is epoch milliseconds (UTC).

import { assert } from './assert.ts';
import { err, ok, type Result } from './result.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Epoch milliseconds of 2000-01-01 and 2100-01-01: an instant outside is a unit mistake, not a signal. */
const EARLIEST_MS = 946_684_800_000;
const LATEST_MS = 4_102_444_800_000;

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(Z|z|[+-]\d{2}:?\d{2})?$/;

/** Returns the fixed-width UTC text of an instant, `2026-11-21T10:00:00.000Z`. */
export function isoFromMs(ms: number): string {
  return new Date(ms).toISOString();
}

/** Returns epoch milliseconds of an instant that was written by {@link isoFromMs}. */
export function msFromIso(iso: string): number {
  return Date.parse(iso);
}

/** Returns the UTC day, `2026-11-21`. */
export function dayOf(ms: number): string {
  return isoFromMs(ms).slice(0, 10);
}

/** Returns the UTC month, `2026-11`. */
export function monthOf(ms: number): string {
  return isoFromMs(ms).slice(0, 7);
}

/**
 * Reads an instant from outside: RFC 3339 with a zone, or epoch seconds or milliseconds told apart by magnitude.
 * A time without a zone is refused, because the reader's zone is not the writer's.
 *
 * @returns epoch milliseconds, or the sentence that says what was expected.
 */
export function parseInstant(value: unknown): Result<number, string> {
  if (typeof value === 'number') return instantFromEpoch(value);
  if (typeof value !== 'string')
    return err('expected RFC 3339 with a zone, or epoch seconds or milliseconds');
  const text = value.trim();
  if (/^\d{9,13}(\.\d+)?$/.test(text)) return instantFromEpoch(Number(text));
  const parts = RFC3339.exec(text);
  if (parts === null)
    return err(`"${text.slice(0, 40)}" is not RFC 3339; expected e.g. 2026-11-21T10:00:00Z`);
  const zone = parts[7];
  if (zone === undefined) {
    return err(`"${text}" has no zone; expected Z or an offset, e.g. ${text.replace(' ', 'T')}Z`);
  }
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const ms = Date.parse(`${text.slice(0, text.length - zone.length).replace(/[ t]/, 'T')}${offset}`);
  if (!Number.isFinite(ms) || !isCalendarDate(parts)) return err(`"${text}" is not a date of the calendar`);
  return inRange(ms);
}

function instantFromEpoch(value: number): Result<number, string> {
  if (!Number.isFinite(value)) return err('is not a finite number; expected epoch seconds or milliseconds');
  return inRange(Math.round(Math.abs(value) < 1e11 ? value * 1000 : value));
}

function inRange(ms: number): Result<number, string> {
  if (ms >= EARLIEST_MS && ms < LATEST_MS) return ok(ms);
  return err('is outside the years 2000 to 2099; epoch seconds have 9 or 10 digits, milliseconds 12 or 13');
}

/** Date.parse turns 31 April into 1 May; a signal of a day that does not exist is refused instead. */
function isCalendarDate(parts: RegExpExecArray): boolean {
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  return isoFromMs(Date.UTC(year, month - 1, day)).slice(0, 10) === `${parts[1]}-${parts[2]}-${parts[3]}`;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/** The pattern of a duration in configuration files, `90s`, `30m`, `24h`, `7d`. */
export const DURATION_PATTERN = '^\\d+(ms|s|m|h|d)$';

/** Returns milliseconds of a duration that matches {@link DURATION_PATTERN}, or `null` for any other text. */
export function durationMs(text: string): number | null {
  const parts = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  const unitMs = UNIT_MS[parts?.[2] ?? ''];
  return parts === null || unitMs === undefined ? null : Number(parts[1]) * unitMs;
}

/** Returns a duration as a configuration file writes it, in its largest whole unit: `5m`, `1h`. */
export function durationText(ms: number): string {
  const units = Object.entries(UNIT_MS).filter(([, unitMs]) => ms % unitMs === 0);
  const [unit, unitMs] = units.at(-1) ?? ['ms', 1];
  return `${ms / unitMs}${unit}`;
}

/** Returns the milliseconds of a duration that was checked when it was read. */
export function checkedDurationMs(text: string): number {
  const ms = durationMs(text);
  assert(ms !== null, () => `"${text}" was accepted as a duration when the configuration was read`);
  return ms;
}
