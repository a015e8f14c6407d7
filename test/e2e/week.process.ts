// A week of scheduled jobs by a virtual clock: where some are dropped, late or doubled, the state ends as in a week that was not disturbed.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

import { describe, expect, it } from 'vitest';
import type { WardenConfig } from '../../src/domain/config.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.ts';
import { filesBelow, type JobsWorld, jobsWorld, REPO, START_MS, signalsOf } from './jobs-world.ts';

const WEEK_DAYS = 7;
const SEED = 20_261_121;

type Kind = 'ingest' | 'reconcile' | 'train' | 'supervise';

interface Start {
  readonly atMs: number;
  readonly kind: Kind;
  /** Hours whose signals an ingest brings. */
  readonly hours: readonly number[];
}

/** The schedules of the workflows, and a dispatch of signals every six hours. */
function everyStart(): Start[] {
  const starts: Start[] = [];
  const add = (kind: Kind, atMs: number, hours: readonly number[] = []): void =>
    void starts.push({ atMs, kind, hours });
  for (let day = 0; day < WEEK_DAYS; day += 1) {
    const dayMs = START_MS + day * DAY_MS;
    for (let tick = 0; tick < 48; tick += 1) add('reconcile', dayMs + (13 + tick * 30) * MINUTE_MS);
    add('train', dayMs + 147 * MINUTE_MS);
    add('supervise', dayMs + 231 * MINUTE_MS);
    for (const from of [0, 6, 12, 18]) {
      const hours = [0, 1, 2, 3, 4, 5].map((hour) => dayMs + (from + hour) * HOUR_MS);
      add('ingest', dayMs + (from + 6) * HOUR_MS, hours);
    }
  }
  return inOrder(starts);
}

function inOrder(starts: readonly Start[]): Start[] {
  return [...starts].sort((a, b) => a.atMs - b.atMs);
}

/** The last day runs as it should, so that what was missed is made up for. */
const CALM_FROM_MS = START_MS + (WEEK_DAYS - 1) * DAY_MS;

/**
 * A third of the scheduled starts are dropped, come up to four hours late, or come twice. Signals come on time, and some twice: a row
 * that was settled before a signal came says for good how little of it was news.
 */
function disturbed(
  starts: readonly Start[],
  seed: number,
): { readonly starts: Start[]; readonly counts: Record<string, number> } {
  const random = xoroshiro128plus(seed);
  const counts = { dropped: 0, late: 0, doubled: 0, 'on time': 0 };
  const disturbedStarts = starts.flatMap((start): Start[] => {
    const draw = uniformInt(random, 0, 99);
    const late: Start = { ...start, atMs: start.atMs + uniformInt(random, 1, 240) * MINUTE_MS };
    if (start.atMs > CALM_FROM_MS || draw < 65 || (start.kind === 'ingest' && draw < 90)) {
      counts['on time'] += 1;
      return [start];
    }
    if (draw < 77) {
      counts.dropped += 1;
      return [];
    }
    if (draw < 90) {
      counts.late += 1;
      return late.atMs > CALM_FROM_MS ? [start] : [late];
    }
    counts.doubled += 1;
    return [start, start];
  });
  return { starts: inOrder(disturbedStarts), counts };
}

/** No model is trained: which one is in use depends on the minute of its training, and so does what is expected of a signal. */
const withoutModel = (config: WardenConfig): WardenConfig => ({
  ...config,
  horizons_hours: [1, 4, 24],
  model: { ...config.model, min_rows: 12_000, max_rows: 12_000 },
});

type RunJob = (start: Start) => Promise<readonly Awaited<ReturnType<JobsWorld['run']>>[]>;

/** Starts that fall together run together. */
async function runAll({ clock }: JobsWorld, starts: readonly Start[], run: RunJob): Promise<void> {
  for (let place = 0; place < starts.length; ) {
    const atMs = starts[place]?.atMs ?? 0;
    const together = starts.slice(place).filter((start) => start.atMs === atMs);
    clock.advance(atMs - clock.nowMs());
    for (const ended of await Promise.all(together.map(run)))
      for (const { exitCode, stderr } of ended) expect(exitCode, stderr).toBe(0);
    place += together.length;
  }
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

describe('a week of scheduled jobs', () => {
  it(`that are dropped, late and doubled leaves the state of an undisturbed week (seed ${SEED})`, async () => {
    const [calm, stormy] = await Promise.all([jobsWorld(withoutModel), jobsWorld(withoutModel)]);
    try {
      const starts = everyStart();
      const storm = disturbed(starts, SEED);
      const count = (kind: Kind): number => starts.filter((start) => start.kind === kind).length;
      expect([count('reconcile'), count('train'), count('supervise')]).toEqual([336, 7, 7]);
      expect(Math.min(...Object.values(storm.counts))).toBeGreaterThan(20);

      const folder = join(calm.dir, 'machine');
      await runAll(calm, starts, jobsInFolder(calm, folder));
      await runAll(stormy, storm.starts, jobsOnGitHub(stormy));

      const inCalm = compared(filesBelow(join(folder, 'state/data')));
      const inStorm = compared((await stormy.state()) ?? new Map());
      expect([...inStorm.keys()]).toEqual([...inCalm.keys()]);
      const differing = [...inCalm].filter(([path, text]) => inStorm.get(path) !== text);
      expect(differing.map(([path]) => path)).toEqual([]);
      expect(inCalm.size).toBeGreaterThan(15);
      const history = await stormy.history();
      expect(history.map(({ parents }) => parents)).toEqual([...history.slice(1).map(() => 1), 0]);
      const issues = [...stormy.github.world.repository(REPO).issues.values()];
      expect(issues.map(({ title }) => title)).toEqual(['Warden dashboard']);
      expect(stormy.github.failures).toEqual([]);
    } finally {
      await Promise.all([calm.close(), stormy.close()]);
    }
  });
});
