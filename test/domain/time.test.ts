// Instants and durations: what is read, what is refused, and that writing and reading agree.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DAY_MS,
  DURATION_PATTERN,
  dayOf,
  durationMs,
  durationText,
  isoFromMs,
  monthOf,
  msFromIso,
  parseInstant,
} from '../../src/domain/time.ts';

const NOON_MS = Date.UTC(2026, 10, 21, 12);

function readMs(value: unknown): number | string {
  const read = parseInstant(value);
  return read.ok ? read.value : read.error;
}

describe('parseInstant', () => {
  it.each([
    ['Z', '2026-11-21T12:00:00Z'],
    ['lower case', '2026-11-21t12:00:00z'],
    ['no seconds', '2026-11-21T12:00Z'],
    ['a space between date and time', '2026-11-21 12:00:00Z'],
    ['an offset east', '2026-11-21T17:30:00+05:30'],
    ['an offset without a colon', '2026-11-21T17:30:00+0530'],
    ['an offset that reaches into the next day', '2026-11-22T02:00:00+14:00'],
    ['an offset west', '2026-11-21T07:00:00-05:00'],
    ['spaces around it', '  2026-11-21T12:00:00.000Z '],
    ['epoch seconds', NOON_MS / 1000],
    ['epoch milliseconds', NOON_MS],
    ['epoch seconds as text', String(NOON_MS / 1000)],
    ['epoch milliseconds as text', String(NOON_MS)],
  ])('reads %s', (_case, value) => {
    expect(readMs(value)).toBe(NOON_MS);
  });

  it.each([
    ['milliseconds', '2026-11-21T12:00:00.123Z'],
    ['a finer fraction, cut', '2026-11-21T12:00:00.123456789Z'],
    ['epoch seconds with a fraction', NOON_MS / 1000 + 0.123],
  ])('keeps milliseconds of %s', (_case, value) => {
    expect(readMs(value)).toBe(NOON_MS + 123);
  });

  it.each([
    ['a time without a zone', '2026-11-21T12:00:00', 'has no zone'],
    ['a date alone', '2026-11-21', 'not RFC 3339'],
    ['31 April', '2026-04-31T00:00:00Z', 'not a date of the calendar'],
    ['31 April in another zone', '2026-04-31T23:00:00-05:00', 'not a date of the calendar'],
    ['29 February of a common year', '2026-02-29T00:00:00Z', 'not a date of the calendar'],
    ['29 February of 2100', '2100-02-29T00:00:00Z', 'not a date of the calendar'],
    ['month 13', '2026-13-01T00:00:00Z', 'not a date of the calendar'],
    ['day 0', '2026-01-00T00:00:00Z', 'not a date of the calendar'],
    ['hour 25', '2026-01-01T25:00:00Z', 'not a date of the calendar'],
    ['a leap second, which epoch time does not have', '2026-12-31T23:59:60Z', 'not a date of the calendar'],
    ['an offset of 99 hours', '2026-01-01T00:00:00+99:99', 'not a date of the calendar'],
    ['epoch microseconds', NOON_MS * 1000, 'outside the years 2000 to 2099'],
    ['a number of days', 20_778, 'outside the years 2000 to 2099'],
    ['a negative number', -1, 'outside the years 2000 to 2099'],
    ['the last second of 1999', '1999-12-31T23:59:59Z', 'outside the years 2000 to 2099'],
    ['the first instant of 2100', '2100-01-01T00:00:00Z', 'outside the years 2000 to 2099'],
    ['NaN', Number.NaN, 'not a finite number'],
    ['Infinity', Number.POSITIVE_INFINITY, 'not a finite number'],
    ['null', null, 'expected RFC 3339'],
    ['a boolean', true, 'expected RFC 3339'],
    ['an object', {}, 'expected RFC 3339'],
    ['the empty text', '', 'not RFC 3339'],
  ])('refuses %s and says why', (_case, value, words) => {
    const read = parseInstant(value);

    expect(read.ok).toBe(false);
    expect(readMs(value)).toContain(words);
  });

  it('reads 29 February of a leap year', () => {
    expect(readMs('2024-02-29T00:00:00Z')).toBe(Date.UTC(2024, 1, 29));
  });

  it('takes the whole range it names, at both ends', () => {
    expect(readMs('2000-01-01T00:00:00Z')).toBe(Date.UTC(2000, 0, 1));
    expect(readMs('2099-12-31T23:59:59.999Z')).toBe(Date.UTC(2100, 0, 1) - 1);
  });

  it('shows no more than the beginning of a long text', () => {
    const read = readMs('x'.repeat(10_000));

    expect(String(read).length).toBeLessThan(120);
  });

  it('reads back every instant that it writes, from each of its forms', () => {
    const instantMs = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2100, 0, 1) - 1 });
    fc.assert(
      fc.property(instantMs, (ms) => {
        const iso = isoFromMs(ms);

        expect(readMs(iso)).toBe(ms);
        expect(msFromIso(iso)).toBe(ms);
        if (ms >= 1e11) expect(readMs(ms)).toBe(ms);
      }),
    );
  });

  it('tells seconds and milliseconds apart over its whole range', () => {
    const seconds = fc.integer({ min: Date.UTC(2000, 0, 1) / 1000, max: Date.UTC(2100, 0, 1) / 1000 - 1 });
    fc.assert(
      fc.property(seconds, (value) => {
        expect(readMs(value)).toBe(value * 1000);
        expect(readMs(value * 1000)).toBe(value * 1000);
      }),
    );
  });

  it('gives one instant whatever the zone it was written in', () => {
    const offsetMinutes = fc.integer({ min: -14 * 60, max: 14 * 60 });
    fc.assert(
      fc.property(offsetMinutes, (minutes) => {
        const hours = String(Math.trunc(Math.abs(minutes) / 60)).padStart(2, '0');
        const rest = String(Math.abs(minutes) % 60).padStart(2, '0');
        const local = isoFromMs(NOON_MS + minutes * 60_000).slice(0, 19);

        expect(readMs(`${local}${minutes < 0 ? '-' : '+'}${hours}:${rest}`)).toBe(NOON_MS);
      }),
    );
  });
});

describe('written instants', () => {
  it('have one width, so that they sort as text', () => {
    const instantMs = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) });
    fc.assert(
      fc.property(instantMs, instantMs, (a, b) => {
        expect(isoFromMs(a)).toHaveLength(24);
        expect(isoFromMs(a) < isoFromMs(b)).toBe(a < b);
      }),
    );
  });

  it('begin with their UTC day and month', () => {
    const lastMs = Date.UTC(2026, 0, 1) - 1;

    expect([dayOf(lastMs), monthOf(lastMs)]).toEqual(['2025-12-31', '2025-12']);
    expect([dayOf(lastMs + 1), monthOf(lastMs + 1)]).toEqual(['2026-01-01', '2026-01']);
  });
});

describe('durationMs', () => {
  it.each([
    ['250ms', 250],
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['24h', DAY_MS],
    ['7d', 7 * DAY_MS],
    ['0s', 0],
  ])('reads %s', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it.each(['', '7', 'd', '7 d', '-7d', '1.5h', '7D', '7w', '1h30m', ' 7d', '7d '])(
    'refuses "%s", as the pattern of the schema does',
    (text) => {
      expect(durationMs(text)).toBeNull();
      expect(new RegExp(DURATION_PATTERN).test(text)).toBe(false);
    },
  );
});

describe('durationText', () => {
  it.each([
    [1, '1ms'],
    [90_000, '90s'],
    [300_000, '5m'],
    [3_600_000, '1h'],
    [86_400_000, '1d'],
  ])('has %i ms as %s, which is read back as the same', (ms, text) => {
    expect(durationText(ms)).toBe(text);
    expect(durationMs(text)).toBe(ms);
  });
});
