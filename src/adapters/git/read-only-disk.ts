// A Disk that can only be read: the files of a commit are what they are.

import { InvariantError } from '../../domain/assert.ts';
import type { Disk } from '../../ports.ts';

/** Returns `disk` without its writes: each is a defect of whoever calls it. */
export function readOnlyDisk(disk: Disk): Disk {
  const refuse = (path: string): never => {
    throw new InvariantError(`${path} belongs to a commit; nothing may be written there`);
  };
  return {
    read: (path) => disk.read(path),
    readRange: (path, from, to) => disk.readRange(path, from, to),
    size: (path) => disk.size(path),
    list: (folder) => disk.list(folder),
    append: refuse,
    replace: refuse,
    truncate: refuse,
    createExclusive: refuse,
    remove: refuse,
  };
}
