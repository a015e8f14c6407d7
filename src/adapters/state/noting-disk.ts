// A Disk that says which files are written to, so that people can be shown what a change touches.

import type { Disk } from '../../ports.ts';
import { isHidden } from './state-path.ts';

/** Returns `disk`; `note` gets the path of every write but those to hidden files, which are no state. */
export function notingDisk(disk: Disk, note: (path: string) => void): Disk {
  const noted = (path: string): string => {
    if (!isHidden(path)) note(path);
    return path;
  };
  return {
    ...disk,
    append: (path, text) => disk.append(noted(path), text),
    replace: (path, content) => disk.replace(noted(path), content),
    truncate: (path, bytes) => disk.truncate(noted(path), bytes),
    createExclusive: (path, text) => disk.createExclusive(noted(path), text),
    remove: (path) => disk.remove(noted(path)),
  };
}
