// Following a journal beside its writer: each sealed record once and in order, whatever the writer, its restarts and its disk do.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Followed,
  followJournal,
  type JournalFollower,
  type JournalPlace,
} from '../../../src/adapters/journal/follow-journal.ts';
import type { JournaledKernel } from '../../../src/adapters/journal/journaled-kernel.ts';
import { encodeState } from '../../../src/kernel/codec-state.ts';
import { hashText } from '../../../src/kernel/digest.ts';
import type { KernelState } from '../../../src/kernel/state.ts';
import type { JournalDisk } from '../../../src/ports.ts';
import { type SimulatedDisk, simulatedDisk } from '../../fakes/simulated-disk.ts';
import { freeze, mark, recovered, run, started } from './journal-world.ts';

const SEED = { seed: 20261129 };
const ALL = Number.MAX_SAFE_INTEGER;

/** What a follower shows until there is nothing more; each record as its number and the state's hash after it. */
function shown(follower: JournalFollower, toSeq = ALL): { records: string[]; ends: Followed[] } {
  const records: string[] = [];
  const ends: Followed[] = [];
  for (let looks = 0; looks < 10_000; looks += 1) {
    const followed = follower.look(({ seq }, state) => records.push(`${seq} ${hashText(state)}`), toSeq);
    if (followed.kind === 'nothing') return { records, ends };
    if (followed.kind !== 'read') ends.push(followed);
    if (followed.kind === 'fault') return { records, ends };
  }
  throw new Error('the follower never came to an end');
}

function placeOf(follower: JournalFollower): JournalPlace {
  if (follower.place === null) throw new Error('the follower has no place');
  return follower.place;
}

function stateOf(follower: JournalFollower): KernelState {
  if (follower.state === null) throw new Error('the follower has no state');
  return follower.state;
}

function namesOf(disk: JournalDisk, begin: string): readonly string[] {
  return disk.list().filter((name) => name.startsWith(begin));
}

function copyOf(disk: JournalDisk): SimulatedDisk {
  const copy = simulatedDisk();
  for (const name of disk.list()) copy.writeNew(name, disk.readRange(name, 0, disk.size(name) ?? 0));
  return copy;
}

/** The numbers of what was shown. */
function numbers(records: readonly string[]): readonly number[] {
  return records.map((record) => Number(record.split(' ')[0]));
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at);
}

describe('a follower', () => {
  it('waits where there is no journal yet, and shows it from its first record on', () => {
    const disk = simulatedDisk();
    const follower = followJournal(disk, null);
    expect(shown(follower)).toEqual({ records: [], ends: [] });

    const kernel = started(disk);
    run(kernel, 20, 7);

    const { records, ends } = shown(follower);
    expect(ends).toEqual([]);
    expect(numbers(records)).toEqual(range(1, 21));
    expect(records.at(-1)).toBe(`21 ${hashText(kernel.state)}`);
    expect(shown(follower).records).toEqual([]);
  });

  it('shows the same, at whatever moments it looks, over segments, snapshots and restarts of the kernel', () => {
    const action = fc.oneof(
      fc.record({
        do: fc.constant('run' as const),
        count: fc.integer({ min: 1, max: 40 }),
        size: fc.integer({ min: 1, max: 9 }),
      }),
      fc.record({ do: fc.constant('look' as const) }),
      fc.record({ do: fc.constant('again' as const) }),
      fc.record({ do: fc.constant('restart' as const) }),
    );
    const isSame = fc.property(fc.array(action, { minLength: 3, maxLength: 20 }), (actions) => {
      const disk = simulatedDisk();
      const policy = { segmentBytes: 3_000, snapshotEvery: 60 };
      let kernel: JournaledKernel = started(disk, policy);
      let follower = followJournal(disk, null);
      const seen: string[] = [];
      const look = (): void => {
        const { records, ends } = shown(follower);
        expect(ends).toEqual([]);
        seen.push(...records);
      };
      for (const each of actions) {
        if (each.do === 'run') run(kernel, each.count, each.size);
        else if (each.do === 'look') look();
        else if (each.do === 'restart') kernel = started(disk, policy);
        else if (follower.place !== null) follower = followJournal(disk, follower.place);
      }
      look();

      expect(numbers(seen)).toEqual(range(1, kernel.state.seq));
      expect(seen).toEqual(shown(followJournal(disk, null)).records);
      expect(seen.at(-1)).toBe(`${kernel.state.seq} ${hashText(kernel.state)}`);
    });

    fc.assert(isSame, { ...SEED, numRuns: 60 });
  });

  it('sees nothing of a group before its seal, at whatever byte the file ends', () => {
    const disk = simulatedDisk();
    const kernel = started(disk);
    run(kernel, 6, 3);
    const [name = ''] = namesOf(disk, 'pink-');
    const sealed = disk.size(name) ?? 0;
    kernel.apply(mark(900));
    kernel.apply(freeze(910));
    kernel.commit();
    const whole = disk.readRange(name, 0, disk.size(name) ?? 0);

    for (let end = sealed; end < whole.length; end += 1) {
      const growing = simulatedDisk();
      growing.writeNew(name, whole.subarray(0, end));
      const follower = followJournal(growing, null);
      expect(numbers(shown(follower).records)).toEqual(range(1, 7));
      growing.append(name, whole.subarray(end));
      expect(numbers(shown(follower).records)).toEqual([8, 9]);
    }
  });

  it('goes on behind an end that a restarted kernel cut off', () => {
    const disk = simulatedDisk();
    run(started(disk), 6, 3);
    const [name = ''] = namesOf(disk, 'pink-');
    const follower = followJournal(disk, null);
    disk.append(name, Buffer.from('{"n":8,"h":"00'));
    expect(numbers(shown(follower).records)).toEqual(range(1, 7));

    started(disk);

    expect(numbers(shown(follower).records)).toEqual([8]);
  });

  it('takes nothing beyond what is said to be durable', () => {
    const disk = simulatedDisk();
    const kernel = started(disk);
    run(kernel, 9, 3);
    const follower = followJournal(disk, null);

    expect(numbers(shown(follower, 0).records)).toEqual([]);
    expect(numbers(shown(follower, 5).records)).toEqual(range(1, 4));
    expect(numbers(shown(follower, 7).records)).toEqual(range(5, 7));
    expect(numbers(shown(follower).records)).toEqual(range(8, 10));
  });

  it('passes over what a kernel stopped at', () => {
    const disk = simulatedDisk();
    const kernel = started(disk);
    run(kernel, 3, 1);
    Object.defineProperty(kernel.state.trading, 'command', {
      get: () => {
        throw new Error('a defect');
      },
    });
    kernel.apply(freeze(500));
    expect(kernel.halted).toContain('a defect');
    const again = recovered(disk);
    expect(again.report.poisons).toHaveLength(1);
    again.kernel.commit();

    expect(numbers(shown(followJournal(disk, null)).records)).toEqual(range(1, 5));
  });

  it('reads a group that is longer than its window', () => {
    const disk = simulatedDisk();
    const kernel = started(disk);
    for (let at = 0; at < 900; at += 1) kernel.apply(freeze(at, 'x'.repeat(1_000)));
    kernel.commit();
    kernel.apply(mark(9_000));
    kernel.commit();

    expect(numbers(shown(followJournal(disk, null)).records)).toEqual(range(1, 902));
  });
});

describe('a follower that begins again', () => {
  function followed(toSeq: number) {
    const disk = simulatedDisk();
    const kernel = started(disk, { snapshotEvery: 30, segmentBytes: 1_000_000 });
    run(kernel, 100, 5);
    const follower = followJournal(disk, null);
    shown(follower, toSeq);
    return { disk, follower, place: placeOf(follower) };
  }

  it('has the state of its place, from whichever snapshot it came', () => {
    const { disk, place } = followed(96);
    const whole = followJournal(disk, null);
    shown(whole, 96);
    for (const name of ['none', ...namesOf(disk, 'snapshot-')]) {
      const copy = copyOf(disk);
      copy.remove(name);
      const follower = followJournal(copy, place);
      expect(numbers(shown(follower, 0).records)).toEqual([]);
      expect(encodeState(stateOf(follower))).toBe(encodeState(stateOf(whole)));
      expect(numbers(shown(follower).records)).toEqual(range(97, 101));
    }
  });

  it('says which records were moved away, and goes on behind them', () => {
    const { disk, place } = followed(41);
    const [first = ''] = namesOf(disk, 'pink-');
    const snapshots = namesOf(disk, 'snapshot-').map((name) => Number(name.slice(9, 21)));
    const [older = 0] = snapshots;
    for (const name of namesOf(disk, 'pink-')) if (Number(name.slice(5, 17)) <= older) disk.remove(name);
    expect(disk.size(first)).toBeNull();

    expect(shown(followJournal(disk, place))).toEqual({
      records: expect.toSatisfy(
        (records: string[]) => numbers(records).join() === range(older + 1, 101).join(),
      ),
      ends: [{ kind: 'gone', from: 42, to: older }],
    });
    expect(shown(followJournal(disk, null)).ends).toEqual([{ kind: 'gone', from: 1, to: older }]);
  });

  it('says so too where they are moved away while it reads them', () => {
    const { disk, follower } = followed(41);
    const [older = 0] = namesOf(disk, 'snapshot-').map((name) => Number(name.slice(9, 21)));
    for (const name of namesOf(disk, 'pink-')) if (Number(name.slice(5, 17)) <= older) disk.remove(name);

    const { records, ends } = shown(follower);

    expect(ends).toEqual([{ kind: 'gone', from: 42, to: older }]);
    expect(numbers(records)).toEqual(range(older + 1, 101));
  });

  it('takes a journal that its place is none of from its first record on', () => {
    const { place } = followed(61);
    const other = simulatedDisk();
    run(started(other), 200, 4);

    const { records, ends } = shown(followJournal(other, place));

    expect(ends).toEqual([{ kind: 'other' }]);
    expect(numbers(records)).toEqual(range(1, 201));
  });

  it('takes a journal that ends before its place from its first record on', () => {
    const { place } = followed(61);
    const short = simulatedDisk();
    run(started(short), 5, 1);

    expect(shown(followJournal(short, place)).ends).toEqual([{ kind: 'other' }]);
  });
});

describe('a follower of a damaged journal', () => {
  it('says where, shows nothing of that look twice, and goes on once it is repaired', () => {
    const disk = simulatedDisk();
    run(started(disk), 30, 3);
    const [name = ''] = namesOf(disk, 'pink-');
    const at = disk.readRange(name, 0, disk.size(name) ?? 0).indexOf('{"n":20,');
    const follower = followJournal(disk, null);
    disk.flipBit(name, at + 70, 1);

    const { records, ends } = shown(follower);
    expect(records).toEqual([]);
    expect(ends).toMatchObject([{ kind: 'fault', fault: { file: name, offset: at, record: 20 } }]);

    disk.flipBit(name, at + 70, 1);
    expect(numbers(shown(follower).records)).toEqual(range(1, 31));
  });

  it('does not take a segment that became shorter for its end', () => {
    const disk = simulatedDisk();
    run(started(disk), 30, 3);
    const [name = ''] = namesOf(disk, 'pink-');
    const follower = followJournal(disk, null);
    shown(follower);
    disk.truncate(name, (disk.size(name) ?? 0) - 10);

    expect(shown(follower).ends).toMatchObject([
      { kind: 'fault', fault: { problem: 'the segment is shorter than what was read of it before' } },
    ]);
  });

  it('goes on behind records that the disk lost although it had confirmed them', () => {
    const disk = simulatedDisk();
    const kernel = started(disk, { snapshotEvery: 1_000 });
    run(kernel, 30, 3);
    const [name = ''] = namesOf(disk, 'pink-');
    const kept = disk.size(name) ?? 0;
    run(kernel, 9, 3);
    expect(kernel.snapshot()).toBe(true);
    for (const each of namesOf(disk, 'pink-')) if (each !== name) disk.remove(each);
    disk.truncate(name, kept);
    expect(recovered(disk).report.lost).toEqual({ from: 32, to: 40 });
    const again = started(disk);

    const { records, ends } = shown(followJournal(disk, null));

    expect(ends).toEqual([{ kind: 'gone', from: 32, to: 40 }]);
    expect(numbers(records)).toEqual([...range(1, 31), ...range(41, again.state.seq)]);
  });
});

describe('the begin of a follower', () => {
  function journal(count: number, size: number, words = 'a') {
    const disk = simulatedDisk();
    const kernel = started(disk, { snapshotEvery: 30, segmentBytes: 1_000_000 });
    for (let at = 1; at <= count; at += 1) {
      kernel.apply(freeze(at * 10, words));
      if (at % size === 0) kernel.commit();
    }
    return disk;
  }

  it('shows the state of its place before the first record behind it', () => {
    const disk = journal(60, 1);
    const whole = followJournal(disk, null);
    shown(whole, 45);
    const place = placeOf(whole);
    const follower = followJournal(disk, place);
    const seen: number[] = [];
    while (follower.state === null) follower.look(({ seq }) => seen.push(seq), ALL);

    expect(seen).toEqual([]);
    expect(follower.state.seq).toBe(place.seq);
  });

  it('goes on from a snapshot of the very record that is the first to be gone', () => {
    const disk = journal(100, 1);
    const older = Math.min(...namesOf(disk, 'snapshot-').map((name) => Number(name.slice(9, 21))));
    const whole = followJournal(disk, null);
    shown(whole, older - 1);
    const place = placeOf(whole);
    expect(place.seq).toBe(older - 1);
    for (const name of namesOf(disk, 'pink-')) if (Number(name.slice(5, 17)) <= older) disk.remove(name);

    expect(shown(followJournal(disk, place)).ends).toEqual([{ kind: 'gone', from: older, to: older }]);
  });

  it('takes no snapshot of another journal, although its number is one of this one', () => {
    const disk = journal(60, 1);
    const whole = followJournal(disk, null);
    shown(whole, 50);
    const other = journal(60, 1, 'b');
    for (const name of namesOf(disk, 'snapshot-')) {
      disk.remove(name);
      disk.writeNew(name, other.readRange(name, 0, other.size(name) ?? 0));
    }
    const [first = ''] = namesOf(disk, 'pink-');
    expect(first).toBe('pink-000000000001.jsonl');

    const { records, ends } = shown(followJournal(disk, placeOf(whole)));
    expect(ends).toEqual([]);
    expect(numbers(records)).toEqual(range(51, 61));
  });
});

describe('a follower between segments', () => {
  it('says that a segment ends without a seal, although another one follows', () => {
    const disk = simulatedDisk();
    const kernel = started(disk);
    run(kernel, 10, 1);
    kernel.snapshot();
    run(kernel, 10, 1);
    for (const name of namesOf(disk, 'snapshot-')) disk.remove(name);
    const [first = ''] = namesOf(disk, 'pink-');
    disk.append(first, Buffer.from('{"n":12,'));

    expect(shown(followJournal(disk, null)).ends).toMatchObject([
      { kind: 'fault', fault: { file: first, problem: expect.stringContaining('ends without a seal') } },
    ]);
  });

  it('does not go on in a segment of another journal', () => {
    const journalOf = (words: string): SimulatedDisk => {
      const disk = simulatedDisk();
      const kernel = started(disk);
      for (let at = 1; at <= 20; at += 1) {
        if (at === 11) kernel.snapshot();
        kernel.apply(freeze(at * 10, words));
        kernel.commit();
      }
      for (const name of namesOf(disk, 'snapshot-')) disk.remove(name);
      return disk;
    };
    const [mine, other] = [journalOf('a'), journalOf('b')];
    const [, second = ''] = namesOf(mine, 'pink-');
    mine.remove(second);
    mine.writeNew(second, other.readRange(second, 0, other.size(second) ?? 0));

    expect(shown(followJournal(mine, null)).ends).toMatchObject([
      { kind: 'fault', fault: { file: second, problem: expect.stringContaining('from another seal') } },
    ]);
  });

  it('stays where it was before a look in which a record led to another state than it says', () => {
    const disk = simulatedDisk();
    const kernel = started(disk);
    run(kernel, 10, 1);
    const follower = followJournal(disk, null);
    expect(numbers(shown(follower).records)).toEqual(range(1, 11));
    const place = placeOf(follower);
    run(kernel, 3, 1);
    Object.assign(kernel.state, { hashHigh: kernel.state.hashHigh ^ 1 });
    run(kernel, 3, 1);

    for (const _ of [1, 2]) {
      const { ends } = shown(follower);
      expect(ends).toMatchObject([{ kind: 'fault', fault: { record: 15 } }]);
      expect(follower.place).toEqual(place);
    }
  });
});
