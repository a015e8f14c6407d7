// A Disk that can only be read: the files of a commit are what they are.

import { existsSync } from 'node:fs';
import { InvariantError } from '../../domain/assert.ts';
import type { Disk } from '../../ports.ts';
import { nodeDisk } from '../state/node-disk.ts';
import { packedDisk } from '../state/packed-disk.ts';

/**
 * Returns the files in `folder`, without writes: each is a defect of whoever calls it.
 *
 * @param gone is thrown once the folder is no more, since a file that was removed with it is not one that the commit never had.
 */
export function readOnlyDisk(folder: string, gone: () => Error): Disk {
  const disk = packedDisk(nodeDisk(folder));
  const whileThere = <T>(answer: T): T => {
    if (!existsSync(folder)) throw gone();
    return answer;
  };
  const refuse = (path: string): never => {
    throw new InvariantError(`${path} belongs to a commit; nothing may be written there`);
  };
  return {
    read: (path) => disk.read(path) ?? whileThere(null),
    readRange: (path, from, to) => disk.readRange(path, from, to),
    size: (path) => disk.size(path) ?? whileThere(null),
    list: (path) => whileThere(disk.list(path)),
    append: refuse,
    replace: refuse,
    truncate: refuse,
    createExclusive: refuse,
    remove: refuse,
  };
}
