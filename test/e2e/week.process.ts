// A week of scheduled jobs by a virtual clock: where some are dropped, late or doubled, the state ends as it does in an undisturbed week.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

import { describe, expect, it } from 'vitest';
import type { WardenConfig } from '../../src/domain/config.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.ts';
import { type JobsWorld, jobsWorld, REPO, START_MS, signalsOf } from './jobs-world.ts';

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

/** `cwd`: one folder for all jobs, as on a self-hosted runner; else each job has a new one. */
async function runAll(world: JobsWorld, starts: readonly Start[], cwd?: string): Promise<void> {
  for (let place = 0; place < starts.length; ) {
    const atMs = starts[place]?.atMs ?? 0;
    const together = starts.slice(place).filter((start) => start.atMs === atMs);
    world.clock.advance(atMs - world.clock.nowMs());
    const ended = await Promise.all(together.map(async (start) => await runOne(world, start, cwd)));
    for (const { exitCode, stderr } of ended) expect(exitCode, stderr).toBe(0);
    place += together.length;
  }
}

async function runOne(
  world: JobsWorld,
  { kind, hours, atMs }: Start,
  cwd?: string,
): ReturnType<JobsWorld['run']> {
  const options = cwd === undefined ? {} : { cwd };
  if (kind === 'reconcile') return await world.run(['run', 'reconcile', '--prices', world.candles], options);
  if (kind !== 'ingest') return await world.run(['run', kind], options);
  const file = join(world.dir, `signals-${atMs}.jsonl`);
  writeFileSync(file, hours.map(signalsOf).join(''));
  return await world.run(['run', 'ingest', file], options);
}

/** What says when something became known, or in which order it came, and not what is. */
const OF_THE_RUNS = /^(runs|supervisor\/cells)\/|^supervisor\/sent\.jsonl$/;

async function endOf(world: JobsWorld): Promise<Map<string, string>> {
  const state = (await world.state()) ?? new Map<string, string>();
  return new Map(
    [...state]
      .filter(([path]) => !OF_THE_RUNS.test(path))
      .map(([path, text]) => [path, inAnyOrder(path, text)]),
  );
}

/** Signals are appended as they come. */
function inAnyOrder(path: string, text: string): string {
  return path.startsWith('alpha/events/') || path.startsWith('alpha/event-ids/')
    ? text.split('\n').sort().join('\n')
    : text;
}

function openIssues({ github }: JobsWorld): string[] {
  const issues = [...github.world.repository(REPO).issues.values()];
  return issues.filter(({ state }) => state === 'open').map(({ title }) => title);
}

describe('a week of scheduled jobs', () => {
  it(`ends in one state, however its schedules are disturbed (seed ${SEED})`, async () => {
    const [calm, stormy] = await Promise.all([jobsWorld(withoutModel), jobsWorld(withoutModel)]);
    try {
      const starts = everyStart();
      const storm = disturbed(starts, SEED);
      expect(starts.filter(({ kind }) => kind === 'reconcile')).toHaveLength(336);
      expect(Math.min(...Object.values(storm.counts))).toBeGreaterThan(20);

      await Promise.all([runAll(calm, starts, join(calm.dir, 'machine')), runAll(stormy, storm.starts)]);

      const [inCalm, inStorm] = [await endOf(calm), await endOf(stormy)];
      expect([...inStorm.keys()]).toEqual([...inCalm.keys()]);
      expect([...inCalm].filter(([path, text]) => inStorm.get(path) !== text).map(([path]) => path)).toEqual(
        [],
      );
      expect(openIssues(stormy)).toEqual(openIssues(calm));
      for (const world of [calm, stormy]) {
        const history = await world.history();
        expect(history.map(({ parents }) => parents)).toEqual([...history.slice(1).map(() => 1), 0]);
        expect(world.github.failures).toEqual([]);
      }
    } finally {
      await Promise.all([calm.close(), stormy.close()]);
    }
  });
});
