// Jobs that race for one branch, and jobs that are killed: every signal and every row is there exactly once, in one line of history.

import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { HOUR_MS, isoFromMs } from '../../src/domain/time.ts';
import { type JobsWorld, jobsWorld, START_MS, signalsOf } from './jobs-world.ts';
import { virtualWaits } from './virtual-waits.ts';
import { IS_WHOLE } from './whole.ts';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const SEED = 12;
const WRITERS = Array.from({ length: IS_WHOLE ? 12 : 6 }, (_, index) => index);
/** A job is killed at each push, and at one in so many of all its commands of git; odd, so that it is before one and after the next. */
const KILL_EVERY = IS_WHOLE ? 1 : 5;

let world: JobsWorld | null = null;
afterEach(async () => {
  await world?.close();
  world = null;
});

async function begin(): Promise<JobsWorld> {
  world = await jobsWorld();
  world.clock.advance(13 * HOUR_MS);
  return world;
}

/** The event of a dispatch that brings the signals of one hour. */
function dispatchOf({ dir }: JobsWorld, hourMs: number): Record<string, string> {
  const events: unknown[] = signalsOf(hourMs)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const path = join(dir, `event-${hourMs}.json`);
  writeFileSync(path, JSON.stringify({ action: 'alpha-signal', client_payload: { events } }));
  return { GITHUB_EVENT_NAME: 'repository_dispatch', GITHUB_EVENT_PATH: path };
}

function linesBelow(state: ReadonlyMap<string, string> | null, folder: string): string[] {
  return [...(state ?? [])]
    .filter(([path]) => path.startsWith(`${folder}/`))
    .flatMap(([, text]) => text.split('\n').filter((line) => line !== ''));
}

function idsOf(lines: readonly string[]): string[] {
  return lines.map((line) => {
    const { event_id: id, horizon_hours: horizon }: { event_id: string; horizon_hours?: number } =
      JSON.parse(line);
    return `${id} ${horizon ?? ''}`;
  });
}

async function expectWhole(of: JobsWorld, hours: readonly number[]): Promise<void> {
  const state = await of.state();
  const events = idsOf(linesBelow(state, 'alpha/events'));
  expect(events).toHaveLength(hours.length * 4);
  expect(new Set(events).size).toBe(events.length);
  const rows = idsOf(linesBelow(state, 'alpha/reconciled'));
  expect(new Set(rows).size).toBe(rows.length);
  const history = await of.history();
  expect(history.map(({ parents }) => parents)).toEqual([...history.slice(1).map(() => 1), 0]);
}

const hourOf = (writer: number): number => START_MS + writer * HOUR_MS;

describe(`${WRITERS.length} jobs at once (seed ${SEED})`, () => {
  it('bring their signals to a branch that is not there yet, each exactly once', async () => {
    const jobs = await begin();
    const waits = virtualWaits(SEED, 3);

    const done = await Promise.all(
      WRITERS.map(
        async (writer) => await jobs.run(['run', 'ingest'], { env: dispatchOf(jobs, hourOf(writer)), waits }),
      ),
    );

    expect(done.map(({ exitCode }) => exitCode)).toEqual(WRITERS.map(() => 0));
    await expectWhole(jobs, WRITERS.map(hourOf));
  });

  it('settle the same signals while new ones come, and leave every row exactly once', async () => {
    const jobs = await begin();
    const [quarter, half] = [Math.ceil(WRITERS.length / 4), WRITERS.length / 2];
    const [early, late] = [WRITERS.slice(0, quarter), WRITERS.slice(quarter, quarter + half)];
    for (const writer of early) await jobs.run(['run', 'ingest'], { env: dispatchOf(jobs, hourOf(writer)) });

    const waits = virtualWaits(SEED, 3);
    const settling = ['run', 'reconcile', '--prices', jobs.candles];

    const done = await Promise.all([
      ...WRITERS.slice(0, half).map(async () => await jobs.run(settling, { waits })),
      ...late.map(
        async (writer) => await jobs.run(['run', 'ingest'], { env: dispatchOf(jobs, hourOf(writer)), waits }),
      ),
    ]);
    await jobs.run(settling);

    expect(done.map(({ exitCode }) => exitCode)).toEqual(done.map(() => 0));
    await expectWhole(jobs, [...early, ...late].map(hourOf));
    const rows = idsOf(linesBelow(await jobs.state(), 'alpha/reconciled'));
    expect(rows.filter((row) => row.endsWith(' 1'))).toHaveLength((early.length + late.length) * 4);
  });
});

/**
 * A `git` for one job that ends the job with SIGKILL at its n-th command: before the command runs, or after it took effect. Without it
 * the command runs as it is. All of them are in a file, one a line.
 */
function gitThatKills(dir: string, place: number, moment: 'before' | 'after'): Record<string, string> {
  const folder = join(dir, `git-${place}-${moment}`);
  mkdirSync(folder);
  const commands = join(folder, 'commands');
  const real = process.env['PATH'] ?? '';
  const script = [
    '#!/bin/sh',
    `echo "$*" >> '${commands}'`,
    `n=$(wc -l < '${commands}')`,
    `export PATH='${real}'`,
    `if [ "$n" -eq ${place} ] && [ ${moment} = before ]; then kill -9 $PPID; exit 1; fi`,
    'git "$@"',
    'code=$?',
    `if [ "$n" -eq ${place} ] && [ ${moment} = after ]; then kill -9 $PPID; fi`,
    'exit $code',
  ];
  writeFileSync(join(folder, 'git'), `${script.join('\n')}\n`);
  chmodSync(join(folder, 'git'), 0o755);
  return { PATH: `${folder}:${real}` };
}

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly text: string;
}

/** A process of its own, as in a workflow; its folder stays, as on a self-hosted runner. */
async function spawned(
  jobs: JobsWorld,
  cwd: string,
  argv: readonly string[],
  env: Record<string, string>,
): Promise<Ended> {
  mkdirSync(cwd, { recursive: true });
  const now = isoFromMs(jobs.clock.nowMs());
  const args = [CLI, ...argv, '--config', jobs.config, '--now', now];
  const options = {
    cwd,
    env: { PATH: process.env['PATH'], HOME: jobs.dir, ...jobs.environment(), ...env },
    timeout: 120_000,
  };
  return await new Promise((resolve) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) =>
      resolve({
        code: error === null ? 0 : typeof error.code === 'number' ? error.code : null,
        signal: error?.signal ?? null,
        text: `${stdout}\n${stderr}`,
      }),
    );
  });
}

/** Returns the last of the commands of a job that {@link gitThatKills} let through or ended. */
function lastCommand(dir: string, place: number, moment: 'before' | 'after'): string {
  return (
    readFileSync(join(dir, `git-${place}-${moment}`, 'commands'), 'utf8')
      .trimEnd()
      .split('\n')
      .at(-1) ?? ''
  );
}

/** A place that no command has. */
const NOWHERE = 1_000_000;

/**
 * Where a job is killed: the places of its commands, as they are where nothing kills it, in a world of its own. In the folder of an earlier
 * run it has fewer of them.
 */
async function killPlaces(
  argv: (jobs: JobsWorld) => readonly string[],
  folder: 'new' | 'of an earlier run',
): Promise<readonly number[]> {
  const jobs = await jobsWorld();
  try {
    jobs.clock.advance(13 * HOUR_MS);
    await jobs.run(['run', 'ingest'], { env: dispatchOf(jobs, hourOf(0)) });
    const cwd = join(jobs.dir, 'whole');
    if (folder === 'of an earlier run') await spawned(jobs, cwd, argv(jobs), dispatchOf(jobs, hourOf(1)));
    const env = { ...dispatchOf(jobs, hourOf(2)), ...gitThatKills(jobs.dir, NOWHERE, 'after') };
    const whole = await spawned(jobs, cwd, argv(jobs), env);
    expect(whole.code, whole.text).toBe(0);
    const commands = readFileSync(join(jobs.dir, `git-${NOWHERE}-after`, 'commands'), 'utf8').trimEnd();
    return commands.split('\n').flatMap((command, index) => {
      const isTaken = index % KILL_EVERY === 0 || command.includes(' push ');
      return isTaken ? [index + 1] : [];
    });
  } finally {
    await jobs.close();
  }
}

describe('a job that is killed', () => {
  it('at its git commands, before or after they took effect, is healed by the next run in the same folder', async () => {
    const jobs = await begin();
    const places = await killPlaces(() => ['run', 'ingest'], 'of an earlier run');
    const cwd = join(jobs.dir, 'machine');
    const killedAt: string[] = [];
    for (const [index, place] of places.entries()) {
      const hour = hourOf(index);
      const moment = place % 2 === 0 ? 'before' : 'after';
      const shim = gitThatKills(jobs.dir, place, moment);
      const ended = await spawned(jobs, cwd, ['run', 'ingest'], { ...dispatchOf(jobs, hour), ...shim });
      const next = await spawned(jobs, cwd, ['run', 'ingest'], dispatchOf(jobs, hour));
      expect(next.code, next.text).toBe(0);
      expect(ended.signal ?? ended.code, ended.text).toBeOneOf([0, 'SIGKILL']);
      if (ended.signal !== null) killedAt.push(lastCommand(jobs.dir, place, moment));
    }
    expect(killedAt.length).toBeGreaterThan(IS_WHOLE ? 8 : 3);
    expect(killedAt.filter((command) => command.includes(' push '))).not.toEqual([]);

    await expectWhole(
      jobs,
      places.map((_, index) => hourOf(index)),
    );
  });

  it('between its push and its receipts owes nothing twice', async () => {
    const jobs = await begin();
    const places = await killPlaces(({ candles }) => ['run', 'reconcile', '--prices', candles], 'new');
    const reconcile = ['run', 'reconcile', '--prices', jobs.candles];
    await jobs.run(['run', 'ingest'], { env: dispatchOf(jobs, hourOf(0)) });
    let killed = 0;
    for (const place of places) {
      const shim = gitThatKills(jobs.dir, place, 'after');
      const ended = await spawned(jobs, join(jobs.dir, `job-of-${place}`), reconcile, shim);
      expect(ended.signal ?? ended.code, ended.text).toBeOneOf([0, 'SIGKILL']);
      if (ended.signal !== null) killed += 1;
    }
    expect(killed).toBeGreaterThan(IS_WHOLE ? 8 : 3);
    const last = await jobs.run(reconcile);
    expect(last.exitCode, last.stderr).toBe(0);

    await expectWhole(jobs, [hourOf(0)]);
    const issues = [...jobs.github.world.repository('acme/alpha').issues.values()];
    expect(issues.filter(({ title }) => title === 'Warden dashboard')).toHaveLength(1);
  });
});
