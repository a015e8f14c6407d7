// `warden exchange` as a whole command: what it says, what it refuses and how it then should be, and whose secrets it keeps.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerExchange } from '../../src/cli/exchange.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { runInMemory } from './memory-host.ts';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'warden-exchange-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

type Env = Readonly<Record<string, string>>;

async function run(argv: readonly string[], env: Env = {}) {
  return await runInMemory([registerExchange], ['exchange', ...argv], { cwd, env });
}

/** Runs it for a moment. */
async function served(argv: readonly string[] = [], env: Env = {}) {
  return await run(['--for', '50ms', ...argv], env);
}

function linesOf(text: string): readonly Record<string, unknown>[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('a start', () => {
  it('says where it listens, the key that it made, and how it ended', async () => {
    const { exitCode, stdout } = await served();
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/REST +http:\/\/127\.0\.0\.1:\d+\n/);
    expect(stdout).toMatch(/stream +ws:\/\/127\.0\.0\.1:\d+\/swap-market\n/);
    expect(stdout).toContain('ab'.repeat(16));
    expect(stdout).toContain('symbols   BTC-USDT\n');
    expect(stdout).toContain('simulated, seed 1');
    expect(stdout).toMatch(/stopped after 0 requests and 0 private frames\n$/);
  });

  it('says the same to programs, as an object when it begins and one when it ends', async () => {
    const { exitCode, stdout } = await served([
      '--json',
      '--symbols',
      'eth-usdt,BTC-USDT',
      '--asset',
      'VST',
      '--position-mode',
      'hedge',
    ]);
    const [started, ended] = linesOf(stdout.replaceAll(/\n +/g, '').replaceAll(/\n}/g, '}'));
    expect(exitCode).toBe(0);
    expect(started).toMatchObject({
      rest_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      stream_url: expect.stringMatching(/^ws:\/\/127\.0\.0\.1:\d+\/swap-market$/),
      api_key: 'ab'.repeat(16),
      api_secret: 'ab'.repeat(32),
      symbols: ['ETH-USDT', 'BTC-USDT'],
      margin_asset: 'VST',
      position_mode: 'hedge',
    });
    expect(ended).toMatchObject({ requests: 0, private_frames: 0 });
  });

  it.each([[[]], [['--json']]])('shows neither part of a key that was given (%j)', async (more) => {
    const env = { EXCHANGE_API_KEY: 'key-of-somebody', EXCHANGE_API_SECRET: 'secret-of-somebody' };
    const { exitCode, stdout, stderr } = await served(more, env);
    expect(exitCode).toBe(0);
    expect(stdout + stderr).not.toContain('of-somebody');
  });

  it('leaves no listener for signals behind', async () => {
    const before = process.listenerCount('SIGTERM') + process.listenerCount('SIGINT');
    await served();
    expect(process.listenerCount('SIGTERM') + process.listenerCount('SIGINT')).toBe(before);
  });

  it('explains itself with every option', async () => {
    const { exitCode, stdout } = await run(['--help']);
    expect(exitCode).toBe(0);
    for (const word of [
      '--port',
      '--prices',
      '--symbols',
      '--seed',
      '--speed',
      '--wallet',
      '--faults',
      '--for',
      'EXCHANGE_API_KEY',
      'frame_dropped',
    ])
      expect(stdout).toContain(word);
  });
});

describe('prices', () => {
  const FILE_MS = Date.UTC(2026, 2, 1);
  const csv = (price: number): string =>
    `ts_ms,open,high,low,close,volume\n${[0, 1, 2, 3].map((at) => `${FILE_MS + at * 60_000},${price},${price},${price},${price},1\n`).join('')}`;

  it('come out of a folder of candles, also for a symbol that is not listed', async () => {
    mkdirSync(join(cwd, 'candles'));
    writeFileSync(join(cwd, 'candles/BTCUSDT-perp-1m.csv'), csv(50_000));
    writeFileSync(join(cwd, 'candles/OWNUSDT-perp-1m.csv'), csv(0.5));
    const { exitCode, stdout } = await served([
      '--prices',
      'candles',
      '--symbols',
      'BTC-USDT,OWN-USDT',
      '--speed',
      '1000',
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('candles of candles, 1000 times as fast');
    expect(stdout).toContain('BTC-USDT, OWN-USDT');
  });

  it('come out of a tape, whose bad lines are named', async () => {
    const quote = { ts_ms: FILE_MS, symbol: 'BTC-USDT', bid: '50000', ask: '50001' };
    writeFileSync(join(cwd, 'tape.jsonl'), `${JSON.stringify(quote)}\nnot JSON\n`);
    const { exitCode, stdout, stderr } = await served(['--prices', 'tape.jsonl']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('tape tape.jsonl of 1 lines');
    expect(stderr).toContain('tape.jsonl: line 2: is no JSON object; set aside');
  });

  it('of a tape with nothing but bad lines name a few of thousands', async () => {
    const quote = { ts_ms: FILE_MS, symbol: 'BTC-USDT', bid: '50000', ask: '50001' };
    writeFileSync(join(cwd, 'tape.jsonl'), `${JSON.stringify(quote)}\n${'bad\n'.repeat(5_000)}`);
    const { stderr } = await served(['--prices', 'tape.jsonl']);
    expect(stderr.split('\n').length).toBeLessThan(30);
    expect(stderr).toMatch(/\d+ more lines were set aside/);
  });
});

describe('a mistake is refused with what was expected:', () => {
  it.each([
    ['an unlisted symbol', ['--symbols', 'BTC-USD'], /BTC-USD is not listed \(nearest: BTC-USDT\)/],
    ['a symbol that is none', ['--symbols', 'BTC'], /Expected symbols with commas between them/],
    [
      'an unknown fault',
      ['--faults', 'frame_droped=1'],
      /frame_droped is not known \(nearest: frame_dropped\)/,
    ],
    ['a rate above one', ['--faults', 'busy=2'], /busy: expected a share from 0 to 1/],
    ['a fault without a rate', ['--faults', 'busy'], /busy: expected a share from 0 to 1/],
    ['a wallet of nothing', ['--wallet', '0'], /--wallet 0: expected an amount above zero/],
    ['a wallet that is none', ['--wallet', 'much'], /--wallet much: expected an amount above zero/],
    ['a port that is none', ['--port', '70000'], /Expected a whole number from 0 to 65535/],
    ['a port of nothing', ['--port', ''], /Expected a whole number from 0 to 65535/],
    ['a seed below zero', ['--seed', '-1'], /Expected a whole number/],
    ['a speed of zero', ['--speed', '0'], /Expected a factor from 0\.01 to 100000/],
    ['another asset', ['--asset', 'usd'], /Expected USDT or VST/],
    ['another mode', ['--position-mode', 'both'], /Expected one-way or hedge/],
    ['a duration that is none', ['--for', 'soon'], /Expected a duration, e\.g\. 90s or 2h/],
    [
      'prices that are not there',
      ['--prices', 'nowhere'],
      /--prices nowhere: there is no such file or folder/,
    ],
    ['an unknown option', ['--price', 'x'], /--prices/],
  ])('%s', async (_, argv, said) => {
    const { exitCode, stdout, stderr } = await run(argv);
    expect(exitCode).toBe(EXIT.usage);
    expect(stdout).toBe('');
    expect(stderr).toMatch(said);
  });

  it.each([
    ['a file that is no tape', 'prices.txt', '', /expected a folder of candle files, or a \.jsonl tape/],
    ['an empty tape', 'tape.jsonl', '\n', /has no line that can be played/],
  ])('%s', async (_, name, text, said) => {
    writeFileSync(join(cwd, name), text);
    const { exitCode, stderr } = await run(['--prices', name]);
    expect(exitCode).toBe(EXIT.usage);
    expect(stderr).toMatch(said);
  });

  it('a folder without the candles of a symbol', async () => {
    mkdirSync(join(cwd, 'candles'));
    const { exitCode, stderr } = await run(['--prices', 'candles']);
    expect(exitCode).toBe(EXIT.usage);
    expect(stderr).toContain('there is no candle file of BTC-USDT; expected one as BTCUSDT-perp-1m.csv');
  });

  it('a port in use', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = taken.address() as AddressInfo;
      const { exitCode, stderr } = await run(['--port', String(port)]);
      expect(exitCode).toBe(EXIT.usage);
      expect(stderr).toContain(`--port ${port} is in use; --port 0 takes a free one`);
    } finally {
      await new Promise((resolve) => taken.close(resolve));
    }
  });

  it.each(['EXCHANGE_API_KEY', 'EXCHANGE_API_SECRET'])('half a key, %s alone', async (name) => {
    const { exitCode, stdout, stderr } = await run([], { [name]: 'half-of-a-key' });
    expect(exitCode).toBe(EXIT.usage);
    expect(stderr).toContain(`${name} is; set both`);
    expect(stdout + stderr).not.toContain('half-of-a-key');
  });
});
