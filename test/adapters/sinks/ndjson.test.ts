// Rows as lines of JSON: each once, whatever comes again, whatever a crash left, and whatever the disk refuses.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ndjsonSink } from '../../../src/adapters/sinks/ndjson.ts';
import { nodeDisk } from '../../../src/adapters/state/node-disk.ts';
import type { SinkRow } from '../../../src/domain/sink-row.ts';
import type { Disk } from '../../../src/ports.ts';
import { type MemoryDisk, memoryDisk } from '../../fakes/memory-disk.ts';

/** Rows over three days, some of them of one record. */
const ROWS: readonly SinkRow[] = Array.from({ length: 30 }, (_, at) => ({
  table: 'recovery',
  instance: 'test',
  run: 'run',
  seq: 1 + Math.floor(at / 2),
  part: at % 2,
  at: new Date(Date.UTC(2026, 10, 21, 0, 0) + Math.floor(at / 2) * 5 * 3_600_000).toISOString(),
  event: 'COMMAND',
  kernel_state: 'RUN',
  details: `row ${at} é`,
}));

function linesOf(disk: MemoryDisk): readonly SinkRow[] {
  return Object.entries(disk.dump())
    .filter(([path]) => path.startsWith('rows/'))
    .flatMap(([, text]) => text.split('\n').filter((line) => line !== ''))
    .map((line) => JSON.parse(line) as SinkRow);
}

describe('the files of rows', () => {
  it('are one for each UTC day', async () => {
    const disk = memoryDisk();

    expect(await ndjsonSink(disk).write(ROWS)).toEqual({ ok: true, value: undefined });

    expect(Object.keys(disk.dump())).toEqual([
      'rows/2026-11-21.ndjson',
      'rows/2026-11-22.ndjson',
      'rows/2026-11-23.ndjson',
    ]);
    expect(linesOf(disk)).toEqual(ROWS);
  });

  it('hold each row once, however often it comes again, and wherever the last line was cut off', async () => {
    const batch = fc.record({
      from: fc.nat(20),
      length: fc.integer({ min: 1, max: 15 }),
      cut: fc.option(fc.nat(300)),
    });
    const isOnce = fc.asyncProperty(fc.array(batch, { maxLength: 12 }), async (batches) => {
      const disk = memoryDisk();
      let sink = ndjsonSink(disk);
      let sent = 0;
      for (const { from, length, cut } of batches) {
        // What comes again begins at, or before, the first row that was not taken.
        const begin = Math.min(from, sent);
        await sink.write(ROWS.slice(begin, begin + length));
        sent = Math.max(sent, Math.min(ROWS.length, begin + length));
        if (cut === null) continue;
        sink = ndjsonSink(disk);
        sent = cutEnd(disk, cut);
      }
      await sink.write(ROWS.slice(Math.min(sent, 3)));

      expect(linesOf(disk)).toEqual(ROWS);
    });

    await fc.assert(isOnce, { seed: 20261129, numRuns: 200 });
  });

  it('take the rows of a journal that was begun anew', async () => {
    const disk = memoryDisk();
    await ndjsonSink(disk).write(ROWS);
    const anew = { ...(ROWS[0] as SinkRow), run: 'anew', at: '2026-11-25T00:00:00.000Z' };

    await ndjsonSink(disk).write([anew]);

    expect(linesOf(disk).at(-1)).toEqual(anew);
  });
});

/** Cuts bytes off the newest file, as a crash would, and returns how many whole rows are left. */
function cutEnd(disk: MemoryDisk, bytes: number): number {
  const path = Object.keys(disk.dump()).at(-1);
  if (path !== undefined) disk.truncate(path, Math.max(0, (disk.size(path) ?? 0) - bytes));
  return Object.values(disk.dump()).join('').split('\n').length - 1;
}

describe('a disk without room', () => {
  it('is a failure in a sentence, and what it took of the batch is not there twice afterwards', async () => {
    const disk = memoryDisk();
    const full: Disk = {
      ...disk,
      append(path, text) {
        disk.append(path, text.slice(0, text.length / 2));
        throw new Error('ENOSPC: no space left on device, write');
      },
    };
    let target: Disk = full;
    const sink = ndjsonSink(new Proxy(disk, { get: (_, name) => Reflect.get(target, name) }));

    expect(await sink.write(ROWS)).toEqual({
      ok: false,
      error: 'the rows could not be appended: ENOSPC: no space left on device, write',
    });
    target = disk;
    expect((await sink.write(ROWS)).ok).toBe(true);

    expect(linesOf(disk)).toEqual(ROWS);
  });
});

it('a file that somebody else wrote into is a failure that says so', async () => {
  const disk = memoryDisk({ 'rows/2026-11-23.ndjson': 'hello\n' });

  const result = await ndjsonSink(disk).write(ROWS);

  expect(result).toEqual({
    ok: false,
    error:
      'the rows could not be appended: rows/2026-11-23.ndjson: its last line is no row; move the file away',
  });
});

it('a last line of any length is found', async () => {
  const disk = memoryDisk();
  const long = { ...(ROWS[0] as SinkRow), details: 'x'.repeat(300_000) } as SinkRow;
  await ndjsonSink(disk).write([long]);

  await ndjsonSink(disk).write([long, ROWS[1] as SinkRow]);

  expect(linesOf(disk)).toEqual([long, ROWS[1]]);
});

it('rows are on a real disk as well', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'warden-rows-'));
  try {
    await ndjsonSink(nodeDisk(folder)).write(ROWS.slice(0, 2));
    expect(readFileSync(join(folder, 'rows/2026-11-21.ndjson'), 'utf8').split('\n')).toHaveLength(3);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
