// `npm run bench:growth`: what a year of fifty strategies weighs in a clone and in the full history, loose and packed, and what reading
// packed months costs in time. `--quick` takes two months and one day of history.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nodeDisk } from '../src/adapters/state/node-disk.ts';
import { packedDisk } from '../src/adapters/state/packed-disk.ts';
import { silentProgress } from '../src/adapters/terminal/progress.ts';
import { tableText } from '../src/adapters/terminal/table.ts';
import { DAY_MS, isoFromMs, MINUTE_MS } from '../src/domain/time.ts';
import { compact } from '../src/jobs/compact.ts';
import { bytesByKind, commitAll, git, packBytes, shallowCloneBytes, startRepository } from './growth-git.ts';
import { growthWorld } from './growth-world.ts';
import { runHalfHour, writeDays } from './growth-year.ts';
import { measureCommand, medianOf } from './measure.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    seed: { type: 'string', default: '7' },
    days: { type: 'string' },
  },
});
const START_MS = Date.UTC(2025, 0, 1);
const MONTHS = values.quick ? 2 : 12;
const HISTORY_DAYS = Number(values.days ?? (values.quick ? 1 : 3));
const YEAR_DAYS = 365;
const log = { info() {}, warn() {}, error() {} };

const root = mkdtempSync(join(tmpdir(), 'warden-bench-growth-'));
const state = join(root, 'state');
const remote = join(root, 'remote.git');
const disk = packedDisk(nodeDisk(state, { durable: false }));
const yearEnd = dayOfMonth(MONTHS);
const world = growthWorld(START_MS, yearEnd + HISTORY_DAYS, Number(values.seed));

function dayOfMonth(month: number): number {
  return Math.round((Date.UTC(2025, month, 1) - START_MS) / DAY_MS);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(2);
}

function shown(kinds: readonly (readonly [string, number])[], days = 1): (string | number)[][] {
  return kinds.slice(0, 12).map(([kind, bytes]) => [kind, megabytes(bytes / days)]);
}

/** Wall time of jobs that find nothing new, or read everything. */
function timings(): number[] {
  const now = ['--state', state, '--now', isoFromMs(START_MS + yearEnd * DAY_MS)];
  return [
    ['reconcile', '--prices', root, ...now],
    ['supervise', '--no-checkpoint', ...now],
    ['verify', ...now],
  ].map((args) => {
    const runs = [0, 1, 2].map(() => measureCommand(args, [0, 3, 6, 8]));
    return Math.round(medianOf(runs).wallMs);
  });
}

async function pushed(message: string): Promise<number> {
  await commitAll(state, message);
  await git(state, 'push', '--quiet', 'origin', 'state');
  return await shallowCloneBytes(remote, root);
}

try {
  say(`a year in ${state}, seed ${values.seed} …`);
  for (let month = 0; month < MONTHS; month += 1)
    await writeDays(disk, world, dayOfMonth(month), dayOfMonth(month + 1));
  await startRepository(state, remote);
  const loose = await pushed('a year, loose');
  const looseKinds = await bytesByKind(remote, 'state');
  const looseMs = timings();

  say('packing …');
  const startedMs = performance.now();
  const done = compact(
    { disk: nodeDisk(state, { durable: false }), log, progress: silentProgress },
    { nowMs: START_MS + yearEnd * DAY_MS, compactAfterMs: values.quick ? 0 : 92 * DAY_MS },
  );
  const packingMs = Math.round(performance.now() - startedMs);
  const packed = await pushed('packed');
  const packedKinds = await bytesByKind(remote, 'state^{tree}');
  const packedMs = timings();

  say(`${HISTORY_DAYS} days of 48 commits each …`);
  await git(remote, 'gc', '--quiet', '--prune=now');
  const [before, head] = [packBytes(remote), (await git(state, 'rev-parse', 'HEAD')).trim()];
  for (let half = 1; half <= HISTORY_DAYS * 48; half += 1) {
    await runHalfHour(disk, world, START_MS + yearEnd * DAY_MS + half * 30 * MINUTE_MS);
    await commitAll(state, `half hour ${half}`);
    await git(state, 'push', '--quiet', 'origin', 'state');
  }
  const asPushed = await bytesByKind(remote, 'state', `^${head}`);
  await git(remote, 'gc', '--quiet', '--prune=now');
  const history = packBytes(remote) - before;
  const tidied = await bytesByKind(remote, 'state', `^${head}`);

  const clones = [
    ['loose', megabytes(loose)],
    [`packed: ${done.months.length} months in ${packingMs} ms`, megabytes(packed)],
  ];
  console.log(tableText({ head: ['clone --depth 1 of the year', 'MB'], rows: clones }));
  console.log(tableText({ head: ['of it, loose', 'MB'], rows: shown(looseKinds) }));
  console.log(tableText({ head: ['of it, packed', 'MB'], rows: shown(packedKinds) }));
  const jobs = ['reconcile, nothing new', 'supervise, every row again', 'verify'];
  const times = jobs.map((job, place) => [job, looseMs[place] ?? 0, packedMs[place] ?? 0]);
  console.log(tableText({ head: ['job', 'loose, ms', 'packed, ms'], rows: times }));
  const sum = (kinds: readonly (readonly [string, number])[]): number =>
    kinds.reduce((total, [, bytes]) => total + bytes, 0);
  const perDay = [
    [
      'as pushed',
      megabytes(sum(asPushed) / HISTORY_DAYS),
      megabytes((sum(asPushed) / HISTORY_DAYS) * YEAR_DAYS),
    ],
    ['after git gc', megabytes(history / HISTORY_DAYS), megabytes((history / HISTORY_DAYS) * YEAR_DAYS)],
  ];
  console.log(tableText({ head: ['full history, 48 commits a day', 'MB a day', 'MB a year'], rows: perDay }));
  console.log(tableText({ head: ['as pushed, of it', 'MB a day'], rows: shown(asPushed, HISTORY_DAYS) }));
  console.log(tableText({ head: ['after git gc, of it', 'MB a day'], rows: shown(tidied, HISTORY_DAYS) }));
} finally {
  rmSync(root, { recursive: true, force: true });
}
