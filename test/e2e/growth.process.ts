// The budget of growth: a year of fifty strategies, written by the product's own writers, fits into a small clone once it is packed.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commitAll, git, shallowCloneBytes, startRepository } from '../../bench/growth-git.ts';
import { growthWorld, SIGNALS_A_DAY, STRATEGIES } from '../../bench/growth-world.ts';
import { writeDays } from '../../bench/growth-year.ts';
import { nodeDisk } from '../../src/adapters/state/node-disk.ts';
import { packedDisk } from '../../src/adapters/state/packed-disk.ts';
import { dayPath, rowDays } from '../../src/adapters/state/row-store.ts';
import { silentProgress } from '../../src/adapters/terminal/progress.ts';
import { sha256Hex } from '../../src/domain/canonical.ts';
import { DAY_MS } from '../../src/domain/time.ts';
import { compact } from '../../src/jobs/compact.ts';
import type { Disk } from '../../src/ports.ts';

const MEGABYTE = 1_000_000;
const START_MS = Date.UTC(2025, 0, 1);
const SEED = 7;
const log = { info() {}, warn() {}, error() {} };

const root = mkdtempSync(join(tmpdir(), 'warden-growth-'));
const state = join(root, 'state');
const remote = join(root, 'remote.git');
const disk = nodeDisk(state, { durable: false });

function dayOfMonth(month: number): number {
  return Math.round((Date.UTC(2025, month, 1) - START_MS) / DAY_MS);
}

async function pushed(message: string): Promise<number> {
  await commitAll(state, message);
  await git(state, 'push', '--quiet', 'origin', 'state');
  return await shallowCloneBytes(remote, root);
}

/** The digest of all rows as a reader sees them, and how many there are. */
function rowsSeen(view: Disk): { readonly count: number; readonly digest: string } {
  const days = rowDays(view).map((day) => view.read(dayPath(day))?.toString('latin1') ?? '');
  const count = days.reduce((sum, text) => sum + text.split('\n').length - 1, 0);
  return { count, digest: sha256Hex(days.join('')) };
}

beforeAll(async () => {
  const world = growthWorld(START_MS, dayOfMonth(12), SEED);
  for (let month = 0; month < 12; month += 1)
    await writeDays(disk, world, dayOfMonth(month), dayOfMonth(month + 1));
  await startRepository(state, remote);
}, 600_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe(`a year of ${STRATEGIES} strategies with ${SIGNALS_A_DAY} signals a day each (seed ${SEED})`, () => {
  it('is cloned with less than 20 MB once its closed months are packed, and not a row reads otherwise', async () => {
    const before = rowsSeen(disk);
    const looseBytes = await pushed('a year, loose');
    const options = { nowMs: START_MS + dayOfMonth(12) * DAY_MS, compactAfterMs: 92 * DAY_MS };

    // The product packs tighter, which takes minutes for so many months at once.
    const done = compact({ disk, log, progress: silentProgress }, { ...options, quality: 9 });
    const packedBytes = await pushed('packed');
    const after = rowsSeen(packedDisk(disk));

    process.stderr.write(
      `growth: ${before.count} rows, ${(looseBytes / MEGABYTE).toFixed(1)} MB loose, ${(packedBytes / MEGABYTE).toFixed(1)} MB packed\n`,
    );
    expect(before.count).toBeGreaterThan(0.98 * STRATEGIES * SIGNALS_A_DAY * 365 * 3);
    expect(done.months).toHaveLength(9);
    expect(packedBytes).toBeLessThan(20 * MEGABYTE);
    expect(packedBytes).toBeLessThan(0.8 * looseBytes);
    expect(after).toEqual(before);
  });
});
