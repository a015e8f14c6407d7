// Runs the built command line in processes of their own and measures what a user waits for: wall time and peak memory.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface Measured {
  readonly wallMs: number;
  readonly peakMiB: number;
  readonly json: Readonly<Record<string, unknown>>;
}

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const PEAK = pathToFileURL(fileURLToPath(new URL('./peak.mjs', import.meta.url))).href;

/** Runs `warden <args> --json` and returns its figures; an exit code that is not in `allowed` ends the benchmark. */
export function measureCommand(
  args: readonly string[],
  allowed: readonly number[] = [0],
  input = '',
): Measured {
  const peakFile = join(tmpdir(), `warden-bench-peak-${process.pid}`);
  const started = performance.now();
  const run = spawnSync(process.execPath, ['--import', PEAK, CLI, ...args, '--json'], {
    encoding: 'utf8',
    input,
    maxBuffer: 256 * 1024 * 1024,
    env: { ...process.env, WARDEN_BENCH_PEAK: peakFile },
  });
  const wallMs = performance.now() - started;
  if (run.status === null || !allowed.includes(run.status)) {
    throw new Error(`warden ${args.join(' ')} ended with ${run.status}\n${run.stdout}\n${run.stderr}`);
  }
  const json: unknown = JSON.parse(run.stdout);
  if (typeof json !== 'object' || json === null) throw new Error(`no JSON object in ${run.stdout}`);
  return { wallMs, peakMiB: Number(readFileSync(peakFile, 'utf8')) / 1024 ** 2, json: { ...json } };
}

/** Returns the middle one of an odd number of values, by wall time. */
export function medianOf(runs: readonly Measured[]): Measured {
  const middle = [...runs].sort((a, b) => a.wallMs - b.wallMs)[Math.floor(runs.length / 2)];
  if (middle === undefined) throw new Error('a median needs at least one run');
  return middle;
}
