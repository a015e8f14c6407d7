// The fakes are believed by many tests, so they are tested themselves.

import { describe, expect, it } from 'vitest';
import { diskContract } from '../contracts/disk.ts';
import { afterEveryCut, faultyDisk, PowerLoss } from './faulty-disk.ts';
import { memoryDisk } from './memory-disk.ts';

diskContract('memoryDisk', () => memoryDisk());
diskContract('faultyDisk without a cut', () => faultyDisk(memoryDisk(), { atWrite: -1, share: 0 }));

describe('faultyDisk', () => {
  it('tears the append at which the power fails, and does nothing after it', () => {
    const base = memoryDisk();
    const disk = faultyDisk(base, { atWrite: 1, share: 0.5 });
    disk.append('a.txt', 'whole');

    const torn = () => disk.append('a.txt', '1234');

    expect(torn).toThrow(PowerLoss);
    expect(() => disk.append('a.txt', 'later')).toThrow(PowerLoss);
    expect(() => disk.read('a.txt')).toThrow(PowerLoss);
    expect(base.dump()).toEqual({ 'a.txt': 'whole12' });
  });

  it('never tears a replacement', () => {
    const base = memoryDisk({ 'a.txt': 'old' });

    expect(() => faultyDisk(base, { atWrite: 0, share: 0.99 }).replace('a.txt', 'new')).toThrow(PowerLoss);

    expect(base.dump()).toEqual({ 'a.txt': 'old' });
  });
});

describe('afterEveryCut', () => {
  it('cuts at every write in every way', () => {
    const aftermaths = afterEveryCut(memoryDisk, (disk) => {
      disk.append('a', '1234');
      disk.replace('b', 'x');
    });

    const first = aftermaths.filter(({ cut }) => cut.atWrite === 0).map(({ disk }) => disk.dump()['a']);
    const second = aftermaths.filter(({ cut }) => cut.atWrite === 1).map(({ disk }) => disk.dump()['b']);
    expect(first).toEqual(['', '', '12', '123', '1234']);
    expect(second).toEqual([undefined, undefined, undefined, undefined, 'x']);
  });

  it('does not take another failure for a power cut', () => {
    const broken = () =>
      afterEveryCut(memoryDisk, (disk) => {
        try {
          disk.append('a', '1');
        } catch {
          throw new Error('swallowed the cut');
        }
      });

    expect(broken).toThrow('swallowed the cut');
  });
});
