// Candles played again: their path, their instants, their past, and where they end.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CandleFeedOptions, candleFeed } from '../../../src/adapters/feeds/candle-feed.ts';
import { virtualTimers } from '../../../src/adapters/virtual-timers.ts';
import type { FeedNotice } from '../../../src/domain/scan.ts';
import { START_MS } from './payloads.ts';

const MINUTE_MS = 60_000;
/** 2022-01-01: when the bars of the files open. */
const FILE_MS = Date.UTC(2022, 0, 1);
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'warden-candles-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** `minute, open, high, low, close` of each bar. */
function write(name: string, bars: readonly (readonly number[])[]): void {
  const rows = bars.map(([minute = 0, ...prices]) => [FILE_MS + minute * MINUTE_MS, ...prices, 1].join(','));
  writeFileSync(join(dir, name), `ts_ms,open,high,low,close,volume\n${rows.join('\n')}\n`);
}

async function playing(startMs: number, over: Partial<CandleFeedOptions> = {}) {
  const timers = virtualTimers(startMs);
  const opened = await candleFeed({
    symbols: ['BTC-USDT'],
    dir,
    speed: 1,
    timers,
    isAtFileTime: false,
    quoteEveryMs: null,
    tickOf: () => ({ units: 1, decimals: 1 }),
    ...over,
  });
  if (!opened.ok) throw new Error(opened.error);
  const notices: FeedNotice[] = [];
  opened.value.follow((notice) => notices.push(notice));
  return { timers, notices };
}

/** Notices in short: seconds since `fromMs`, then marks of quotes and closes of bars. */
function told(notices: readonly FeedNotice[], fromMs: number): readonly string[] {
  return notices.map((notice) => {
    const at = (ms: number): number => (ms - fromMs) / 1_000;
    if (notice.kind === 'quote')
      return `${at(notice.quote.quotedAtMs)} ${notice.quote.key} ${notice.quote.mark}`;
    if (notice.kind !== 'candles') return notice.kind;
    const closes = Object.entries(notice.closed.candles).map(([key, { close }]) => `${key} ${close}`);
    return `${at(notice.closed.closedAtMs)} closed ${closes.join(', ')} of ${notice.closed.barMs / 1_000} s`;
  });
}

const ROSE = [0, 10, 12, 9, 11];
const FELL = [1, 11, 13, 8, 10];

describe('candles at the time of their files', () => {
  it('are walked from the opening over the nearer extreme to the close, and told when they close', async () => {
    write('BTCUSDT-perp-1m.csv', [ROSE, FELL]);
    const { timers, notices } = await playing(FILE_MS, { isAtFileTime: true });
    timers.advance(3 * MINUTE_MS);
    expect(told(notices, FILE_MS)).toEqual([
      'state',
      '0 BTCUSDT 10',
      '20 BTCUSDT 9',
      '40 BTCUSDT 12',
      '60 BTCUSDT 11',
      '60 closed BTCUSDT 11 of 60 s',
      '60 BTCUSDT 11',
      '80 BTCUSDT 13',
      '100 BTCUSDT 8',
      '120 BTCUSDT 10',
      '120 closed BTCUSDT 10 of 60 s',
      'ended',
    ]);
    expect(notices[1]).toMatchObject({ quote: { bid: 9.9, ask: 10.1 } });
  });

  it('come when the clock gets there, what closed before is the past, and gaps last as long as they did', async () => {
    write('BTCUSDT-perp-1m.csv', [
      [0, 10, 10, 10, 10],
      [1, 10, 10.1, 10, 10.1],
      [2, 10, 10.2, 10, 10.2],
      [10, 10, 11, 10, 11],
    ]);
    const { timers, notices } = await playing(FILE_MS + 2 * MINUTE_MS, { isAtFileTime: true });
    timers.advance(0);
    expect(told(notices, FILE_MS)).toEqual([
      'state',
      '60 closed BTCUSDT 10 of 60 s',
      '120 closed BTCUSDT 10.1 of 60 s',
      '120 BTCUSDT 10',
    ]);
    timers.advance(7 * MINUTE_MS + 59_999);
    expect(told(notices, FILE_MS).slice(-1)).toEqual(['180 closed BTCUSDT 10.2 of 60 s']);
    timers.advance(1);
    expect(told(notices, FILE_MS).slice(-1)).toEqual(['600 BTCUSDT 10']);
  });

  it('begin amid a bar with what of it has passed already', async () => {
    write('BTCUSDT-perp-1m.csv', [ROSE, FELL]);
    const { timers, notices } = await playing(FILE_MS + 30_000, { isAtFileTime: true });
    timers.advance(0);
    expect(told(notices, FILE_MS)).toEqual(['state', '0 BTCUSDT 10', '20 BTCUSDT 9']);
  });

  it('are all of the past where the clock is beyond them', async () => {
    write('BTCUSDT-perp-1m.csv', [ROSE, FELL]);
    const { timers, notices } = await playing(START_MS, { isAtFileTime: true });
    timers.advance(0);
    expect(notices.map(({ kind }) => kind)).toEqual(['state', 'candles', 'candles', 'ended']);
  });

  it('of several symbols are told together, without those that have none', async () => {
    write('BTCUSDT-perp-1m.csv', [ROSE, FELL]);
    write('ETHUSDT-perp-1m.csv', [
      [1, 5, 6, 4, 5],
      [2, 5, 6, 4, 5.5],
    ]);
    const { timers, notices } = await playing(FILE_MS, {
      isAtFileTime: true,
      symbols: ['BTC-USDT', 'ETH-USDT'],
    });
    timers.advance(4 * MINUTE_MS);
    expect(told(notices, FILE_MS).filter((one) => one.includes('closed'))).toEqual([
      '60 closed BTCUSDT 11 of 60 s',
      '120 closed BTCUSDT 10, ETHUSDT 5 of 60 s',
      '180 closed ETHUSDT 5.5 of 60 s',
    ]);
  });
});

describe('candles that are played', () => {
  it('begin now with half of them as the past, follow without gaps, and last as long as they are played', async () => {
    write('BTCUSDT-perp-1m.csv', [ROSE, FELL, [2, 10, 12, 9, 11], [30, 11, 12, 10, 11.5]]);
    const { timers, notices } = await playing(START_MS, { speed: 60 });
    timers.advance(2_000);
    expect(told(notices, START_MS).filter((one) => one.includes('closed'))).toEqual([
      '-1 closed BTCUSDT 11 of 1 s',
      '0 closed BTCUSDT 10 of 1 s',
      '1 closed BTCUSDT 11 of 1 s',
      '2 closed BTCUSDT 11.5 of 1 s',
    ]);
    expect(notices.at(-1)?.kind).toBe('ended');
  });

  it('are quoted on the way as often as asked, in whole ticks', async () => {
    write('BTCUSDT-perp-1m.csv', [ROSE, ROSE.with(0, 1)]);
    const { timers, notices } = await playing(START_MS, { quoteEveryMs: 5_000 });
    timers.advance(20_000);
    expect(told(notices, START_MS).slice(2)).toEqual([
      '0 BTCUSDT 10',
      '5 BTCUSDT 9.8',
      '10 BTCUSDT 9.5',
      '15 BTCUSDT 9.3',
      '20 BTCUSDT 9',
    ]);
  });

  it('have a bid above zero, also at a price of less than two ticks', async () => {
    write('BTCUSDT-perp-1m.csv', [ROSE, FELL]);
    const { timers, notices } = await playing(START_MS, { tickOf: () => ({ units: 1, decimals: -2 }) });
    timers.advance(0);
    expect(notices.find(({ kind }) => kind === 'quote')).toMatchObject({ quote: { bid: 100, ask: 300 } });
  });

  it('have half a basis point around the mark where no tick is known', async () => {
    write('BTCUSDT-perp-1m.csv', [ROSE, FELL]);
    const { timers, notices } = await playing(START_MS, { tickOf: () => null });
    timers.advance(0);
    expect(notices.find(({ kind }) => kind === 'quote')).toMatchObject({
      quote: { mark: 11, bid: 11 * 0.999_95, ask: 11 * 1.000_05 },
    });
  });

  it('do not make up for a machine that has slept', async () => {
    write(
      'BTCUSDT-perp-1m.csv',
      Array.from({ length: 100 }, (_, minute) => ROSE.with(0, minute)),
    );
    let nowMs = START_MS;
    let waiting: () => void = () => undefined;
    const timers = {
      nowMs: () => nowMs,
      after: (_ms: number, run: () => void) => {
        waiting = run;
        return () => undefined;
      },
    };
    const { notices } = await playing(START_MS, { timers });
    waiting();
    const before = notices.length;
    nowMs += 30 * MINUTE_MS;
    waiting();
    expect(notices.length - before).toBe(1);
    expect(told(notices.slice(-1), nowMs)).toEqual(['0 BTCUSDT 9']);
  });
});

describe('candle files', () => {
  it('that are missing, or of bars of two lengths, are a sentence', async () => {
    const options = { timers: virtualTimers(0), speed: 1, isAtFileTime: false, quoteEveryMs: null };
    const open = async (symbols: readonly string[], folder = dir) =>
      await candleFeed({ ...options, symbols, dir: folder, tickOf: () => null });
    expect(await open(['BTC-USDT'])).toEqual({
      ok: false,
      error: `${dir}: there is no candle file of BTC-USDT; expected one as BTCUSDT-perp-1m.csv`,
    });
    expect(await open(['BTC-USDT'], join(dir, 'none'))).toMatchObject({
      ok: false,
      error: expect.stringContaining('cannot be read: ENOENT'),
    });
    write('BTCUSDT-perp-1m.csv', [ROSE, FELL]);
    write('ETHUSDT-perp-1h.csv', [ROSE, FELL.with(0, 60)]);
    expect(await open(['BTC-USDT', 'ETH-USDT'])).toEqual({
      ok: false,
      error: `${dir}: the bars of BTC-USDT have 1 min, and those of ETH-USDT 1 h; expected one length for all symbols`,
    });
  });
});

it('the past of bars at their own time is the newest thousand', async () => {
  write(
    'BTCUSDT-perp-1m-202201.csv',
    Array.from({ length: 1_205 }, (_, minute) => [minute, 100, 100, 100, 100]),
  );
  const { timers, notices } = await playing(FILE_MS + 1_200 * MINUTE_MS, { isAtFileTime: true });
  timers.advance(0);
  const past = notices.flatMap((one) => (one.kind === 'candles' ? [one.closed.closedAtMs] : []));

  expect(past).toHaveLength(1_000);
  expect([past[0], past.at(-1)]).toEqual([FILE_MS + 201 * MINUTE_MS, FILE_MS + 1_200 * MINUTE_MS]);
});
