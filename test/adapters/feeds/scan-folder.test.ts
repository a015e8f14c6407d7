// A folder that gets files: each once, in the order of their names, half-written ones when they are whole.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { nodeFollowedFiles } from '../../../src/adapters/feeds/followed-files.ts';
import { scanFolderFeed } from '../../../src/adapters/feeds/scan-folder.ts';
import { SCAN_BYTES_MAX } from '../../../src/adapters/feeds/scan-intake.ts';
import { type MemoryFollowedFiles, memoryFollowedFiles } from '../../fakes/memory-followed-files.ts';
import { followed, lineOf, payload } from './payloads.ts';

let files: MemoryFollowedFiles;

beforeEach(() => {
  files = memoryFollowedFiles();
});

function following(from: 'start' | 'end' = 'start') {
  return followed((timers) => scanFolderFeed({ path: '/in', from, staleAfterMs: 60_000, timers, files }));
}

describe('a folder of scans', () => {
  it('is waited for, and read in the order of its names, whatever else is in it', async () => {
    const on = following('end');
    await on.pass(1_000);
    files.append('/in/0002.json', JSON.stringify(payload(2), null, 2));
    files.append('/in/0001.json', lineOf(1));
    files.append('/in/0003.jsonl', lineOf(3) + lineOf(4));
    files.append('/in/.0004.json', lineOf(9));
    files.append('/in/0004.json.tmp', lineOf(9));
    files.append('/in/notes.txt', 'x');
    await on.pass(1_000);
    expect(on.scanNumbers()).toEqual([1, 2, 3, 4]);
    expect(on.states()).toEqual(['down: there is no folder /in; it is waited for', 'up: follows /in']);
    expect(on.malformed()).toEqual([]);
  });

  it('is passed over as it is at first where that is asked for, but for lines that are added', async () => {
    files.append('/in/a.json', lineOf(1));
    files.append('/in/b.jsonl', lineOf(2));
    const on = following('end');
    await on.pass(1_000);
    files.append('/in/b.jsonl', lineOf(3));
    files.append('/in/c.json', lineOf(4));
    await on.pass(1_000);
    expect(on.scanNumbers()).toEqual([3, 4]);
  });

  it('holds back what follows a file that is half written, until that is whole', async () => {
    const text = lineOf(1);
    files.append('/in/1.json', text.slice(0, 40));
    files.append('/in/2.json', lineOf(2));
    const on = following();
    await on.pass(1_000);
    expect(on.scanNumbers()).toEqual([]);
    files.append('/in/1.json', text.slice(40));
    await on.pass(1_000);
    expect(on.scanNumbers()).toEqual([1, 2]);
    expect(on.malformed()).toEqual([]);
  });

  it('waits for a file as long as it grows', async () => {
    const text = lineOf(1);
    const on = following();
    await on.pass(500);
    for (const [at, character] of [...text].entries()) {
      files.append('/in/1.json', character);
      if (at % 20 === 0) await on.pass(1_000);
    }
    await on.pass(1_000);
    expect(on.scanNumbers()).toEqual([1]);
    expect(on.malformed()).toEqual([]);
  });

  it('gives a file up that stays half written, and says so once', async () => {
    files.append('/in/1.json', '{"scan_number":1');
    files.append('/in/2.json', lineOf(2));
    const on = following();
    await on.pass(5_000);
    expect(on.scanNumbers()).toEqual([2]);
    expect(on.malformed()).toEqual([expect.stringMatching(/^1\.json: is not JSON: /)]);
  });

  it('does not read a file that is too large', async () => {
    files.append('/in/1.json', `"${'x'.repeat(SCAN_BYTES_MAX)}"`);
    files.append('/in/2.json', lineOf(2));
    const on = following();
    await on.pass(500);
    expect(on.scanNumbers()).toEqual([2]);
    expect(on.malformed()).toEqual([
      `1.json: has ${SCAN_BYTES_MAX + 2} bytes; expected one scan of at most ${SCAN_BYTES_MAX}`,
    ]);
  });

  it('reads a file of a name that was taken away before', async () => {
    files.append('/in/1.json', lineOf(1));
    const on = following();
    await on.pass(1_000);
    files.remove('/in/1.json');
    await on.pass(1_000);
    files.append('/in/1.json', lineOf(2));
    await on.pass(1_000);
    expect(on.scanNumbers()).toEqual([1, 2]);
  });

  it('of thousands of files is read whole, with few of them open', async () => {
    for (let n = 1; n <= 400; n += 1) files.append(`/in/${1_000 + n}.jsonl`, lineOf(n));
    const on = following();
    let openMost = 0;
    for (let turn = 0; turn < 60; turn += 1) {
      await on.pass(100, 100);
      openMost = Math.max(openMost, files.openCount());
    }
    expect(on.scanNumbers()).toEqual(Array.from({ length: 400 }, (_, at) => at + 1));
    expect(openMost).toBeLessThanOrEqual(17);
    await on.stop();
    expect(files.openCount()).toBe(0);
  });

  it('that the disk cannot list is a state', async () => {
    files.append('/in/1.json', lineOf(1));
    const on = following();
    await on.pass(500);
    files.failure = 'permission denied';
    await on.pass(500);
    expect(on.states().at(-1)).toBe('down: /in cannot be read: permission denied');
  });

  it('of this machine may hold folders and pipes, which are left alone', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'warden-scans-'));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    mkdirSync(join(dir, '1.json'));
    execFileSync('mkfifo', [join(dir, '2.json')]);
    writeFileSync(join(dir, '3.json'), lineOf(3));
    const on = followed((timers) =>
      scanFolderFeed({ path: dir, from: 'start', staleAfterMs: 60_000, timers, files: nodeFollowedFiles() }),
    );
    await on.pass(1_000);
    expect(on.scanNumbers()).toEqual([3]);
    await on.stop();
  });
});

it('the last line of a file that was removed before it was whole is told all the same', async () => {
  files.append('/in/a.jsonl', lineOf(1) + lineOf(2).slice(0, 60));
  const on = following();
  await on.pass(1_000);
  files.remove('/in/a.jsonl');
  await on.pass(2_000);

  expect(on.scanNumbers()).toEqual([1]);
  expect(on.malformed()).toEqual([expect.stringMatching(/^a\.jsonl:2: is not JSON/)]);
});
