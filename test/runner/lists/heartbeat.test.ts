// The heartbeat: by the clock, soon after a change, once more at the end, and never believed for longer than it counts.

import { describe, expect, it } from 'vitest';
import { loadKernelSummary, newestHeartbeat } from '../../../src/adapters/state/kernel-records.ts';
import { virtualTimers } from '../../../src/adapters/virtual-timers.ts';
import type { Disk } from '../../../src/ports.ts';
import { beatHeart } from '../../../src/runner/lists/heartbeat.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';
import { KernelDriver, START_MS } from '../../kernel/build.ts';
import { factsOf } from '../facts-of.ts';
import { SaidLog } from './list-world.ts';

const EVERY_MS = 600_000;

function beating(disk: Disk = memoryDisk()) {
  const kernel = new KernelDriver().ready();
  const timers = virtualTimers(START_MS);
  const log = new SaidLog();
  const written: string[] = [];
  const heart = beatHeart({
    disk,
    facts: () => factsOf(kernel, { nowMs: timers.nowMs() }),
    startedAtMs: START_MS,
    everyMs: EVERY_MS,
    timers,
    log,
    onWritten: (why) => written.push(`${(timers.nowMs() - START_MS) / 1_000} ${why}`),
  });
  heart.begin();
  /** The kernel is told something, and the heart with it. */
  const tell = (isUp: boolean): void => {
    kernel.nowMs = timers.nowMs();
    const event = { kind: 'STREAM', atMs: kernel.nowMs, isUp } as never;
    const outcome = kernel.apply(event);
    heart.observe({ seq: kernel.state.seq, event, outcome, effects: [] }, kernel.state);
  };
  return { kernel, timers, log, written, heart, disk, tell };
}

describe('a heartbeat', () => {
  it('is written at the start and by the clock, and counts until the next one could not be late any more', () => {
    const { timers, written, disk } = beating();
    timers.advance(2 * EVERY_MS);
    expect(written).toEqual(['0 due', '600 due', '1200 due']);
    const late = timers.nowMs() + EVERY_MS + EVERY_MS / 2;
    expect(loadKernelSummary(disk, late)).toMatchObject({ ok: true, value: { runner_id: 'pink-1' } });
    expect(loadKernelSummary(disk, late + 1)).toEqual({ ok: true, value: null });
  });

  it('follows a change of the trading state soon, and many of them once in ten seconds', () => {
    const { timers, written, tell, disk } = beating();
    timers.advance(60_000);
    tell(false);
    timers.advance(1);
    expect(written.at(-1)).toBe('60 changed');
    expect(newestHeartbeat(disk)).toMatchObject({
      value: { trading_state: 'reducing', trading_state_since: new Date(START_MS + 60_000).toISOString() },
    });
    for (let second = 0; second < 9; second++) {
      tell(second % 2 === 0);
      timers.advance(1_000);
    }
    expect(written).toHaveLength(2);
    timers.advance(1_000);
    expect(written.at(-1)).toBe('70 changed');
  });

  it('is not written twice for what one by the clock says already', () => {
    const { timers, written, heart } = beating();
    timers.advance(EVERY_MS - 1);
    heart.changed();
    timers.advance(1);
    heart.changed();
    timers.advance(20_000);
    expect(written).toEqual(['0 due', '599.999 changed', '600 due', '610 changed']);
  });

  it('says nothing new where nothing is', () => {
    const { timers, written, heart, kernel } = beating();
    for (let second = 0; second < 60; second++) {
      timers.advance(1_000);
      const event = { kind: 'WAKE', atMs: timers.nowMs() } as never;
      heart.observe(
        { seq: second, event, outcome: { isAccepted: true, code: 'APPLIED', details: '' }, effects: [] },
        kernel.state,
      );
    }
    expect(written).toEqual(['0 due']);
  });

  it('ends with one that counts no longer than now, so that whoever watches knows at once', () => {
    const { timers, written, heart, disk, tell } = beating();
    timers.advance(60_000);
    heart.stop();
    heart.stop();
    expect(written.at(-1)).toBe('60 stop');
    expect(loadKernelSummary(disk, timers.nowMs() + 1)).toEqual({ ok: true, value: null });
    tell(false);
    timers.advance(10 * EVERY_MS);
    expect(written).toHaveLength(2);
  });

  it('that the disk does not take is told, and tried again', () => {
    let isFull = true;
    const whole = memoryDisk();
    const full: Disk = {
      ...whole,
      replace: (path, content) => {
        if (isFull) throw new Error('ENOSPC: no space left on device');
        whole.replace(path, content);
      },
    };
    const { timers, written, log } = beating(full);
    expect(log.errors()).toEqual([expect.stringContaining('no space left')]);
    isFull = false;
    timers.advance(30_000);
    expect(written).toEqual(['30 due']);
  });
});

describe('a change', () => {
  it('that waits is in the beat by the clock, and not written again after it', () => {
    const { timers, written, heart } = beating();
    timers.advance(EVERY_MS - 5_000);
    heart.changed();
    timers.advance(1_000);
    heart.changed();
    timers.advance(60_000);

    expect(written).toEqual(['0 due', '595 changed', '600 due']);
  });

  it('after the last heartbeat is nobody to tell', () => {
    const { timers, written, heart } = beating();
    heart.stop();
    heart.changed();
    timers.advance(60_000);

    expect(written).toEqual(['0 due', '0 stop']);
  });
});
