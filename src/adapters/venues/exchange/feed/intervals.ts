// The lengths of bars that the venue knows, and which bar an instant lies in.

import { assert } from '../../../../domain/assert.ts';
import { isoFromMs, parseInstant } from '../../../../domain/time.ts';

export const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

const LENGTHS_MS = {
  '1m': MINUTE_MS,
  '3m': 3 * MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '30m': 30 * MINUTE_MS,
  '1h': HOUR_MS,
  '2h': 2 * HOUR_MS,
  '4h': 4 * HOUR_MS,
  '6h': 6 * HOUR_MS,
  '8h': 8 * HOUR_MS,
  '12h': 12 * HOUR_MS,
  '1d': DAY_MS,
  '3d': 3 * DAY_MS,
  '1w': 7 * DAY_MS,
  '1M': 30 * DAY_MS,
} as const;

export type Interval = keyof typeof LENGTHS_MS;
export const INTERVALS = Object.keys(LENGTHS_MS) as readonly Interval[];

/** Returns the length of an interval in milliseconds; of a month thirty days. */
export function lengthMsOf(interval: Interval): number {
  return LENGTHS_MS[interval];
}

/** 1970-01-05, the first Monday of the epoch. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/** Returns when the bar opened that `atMs` lies in: aligned to the epoch, weeks to Monday, months to the calendar in UTC. */
export function openingOf(interval: Interval, atMs: number): number {
  if (interval === '1M') return monthOf(atMs);
  const lengthMs = LENGTHS_MS[interval];
  const from = interval === '1w' ? FIRST_MONDAY_MS : 0;
  return Math.floor((atMs - from) / lengthMs) * lengthMs + from;
}

function monthOf(atMs: number): number {
  const month = parseInstant(`${isoFromMs(atMs).slice(0, 7)}-01T00:00:00.000Z`);
  assert(month.ok, () => `${atMs} is no instant`);
  return month.value;
}
