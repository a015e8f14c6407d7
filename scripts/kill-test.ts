// `npm run kill-test -- --kills 200 --events FILE --prices DIR`: kills a reconcile with SIGKILL at random moments, again
// and again, and compares the rows with those of one undisturbed run, byte for byte.

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    events: { type: 'string' },
    prices: { type: 'string' },
    now: { type: 'string', default: '2026-01-01T00:00:00Z' },
  },
});
const { events, prices } = values;
if (events === undefined || prices === undefined) {
  console.error(
    'usage: npm run kill-test -- --events FILE --prices DIR [--kills 200] [--seed 1] [--now ISO]',
  );
  process.exit(3);
}
const kills = Number(values.kills);
const generator = xoroshiro128plus(Number(values.seed));
const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'warden-kill-'));

function argsOf(command: 'ingest' | 'reconcile', state: string): string[] {
  const common = ['--state', state, '--now', values.now, '--json'];
  if (command === 'ingest') return [cli, 'ingest', events ?? '', ...common];
  return [cli, 'reconcile', '--prices', prices ?? '', ...common];
}

/** Exit code 5 says that many prices were missing, which a fixture with outages may well cause. */
function runWhole(command: 'ingest' | 'reconcile', state: string): number {
  const started = performance.now();
  const run = spawnSync(process.execPath, argsOf(command, state), { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (run.status !== 0 && run.status !== 5)
    throw new Error(`${command} ended with ${run.status}\n${run.stderr}`);
  return performance.now() - started;
}

async function runAndKill(command: 'ingest' | 'reconcile', state: string, afterMs: number): Promise<boolean> {
  const child = spawn(process.execPath, argsOf(command, state), { stdio: 'ignore' });
  const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
  const signal = await new Promise<string | null>((resolve) => {
    child.once('exit', (_code, killedBy) => resolve(killedBy));
  });
  clearTimeout(timer);
  return signal === 'SIGKILL';
}

/**
 * One digest over the names and bytes of all files below the given folders of a state. A line that a kill tore in half is
 * kept among the rejects for good (its event was delivered again); such lines are counted, not compared.
 */
function digestOf(state: string, folders: readonly string[]): { digest: string; torn: number } {
  const hash = createHash('sha256');
  let torn = 0;
  for (const folder of folders) {
    const names = readdirSync(join(state, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.jsonl'))
      .sort();
    for (const name of names) {
      const lines = readFileSync(join(state, folder, name), 'utf8').split('\n');
      const kept = lines.filter((line) => !line.includes('"code":"torn_tail"'));
      torn += lines.length - kept.length;
      if (kept.join('') !== '') hash.update(name).update(kept.join('\n'));
    }
  }
  return { digest: hash.digest('hex'), torn };
}

const FOLDERS = ['alpha/events', 'alpha/reconciled', 'alpha/rejects'];

try {
  const whole = join(root, 'whole');
  const times = { ingest: runWhole('ingest', whole), reconcile: runWhole('reconcile', whole) };
  const { digest: expected } = digestOf(whole, FOLDERS);
  let tornLines = 0;
  console.log(
    `undisturbed: ingest ${times.ingest.toFixed(0)} ms, reconcile ${times.reconcile.toFixed(0)} ms, ${expected.slice(0, 16)}`,
  );
  let killed = 0;
  let rounds = 0;
  while (killed < kills) {
    const state = join(root, `round-${rounds}`);
    rounds += 1;
    for (const command of ['ingest', 'reconcile'] as const) {
      let ended = false;
      while (!ended && killed < kills) {
        const dead = await runAndKill(command, state, uniformFloat64(generator) * times[command] * 1.2);
        if (dead) killed += 1;
        else ended = true;
      }
      runWhole(command, state);
    }
    const { digest, torn } = digestOf(state, FOLDERS);
    tornLines += torn;
    if (digest !== expected)
      throw new Error(`round ${rounds}: ${digest} differs from ${expected}; see ${state}`);
    rmSync(state, { recursive: true, force: true });
    console.log(`round ${rounds}: ${killed} kills so far, bytes equal`);
  }
  console.log(
    `${killed} kills in ${rounds} rounds: events, rows and rejects are byte-identical each time; ` +
      `${tornLines} torn lines were set aside and healed`,
  );
  rmSync(root, { recursive: true, force: true });
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
