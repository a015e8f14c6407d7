// A Disk of which only some folders are there: what was not mounted is no file that is missing, and asking for it is a defect.

import { InvariantError } from '../../domain/assert.ts';
import type { Disk } from '../../ports.ts';
import { isHidden } from './state-path.ts';

/**
 * Returns `disk` where it is mounted, and throws for every other path.
 *
 * @param folders such as `alpha/events`, or everything
 */
export function mountedDisk(disk: Disk, folders: readonly string[] | 'all'): Disk {
  if (folders === 'all') return disk;
  const check = (isThere: boolean, path: string): string => {
    if (isThere) return path;
    throw new InvariantError(`${path} is not mounted; only ${folders.join(', ')} of the state is here`);
  };
  const file = (path: string): string => check(isMounted(path, folders), path);
  // A parent of what is mounted has its files, but not all of its folders: a list of it would be no whole one.
  const folder = (path: string): string => check(isWithin(path, folders), path);
  return {
    read: (path) => disk.read(file(path)),
    readRange: (path, from, to) => disk.readRange(file(path), from, to),
    size: (path) => disk.size(file(path)),
    list: (path) => disk.list(folder(path)),
    append: (path, text) => disk.append(file(path), text),
    replace: (path, content) => disk.replace(file(path), content),
    truncate: (path, bytes) => disk.truncate(file(path), bytes),
    createExclusive: (path, text) => disk.createExclusive(file(path), text),
    remove: (path) => disk.remove(file(path)),
  };
}

/**
 * Returns whether a file is there where `folders` are mounted: all below them and, as a sparse checkout has it, the files directly in one
 * of their parents. Hidden files are no state, and always there.
 */
export function isMounted(path: string, folders: readonly string[]): boolean {
  const parent = parentOf(path);
  const isBeside = folders.some((folder) => parent === '' || folder.startsWith(`${parent}/`));
  return isBeside || isWithin(path, folders);
}

function isWithin(path: string, folders: readonly string[]): boolean {
  return isHidden(path) || folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
}

/** The folder above, where the top is the empty path. */
function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
