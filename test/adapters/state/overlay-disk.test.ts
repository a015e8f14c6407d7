// The dry run's disk: it answers as if written to, and what lies below is never touched.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overlayDisk } from '../../../src/adapters/state/overlay-disk.ts';
import type { Disk } from '../../../src/ports.ts';
import { diskContract } from '../../contracts/disk.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';

diskContract('overlayDisk', () => overlayDisk(memoryDisk()));
diskContract('overlayDisk over an overlayDisk', () => overlayDisk(overlayDisk(memoryDisk())));

const FILES = { 'a.txt': 'base a', 'f/b.txt': 'base b', 'f/c.txt': 'base c' };

/** A base whose every write fails the test. */
function readOnly(files: Readonly<Record<string, string>>): Disk {
  const refuse = (): never => {
    throw new Error('the base was written to');
  };
  return {
    ...memoryDisk(files),
    append: refuse,
    replace: refuse,
    truncate: refuse,
    createExclusive: refuse,
    remove: refuse,
  };
}

describe('overlayDisk', () => {
  it('shows the base until something is written over it', () => {
    const disk = overlayDisk(readOnly(FILES));

    disk.append('a.txt', ' and more');
    disk.remove('f/b.txt');

    expect(disk.read('a.txt')?.toString()).toBe('base a and more');
    expect(disk.read('f/b.txt')).toBeNull();
    expect(disk.read('f/c.txt')?.toString()).toBe('base c');
    expect(disk.list('f')).toEqual(['c.txt']);
  });

  it('reads a range across the border between base and what was appended', () => {
    const disk = overlayDisk(readOnly({ 'a.txt': '0123' }));

    disk.append('a.txt', '4567');

    expect(disk.readRange('a.txt', 2, 6).toString()).toBe('2345');
    expect(disk.readRange('a.txt', 5, 99).toString()).toBe('567');
  });

  it('cuts into the base, and appends there', () => {
    const disk = overlayDisk(readOnly({ 'a.txt': '0123' }));

    disk.truncate('a.txt', 2);
    disk.append('a.txt', 'x');

    expect(disk.read('a.txt')?.toString()).toBe('01x');
  });

  it('refuses an exclusive file that the base holds, until it is removed', () => {
    const disk = overlayDisk(readOnly(FILES));

    const first = disk.createExclusive('a.txt', 'mine');
    disk.remove('a.txt');
    const second = disk.createExclusive('a.txt', 'mine');

    expect([first, second]).toEqual([false, true]);
    expect(disk.read('a.txt')?.toString()).toBe('mine');
  });

  it('never changes its base, and reads as a disk that was written to, for any appends and cuts', () => {
    const step = fc.record({ cut: fc.boolean(), at: fc.nat(30), text: fc.string({ maxLength: 8 }) });

    fc.assert(
      fc.property(fc.string(), fc.array(step), fc.nat(20), fc.nat(20), (text, steps, from, length) => {
        const disk = overlayDisk(readOnly({ 'a.txt': text }));
        const written = memoryDisk({ 'a.txt': text });
        for (const each of [disk, written]) {
          for (const { cut, at, text: more } of steps) {
            if (cut) each.truncate('a.txt', Math.min(at, each.size('a.txt') ?? 0));
            else each.append('a.txt', more);
          }
        }

        expect(disk.read('a.txt')).toEqual(written.read('a.txt'));
        expect(disk.readRange('a.txt', from, from + length)).toEqual(
          written.readRange('a.txt', from, from + length),
        );
      }),
    );
  });
});

describe('the changes of an overlay', () => {
  it('are the files whose bytes are other ones now, hidden ones left out', () => {
    const disk = overlayDisk(readOnly({ ...FILES, 'd.txt': 'd' }));

    disk.append('a.txt', ' and more');
    disk.replace('f/b.txt', 'BASE B');
    disk.replace('f/c.txt', 'base c');
    disk.remove('d.txt');
    disk.replace('new.txt', 'new');
    disk.replace('gone.txt', 'for a moment');
    disk.remove('gone.txt');
    disk.replace('.locks/run.lock', '{}');

    expect(disk.changes()).toEqual([
      { path: 'a.txt', bytesBefore: 6, bytesAfter: 15 },
      { path: 'd.txt', bytesBefore: 1, bytesAfter: null },
      { path: 'f/b.txt', bytesBefore: 6, bytesAfter: 6 },
      { path: 'new.txt', bytesBefore: null, bytesAfter: 3 },
    ]);
  });
});
