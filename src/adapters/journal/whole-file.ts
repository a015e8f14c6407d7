// Files of a journal that appear whole or not at all, and the errors that mean that the disk has no room.

import type { JournalDisk } from '../../ports.ts';

const TEMPORARY = '.tmp';

/** Writes a file so that its name only ever stands for its whole content: temporary file, sync, rename, sync of the folder. */
export function writeWhole(disk: JournalDisk, name: string, content: string | Uint8Array): void {
  const temporary = `${name}${TEMPORARY}`;
  try {
    disk.writeNew(temporary, typeof content === 'string' ? Buffer.from(content) : content);
    disk.sync(temporary);
    disk.rename(temporary, name);
  } catch (error) {
    disk.remove(temporary);
    throw error;
  }
  disk.syncFolder();
}

/** Removes what a crash left of files that were being written. */
export function removeTemporaries(disk: JournalDisk): void {
  for (const name of disk.list()) if (name.endsWith(TEMPORARY)) disk.remove(name);
}

export function isNoSpace(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
