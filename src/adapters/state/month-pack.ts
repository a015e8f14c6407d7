// A pack: files of a month as one brotli stream, and its index. Lines of neighbouring days repeat each other, which compressing the files
// one by one does not see.

import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { canonicalJson, sha256Hex } from '../../domain/canonical.ts';
import { type PackedFile, PackIndex } from '../../domain/pack-index.ts';
import type { Disk } from '../../ports.ts';
import { CorruptStateError } from './corrupt-state.ts';
import { packIndexPath, packPath } from './pack-paths.ts';
import { parseRecord } from './record-line.ts';

/** Path below the state folder → content. */
export type PackContent = ReadonlyMap<string, Buffer>;

/** A month of fifty strategies takes a quarter of a minute once, and is a fifth smaller than with 9, which takes a second. */
const QUALITY = constants.BROTLI_MAX_QUALITY;

/** How much of an unchanged log every run looks at: the tail of each shard of events, and whether a log of cells ends in a whole line. */
const TAIL_BYTES: readonly (readonly [prefix: string, bytes: number])[] = [
  ['alpha/events/', 4096],
  ['supervisor/cells/', 1],
];

/**
 * Returns a pack and its index. The bytes are those of this version of brotli; which they are says the index.
 *
 * @param quality of brotli, 0 to 11; what was packed with any of them is read at the same speed
 */
export function packFrom(
  name: string,
  content: PackContent,
  quality = QUALITY,
): { readonly index: PackIndex; readonly pack: Buffer } {
  const files: Record<string, PackedFile> = {};
  const parts: Buffer[] = [];
  let offset = 0;
  for (const [path, bytes] of [...content].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const tail = tailOf(path, bytes);
    files[path] = {
      offset,
      bytes: bytes.length,
      sha256: sha256Hex(bytes),
      ...(tail === null ? {} : { tail }),
    };
    parts.push(bytes);
    offset += bytes.length;
  }
  const pack = compressed(Buffer.concat(parts), quality);
  return { index: { v: 1, pack: name, sha256: sha256Hex(pack), bytes: offset, files }, pack };
}

/**
 * The window covers all of it, so that its first line still helps with its last one. Up to 16 MiB that is plain brotli, which every
 * tool decompresses; beyond it takes the large window, which those of Google and Node do.
 */
function compressed(content: Buffer, quality: number): Buffer {
  const bits = Math.max(constants.BROTLI_MIN_WINDOW_BITS, Math.ceil(Math.log2(content.length + 17)));
  const isLarge = bits > constants.BROTLI_MAX_WINDOW_BITS;
  return brotliCompressSync(content, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_LARGE_WINDOW]: isLarge ? 1 : 0,
      [constants.BROTLI_PARAM_LGWIN]: Math.min(bits, constants.BROTLI_LARGE_MAX_WINDOW_BITS),
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    },
  });
}

/** Returns the text of an index. */
export function packIndexText(index: PackIndex): string {
  return `${canonicalJson(index)}\n`;
}

/**
 * Returns the index of a pack from the bytes of its file.
 *
 * @throws CorruptStateError where it is none, or that of another pack.
 */
export function packIndexFrom(pack: string, bytes: Buffer): PackIndex {
  const index = parseRecord(PackIndex, bytes.toString('utf8'));
  if (!index.ok) throw new CorruptStateError(packIndexPath(pack), index.error);
  const { files, pack: named, bytes: total } = index.value;
  if (named !== pack) throw new CorruptStateError(packIndexPath(pack), `is the index of ${named}`);
  const outside = Object.entries(files).find(([, file]) => file.offset + file.bytes > total);
  if (outside === undefined) return index.value;
  throw new CorruptStateError(
    packIndexPath(pack),
    `${outside[0]} ends behind the ${total} bytes of the pack`,
  );
}

/**
 * Returns the files of an index in one buffer, or `null` where its pack is not there.
 *
 * @throws CorruptStateError where the pack is not the one that the index names.
 */
export function unpackedBytes(disk: Disk, index: PackIndex): Buffer | null {
  const path = packPath(index);
  const pack = disk.read(path);
  if (pack === null) return null;
  const digest = sha256Hex(pack);
  if (digest !== index.sha256) {
    const finding = `has the SHA-256 ${digest.slice(0, 12)}…; ${packIndexPath(index.pack)} says ${index.sha256.slice(0, 12)}…`;
    throw new CorruptStateError(path, finding);
  }
  const content = brotliDecompressSync(pack, {
    params: { [constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: 1 },
    chunkSize: Math.max(CHUNK_BYTES_MIN, index.bytes),
  });
  if (content.length === index.bytes) return content;
  const finding = `holds ${content.length} bytes; ${packIndexPath(index.pack)} says ${index.bytes}`;
  throw new CorruptStateError(path, finding);
}

/** Room for the whole content at once saves joining it from pieces. */
const CHUNK_BYTES_MIN = 64;

/**
 * Returns every file of an index, each with the digest it was packed with.
 *
 * @throws CorruptStateError where the pack is missing, or a file in it is another one.
 */
export function packContent(disk: Disk, index: PackIndex): PackContent {
  const all = unpackedBytes(disk, index);
  if (all === null) throw missingPack(index);
  return new Map(
    Object.entries(index.files).map(([path, file]) => {
      const bytes = all.subarray(file.offset, file.offset + file.bytes);
      if (sha256Hex(bytes) === file.sha256) return [path, bytes];
      throw new CorruptStateError(
        packPath(index),
        `holds another ${path} than ${packIndexPath(index.pack)} says`,
      );
    }),
  );
}

/** The error for a pack that an index names and that is not there. */
export function missingPack(index: PackIndex): CorruptStateError {
  return new CorruptStateError(packPath(index), `is missing; ${packIndexPath(index.pack)} names it`);
}

function tailOf(path: string, bytes: Buffer): string | null {
  const length = TAIL_BYTES.find(([prefix]) => path.startsWith(prefix))?.[1] ?? 0;
  return length === 0 ? null : bytes.subarray(Math.max(0, bytes.length - length)).toString('latin1');
}
