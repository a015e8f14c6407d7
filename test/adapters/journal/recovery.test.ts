// Beginning again: whatever a crash leaves, the kernel goes on from what was durable, or refuses and says where and why.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFault } from '../../../src/adapters/journal/journal-fault.ts';
import { chainOf, recordLine, sealLine } from '../../../src/adapters/journal/journal-line.ts';
import { recover } from '../../../src/adapters/journal/recovery.ts';
import { readSegment, type Segment } from '../../../src/adapters/journal/segment.ts';
import { encodeEvent } from '../../../src/kernel/codec.ts';
import { encodeState } from '../../../src/kernel/codec-state.ts';
import type { KernelState } from '../../../src/kernel/state.ts';
import type { JournalDisk } from '../../../src/ports.ts';
import { type DiskDecisions, type SimulatedDisk, simulatedDisk } from '../../fakes/simulated-disk.ts';
import { config } from '../../kernel/build.ts';
import {
  faultOf,
  freeze,
  hashOf,
  mark,
  POLICY,
  recovered,
  run,
  START,
  started,
  stream,
} from './journal-world.ts';

const SEED = { seed: 20261128 };
const SEGMENT = 'pink-000000000001.jsonl';

function bytesOf(disk: JournalDisk, name = SEGMENT): Buffer {
  return disk.readRange(name, 0, disk.size(name) ?? 0);
}

/** A disk that holds these files. */
function diskOf(files: Readonly<Record<string, Uint8Array>>): SimulatedDisk {
  const disk = simulatedDisk();
  for (const [name, bytes] of Object.entries(files)) disk.writeNew(name, bytes);
  return disk;
}

function copyOf(disk: JournalDisk): SimulatedDisk {
  return diskOf(Object.fromEntries(disk.list().map((name) => [name, bytesOf(disk, name)])));
}

function segmentOf(disk: JournalDisk, name = SEGMENT): Segment {
  const segment = readSegment(disk, name);
  if (isFault(segment)) throw new Error(segment.problem);
  return segment;
}

function stateAfter(disk: JournalDisk): string {
  return encodeState(stateOf(disk));
}

/** The state after the next START, of a copy. */
function stateOf(disk: JournalDisk): KernelState {
  return recovered(copyOf(disk)).kernel.state;
}

describe('a kernel that begins', () => {
  it('shows the records behind the snapshot to whoever wants to see them, in their order', () => {
    const disk = simulatedDisk();
    run(started(disk, { snapshotEvery: 15 }), 40, 5);
    const seen: [number, string][] = [];

    const result = recover(disk, config(), START, POLICY, (event, outcome, _effects, state) => {
      seen.push([state.seq, `${event.kind} ${outcome.code}`]);
    });

    expect(result.ok && result.value.report.snapshot).toBe('snapshot-000000000031.json');
    expect(seen.map(([seq]) => seq)).toEqual([32, 33, 34, 35, 36, 37, 38, 39, 40, 41]);
    expect(seen[0]?.[1]).toBe('MARK APPLIED');
  });

  it('in an empty folder knows nothing, and its journal holds its configuration', () => {
    const disk = simulatedDisk();
    const { kernel, report } = recovered(disk);
    kernel.commit();

    expect(report).toEqual({
      snapshot: null,
      refusedSnapshots: [],
      records: 0,
      cut: null,
      poisons: [],
      lost: null,
    });
    expect(kernel.state.seq).toBe(1);
    expect(bytesOf(disk).toString()).toContain('"instance":"test"');
  });

  it('again is what it was, to the last byte of its state', () => {
    const disk = simulatedDisk();
    const kernel = started(disk);
    run(kernel, 100, 7);
    const before = copyOf(disk);
    const again = recovered(disk);
    const twice = recovered(before);

    expect(again.report.records).toBe(101);
    expect(encodeState(again.kernel.state)).toBe(encodeState(twice.kernel.state));
    kernel.apply({ kind: 'START', ...START });
    expect(encodeState(again.kernel.state)).toBe(encodeState(kernel.state));
  });

  it('has lost nothing that had an effect, wherever the power goes', () => {
    const survives = fc.property(fc.nat(5_000), fc.boolean(), (kept, name) => {
      const decisions: DiskDecisions = {
        survivingBytes: (_, unsynced) => kept % (unsynced + 1),
        doesNameSurvive: () => name,
      };
      const disk = simulatedDisk(decisions);
      const kernel = started(disk);
      run(kernel, 12, 4);
      const durable = hashOf(kernel);
      const { seq } = kernel.state;
      kernel.apply(mark(500));
      kernel.apply(freeze(510));
      // The process ends in the middle of a commit: written, and not synced.
      disk.sync = () => {
        throw new Error('the power went');
      };
      expect(() => kernel.commit()).toThrow('the power went');
      disk.cutPower();
      const rest = copyOf(disk);
      const again = recovered(rest);

      const { groups } = segmentOf(rest);
      expect([seq, seq + 2]).toContain(again.report.records);
      expect(groups.some(({ lastSeq }) => lastSeq === seq)).toBe(true);
      expect(bytesOf(rest).toString()).toContain(`{"n":${seq},"h":"${durable}"`);
    });

    fc.assert(survives, { ...SEED, numRuns: 100 });
  });
});

describe('a torn end', () => {
  it('is cut off and reported, at whatever byte it was torn', () => {
    const disk = simulatedDisk();
    const kernel = started(disk);
    run(kernel, 8, 4);
    const whole = bytesOf(disk);
    const sealed = whole.length;
    kernel.apply(mark(900));
    kernel.apply(stream(910, true));
    kernel.commit();
    const longer = bytesOf(disk);

    for (let end = sealed + 1; end < longer.length; end += 1) {
      const torn = diskOf({ [SEGMENT]: longer.subarray(0, end) });
      const { kernel: again, report } = recovered(torn);
      again.commit();

      expect(report.cut?.bytes).toBe(end - sealed);
      expect(report.records).toBe(9);
      expect(bytesOf(torn).subarray(0, sealed).equals(whole)).toBe(true);
      expect(faultOf(copyOf(torn))).toBeNull();
    }
  });

  it('says how many whole records it held', () => {
    const disk = simulatedDisk();
    started(disk);
    const { chain: _, check } = segmentOf(disk);
    const event = encodeEvent(mark(1));
    const { line } = recordLine(2, '0'.repeat(16), event.ok ? event.value : '', check);
    const torn = diskOf({ [SEGMENT]: Buffer.concat([bytesOf(disk), Buffer.from(`${line}{"n":3`)]) });

    expect(recovered(torn).report.cut).toEqual({ file: SEGMENT, bytes: line.length + 6, records: 1 });
  });
});

describe('damage', () => {
  it('of any bit that was sealed is found, and nobody trades on it', () => {
    const disk = simulatedDisk();
    run(started(disk), 12, 5);
    const sound = bytesOf(disk);
    const isFound = fc.property(fc.nat(sound.length - 1), fc.nat(7), (byte, bit) => {
      const bytes = Buffer.from(sound);
      bytes.writeUInt8(bytes.readUInt8(byte) ^ (1 << bit), byte);

      const fault = faultOf(diskOf({ [SEGMENT]: bytes }));

      expect(fault).toMatch(/^pink-000000000001\.jsonl, .*Restore the file from a backup/);
    });

    fc.assert(isFound, { ...SEED, numRuns: 2_000 });
  });

  it('is found at its record and byte', () => {
    const disk = simulatedDisk();
    run(started(disk), 12, 5);
    const bytes = bytesOf(disk);
    const at = bytes.indexOf('{"n":6,');
    bytes.write('7', at + 60);

    expect(faultOf(diskOf({ [SEGMENT]: bytes }))).toBe(
      `${SEGMENT}, record 6, byte ${at}: the record does not fit its checksum: it, or what stands before it, was changed after it was written. Restore the file from a backup, or begin a new journal in an empty folder: the kernel then takes its picture from the venue alone.`,
    );
  });

  it('is a missing segment', () => {
    const disk = simulatedDisk();
    const kernel = started(disk, { segmentBytes: 2_000 });
    run(kernel, 60, 5);
    const names = disk.list().filter((name) => name.startsWith('pink-'));
    expect(names.length).toBeGreaterThan(3);

    const middle = copyOf(disk);
    middle.remove(names[1] ?? '');
    expect(faultOf(middle)).toMatch(/records are missing: pink-000000000001\.jsonl ends with/);
    const begin = copyOf(disk);
    begin.remove(names[0] ?? '');
    expect(faultOf(begin)).toMatch(/the journal lacks its beginning, and no snapshot verifies/);
  });

  it('is a group that was taken out with its seal', () => {
    const disk = simulatedDisk();
    run(started(disk), 15, 5);
    const { bytes, groups } = segmentOf(disk);
    const [one, two] = [groups[1], groups[2]];
    const without = Buffer.concat([bytes.subarray(0, one?.start), bytes.subarray(two?.start)]);

    expect(faultOf(diskOf({ [SEGMENT]: without }))).toMatch(/does not fit its checksum/);
  });

  it('is not what a record that leads elsewhere is: that is a difference, with both hashes', () => {
    const disk = simulatedDisk();
    started(disk);
    const { bytes, check, chain } = segmentOf(disk);
    const event = encodeEvent(mark(1));
    const record = recordLine(2, '00000000000000ff', event.ok ? event.value : '', check);
    const seal = sealLine(2, chainOf(chain, Buffer.from(record.line)), record.check);
    const forged = Buffer.concat([bytes, Buffer.from(record.line + seal.line)]);

    expect(faultOf(diskOf({ [SEGMENT]: forged }))).toMatch(
      /record 2, byte \d+: its MARK led to the state 00000000000000ff, and now leads to [0-9a-f]{16}\. Use the version/,
    );
  });
});

describe('a snapshot', () => {
  function twoSnapshots() {
    const disk = simulatedDisk();
    const kernel = started(disk, { snapshotEvery: 20 });
    run(kernel, 65, 5);
    return { disk, kernel };
  }

  it('is where a kernel begins again, and only what follows it is applied', () => {
    const { disk } = twoSnapshots();
    const whole = copyOf(disk);
    for (const name of whole.list()) if (name.startsWith('snapshot')) whole.remove(name);

    const { kernel, report } = recovered(disk);

    expect(report.snapshot).toBe('snapshot-000000000061.json');
    expect(report.records).toBe(5);
    expect(encodeState(kernel.state)).toBe(encodeState(stateOf(whole)));
  });

  it('is kept beside the one before it, and no third', () => {
    const { disk } = twoSnapshots();

    expect(disk.list().filter((name) => name.startsWith('snapshot'))).toEqual([
      'snapshot-000000000041.json',
      'snapshot-000000000061.json',
    ]);
  });

  it('that does not verify is refused by name, and the one before it serves', () => {
    const { disk } = twoSnapshots();
    const sound = stateAfter(disk);
    disk.flipBit('snapshot-000000000061.json', 300, 2);

    const { kernel, report } = recovered(disk);

    expect(report.snapshot).toBe('snapshot-000000000041.json');
    expect(report.refusedSnapshots).toEqual([
      { name: 'snapshot-000000000061.json', problem: 'its content does not fit its SHA-256' },
    ]);
    expect(encodeState(kernel.state)).toBe(sound);
  });

  it('is not needed: without one the journal is applied from its first record', () => {
    const { disk } = twoSnapshots();
    const sound = stateAfter(disk);
    disk.flipBit('snapshot-000000000061.json', 10, 0);
    disk.flipBit('snapshot-000000000041.json', 10, 0);

    const { kernel, report } = recovered(disk);

    expect(report).toMatchObject({ snapshot: null, records: 66 });
    expect(encodeState(kernel.state)).toBe(sound);
  });

  it('of another journal is refused', () => {
    const { disk } = twoSnapshots();
    const other = simulatedDisk();
    run(started(other, { snapshotEvery: 20 }, config({ instance: 'test' })), 1, 1);
    const strange = started(other, { snapshotEvery: 20 });
    for (let at = 0; at < 20; at += 1) strange.apply(stream(at, at % 2 === 0));
    strange.commit();
    const name = 'snapshot-000000000061.json';
    const foreign = other.list().find((each) => each.startsWith('snapshot')) ?? '';
    disk.writeNew(name, bytesOf(other, foreign));

    const { report } = recovered(disk);

    expect(report.snapshot).toBe('snapshot-000000000041.json');
    expect(report.refusedSnapshots[0]?.problem).toMatch(/goes on from another seal/);
  });

  it('is whole or not there, wherever the power goes', () => {
    const isWhole = fc.property(fc.nat(3), fc.nat(4_000), (names, kept) => {
      let asked = 0;
      const disk = simulatedDisk({
        doesNameSurvive: () => {
          asked += 1;
          return asked <= names;
        },
        survivingBytes: (_, unsynced) => kept % (unsynced + 1),
      });
      const kernel = started(disk);
      run(kernel, 10, 5);
      const syncFolder = disk.syncFolder;
      disk.syncFolder = () => {
        throw new Error('the power went');
      };
      expect(() => kernel.snapshot()).toThrow('the power went');
      disk.syncFolder = syncFolder;
      disk.cutPower();

      const { report } = recovered(disk);

      expect(report.refusedSnapshots).toEqual([]);
      expect(report.records + (report.snapshot === null ? 0 : 11)).toBe(11);
    });

    fc.assert(isWhole, { ...SEED, numRuns: 50 });
  });

  it('that knows more than the journal is believed, and the loss is reported', () => {
    let isLying = false;
    const disk = simulatedDisk({ isSyncLie: (name) => isLying && name.startsWith('pink') });
    const kernel = started(disk, { snapshotEvery: 20 });
    run(kernel, 10, 5);
    isLying = true;
    run(kernel, 10, 5);
    disk.cutPower();

    const { kernel: again, report } = recovered(disk);
    again.commit();

    expect(report).toMatchObject({ snapshot: 'snapshot-000000000021.json', lost: { from: 12, to: 21 } });
    expect(again.state.seq).toBe(22);
    expect(recovered(disk).report).toMatchObject({ lost: null, records: 1 });
  });
});

describe('a segment without a head', () => {
  it('is of a disk that kept the name alone: it is removed and reported', () => {
    const disk = simulatedDisk();
    run(started(disk), 5, 5);
    disk.writeNew('pink-000000000007.jsonl', Buffer.from('{"pink":1,"fir'));

    const { report } = recovered(disk);

    expect(report.cut).toEqual({ file: 'pink-000000000007.jsonl', bytes: 14, records: 0 });
    expect(disk.list()).not.toContain('pink-000000000007.jsonl');
  });
});

describe('a configuration', () => {
  it('may have other limits, which hold from the next segment on', () => {
    const disk = simulatedDisk();
    run(started(disk), 10, 5);
    const wider = config({ limits: { maxLeverage: 7 } });

    const kernel = started(disk, {}, wider);
    run(kernel, 10, 5);

    expect(kernel.state.config.limits.maxLeverage).toBe(7);
    expect(disk.list()).toContain('pink-000000000012.jsonl');
    const again = recovered(disk, {}, wider);
    expect(again.report.records).toBe(22);
    expect(again.kernel.state.config).toEqual(wider);
  });

  it.each([
    ['instance', config({ instance: 'other' })],
    ['max_slots', config({ maxSlots: 3 })],
    ['position_mode', config({ positionMode: 'hedge' })],
    ['account', config({ account: 'shared' })],
    ['list of symbols', config({ instruments: config().instruments.slice(1) })],
  ])('of another %s is refused: the state is made of it', (name, other) => {
    const disk = simulatedDisk();
    run(started(disk), 3, 1);

    expect(faultOf(disk, other)).toContain(`the configuration has another ${name}`);
  });
});
