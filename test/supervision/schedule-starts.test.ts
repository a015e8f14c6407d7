// Which run is that of which tick, and how late runs began.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoFromMs, MINUTE_MS } from '../../src/domain/time.ts';
import { latenessOf, startsOf } from '../../src/supervision/schedule-starts.ts';
import { aRun, NOW_MS, ticksUntil, timetable } from './watchdog-builders.ts';

const HALF_HOURLY = timetable('13,43 * * * *');
const EVER = { sinceMs: 0, nowMs: NOW_MS };
const [T0 = 0, T1 = 0, T2 = 0, T3 = 0] = ticksUntil(HALF_HOURLY, NOW_MS, 4);

function shown(runs: readonly ReturnType<typeof aRun>[], span = EVER) {
  return startsOf(HALF_HOURLY, runs, span)
    .slice(0, 4)
    .map(({ expectedAt, run, lateMs }) => [expectedAt.slice(11, 16), run?.id ?? null, lateMs]);
}

describe('the starts of a schedule', () => {
  it('are the newest ten ticks, each with the run that began after it', () => {
    const runs = [T0 + 1000, T1 + 3 * MINUTE_MS, T3].map((at) => aRun(at));
    const [first, second, fourth] = runs.map(({ id }) => id);

    expect(startsOf(HALF_HOURLY, runs, EVER)).toHaveLength(10);
    expect(shown(runs)).toEqual([
      ['10:43', first, 1000],
      ['10:13', second, 3 * MINUTE_MS],
      ['09:43', null, null],
      ['09:13', fourth, 0],
    ]);
  });

  it('give the older of two runs between the same ticks to the tick before, where that has none', () => {
    const runs = [T0 + 2000, T0 + 1000, T2].map((at) => aRun(at));
    const [newer, older, third] = runs.map(({ id }) => id);

    expect(shown(runs).slice(0, 3)).toEqual([
      ['10:43', newer, 2000],
      ['10:13', older, 30 * MINUTE_MS + 1000],
      ['09:43', third, 0],
    ]);
  });

  it('give none of them to a tick behind one that has its own run', () => {
    const runs = [T0 + 3000, T0 + 2000, T0 + 1000, T1 + 1000].map((at) => aRun(at));
    const [newest, , , own] = runs.map(({ id }) => id);

    expect(shown(runs)).toEqual([
      ['10:43', newest, 3000],
      ['10:13', own, 1000],
      ['09:43', null, null],
      ['09:13', null, null],
    ]);
  });

  it('make no other run late for one that was made twice', () => {
    const runs = [T0 + 2000, T0 + 1000, T1, T2].map((at) => aRun(at));

    expect(shown(runs).map(([, , lateMs]) => lateMs)).toEqual([2000, 0, 0, null]);
  });

  it('do not know yet how late a run is that waits', () => {
    expect(shown([aRun(T0, { status: 'waiting', conclusion: null })])[0]?.[2]).toBeNull();
  });

  it('begin with the schedule itself', () => {
    expect(startsOf(HALF_HOURLY, [], { sinceMs: T1, nowMs: NOW_MS })).toHaveLength(2);
  });
});

describe('the lateness', () => {
  it('is the middle of all and the worst', () => {
    const of = (...late: readonly number[]) =>
      latenessOf(late.map((lateMs) => ({ expectedAt: '', run: aRun(T0), lateMs })));

    expect(of(5, 1, 9)).toEqual({ medianMs: 5, worstMs: 9 });
    expect(of(4, 1)).toEqual({ medianMs: 2.5, worstMs: 4 });
    expect(of()).toBeNull();
    expect(latenessOf([{ expectedAt: '', run: null, lateMs: null }])).toBeNull();
  });

  it('is what every run was late, where each began before the next tick', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 30 * MINUTE_MS - 1 }), { minLength: 10, maxLength: 10 }),
        (late) => {
          const ticks = ticksUntil(HALF_HOURLY, NOW_MS, 10);
          const runs = ticks.map((tick, at) =>
            aRun(tick, { startedAt: isoFromMs(tick + (late[at] ?? 0)), createdAt: isoFromMs(tick) }),
          );

          const starts = startsOf(HALF_HOURLY, runs, EVER);

          expect(starts.map(({ lateMs }) => lateMs)).toEqual(late);
          expect(latenessOf(starts)?.worstMs).toBe(Math.max(...late));
        },
      ),
      { numRuns: 50 },
    );
  });
});
