// A repository on the local GitHub with its scheduled jobs: candles, agents that dispatch signals, and `warden run` for each job.

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { dump } from 'js-yaml';
import { type LocalGitHub, startLocalGitHub } from '../../src/adapters/github/local/local-github.ts';
import { createVirtualClock, type VirtualClock } from '../../src/adapters/github/local/virtual-clock.ts';
import { COMMANDS } from '../../src/cli/registry.ts';
import type { WardenConfig } from '../../src/domain/config.ts';
import { AGENTS_FILE, KILL_LIST_FILE, WARDEN_FILE } from '../../src/domain/proposal.ts';
import { DAY_MS, HOUR_MS, isoFromMs } from '../../src/domain/time.ts';
import { runInMemory } from '../cli/memory-host.ts';
import { worldConfig } from '../jobs/supervise-world.ts';
import { dropFolder } from '../one-folder.ts';
import type { VirtualWaits } from './virtual-waits.ts';

const execFileLater = promisify(execFile);

export const REPO = 'acme/alpha';
export const STATE_BRANCH = 'warden-state';
/** A Saturday; the candles begin {@link HISTORY_DAYS} before. */
export const START_MS = Date.parse('2026-11-21T00:00:00Z');
const HISTORY_DAYS = 40;
const AFTER_DAYS = 9;

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'] as const;
const AGENTS = ['ema', 'donchian', 'zscore', 'pairs'] as const;

export interface JobsWorld {
  readonly github: LocalGitHub;
  readonly clock: VirtualClock;
  readonly dir: string;
  readonly candles: string;
  readonly config: string;
  /** Runs one command line as a job of GitHub Actions would, in a folder of its own. */
  run(argv: readonly string[], options?: RunOptions): ReturnType<typeof runInMemory>;
  /** The variables of a job of the repository. */
  environment(permissions?: Readonly<Record<string, 'read' | 'write'>>): Record<string, string>;
  /** Path → text of every file on the state branch, or `null` before there is one. */
  state(): Promise<ReadonlyMap<string, string> | null>;
  /** Subjects of the commits of the state branch, newest first, with the number of their parents. */
  history(): Promise<readonly { readonly subject: string; readonly parents: number }[]>;
  close(): Promise<void>;
}

export interface RunOptions {
  /** Folder of the job; default: a new one, as on a machine of GitHub. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Of jobs that run at the same time. */
  readonly waits?: VirtualWaits;
}

const JOB_PERMISSIONS = {
  actions: 'write',
  checks: 'write',
  contents: 'write',
  issues: 'write',
  pull_requests: 'write',
} as const;

export async function jobsWorld(
  change: (config: WardenConfig) => WardenConfig = (c) => c,
): Promise<JobsWorld> {
  const dir = mkdtempSync(join(tmpdir(), 'warden-jobs-'));
  const clock = createVirtualClock(START_MS);
  const github = await startLocalGitHub({
    dir: join(dir, 'git'),
    clock,
    webhookSecret: 'a secret of sixteen signs and more',
    tokenLifeMs: 366 * DAY_MS,
  });
  const candles = join(dir, 'candles');
  const config = join(dir, 'config');
  writeCandles(candles);
  writeConfig(config, github, change);
  let made = 0;
  const environment: JobsWorld['environment'] = (permissions = JOB_PERMISSIONS) => ({
    GITHUB_REPOSITORY: REPO,
    GITHUB_API_URL: github.apiUrl,
    GITHUB_SERVER_URL: github.gitUrl(REPO).replace(`/${REPO}.git`, ''),
    GITHUB_TOKEN: github.world.actionsToken(REPO, permissions),
    GITHUB_RUN_ID: '1',
  });
  return {
    ...{ github, clock, dir, candles, config, environment },
    async run(argv, { cwd, env, waits } = {}) {
      made += 1;
      const folder = cwd ?? join(dir, `job-${made}`);
      mkdirSync(folder, { recursive: true });
      const all = [...argv, '--config', config];
      const host = { cwd: folder, env: { ...environment(), ...env }, nowMs: clock.nowMs() };
      const job = async () => await runInMemory(COMMANDS, all, { ...host, ...waits });
      const done = waits === undefined ? await job() : await waits.run(job);
      if (cwd === undefined) dropFolder(folder);
      return done;
    },
    state: async () => await filesOf(github, dir),
    history: async () => await historyOf(github, dir),
    async close() {
      await github.close();
      dropFolder(dir);
    },
  };
}

/** Signals of every agent for one hour, as lines. They follow the price a little, so that there is something to learn. */
export function signalsOf(hourMs: number): string {
  const lines = AGENTS.flatMap((agent, place) => {
    const symbol = SYMBOLS[(place + hourMs / HOUR_MS) % SYMBOLS.length] ?? SYMBOLS[0];
    const score = Math.round(Math.sin(hourMs / HOUR_MS / (place + 2)) * 1000) / 1000;
    return JSON.stringify({
      event_id: `${agent}-${isoFromMs(hourMs)}`,
      ts: isoFromMs(hourMs),
      agent,
      symbol,
      market: 'spot',
      direction: score >= 0 ? 'LONG' : 'SHORT',
      score_final: score,
      confidence: 0.5,
      regime: 'TREND',
    });
  });
  return `${lines.join('\n')}\n`;
}

function writeCandles(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [place, symbol] of SYMBOLS.entries()) {
    const lines = ['ts_ms,open,high,low,close,volume'];
    let [state, price] = [place + 1, 100];
    for (let hour = 0; hour < (HISTORY_DAYS + AFTER_DAYS) * 24; hour += 1) {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      const next = price * (1 + (state / 2_147_483_648 - 0.5) / 50);
      const ts = START_MS - HISTORY_DAYS * DAY_MS + hour * HOUR_MS;
      lines.push(`${ts},${price},${Math.max(price, next)},${Math.min(price, next)},${next},`);
      price = next;
    }
    writeFileSync(join(folder, `${symbol.replace('/', '')}-spot-1h-made.csv`), `${lines.join('\n')}\n`);
  }
}

function writeConfig(
  folder: string,
  { world }: LocalGitHub,
  change: (config: WardenConfig) => WardenConfig,
): void {
  const spot = { source: 'ccxt' as const, exchanges: ['kraken'], timeframe: '1h' as const };
  const settings = worldConfig((config) => change({ ...config, prices: { ...config.prices, spot } }));
  const agents = Object.fromEntries(
    AGENTS.map((agent, place) => [
      agent,
      { strategy_class: place < 2 ? 'trend' : 'reversion', stage: 'live', base_weight: 0.2 },
    ]),
  );
  const classes = {
    trend: { status: 'ENABLED', max_cvar_sigma: 4 },
    reversion: { status: 'ENABLED', max_cvar_sigma: 4 },
  };
  const texts = {
    [WARDEN_FILE]: dump(settings, { noRefs: true }),
    [AGENTS_FILE]: dump(agents, { noRefs: true }),
    [KILL_LIST_FILE]: dump(classes, { noRefs: true }),
  };
  mkdirSync(folder, { recursive: true });
  for (const [path, text] of Object.entries(texts))
    writeFileSync(join(folder, path.replace('config/', '')), text);
  for (const login of ['ada', 'bob']) world.addUser(login);
  world.createRepository({ fullName: REPO, files: { ...texts, 'README.md': '# Alpha\n' } });
  world.setPermission(REPO, 'ada', 'admin');
}

async function cloned(github: LocalGitHub, dir: string): Promise<string | null> {
  if (github.world.branchSha(REPO, STATE_BRANCH) === null) return null;
  const into = mkdtempSync(join(dir, 'look-'));
  const token = github.world.actionsToken(REPO, { contents: 'read' });
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  const login = ['-c', `http.extraHeader=Authorization: Basic ${basic}`];
  const env = { PATH: process.env['PATH'], HOME: dir, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' };
  const clone = ['clone', '-q', '--single-branch', '-b', STATE_BRANCH, github.gitUrl(REPO), into];
  await execFileLater('git', [...login, ...clone], { env, timeout: 60_000 });
  return into;
}

async function filesOf(github: LocalGitHub, dir: string): Promise<ReadonlyMap<string, string> | null> {
  const into = await cloned(github, dir);
  if (into === null) return null;
  const files = filesBelow(into);
  dropFolder(into);
  return files;
}

/** Path → text of every file below a folder, those of a clone of git aside. */
export function filesBelow(folder: string): ReadonlyMap<string, string> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !path.startsWith('.git/'))
    .sort();
  return new Map(paths.map((path) => [path, readFileSync(join(folder, path), 'latin1')]));
}

async function historyOf(github: LocalGitHub, dir: string): ReturnType<JobsWorld['history']> {
  const into = await cloned(github, dir);
  if (into === null) return [];
  const { stdout } = await execFileLater('git', ['-C', into, 'log', '--format=%P%x09%s'], {
    timeout: 60_000,
  });
  dropFolder(into);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [parents = '', subject = ''] = line.split('\t');
      return { subject, parents: parents.split(' ').filter((sha) => sha !== '').length };
    });
}
