// The built runner as real processes that are killed at random moments, one after the other over the same folders, and what they left in the end.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isFault } from '../../../src/adapters/journal/journal-fault.ts';
import { beginningOf, replaySegments } from '../../../src/adapters/journal/journal-replay.ts';
import { nodeJournalDisk } from '../../../src/adapters/journal/node-journal-disk.ts';
import { segmentsOf } from '../../../src/adapters/journal/segment.ts';
import { randomFrom } from '../../../src/domain/random.ts';
import type { OrderRequest } from '../../../src/domain/venue.ts';
import { isFinal } from '../../../src/kernel/order-fsm.ts';
import type { KernelState } from '../../../src/kernel/state.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
export const SYMBOLS = ['BTC-USDT', 'ETH-USDT', 'SOL-USDT', 'XRP-USDT'];
/** The exit code of a runner whose venue does not let it begin. */
const VENUE_REFUSED = 11;
const LAST_LIFE_MS = 8_000;
/** An order that never left is proven not to be there 75 s after it was to, and the venue is asked for it ever more seldom. */
const DOUBTFUL_LIFE_MS = 120_000;

export interface LivesOptions {
  /** An empty folder. */
  readonly folder: string;
  readonly kills: number;
  readonly seed: number;
  /** Lines of pink.yaml under `venue`, beside its symbols; default: paper. */
  readonly venue?: string;
  /** Its line `feed`; default: simulated. */
  readonly feed?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A life ends at the latest so long after it could trade. */
  readonly lifeMsMax?: number;
  /** Whether a venue that misbehaves may keep a runner from beginning; it then ends by itself, as one that is begun again by a service. */
  readonly mayBeRefused?: boolean;
  readonly onKill?: (kills: number, seq: number) => void;
  /** How long the last life trades at least, which is not killed; default: 8 s. Longer where orders of before are in doubt. */
  readonly lastLifeMs?: number;
  /** Called before the last life. */
  readonly beforeLast?: () => Promise<void>;
}

export interface Lives {
  /** Kills before the runner had said that it began. */
  readonly earlyKills: number;
  /** Starts that the venue refused. */
  readonly refusals: number;
  /** Of the whole journal, each once for each time that it was to leave. */
  readonly submitted: readonly OrderRequest[];
  readonly state: KernelState;
  /** What the last stop left, in words. */
  readonly left: readonly string[];
  /** The folder of the runner's data. */
  readonly data: string;
}

export interface Life {
  readonly child: ChildProcess;
  /** The first object that it printed, when it is printed; `null`: it ended before. */
  readonly began: Promise<Record<string, unknown> | null>;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

/** Begins the built runner as a process of its own. */
export function begin({ folder, env }: Pick<LivesOptions, 'folder' | 'env'>): Life {
  const args = ['kernel', 'run', '--json', '--config', 'config', '--data', 'data', '--state', 'state'];
  const child = spawn(process.execPath, [join(ROOT, 'dist/cli.js'), ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  let tell: (begun: Record<string, unknown> | null) => void = () => undefined;
  const began = new Promise<Record<string, unknown> | null>((resolve) => {
    tell = resolve;
  });
  child.stdout.on('data', (part: Buffer) => {
    stdout += String(part);
    const [first, ...more] = stdout.split('\n');
    if (more.length > 0) tell(JSON.parse(first ?? '') as Record<string, unknown>);
  });
  child.stderr.on('data', (part: Buffer) => {
    stderr += String(part);
  });
  child.once('exit', () => tell(null));
  return { child, began, stdout: () => stdout, stderr: () => stderr };
}

/** Writes the settings of a busy runner, and the kill list that ships. */
export function settings({ folder, venue = '', feed }: Omit<LivesOptions, 'kills' | 'seed'>): void {
  mkdirSync(join(folder, 'config'), { recursive: true });
  cpSync(join(ROOT, 'config/kill-list.yaml'), join(folder, 'config/kill-list.yaml'));
  cpSync(join(ROOT, 'test/runner/kill/busy-policy.mjs'), join(folder, 'config/busy-policy.mjs'));
  const lines = [
    'version: 1',
    'venue:',
    `  symbols: [${SYMBOLS.join(', ')}]`,
    venue,
    feed ?? 'feed: { kind: simulated, simulated: { bar: 250ms, volatility_bps: 5 } }',
    'policy: { module: busy-policy.mjs }',
    'limits: { max_entries_per_minute: 600, max_daily_loss_usdt: 100000 }',
    'execution: { max_slots: 4 }',
    'runner: { on_stop: flatten, stop_within: 20s }',
    'status: { port: 0 }',
  ];
  writeFileSync(join(folder, 'config/pink.yaml'), `${lines.join('\n')}\n`);
}

/** Begins, kills and begins again; the last life stops by itself, flat. */
export async function live(options: LivesOptions): Promise<Lives> {
  const { folder, kills, seed, lifeMsMax = 3_000, onKill } = options;
  settings(options);
  const random = randomFrom(seed, 'kills');
  let [earlyKills, refusals] = [0, 0];
  for (let kill = 1; kill <= kills; kill += 1) {
    const life = begin(options);
    const isEarly = random.uniform() < 0.2;
    const begun = isEarly ? null : await life.began;
    await waited(random.uniform() * (isEarly ? 1_200 : lifeMsMax), life.child);
    if (life.child.exitCode === VENUE_REFUSED && options.mayBeRefused === true) {
      refusals += 1;
      kill -= 1;
      continue;
    }
    if (life.child.exitCode !== null) throw new Error(`it ended by itself: ${life.stderr()}`);
    const gone = once(life.child, 'exit');
    life.child.kill('SIGKILL');
    await gone;
    if (life.stdout() === '') earlyKills += 1;
    onKill?.(kill, Number(begun?.['sequence'] ?? 0));
  }
  await options.beforeLast?.();
  const data = join(folder, 'data');
  const journal = join(data, 'journal');
  const { lastLifeMs = LAST_LIFE_MS } = options;
  const lastMs = hasUnanswered(journal) ? Math.max(lastLifeMs, DOUBTFUL_LIFE_MS) : lastLifeMs;
  const last = begin(options);
  if ((await last.began) === null) throw new Error(`it did not begin: ${last.stderr()}`);
  await waited(lastMs, last.child);
  const gone = once(last.child, 'exit');
  last.child.kill('SIGTERM');
  await gone;
  if (last.child.exitCode !== 0) throw new Error(`it did not end well: ${last.stderr()}`);
  const end = JSON.parse(last.stdout().trim().split('\n').at(-1) ?? '') as { left: readonly string[] };
  return { ...replayed(journal), left: end.left, earlyKills, refusals, data };
}

async function waited(ms: number, child: ChildProcess): Promise<void> {
  const over = new Promise<void>((resolve) => {
    setTimeout(resolve, ms);
  });
  await Promise.race([over, once(child, 'exit')]);
}

/** Whether the journal ends with an order that was to leave, and of which the venue never said anything. */
function hasUnanswered(journal: string): boolean {
  if (segmentsOf(nodeJournalDisk(journal)).length === 0) return false;
  const { orders } = replayed(journal).state;
  return [...orders.values()].some(({ venueOrderId, status }) => venueOrderId === null && !isFinal(status));
}

/** The whole journal once more, from its first record. */
function replayed(folder: string): Pick<Lives, 'submitted' | 'state'> {
  const disk = nodeJournalDisk(folder);
  const segments = segmentsOf(disk);
  const start = beginningOf(disk, segments[0]?.name ?? '');
  if (isFault(start)) throw new Error(start.problem);
  const submitted: OrderRequest[] = [];
  const end = replaySegments(disk, segments, start, (_event, _outcome, effects) => {
    for (const effect of effects) if (effect.kind === 'SUBMIT') submitted.push(effect.order);
  });
  disk.close();
  if (isFault(end)) throw new Error(end.problem);
  return { submitted, state: end.state };
}
