// The JournalDisk port over a real folder. The file that grows stays open, since it is appended to and synced many times a second.

import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { assert } from '../../domain/assert.ts';
import type { JournalDisk } from '../../ports.ts';

/** One name, not hidden, without a way out of the folder. */
const NAME = /^[a-z0-9][a-z0-9.-]*$/;

/**
 * Returns the files of `folder`, which is made, durably, where it is not there.
 *
 * @param durable `false` waits for no disk: for a journal of what can be made again, since a power cut may lose any of it.
 */
export function nodeJournalDisk(
  folder: string,
  { durable }: { readonly durable: boolean } = { durable: true },
): JournalDisk {
  const top = resolve(folder);
  makeFolder(top);
  let growing: { readonly name: string; readonly file: number } | null = null;

  const at = (name: string): string => {
    assert(NAME.test(name), () => `"${name}" is no name of a file in a journal`);
    return join(top, name);
  };
  const opened = (name: string): number => {
    if (growing?.name === name) return growing.file;
    closeGrowing();
    growing = { name, file: openSync(at(name), 'a') };
    return growing.file;
  };
  const closeGrowing = (): void => {
    if (growing !== null) closeSync(growing.file);
    growing = null;
  };

  return {
    list: () =>
      readdirSync(top, { withFileTypes: true })
        .filter((entry) => entry.isFile() && NAME.test(entry.name))
        .map(({ name }) => name)
        .sort(),
    size: (name) => {
      const stat = statSync(at(name), { throwIfNoEntry: false });
      return stat?.isFile() === true ? stat.size : null;
    },
    readRange: (name, from, to) => withFile(at(name), 'r', (file) => readRange(file, from, to)),
    append: (name, bytes) => writeSync(opened(name), bytes),
    // The size is part of what fdatasync makes durable; times of the file are not, and nobody needs them.
    sync: (name) => {
      if (durable) fdatasyncSync(opened(name));
    },
    truncate: (name, bytes) => ftruncateSync(opened(name), bytes),
    writeNew: (name, bytes) =>
      withFile(at(name), 'w', (file) => {
        for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
      }),
    rename: (from, to) => {
      closeGrowing();
      renameSync(at(from), at(to));
    },
    syncFolder: () => {
      if (durable) syncFolder(top);
    },
    remove: (name) => {
      if (growing?.name === name) closeGrowing();
      rmSync(at(name), { force: true });
    },
    close: closeGrowing,
  };
}

function readRange(file: number, from: number, to: number): Buffer {
  const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(to, fstatSync(file).size) - from));
  let filled = 0;
  while (filled < buffer.length) {
    const count = readSync(file, buffer, filled, buffer.length - filled, from + filled);
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}

/** A folder is durable when the one that holds its name is synced. */
function makeFolder(folder: string): void {
  const firstMade = mkdirSync(folder, { recursive: true });
  if (firstMade === undefined) return;
  for (let made = folder; made.length >= firstMade.length; made = dirname(made)) syncFolder(dirname(made));
}

/** Windows knows no sync of a folder; its journal orders names by itself. */
function syncFolder(folder: string): void {
  if (process.platform !== 'win32') withFile(folder, 'r', fsyncSync);
}

function withFile<T>(target: string, flags: string, use: (file: number) => T): T {
  const file = openSync(target, flags);
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}
