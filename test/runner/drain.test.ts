// A stop that leaves nothing under way: what it asks of the kernel, how long it waits, and what it says is left.

import { describe, expect, it } from 'vitest';
import { virtualTimers } from '../../src/adapters/virtual-timers.ts';
import type { EpochMs } from '../../src/domain/steps.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import { type DrainPolicy, drain } from '../../src/runner/drain.ts';
import { BTC, ETH, holding, KernelDriver } from '../kernel/build.ts';

const WITHIN_MS = 10_000;

function drained(kernel: KernelDriver, policy: DrainPolicy) {
  const timers = virtualTimers(kernel.nowMs);
  const taken: Extract<KernelEvent, { kind: 'INTENT' }>[] = [];
  let left: readonly string[] | null = null;
  void drain({
    policy,
    take: (make) => {
      const event = make(kernel.nowMs as EpochMs);
      if (event.kind === 'INTENT') taken.push(event);
      return kernel.apply({ ...event });
    },
    state: () => kernel.state,
    hasHalted: () => false,
    timers,
    withinMs: WITHIN_MS,
    runId: 'run-1',
  }).then((all) => {
    left = all;
  });
  return {
    taken,
    async left(afterMs: number) {
      timers.advance(afterMs);
      await new Promise((resolve) => setImmediate(resolve));
      return left;
    },
  };
}

/** A kernel that holds BTC, and whose entry of ETH rests. */
function busy(): KernelDriver {
  const kernel = new KernelDriver({ maxSlots: 2, router: { style: 'maker' } }).ready();
  kernel.enter({ slot: 0 });
  kernel.fill(10_000);
  kernel.hold(50);
  kernel.view = { ...kernel.view, wallet: kernel.state.ledger.wallet };
  kernel.wait(10_000);
  kernel.enter({ slot: 1, symbol: ETH });
  kernel.ack();
  return kernel;
}

describe('a drain', () => {
  it('that is to keep asks for nothing, and is over at once', async () => {
    const kernel = busy();
    const stop = drained(kernel, 'keep');

    expect(await stop.left(0)).toEqual([]);
    expect(stop.taken).toEqual([]);
  });

  it('that is to cancel cancels entries alone, and leaves positions and nothing else', async () => {
    const kernel = busy();
    const stop = drained(kernel, 'cancel');
    const [, rests] = kernel.state.slots;

    expect(stop.taken).toMatchObject([
      { action: 'CANCEL', slot: 1, symbol: ETH, intentId: 'run-1.stop-cxl.1' },
    ]);
    expect(await stop.left(0)).toBeNull();
    kernel.report(0, 10_000, { status: 'CANCELED' });
    kernel.wait(1_000);
    expect(rests?.trade).toBeNull();
    expect(await stop.left(100)).toEqual([]);
  });

  it('that is to flatten closes all of every position urgently, and waits until it is flat', async () => {
    const kernel = holding(50, {}, [0.5, 1]);
    const stop = drained(kernel, 'flatten');

    expect(stop.taken.filter(({ action }) => action === 'EXIT')).toMatchObject([
      { slot: 0, symbol: BTC, isUrgent: true, intentId: 'run-1.stop-exit.0', size: Number.MAX_VALUE },
    ]);
    expect(kernel.lastSent).toMatchObject({ side: 'SELL', quantity: 50, type: 'MARKET' });
    expect(await stop.left(100)).toBeNull();
    kernel.fill(10_000);
    expect(await stop.left(100)).toEqual([]);
  });

  it('says what is left, by name, once the time is over and not before', async () => {
    const kernel = holding(50);
    const stop = drained(kernel, 'flatten');

    expect(await stop.left(WITHIN_MS - 1)).toBeNull();
    expect(await stop.left(100)).toEqual([
      `order ${kernel.lastSent.clientOrderId} of ${BTC} is SENT`,
      `slot 0 holds 50 lots of ${BTC}`,
    ]);
  });
});
