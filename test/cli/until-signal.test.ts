// How a command that goes on by itself ends: by a signal, a reason of its own, or its time, however long that is.

import { describe, expect, it } from 'vitest';
import { virtualTimers } from '../../src/adapters/virtual-timers.ts';
import { untilSignal } from '../../src/cli/until-signal.ts';
import { DAY_MS } from '../../src/domain/time.ts';

describe('a command that goes on', () => {
  it.each([1_000, 60 * DAY_MS])('ends after its %d ms, and not before', async (ms) => {
    const timers = virtualTimers(0);
    let why: string | null = null;
    const ended = untilSignal(ms, undefined, timers.after).then((reason) => {
      why = reason;
    });

    timers.advance(ms - 1);
    await Promise.resolve();
    expect(why).toBeNull();
    timers.advance(1);
    await ended;
    expect(why).toBe('the time of --for is over');
  });

  it('lets the listeners of signals go at its end', async () => {
    const before = process.listenerCount('SIGTERM');
    const ended = untilSignal(null, Promise.resolve('enough'));
    expect(process.listenerCount('SIGTERM')).toBe(before + 1);
    await ended;
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });
});
