// The thread of the sinks as it is built: rows arrive on the disk while a kernel writes, and closing takes what is left along.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { nodeJournalDisk } from '../../../src/adapters/journal/node-journal-disk.ts';
import { systemTimers } from '../../../src/adapters/system-timers.ts';
import type { SinkRow } from '../../../src/domain/sink-row.ts';
import type { startSinks } from '../../../src/runner/sinks/start-sinks.ts';
import { run, started } from '../../adapters/journal/journal-world.ts';

const BUILT = new URL('../../../dist/runner/sinks/start-sinks.js', import.meta.url).href;
const WAIT_MS = 60_000;

function rowsIn(dataDir: string): readonly SinkRow[] {
  const folder = join(dataDir, 'rows');
  return readdirSync(folder)
    .sort()
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1))
    .map((line) => JSON.parse(line) as SinkRow);
}

async function until(isTrue: () => boolean): Promise<void> {
  for (const beganMs = performance.now(); !isTrue(); await sleep(20))
    if (performance.now() - beganMs > WAIT_MS) throw new Error('it did not come to be within a minute');
}

it('follows a kernel that writes, over two lives, and has every row once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'warden-sink-thread-'));
  try {
    const { startSinks: start } = (await import(BUILT)) as { readonly startSinks: typeof startSinks };
    const [journalDir, dataDir, stateDir] = [
      join(folder, 'journal'),
      join(folder, 'data'),
      join(folder, 'state'),
    ];
    const words: string[] = [];
    const note = (text: string): void => void words.push(text);
    const settings = { ndjson: true, alpha_events: true, clickhouse: null, hazelcast: null };
    const log = { info: note, warn: note, error: note };
    const options = {
      settings,
      journalDir,
      dataDir,
      stateDir,
      agent: 'pink',
      seed: 1,
      timers: systemTimers(),
      log,
    };
    const kernel = started(nodeJournalDisk(journalDir));
    for (const life of [1, 2]) {
      const sinks = start(options);
      run(kernel, 200, 10);
      sinks.sealed(kernel.state.seq);
      await until(() => sinks.health().every(({ state, lag }) => state === 'up' && lag === 0));
      // Nobody is waited for here: closing has to take these along.
      run(kernel, 200, 10);
      sinks.sealed(kernel.state.seq);
      await sinks.close(WAIT_MS);
      expect(kernel.state.seq).toBe(1 + 400 * life);
    }

    const rows = rowsIn(dataDir);
    const keys = rows.map(({ seq, part }) => `${seq} ${part}`);
    expect(new Set(keys).size).toBe(keys.length);
    const told = rows.filter((row) => row.table === 'recovery' && row.event === 'COMMAND');
    expect(told.length).toBe(4 * Array.from({ length: 200 }).filter((_, at) => at % 7 === 3).length);
    expect(words).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
