// A whole runner in this process, on paper and in a time that passes by hand, busy from its first bar: what breaks beside it is the test's to break.

import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type VirtualTimers, virtualTimers } from '../../src/adapters/virtual-timers.ts';
import type { RunId } from '../../src/domain/ids.ts';
import { Pink } from '../../src/domain/pink-settings.ts';
import { randomFrom } from '../../src/domain/random.ts';
import { validate } from '../../src/domain/validate.ts';
import type { Decision, Policy } from '../../src/policy/policy.ts';
import { type Runner, type RunnerDeps, startRunner } from '../../src/runner/runner.ts';
import { START_MS } from '../kernel/build.ts';
import { passTime } from './pass-time.ts';
import { HOLD } from './policy-stage.ts';

const KILL_LIST = fileURLToPath(new URL('../../config/kill-list.yaml', import.meta.url));

/**
 * Enters with a bar on which it is flat, `everyMs` after the entry before at the earliest, and leaves after `heldMs`. Its memory counts its
 * steps.
 */
export function busyPolicy({ everyMs, heldMs }: { readonly everyMs: number; readonly heldMs: number }) {
  const policy: Policy<{ readonly steps: number; readonly enteredAtMs: number }> = {
    name: 'busy',
    version: '1',
    settings: {},
    strategyClass: 'macro',
    begin: () => ({ steps: 0, enteredAtMs: 0 }),
    step({ steps, enteredAtMs }, { slots: [slot], isNewScan, nowMs, prices }) {
      const decisions: Decision[] = [];
      const price = prices['BTCUSDT']?.price;
      const isDue = isNewScan && nowMs - enteredAtMs >= everyMs;
      const enters = slot?.status === 'free' && isDue && price !== undefined;
      if (enters) {
        const sized = { referencePrice: price, size: 1_000 / price, leverage: 1 };
        decisions.push({ ...HOLD, action: 'ENTER', reason: 'busy', symbol: 'BTC-USDT', ...sized });
      }
      if (slot?.status === 'open' && nowMs - slot.openedAtMs > heldMs)
        decisions.push({
          ...HOLD,
          action: 'EXIT',
          reason: 'busy',
          symbol: 'BTC-USDT',
          tradeId: slot.tradeId,
        });
      return { memory: { steps: steps + 1, enteredAtMs: enters ? nowMs : enteredAtMs }, decisions };
    },
  };
  return policy;
}

/** Enters with each bar on which it is flat, and leaves five seconds later. */
const busy = busyPolicy({ everyMs: 0, heldMs: 5_000 });

export interface WholeRunner {
  readonly runner: Runner;
  readonly folder: string;
  readonly timers: VirtualTimers;
  /** What the log was told, each line with its level. */
  readonly said: readonly string[];
  /** Of the kernel, since the journal began. */
  readonly tradesClosed: () => number;
  /** Lets `ms` pass, with all that happens in it. */
  passed(ms: number): Promise<void>;
  stopped(): Promise<readonly string[]>;
}

interface WholeOptions {
  /** Of a runner before; default: a new one. */
  readonly folder?: string;
  readonly run?: string;
  readonly policy?: Policy;
  readonly pink?: object;
  readonly startMs?: number;
  readonly deps?: Partial<RunnerDeps>;
}

/** An empty folder with the kill list that ships, gone after the test. */
export function runnerFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'warden-whole-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['config', 'data', 'state']) mkdirSync(join(folder, name));
  cpSync(KILL_LIST, join(folder, 'config/kill-list.yaml'));
  return folder;
}

/** Starts a runner. It is stopped by the test, or after it. */
export async function wholeRunner(options: WholeOptions = {}): Promise<WholeRunner> {
  const { folder = runnerFolder(), run = 'run-1', policy = busy, startMs = START_MS } = options;
  const checked = validate(Pink, {
    version: 1,
    venue: { symbols: ['BTC-USDT'] },
    feed: { kind: 'simulated', simulated: { bar: '1s', volatility_bps: 5 } },
    limits: { max_entries_per_minute: 600, max_daily_loss_usdt: 100_000 },
    status: { port: 0 },
    ...options.pink,
  });
  if (!checked.ok) throw new Error(JSON.stringify(checked.error));
  const timers = virtualTimers(startMs);
  const said: string[] = [];
  const note = (level: string) => (text: string) => void said.push(`${level} ${text}`);
  const started = await startRunner({
    pink: checked.value,
    policy,
    configDir: join(folder, 'config'),
    dataDir: join(folder, 'data'),
    stateDir: join(folder, 'state'),
    socketPath: join(folder, 'control.sock'),
    controlToken: null,
    env: {},
    stdin: Readable.from([]),
    timers,
    random: randomFrom(1, 'whole runner'),
    log: { info: note('info'), warn: note('warn'), error: note('error') },
    version: '1.0.0',
    runId: run as RunId,
    onHalted: (why) => said.push(`halted ${why}`),
    beginSinkThread: () => ({ say: () => undefined, kill: () => Promise.resolve() }),
    ...options.deps,
  });
  if (!started.ok) throw new Error(started.error.message);
  const runner = started.value;
  let hasStopped = false;
  const passed = (ms: number): Promise<void> => passTime(timers, ms);
  const stopped = async (): Promise<readonly string[]> => {
    hasStopped = true;
    let left: readonly string[] | null = null;
    const stopping = runner.stop().then((words) => {
      left = words;
    });
    for (let round = 0; left === null && round < 10_000; round += 1) await passed(100);
    await stopping;
    return left ?? [];
  };
  onTestFinished(async () => {
    if (!hasStopped) await stopped();
  });
  return {
    runner,
    folder,
    timers,
    said,
    tradesClosed: () => runner.facts().kernel.tradesClosed,
    passed,
    stopped,
  };
}
