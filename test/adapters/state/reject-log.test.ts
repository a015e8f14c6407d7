// The reject log: one line per fact, however often the same input is read.

import { describe, expect, it } from 'vitest';
import { CorruptStateError } from '../../../src/adapters/state/corrupt-state.ts';
import { appendRejects, readRejects } from '../../../src/adapters/state/reject-log.ts';
import { InvariantError } from '../../../src/domain/assert.ts';
import { type Reject, rejectFrom } from '../../../src/domain/reject.ts';
import type { Disk } from '../../../src/ports.ts';
import { afterEveryCut } from '../../fakes/faulty-disk.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';

const FILE = 'alpha/rejects/emit/2021-03.jsonl';

function aReject(raw: string, over: Partial<Reject> = {}): Reject {
  const facts = { code: 'malformed_json', reason: 'is not JSON', file: 'f', line: 1 } as const;
  return rejectFrom({ ...facts, event_id: null, horizon_hours: null, raw, ...over });
}

function rejectsOf(disk: Disk): string[] {
  const rejects: string[] = [];
  readRejects(disk, (reject, producer) => rejects.push(`${producer} ${reject.raw}`));
  return rejects;
}

describe('appendRejects', () => {
  it('writes each reject once and counts the new ones', () => {
    const disk = memoryDisk();

    const first = appendRejects(disk, 'emit', '2021-03', [
      aReject('a'),
      aReject('b'),
      aReject('a', { line: 9 }),
    ]);
    const second = appendRejects(disk, 'emit', '2021-03', [aReject('b'), aReject('c')]);

    expect([first, second]).toEqual([2, 1]);
    expect(rejectsOf(disk)).toEqual(['emit a', 'emit b', 'emit c']);
  });

  it('writes nothing where nothing is rejected', () => {
    const disk = memoryDisk();

    appendRejects(disk, 'emit', '2021-03', []);

    expect(disk.dump()).toEqual({});
  });

  it('asserts producer and month', () => {
    expect(() => appendRejects(memoryDisk(), '../x', '2021-03', [])).toThrow(InvariantError);
    expect(() => appendRejects(memoryDisk(), 'emit', '2021', [])).toThrow(InvariantError);
  });

  it('is completed to the same bytes by a second run after a power cut', () => {
    const batch = [aReject('a'), aReject('b'), aReject('ü')];
    const fresh = () => {
      const disk = memoryDisk();
      appendRejects(disk, 'emit', '2021-03', [aReject('b'), aReject('z')]);
      disk.append(FILE, '{"v":1,"reject');
      return disk;
    };
    const expected = fresh();
    appendRejects(expected, 'emit', '2021-03', batch);

    const aftermaths = afterEveryCut(fresh, (disk) => appendRejects(disk, 'emit', '2021-03', batch));

    expect(aftermaths).toHaveLength(10);
    for (const { disk, cut } of aftermaths) {
      appendRejects(disk, 'emit', '2021-03', batch);
      expect(disk.dump(), JSON.stringify(cut)).toEqual(expected.dump());
    }
  });
});

describe('readRejects', () => {
  it('visits producers, months and lines in order, and passes over other files', () => {
    const disk = memoryDisk({ 'alpha/rejects/emit/notes.txt': 'x\n' });
    appendRejects(disk, 'pink', '2021-01', [aReject('p')]);
    appendRejects(disk, 'emit', '2021-04', [aReject('later')]);
    appendRejects(disk, 'emit', '2021-03', [aReject('b'), aReject('a')]);

    expect(rejectsOf(disk)).toEqual(['emit b', 'emit a', 'emit later', 'pink p']);
  });

  it('says which line is not a reject', () => {
    const disk = memoryDisk({ [FILE]: '{"v":2}\n' });

    expect(() => rejectsOf(disk)).toThrow(CorruptStateError);
    expect(() => rejectsOf(disk)).toThrow(/2021-03\.jsonl:1: is not a valid record.*Restore the file/);
  });
});
