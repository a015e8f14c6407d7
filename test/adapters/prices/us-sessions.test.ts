// New York hours in UTC, on both sides of the daylight saving changes.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  barsInSessions,
  dateText,
  dayFromDate,
  minuteFromTime,
  newYorkDay,
  newYorkInstantMs,
  newYorkSession,
  REGULAR_CLOSE_MINUTE,
  REGULAR_OPEN_MINUTE,
} from '../../../src/adapters/prices/us-sessions.ts';
import { HOUR_MS, isoFromMs } from '../../../src/domain/time.ts';

const day = (date: string): number => {
  const found = dayFromDate(date);
  if (found === null) throw new Error(`${date} is no date`);
  return found;
};

describe('newYorkSession', () => {
  it.each([
    ['2021-01-04', '2021-01-04T14:30:00.000Z', '2021-01-04T21:00:00.000Z'],
    ['2021-03-12', '2021-03-12T14:30:00.000Z', '2021-03-12T21:00:00.000Z'],
    ['2021-03-15', '2021-03-15T13:30:00.000Z', '2021-03-15T20:00:00.000Z'],
    ['2021-11-08', '2021-11-08T14:30:00.000Z', '2021-11-08T21:00:00.000Z'],
    ['1998-04-06', '1998-04-06T13:30:00.000Z', '1998-04-06T20:00:00.000Z'],
    // Until 2006 summer time began in April.
    ['2006-03-20', '2006-03-20T14:30:00.000Z', '2006-03-20T21:00:00.000Z'],
  ])('opens %s at %s', (date, open, close) => {
    const session = newYorkSession(day(date), REGULAR_OPEN_MINUTE, REGULAR_CLOSE_MINUTE);

    expect([isoFromMs(session.openMs), isoFromMs(session.closeMs)]).toEqual([open, close]);
  });
});

describe('newYorkInstantMs', () => {
  it.each([
    ['2021-03-14', 60, '2021-03-14T06:00:00.000Z'],
    ['2021-03-14', 240, '2021-03-14T08:00:00.000Z'],
    ['2021-11-07', 0, '2021-11-07T04:00:00.000Z'],
    ['2021-11-07', 240, '2021-11-07T09:00:00.000Z'],
  ])(
    'knows the hour on %s, a day on which the clocks change, %i minutes after midnight',
    (date, minute, instant) => {
      const ms = newYorkInstantMs(day(date), minute);

      expect(isoFromMs(ms)).toBe(instant);
    },
  );
});

describe('newYorkDay', () => {
  it.each([
    ['2021-01-05T04:59:59Z', '2021-01-04'],
    ['2021-01-05T05:00:00Z', '2021-01-05'],
    ['2021-07-05T03:59:59Z', '2021-07-04'],
    ['2021-07-05T04:00:00Z', '2021-07-05'],
    // The clocks go back at 06:00 UTC of this day: midnight of the next is an hour later in UTC.
    ['2021-11-08T04:30:00Z', '2021-11-07'],
  ])('puts %s on %s', (instant, date) => {
    const found = newYorkDay(Date.parse(instant));

    expect(dateText(found)).toBe(date);
  });

  it('agrees with the instant it is made from, at any hour the clocks do not skip', () => {
    const days = fc.integer({ min: day('1990-01-01'), max: day('2037-12-31') });
    const minutes = fc.integer({ min: 3 * 60, max: 24 * 60 - 1 });

    fc.assert(
      fc.property(days, minutes, (anyDay, minute) => {
        expect(newYorkDay(newYorkInstantMs(anyDay, minute))).toBe(anyDay);
      }),
    );
  });
});

describe('dayFromDate and minuteFromTime', () => {
  it('refuses days the calendar does not have', () => {
    const found = ['2021-02-29', '2021-06-31', '2021-6-1', '', '2021-13-01'].map(dayFromDate);

    expect(found).toEqual([null, null, null, null, null]);
  });

  it('gives every date back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40_000 }), (anyDay) => {
        expect(dayFromDate(dateText(anyDay))).toBe(anyDay);
      }),
    );
  });

  it('reads 24-hour times only', () => {
    const found = ['09:30', '16:00', '24:00', '9:30', '09:60', ''].map(minuteFromTime);

    expect(found).toEqual([570, 960, null, null, null, null]);
  });
});

describe('barsInSessions', () => {
  it('keeps the bar that a session begins in and drops those before and after it', () => {
    const session = newYorkSession(day('2021-01-04'), REGULAR_OPEN_MINUTE, REGULAR_CLOSE_MINUTE);
    const eight = newYorkInstantMs(day('2021-01-04'), 8 * 60);
    const opens = Float64Array.from({ length: 10 }, (_, i) => eight + i * HOUR_MS);

    const kept = barsInSessions(opens, HOUR_MS, [session]);

    expect([...kept]).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('drops everything where there is no session', () => {
    const kept = barsInSessions(Float64Array.of(0, HOUR_MS), HOUR_MS, []);

    expect([...kept]).toEqual([]);
  });

  it('keeps exactly the bars that overlap one of any sorted sessions', () => {
    const sorted = fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 20 });

    fc.assert(
      fc.property(sorted, sorted, fc.integer({ min: 1, max: 9 }), (edges, opens, barMs) => {
        edges.sort((a, b) => a - b);
        opens.sort((a, b) => a - b);
        const sessions = edges.flatMap((openMs, i) => {
          const closeMs = edges[i + 1];
          return i % 2 === 0 && closeMs !== undefined ? [{ openMs, closeMs }] : [];
        });
        const expected = opens.flatMap((openMs, i) =>
          sessions.some((one) => openMs < one.closeMs && openMs + barMs > one.openMs) ? [i] : [],
        );

        expect([...barsInSessions(Float64Array.from(opens), barMs, sessions)]).toEqual(expected);
      }),
    );
  });
});
