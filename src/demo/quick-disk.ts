// The Disk port over a real folder without waiting for the disk: what the demo loses in a power cut it can make again.

import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { assertStatePath, isHidden } from '../adapters/state/state-path.ts';
import type { Disk } from '../ports.ts';

/** Returns the files below `root`, as `nodeDisk` does, for a folder that one process alone writes to. */
export function quickDisk(root: string): Disk {
  const top = resolve(root);
  const at = (path: string): string => {
    assertStatePath(path);
    return join(top, path);
  };
  const made = (path: string): string => {
    const target = at(path);
    mkdirSync(dirname(target), { recursive: true });
    return target;
  };
  const size = (path: string): number | null => {
    const stat = statSync(at(path), { throwIfNoEntry: false });
    return stat?.isFile() === true ? stat.size : null;
  };
  return {
    size,
    read: (path) => (size(path) === null ? null : readFileSync(at(path))),
    readRange: (path, from, to) => readRange(at(path), from, to),
    list: (folder) => {
      const target = folder === '' ? top : at(folder);
      const isFolder = statSync(target, { throwIfNoEntry: false })?.isDirectory() === true;
      const names = isFolder ? readdirSync(target) : [];
      return names.filter((name) => !isHidden(name)).sort();
    },
    append: (path, text) => appendFileSync(made(path), text),
    replace: (path, text) => {
      const target = made(path);
      const temporary = join(dirname(target), `.${basename(target)}.tmp`);
      writeFileSync(temporary, text);
      renameSync(temporary, target);
    },
    truncate: (path, bytes) => truncateSync(at(path), bytes),
    createExclusive: (path, text) => {
      if (size(path) !== null) return false;
      writeFileSync(made(path), text, { flag: 'wx' });
      return true;
    },
    remove: (path) => rmSync(at(path), { force: true }),
  };
}

function readRange(target: string, from: number, to: number): Buffer {
  const file = openSync(target, 'r');
  try {
    const buffer = Buffer.alloc(Math.max(0, to - from));
    let filled = 0;
    for (let count = -1; count !== 0 && filled < buffer.length; filled += count) {
      count = readSync(file, buffer, filled, buffer.length - filled, from + filled);
    }
    return buffer.subarray(0, filled);
  } finally {
    closeSync(file);
  }
}
