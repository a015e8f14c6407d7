// Open time: horizons and ages that stop while a market is closed, over weekends, half days and the calendar's end.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Session } from '../../src/domain/market.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.ts';
import { addOpenMs, lastOpenMs, openMsBetween, sessionEntryMs } from '../../src/supervision/sessions.ts';
import { someSessions, T0 } from '../builders.ts';

const OPEN = 14.5 * HOUR_MS;
const CLOSE = 21 * HOUR_MS;
const [FRIDAY, MONDAY] = [T0 + 4 * DAY_MS, T0 + 7 * DAY_MS];
const sessions = someSessions(14);

/** Disjoint sessions of random length, in minutes after T0. */
const calendars = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 400 })), { maxLength: 8 })
  .map((parts) => {
    let atMs = T0;
    return parts.map(([closedMinutes, openMinutes]): Session => {
      const openMs = atMs + closedMinutes * MINUTE_MS;
      atMs = openMs + openMinutes * MINUTE_MS;
      return { openMs, closeMs: atMs };
    });
  });
const minute = fc.integer({ min: -100, max: 6000 });

describe('openMsBetween', () => {
  it('counts a weekend as nothing', () => {
    expect(openMsBetween(sessions, FRIDAY + CLOSE, MONDAY + OPEN)).toBe(0);
    expect(openMsBetween(sessions, FRIDAY + CLOSE - HOUR_MS, MONDAY + OPEN + HOUR_MS)).toBe(2 * HOUR_MS);
  });

  it('counts a day as its 6.5 hours, and nothing behind the calendar', () => {
    expect(openMsBetween(sessions, T0, T0 + DAY_MS)).toBe(6.5 * HOUR_MS);
    expect(openMsBetween(sessions, T0 + 14 * DAY_MS, T0 + 99 * DAY_MS)).toBe(0);
    expect(openMsBetween([], T0, T0 + DAY_MS)).toBe(0);
  });

  it('agrees with looking at every session, and adds up over any point between', () => {
    fc.assert(
      fc.property(calendars, minute, minute, minute, (calendar, ...minutes) => {
        const [fromMs = 0, middleMs = 0, toMs = 0] = minutes
          .map((each) => T0 + each * MINUTE_MS)
          .sort((a, b) => a - b);
        const naive = calendar.reduce(
          (sum, { openMs, closeMs }) => sum + Math.max(0, Math.min(closeMs, toMs) - Math.max(openMs, fromMs)),
          0,
        );

        const whole = openMsBetween(calendar, fromMs, toMs);
        const parts = openMsBetween(calendar, fromMs, middleMs) + openMsBetween(calendar, middleMs, toMs);

        expect(whole).toBe(naive);
        expect(parts).toBe(whole);
      }),
    );
  });
});

describe('addOpenMs', () => {
  it('ends four open hours after Friday 19:00 on Monday, two hours after the opening', () => {
    expect(addOpenMs(sessions, FRIDAY + 19 * HOUR_MS, 4 * HOUR_MS)).toBe(MONDAY + OPEN + 2 * HOUR_MS);
  });

  it('counts a half day by its own close', () => {
    const half = sessions.map((session) =>
      session.openMs === FRIDAY + OPEN ? { ...session, closeMs: FRIDAY + 18 * HOUR_MS } : session,
    );

    expect(addOpenMs(half, FRIDAY + 17 * HOUR_MS, 4 * HOUR_MS)).toBe(MONDAY + OPEN + 3 * HOUR_MS);
  });

  it('stays on a close it reaches exactly', () => {
    expect(addOpenMs(sessions, FRIDAY + 20 * HOUR_MS, HOUR_MS)).toBe(FRIDAY + CLOSE);
    expect(addOpenMs(sessions, FRIDAY + 20 * HOUR_MS, HOUR_MS + 1)).toBe(MONDAY + OPEN + 1);
  });

  it('is unknown where the calendar ends before', () => {
    const lastOpen = T0 + 11 * DAY_MS + OPEN;

    expect(addOpenMs(sessions, lastOpen, 6.5 * HOUR_MS)).toBe(T0 + 11 * DAY_MS + CLOSE);
    expect(addOpenMs(sessions, lastOpen, 6.5 * HOUR_MS + 1)).toBeNull();
    expect(addOpenMs([], T0, HOUR_MS)).toBeNull();
  });

  it('is the inverse of counting open time', () => {
    fc.assert(
      fc.property(calendars, minute, fc.integer({ min: 1, max: 900 }), (calendar, from, minutes) => {
        const fromMs = T0 + from * MINUTE_MS;
        const endMs = addOpenMs(calendar, fromMs, minutes * MINUTE_MS);

        const openMs = openMsBetween(calendar, fromMs, endMs ?? T0 + DAY_MS * 99);

        if (endMs === null) expect(openMs).toBeLessThan(minutes * MINUTE_MS);
        else expect(openMs).toBe(minutes * MINUTE_MS);
      }),
    );
  });
});

describe('sessionEntryMs', () => {
  it.each([
    { when: 'before the opening', atMs: MONDAY, entryMs: MONDAY + OPEN + HOUR_MS },
    { when: 'at the opening', atMs: MONDAY + OPEN, entryMs: MONDAY + OPEN + HOUR_MS },
    { when: 'within the first bar', atMs: MONDAY + OPEN + 1, entryMs: MONDAY + OPEN + HOUR_MS },
    { when: 'in the session', atMs: MONDAY + 17 * HOUR_MS + 1, entryMs: MONDAY + 17 * HOUR_MS + 1 },
    { when: 'at the close', atMs: FRIDAY + CLOSE, entryMs: MONDAY + OPEN + HOUR_MS },
    { when: 'on a weekend', atMs: FRIDAY + 2 * DAY_MS, entryMs: MONDAY + OPEN + HOUR_MS },
  ])('enters a signal $when once the first bar of its session has closed', ({ atMs, entryMs }) => {
    expect(sessionEntryMs(sessions, atMs, HOUR_MS)).toBe(entryMs);
  });

  it('enters at the close of a session that is shorter than a bar', () => {
    const short = [{ openMs: T0, closeMs: T0 + 20 * MINUTE_MS }];

    expect(sessionEntryMs(short, T0 - 1, HOUR_MS)).toBe(T0 + 20 * MINUTE_MS);
  });

  it('is unknown behind the calendar', () => {
    expect(sessionEntryMs(sessions, T0 + 14 * DAY_MS, HOUR_MS)).toBeNull();
    expect(sessionEntryMs([], T0, HOUR_MS)).toBeNull();
  });

  it('never enters before the signal, and keeps the order of signals', () => {
    fc.assert(
      fc.property(calendars, minute, minute, (calendar, a, b) => {
        const [first, second] = [T0 + Math.min(a, b) * MINUTE_MS, T0 + Math.max(a, b) * MINUTE_MS];
        const earlier = sessionEntryMs(calendar, first, HOUR_MS);
        const later = sessionEntryMs(calendar, second, HOUR_MS);

        expect(earlier ?? first).toBeGreaterThanOrEqual(first);
        expect(later ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(earlier ?? 0);
      }),
    );
  });
});

describe('lastOpenMs', () => {
  it('is the opening of the session around the instant, or of the one before it', () => {
    expect(lastOpenMs(sessions, MONDAY + OPEN + 1)).toBe(MONDAY + OPEN);
    expect(lastOpenMs(sessions, MONDAY + OPEN)).toBe(FRIDAY + OPEN);
    expect(lastOpenMs(sessions, MONDAY)).toBe(FRIDAY + OPEN);
    expect(lastOpenMs(sessions, FRIDAY + CLOSE)).toBe(FRIDAY + OPEN);
    expect(lastOpenMs(sessions, T0 + 99 * DAY_MS)).toBe(T0 + 11 * DAY_MS + OPEN);
  });

  it('is unknown before the first opening', () => {
    expect(lastOpenMs(sessions, T0)).toBeNull();
    expect(lastOpenMs([], T0)).toBeNull();
  });
});
