// Files in memory that a test writes as other programs do: appended to, cut off, rotated, removed, and sometimes not to be read.

import { basename, dirname } from 'node:path';
import type { FollowedFile, FollowedFiles } from '../../src/adapters/feeds/followed-files.ts';

interface Content {
  readonly identity: string;
  bytes: Buffer;
}

export interface MemoryFollowedFiles extends FollowedFiles {
  append(path: string, text: string | Uint8Array): void;
  /** Puts a new file in place of one that whoever has it open goes on to read. */
  replace(path: string, text: string): void;
  /** Writes the same file anew. */
  rewrite(path: string, text: string): void;
  rename(from: string, to: string): void;
  remove(path: string): void;
  makeFolder(path: string): void;
  /** What every call fails with from now on; `null`: nothing. */
  failure: string | null;
  openCount(): number;
}

export function memoryFollowedFiles(): MemoryFollowedFiles {
  const files = new Map<string, Content>();
  const folders = new Set<string>();
  let made = 0;
  let open = 0;
  const create = (path: string, bytes: Buffer): void => {
    made += 1;
    files.set(path, { identity: `file ${made}`, bytes });
    folders.add(dirname(path));
  };
  const check = (): void => {
    if (memory.failure !== null) throw Object.assign(new Error(memory.failure), { code: 'EIO' });
  };
  const opened = (content: Content): FollowedFile => {
    open += 1;
    return {
      identity: content.identity,
      size: () => {
        check();
        return content.bytes.length;
      },
      read: (from, to) => Buffer.from(content.bytes.subarray(from, to)),
      close: () => {
        open -= 1;
      },
    };
  };
  const memory: MemoryFollowedFiles = {
    failure: null,
    kindOf: (path) => {
      check();
      return files.has(path) ? 'file' : folders.has(path) ? 'folder' : null;
    },
    open: (path) => {
      check();
      const content = files.get(path);
      return content === undefined ? null : opened(content);
    },
    identityOf: (path) => files.get(path)?.identity ?? null,
    list: (folder) => {
      check();
      if (!folders.has(folder)) return null;
      const inside = [...files.keys()].filter((path) => dirname(path) === folder);
      return inside.map((path) => basename(path)).sort();
    },
    append: (path, text) => {
      const known = files.get(path);
      if (known === undefined) create(path, Buffer.from(text));
      else known.bytes = Buffer.concat([known.bytes, Buffer.from(text)]);
    },
    replace: (path, text) => create(path, Buffer.from(text)),
    rewrite: (path, text) => {
      const known = files.get(path);
      if (known !== undefined) known.bytes = Buffer.from(text);
    },
    rename: (from, to) => {
      const known = files.get(from);
      if (known !== undefined) files.set(to, known);
      files.delete(from);
    },
    remove: (path) => files.delete(path),
    makeFolder: (path) => folders.add(path),
    openCount: () => open,
  };
  return memory;
}
