// What every Disk owes its callers: one suite that the real disk, the dry run's overlay and the fakes all pass.

import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { InvariantError } from '../../src/domain/assert.ts';
import type { Disk } from '../../src/ports.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';

/** Declares the suite for the disks that `make` returns: each call an empty one. */
export function diskContract(name: string, make: () => Disk): void {
  describe(`${name} keeps the contract of a disk`, () => {
    let disk: Disk;
    beforeEach(() => {
      disk = make();
    });

    it('answers absence with null or emptiness, never with an error', () => {
      expect(disk.read('a/b.txt')).toBeNull();
      expect(disk.size('a/b.txt')).toBeNull();
      expect(disk.list('a')).toEqual([]);
      expect(disk.list('')).toEqual([]);
      expect(() => disk.remove('a/b.txt')).not.toThrow();
    });

    it('appends behind what is there, and creates the file and its folders', () => {
      disk.append('a/b/c.txt', 'one\n');
      disk.append('a/b/c.txt', 'zwei ü\n');

      expect(disk.read('a/b/c.txt')?.toString()).toBe('one\nzwei ü\n');
      expect(disk.size('a/b/c.txt')).toBe(12);
    });

    it('replaces the whole content', () => {
      disk.append('a.txt', 'a long text');

      disk.replace('a.txt', 'short');
      disk.replace('new/b.txt', 'new');

      expect(disk.read('a.txt')?.toString()).toBe('short');
      expect(disk.read('new/b.txt')?.toString()).toBe('new');
    });

    it('replaces the whole content by bytes that are no text', () => {
      const bytes = Buffer.from([0, 255, 10, 128]);

      disk.replace('a.bin', bytes);
      disk.append('a.bin', 'x');

      expect(disk.read('a.bin')).toEqual(Buffer.concat([bytes, Buffer.from('x')]));
    });

    it('cuts a file, and appends behind the cut', () => {
      disk.append('a.txt', '0123456789');

      disk.truncate('a.txt', 4);
      disk.append('a.txt', 'x');

      expect(disk.read('a.txt')?.toString()).toBe('0123x');
    });

    it('reads ranges, and less where the file ends earlier', () => {
      disk.append('a.txt', '01234');
      disk.append('a.txt', '56789');

      expect(disk.readRange('a.txt', 3, 7).toString()).toBe('3456');
      expect(disk.readRange('a.txt', 8, 99).toString()).toBe('89');
      expect(disk.readRange('a.txt', 10, 20).toString()).toBe('');
      expect(disk.readRange('a.txt', 50, 60).toString()).toBe('');
    });

    it('refuses to read a range of, or to cut, a file that does not exist', () => {
      expect(() => disk.readRange('none.txt', 0, 1)).toThrow();
      expect(() => disk.truncate('none.txt', 0)).toThrow();
    });

    it('lists files and folders by code unit, without hidden ones', () => {
      for (const path of ['f/b.txt', 'f/B.txt', 'f/a/deep/x.txt', 'f/.hidden', 'f/ä.txt', 'g.txt']) {
        disk.append(path, 'x');
      }

      expect(disk.list('f')).toEqual(['B.txt', 'a', 'b.txt', 'ä.txt']);
      expect(disk.list('')).toEqual(['f', 'g.txt']);
      expect(disk.read('f/.hidden')?.toString()).toBe('x');
    });

    it('creates an exclusive file once, and again after it was removed', () => {
      expect(disk.createExclusive('l/x.lock', 'first')).toBe(true);
      expect(disk.createExclusive('l/x.lock', 'second')).toBe(false);
      expect(disk.read('l/x.lock')?.toString()).toBe('first');

      disk.remove('l/x.lock');

      expect(disk.read('l/x.lock')).toBeNull();
      expect(disk.list('l')).toEqual([]);
      expect(disk.createExclusive('l/x.lock', 'third')).toBe(true);
    });

    it('has no bytes in a folder, and nothing below a file', () => {
      disk.append('a/b.txt', 'x');

      expect(disk.size('a')).toBeNull();
      expect(disk.read('a')).toBeNull();
      expect(disk.list('a/b.txt')).toEqual([]);
      expect(disk.size('a/b.txt/c.txt')).toBeNull();
      expect(disk.read('a/b.txt/c.txt')).toBeNull();
    });

    it.each(['../x', 'a/../../x', '/etc/passwd', 'a//b', './a', 'a\\b', 'a\0b', ''])(
      'takes the path %j as our own defect',
      (path) => {
        expect(() => disk.read(path)).toThrow(InvariantError);
        expect(() => disk.append(path, 'x')).toThrow(InvariantError);
        expect(() => disk.replace(path, 'x')).toThrow(InvariantError);
        expect(() => disk.createExclusive(path, 'x')).toThrow(InvariantError);
        expect(() => disk.remove(path)).toThrow(InvariantError);
      },
    );

    it('agrees with a disk in memory after any sequence of writes', () => {
      const paths = fc.constantFrom('a.txt', 'b/a.txt', 'b/c.txt');
      const step = fc.oneof(
        fc.record({ op: fc.constant('append' as const), path: paths, text: fc.string({ unit: 'grapheme' }) }),
        fc.record({ op: fc.constant('replace' as const), path: paths, text: fc.string() }),
        fc.record({ op: fc.constant('create' as const), path: paths, text: fc.string() }),
        fc.record({ op: fc.constant('remove' as const), path: paths, text: fc.constant('') }),
        fc.record({ op: fc.constant('cut' as const), path: paths, text: fc.constant('') }),
      );

      fc.assert(
        fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
          const subject = make();
          const model = memoryDisk();
          for (const { op, path, text } of steps) {
            for (const each of [subject, model]) {
              if (op === 'append') each.append(path, text);
              if (op === 'replace') each.replace(path, text);
              if (op === 'create') each.createExclusive(path, text);
              if (op === 'remove') each.remove(path);
              if (op === 'cut' && each.size(path) !== null)
                each.truncate(path, Math.floor((each.size(path) ?? 0) / 2));
            }
          }

          for (const path of ['a.txt', 'b/a.txt', 'b/c.txt']) {
            expect(subject.read(path)?.toString('hex')).toBe(model.read(path)?.toString('hex'));
            expect(subject.size(path)).toBe(model.size(path));
          }
          expect(subject.list('b')).toEqual(model.list('b'));
        }),
        { numRuns: 40 },
      );
    });
  });
}
