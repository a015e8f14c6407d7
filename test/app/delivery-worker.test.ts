// The worker: order within a repository, patience with GitHub, nothing lost on failure, restart or shutdown.

import { describe, expect, it } from 'vitest';
import { openDeliveryQueue } from '../../src/app/delivery-queue.ts';
import { deliveryWorker, type WorkerPorts } from '../../src/app/delivery-worker.ts';
import { GitHubError } from '../../src/domain/github.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';
import { aDelivery, guidOf, memoryLog } from './deliveries.ts';

const UNAVAILABLE = new GitHubError('unavailable', 502, 'GET /repos/acme/alpha answered 502');
const NOW_MS = Date.UTC(2026, 10, 21);

function world(handle: WorkerPorts['handle'], disk = memoryDisk()) {
  const log = memoryLog();
  const waits: number[] = [];
  const queue = openDeliveryQueue(disk, NOW_MS, log);
  const worker = deliveryWorker({
    queue,
    log,
    clock: { nowMs: () => NOW_MS },
    sleep: async (ms) => void waits.push(ms),
    handle,
  });
  const add = (name: string, repository: string | null = 'acme/alpha'): void => {
    queue.add(aDelivery(name, { repository, receivedAtMs: NOW_MS }));
    worker.wake();
  };
  return { queue, worker, log, waits, add, disk };
}

/** A promise that the test settles. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

describe('the worker', () => {
  it('handles the deliveries of one repository one after the other, and others beside them', async () => {
    const slow = gate();
    const seen: string[] = [];
    const { add, worker, queue } = world(async ({ guid, repository }) => {
      seen.push(`begin ${guid}`);
      if (repository === 'acme/alpha') await slow.opened;
      seen.push(`end ${guid}`);
    });
    add('first');
    add('second');
    add('other', 'acme/beta');
    await worker.inLane('acme/beta', async () => {});
    const meanwhile = [...seen];
    slow.open();
    await worker.idle();

    const [first, second, other] = ['first', 'second', 'other'].map(guidOf);
    expect(meanwhile).toEqual([`begin ${first}`, `begin ${other}`, `end ${other}`]);
    expect(seen.slice(3)).toEqual([`end ${first}`, `begin ${second}`, `end ${second}`]);
    expect(queue.waiting()).toEqual([]);
  });

  it('tries again while GitHub is unavailable, longer and longer', async () => {
    let attempts = 0;
    const { add, worker, waits, queue } = world(async () => {
      attempts += 1;
      // As the frame hands it on: within two AggregateErrors.
      if (attempts < 4) throw new AggregateError([new AggregateError([UNAVAILABLE])]);
    });
    add('a');
    await worker.idle();

    expect(attempts).toBe(4);
    expect(waits).toEqual([5_000, 30_000, 120_000]);
    expect(queue.add(aDelivery('a'))).toBe('known');
  });

  it('also where another part failed for good, since the passing one is still owed', async () => {
    let attempts = 0;
    const { add, worker, queue } = world(async () => {
      attempts += 1;
      if (attempts === 1) throw new AggregateError([new TypeError('x is not a function'), UNAVAILABLE]);
    });
    add('a');
    await worker.idle();

    expect([attempts, queue.parkedCount()]).toEqual([2, 0]);
  });

  it.each([429, 500, 502])(
    'also where only the HTTP status %d tells so, as for a token that could not be fetched',
    async (status) => {
      let attempts = 0;
      const { add, worker } = world(async () => {
        attempts += 1;
        if (attempts === 1) throw Object.assign(new Error('no token'), { status });
      });
      add('a');
      await worker.idle();

      expect(attempts).toBe(2);
    },
  );

  it('sets a delivery aside in the end, says so, and goes on with the next', async () => {
    const { add, worker, waits, queue, log } = world(async ({ guid }) => {
      if (guid === guidOf('a')) throw UNAVAILABLE;
    });
    add('a');
    add('b');
    await worker.idle();

    expect(waits).toHaveLength(4);
    expect(queue.parkedCount()).toBe(1);
    expect(queue.add(aDelivery('b'))).toBe('known');
    expect(log.lines.at(-1)).toContain(`delivery ${guidOf('a')} (push) failed and is set aside`);
  });

  it.each([
    ['what GitHub refuses', new GitHubError('refused', 422, 'no')],
    ['a defect of ours', new TypeError('x is not a function')],
  ])('does not repeat %s', async (_what, error) => {
    const { add, worker, waits, queue } = world(async () => {
      throw error;
    });
    add('a');
    await worker.idle();

    expect(waits).toEqual([]);
    expect(queue.parkedCount()).toBe(1);
  });

  it('handles what it set aside once it is sent again, without a restart', async () => {
    let attempts = 0;
    const { add, worker, queue } = world(async () => {
      attempts += 1;
      if (attempts === 1) throw new GitHubError('refused', 422, 'no');
    });
    add('a');
    await worker.idle();
    expect(queue.parkedCount()).toBe(1);
    add('a');
    await worker.idle();

    expect(attempts).toBe(2);
    expect([queue.parkedCount(), queue.waiting().length]).toEqual([0, 0]);
  });

  it('finishes what it is at when it is stopped, and leaves the rest for the next start', async () => {
    const slow = gate();
    const handled: string[] = [];
    const first = world(async ({ guid }) => {
      await slow.opened;
      handled.push(guid);
    });
    for (const name of ['a', 'b', 'c']) first.add(name);
    await Promise.resolve();
    const stopped = first.worker.stop();
    slow.open();
    await stopped;
    expect(handled).toEqual([guidOf('a')]);

    const second = world(async ({ guid }) => void handled.push(guid), first.disk);
    second.worker.wake();
    await second.worker.idle();

    expect(handled).toEqual(['a', 'b', 'c'].map(guidOf));
  });

  it('does not wait out a pause when it is stopped', async () => {
    let calls = 0;
    const log = memoryLog();
    const queue = openDeliveryQueue(memoryDisk(), NOW_MS, log);
    const paused = gate();
    const worker = deliveryWorker({
      queue,
      log,
      clock: { nowMs: () => NOW_MS },
      sleep: async (_ms, signal) =>
        await new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => resolve());
          paused.open();
        }),
      handle: async () => {
        calls += 1;
        throw UNAVAILABLE;
      },
    });
    queue.add(aDelivery('a'));
    worker.wake();
    await paused.opened;
    await worker.stop();

    expect(calls).toBe(1);
    expect(queue.waiting()).toHaveLength(1);
    expect(queue.parkedCount()).toBe(0);
  });

  it('handles a delivery again where the program died before it could say that it had', async () => {
    const disk = memoryDisk();
    const handled: string[] = [];
    const dying = {
      ...disk,
      append: () => {
        throw new Error('the power is out');
      },
    };
    const first = world(async ({ guid }) => void handled.push(guid), dying);
    first.add('a');
    await first.worker.idle();
    expect(first.log.lines.join()).toContain('the power is out');

    const second = world(async ({ guid }) => void handled.push(guid), disk);
    second.worker.wake();
    await second.worker.idle();

    expect(handled).toEqual([guidOf('a'), guidOf('a')]);
    expect(second.queue.waiting()).toEqual([]);
  });
});
