// The files that a feed reads while others write them: looked at by polling, and held open so that a rotated one is read to its end.

import { closeSync, fstatSync, openSync, readdirSync, readSync, type Stats, statSync } from 'node:fs';
import { err, ok, type Result } from '../../domain/result.ts';

/** A file that is held open, whatever name it has by now. */
export interface FollowedFile {
  /** Tells it from another file that has its name later. */
  readonly identity: string;
  /** In bytes, now. */
  size(): number;
  /** Bytes `[from, to)`; fewer where it ends earlier. */
  read(from: number, to: number): Buffer;
  close(): void;
}

/** All calls throw on what the world should not do; absence is a value. */
export interface FollowedFiles {
  /** `other`: a pipe or a device, which is never opened, since that waits for somebody else. */
  kindOf(path: string): 'file' | 'folder' | 'other' | null;
  /** `null` where there is no such file. */
  open(path: string): FollowedFile | null;
  /** Of the file that has this name now. */
  identityOf(path: string): string | null;
  /** Names in a folder, sorted by code unit; `null` where there is none. */
  list(folder: string): readonly string[] | null;
}

/** Returns the files of this machine. */
export function nodeFollowedFiles(): FollowedFiles {
  return {
    kindOf(path) {
      const stats = found(() => statSync(path));
      if (stats === null) return null;
      if (stats.isDirectory()) return 'folder';
      return stats.isFile() ? 'file' : 'other';
    },
    open(path) {
      const handle = found(() => openSync(path, 'r'));
      if (handle === null) return null;
      return {
        identity: identityIn(fstatSync(handle)),
        size: () => fstatSync(handle).size,
        read: (from, to) => readAt(handle, from, to),
        close: () => closeSync(handle),
      };
    },
    identityOf(path) {
      const stats = found(() => statSync(path));
      return stats === null ? null : identityIn(stats);
    },
    list: (folder) => found(() => readdirSync(folder))?.toSorted() ?? null,
  };
}

/** A number of a file is used again after it was removed, and then it was born at another time. */
function identityIn({ dev, ino, birthtimeMs }: Stats): string {
  return `${dev}:${ino}:${birthtimeMs}`;
}

function readAt(handle: number, from: number, to: number): Buffer {
  const bytes = Buffer.allocUnsafe(Math.max(0, to - from));
  let at = 0;
  while (at < bytes.length) {
    const count = readSync(handle, bytes, at, bytes.length - at, from + at);
    if (count === 0) break;
    at += count;
  }
  return bytes.subarray(0, at);
}

/** Runs what reads files. What a disk throws is a sentence; everything else is a defect, and goes on. */
export function disked<T>(read: () => T): Result<T, string> {
  try {
    return ok(read());
  } catch (error) {
    if (error instanceof Error && 'code' in error) return err(error.message);
    throw error;
  }
}

/** Returns `null` where there is nothing of that name. */
function found<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return null;
    throw error;
  }
}
