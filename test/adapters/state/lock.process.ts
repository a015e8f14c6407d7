// The lock between real processes: many count up one file, some are killed in the middle, and no count is lost.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeDisk } from '../../../src/adapters/state/node-disk.ts';

const WORKERS = 4;
const ROUNDS = 25;

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'lock-process-'));
const worker = join(root, 'worker.mts');

beforeAll(() => {
  writeFileSync(
    worker,
    `import { processOwner, withLock } from ${JSON.stringify(join(repository, 'src/adapters/state/lock.ts'))};
import { nodeDisk } from ${JSON.stringify(join(repository, 'src/adapters/state/node-disk.ts'))};

const [root = '', rounds = '0', dies = 'no'] = process.argv.slice(2);
const disk = nodeDisk(root);
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
for (let round = 0; round < Number(rounds); round += 1) {
  const result = await withLock(disk, 'count', { waitMs: 50_000, owner: processOwner(), sleep }, async () => {
    if (dies === 'yes') process.kill(process.pid, 'SIGKILL');
    const count = Number(disk.read('count.txt') ?? '0');
    await sleep(1);
    disk.replace('count.txt', String(count + 1));
  });
  if (!result.ok) throw new Error(result.error.message);
}
`,
  );
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function run(rounds: number, dies: 'yes' | 'no'): Promise<number | NodeJS.Signals | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', worker, join(root, 'state'), String(rounds), dies],
      {
        cwd: repository,
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
}

describe('withLock between processes', () => {
  it('loses no count although owners are killed while they hold the lock', async () => {
    const workers = Array.from({ length: WORKERS }, () => run(ROUNDS, 'no'));
    const victims = [run(1, 'yes'), run(1, 'yes')];

    const ends = await Promise.all([...workers, ...victims]);

    expect(ends).toEqual([...workers.map(() => 0), ...victims.map(() => 'SIGKILL')]);
    expect(nodeDisk(join(root, 'state')).read('count.txt')?.toString()).toBe(String(WORKERS * ROUNDS));
  });
});
