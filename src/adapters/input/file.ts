// Opens an input file as a stream of its bytes, unpacking gzip, and says how far into the file on disk it has read.

import { createReadStream, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { PassThrough, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { err, ok, type Result } from '../../domain/result.ts';

const CHUNK_BYTES = 1024 * 1024;

/** Returns the size of a regular file in bytes, or the sentence that says why it cannot be read. */
export function inputSize(path: string): Result<number, string> {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return err(`there is no file ${path}`);
  if (!stats.isFile()) return err(`${path} is not a file`);
  return ok(stats.size);
}

/**
 * Yields the content of a file, unpacked where it starts as gzip does, whatever its name.
 *
 * @param onRead - called with the count of bytes that were read from disk, for progress.
 * @throws what the file system or the unpacking refuses, as a truncated archive.
 */
export async function* fileChunks(path: string, onRead: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const source = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const unpack = (await isGzip(path)) ? createGunzip({ chunkSize: CHUNK_BYTES }) : new PassThrough();
  source.on('data', (chunk) => onRead(chunk.length));
  // The error of either end reaches the reader through `unpack`, which the pipeline destroys with it.
  pipeline(source, unpack, () => {});
  for await (const chunk of unpack) yield chunk;
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}
