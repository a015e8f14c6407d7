// Where prices come from: the seeded walk, candle files, tapes, and funding at its hours, all by a clock of the test's own.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RawCandles, readCandles } from '../../../../src/adapters/prices/market-candles.ts';
import {
  candleFeed,
  candlesIn,
  pastOf,
  type SymbolCandles,
} from '../../../../src/adapters/venues/exchange/feed/candle-feed.ts';
import { MarketHistory } from '../../../../src/adapters/venues/exchange/feed/market-history.ts';
import { keepFunding } from '../../../../src/adapters/venues/exchange/feed/move-market.ts';
import { simulatedFeed } from '../../../../src/adapters/venues/exchange/feed/simulated-feed.ts';
import { readTape, tapeFeed } from '../../../../src/adapters/venues/exchange/feed/tape-feed.ts';
import type { ExchangeWorld, MarketMove } from '../../../../src/adapters/venues/exchange/world.ts';
import type { Result } from '../../../../src/domain/result.ts';
import { BTC, ETH, type Served, served } from '../exchange-rest/served.ts';

const MINUTE_MS = 60_000;
/** 2026-03-01T00:00:00Z. */
const FILE_MS = Date.UTC(2026, 2, 1);

let on: Served;
let folder = '';
let moves: string[];
beforeEach(() => {
  on = served();
  moves = noted(on.world);
  folder = mkdtempSync(join(tmpdir(), 'warden-feed-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a world's markets do from now on, as `0.25 BTC-USDT 100@1 …` with seconds since now. */
function noted(world: ExchangeWorld): string[] {
  const startMs = world.timers.nowMs();
  const lines: string[] = [];
  world.marketFollowers.add(({ symbol, trade }: MarketMove) => {
    const quote = world.model.markets.get(symbol)?.quote;
    const told = trade === null ? 'no trade' : `${trade.lots}@${trade.price}`;
    lines.push(`${(world.timers.nowMs() - startMs) / 1_000} ${symbol} ${quote?.bid}/${quote?.ask} ${told}`);
  });
  return lines;
}

function told<T>(read: Result<T, string>): T {
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

describe('the seeded walk', () => {
  const first = new Map([
    ['BTC-USDT', 650_000],
    ['ETH-USDT', 320_000],
  ]);
  function walked(seed: number, prices: ReadonlyMap<string, number> = first, ms = 60_000): readonly string[] {
    const own = served();
    const lines = noted(own.world);
    const stop = simulatedFeed(own.world, seed, prices);
    own.timers.advance(ms);
    stop();
    own.timers.advance(10_000);
    return lines;
  }

  it('gives the same prices for the same seed, and others for another', () => {
    expect(walked(7)).toEqual(walked(7));
    expect(walked(7)).not.toEqual(walked(8));
  });

  it('moves each symbol every 250 ms from the first moment on, and no more once it is stopped', () => {
    const lines = walked(7, first, 1_000);
    expect(lines.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(
      [0, 0.25, 0.5, 0.75, 1].flatMap((at) => [`${at} BTC-USDT`, `${at} ETH-USDT`]),
    );
  });

  it('of one symbol is the same whichever others there are', () => {
    const alone = walked(7, new Map([['BTC-USDT', 650_000]]));
    expect(walked(7).filter((line) => line.includes('BTC-USDT'))).toEqual(alone);
  });

  it('stays a market at the smallest prices', () => {
    const stop = simulatedFeed(on.world, 3, new Map([['BTC-USDT', 10]]));
    on.timers.advance(600_000);
    stop();
    expect(moves).toHaveLength(2_401);
    for (const line of moves) expect(line).toMatch(/ [1-9]\d*\/[1-9]\d* [1-9]\d*@[1-9]/);
  });
});

/** `openMinute,open,high,low,close` lines of a candle file. */
function csvOf(bars: readonly (readonly number[])[]): string {
  const rows = bars.map(([minute = 0, ...prices]) => [FILE_MS + minute * MINUTE_MS, ...prices, 1].join(','));
  return `ts_ms,open,high,low,close,volume\n${rows.join('\n')}\n`;
}

async function candles(
  symbols: readonly string[] = ['BTC-USDT'],
): Promise<Result<readonly RawCandles[], string>> {
  return await readCandles(folder, readdirSync(folder), symbols);
}

async function btcCandles(bars: readonly (readonly number[])[]): Promise<SymbolCandles> {
  writeFileSync(join(folder, 'BTCUSDT-perp-1m.csv'), csvOf(bars));
  const [raw] = told(await candles());
  if (raw === undefined) throw new Error('no candles');
  return told(candlesIn(raw, BTC));
}

describe('candle files', () => {
  it('are those of the perpetual, plain or compressed, as one series without what stands twice', async () => {
    writeFileSync(
      join(folder, 'BTCUSDT-spot-1m.csv'),
      csvOf([
        [0, 1, 1, 1, 1],
        [1, 1, 1, 1, 1],
      ]),
    );
    writeFileSync(join(folder, 'BTCUSDT-funding-8h.csv'), 'ts_ms,rate\n');
    writeFileSync(
      join(folder, 'BTCUSDT-perp-1m-b.csv'),
      csvOf([
        [2, 12, 12, 12, 12],
        [3, 13, 13, 13, 13],
      ]),
    );
    const part = gzipSync(
      csvOf([
        [0, 10, 10, 10, 10],
        [1, 11, 11, 11, 11],
        [2, 12, 12, 12, 12],
      ]),
    );
    writeFileSync(join(folder, 'btcusdt-perp-1m-a.csv.gz'), part);
    const [raw] = told(await candles());
    expect(raw?.rows.map(({ open }) => open)).toEqual([10, 11, 12, 13]);
    expect(raw?.barMs).toBe(MINUTE_MS);
  });

  it('of the spot market are taken where there is no perpetual, and funding is never taken for prices', async () => {
    writeFileSync(join(folder, 'BTCUSDT-funding-8h.csv'), 'ts_ms,rate\n');
    writeFileSync(
      join(folder, 'BTCUSDT-spot-1m.csv'),
      csvOf([
        [0, 7, 7, 7, 7],
        [1, 7, 7, 7, 7],
      ]),
    );
    expect(told(await candles())[0]?.rows[0]?.open).toBe(7);
  });

  it('that are missing are named with what was expected', async () => {
    expect(await candles(['ETH-USDT'])).toEqual({
      ok: false,
      error: 'there is no candle file of ETH-USDT; expected one as ETHUSDT-perp-1m.csv',
    });
  });

  it.each([
    ['a high below its close', [0, 10, 11, 9, 12]],
    ['a low above its opening', [0, 10, 12, 11, 12]],
    ['a price of zero', [0, 10, 12, 0, 12]],
  ])('with %s are refused with the line', async (_, wrong) => {
    writeFileSync(join(folder, 'BTCUSDT-perp-1m.csv'), csvOf([wrong, [1, 10, 10, 10, 10]]));
    const read = await candles();
    expect(read.ok ? '' : read.error).toMatch(/^BTCUSDT-perp-1m\.csv:2 /);
  });

  it('with prices of less than two ticks are refused with the bar', async () => {
    writeFileSync(
      join(folder, 'BTCUSDT-perp-1m.csv'),
      csvOf([
        [0, 10, 10, 0.1, 10],
        [1, 10, 10, 10, 10],
      ]),
    );
    const [raw] = told(await candles());
    if (raw === undefined) throw new Error('no candles');
    expect(candlesIn(raw, BTC)).toEqual({
      ok: false,
      error: 'BTC-USDT: the bar at 2026-03-01T00:00:00.000Z has a price of less than two ticks',
    });
  });
});

describe('the replay of candles', () => {
  const BARS = [
    [0, 10, 12, 9, 11],
    [1, 11, 13, 8, 10],
    [2, 10, 15, 10, 14],
    // Minutes 3 to 9 are missing.
    [10, 14, 16, 13, 15],
  ];

  it('walks a bar that rose by its low, and one that fell by its high, in quarters of its length', async () => {
    const stop = candleFeed(on.world, await btcCandles(BARS), 0, 1);
    on.timers.advance(119_999);
    stop();
    on.timers.advance(MINUTE_MS);
    expect(moves).toEqual([
      '0 BTC-USDT 99/101 5000@100',
      '15 BTC-USDT 89/91 5000@90',
      '30 BTC-USDT 119/121 5000@120',
      '45 BTC-USDT 109/111 5000@110',
      '60 BTC-USDT 109/111 5000@110',
      '75 BTC-USDT 129/131 5000@130',
      '90 BTC-USDT 79/81 5000@80',
      '105 BTC-USDT 99/101 5000@100',
    ]);
  });

  it('waits for no bar that is missing, and begins again at the end', async () => {
    candleFeed(on.world, await btcCandles(BARS), 2, 1);
    on.timers.advance(125_000);
    const marks = moves.map((line) => Number(line.split('@')[1]));
    expect(marks).toEqual([100, 100, 150, 140, 140, 130, 160, 150, 100]);
  });

  it.each([0.5, 4, 1_000, 100_000])('is %s times as fast', async (speed) => {
    candleFeed(on.world, await btcCandles(BARS), 0, speed);
    on.timers.advance((40 * 15_000) / speed);
    expect(Math.abs(moves.length - 41)).toBeLessThanOrEqual(1);
  });

  it('is as fast on a clock that counts whole milliseconds and wakes late', async () => {
    const { timers } = on;
    const late = {
      nowMs: () => Math.floor(timers.nowMs()),
      after: (ms: number, run: () => void) => timers.after(Math.max(1, Math.ceil(ms)) + 1, run),
    };
    candleFeed({ ...on.world, timers: late }, await btcCandles(BARS), 0, 15_000);
    timers.advance(1_000);
    expect(moves.length).toBeGreaterThan(995);
    expect(moves.length).toBeLessThan(1_005);
  });

  it('has its past moved to end at the present, with the gaps that the file has', async () => {
    const read = await btcCandles(BARS);
    const nowMs = on.timers.nowMs();
    const past = pastOf(read, nowMs);
    const minute = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
    expect(past.from).toBe(2);
    expect(past.bars.map(({ openAtMs }) => (openAtMs - minute) / MINUTE_MS)).toEqual([-2, -1]);
    expect(past.bars.map(({ close }) => close)).toEqual([110, 100]);
    const bars = Array.from({ length: 3_000 }, (_, at) => ({
      ...(read.bars[0] as (typeof read.bars)[0]),
      openAtMs: FILE_MS + at * MINUTE_MS,
    }));
    expect(pastOf({ ...read, bars }, nowMs)).toMatchObject({ from: 1_000 });
    expect(pastOf({ ...read, bars }, nowMs).bars).toHaveLength(1_000);
  });
});

describe('a tape', () => {
  const line = (ms: number, rest: object): string =>
    JSON.stringify({ ts_ms: FILE_MS + ms, symbol: 'BTC-USDT', ...rest });
  const quote = (bid: string, ask: string, more: object = {}): object => ({ bid, ask, mark: bid, ...more });

  it('is played in the order of its times, once, at its speed', () => {
    const tape = readTape(
      [
        line(2_000, { price: '100.5', qty: '0.01', is_buyer_maker: true }),
        line(0, quote('100', '101')),
        line(4_000, quote('102', '103', { bid_qty: '0.5', ask_qty: '0.7' })),
        line(4_000, { price: '102', qty: '0.02' }),
      ].join('\n'),
      [BTC],
    );
    expect(tape.problems).toEqual([]);
    tapeFeed(on.world, tape, 2);
    on.timers.advance(60_000);
    expect(moves).toEqual([
      '0 BTC-USDT 1000/1010 no trade',
      '1 BTC-USDT 1000/1010 100@1005',
      '2 BTC-USDT 1020/1030 no trade',
      '2 BTC-USDT 1020/1030 200@1020',
    ]);
    expect(on.world.model.markets.get('BTC-USDT')?.quote).toMatchObject({ bidLots: 5_000, askLots: 7_000 });
  });

  it('stops when it is told to', () => {
    const stop = tapeFeed(
      on.world,
      readTape([line(0, quote('100', '101')), line(9, quote('1', '2'))].join('\n'), [BTC]),
      1,
    );
    stop();
    on.timers.advance(1_000);
    expect(moves).toHaveLength(1);
  });

  it.each([
    ['no JSON', 'bid 100', 'is no JSON object'],
    ['a list', '[]', 'is no JSON object'],
    ['no time', '{"symbol":"BTC-USDT","bid":"1","ask":"2"}', 'ts_ms: expected epoch milliseconds'],
    [
      'seconds',
      `{"ts_ms":${FILE_MS / 1_000},"symbol":"BTC-USDT","bid":"1","ask":"2"}`,
      'ts_ms: expected epoch milliseconds',
    ],
    [
      'another symbol',
      line(0, { symbol: 'BTCUSDT' }),
      'symbol: expected one of BTC-USDT, ETH-USDT, not "BTCUSDT"',
    ],
    [
      'a bid that is not below the ask',
      line(0, quote('101', '101')),
      'bid, ask, mark: expected whole ticks, the bid below the ask',
    ],
    [
      'half a tick',
      line(0, quote('100.05', '101')),
      'bid, ask, mark: expected whole ticks, the bid below the ask',
    ],
    [
      'a price that is none',
      line(0, { price: 'NaN', qty: '1' }),
      'price, qty: expected whole ticks and lots above zero',
    ],
    [
      'a trade of nothing',
      line(0, { price: '100', qty: '0' }),
      'price, qty: expected whole ticks and lots above zero',
    ],
    [
      'a quantity that is none',
      line(0, quote('100', '101', { bid_qty: 'many' })),
      'bid_qty, ask_qty: expected whole lots above zero, or neither',
    ],
    ['a hostile name', `{"__proto__":{"ts_ms":${FILE_MS}}}`, 'ts_ms: expected epoch milliseconds'],
  ])('sets a line with %s aside by its number', (_, wrong, problem) => {
    const tape = readTape(
      ['', line(0, quote('100', '101')), wrong, line(1, quote('100', '101'))].join('\r\n'),
      [BTC, ETH],
    );
    expect(tape.problems).toEqual([`line 3: ${problem}`]);
    expect(tape.entries).toHaveLength(2);
  });

  it('sets a trade before the first quote of its symbol aside', () => {
    const tape = readTape([line(5, { price: '100', qty: '1' }), line(9, quote('100', '101'))].join('\n'), [
      BTC,
    ]);
    expect(tape.problems).toEqual(['line 1: is a trade of BTC-USDT before its first quote']);
    expect(tape.entries).toHaveLength(1);
  });
});

describe('funding', () => {
  const history = (): ExchangeWorld['history'] => new Map([['BTC-USDT', new MarketHistory(BTC)]]);

  it('is settled at 00, 08 and 16 hours UTC, for markets that have a price', () => {
    const stop = keepFunding({ ...on.world, history: history() });
    on.answer('POST /v2/trade/order', {
      symbol: 'BTC-USDT',
      side: 'BUY',
      type: 'MARKET',
      positionSide: 'BOTH',
      quantity: '0.001',
    });
    on.frames.splice(0);
    on.timers.advance(86_400_000);
    stop();
    on.timers.advance(86_400_000);
    const hours = on.frames.map(({ atMs }) => new Date(atMs).toISOString().slice(11, 23)).sort();
    expect(hours).toEqual(['00:00:00.000', '08:00:00.000', '16:00:00.000']);
    expect(on.frames.map((frame) => frame.kind === 'balance' && frame.cause)).toEqual(
      Array(3).fill('FUNDING_FEE'),
    );
  });

  it('is settled once where a timer rings early', () => {
    const { timers } = on;
    const early = {
      nowMs: timers.nowMs,
      after: (ms: number, run: () => void) => timers.after(ms > 100 ? ms - 20 : ms, run),
    };
    const stop = keepFunding({ ...on.world, history: history(), timers: early });
    on.answer('POST /v2/trade/order', {
      symbol: 'BTC-USDT',
      side: 'BUY',
      type: 'MARKET',
      positionSide: 'BOTH',
      quantity: '0.001',
    });
    on.frames.splice(0);
    timers.advance(86_400_000);
    stop();
    expect(on.frames).toHaveLength(3);
    expect(on.frames.every(({ atMs }) => atMs % 28_800_000 === 0)).toBe(true);
  });
});
