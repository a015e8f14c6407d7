// The one writer: what leaves is durable, what fails is written down, and a full disk leaves room for what cannot be had again.

import { describe, expect, it } from 'vitest';
import type { KernelEvent } from '../../../src/kernel/event.ts';
import type { JournalDisk } from '../../../src/ports.ts';
import { simulatedDisk } from '../../fakes/simulated-disk.ts';
import { faultOf, freeze, hashOf, mark, recovered, run, started, stream } from './journal-world.ts';

const SEGMENT = 'pink-000000000001.jsonl';

function linesOf(disk: JournalDisk, name = SEGMENT): readonly string[] {
  return disk
    .readRange(name, 0, disk.size(name) ?? 0)
    .toString()
    .trimEnd()
    .split('\n');
}

function ioError(): Error {
  return Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO', syscall: 'fdatasync' });
}

describe('effects', () => {
  it('leave with the commit that makes their records durable, not before', () => {
    const disk = simulatedDisk();
    const { kernel } = recovered(disk);
    const syncsBefore = disk.syncs();

    const effects = kernel.commit();

    expect(effects.length).toBeGreaterThan(0);
    expect(disk.syncs()).toBe(syncsBefore + 1);
    expect(linesOf(disk).at(-2)).toContain('"kind":"START"');
    disk.cutPower();
    expect(linesOf(disk).at(-2)).toContain('"kind":"START"');
  });

  it('leave once', () => {
    const kernel = started(simulatedDisk());

    expect(kernel.commit()).toEqual([]);
  });

  it('of a group come in the order of their events', () => {
    const kernel = started(simulatedDisk());
    const each = started(simulatedDisk());
    const alone = [stream(1, true), stream(2, false), stream(3, true)].flatMap((event) => {
      each.apply(event);
      return each.commit();
    });

    for (const event of [stream(1, true), stream(2, false), stream(3, true)]) kernel.apply(event);

    expect(kernel.commit()).toEqual(alone);
  });

  it('never leave where the disk cannot promise that their records stay', () => {
    const disk = simulatedDisk();
    const kernel = started(disk);
    disk.sync = () => {
      throw ioError();
    };
    kernel.apply(stream(1, true));

    expect(kernel.commit()).toEqual([]);
    expect(kernel.halted).toMatch(/disk of the journal failed: EIO/);
    expect(kernel.apply(mark(2))).toMatchObject({ isAccepted: false, code: 'HALTED' });
    expect(kernel.commit()).toEqual([]);
  });
});

describe('a group', () => {
  it('is written whole where the disk takes it in pieces', () => {
    const whole = simulatedDisk();
    const pieces = simulatedDisk({ takenBytes: (_, bytes) => Math.ceil(bytes / 3) });
    const [one, other] = [started(whole), started(pieces)];
    run(one, 20, 5);
    run(other, 20, 5);

    expect(linesOf(pieces).length).toBe(linesOf(whole).length);
    expect(hashOf(recovered(pieces).kernel)).toBe(hashOf(recovered(whole).kernel));
  });

  it('holds each record with its number and the hash it led to, and ends with a seal', () => {
    const disk = simulatedDisk();
    const kernel = started(disk);
    kernel.apply(mark(1));
    kernel.commit();

    const [head, start, seal, record, last] = linesOf(disk);

    expect(head).toMatch(
      /^\{"pink":1,"first":1,"hash":"0{16}","chain":"0{64}","config":\{.*\},"c":"[0-9a-f]{8}"\}$/,
    );
    expect(start).toMatch(/^\{"n":1,"h":"[0-9a-f]{16}","e":\{"kind":"START",.*\},"c":"[0-9a-f]{8}"\}$/);
    expect(seal).toMatch(/^\{"seal":1,"sha256":"[0-9a-f]{64}","c":"[0-9a-f]{8}"\}$/);
    expect(record).toContain(`{"n":2,"h":"${hashOf(kernel)}","e":{"kind":"MARK"`);
    expect(last).toMatch(/^\{"seal":2,/);
  });

  it('that holds nothing is not written', () => {
    const disk = simulatedDisk();
    const kernel = started(disk);
    const syncs = disk.syncs();

    kernel.commit();

    expect(disk.syncs()).toBe(syncs);
  });
});

describe('an event that no record can hold', () => {
  it('is applied as malformed, with what was wrong', () => {
    const disk = simulatedDisk();
    const kernel = started(disk);

    const outcome = kernel.apply({ ...mark(1), bid: 0.5 } as KernelEvent);
    kernel.commit();

    expect(outcome.code).toBe('MALFORMED_EVENT');
    expect(linesOf(disk).at(-2)).toContain(
      '"what":"MARK","problem":"bid: expected a whole number; found 0.5"',
    );
  });
});

describe('an event that the kernel fails at', () => {
  function broken() {
    const disk = simulatedDisk();
    const kernel = started(disk);
    kernel.apply(stream(1, true));
    const hash = hashOf(kernel);
    kernel.state.outcomes.get = () => {
      throw new Error('the kernel broke');
    };
    const outcome = kernel.apply(freeze(2));
    return { disk, kernel, hash, outcome };
  }

  it('halts it: nothing leaves any more, not even for what came before', () => {
    const { kernel, outcome } = broken();

    expect(outcome.code).toBe('HALTED');
    expect(kernel.halted).toBe('record 3 could not be applied: Error: the kernel broke');
    expect(kernel.commit()).toEqual([]);
  });

  it('is written down, durably, beside what came before', () => {
    const { disk } = broken();
    disk.cutPower();

    const [record, poison, seal] = linesOf(disk).slice(-3);

    expect(record).toContain('"kind":"STREAM"');
    expect(poison).toMatch(/^\{"n":3,"poison":"Error: the kernel broke","e":\{"kind":"COMMAND"/);
    expect(seal).toMatch(/^\{"seal":2,/);
  });

  it('is passed over by the next kernel, which tells of it and goes on from the state before', () => {
    const { disk, hash } = broken();
    const { kernel, report } = recovered(disk);
    kernel.commit();

    expect(report.poisons).toEqual([{ seq: 3, error: 'Error: the kernel broke' }]);
    expect(report.records).toBe(2);
    expect(kernel.state.seq).toBe(3);
    expect(linesOf(disk).some((line) => line.startsWith(`{"n":2,"h":"${hash}"`))).toBe(true);
    expect(recovered(disk).report.poisons).toEqual(report.poisons);
  });
});

describe('a full disk', () => {
  function full() {
    const disk = simulatedDisk();
    const kernel = started(disk, { reserveBytes: 16_384 });
    const used = disk.list().reduce((sum, name) => sum + (disk.size(name) ?? 0), 0);
    disk.setCapacity(used + 40);
    kernel.apply(mark(1));
    kernel.commit();
    return { disk, kernel };
  }

  it('takes the reserve, and the kernel is told before anything else happens', () => {
    const { disk, kernel } = full();

    expect(kernel.isDiskFull).toBe(true);
    expect(kernel.halted).toBeNull();
    expect(disk.list()).not.toContain('reserve.bin');
    expect([...kernel.state.trading.reasons.keys()]).toContain('JOURNAL_FULL');
    expect(linesOf(disk).some((line) => line.includes('"kind":"JOURNAL"'))).toBe(true);
  });

  it('leaves the reserve to what cannot be had again: one price a second is enough', () => {
    const { kernel } = full();
    const { seq } = kernel.state;

    expect(kernel.apply(mark(500)).code).toBe('SUPPRESSED');
    expect(kernel.apply(mark(1_100)).code).not.toBe('SUPPRESSED');
    expect(kernel.apply(stream(1_200, true)).code).not.toBe('SUPPRESSED');
    expect(kernel.state.seq).toBe(seq + 2);
  });

  it('that has room again gives it back to the reserve, and the kernel is told', () => {
    const { disk, kernel } = full();
    disk.setCapacity(null);
    kernel.apply(stream(30_000, true));
    kernel.commit();
    expect(kernel.isDiskFull).toBe(true);

    kernel.apply(stream(90_000, true));
    kernel.commit();

    expect(kernel.isDiskFull).toBe(false);
    expect(disk.size('reserve.bin')).toBe(16_384);
    expect([...kernel.state.trading.reasons.keys()]).not.toContain('JOURNAL_FULL');
    expect(faultOf(disk)).toBeNull();
  });

  it('without a reserve halts the kernel, and leaves nothing of the group', () => {
    const { disk, kernel } = full();
    const before = linesOf(disk);
    disk.setCapacity(0);
    kernel.apply(freeze(2_000));

    expect(kernel.commit()).toEqual([]);
    expect(kernel.halted).toMatch(/full and its reserve is used up/);
    expect(linesOf(disk)).toEqual(before);
    disk.setCapacity(null);
    expect(recovered(disk).report.cut).toBeNull();
  });

  it('is known from the start where it has no room for the reserve', () => {
    const disk = simulatedDisk();
    run(started(disk), 3, 1);
    disk.remove('reserve.bin');
    const used = disk.list().reduce((sum, name) => sum + (disk.size(name) ?? 0), 0);
    disk.setCapacity(used + 4_000);

    const { kernel } = recovered(disk);
    kernel.commit();

    expect(kernel.isDiskFull).toBe(true);
    expect([...kernel.state.trading.reasons.keys()]).toContain('JOURNAL_FULL');
  });
});
