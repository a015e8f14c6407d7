// Ticks of cron lines: found from any instant, never skipped, the same ones forwards and backwards, and lines of others refused.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, isoFromMs, MINUTE_MS, msFromIso } from '../../src/domain/time.ts';
import { newestTickMs, type Timetable, timetableOf } from '../../src/supervision/schedule.ts';

function timetable(...crons: readonly string[]): Timetable {
  const found = timetableOf(crons.map((cron) => ({ cron, timezone: 'UTC' })));
  if (!found.ok) throw new Error(found.error);
  return found.value;
}

function refusalOf(cron: string, timezone = 'UTC'): string {
  const found = timetableOf([{ cron, timezone }]);
  return found.ok ? 'accepted' : found.error;
}

/** The lines that Warden ships, and others that people write. */
const LINES = [
  '13,43 * * * *',
  '27 2 * * *',
  '51 3 * * *',
  '3 1,7,13,19 * * *',
  '*/5 * * * *',
  '20/15 * * * *',
  '0 9 * * MON-FRI',
  '30 6 1 * *',
  '0 0 * JAN,JUL 0,7',
];

describe('the newest tick', () => {
  it.each([
    ['13,43 * * * *', '2026-11-28T10:43:00.000Z', '2026-11-28T10:43:00.000Z'],
    ['13,43 * * * *', '2026-11-28T10:42:59.999Z', '2026-11-28T10:13:00.000Z'],
    ['13,43 * * * *', '2026-11-28T10:43:00.001Z', '2026-11-28T10:43:00.000Z'],
    ['27 2 * * *', '2026-03-01T00:00:00.000Z', '2026-02-28T02:27:00.000Z'],
    ['0 9 * * 1-5', '2026-11-29T23:00:00.000Z', '2026-11-27T09:00:00.000Z'],
    // Where both days are given, either is enough.
    ['0 0 1 * 1', '2026-11-28T00:00:00.000Z', '2026-11-23T00:00:00.000Z'],
    ['0 0 29 2 *', '2026-11-28T00:00:00.000Z', '2024-02-29T00:00:00.000Z'],
  ])('of %s at %s is %s', (cron, now, tick) => {
    const found = newestTickMs(cron, msFromIso(now));

    expect(found.ok && isoFromMs(found.value)).toBe(tick);
  });

  it('is no tick later than the instant, and no tick lies between them', () => {
    fc.assert(
      fc.property(
        fc.subarray(LINES, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2030, 0) }),
        (lines, nowMs) => {
          const { newestTickMs: newest, nextTickMs, periodMs } = timetable(...lines);
          const tick = newest(nowMs);
          const next = nextTickMs(nowMs);

          expect(tick).toBeLessThanOrEqual(nowMs);
          expect(tick % MINUTE_MS).toBe(0);
          expect(newest(tick)).toBe(tick);
          expect(next).toBeGreaterThan(nowMs);
          expect(nextTickMs(tick)).toBe(next);
          expect((next ?? 0) - tick).toBeLessThanOrEqual(periodMs);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the period', () => {
  it.each([
    ['13,43 * * * *', 30 * MINUTE_MS],
    ['*/5 * * * *', 5 * MINUTE_MS],
    ['0,10 * * * *', 50 * MINUTE_MS],
    ['3 1,7,13,19 * * *', 6 * HOUR_MS],
    ['0 9 * * 1-5', 3 * DAY_MS],
    ['0 0 * * 1', 7 * DAY_MS],
    ['30 6 1 * *', 31 * DAY_MS],
  ])('of %s is its longest gap', (cron, periodMs) => {
    expect(timetable(cron).periodMs).toBe(periodMs);
  });

  it('of several lines is that of all together', () => {
    expect(timetable('0 0 * * *', '0 12 * * *').periodMs).toBe(12 * HOUR_MS);
  });

  it('follows the clocks of a time zone, where one is given', () => {
    const found = timetableOf([{ cron: '0 9 * * *', timezone: 'Europe/Berlin' }]);
    const newest = (now: string) => found.ok && isoFromMs(found.value.newestTickMs(msFromIso(now)));

    expect(newest('2026-07-01T12:00:00.000Z')).toBe('2026-07-01T07:00:00.000Z');
    expect(newest('2026-12-01T12:00:00.000Z')).toBe('2026-12-01T08:00:00.000Z');
    expect(found.ok && found.value.periodMs).toBe(DAY_MS);
  });
});

describe('a line that GitHub does not take', () => {
  it.each([
    ['', 'it has not five fields but none'],
    ['@daily', 'it has not five fields but 1'],
    ['0 0 * * * *', 'it has not five fields but 6'],
    ['0 0 L * *', '"L" is no field'],
    ['0 0 * * 1#2', '"1#2" is no field'],
    ['61 * * * *', 'Invalid value for minute: 61'],
    ['30-10 * * * *', 'From value is larger than to value'],
    ['0 0 30 2 *', 'it is never due'],
  ])('%j is refused with the reason', (cron, reason) => {
    expect(refusalOf(cron)).toContain(reason);
    expect(refusalOf(cron)).toContain('expected minute, hour, day, month and day of the week');
    expect(newestTickMs(cron, 0).ok).toBe(false);
  });

  it('is refused for a time zone that does not exist', () => {
    expect(refusalOf('0 0 * * *', 'Mars/Base')).toContain('"Mars/Base" is no time zone');
  });

  it('is missed where there is none at all', () => {
    expect(timetableOf([]).ok).toBe(false);
  });

  it('never makes anything throw', () => {
    const field = fc.stringMatching(/^[-*/,0-9A-Za-z#?@]{1,8}$/);
    fc.assert(
      fc.property(fc.tuple(field, field, field, field, field), (fields) => {
        timetableOf([{ cron: fields.join(' '), timezone: 'UTC' }]);
      }),
      { numRuns: 300 },
    );
  });
});
