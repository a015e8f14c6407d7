// The budget of growth: a year of fifty strategies, written by the product's own writers, fits into a small clone once it is packed.

import { mkdtempSync } from 'node:fs';
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
import { dropFolder } from '../one-folder.ts';
import { IS_WHOLE } from './whole.ts';

const MEGABYTE = 1_000_000;
const START_MS = Date.UTC(2025, 0, 1);
const YEAR_MONTHS = 12;
/** Of them, the newest that a year keeps loose. */
const LOOSE_MONTHS = 3;
/** A few months say what a month weighs, loose and packed, and so what the year does. */
const { months, compactAfterDays } = IS_WHOLE
  ? { months: YEAR_MONTHS, compactAfterDays: 92 }
  : { months: 2, compactAfterDays: 28 };
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
  const world = growthWorld(START_MS, dayOfMonth(months), SEED);
  for (let month = 0; month < months; month += 1)
    await writeDays(disk, world, dayOfMonth(month), dayOfMonth(month + 1));
  await startRepository(state, remote);
}, 600_000);
afterAll(() => dropFolder(root));

describe(`a year of ${STRATEGIES} strategies with ${SIGNALS_A_DAY} signals a day each (seed ${SEED})`, () => {
  it('is cloned with less than 20 MB once its closed months are packed, and not a row reads otherwise', async () => {
    const before = rowsSeen(disk);
    const looseBytes = await pushed('loose');
    const options = {
      nowMs: START_MS + dayOfMonth(months) * DAY_MS,
      compactAfterMs: compactAfterDays * DAY_MS,
    };

    // The product packs tighter, which takes minutes for so many months at once.
    const done = compact({ disk, log, progress: silentProgress }, { ...options, quality: 9 });
    const packedBytes = await pushed('packed');
    const after = rowsSeen(packedDisk(disk));

    const looseMonth = looseBytes / months;
    const packedMonth = (packedBytes - (months - done.months.length) * looseMonth) / done.months.length;
    const yearLoose = YEAR_MONTHS * looseMonth;
    const yearPacked = LOOSE_MONTHS * looseMonth + (YEAR_MONTHS - LOOSE_MONTHS) * packedMonth;
    process.stderr.write(
      `growth: ${before.count} rows in ${months} months, a year is ${(yearLoose / MEGABYTE).toFixed(1)} MB loose, ${(yearPacked / MEGABYTE).toFixed(1)} MB packed\n`,
    );
    expect(before.count).toBeGreaterThan(0.98 * STRATEGIES * SIGNALS_A_DAY * dayOfMonth(months) * 3);
    expect(done.months).toHaveLength(IS_WHOLE ? YEAR_MONTHS - LOOSE_MONTHS : 1);
    expect(yearPacked).toBeLessThan(20 * MEGABYTE);
    expect(yearPacked).toBeLessThan(0.8 * yearLoose);
    expect(after).toEqual(before);
  });
});
