// What `warden exchange` says to a person who starts it: what to type next, and what of the options cannot be.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadPink } from '../../src/adapters/config/config-files.ts';
import { FAULT_NAMES } from '../../src/adapters/venues/exchange/faults.ts';
import { registerExchange } from '../../src/cli/exchange.ts';
import type { ExchangeCliOptions } from '../../src/cli/exchange-options.ts';
import { startExchange } from '../../src/cli/exchange-start.ts';
import { startedJson, startedText } from '../../src/cli/exchange-text.ts';
import type { Host } from '../../src/cli/host.ts';
import { runInMemory } from './memory-host.ts';

const GIVEN = { EXCHANGE_API_KEY: 'key-that-was-given', EXCHANGE_API_SECRET: 'secret-that-was-given' };
const DEFAULTS: ExchangeCliOptions = {
  port: 0,
  seed: 1,
  speed: 1,
  wallet: '100000',
  latency: 0,
  asset: 'USDT',
  positionMode: 'one-way',
};

let cwd = '';
let stop: () => Promise<void> = async () => undefined;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'warden-exchange-'));
});
afterEach(async () => {
  await stop();
  stop = async () => undefined;
  rmSync(cwd, { recursive: true, force: true });
});

/** Starts one, and returns what it says to people and to programs. */
async function said(
  options: Partial<ExchangeCliOptions>,
  env: Readonly<Record<string, string>> = {},
): Promise<{ text: string; json: string; problems: readonly string[]; url: string }> {
  const host: Pick<Host, 'cwd' | 'env' | 'randomHex'> = {
    cwd,
    env,
    randomHex: (bytes) => 'ab'.repeat(bytes),
  };
  const started = await startExchange({ ...DEFAULTS, ...options }, host as Host);
  if (!started.ok) throw new Error(started.error);
  ({ stop } = started.value);
  const { exchange, feedText, key, problems } = started.value;
  const shown = { exchange, feedText, key, asset: options.asset ?? 'USDT' };
  const json = JSON.stringify(startedJson(shown));
  return { text: startedText(shown), json, problems, url: exchange.url };
}

/** The refusal of one command line, without the word error. */
async function refused(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { exitCode, stderr, stdout } = await runInMemory([registerExchange], ['exchange', ...argv], {
    cwd,
    env,
  });
  expect([exitCode, stdout]).toEqual([3, '']);
  return stderr.replace(/^error: /, '');
}

describe('as it opens', () => {
  it('names lines for pink.yaml that are accepted as they stand', async () => {
    const { text } = await said({ positionMode: 'hedge', asset: 'VST', symbols: ['ETH-USDT', 'SOL-USDT'] });
    const [, lines = ''] = /pink\.yaml:\n([\s\S]*?)\nand these/.exec(text) ?? [];
    writeFileSync(join(cwd, 'pink.yaml'), `version: 1\nvenue:\n${lines}\n`);
    expect(loadPink(cwd)).toMatchObject({
      ok: true,
      value: {
        venue: {
          environment: 'demo',
          symbols: ['ETH-USDT', 'SOL-USDT'],
          position_mode: 'hedge',
          margin_asset: 'VST',
        },
      },
    });
  });

  it('names variables, calls of curl and addresses for ccxt with the key that it made', async () => {
    const { text, url } = await said({});
    const [key, secret] = ['ab'.repeat(16), 'ab'.repeat(32)];
    expect(text).toContain(
      `  export BINGX_REST_URL=${url}\n  export BINGX_API_KEY=${key}\n  export BINGX_API_SECRET=${secret}\n`,
    );
    expect(text).toContain(`  curl -H X-BX-APIKEY:${key} ${url}/control\n`);
    expect(text).toContain(`swap: '${url}/openApi', user: '${url}/openApi',`);
    expect(text).toContain(`linear: '${url.replace('http', 'ws')}/swap-market'`);
  });

  it('tells neither half of a key that was given to it', async () => {
    const { text, json } = await said({}, GIVEN);
    for (const value of Object.values(GIVEN)) expect(text + json).not.toContain(value);
    expect(text).toContain('export BINGX_API_SECRET="$EXCHANGE_API_SECRET"');
    expect(JSON.parse(json)).toMatchObject({ api_key: null, api_secret: null });
  });

  it('says what goes wrong, and how long requests take, where they do', async () => {
    const { text } = await said({ faults: 'busy=0.1, frame_dropped=0', latency: 50 });
    expect(text).toMatch(/^ {2}latency {3}50 ms\n {2}faults {4}busy 0\.1$/m);
    await stop();
    expect((await said({})).text).not.toMatch(/latency|^ {2}faults/m);
  });

  it('sets bad lines of a tape aside, names ten of them, and counts the others', async () => {
    const bad = Array.from({ length: 30 }, () => '{"ts_ms":1795255200000,"symbol":"ETH-USDT"}\n');
    const good = '{"ts_ms":1795255200000,"symbol":"BTC-USDT","bid":"65000","ask":"65000.1"}\n';
    writeFileSync(join(cwd, 'tape.jsonl'), [...bad, good].join(''));
    const { text, problems } = await said({ prices: 'tape.jsonl' });
    expect(text).toContain('  prices    tape tape.jsonl of 1 lines, at their own pace\n');
    expect(problems).toHaveLength(11);
    expect(problems.at(-1)).toBe('tape.jsonl: 20 more lines were set aside');
  });
});

describe('what cannot be', () => {
  it.each([
    ['EXCHANGE_API_KEY', 'EXCHANGE_API_SECRET'],
    ['EXCHANGE_API_SECRET', 'EXCHANGE_API_KEY'],
  ] as const)('is %s without %s', async (name, other) => {
    expect(await refused([], { [name]: 'half-of-a-key' })).toBe(
      `${other} is not set, but ${name} is; set both, or neither to have a key made\n`,
    );
  });

  it('is a key with spaces or signs that no header carries; it is not repeated', async () => {
    for (const odd of ['two words', 'line\nbreak', 'schlüssel']) {
      const words = await refused([], { ...GIVEN, EXCHANGE_API_SECRET: odd });
      expect(words).toMatch(/^EXCHANGE_API_SECRET: expected letters, digits and signs without spaces/);
      expect(words).not.toContain(odd);
    }
  });

  it.each([
    ['--port=', 'Expected a whole number from 0 to 65535.'],
    ['--port=65536', 'Expected a whole number from 0 to 65535.'],
    ['--seed=', 'Expected a whole number.'],
    ['--latency=', 'Expected milliseconds from 0 to 60000.'],
    ['--speed=0', 'Expected a factor from 0.01 to 100000.'],
    ['--wallet=1e5', '--wallet 1e5: expected an amount above zero, e.g. 100000'],
    ['--faults=bussy=1', '--faults: bussy is not known (nearest: busy)'],
    ['--faults=busy', '--faults: busy: expected a share from 0 to 1, e.g. busy=0.1'],
    ['--symbols=DOGG-USDT', '--symbols: DOGG-USDT is not listed (nearest: DOGE-USDT)'],
    ['--prices=nowhere', 'no such file or folder; expected a folder of candle files, or a .jsonl tape'],
    ['--for=10', 'Expected a duration, e.g. 90s or 2h.'],
  ])('is %s: it says what can', async (option, words) => {
    expect(await refused([option])).toContain(words);
  });

  it('is a port that is in use', async () => {
    const { url } = await said({});
    const { port } = new URL(url);
    expect(await refused(['--port', port])).toBe(`--port ${port} is in use; --port 0 takes a free one\n`);
  });

  it('is told beforehand: the help names every fault', async () => {
    const { stdout } = await runInMemory([registerExchange], ['exchange', '--help'], { cwd });
    for (const name of FAULT_NAMES) expect(stdout).toContain(`  ${name} `);
  });
});
