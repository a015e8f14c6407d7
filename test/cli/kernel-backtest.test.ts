// `warden kernel backtest`: the same past always leaves the same journal, it can be replayed, and what is wrong is said by name.

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerKernel } from '../../src/cli/kernel.ts';
import { randomFrom } from '../../src/domain/random.ts';
import { runInMemory } from './memory-host.ts';

const SHARED = process.env['WARDEN_SHARED'] ?? join(import.meta.dirname, '../../../shared');
const MONTH = join(SHARED, 'data/BTCUSDT-perp-1m-202201.csv.gz');

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'warden-backtest-'));
  mkdirSync(join(cwd, 'candles'));
  mkdirSync(join(cwd, 'config'));
  settings('');
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function settings(more: string): void {
  const plain = 'version: 1\nvenue: { symbols: [BTC-USDT] }\n';
  writeFileSync(join(cwd, 'config/pink.yaml'), `${plain}${more}`);
}

/** So many bars of a walk, with a wave that is long enough for the velocities. */
function candles(bars: number, minutes = 1): void {
  const random = randomFrom(7, 'candles');
  const lines = ['ts_ms,open,high,low,close,volume'];
  let price = 40_000;
  for (let bar = 0; bar < bars; bar += 1) {
    const open = price;
    price *= 1 + 0.0004 * Math.sin(bar / 60) + 0.0008 * random.normal();
    const [high, low] = [Math.max(open, price) * 1.0002, Math.min(open, price) * 0.9998];
    const prices = [open, high, low, price].map((one) => one.toFixed(1));
    lines.push([1_780_272_000_000 + bar * minutes * 60_000, ...prices, 1].join(','));
  }
  writeFileSync(join(cwd, `candles/BTCUSDT-perp-${minutes}m.csv`), `${lines.join('\n')}\n`);
}

function backtest(...argv: readonly string[]) {
  return runInMemory([registerKernel], ['kernel', 'backtest', ...argv], { cwd });
}

describe('a backtest', () => {
  it('trades, ends flat, and has K and E agree to the last digit', async () => {
    candles(2_000);

    const run = await backtest('candles', '--json');

    expect(run.exitCode).toBe(0);
    expect(run.json()).toMatchObject({ left: [], end: { residual_usdt: '0', band: 'OK', slots: [] } });
    const { trades, entries } = run.json() as { trades: number; entries: number };
    expect(trades).toBeGreaterThan(3);
    expect(entries).toBe(trades);
  });

  it('leaves the same journal each time, which kernel replay leads to the same end', async () => {
    candles(1_200);

    const one = (await backtest('candles', '--journal', 'one', '--json')).json() as Record<string, unknown>;
    const two = (await backtest('candles', '--journal', 'two', '--json')).json() as Record<string, unknown>;
    const replayed = await runInMemory([registerKernel], ['kernel', 'replay', 'one', '--json'], { cwd });

    expect(two['journal_hash']).toBe(one['journal_hash']);
    const segment = 'pink-000000000001.jsonl';
    expect(readFileSync(join(cwd, 'two', segment))).toEqual(readFileSync(join(cwd, 'one', segment)));
    expect(replayed.exitCode).toBe(0);
    expect(replayed.json()).toMatchObject({ records: one['records'] });
  });

  it('leaves another journal under other limits', async () => {
    candles(1_200);
    const plain = (await backtest('candles', '--json')).json() as Record<string, unknown>;
    settings('limits: { max_order_usdt: 10 }\n');

    const bound = (await backtest('candles', '--json')).json() as Record<string, unknown>;

    expect(bound['journal_hash']).not.toBe(plain['journal_hash']);
    expect(bound).toMatchObject({ entries: 0, trades: 0 });
    expect(bound['denied']).toHaveProperty('MAX_NOTIONAL');
  });

  it('counts the longest hold in bars of the candles, where the settings name no other', async () => {
    candles(1_200, 5);
    const plain = (await backtest('candles', '--json')).json() as Record<string, unknown>;
    settings('policy: { bar: 5m }\n');
    const named = (await backtest('candles', '--json')).json() as Record<string, unknown>;
    settings('policy: { bar: 1m }\n');
    const other = (await backtest('candles', '--json')).json() as Record<string, unknown>;

    expect(plain['trades']).toBeGreaterThan(0);
    expect(plain).toMatchObject({ policy: named['policy'], journal_hash: named['journal_hash'] });
    expect(other['policy']).not.toBe(named['policy']);
  });

  it('keeps what is held where it is told to, and says so', async () => {
    candles(2_000);
    settings('policy: { take_profit_bps: 90000, stop_loss_bps: 90000, max_hold_bars: 100000 }\n');

    const run = (await backtest('candles', '--at-end', 'keep', '--json')).json() as {
      end: { slots: readonly unknown[] };
    };

    expect(run.end.slots).toHaveLength(1);
  });

  it.each([
    [['nowhere'], 3, /nowhere: is no folder; expected one that holds candle files/],
    [['config'], 3, /there is no candle file of BTC-USDT/],
    [['candles', '--at-end', 'sell'], 3, /--at-end sell: expected keep or flatten/],
    [['candles', '--journal', 'config'], 4, /--journal config is not an empty folder/],
  ])('of %j is refused with %i and the next step', async (argv, code, words) => {
    candles(100);

    const run = await backtest(...argv);

    expect(run.exitCode).toBe(code);
    expect(run.stderr).toMatch(words);
  });

  it('runs a policy of a file, and refuses one that is none by its place', async () => {
    candles(300);
    writeFileSync(
      join(cwd, 'config/mine.mjs'),
      `export const policy = { name: 'mine', version: '1', settings: {}, strategyClass: 'macro', begin: () => 0,
        step: (memory, view) => ({ memory: memory + 1, decisions: view.slots[0].status === 'free' && view.isNewScan ? [{ slot: 0, action: 'ENTER',
        reason: 'always', symbol: 'BTC-USDT', side: 'LONG', tradeId: null, referencePrice: view.prices.BTCUSDT.price, size: 0.01, leverage: 1,
        exitLegRatios: [], isUrgent: false, facts: {} }] : [] }) };\n`,
    );
    settings('policy: { module: mine.mjs }\n');
    const own = await backtest('candles', '--json');
    writeFileSync(join(cwd, 'config/mine.mjs'), 'export const policy = { name: 7 };\n');
    settings('policy: { module: ./mine.mjs?2 }\n');

    expect(own.json()).toMatchObject({ policy: expect.stringMatching(/^mine@1#/), trades: 1 });
    expect((await backtest('candles')).stderr).toMatch(/policy\.module \.\/mine\.mjs\?2: there is no file/);
  });
});

describe.skipIf(!existsSync(MONTH))('a backtest of the shared month of BTC', () => {
  // A month takes a loaded machine longer than any other test of its kind.
  it('trades and ends flat', { timeout: 300_000 }, async () => {
    copyFileSync(MONTH, join(cwd, 'candles/BTCUSDT-perp-1m-202201.csv.gz'));

    const run = (await backtest('candles', '--json')).json() as Record<string, unknown>;

    expect(run).toMatchObject({ left: [], end: { residual_usdt: '0', slots: [] } });
    expect(run['trades']).toBeGreaterThan(50);
  });
});
