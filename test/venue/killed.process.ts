// A real process of a kernel is killed with SIGKILL at random moments, again and again, and what the venue holds of it stays right.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { systemTimers } from '../../src/adapters/system-timers.ts';
import { simulatedFeed } from '../../src/adapters/venues/exchange/feed/simulated-feed.ts';
import { listedInstrument } from '../../src/adapters/venues/exchange/listed-instruments.ts';
import { startLocalExchange } from '../../src/adapters/venues/exchange/local-exchange.ts';
import { truthOf } from '../../src/adapters/venues/exchange/model/exchange.ts';
import { randomFrom } from '../../src/domain/random.ts';
import type { ProcessArguments } from './kernel-process.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SEED = 20_261_128;
const KILLS = 15;
const SIZE_LOTS = 100;
const KEY = { apiKey: 'killed-key', secret: 'killed-secret-0123', accountId: 'own' };

const folder = mkdtempSync(join(tmpdir(), 'warden-killed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function begin(given: ProcessArguments): { readonly child: ChildProcess; readonly said: () => string } {
  const args = ['--import', 'tsx', 'test/venue/kernel-process.ts', JSON.stringify(given)];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (part: Buffer) => (said += String(part)));
  return { child, said: () => said };
}

async function upOrGone(child: ChildProcess, said: () => string): Promise<void> {
  while (!said().includes('up\n') && child.exitCode === null) await once(child.stdout ?? child, 'data');
}

it(`is killed ${KILLS} times (seed ${SEED}), and ends flat, explained, and without a double order`, async () => {
  const listed = listedInstrument('BTC-USDT', null);
  if (listed === null) throw new Error('BTC-USDT is listed');
  const exchange = await startLocalExchange({
    port: 0,
    instruments: [listed.instrument],
    keys: [KEY],
    timers: systemTimers(),
    seed: SEED,
    model: { recvWindowMs: 1_000 },
  });
  const endFeed = simulatedFeed(exchange.world, SEED, new Map([['BTC-USDT', listed.firstTicks]]));
  const random = randomFrom(SEED, 'kills');
  const given = (run: string, isLast: boolean): ProcessArguments => ({
    folder,
    restUrl: exchange.url,
    streamUrl: exchange.streamUrl,
    apiKey: KEY.apiKey,
    secret: KEY.secret,
    symbol: 'BTC-USDT',
    size: SIZE_LOTS / 10_000,
    run,
    seed: SEED,
    isLast,
  });
  try {
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const { child, said } = begin(given(`run${kill}`, false));
      await upOrGone(child, said);
      expect(child.exitCode, said()).toBeNull();
      await new Promise((resolve) => setTimeout(resolve, 50 + 900 * random.uniform()));
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    const last = begin(given('last', true));
    await once(last.child, 'exit');
    expect(last.said()).toBe('up\nflat\n');

    const truth = truthOf(exchange.world.model, KEY.accountId);
    expect(truth.positions).toEqual([]);
    expect(truth.openOrders).toEqual([]);
    const ids = truth.orders.map(({ report }) => report.clientOrderId);
    expect(new Set(ids).size).toBe(ids.length);
    let held = 0;
    let largest = 0;
    for (const { report } of truth.orders) {
      held += report.side === 'BUY' ? report.filledLots : -report.filledLots;
      largest = Math.max(largest, Math.abs(held));
    }
    expect(held).toBe(0);
    expect(largest).toBeLessThanOrEqual(SIZE_LOTS);
    expect(truth.orders.length).toBeGreaterThan(KILLS);
    for (const name of readdirSync(folder)) {
      const text = readFileSync(join(folder, name), 'latin1');
      expect(text.includes(KEY.secret) || text.includes(KEY.apiKey), name).toBe(false);
    }
  } finally {
    endFeed();
    await exchange.close();
  }
});
