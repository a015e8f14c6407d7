// A Disk on which the files of packed months are files like all others: read out of the pack, and loose again once they are written to.

import { InvariantError } from '../../domain/assert.ts';
import type { PackedFile, PackIndex } from '../../domain/pack-index.ts';
import type { Disk } from '../../ports.ts';
import { missingPack, packIndexFrom, unpackedBytes } from './month-pack.ts';
import { mayHoldPacked, packIndexPath, packOf, packOfFolder, packsIn } from './pack-paths.ts';
import { isHidden } from './state-path.ts';

/** Days are read in order, forwards or backwards, so the pack that was used last is the one that is wanted next; a row may want its model. */
const UNPACKED_MAX = 2;

/**
 * Returns the view of `disk`. A loose file wins over the packed one of its path. Sizes and names come from the index of the pack alone;
 * a pack is decompressed when a file of it is first read, once for all of them.
 *
 * Packs that others write or remove are seen from the next turn of the event loop on: one stretch of synchronous work sees one state.
 *
 * Every call throws CorruptStateError where an index or a pack that is needed is not what was written.
 */
export function packedDisk(disk: Disk): Disk {
  const packs = openPacks(disk);

  /** What a write must begin with where the file is only packed, or `null`. */
  function packedContent(path: string): Buffer | null {
    return packOf(path) === null || disk.size(path) !== null ? null : packs.read(path);
  }

  return {
    read: (path) => disk.read(path) ?? packs.read(path),
    readRange: (path, from, to) => {
      const isPacked = packs.find(path) !== null && disk.size(path) === null;
      return isPacked ? packs.readRange(path, from, to) : disk.readRange(path, from, to);
    },
    size: (path) => disk.size(path) ?? packs.find(path)?.bytes ?? null,
    list: (folder) => {
      const loose = disk.list(folder);
      const packed = packs.list(folder).filter((name) => !isHidden(name));
      return packed.length === 0 ? loose : [...new Set([...loose, ...packed])].sort();
    },
    append: (path, text) => {
      const content = packedContent(path);
      if (content === null) disk.append(path, text);
      else disk.replace(path, Buffer.concat([content, Buffer.from(text)]));
    },
    replace: (path, content) => disk.replace(path, content),
    truncate: (path, bytes) => {
      const content = packedContent(path);
      if (content === null) disk.truncate(path, bytes);
      else disk.replace(path, content.subarray(0, bytes));
    },
    createExclusive: (path, text) => packs.find(path) === null && disk.createExclusive(path, text),
    remove: (path) => {
      if (packs.find(path) !== null)
        throw new InvariantError(`${path} is packed, and ground that is packed is never removed`);
      disk.remove(path);
    },
  };
}

interface Packs {
  /** The place of a file in its pack, or `null` where it is not packed. */
  find(path: string): PackedFile | null;
  read(path: string): Buffer | null;
  /** Of a file that {@link find} found. */
  readRange(path: string, from: number, to: number): Buffer;
  /** Names of packed files and their folders. */
  list(folder: string): readonly string[];
}

interface KnownIndex {
  readonly text: Buffer;
  readonly index: PackIndex;
  /** Folder → names in it. */
  readonly names: ReadonlyMap<string, ReadonlySet<string>>;
}

function openPacks(disk: Disk): Packs {
  const indexes = openIndexes(disk);
  const unpacked = new Map<string, Buffer>();

  function contentOf(index: PackIndex): Buffer {
    const content = unpacked.get(index.sha256) ?? unpackedBytes(disk, index);
    if (content === null) {
      // Somebody packed these files anew while this stretch of work was reading it.
      const newer = indexes.lookAgain(index.pack);
      if (newer === null || newer.sha256 === index.sha256) throw missingPack(index);
      return contentOf(newer);
    }
    unpacked.delete(index.sha256);
    unpacked.set(index.sha256, content);
    for (const oldest of [...unpacked.keys()].slice(0, -UNPACKED_MAX)) unpacked.delete(oldest);
    return content;
  }

  function indexOf(path: string): PackIndex | null {
    const pack = packOf(path);
    return pack === null ? null : (indexes.of(pack)?.index ?? null);
  }

  function find(path: string): PackedFile | null {
    return fileIn(indexOf(path), path);
  }

  function read(path: string): Buffer | null {
    const index = indexOf(path);
    if (index === null || fileIn(index, path) === null) return null;
    const content = contentOf(index);
    const file = find(path);
    return file === null ? null : content.subarray(file.offset, file.offset + file.bytes);
  }

  return {
    find,
    read,
    readRange: (path, from, to) => {
      const file = find(path);
      const end = Math.min(to, file?.bytes ?? 0);
      const tailFrom = (file?.bytes ?? 0) - (file?.tail?.length ?? 0);
      if (file?.tail !== undefined && from >= tailFrom)
        return Buffer.from(file.tail.slice(from - tailFrom, Math.max(0, end - tailFrom)), 'latin1');
      return read(path)?.subarray(from, Math.max(from, end)) ?? Buffer.alloc(0);
    },
    list: (folder) => {
      if (!mayHoldPacked(folder)) return [];
      const only = packOfFolder(folder);
      const names = only === null ? indexes.packs() : [only];
      return names.flatMap((pack) => [...(indexes.of(pack)?.names.get(folder) ?? [])]);
    },
  };
}

interface Indexes {
  of(pack: string): KnownIndex | null;
  packs(): readonly string[];
  /** Reads the index of a pack again within one stretch of work. */
  lookAgain(pack: string): PackIndex | null;
}

/** Indexes are read again in every stretch of synchronous work, and parsed again only where their bytes changed. */
function openIndexes(disk: Disk): Indexes {
  const known = new Map<string, KnownIndex>();
  const looked = new Set<string>();
  let listed: readonly string[] | null = null;
  let isFresh = false;

  function beginStretch(): void {
    if (isFresh) return;
    looked.clear();
    listed = null;
    isFresh = true;
    queueMicrotask(() => {
      isFresh = false;
    });
  }

  function look(pack: string): void {
    looked.add(pack);
    const text = disk.read(packIndexPath(pack));
    if (text === null) known.delete(pack);
    else if (known.get(pack)?.text.equals(text) !== true) {
      const index = packIndexFrom(pack, text);
      known.set(pack, { text, index, names: namesOf(index) });
    }
  }

  function of(pack: string): KnownIndex | null {
    beginStretch();
    if (!looked.has(pack)) look(pack);
    return known.get(pack) ?? null;
  }

  return {
    of,
    packs: () => {
      beginStretch();
      listed ??= packsIn(disk);
      return listed;
    },
    lookAgain: (pack) => {
      looked.delete(pack);
      return of(pack)?.index ?? null;
    },
  };
}

function fileIn(index: PackIndex | null, path: string): PackedFile | null {
  // A path is made of names that others chose, so only own keys count.
  return index !== null && Object.hasOwn(index.files, path) ? (index.files[path] ?? null) : null;
}

function namesOf(index: PackIndex): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>();
  for (const path of Object.keys(index.files)) {
    const segments = path.split('/');
    for (const [depth, name] of segments.entries()) {
      const folder = segments.slice(0, depth).join('/');
      names.set(folder, (names.get(folder) ?? new Set()).add(name));
    }
  }
  return names;
}
