// The queue of deliveries: what was accepted survives every power cut, is known again, and is forgotten in time.

import { describe, expect, it } from 'vitest';
import { openDeliveryQueue } from '../../src/app/delivery-queue.ts';
import { DAY_MS } from '../../src/domain/time.ts';
import { afterEveryCut } from '../fakes/faulty-disk.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';
import { aDelivery, guidOf, memoryLog } from './deliveries.ts';

const NOW_MS = Date.UTC(2026, 10, 21);

describe('the queue of deliveries', () => {
  it('keeps deliveries in the order of their arrival, over a restart too', () => {
    const disk = memoryDisk();
    const queue = openDeliveryQueue(disk, NOW_MS, memoryLog());
    for (const name of ['z', 'a', 'm']) queue.add(aDelivery(name));

    const again = openDeliveryQueue(disk, NOW_MS, memoryLog());
    again.add(aDelivery('b'));

    const expected = ['z', 'a', 'm', 'b'].map(guidOf);
    expect(again.waiting().map(({ guid }) => guid)).toEqual(expected);
    expect(
      openDeliveryQueue(disk, NOW_MS, memoryLog())
        .waiting()
        .map(({ guid }) => guid),
    ).toEqual(expected);
    expect(again.read(guidOf('m'))).toEqual(aDelivery('m'));
  });

  it('takes a delivery once, whether it waits or was handled', () => {
    const disk = memoryDisk();
    const queue = openDeliveryQueue(disk, NOW_MS, memoryLog());

    expect(queue.add(aDelivery('a'))).toBe('queued');
    expect(queue.add(aDelivery('a'))).toBe('known');
    queue.finish(guidOf('a'), NOW_MS);

    expect(queue.add(aDelivery('a'))).toBe('known');
    expect(openDeliveryQueue(disk, NOW_MS, memoryLog()).add(aDelivery('a'))).toBe('known');
    expect(queue.waiting()).toEqual([]);
    expect(queue.knows(guidOf('a'))).toBe(true);
    expect(queue.knows(guidOf('b'))).toBe(false);
  });

  it('sets aside what cannot be handled, says why, and queues it again at the next start or when it is sent again', () => {
    const disk = memoryDisk();
    const queue = openDeliveryQueue(disk, NOW_MS, memoryLog());
    for (const name of ['a', 'b']) queue.add(aDelivery(name, { receivedAtMs: NOW_MS }));
    queue.park(guidOf('a'), 'GitHub said no');
    queue.park(guidOf('b'), 'GitHub said no');

    expect(queue.waiting()).toEqual([]);
    expect(queue.parkedCount()).toBe(2);
    expect(queue.knows(guidOf('a'))).toBe(true);
    expect(Object.values(disk.dump()).join()).toContain('GitHub said no');
    expect(queue.add(aDelivery('b', { receivedAtMs: NOW_MS }))).toBe('queued');
    expect(queue.parkedCount()).toBe(1);
    expect(disk.list('failed')).toHaveLength(1);

    const again = openDeliveryQueue(disk, NOW_MS, memoryLog());
    expect(
      again
        .waiting()
        .map(({ guid }) => guid)
        .sort(),
    ).toEqual(['a', 'b'].map(guidOf).sort());
    expect(again.parkedCount()).toBe(0);
    expect(again.read(guidOf('a'))).toEqual(aDelivery('a', { receivedAtMs: NOW_MS }));
  });

  it('forgets after eight days what was handled, and what could not be, not earlier', () => {
    const disk = memoryDisk();
    const log = memoryLog();
    const queue = openDeliveryQueue(disk, NOW_MS, log);
    for (const name of ['done', 'parked']) queue.add(aDelivery(name, { receivedAtMs: NOW_MS }));
    queue.finish(guidOf('done'), NOW_MS);
    queue.park(guidOf('parked'), 'no');

    queue.forgetOld(NOW_MS + 8 * DAY_MS);
    expect([queue.knows(guidOf('done')), queue.parkedCount()]).toEqual([true, 1]);

    queue.forgetOld(NOW_MS + 9 * DAY_MS);
    expect([queue.knows(guidOf('done')), queue.parkedCount()]).toEqual([false, 0]);
    expect(disk.dump()).toEqual({});
  });

  it('does not try what could not be handled for more than eight days at the next start, and says so', () => {
    const disk = memoryDisk();
    const queue = openDeliveryQueue(disk, NOW_MS, memoryLog());
    queue.add(aDelivery('parked', { receivedAtMs: NOW_MS }));
    queue.park(guidOf('parked'), 'no');
    const late = memoryLog();

    expect(openDeliveryQueue(disk, NOW_MS + 8 * DAY_MS + 1, late).waiting()).toEqual([]);
    expect(late.lines.join()).toContain(`delivery ${guidOf('parked')}`);
    expect(disk.dump()).toEqual({});
  });

  it('loses nothing that was set aside, wherever the power of the next start fails', () => {
    const cuts = afterEveryCut(
      () => {
        const disk = memoryDisk();
        const queue = openDeliveryQueue(disk, NOW_MS, memoryLog());
        queue.add(aDelivery('a', { receivedAtMs: NOW_MS }));
        queue.park(guidOf('a'), 'no');
        return disk;
      },
      (disk) => void openDeliveryQueue(disk, NOW_MS, memoryLog()),
    );
    expect(cuts.length).toBeGreaterThan(1);
    for (const { disk, cut } of cuts) {
      const queue = openDeliveryQueue(disk, NOW_MS, memoryLog());
      expect(
        queue.waiting().map(({ guid }) => guid),
        JSON.stringify(cut),
      ).toEqual([guidOf('a')]);
    }
  });

  it('leaves a file alone that is no delivery, and says so', () => {
    const disk = memoryDisk({ 'queue/000000000007-x.json': '{"guid":"../../etc"}' });
    const log = memoryLog();

    const queue = openDeliveryQueue(disk, NOW_MS, log);
    queue.add(aDelivery('a'));

    expect(log.lines.join()).toContain('queue/000000000007-x.json');
    expect(queue.waiting()).toHaveLength(1);
    expect(disk.list('queue')).toEqual(['000000000007-x.json', `000000000008-${guidOf('a')}.json`]);
  });

  it('loses nothing that was accepted and brings nothing back that was handled, wherever the power fails', () => {
    let accepted: string[] = [];
    let finished: string[] = [];
    const names = ['a', 'b', 'c', 'd'];
    const cuts = afterEveryCut(
      () => memoryDisk(),
      (disk) => {
        const queue = openDeliveryQueue(disk, NOW_MS, memoryLog());
        for (const name of names) queue.add(aDelivery(name, { receivedAtMs: NOW_MS }));
        queue.finish(guidOf('a'), NOW_MS);
        queue.park(guidOf('b'), 'no');
        queue.finish(guidOf('c'), NOW_MS);
      },
    );
    expect(cuts.length).toBeGreaterThan(30);
    for (const { disk, cut } of cuts) {
      const queue = openDeliveryQueue(disk, NOW_MS, memoryLog());
      const waiting = queue.waiting().map(({ guid }) => guid);
      // Each write before the cut is one step of the work above: four are deliveries, then two for each outcome.
      accepted = names.slice(0, Math.min(4, cut.atWrite)).map(guidOf);
      finished = [...(cut.atWrite > 4 ? ['a'] : []), ...(cut.atWrite > 8 ? ['c'] : [])].map(guidOf);
      for (const guid of accepted) expect(queue.knows(guid), JSON.stringify(cut)).toBe(true);
      for (const guid of finished) expect(waiting, JSON.stringify(cut)).not.toContain(guid);
      for (const guid of waiting) expect(queue.read(guid)?.body).toBe('{"a":1}');
      queue.finish(guidOf('d'), NOW_MS);
      expect(openDeliveryQueue(disk, NOW_MS, memoryLog()).knows(guidOf('d'))).toBe(true);
    }
  });
});
