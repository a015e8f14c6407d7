// Following a file that others write: whole lines once, through torn writes, rotation, truncation and a disk that fails.

import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeFollowedFiles } from '../../../src/adapters/feeds/followed-files.ts';
import { scanFileFeed } from '../../../src/adapters/feeds/scan-file.ts';
import { SCAN_BYTES_MAX } from '../../../src/adapters/feeds/scan-intake.ts';
import { type MemoryFollowedFiles, memoryFollowedFiles } from '../../fakes/memory-followed-files.ts';
import { followed, lineOf, payload, START_MS } from './payloads.ts';

const PATH = '/feed/scans.jsonl';
let files: MemoryFollowedFiles;

beforeEach(() => {
  files = memoryFollowedFiles();
});

function following(from: 'start' | 'end' = 'start', path = PATH, disk: typeof files | null = files) {
  return followed((timers) =>
    scanFileFeed({ path, from, staleAfterMs: 60_000, timers, files: disk ?? nodeFollowedFiles() }),
  );
}

describe('a file of scans', () => {
  it('is waited for, and then read from its start', async () => {
    const on = following('end');
    await on.pass(2_000);
    files.append(PATH, lineOf(1));
    await on.pass(1_000);
    expect(on.states()).toEqual([`down: there is no file ${PATH}; it is waited for`, `up: follows ${PATH}`]);
    expect(on.scanNumbers()).toEqual([1]);
  });

  it('is passed over up to its end where that is asked for', async () => {
    files.append(PATH, lineOf(1) + lineOf(2));
    const on = following('end');
    await on.pass(1_000);
    files.append(PATH, `${lineOf(3)}nonsense\n`);
    await on.pass(1_000);
    expect(on.scanNumbers()).toEqual([3]);
    expect(on.malformed()).toEqual([expect.stringMatching(/^scans\.jsonl:\+2: is not JSON: /)]);
  });

  it('whose last line is half written at the beginning is read from the next line on', async () => {
    const line = lineOf(1);
    files.append(PATH, line.slice(0, 50));
    const on = following('end');
    await on.pass(1_000);
    files.append(PATH, line.slice(50, 80));
    await on.pass(1_000);
    files.append(PATH, line.slice(80) + lineOf(2));
    await on.pass(1_000);
    expect(on.scanNumbers()).toEqual([2]);
    expect(on.malformed()).toEqual([]);
  });

  it('is read to its end after it was rotated, and then the new one', async () => {
    files.append(PATH, lineOf(1));
    const on = following();
    await on.pass(1_000);
    files.append(PATH, lineOf(2));
    files.rename(PATH, `${PATH}.1`);
    files.append(PATH, lineOf(4));
    await on.pass(500);
    files.append(`${PATH}.1`, lineOf(3));
    await on.pass(2_000);
    expect(on.scanNumbers()).toEqual([1, 2, 3, 4]);
    expect(files.openCount()).toBe(1);
  });

  it('that was moved away is waited for, and its last line counts without a newline', async () => {
    files.append(PATH, lineOf(1) + lineOf(2).trimEnd());
    const on = following();
    await on.pass(1_000);
    expect(on.scanNumbers()).toEqual([1]);
    files.remove(PATH);
    await on.pass(3_000);
    expect(on.scanNumbers()).toEqual([1, 2]);
    expect(on.states().at(-1)).toBe(`down: there is no file ${PATH}; it is waited for`);
  });

  it.each([
    ['shorter', lineOf(2)],
    ['longer, in the same second', lineOf(2, { exf_snapshot: { a: 'x'.repeat(500) } }) + lineOf(3)],
  ])('that was written anew, %s, is read from its start', async (_, text) => {
    files.append(PATH, lineOf(1) + lineOf(1));
    const on = following();
    await on.pass(1_000);
    files.rewrite(PATH, text);
    await on.pass(2_000);
    expect(on.scanNumbers().slice(0, 2)).toEqual([1, 2]);
    expect(on.malformed()).toEqual([]);
  });

  it('with a line that is too long loses that line alone', async () => {
    files.append(PATH, `${lineOf(1)}${'x'.repeat(SCAN_BYTES_MAX + 1)}\n${lineOf(2)}`);
    const on = following();
    await on.pass(2_000);
    expect(on.scanNumbers()).toEqual([1, 2]);
    expect(on.malformed()).toEqual([
      `scans.jsonl:2: is longer than ${SCAN_BYTES_MAX} bytes; expected one scan a line`,
    ]);
  });

  it('with bytes that are no text, and blank lines, loses those alone', async () => {
    files.append(
      PATH,
      Buffer.concat([Buffer.from(lineOf(1)), Buffer.from([0xff, 0x0a, 0x0a]), Buffer.from(lineOf(2))]),
    );
    const on = following();
    await on.pass(1_000);
    expect(on.scanNumbers()).toEqual([1, 2]);
    expect(on.malformed()).toEqual(['scans.jsonl:2: is not UTF-8']);
  });

  it('that the disk cannot read is a state, and is read on where it can again', async () => {
    files.append(PATH, lineOf(1));
    const on = following();
    await on.pass(1_000);
    files.failure = 'input/output error';
    files.append(PATH, lineOf(2));
    await on.pass(5_000);
    expect(on.states().at(-1)).toBe(`down: ${PATH} cannot be read: input/output error`);
    files.failure = null;
    await on.pass(1_000);
    expect(on.scanNumbers()).toEqual([1, 2]);
    expect(on.states().at(-1)).toBe(`up: follows ${PATH}`);
  });

  it('loses no line that was read before the disk failed in the same look', async () => {
    files.append(PATH, lineOf(1));
    const on = following();
    await on.pass(1_000);
    const { identityOf } = files;
    files.identityOf = () => {
      throw Object.assign(new Error('permission denied'), { code: 'EACCES' });
    };
    files.append(PATH, lineOf(2));
    await on.pass(1_000);
    expect(on.states().at(-1)).toBe(`down: ${PATH} cannot be read: permission denied`);
    files.identityOf = identityOf;
    await on.pass(1_000);
    expect(on.scanNumbers()).toEqual([1, 2]);
  });

  it('is closed with the feed', async () => {
    files.append(PATH, lineOf(1));
    const on = following();
    await on.pass(1_000);
    await on.stop();
    expect(files.openCount()).toBe(0);
  });

  it('hands on every scan once, however its bytes are divided', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(400), { minLength: 1, maxLength: 12 }), async (cuts) => {
        files = memoryFollowedFiles();
        const text = [1, 2, 3, 4].map((n) => lineOf(n, { posture: 'größer' })).join('');
        const bytes = Buffer.from(text);
        const on = following();
        let from = 0;
        for (const cut of [...cuts, bytes.length]) {
          files.append(PATH, bytes.subarray(from, Math.min(bytes.length, from + cut)));
          from = Math.min(bytes.length, from + cut);
          await on.pass(500, 500);
        }
        expect(on.scanNumbers()).toEqual([1, 2, 3, 4]);
        expect(on.malformed()).toEqual([]);
        await on.stop();
      }),
      { numRuns: 25 },
    );
  });
});

describe('the order of scans', () => {
  it('passes over a number that was seen, and tells an older scan that comes late', async () => {
    const at = (seconds: number) => ({ timestamp: START_MS - 60_000 + seconds * 1_000 });
    files.append(
      PATH,
      lineOf(5, at(5)) + lineOf(7, at(7)) + lineOf(7, at(8)) + lineOf(6, at(6)) + lineOf(8, at(8)),
    );
    const on = following();
    await on.pass(1_000);
    expect(on.scanNumbers()).toEqual([5, 7, 8]);
    expect(on.malformed()).toEqual(['scans.jsonl:4: is scan 6, which is older than scan 7 before it']);
  });

  it('begins anew where a lower number was made later by its own word, and only then', async () => {
    const at = (seconds: number) => ({ timestamp: START_MS - 60_000 + seconds * 1_000 });
    files.append(
      PATH,
      lineOf(900, at(1)) + lineOf(1, { timestamp: undefined }) + lineOf(1, at(2)) + lineOf(2, at(3)),
    );
    const on = following();
    await on.pass(1_000);
    expect(on.scanNumbers()).toEqual([900, 1, 2]);
    expect(on.scans()[1]?.problems).toEqual(['scan_number: 1 after 900; its source counts anew']);
    expect(on.malformed()).toHaveLength(1);
  });

  it('names the age of a scan that was old when it came', async () => {
    files.append(PATH, `${JSON.stringify(payload(1, { timestamp: START_MS - 3_600_000 }))}\n`);
    const on = following();
    await on.pass(1_000);
    expect(on.scans()[0]?.problems).toEqual(['timestamp: the scan is 1 h old']);
    expect(on.scans()[0]?.scannedAtMs).toBe(START_MS - 3_600_000);
  });
});

describe('a file of this machine', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'warden-scans-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('is followed through growth, rotation and truncation', async () => {
    const path = join(dir, 'scans.jsonl');
    const on = following('start', path, null);
    await on.pass(500);
    writeFileSync(path, lineOf(1));
    await on.pass(1_000);
    appendFileSync(path, lineOf(2));
    renameSync(path, `${path}.1`);
    writeFileSync(path, lineOf(3) + lineOf(4));
    await on.pass(2_000);
    truncateSync(path);
    await on.pass(500);
    appendFileSync(path, lineOf(5));
    await on.pass(1_000);
    expect(on.scanNumbers()).toEqual([1, 2, 3, 4, 5]);
    await on.stop();
  });
});

it('what was begun in a file that is then written anew is a line, and told', async () => {
  files.append(PATH, lineOf(1));
  const on = following();
  await on.pass(1_000);
  files.append(PATH, lineOf(2).slice(0, 60));
  await on.pass(1_000);
  files.rewrite(PATH, lineOf(3));
  await on.pass(3_000);

  expect(on.scanNumbers()).toEqual([1, 3]);
  expect(on.malformed()).toEqual([expect.stringMatching(/^scans\.jsonl:2: is not JSON/)]);
});
