// The Disk port over a real folder: every write is on the platter, names included, before the call returns, unless told otherwise.

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Disk } from '../../ports.ts';
import { assertStatePath, isHidden } from './state-path.ts';

/** How a write becomes durable. */
interface Sync {
  /** Gives a file a name that another may have. */
  rename(from: string, to: string): void;
  file(file: number): void;
  folder(folder: string): void;
}

const DURABLE: Sync = { rename: renameSync, file: fsyncSync, folder: syncFolder };
/** Some file systems write a file out before it takes the name of another; where nothing has that name they do not. */
const QUICK: Sync = {
  rename: (from, to) => {
    rmSync(to, { force: true });
    renameSync(from, to);
  },
  file: () => {},
  folder: () => {},
};

/**
 * Returns the files below `root`, which is created on the first write. Throws the operating system's error where the
 * disk is full, read-only or forbidden, and an assertion for a path that is not below the root.
 *
 * @param durable `false` waits for no disk: for what can be made again and nobody else reads meanwhile, since a power cut may lose any of
 * it, and a file that is replaced is not there for a moment.
 */
export function nodeDisk(root: string, { durable }: { readonly durable: boolean } = { durable: true }): Disk {
  const sync = durable ? DURABLE : QUICK;
  const top = resolve(root);
  const at = (path: string): string => {
    assertStatePath(path);
    return join(top, path);
  };
  return {
    read: (path) => absentAsNull(() => readFileSync(at(path))),
    readRange: (path, from, to) => withFile(at(path), 'r', (file) => readRange(file, from, to)),
    size: (path) => {
      const stat = absentAsNull(() => statSync(at(path)));
      return stat?.isFile() === true ? stat.size : null;
    },
    list: (folder) => {
      const names = absentAsNull(() => readdirSync(folder === '' ? top : at(folder))) ?? [];
      return names.filter((name) => !isHidden(name)).sort();
    },
    append: (path, text) => append(at(path), text, sync),
    replace: (path, content) => replace(at(path), content, sync),
    truncate: (path, bytes) =>
      withFile(at(path), 'r+', (file) => {
        ftruncateSync(file, bytes);
        sync.file(file);
      }),
    createExclusive: (path, text) => createExclusive(at(path), text, sync),
    remove: (path) => {
      const target = at(path);
      if (absentAsNull(() => rmSync(target)) === null) return;
      sync.folder(dirname(target));
    },
  };
}

function append(target: string, text: string, sync: Sync): void {
  makeFolder(dirname(target), sync);
  const wasEmpty = withFile(target, 'a', (file) => {
    const isEmpty = fstatSync(file).size === 0;
    writeAll(file, text, sync);
    return isEmpty;
  });
  // A new file may lose its name in a power cut although its bytes are safe.
  if (wasEmpty) sync.folder(dirname(target));
}

function replace(target: string, content: string | Buffer, sync: Sync): void {
  makeFolder(dirname(target), sync);
  const temporary = temporaryOf(target);
  try {
    withFile(temporary, 'wx', (file) => writeAll(file, content, sync));
    sync.rename(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  sync.folder(dirname(target));
}

/** A hard link appears with its whole content or not at all, so nobody ever reads half of an exclusive file. */
function createExclusive(target: string, text: string, sync: Sync): boolean {
  makeFolder(dirname(target), sync);
  const temporary = temporaryOf(target);
  try {
    withFile(temporary, 'wx', (file) => writeAll(file, text, sync));
    linkSync(temporary, target);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  sync.folder(dirname(target));
  return true;
}

/**
 * Random, because two containers on one volume have the same process ids, and two takers of a lock must never write
 * into one file. The dot keeps a leftover of a crash out of `list`.
 */
function temporaryOf(target: string): string {
  return join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
}

function readRange(file: number, from: number, to: number): Buffer {
  const wanted = Math.max(0, Math.min(to, fstatSync(file).size) - from);
  const buffer = Buffer.allocUnsafe(wanted);
  let filled = 0;
  while (filled < wanted) {
    const count = readSync(file, buffer, filled, wanted - filled, from + filled);
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}

/** One write where the system takes all of it, as it does unless the disk is full: then the next one throws. */
function writeAll(file: number, content: string | Buffer, sync: Sync): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written);
  sync.file(file);
}

/** Makes a folder and everything above it; a folder is durable when the one that holds its name is synced. */
function makeFolder(folder: string, sync: Sync): void {
  const firstMade = mkdirSync(folder, { recursive: true });
  if (firstMade === undefined) return;
  for (let made = folder; made.length >= firstMade.length; made = dirname(made)) sync.folder(dirname(made));
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

/** No such name, one below a file, or a folder where a file was meant: in each case there is no such file. */
const ABSENT = ['ENOENT', 'ENOTDIR', 'EISDIR'];

function absentAsNull<T>(run: () => T): T | null {
  try {
    return run();
  } catch (error) {
    if (ABSENT.some((code) => hasCode(error, code))) return null;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
