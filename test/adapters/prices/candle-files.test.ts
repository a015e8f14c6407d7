// Candle folders: whole series or a clear refusal, splits and sessions of equities, funding of perpetuals.

import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candleFilePrices } from '../../../src/adapters/prices/candle-files.ts';
import type { BarSeries, Market } from '../../../src/domain/market.ts';
import { HOUR_MS, isoFromMs, MINUTE_MS } from '../../../src/domain/time.ts';
import type { PriceFailure } from '../../../src/ports.ts';
import { candleFolder, HEADER, hourly, line } from './candle-folder.ts';

const START_MS = Date.parse('2021-05-03T00:00:00Z');

async function seriesOf(folder: string, symbol: string, market: Market = 'spot'): Promise<BarSeries> {
  const answer = await candleFilePrices(folder).bars({ symbol, market, fromMs: 0, toMs: START_MS });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

async function failureOf(folder: string, symbol: string, market: Market = 'spot'): Promise<PriceFailure> {
  const answer = await candleFilePrices(folder).bars({ symbol, market, fromMs: 0, toMs: START_MS });
  if (answer.ok) throw new Error('expected a failure');
  return answer.error;
}

describe('a candle folder', () => {
  it('serves closed bars under the name that was asked for', async () => {
    const folder = candleFolder({ 'BTCUSDT-spot-1h-2021.csv': hourly(START_MS, [10, 11, 12]) });

    const series = await seriesOf(folder, 'BTC/USDT');

    expect(series).toMatchObject({
      symbol: 'BTC/USDT',
      market: 'spot',
      source: 'file:BTCUSDT-spot-1h-2021',
      barMs: HOUR_MS,
      sessions: null,
      funding: [],
      suspects: [],
    });
    expect([...series.closeAtMs]).toEqual([1, 2, 3].map((hour) => START_MS + hour * HOUR_MS));
    expect([...series.close]).toEqual([10, 11, 12]);
  });

  it('reads gzip, a byte order mark, CRLF and columns in another order', async () => {
    const text = `\uFEFFclose,ts_ms,volume,low,open,high\r\n10,${START_MS},1,1,1,1\r\n11,${START_MS + HOUR_MS},1,1,1,1\r\n`;
    const folder = candleFolder({ 'BTCUSDT-spot.csv.gz': text });

    const series = await seriesOf(folder, 'BTCUSDT');

    expect([...series.close]).toEqual([10, 11]);
  });

  it('keeps markets of one symbol apart', async () => {
    const folder = candleFolder({
      'BTCUSDT-spot-1h.csv': hourly(START_MS, [10, 11]),
      'BTCUSDT-perp-1h.csv': hourly(START_MS, [20, 21]),
    });
    const prices = candleFilePrices(folder);

    const spot = await prices.bars({ symbol: 'BTCUSDT', market: 'spot', fromMs: 0, toMs: 1 });
    const perp = await prices.bars({ symbol: 'BTC/USDT:USDT', market: 'perp', fromMs: 0, toMs: 1 });

    expect(spot.ok && [...spot.value.close]).toEqual([10, 11]);
    expect(perp.ok && [...perp.value.close]).toEqual([20, 21]);
    expect(prices.requestCount()).toBe(0);
  });

  it('makes one series of several files and takes a bar that stands in two of them once', async () => {
    const folder = candleFolder({
      'BTCUSDT-spot-1h-2021-05.csv': hourly(START_MS, [10, 11, 12]),
      'BTCUSDT-spot-1h-2021-06.csv.gz': hourly(START_MS + 2 * HOUR_MS, [12, 13]),
      'BTCUSDT-spot-1h-2021-04.csv': hourly(START_MS - 2 * HOUR_MS, [8, 9]),
    });

    const series = await seriesOf(folder, 'BTCUSDT');

    expect([...series.close]).toEqual([8, 9, 10, 11, 12, 13]);
    expect(series.source).toBe('file:BTCUSDT-spot-1h-2021-*');
  });

  it('gives the same series however the bars are spread over files', async () => {
    const closes = Array.from({ length: 12 }, (_, i) => 100 + i);
    const lines = closes.map((close, i) => line(START_MS + i * HOUR_MS, close));
    const owners = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 12, maxLength: 12 });

    await fc.assert(
      fc.asyncProperty(owners, async (ownersOfBars) => {
        const part = (wanted: (owner: number) => boolean): string =>
          [HEADER, ...lines.filter((_, i) => wanted(ownersOfBars[i] ?? 0)), ''].join('\n');
        const folder = candleFolder({
          'A-spot-1.csv': part((owner) => owner % 2 === 0),
          'A-spot-2.csv': part((owner) => owner % 2 === 1 || owner > 3),
        });

        const series = await seriesOf(folder, 'A');

        expect([...series.close]).toEqual(closes);
      }),
      { numRuns: 30 },
    );
  });

  it('takes the most common distance for the length of a bar, so that outages only widen it', async () => {
    const hours = [0, 1, 2, 7, 8, 20, 40, 60];
    const text = [HEADER, ...hours.map((hour) => line(START_MS + hour * HOUR_MS, 10))].join('\n');

    const series = await seriesOf(candleFolder({ 'A-spot.csv': text }), 'A');

    expect(series.barMs).toBe(HOUR_MS);
    expect(series.closeAtMs.at(-1)).toBe(START_MS + 61 * HOUR_MS);
  });

  it('lists the folder once and names the nearest symbol of the same market where there is none', async () => {
    const folder = candleFolder({
      'ETHUSDT-spot-1h.csv': hourly(START_MS, [1, 2]),
      'ETHUSDC-perp-1h.csv': hourly(START_MS, [1, 2]),
    });

    const failure = await failureOf(folder, 'ETH/USDC');

    expect(failure.kind).toBe('unknown_symbol');
    expect(failure.message).toContain(basename(folder));
    expect(failure.message).not.toContain(dirname(folder));
    expect(failure.message).toContain('did you mean ETHUSDT?');
  });

  it('names a file whose name has another form, which is why its symbol is not known', async () => {
    const folder = candleFolder({
      'BTC-USDT_1h.csv': hourly(START_MS, [1, 2]),
      'ETHUSDT-spot-1h.csv': hourly(START_MS, [1, 2]),
      'README.md': '',
      'splits.csv': 'symbol,date,ratio\n',
    });

    const failure = await failureOf(folder, 'BTC/USDT');

    expect(failure.message).toMatch(
      /it has ETHUSDT of that market; BTC-USDT_1h\.csv is left alone, expected a name like BTCUSDT-spot-1h\.csv$/,
    );
  });

  it('is not configured where the folder does not exist, which says nothing about a symbol', async () => {
    const failure = await failureOf('/nowhere/candles', 'BTCUSDT');

    expect(failure.kind).toBe('not_configured');
    expect(failure.message).toContain('/nowhere/candles');
  });
});

describe('a wrong line', () => {
  const good = hourly(START_MS, [10, 11]).trim();
  const next = START_MS + 2 * HOUR_MS;

  it.each([
    ['a price that is no number', `${next},1,1,1,n/a,1`, 'A-spot.csv:4 has close "n/a"'],
    ['NaN', `${next},NaN,1,1,1,1`, 'A-spot.csv:4 has open "NaN"'],
    ['an empty price', `${next},1,,1,1,1`, 'A-spot.csv:4 has high ""'],
    ['zero', `${next},1,1,0,1,1`, 'A-spot.csv:4 has low "0"'],
    ['a negative price', `${next},1,1,1,-1,1`, 'A-spot.csv:4 has close "-1"'],
    ['infinity', `${next},1,1,1,Infinity,1`, 'A-spot.csv:4 has close "Infinity"'],
    ['epoch seconds', `${next / 1000},1,1,1,1,1`, 'expected epoch milliseconds'],
    ['a time that is text', 'today,1,1,1,1,1', 'A-spot.csv:4 has ts_ms "today"'],
    ['a torn line', `${next},1,1,1,1`, 'A-spot.csv:4 has 5 columns; expected 6'],
    ['an empty line', '\n', 'A-spot.csv:4 has 1 columns; expected 6'],
    ['an older bar', line(START_MS - HOUR_MS, 1), 'A-spot.csv:4 is older than the line before it'],
    ['an open quote', `"${next},1,1,1,1,1`, 'A-spot.csv is not CSV'],
    ['a bar within a bar', line(START_MS + 1.5 * HOUR_MS, 1), 'A-spot.csv:4 opens 1800000 ms after'],
    [
      'other prices for one bar',
      line(START_MS + HOUR_MS, 99),
      'A-spot.csv:4 has other prices than A-spot.csv:3',
    ],
  ])('refuses the series for %s', async (_, wrong, said) => {
    const rest = [3, 4, 5].map((hour) => line(START_MS + hour * HOUR_MS, 10));
    const folder = candleFolder({ 'A-spot.csv': [good, wrong, ...rest, ''].join('\n') });

    const failure = await failureOf(folder, 'A');

    expect(failure.kind).toBe('malformed');
    expect(failure.message).toContain(said);
  });

  it('is named with both files where two of them contradict each other', async () => {
    const folder = candleFolder({
      'A-spot-1.csv': hourly(START_MS, [10, 11, 12]),
      'A-spot-2.csv': hourly(START_MS + 2 * HOUR_MS, [99, 13]),
    });

    const failure = await failureOf(folder, 'A');

    expect(failure.message).toContain('A-spot-2.csv:2 has other prices than A-spot-1.csv:4');
  });

  it('is every line of a file of daily bars that goes on where one of hourly bars ends', async () => {
    const days = [0, 1, 2].map((day) => line(START_MS + (3 + day * 24) * HOUR_MS, 10));
    const folder = candleFolder({
      'A-spot-1h.csv': hourly(START_MS, [10, 11, 12]),
      'A-spot-1d.csv': [HEADER, ...days, ''].join('\n'),
    });

    const failure = await failureOf(folder, 'A');

    expect(failure).toMatchObject({
      kind: 'malformed',
      message: expect.stringContaining(
        'A-spot-1d.csv has bars of 86400000 ms and the other files of this instrument of 3600000 ms',
      ),
    });
  });

  it('is not seen in a short file whose bars lie around an outage', async () => {
    const folder = candleFolder({
      'A-spot-1.csv': hourly(START_MS, [10, 11, 12]),
      'A-spot-2.csv': [HEADER, line(START_MS + 5 * HOUR_MS, 13), line(START_MS + 9 * HOUR_MS, 14)].join('\n'),
    });

    const series = await seriesOf(folder, 'A');

    expect(series.barMs).toBe(HOUR_MS);
    expect([...series.close]).toEqual([10, 11, 12, 13, 14]);
  });

  it.each([
    ['no header', line(START_MS, 1), 'A-spot.csv:1 has the header'],
    ['an empty file', '', 'A-spot.csv:1 has the header'],
    ['a header alone', HEADER, 'has 0 bars; expected at least 2'],
    ['one bar', hourly(START_MS, [1]), 'has 1 bars; expected at least 2'],
  ])('refuses a file with %s', async (_, text, said) => {
    const failure = await failureOf(candleFolder({ 'A-spot.csv': text }), 'A');

    expect(failure).toMatchObject({ kind: 'malformed', message: expect.stringContaining(said) });
  });

  it('refuses a gzip file that was cut off', async () => {
    const folder = candleFolder({ 'A-spot.csv': hourly(START_MS, [1, 2]), 'B-spot.csv': '' });
    const { writeFileSync } = await import('node:fs');
    writeFileSync(join(folder, 'B-spot.csv.gz'), Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]));

    const failure = await failureOf(folder, 'B');

    expect(failure).toMatchObject({ kind: 'malformed', message: expect.stringContaining('B-spot.csv') });
  });
});

describe('funding of a perpetual', () => {
  const bars = hourly(
    START_MS,
    Array.from({ length: 24 }, () => 10),
  );
  const funding = (hours: readonly number[]): string =>
    ['ts_ms,rate', ...hours.map((hour) => `${START_MS + hour * HOUR_MS + 5},${hour / 1e5}`)].join('\n');

  it('is unknown without a file', async () => {
    const series = await seriesOf(candleFolder({ 'A-perp.csv': bars }), 'A', 'perp');

    expect(series.funding).toBeNull();
  });

  it('is read from its file, sorted', async () => {
    const folder = candleFolder({ 'A-perp.csv': bars, 'A-funding-2021.csv.gz': funding([16, 0, 8]) });

    const series = await seriesOf(folder, 'A', 'perp');

    expect(series.funding).toEqual(
      [0, 8, 16].map((hour) => ({ atMs: START_MS + hour * HOUR_MS + 5, rate: hour / 1e5 })),
    );
  });

  it.each([
    ['ends early', [0, 8], 'there is no funding between 2021-05-03T08:00:00.005Z'],
    [
      'has a hole',
      [0, 16],
      'there is no funding between 2021-05-03T00:00:00.005Z and 2021-05-03T16:00:00.005Z',
    ],
    ['is empty', [], 'there is no funding between 2021-05-03T00:00:00.000Z'],
  ])('is refused where the file %s: a missing payment would be booked as zero', async (_, hours, said) => {
    const folder = candleFolder({ 'A-perp.csv': bars, 'A-funding.csv': funding(hours) });

    const failure = await failureOf(folder, 'A', 'perp');

    expect(failure).toMatchObject({ kind: 'malformed', message: expect.stringContaining(said) });
  });

  it.each([
    ['a rate in per cent', `${START_MS},1.5`, 'A-funding.csv:2 has rate "1.5"'],
    ['no rate', `${START_MS},`, 'A-funding.csv:2 has rate ""'],
    ['seconds', `${START_MS / 1000},0.0001`, 'A-funding.csv:2 has ts_ms'],
    ['two truths', `${START_MS},0.1\n${START_MS},0.01`, 'A-funding.csv:3 has rate 0.01'],
  ])('is refused with %s', async (_, lines, said) => {
    const folder = candleFolder({ 'A-perp.csv': bars, 'A-funding.csv': `ts_ms,rate\n${lines}\n` });

    const failure = await failureOf(folder, 'A', 'perp');

    expect(failure).toMatchObject({ kind: 'malformed', message: expect.stringContaining(said) });
  });
});

describe('equities', () => {
  /** One bar an hour from 09:00 to 15:00 in New York (summer time), for each New York date. */
  const days = (dates: readonly string[], closes: readonly number[], hours = 7): string =>
    [
      HEADER,
      ...dates.flatMap((date, i) =>
        Array.from({ length: hours }, (_, hour) =>
          line(Date.parse(`${date}T13:00:00Z`) + hour * HOUR_MS, closes[i] ?? 1),
        ),
      ),
    ].join('\n');
  const dates = ['2020-08-28', '2020-08-31', '2020-09-01'];

  it('have a session on each day that one of them traded, and a half day where all stop early', async () => {
    const folder = candleFolder({
      'AAPL-equity.csv': days(dates, [100, 100, 100], 4),
      'SPY-equity.csv': days(dates.slice(0, 1), [300]),
    });

    const series = await seriesOf(folder, 'AAPL', 'equity');

    expect(series.sessions?.map((one) => [isoFromMs(one.openMs), isoFromMs(one.closeMs)])).toEqual([
      ['2020-08-28T13:30:00.000Z', '2020-08-28T20:00:00.000Z'],
      ['2020-08-31T13:30:00.000Z', '2020-08-31T17:00:00.000Z'],
      ['2020-09-01T13:30:00.000Z', '2020-09-01T17:00:00.000Z'],
    ]);
    expect(series.funding).toEqual([]);
  });

  it('follow sessions.csv on its dates', async () => {
    const folder = candleFolder({
      'AAPL-equity.csv': days(dates, [100, 100, 100]),
      'sessions.csv': 'date,open,close\n2020-08-31,09:30,13:00\n2020-09-02,10:00,16:00\n',
    });

    const series = await seriesOf(folder, 'AAPL', 'equity');

    expect(series.sessions?.map((one) => isoFromMs(one.closeMs))).toEqual([
      '2020-08-28T20:00:00.000Z',
      '2020-08-31T17:00:00.000Z',
      '2020-09-01T20:00:00.000Z',
      '2020-09-02T20:00:00.000Z',
    ]);
    expect(series.closeAtMs.filter((ms) => isoFromMs(ms).startsWith('2020-08-31'))).toHaveLength(4);
  });

  it('lose the bars before and after trading, and a day with no others has no session', async () => {
    const late = line(Date.parse('2020-08-29T20:00:00Z'), 100);
    const text = [days(['2020-08-28'], [100], 9), late].join('\n');

    const series = await seriesOf(candleFolder({ 'AAPL-equity.csv': text }), 'AAPL', 'equity');

    expect(series.sessions).toHaveLength(1);
    expect(isoFromMs(series.closeAtMs.at(-1) ?? 0)).toBe('2020-08-28T20:00:00.000Z');
  });

  it('are divided by the ratio before the date of a split', async () => {
    const folder = candleFolder({
      'AAPL-equity.csv': days(dates, [400, 100, 50]),
      'splits.csv': 'symbol,date,ratio\nAAPL,2020-09-01,2\nAAPL,2020-08-31,4\nSPY,2020-08-31,7\n',
    });

    const series = await seriesOf(folder, 'AAPL', 'equity');

    expect(new Set(series.close)).toEqual(new Set([50]));
    expect(series.suspects).toEqual([]);
  });

  const jump = {
    fromMs: Date.parse('2020-08-28T20:00:00Z'),
    toMs: Date.parse('2020-08-31T14:00:00Z'),
    reason: 'corporate_action',
  };

  it.each([
    ['a fall of more than 35 %', [100, 64.9, 64.9], '', [jump]],
    ['a rise of more than 35 %', [100, 135.1, 135.1], '', [jump]],
    ['a fall of 35 %', [100, 65, 65], '', []],
    ['a split with the wrong ratio', [400, 100, 100], 'AAPL,2020-08-31,2', [jump]],
    ['a split of another symbol', [400, 100, 100], 'SPY,2020-08-31,4', [jump]],
    ['a move that is declared real by a ratio of 1', [400, 100, 100], 'AAPL,2020-08-31,1', []],
  ])('fence off %s as it deserves', async (_, closes, split, suspects) => {
    const folder = candleFolder({
      'AAPL-equity.csv': days(dates, closes),
      'splits.csv': `symbol,date,ratio\n${split}`,
    });

    const series = await seriesOf(folder, 'AAPL', 'equity');

    expect(series.suspects).toEqual(suspects);
  });

  it('fence off a split that the first bar hides by closing back near the old price', async () => {
    const open = Date.parse('2020-08-31T13:00:00Z');
    const text = [days(['2020-08-28'], [100]), line(open, 90, 50), line(open + HOUR_MS, 90)].join('\n');

    const series = await seriesOf(candleFolder({ 'AAPL-equity.csv': text }), 'AAPL', 'equity');

    expect(series.suspects).toEqual([jump]);
  });

  it.each([
    ['splits.csv', 'symbol,date,ratio\nAAPL,2020-02-30,4', 'splits.csv:2 has date "2020-02-30"'],
    ['splits.csv', 'symbol,date,ratio\nAAPL,2020-08-31,0', 'splits.csv:2 has ratio "0"'],
    ['splits.csv', 'symbol,date,ratio\n,2020-08-31,2', 'splits.csv:2 has no symbol'],
    [
      'splits.csv',
      'symbol,date,ratio\nA,2020-08-31,2\nA,2020-08-31,2',
      'splits.csv:3 is a second split of A',
    ],
    ['sessions.csv', 'date,open,close\n2020-8-31,09:30,16:00', 'sessions.csv:2 has date'],
    ['sessions.csv', 'date,open,close\n2020-08-31,16:00,09:30', 'sessions.csv:2 has hours'],
    ['sessions.csv', 'date,open,close\n2020-08-31,9:30,16:00', 'sessions.csv:2 has hours'],
    [
      'sessions.csv',
      'date,open,close\n2020-08-31,09:30,16:00\n2020-08-31,09:30,16:00',
      'sessions.csv:3 repeats 2020-08-31',
    ],
    ['SPY-equity.csv', HEADER, 'SPY-equity.csv has 0 bars'],
  ])('refuse all of %s where it is wrong (%#)', async (name, text, said) => {
    const folder = candleFolder({ 'AAPL-equity.csv': days(dates, [1, 1, 1]), [name]: text });

    const failure = await failureOf(folder, 'AAPL', 'equity');

    expect(failure).toMatchObject({ kind: 'malformed', message: expect.stringContaining(said) });
  });
});

const shared = process.env['WARDEN_SHARED'] ?? fileURLToPath(new URL('../../../../shared', import.meta.url));
const real = join(shared, 'data');

describe.skipIf(!existsSync(real))('real candles of the shared data folder', () => {
  it('keep their outages as missing bars', async () => {
    const series = await seriesOf(real, 'BTC/USDT');

    const outages = series.closeAtMs.filter(
      (ms, i) => i > 0 && ms - (series.closeAtMs[i - 1] ?? ms) > series.barMs,
    );

    expect([series.close.length, series.barMs, outages.length]).toEqual([5482, HOUR_MS, 6]);
  });

  it('serve a month of minutes of a perpetual whose funding is unknown', async () => {
    const series = await seriesOf(real, 'BTC/USDT:USDT', 'perp');

    expect([series.close.length, series.barMs, series.funding]).toEqual([45_031, MINUTE_MS, null]);
  });

  it('fence off the splits of AAPL, and its crash of September 2000, where nobody declares them', async () => {
    const series = await seriesOf(real, 'AAPL', 'equity');

    expect(series.suspects.map((one) => isoFromMs(one.toMs))).toEqual([
      '2000-06-21T14:00:00.000Z',
      '2000-09-29T14:00:00.000Z',
      '2005-02-28T15:00:00.000Z',
      '2014-06-09T14:00:00.000Z',
      '2020-08-31T14:00:00.000Z',
    ]);
  });

  it('know the half day after Thanksgiving and the regular day before it', async () => {
    const series = await seriesOf(real, 'SPY', 'equity');

    const closes = series.sessions?.map((one) => isoFromMs(one.closeMs)) ?? [];

    expect(closes).toHaveLength(5849);
    expect(closes).toContain('2020-11-25T21:00:00.000Z');
    expect(closes).toContain('2020-11-27T18:00:00.000Z');
    expect(closes.some((close) => close.startsWith('2020-11-26'))).toBe(false);
    expect(series.suspects).toEqual([]);
  });

  it('are one smooth series of AAPL once its splits are declared', async () => {
    const { copyFileSync } = await import('node:fs');
    const name = 'AAPL-equity-1h-1998-2021-raw.csv.gz';
    const declared = ['2000-06-21,2', '2000-09-29,1', '2005-02-28,2', '2014-06-09,7', '2020-08-31,4'];
    const folder = candleFolder({
      'splits.csv': ['symbol,date,ratio', ...declared.map((one) => `AAPL,${one}`)].join('\n'),
    });
    copyFileSync(join(real, name), join(folder, name));

    const series = await seriesOf(folder, 'AAPL', 'equity');

    expect(series.suspects).toEqual([]);
    expect(series.close[0]).toBeCloseTo(13.63 / 112, 12);
    expect(series.close.at(-1)).toBe(122.15);
  });
});
