// A repository on the local GitHub at noon of a day with four signals in a file, and a checkout in which `warden run` is called.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { COMMANDS } from '../../src/cli/registry.ts';
import { HOUR_MS } from '../../src/domain/time.ts';
import { type JobsWorld, jobsWorld, REPO, START_MS, STATE_BRANCH, signalsOf } from '../e2e/jobs-world.ts';
import { runInMemory } from './memory-host.ts';

type Ran = Awaited<ReturnType<typeof runInMemory>>;

interface Parts {
  readonly env?: Readonly<Record<string, string>>;
  readonly folder?: string;
  /** Two hex digits that tell one run from another at the same instant. */
  readonly digits?: string;
}

export interface RunWorld extends JobsWorld {
  /** The checkout, which stays from one run to the next. It holds `signals.jsonl`. */
  readonly cwd: string;
  warden(argv: readonly string[], parts?: Parts): Promise<Ran>;
  /** Stores the four signals. */
  ingested(): Promise<void>;
  /** The words of a reconcile. */
  reconcile(...argv: readonly string[]): readonly string[];
  /** Subjects of the commits of the state, newest first. */
  subjects(): Promise<string[]>;
  /** Text of a file of the state; empty where there is none. */
  file(path: string): Promise<string>;
  branchSha(): string | null;
}

export async function runWorld(): Promise<RunWorld> {
  const jobs = await jobsWorld();
  jobs.clock.advance(13 * HOUR_MS);
  const cwd = join(jobs.dir, 'checkout');
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'signals.jsonl'), signalsOf(START_MS));
  const warden: RunWorld['warden'] = async (argv, { env = {}, folder = cwd, digits = 'ab' } = {}) =>
    await runInMemory(COMMANDS, [...argv, '--config', jobs.config], {
      cwd: folder,
      env: { ...jobs.environment(), ...env },
      nowMs: jobs.clock.nowMs(),
      randomHex: (bytes) => digits.repeat(bytes),
    });
  return {
    ...jobs,
    cwd,
    warden,
    async ingested() {
      const run = await warden(['run', 'ingest', 'signals.jsonl']);
      expect(run.exitCode, run.stderr).toBe(0);
    },
    reconcile: (...argv) => ['run', 'reconcile', '--prices', jobs.candles, ...argv],
    subjects: async () => (await jobs.history()).map(({ subject }) => subject),
    file: async (path) => jobs.github.world.fileText(REPO, STATE_BRANCH, path) ?? '',
    branchSha: () => jobs.github.world.branchSha(REPO, STATE_BRANCH),
  };
}

interface StepJson {
  readonly step: string;
  readonly exit_code: number | null;
}

function stepsIn(run: Ran): readonly StepJson[] {
  const { steps } = run.json() as { readonly steps: readonly StepJson[] };
  return steps;
}

/** Names and ends of the steps, in their order. */
export function stepsOf(run: Ran): readonly (readonly [string, number | null])[] {
  return stepsIn(run).map(({ step, exit_code }) => [step, exit_code]);
}

/** What a run says in JSON of one of its steps. */
export function stepNamed(run: Ran, name: string): Record<string, unknown> {
  return { ...stepsIn(run).find(({ step }) => step === name) };
}
