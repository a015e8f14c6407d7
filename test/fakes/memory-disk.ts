// A Disk in memory, simple enough to be believed: the reference that real disks are compared with, and a fast stand-in.

import { assert } from '../../src/domain/assert.ts';
import type { Disk } from '../../src/ports.ts';

export interface MemoryDisk extends Disk {
  /** Every file as text, hidden ones too, sorted by path. */
  dump(): Record<string, string>;
}

/** Returns a disk that holds `files` (path to text) at first. */
export function memoryDisk(files: Readonly<Record<string, string>> = {}): MemoryDisk {
  const held = new Map<string, Buffer>(
    Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]),
  );

  function existing(path: string): Buffer {
    const bytes = held.get(checked(path));
    assert(bytes !== undefined, `${path} does not exist`);
    return bytes;
  }

  return {
    dump: () =>
      Object.fromEntries(
        [...held].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, bytes]) => [path, bytes.toString()]),
      ),
    read: (path) => held.get(checked(path)) ?? null,
    readRange: (path, from, to) => existing(path).subarray(from, Math.max(from, to)),
    size: (path) => held.get(checked(path))?.length ?? null,
    list: (folder) => {
      const prefix = folder === '' ? '' : `${checked(folder)}/`;
      const below = [...held.keys()].filter((path) => path.startsWith(prefix));
      const names = new Set(below.map((path) => path.slice(prefix.length).split('/', 1).join('')));
      return [...names].filter((name) => !name.startsWith('.')).sort();
    },
    append: (path, text) => {
      held.set(path, Buffer.concat([held.get(checked(path)) ?? Buffer.alloc(0), Buffer.from(text)]));
    },
    replace: (path, content) => {
      held.set(checked(path), typeof content === 'string' ? Buffer.from(content) : content);
    },
    truncate: (path, bytes) => {
      held.set(path, existing(path).subarray(0, bytes));
    },
    createExclusive: (path, text) => {
      if (held.has(checked(path))) return false;
      held.set(path, Buffer.from(text));
      return true;
    },
    remove: (path) => {
      held.delete(checked(path));
    },
  };
}

function checked(path: string): string {
  const isBelow = path.split('/').every((segment) => !['', '.', '..'].includes(segment));
  assert(isBelow && !/[\\\0]/.test(path), `"${path}" is not a path below the root`);
  return path;
}
