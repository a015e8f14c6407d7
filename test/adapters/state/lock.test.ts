// The lock: one owner at a time, given back whatever happens, and taken over only from the certainly dead.

import { describe, expect, it } from 'vitest';
import {
  type LockOptions,
  type LockOwner,
  processOwner,
  withLock,
} from '../../../src/adapters/state/lock.ts';
import type { Disk } from '../../../src/ports.ts';
import { afterEveryCut } from '../../fakes/faulty-disk.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';

const LOCK = '.locks/job.lock';
const SINCE = '2021-03-01T10:00:00.000Z';
const DEAD = owner(1);

function owner(pid: number, host = 'here'): LockOwner {
  return { pid, host, since: SINCE };
}

function textOf(lockOwner: LockOwner): string {
  return `${JSON.stringify(lockOwner)}\n`;
}

function options(over: Partial<LockOptions> = {}): LockOptions {
  return {
    waitMs: 0,
    owner: owner(2),
    sleep: () => Promise.resolve(),
    isGone: ({ pid }) => pid === DEAD.pid,
    ...over,
  };
}

describe('withLock', () => {
  it('holds the lock while it runs, and gives it back', async () => {
    const disk = memoryDisk();

    const result = await withLock(disk, 'job', options(), () => disk.dump());

    expect(result).toEqual({ ok: true, value: { [LOCK]: textOf(owner(2)) } });
    expect(disk.dump()).toEqual({});
  });

  it('gives the lock back where the work throws, and lets the error through', async () => {
    const disk = memoryDisk();
    const failing = withLock(disk, 'job', options(), () => Promise.reject(new Error('work failed')));

    await expect(failing).rejects.toThrow('work failed');

    expect(disk.dump()).toEqual({});
  });

  it('does not run while another owner is alive, and says who it is and what to do', async () => {
    const disk = memoryDisk({ [LOCK]: textOf(owner(3)) });

    const result = await withLock(disk, 'job', options(), () => expect.unreachable());

    expect(result).toEqual({
      ok: false,
      error: {
        name: 'job',
        owner: owner(3),
        message:
          'the lock "job" is held by process 3 on host here since 2021-03-01T10:00:00.000Z; ' +
          'wait for it to end; if it is gone for sure, remove .locks/job.lock in the state folder',
      },
    });
    expect(disk.dump()).toEqual({ [LOCK]: textOf(owner(3)) });
  });

  it('waits as long as it was told, and no longer', async () => {
    const disk = memoryDisk({ [LOCK]: textOf(owner(3)) });
    const slept: number[] = [];
    const sleep = (ms: number) => {
      slept.push(ms);
      return Promise.resolve();
    };

    const result = await withLock(disk, 'job', options({ waitMs: 120, sleep }), () => 1);

    expect(result.ok).toBe(false);
    expect(slept).toEqual([50, 50, 20]);
  });

  it('runs once the owner has gone home', async () => {
    const disk = memoryDisk({ [LOCK]: textOf(owner(3)) });
    const sleep = () => {
      disk.remove(LOCK);
      return Promise.resolve();
    };

    const result = await withLock(disk, 'job', options({ waitMs: 1000, sleep }), () => 'ran');

    expect(result).toEqual({ ok: true, value: 'ran' });
  });

  it('takes the lock of a process that died on this host', async () => {
    const disk = memoryDisk({ [LOCK]: textOf(DEAD) });

    const result = await withLock(disk, 'job', options(), () => disk.dump());

    expect(result).toEqual({ ok: true, value: { [LOCK]: textOf(owner(2)) } });
    expect(disk.dump()).toEqual({});
  });

  it.each([
    ['on another host', textOf(owner(DEAD.pid, 'elsewhere'))],
    ['that names nobody', ''],
    ['that is no lock', '{"pid":"1","host":"here","since":"now"}'],
  ])('never takes a lock %s', async (_, text) => {
    const disk = memoryDisk({ [LOCK]: text });

    const result = await withLock(disk, 'job', options({ waitMs: 100 }), () => 1);

    expect(result.ok).toBe(false);
    expect(disk.dump()).toEqual({ [LOCK]: text });
  });

  it('keeps away from a lock that a person removed and somebody else took meanwhile', async () => {
    const disk = memoryDisk();

    await withLock(disk, 'job', options(), () => disk.replace(LOCK, textOf(owner(3))));

    expect(disk.dump()).toEqual({ [LOCK]: textOf(owner(3)) });
  });

  it('lets one of two takers win, whichever step of the one the other interrupts', async () => {
    for (let step = 0; step < 12; step += 1) {
      const base = memoryDisk({ [LOCK]: textOf(DEAD) });
      let inside = 0;
      let most = 0;
      const enter = async () => {
        inside += 1;
        most = Math.max(most, inside);
        await Promise.resolve();
        inside -= 1;
      };
      let rival: Promise<unknown> = Promise.resolve();
      let calls = 0;
      const interrupted = beforeEachCall(base, () => {
        if (calls++ === step) rival = withLock(base, 'job', options({ owner: owner(4), waitMs: 500 }), enter);
      });

      const mine = await withLock(interrupted, 'job', options({ waitMs: 500 }), enter);
      await rival;

      expect([step, most]).toEqual([step, 1]);
      expect(mine.ok).toBe(true);
      expect(base.dump()).toEqual({});
    }
  });

  it('is free again after a taker died at any step of taking over', async () => {
    const acquire = (disk: Disk) => {
      void withLock(
        disk,
        'job',
        options({ owner: { ...DEAD, since: '2021-03-02T00:00:00.000Z' } }),
        () => 1,
      ).catch(() => null);
    };
    const fresh = () => memoryDisk({ [LOCK]: textOf(DEAD) });
    const aftermaths = afterEveryCut(fresh, (disk) => acquireOrThrow(disk, acquire));

    expect(aftermaths.length).toBeGreaterThan(0);
    for (const { disk, cut } of aftermaths) {
      const result = await withLock(disk, 'job', options(), () => 'ran');
      expect(result, JSON.stringify(cut)).toEqual({ ok: true, value: 'ran' });
    }
  });

  it('takes a lock with the own process id from before this process began as that of an earlier run', async () => {
    const mine = processOwner();
    const earlier = memoryDisk({ [LOCK]: textOf({ ...mine, since: SINCE }) });
    const current = memoryDisk({ [LOCK]: textOf(mine) });
    const real = { waitMs: 0, owner: processOwner(), sleep: () => Promise.resolve() };

    const takenOver = await withLock(earlier, 'job', real, () => 'ran');
    const refused = await withLock(current, 'job', real, () => 'ran');

    expect(takenOver.ok).toBe(true);
    expect(refused.ok).toBe(false);
  });
});

/** Passes every call on after telling `before`, so that a test can act between two steps. */
function beforeEachCall(base: Disk, before: () => void): Disk {
  return {
    ...base,
    read: (path) => {
      before();
      return base.read(path);
    },
    createExclusive: (path, text) => {
      before();
      return base.createExclusive(path, text);
    },
    replace: (path, text) => {
      before();
      base.replace(path, text);
    },
    remove: (path) => {
      before();
      base.remove(path);
    },
  };
}

/** Taking a lock is synchronous up to the work, so a power cut on the way is seen as soon as the call returns. */
function acquireOrThrow(disk: Disk, acquire: (disk: Disk) => void): void {
  acquire(disk);
  disk.list('');
}
