// The steady clock: whatever happens to the system time, it never goes back, follows slowly, and says once what was done to it.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { steadyTimers, type TimeSource } from '../../src/adapters/steady-clock.ts';
import { virtualTimers } from '../../src/adapters/virtual-timers.ts';
import type { Timers } from '../../src/ports.ts';

const START_MS = 1_780_000_000_000;

function machine() {
  const passing = virtualTimers(0);
  let setBy = 0;
  const source: TimeSource = {
    wallMs: () => START_MS + Math.floor(passing.nowMs()) + setBy,
    monotonicMs: () => passing.nowMs(),
    after: passing.after,
  };
  const told: string[] = [];
  const timers: Timers = steadyTimers({ warn: (message) => told.push(message) }, source);
  return {
    timers,
    told,
    source,
    pass: (ms: number) => passing.advance(ms),
    set: (ms: number) => {
      setBy += ms;
    },
    sinceStart: () => timers.nowMs() - START_MS,
  };
}

describe('a steady clock', () => {
  it('is the system time where nobody touches that, in whole milliseconds', () => {
    const { pass, sinceStart, told } = machine();
    pass(1_234.5);
    expect(sinceStart()).toBe(1_234);
    pass(86_400_000);
    expect(sinceStart()).toBe(86_401_234);
    expect(told).toEqual([]);
  });

  it.each([
    [500, 1_050, 11_500],
    [-500, 950, 10_500],
  ])('follows a system time that is %s ms away by a twentieth of what passes', (away, soon, late) => {
    const { pass, set, sinceStart, told } = machine();
    set(away);
    pass(1_000);
    expect(sinceStart()).toBe(soon);
    pass(10_000);
    expect(sinceStart()).toBe(late);
    expect(told).toEqual([]);
  });

  it('goes ahead at once where the machine slept, and says so once', () => {
    const { pass, set, sinceStart, told } = machine();
    set(3_600_000);
    pass(1_000);
    expect(sinceStart()).toBe(3_601_000);
    pass(1_000);
    expect(sinceStart()).toBe(3_602_000);
    expect(told).toEqual([expect.stringContaining('3600.0 s ahead')]);
  });

  it('passes slower where the system time was set back, and says so once', () => {
    const { pass, set, sinceStart, told } = machine();
    set(-60_000);
    pass(100_000);
    expect(sinceStart()).toBe(95_000);
    for (let n = 0; n < 12; n += 1) {
      pass(100_000);
      sinceStart();
    }
    expect(sinceStart()).toBe(1_300_000 - 60_000);
    expect(told).toEqual([expect.stringContaining('set back by 60.0 s')]);
    set(-60_000);
    pass(1);
    sinceStart();
    expect(told).toHaveLength(2);
  });

  it('never goes back, and never passes at another speed than it may, whatever is done to the system time', () => {
    const step = fc.record({
      ms: fc.integer({ min: 0, max: 5_000 }),
      set: fc.option(fc.integer({ min: -10_000, max: 10_000 })),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const { pass, set, timers, source } = machine();
        let last = timers.nowMs();
        for (const one of steps) {
          set(one.set ?? 0);
          pass(one.ms);
          const now = timers.nowMs();
          expect(now).toBeGreaterThanOrEqual(last);
          expect(now - last).toBeGreaterThanOrEqual(Math.floor(one.ms * 0.95) - 1);
          const isAhead = now > last + one.ms * 1.05 + 1;
          if (isAhead) expect(now).toBe(source.wallMs());
          last = now;
        }
      }),
    );
  });
});

describe('a wait by a steady clock', () => {
  it('is over when so much has passed by it, not before', () => {
    const { timers, pass, set } = machine();
    const ran: number[] = [];
    timers.after(10_000, () => ran.push(timers.nowMs() - START_MS));
    set(-1_000);
    pass(10_000);
    expect(ran).toEqual([]);
    pass(1_000);
    expect(ran).toEqual([10_000]);
  });

  it('is over soon where the clock went ahead meanwhile', () => {
    const { timers, pass, set } = machine();
    let ran = 0;
    timers.after(3_600_000, () => {
      ran += 1;
    });
    set(7_200_000);
    pass(30_000);
    expect(ran).toBe(1);
  });

  it('comes later even where there is nothing to wait for, once, and not where it was called off', () => {
    const { timers, pass } = machine();
    const ran: string[] = [];
    timers.after(0, () => ran.push('now'));
    timers.after(-5, () => ran.push('before'));
    const callOff = timers.after(60_000, () => ran.push('called off'));
    expect(ran).toEqual([]);
    pass(40_000);
    expect(ran).toEqual(['now', 'before']);
    callOff();
    pass(60_000);
    expect(ran).toEqual(['now', 'before']);
  });
});
