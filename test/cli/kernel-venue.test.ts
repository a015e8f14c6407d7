// `warden kernel venue` against the local exchange over a real socket: what it shows, what it refuses, and that it changes nothing.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemTimers } from '../../src/adapters/system-timers.ts';
import { moveMarket } from '../../src/adapters/venues/exchange/feed/move-market.ts';
import { type LocalExchange, startLocalExchange } from '../../src/adapters/venues/exchange/local-exchange.ts';
import { submitOrder } from '../../src/adapters/venues/exchange/model/exchange.ts';
import { presentOf } from '../../src/adapters/venues/exchange/world.ts';
import { registerKernel } from '../../src/cli/kernel.ts';
import type { PriceTicks } from '../../src/domain/steps.ts';
import { CONTRACT_INSTRUMENT, orderOf } from '../contracts/venue.ts';
import { runInMemory } from './memory-host.ts';

const KEY = { apiKey: 'key-of-the-account', secret: 'secret-of-the-account', accountId: 'own' };
const KEYS = { BINGX_API_KEY: KEY.apiKey, BINGX_API_SECRET: KEY.secret };
const DEMO = `version: 1
venue:
  environment: demo
  symbols: [BTC-USDT]
  margin_asset: USDT
`;

let cwd = '';
let exchange: LocalExchange | null = null;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'warden-venue-'));
});
afterEach(async () => {
  await exchange?.close();
  exchange = null;
  rmSync(cwd, { recursive: true, force: true });
});

/** Serves an exchange whose account holds 0.01 BTC and has one order resting. Returns its address. */
async function serve(positionMode: 'one_way' | 'hedge' = 'one_way'): Promise<string> {
  exchange = await startLocalExchange({
    port: 0,
    instruments: [CONTRACT_INSTRUMENT],
    keys: [KEY],
    timers: systemTimers(),
    seed: 1,
    positionMode,
  });
  const { world, url } = exchange;
  moveMarket(world, 'BTC-USDT', {
    bid: 500_000,
    ask: 500_005,
    mark: 500_000,
    bidLots: 1_000_000,
    askLots: 1_000_000,
  } as Parameters<typeof moveMarket>[2]);
  const nowMs = presentOf(world);
  submitOrder(world.model, 'own', orderOf(), nowMs, nowMs);
  const rest = orderOf({ type: 'LIMIT', limit: 495_000 as PriceTicks });
  submitOrder(world.model, 'own', rest, nowMs, nowMs);
  return url;
}

function venue(pink: string, env: Readonly<Record<string, string>>, ...argv: readonly string[]) {
  writeFileSync(join(cwd, 'pink.yaml'), pink);
  return runInMemory([registerKernel], ['kernel', 'venue', '--config', cwd, ...argv], { cwd, env });
}

describe('kernel venue', () => {
  it('says how the account is set up and what it holds, to people and to programs, and changes nothing', async () => {
    const url = await serve();
    const before = exchange?.world.model.accounts.get('own')?.orders.length;

    const run = await venue(DEMO, { ...KEYS, BINGX_REST_URL: url }, '--json');

    expect(run.exitCode).toBe(0);
    expect(run.stderr).toMatch(/^environment +demo$/m);
    expect(run.stderr).toMatch(new RegExp(`^hosts +${url}$`, 'm'));
    expect(run.stderr).toMatch(/^stream +ws:\/\/127\.0\.0\.1:\d+\/swap-market$/m);
    expect(run.stderr).toMatch(/^account +exclusive, one_way mode, margin in USDT$/m);
    expect(run.stderr).toMatch(/^wallet +99999\.75 USDT$/m);
    expect(run.stderr).toMatch(/^BTC-USDT +0\.1 +0\.0001 +0\.0001 +2 +0\.02 +0\.05 +20 +125$/m);
    expect(run.stderr).toMatch(/^BTC-USDT +BUY +NEW +0\.01 +0 +\d{19} +contractorder\d+$/m);
    expect(run.stderr).toMatch(/^BTC-USDT +0\.01 +500\.005$/m);
    expect(run.json()).toMatchObject({
      exit_code: 0,
      environment: 'demo',
      rest_urls: [url],
      position_mode: 'one_way',
      margin_asset: 'USDT',
      wallet: '99999.75',
      instruments: [{ symbol: 'BTC-USDT', leverage: { long: 20, short: 20 } }],
      open_orders: [{ symbol: 'BTC-USDT', side: 'BUY', status: 'NEW', quantity: '0.01', filled: '0' }],
      positions: [{ symbol: 'BTC-USDT', position: '0.01', entry_value: '500.005' }],
    });
    expect(exchange?.world.model.accounts.get('own')?.orders.length).toBe(before);
  });

  it.each([
    [
      'the account is in another mode',
      'hedge' as const,
      DEMO,
      KEYS,
      /is in hedge mode, and venue\.position_mode is one_way/,
    ],
    [
      'the balance is in another asset',
      'one_way' as const,
      DEMO.replace('USDT\n', 'VST\n'),
      KEYS,
      /no balance in VST, but in USDT/,
    ],
    [
      'the secret is another',
      'one_way' as const,
      DEMO,
      { ...KEYS, BINGX_API_SECRET: 'another-secret-entirely' },
      /BINGX_API_SECRET does not belong to BINGX_API_KEY/,
    ],
    [
      'a symbol is not listed',
      'one_way' as const,
      DEMO.replace('BTC-USDT', 'BTX-USDT'),
      KEYS,
      /did you mean BTC-USDT/,
    ],
  ])('ends with 11 and the next step where %s', async (_what, mode, pink, env, sentence) => {
    const url = await serve(mode);

    const run = await venue(pink, { ...env, BINGX_REST_URL: url });

    expect(run.exitCode).toBe(11);
    expect(run.stderr).toMatch(sentence);
    expect(run.stderr + run.stdout).not.toMatch(/secret-of-the-account|another-secret|key-of-the-account/);
  });

  it('ends with 11 where nobody answers', async () => {
    const run = await venue(DEMO, { ...KEYS, BINGX_REST_URL: 'http://127.0.0.1:1' });

    expect(run.exitCode).toBe(11);
    expect(run.stderr).toContain("the venue's time is not known");
    expect(run.stderr).toMatch(
      /ECONNREFUSED; asked at http:\S+: see that it runs, and that this machine reaches it/,
    );
  });

  it.each([
    ['real money is asked for without its second key', DEMO.replace('demo', 'live'), KEYS, /PINK_LIVE=1/],
    ['the key is not set', DEMO, {}, /BINGX_API_KEY and BINGX_API_SECRET are not set/],
    [
      'the demo is pointed at real money',
      DEMO,
      { ...KEYS, BINGX_REST_URL: 'https://open-api.bingx.com' },
      /real money trades/,
    ],
    [
      'a variable points somewhere, and paper asks nobody',
      DEMO.replace('demo', 'paper'),
      { BINGX_REST_URL: 'http://127.0.0.1:1' },
      /paper, which asks nobody/,
    ],
    [
      'a key of the file is not known',
      DEMO.replace('symbols', 'symbol'),
      KEYS,
      /pink\.yaml:4:3 venue\.symbol: .*did you mean "symbols"/,
    ],
  ])('asks nobody and ends with 3 where %s', async (_what, pink, env, sentence) => {
    const run = await venue(pink, env);

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toMatch(sentence);
  });

  it('names the file that is missing', async () => {
    const run = await runInMemory([registerKernel], ['kernel', 'venue', '--config', cwd], { cwd });

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toMatch(/pink\.yaml: there is no such file .*copy the pink\.yaml that ships/);
  });

  it('shows the paper venue of the file that ships, without a key and without a network', async () => {
    const run = await runInMemory([registerKernel], ['kernel', 'venue', '--json'], { cwd });

    expect(run.json()).toMatchObject({
      exit_code: 0,
      environment: 'paper',
      rest_urls: [],
      wallet: '100000',
      open_orders: [],
      positions: [],
    });
  });

  it('does not list what the paper venue has no market for', async () => {
    const run = await venue(DEMO.replace('demo', 'paper').replace('BTC-USDT', 'BTX-USDT'), {});

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toMatch(/the paper venue does not list BTX-USDT; did you mean BTC-USDT\?/);
  });

  it('says in its help that it places nothing, and which variables it reads', async () => {
    const run = await runInMemory([registerKernel], ['kernel', 'venue', '--help'], { cwd });

    expect(run.exitCode).toBe(0);
    for (const words of ['places nothing', 'BINGX_API_KEY', 'PINK_LIVE', 'BINGX_REST_URL', '11  the venue'])
      expect(run.stdout).toContain(words);
  });
});
