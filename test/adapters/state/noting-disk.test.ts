// A disk that notes its writes: it is the disk below, and every file that was written to is named.

import { expect, it } from 'vitest';
import { notingDisk } from '../../../src/adapters/state/noting-disk.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';

it('notes every kind of write, and none to what is hidden', () => {
  const below = memoryDisk({ 'a/cut': 'abc', 'a/gone': 'x' });
  const noted: string[] = [];
  const disk = notingDisk(below, (path) => noted.push(path));

  disk.append('a/log', '1\n');
  disk.replace('a/file', 'new');
  disk.truncate('a/cut', 1);
  disk.remove('a/gone');
  disk.createExclusive('a/made', '');
  disk.createExclusive('.locks/run.lock', '');
  disk.read('a/file');

  expect(noted).toEqual(['a/log', 'a/file', 'a/cut', 'a/gone', 'a/made']);
  expect(below.dump()).toMatchObject({ 'a/log': '1\n', 'a/file': 'new', 'a/cut': 'a', 'a/made': '' });
});
