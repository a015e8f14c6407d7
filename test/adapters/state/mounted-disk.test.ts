// A state of which only some folders are there: what was not mounted is never taken for missing.

import { describe, expect, it } from 'vitest';
import { mountedDisk } from '../../../src/adapters/state/mounted-disk.ts';
import { InvariantError } from '../../../src/domain/assert.ts';
import type { Disk } from '../../../src/ports.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';

const FILES = {
  'README.md': 'r',
  'alpha/pending.json': 'p',
  'alpha/events/emit/a.jsonl': 'e',
  'supervisor/s.json': 's',
};

describe('a mounted disk', () => {
  it('has what was mounted, and the files above it', () => {
    const disk = mountedDisk(memoryDisk(FILES), ['alpha/events', 'runs']);

    expect(disk.read('alpha/events/emit/a.jsonl')?.toString()).toBe('e');
    expect(disk.list('alpha/events')).toEqual(['emit']);
    expect(disk.list('alpha/events/emit')).toEqual(['a.jsonl']);
    expect(disk.list('runs')).toEqual([]);
    expect(disk.read('alpha/events/missing.jsonl')).toBeNull();
    expect(disk.size('alpha/pending.json')).toBe(1);
    expect(disk.readRange('README.md', 0, 1).toString()).toBe('r');
  });

  it('is written to where it is mounted, hidden files too', () => {
    const base = memoryDisk(FILES);
    const disk = mountedDisk(base, ['alpha/events']);
    disk.append('alpha/events/emit/a.jsonl', '2');
    disk.replace('alpha/events/new.json', '1');
    disk.truncate('alpha/events/new.json', 0);
    disk.remove('alpha/pending.json');
    expect(disk.createExclusive('.locks/run.lock', 'me')).toBe(true);

    expect(base.dump()).toEqual({
      '.locks/run.lock': 'me',
      'README.md': 'r',
      'alpha/events/emit/a.jsonl': 'e2',
      'alpha/events/new.json': '',
      'supervisor/s.json': 's',
    });
  });

  it.each<[string, (disk: Disk) => unknown]>([
    ['a read', (disk) => disk.read('supervisor/s.json')],
    ['a read of a range', (disk) => disk.readRange('supervisor/s.json', 0, 1)],
    ['a size', (disk) => disk.size('supervisor/missing.json')],
    ['a list', (disk) => disk.list('supervisor')],
    ['a list of a folder that is mounted in part', (disk) => disk.list('alpha')],
    ['a list of everything', (disk) => disk.list('')],
    ['a name that only begins like a mounted one', (disk) => disk.read('alpha/events2/a.jsonl')],
    ['an append', (disk) => disk.append('supervisor/s.json', 'x')],
    ['a replacement', (disk) => disk.replace('supervisor/s.json', 'x')],
    ['a cut', (disk) => disk.truncate('supervisor/s.json', 0)],
    ['a new file', (disk) => disk.createExclusive('supervisor/t.json', 'x')],
    ['a removal', (disk) => disk.remove('supervisor/s.json')],
  ])('refuses elsewhere: %s', (_case, use) => {
    const base = memoryDisk(FILES);

    expect(() => use(mountedDisk(base, ['alpha/events']))).toThrow(InvariantError);
    expect(base.dump()).toEqual(FILES);
  });

  it('is the whole disk where everything is mounted', () => {
    const disk = memoryDisk(FILES);

    expect(mountedDisk(disk, 'all')).toBe(disk);
  });
});
