// Reading input files: packed or not, with progress in bytes on disk, and with an honest end where a file is damaged.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileChunks, inputSize } from '../../../src/adapters/input/file.ts';
import { collected } from './collected.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'warden-file-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function stored(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function contentOf(path: string, onRead: (bytes: number) => void = () => {}): Promise<string> {
  return Buffer.concat(await collected(fileChunks(path, onRead))).toString();
}

describe('fileChunks', () => {
  it('yields a plain file and counts its bytes', async () => {
    const path = stored('plain.jsonl', 'a\nb\n');
    let bytes = 0;

    const content = await contentOf(path, (count) => {
      bytes += count;
    });

    expect(content).toBe('a\nb\n');
    expect(bytes).toBe(4);
  });

  it('unpacks gzip by its first bytes and not by its name, and counts what was read from disk', async () => {
    const packed = gzipSync('x'.repeat(3_000_000));
    const path = stored('events.jsonl', packed);
    let bytes = 0;

    const content = await contentOf(path, (count) => {
      bytes += count;
    });

    expect(content.length).toBe(3_000_000);
    expect(bytes).toBe(packed.length);
  });

  it('takes a plain file that is merely called .gz', async () => {
    const path = stored('plain.gz', 'a\n');

    expect(await contentOf(path)).toBe('a\n');
  });

  it('yields nothing for an empty file', async () => {
    const path = stored('empty', '');

    expect(await contentOf(path)).toBe('');
  });

  it('throws where an archive was cut off, after what stood before', async () => {
    const packed = gzipSync(Buffer.from('0123456789'.repeat(1000)), { level: 0 });
    const path = stored('cut.gz', packed.subarray(0, packed.length - 4000));
    const seen: number[] = [];

    const reading = (async () => {
      for await (const chunk of fileChunks(path, () => {})) seen.push(chunk.length);
    })();

    await expect(reading).rejects.toThrow('unexpected end of file');
    expect(seen.reduce((sum, length) => sum + length, 0)).toBeGreaterThan(0);
  });
});

describe('inputSize', () => {
  it('is the size of a file', () => {
    const path = stored('four', 'abcd');

    expect(inputSize(path)).toEqual({ ok: true, value: 4 });
  });

  it.each([
    ['a folder', () => folder, 'is not a file'],
    ['a file that is not there', () => join(folder, 'gone'), 'there is no file'],
  ])('names %s', (_case, path, message) => {
    const size = inputSize(path());

    expect(size).toEqual({ ok: false, error: expect.stringContaining(message) });
  });
});
