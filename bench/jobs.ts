// `npm run bench:jobs`: what the jobs of the workflows take, run as GitHub runs them, and with --install what it takes to get there.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { tableText } from '../src/adapters/terminal/table.ts';
import { type ActionsWorld, actionsWorld, REPO } from '../test/workflows/actions-world.ts';
import { ROOT } from '../test/workflows/workflow-file.ts';

const { values } = parseArgs({ options: { install: { type: 'boolean', default: false } } });
const RUNS = 3;
const figures: (readonly [what: string, ms: number])[] = [];

function note(what: string, ms: number): void {
  figures.push([what, Math.round(ms)]);
  process.stderr.write(`  ${what}: ${(ms / 1000).toFixed(1)} s\n`);
}

/** Runs a program to its end; one that fails ends the benchmark. */
function timed(what: string, file: string, args: readonly string[], cwd: string): void {
  const startedMs = performance.now();
  const run = spawnSync(file, args, { cwd, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`${what}: ended with ${run.status}\n${run.stdout}\n${run.stderr}`);
  note(what, performance.now() - startedMs);
}

/** As the setup of a job does: first with nothing there, then with what the cache of GitHub keeps. */
function measureInstallation(folder: string): void {
  const [clone, cached, kept] = ['clone', 'cache', 'kept.tar.gz'].map((name) => join(folder, name));
  if (clone === undefined || cached === undefined || kept === undefined) return;
  timed('checkout', 'git', ['clone', '-q', '--depth=1', `file://${ROOT}`, clone], folder);
  timed('npm ci, everything from the registry, and the build', 'npm', ['ci', '--cache', cached], clone);
  timed('npm prune', 'npm', ['prune', '--omit=dev', '--ignore-scripts'], clone);
  timed('packing for the cache', 'tar', ['-czf', kept, 'node_modules', 'dist'], clone);
  rmSync(join(clone, 'node_modules'), { recursive: true });
  rmSync(join(clone, 'dist'), { recursive: true });
  timed('installing from the cache, without its download', 'tar', ['-xzf', kept], clone);
}

const SIGNAL =
  '{"ts":"2025-06-02T10:00:00Z","agent":"momo","symbol":"BTC/USDT","direction":"LONG","market":"spot"}';
const PULL = { number: 1, head: { ref: 'x', repo: { full_name: REPO } }, user: { login: 'ada' } };

/** A pull request that changes a limit, so that there is something to review. */
function openPull({ github }: ActionsWorld): void {
  const files = { 'config/kill-list.yaml': 'macro:\n  status: ENABLED\n  max_cvar_sigma: 4.5\n' };
  github.world.openPullAs('ada', { repo: REPO, branch: 'x', files, title: 'A limit', body: '' });
}

/** The state is small: what a large one adds is measured by the other benchmarks. */
async function measureJobs(world: ActionsWorld): Promise<void> {
  const jobs: readonly (readonly [name: string, start: Parameters<ActionsWorld['run']>[1]])[] = [
    ['ingest', { inputs: { file: 'signals.jsonl', dry_run: false } }],
    ['reconcile', { inputs: { dry_run: false } }],
    ['train', { inputs: { dry_run: false } }],
    ['supervise', { inputs: { dry_run: false } }],
    ['pages', { vars: { WARDEN_PAGES: 'on' } }],
    ['app', { event: 'pull_request_target', payload: { action: 'opened', pull_request: PULL } }],
    ['app', { event: 'schedule', payload: { schedule: '3 1,7,13,19 * * *' } }],
  ];
  for (const [name, start] of jobs) {
    const tookMs: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const job = await world.runOnly(name, start);
      // No source serves the market of the signal, which is what a reconcile ends with then.
      if (job.exitCode !== 0 && job.exitCode !== 6)
        throw new Error(`${name} ended with ${job.exitCode}\n${job.log}`);
      tookMs.push(job.wallMs ?? 0);
    }
    const [, middle = 0] = tookMs.sort((a, b) => a - b);
    note(`${name}${start?.event === undefined ? '' : ` on ${start.event}`} (median of ${RUNS})`, middle);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'warden-bench-jobs-'));
const world = await actionsWorld({ 'signals.jsonl': `${SIGNAL}\n` });
try {
  if (values.install) measureInstallation(folder);
  openPull(world);
  await measureJobs(world);
  process.stdout.write(`${tableText({ head: ['what', 'ms'], rows: figures })}\n`);
} finally {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
}
