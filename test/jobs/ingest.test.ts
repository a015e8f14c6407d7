// The ingest job against a disk that fails while its file is still being read ahead.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ingest } from '../../src/jobs/ingest.ts';
import type { IntakeTarget } from '../../src/jobs/intake.ts';
import type { Disk, Progress } from '../../src/ports.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'warden-ingest-job-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Several chunks of the reader. */
const EVENTS = 40_000;

function eventsFile(): string {
  const line = (id: number): string =>
    `{"event_id":"${id}","ts":"2026-11-21T10:00:00Z","agent":"momo","symbol":"BTC/USDT","direction":"LONG"}\n`;
  const path = join(folder, 'events.jsonl');
  writeFileSync(path, Array.from({ length: EVENTS }, (_, id) => line(id)).join(''));
  return path;
}

function target(disk: Disk): IntakeTarget {
  return {
    disk,
    producer: 'ingest',
    kind: 'alpha',
    defaults: {},
    nowMs: 1_795_255_200_000,
    waitMs: 0,
    owner: { pid: 4711, host: 'test', since: '2026-11-21T10:00:00.000Z' },
    sleep: async () => {},
  };
}

/** Counts what was told, and what was told too late. */
function countingProgress(): Progress & { readonly told: { bytes: number; afterEnd: number } } {
  const told = { bytes: 0, afterEnd: 0 };
  let isOpen = false;
  return {
    told,
    start() {
      isOpen = true;
    },
    advance(by) {
      told.bytes += by;
      if (!isOpen) told.afterEnd += 1;
    },
    done() {
      isOpen = false;
    },
  };
}

it('tells the progress of every byte of a file', async () => {
  const path = eventsFile();
  const progress = countingProgress();

  const done = await ingest([path], target(memoryDisk()), progress);

  expect(done).toMatchObject({ ok: true, value: { counts: { appended: EVENTS } } });
  expect(progress.told).toEqual({ bytes: (await readFile(path)).length, afterEnd: 0 });
});

it('passes on that the disk is full, and tells no progress of what was read ahead by then', async () => {
  const path = eventsFile();
  const progress = countingProgress();
  const full: Disk = {
    ...memoryDisk(),
    append() {
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC', syscall: 'write' });
    },
  };

  const running = ingest([path], target(full), progress);

  await expect(running).rejects.toThrow('no space left on device');
  // Reading the file anew takes longer than what the job had asked for ahead.
  for (let again = 0; again < 5; again++) await readFile(path);
  expect(progress.told.afterEnd).toBe(0);
});
