// Volatility as of an instant: equal to its formula written out, and blind to everything outside of its window.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BarSeries } from '../../src/domain/market.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.ts';
import { openMsBetween } from '../../src/supervision/sessions.ts';
import { volatilityOf, WINDOW_HALF_LIVES } from '../../src/supervision/volatility.ts';
import { aSeries, someSessions, T0 } from '../builders.ts';

const HALF_LIFE = 4 * HOUR_MS;

/** The formula of the interface, with ages from `atMs` itself: they cancel in the ratio. */
function naiveSigmaBps(series: BarSeries, atMs: number, halfLifeMs: number): number {
  const windowStartMs = Math.ceil(atMs / HOUR_MS) * HOUR_MS - WINDOW_HALF_LIVES * halfLifeMs;
  const bars = [...series.closeAtMs].map((closeAtMs, index) => ({
    closeAtMs,
    close: series.close[index] ?? 0,
  }));
  let [squares, hours] = [0, 0];
  for (const [index, bar] of bars.entries()) {
    const before = bars[index - 1];
    if (before === undefined || bar.closeAtMs > atMs || before.closeAtMs < windowStartMs) continue;
    const weight = 2 ** (-(atMs - bar.closeAtMs) / halfLifeMs);
    squares += weight * Math.log(bar.close / before.close) ** 2;
    hours +=
      (weight *
        (series.sessions === null
          ? bar.closeAtMs - before.closeAtMs
          : openMsBetween(series.sessions, before.closeAtMs, bar.closeAtMs))) /
      HOUR_MS;
  }
  return Math.sqrt(squares / hours) * 1e4;
}

const closes = fc.array(fc.option(fc.integer({ min: 50, max: 200 }), { freq: 5 }), {
  minLength: 10,
  maxLength: 60,
});

describe('volatilityOf', () => {
  it('is the size of the move where every hour moves alike, at any age', () => {
    const series = aSeries({ closes: Array.from({ length: 60 }, (_, index) => 100 * 1.01 ** (index % 2)) });

    const sigma = volatilityOf(series, 2).hourlySigmaBps(T0 + 40 * HOUR_MS, HALF_LIFE);

    expect(sigma).toBeCloseTo(Math.log(1.01) * 1e4, 9);
  });

  it('weighs a return half as much one half-life later', () => {
    const flatThenMoves = [100, 100, 100, 100, 100, 101];
    const series = aSeries({ closes: [...flatThenMoves, 101, 101, 101, 101, 101] });
    const volatility = volatilityOf(series, 2);

    const fresh = volatility.hourlySigmaBps(T0 + 5 * HOUR_MS, HALF_LIFE);
    const aged = volatility.hourlySigmaBps(T0 + 9 * HOUR_MS, HALF_LIFE);

    const weights = (ages: number[]) => ages.reduce((sum, age) => sum + 2 ** (-age / 4), 0);
    const move = Math.log(1.01) * 1e4;
    expect(fresh).toBeCloseTo(move * Math.sqrt(1 / weights([0, 1, 2, 3, 4])), 9);
    expect(aged).toBeCloseTo(move * Math.sqrt(0.5 / weights([0, 1, 2, 3, 4, 5, 6, 7, 8])), 9);
  });

  it('agrees with the formula written out, with gaps', () => {
    fc.assert(
      fc.property(closes, fc.integer({ min: 0, max: 60 * 60 }), (list, minutes) => {
        const series = aSeries({ closes: list });
        const atMs = T0 + minutes * MINUTE_MS;

        const sigma = volatilityOf(series, 2).hourlySigmaBps(atMs, HALF_LIFE);

        if (sigma !== null) expect(sigma).toBeCloseTo(naiveSigmaBps(series, atMs, HALF_LIFE), 8);
      }),
    );
  });

  it('agrees with the formula written out over open hours', () => {
    const sessions = someSessions(14);
    const closeAtMs = sessions.flatMap(({ openMs, closeMs }) =>
      Array.from({ length: 7 }, (_, bar) => Math.min(openMs + (bar + 1) * HOUR_MS, closeMs)),
    );
    const close = closeAtMs.map((_, index) => 100 + ((index * 7) % 11));
    const over = { sessions, closeAtMs: Float64Array.from(closeAtMs), close: Float64Array.from(close) };
    const series = aSeries({}, over);
    const atMs = T0 + 8 * DAY_MS + 18 * HOUR_MS;

    const sigma = volatilityOf(series, 2).hourlySigmaBps(atMs, DAY_MS);

    expect(sigma).toBeCloseTo(naiveSigmaBps(series, atMs, DAY_MS), 8);
  });

  it('does not depend on bars after its instant', () => {
    fc.assert(
      fc.property(
        closes,
        fc.integer({ min: 5, max: 40 }),
        fc.integer({ min: 1, max: 999 }),
        (list, pick, next) => {
          const hour = pick % list.length;
          const atMs = T0 + hour * HOUR_MS;
          const known = list.slice(0, hour + 1);

          const before = volatilityOf(aSeries({ closes: known }), 2).hourlySigmaBps(atMs, HALF_LIFE);
          const after = volatilityOf(aSeries({ closes: [...known, next, 5] }), 2).hourlySigmaBps(
            atMs,
            HALF_LIFE,
          );

          expect(after).toBe(before);
        },
      ),
    );
  });

  it('does not depend on bars from before its window, wherever the newest bar lies', () => {
    const history = fc.array(fc.integer({ min: 1, max: 999 }), { maxLength: 30 });

    fc.assert(
      fc.property(closes, history, fc.integer({ min: 0, max: 70 * 60 }), (list, earlier, minutes) => {
        const atMs = T0 + minutes * MINUTE_MS;
        const fromMs = atMs - WINDOW_HALF_LIVES * HALF_LIFE;
        const firstCloseMs = T0 - earlier.length * HOUR_MS;
        const all = aSeries({ closes: [...earlier, ...list], firstCloseMs });
        const first = all.closeAtMs.findIndex((closeMs) => closeMs >= fromMs);
        const cut = first === -1 ? all.closeAtMs.length : first;
        const asked = { closeAtMs: all.closeAtMs.slice(cut), close: all.close.slice(cut) };

        const whole = volatilityOf(all, 2).hourlySigmaBps(atMs, HALF_LIFE);
        const narrow = volatilityOf({ ...all, ...asked }, 2).hourlySigmaBps(atMs, HALF_LIFE);

        expect(narrow).toBe(whole);
      }),
    );
  });

  it('does not depend on the instants that were asked before', () => {
    const series = aSeries({ closes: [100, 103, null, null, null, 99, 104, 100, 101, 102] });
    const instants = Array.from({ length: 36 }, (_, index) => T0 + index * 20 * MINUTE_MS);
    const shared = volatilityOf(series, 2);

    const together = instants.map((atMs) => shared.hourlySigmaBps(atMs, HALF_LIFE));
    const alone = instants.map((atMs) => volatilityOf(series, 2).hourlySigmaBps(atMs, HALF_LIFE));

    expect(together).toEqual(alone);
  });

  it('is the same at every price level', () => {
    const list = Array.from({ length: 60 }, (_, index) => 100 + ((index * 13) % 17));
    const atMs = T0 + 50 * HOUR_MS;

    const low = volatilityOf(aSeries({ closes: list.map((each) => each * 2 ** -20) }), 2);
    const high = volatilityOf(aSeries({ closes: list.map((each) => each * 2 ** 20) }), 2);

    expect(low.hourlySigmaBps(atMs, HALF_LIFE)).toBe(high.hourlySigmaBps(atMs, HALF_LIFE));
  });

  it('counts a return over a gap by the hours it spans', () => {
    const series = aSeries({ closes: [100, 100, null, null, null, 104] });

    const sigma = volatilityOf(series, 2).hourlySigmaBps(T0 + 5 * HOUR_MS, HALF_LIFE);

    const hours = 2 ** -1 + 4;
    expect(sigma).toBeCloseTo(Math.log(1.04) * 1e4 * Math.sqrt(1 / hours), 9);
  });

  it('leaves a return across a suspect jump out', () => {
    const list = [100, 101, 100, 50, 50.5, 50, 50.5, 50];
    const jump = { fromMs: T0 + 2 * HOUR_MS, toMs: T0 + 3 * HOUR_MS, reason: 'corporate_action' as const };
    const atMs = T0 + 7 * HOUR_MS;

    const trusting = volatilityOf(aSeries({ closes: list }), 2).hourlySigmaBps(atMs, HALF_LIFE) ?? 0;
    const wary = volatilityOf(aSeries({ closes: list }, { suspects: [jump] }), 2);

    expect(trusting).toBeGreaterThan(1000);
    expect(wary.hourlySigmaBps(atMs, HALF_LIFE)).toBeCloseTo(Math.log(1.01) * 1e4, 9);
  });

  it('is unknown below the least number of returns', () => {
    const series = aSeries({ closes: [100, 101, 100, 101] });

    expect(volatilityOf(series, 3).hourlySigmaBps(T0 + 3 * HOUR_MS, HALF_LIFE)).toBeGreaterThan(0);
    expect(volatilityOf(series, 4).hourlySigmaBps(T0 + 3 * HOUR_MS, HALF_LIFE)).toBeNull();
    expect(volatilityOf(series, 2).hourlySigmaBps(T0 - 1, HALF_LIFE)).toBeNull();
    expect(volatilityOf(aSeries({ closes: [] }), 2).hourlySigmaBps(T0, HALF_LIFE)).toBeNull();
  });

  it('is unknown, not zero, where nothing moved', () => {
    const series = aSeries({ closes: [100, 100, 100, 100, 100] });

    expect(volatilityOf(series, 2).hourlySigmaBps(T0 + 4 * HOUR_MS, HALF_LIFE)).toBeNull();
  });

  it('looks at one close an hour of bars that are shorter', () => {
    const quarters = Array.from({ length: 4 * 40 + 1 }, (_, index) =>
      index % 4 === 0 ? 100 + ((index / 4) % 5) : 500 + index,
    );
    const hours = quarters.filter((_, index) => index % 4 === 0);
    const atMs = T0 + 30.6 * HOUR_MS;

    const short = volatilityOf(aSeries({ closes: quarters }, { barMs: 15 * MINUTE_MS }), 2);
    const long = volatilityOf(aSeries({ closes: hours }), 2);

    expect(short.hourlySigmaBps(atMs, HALF_LIFE)).toBe(long.hourlySigmaBps(atMs, HALF_LIFE));
  });
});
