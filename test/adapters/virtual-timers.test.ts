// Virtual time: what is due runs in its order at its own instant, as the plainest list of it would, and a month of it is quick.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { virtualTimers } from '../../src/adapters/virtual-timers.ts';

const START_MS = 1_780_000_000_000;

describe('virtual timers', () => {
  it('stand still until somebody lets time pass', () => {
    const timers = virtualTimers(START_MS);
    let ran = 0;
    timers.after(0, () => {
      ran += 1;
    });
    expect([ran, timers.nowMs(), timers.nextMs()]).toEqual([0, START_MS, START_MS]);
    timers.advance(0);
    expect([ran, timers.nowMs(), timers.nextMs()]).toEqual([1, START_MS, null]);
  });

  it('run each call at its own instant, and what a call asks for on the way as well', () => {
    const timers = virtualTimers(START_MS);
    const ran: [string, number][] = [];
    timers.after(30, () => ran.push(['later', timers.nowMs() - START_MS]));
    timers.after(10, () => {
      ran.push(['first', timers.nowMs() - START_MS]);
      timers.after(5, () => ran.push(['asked for', timers.nowMs() - START_MS]));
    });
    timers.advance(20);
    expect(ran).toEqual([
      ['first', 10],
      ['asked for', 15],
    ]);
    expect(timers.nowMs() - START_MS).toBe(20);
  });

  it('step from one call to the next, among equals one at a time', () => {
    const timers = virtualTimers(START_MS);
    const ran: string[] = [];
    timers.after(10, () => ran.push('older'));
    timers.after(10, () => ran.push('newer'));
    expect(timers.advanceToNext()).toBe(true);
    expect([ran, timers.nowMs() - START_MS]).toEqual([['older'], 10]);
    expect(timers.advanceToNext()).toBe(true);
    expect(ran).toEqual(['older', 'newer']);
    expect(timers.advanceToNext()).toBe(false);
    expect(timers.nowMs() - START_MS).toBe(10);
  });

  it('leap like a machine that slept: what fell due is late, and comes once', () => {
    const timers = virtualTimers(START_MS);
    const ran: [string, number][] = [];
    const everyTen = (): void => {
      ran.push(['every ten', timers.nowMs() - START_MS]);
      timers.after(10, everyTen);
    };
    timers.after(10, everyTen);
    timers.after(40, () => ran.push(['once', timers.nowMs() - START_MS]));

    timers.leap(95);
    expect(ran).toEqual([]);
    expect([timers.nowMs() - START_MS, (timers.nextMs() ?? 0) - START_MS]).toEqual([95, 10]);

    while ((timers.nextMs() ?? Infinity) <= timers.nowMs()) timers.advanceToNext();
    expect(ran).toEqual([
      ['every ten', 95],
      ['once', 95],
    ]);
    expect((timers.nextMs() ?? 0) - START_MS).toBe(105);
  });

  it('never go back, to a call that is late least of all', () => {
    const timers = virtualTimers(START_MS);
    let ranAtMs = 0;
    timers.after(10, () => {
      ranAtMs = timers.nowMs() - START_MS;
    });
    timers.leap(50);
    timers.leap(-20);
    timers.advance(5);
    expect([ranAtMs, timers.nowMs() - START_MS]).toEqual([50, 55]);
  });

  it('take a call that is called off twice, or after it ran, as called off', () => {
    const timers = virtualTimers(START_MS);
    const ran: string[] = [];
    const callOff = timers.after(10, () => ran.push('called off'));
    const late = timers.after(5, () => ran.push('ran'));
    callOff();
    callOff();
    timers.advance(20);
    late();
    timers.after(1, () => ran.push('next'));
    timers.advance(20);
    expect(ran).toEqual(['ran', 'next']);
  });

  it('do what a sorted list would, whatever is asked for, called off and waited for', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('after' as const), ms: fc.integer({ min: -5, max: 40 }) }),
      fc.record({ kind: fc.constant('callOff' as const), nth: fc.nat(300) }),
      fc.record({ kind: fc.constant('advance' as const), ms: fc.nat(15) }),
      fc.record({ kind: fc.constant('next' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const timers = virtualTimers(START_MS);
        const callOffs: (() => void)[] = [];
        const ran: [number, number][] = [];
        const expected: [number, number][] = [];
        let list: { id: number; atMs: number }[] = [];
        let nowMs = START_MS;
        const runUntil = (untilMs: number, atMost: number): number => {
          const due = list
            .filter(({ atMs }) => atMs <= untilMs)
            .sort((a, b) => a.atMs - b.atMs || a.id - b.id)
            .slice(0, atMost);
          list = list.filter((one) => !due.includes(one));
          for (const { id, atMs } of due) expected.push([id, atMs]);
          return due.at(-1)?.atMs ?? nowMs;
        };
        for (const one of steps) {
          if (one.kind === 'after') {
            const id = callOffs.length;
            callOffs.push(timers.after(one.ms, () => ran.push([id, timers.nowMs()])));
            list.push({ id, atMs: nowMs + Math.max(0, one.ms) });
          } else if (one.kind === 'callOff') {
            callOffs[one.nth]?.();
            list = list.filter(({ id }) => id !== one.nth);
          } else if (one.kind === 'advance') {
            timers.advance(one.ms);
            runUntil(nowMs + one.ms, Number.POSITIVE_INFINITY);
            nowMs += one.ms;
          } else {
            const isWaiting = list.length > 0;
            nowMs = runUntil(Number.POSITIVE_INFINITY, 1);
            expect(timers.advanceToNext()).toBe(isWaiting);
          }
          const earliest = list.reduce<number | null>(
            (least, { atMs }) => (least === null || atMs < least ? atMs : least),
            null,
          );
          expect([timers.nowMs(), timers.nextMs()]).toEqual([nowMs, earliest]);
        }
        expect(ran).toEqual(expected);
      }),
    );
  });

  it('pass a month of minutes with thousands that wait and one in each that is called off', () => {
    const timers = virtualTimers(START_MS);
    const minutes = 30 * 24 * 60;
    let ran = 0;
    let [minute, callOff] = [0, (): void => undefined];
    const each = (): void => {
      minute += 1;
      callOff();
      callOff = timers.after(86_400_000, () => undefined);
      for (let n = 1; n <= 3; n += 1)
        timers.after(n * 1_000, () => {
          ran += 1;
        });
      if (minute < minutes) timers.after(60_000, each);
    };
    timers.after(0, each);
    for (let n = 0; n < 1_000; n += 1) timers.after(86_400_000 * 60, () => undefined);
    timers.advance(minutes * 60_000);
    expect([minute, ran]).toEqual([minutes, minutes * 3]);
  });
});
