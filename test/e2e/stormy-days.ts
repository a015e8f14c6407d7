// Days of scheduled jobs by a virtual clock, once as they should be and once with jobs that are dropped, late and doubled, and what is different in the end.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { WardenConfig } from '../../src/domain/config.ts';
import { DAY_MS, HOUR_MS, isoFromMs, MINUTE_MS } from '../../src/domain/time.ts';
import { filesBelow, type JobsWorld, jobsWorld, REPO, START_MS, signalsOf } from './jobs-world.ts';

export interface StormyOptions {
  readonly stormyHours: number;
  /** Behind them all runs as it should, so that what was missed is made up for. */
  readonly calmHours: number;
  readonly seed: number;
}

export interface StormyDays {
  /** How many jobs the schedules start. */
  readonly starts: Readonly<Record<Kind, number>>;
  /** How many of them came to what. */
  readonly fates: Readonly<Record<Fate, number>>;
  /** Files of the state that were compared. */
  readonly files: number;
  /** What is not as it must be, in words. */
  readonly faults: readonly string[];
}

type Kind = 'ingest' | 'reconcile' | 'train' | 'supervise';
type Fate = 'dropped' | 'late' | 'doubled' | 'on time';

interface Start {
  readonly atMs: number;
  readonly kind: Kind;
  /** Hours whose signals an ingest brings. */
  readonly hours: readonly number[];
}

/** The schedules of the workflows, and a dispatch of signals every six hours. */
function everyStart(hours: number): Start[] {
  const starts: Start[] = [];
  const add = (kind: Kind, atMs: number, hours: readonly number[] = []): void =>
    void starts.push({ atMs, kind, hours });
  for (let day = 0; day < hours / 24; day += 1) {
    const dayMs = START_MS + day * DAY_MS;
    for (let tick = 0; tick < 48; tick += 1) add('reconcile', dayMs + (13 + tick * 30) * MINUTE_MS);
    add('train', dayMs + 147 * MINUTE_MS);
    add('supervise', dayMs + 231 * MINUTE_MS);
    for (const from of [0, 6, 12, 18]) {
      const brought = [0, 1, 2, 3, 4, 5].map((hour) => dayMs + (from + hour) * HOUR_MS);
      add('ingest', dayMs + (from + 6) * HOUR_MS, brought);
    }
  }
  return inOrder(starts.filter(({ atMs }) => atMs <= START_MS + hours * HOUR_MS));
}

function inOrder(starts: readonly Start[]): Start[] {
  return [...starts].sort((a, b) => a.atMs - b.atMs);
}

/**
 * A third of the scheduled starts are dropped, come up to four hours late, or come twice. Signals come on time, and some twice: a row
 * that was settled before a signal came says for good how little of it was news.
 */
function disturbed(
  starts: readonly Start[],
  { stormyHours, seed }: StormyOptions,
): { readonly starts: Start[]; readonly fates: Record<Fate, number> } {
  const random = xoroshiro128plus(seed);
  const calmFromMs = START_MS + stormyHours * HOUR_MS;
  const fates = { dropped: 0, late: 0, doubled: 0, 'on time': 0 };
  const disturbedStarts = starts.flatMap((start): Start[] => {
    const draw = uniformInt(random, 0, 99);
    const late: Start = { ...start, atMs: start.atMs + uniformInt(random, 1, 240) * MINUTE_MS };
    if (start.atMs > calmFromMs || draw < 65 || (start.kind === 'ingest' && draw < 90)) {
      fates['on time'] += 1;
      return [start];
    }
    if (draw < 77) {
      fates.dropped += 1;
      return [];
    }
    if (draw < 90) {
      fates.late += 1;
      return late.atMs > calmFromMs ? [start] : [late];
    }
    fates.doubled += 1;
    return [start, start];
  });
  return { starts: inOrder(disturbedStarts), fates };
}

/** No model is trained: which one is in use depends on the minute of its training, and so does what is expected of a signal. */
const withoutModel = (config: WardenConfig): WardenConfig => ({
  ...config,
  horizons_hours: [1, 4, 24],
  model: { ...config.model, min_rows: 12_000, max_rows: 12_000 },
});

type RunJob = (start: Start) => Promise<readonly Awaited<ReturnType<JobsWorld['run']>>[]>;

/** Starts that fall together run together. Returns what ended badly. */
async function runAll({ clock }: JobsWorld, starts: readonly Start[], run: RunJob): Promise<string[]> {
  const faults: string[] = [];
  for (let place = 0; place < starts.length; ) {
    const atMs = starts[place]?.atMs ?? 0;
    const together = starts.slice(place).filter((start) => start.atMs === atMs);
    clock.advance(atMs - clock.nowMs());
    for (const ended of await Promise.all(together.map(run)))
      for (const { exitCode, stderr } of ended)
        if (exitCode !== 0) faults.push(`at ${isoFromMs(atMs)} a job ended with ${exitCode}: ${stderr}`);
    place += together.length;
  }
  return faults;
}

function signalFile({ dir }: JobsWorld, { atMs, hours }: Start): string {
  const file = join(dir, `signals-${atMs}.jsonl`);
  writeFileSync(file, hours.map(signalsOf).join(''));
  return file;
}

/** As the workflows do it: each on a new machine, on the state branch of the local GitHub. */
function jobsOnGitHub(world: JobsWorld): RunJob {
  return async (start) => {
    const { kind } = start;
    const operands = kind === 'ingest' ? [signalFile(world, start)] : [];
    const prices = kind === 'reconcile' ? ['--prices', world.candles] : [];
    return [await world.run(['run', kind, ...operands, ...prices])];
  };
}

/** The same commands in a plain folder, without a branch: what they leave there is what the branch has to hold. */
function jobsInFolder(world: JobsWorld, cwd: string): RunJob {
  return async (start) => {
    const run = async (...argv: string[]) => await world.run(argv, { cwd });
    if (start.kind === 'ingest') return [await run('ingest', signalFile(world, start))];
    if (start.kind !== 'reconcile') return [await run(start.kind)];
    return [await run('reconcile', '--prices', world.candles), await run('supervise')];
  };
}

/** What says when something became known or was done, and what the branch itself needs. */
const NOT_COMPARED = /^(runs|supervisor\/cells)\/|^supervisor\/sent\.jsonl$|^README\.md$|^\./;

function compared(state: ReadonlyMap<string, string>): Map<string, string> {
  const kept = [...state].filter(([path]) => !NOT_COMPARED.test(path));
  return new Map(kept.map(([path, text]) => [path, inAnyOrder(path, text)]));
}

/** Signals are appended as they come. */
function inAnyOrder(path: string, text: string): string {
  const isByArrival = path.startsWith('alpha/events/') || path.startsWith('alpha/event-ids/');
  return isByArrival ? text.split('\n').sort().join('\n') : text;
}

/** Compares the branch of the stormy days with the folder of the calm ones. */
async function faultsOf(stormy: JobsWorld, calmState: string): Promise<Pick<StormyDays, 'files' | 'faults'>> {
  const inCalm = compared(filesBelow(calmState));
  const inStorm = compared((await stormy.state()) ?? new Map());
  const paths = [...new Set([...inCalm.keys(), ...inStorm.keys()])].sort();
  const differing = paths.filter((path) => inCalm.get(path) !== inStorm.get(path));
  const faults = differing.map((path) => `${path} is not what it is without a storm`);
  const history = await stormy.history();
  for (const [age, { parents, subject }] of history.entries())
    if (parents !== (age === history.length - 1 ? 0 : 1)) faults.push(`"${subject}" has ${parents} parents`);
  const titles = [...stormy.github.world.repository(REPO).issues.values()].map(({ title }) => title);
  if (titles.join() !== 'Warden dashboard') faults.push(`the issues are ${titles.join(', ')}`);
  return { files: inCalm.size, faults: [...faults, ...stormy.github.failures.map(String)] };
}

/** Runs the jobs of all hours twice, in a folder and through a storm, and says what is different. */
export async function stormyDays(options: StormyOptions): Promise<StormyDays> {
  const [calm, stormy] = await Promise.all([jobsWorld(withoutModel), jobsWorld(withoutModel)]);
  try {
    const starts = everyStart(options.stormyHours + options.calmHours);
    const storm = disturbed(starts, options);
    const folder = join(calm.dir, 'machine');
    const failed = await runAll(calm, starts, jobsInFolder(calm, folder));
    failed.push(...(await runAll(stormy, storm.starts, jobsOnGitHub(stormy))));
    const { files, faults } = await faultsOf(stormy, join(folder, 'state/data'));
    const count = (kind: Kind): number => starts.filter((start) => start.kind === kind).length;
    return {
      starts: {
        ingest: count('ingest'),
        reconcile: count('reconcile'),
        train: count('train'),
        supervise: count('supervise'),
      },
      fates: storm.fates,
      files,
      faults: [...failed, ...faults],
    };
  } finally {
    await Promise.all([calm.close(), stormy.close()]);
  }
}
