// A live market: the past first, bars when they are closed, through symbols and exchanges that do not answer.

import { describe, expect, it } from 'vitest';
import { exchangeFeed } from '../../../src/adapters/feeds/exchange-feed.ts';
import type { ClosedCandles, FeedNotice } from '../../../src/domain/scan.ts';
import { type FakeMarket, fakeMarket } from './fake-market.ts';
import { followed, START_MS } from './payloads.ts';

const MINUTE_MS = 60_000;
const SYMBOLS = ['BTC-USDT', 'ETH-USDT'];

function following(prepare: (market: FakeMarket) => void = () => undefined, startMs = START_MS + 30_000) {
  let market: FakeMarket | null = null;
  const on = followed((timers) => {
    market = fakeMarket(SYMBOLS, timers);
    prepare(market);
    return exchangeFeed({
      name: 'fake',
      symbols: SYMBOLS,
      barMs: MINUTE_MS,
      quotesEveryMs: 2_000,
      source: market,
      timers,
      random: () => 1,
    });
  }, startMs);
  if (market === null) throw new Error('no market');
  return { on, market: market as FakeMarket };
}

const barsIn = (notices: readonly FeedNotice[]): readonly ClosedCandles[] =>
  notices.flatMap((one) => (one.kind === 'candles' ? [one.closed] : []));
/** `minute since the start: keys` of each closed bar. */
const told = (notices: readonly FeedNotice[]): readonly string[] =>
  barsIn(notices).map(
    ({ closedAtMs, candles }) =>
      `${(closedAtMs - START_MS) / MINUTE_MS}: ${Object.keys(candles).sort().join(' ')}`,
  );
const BOTH = 'BTCUSDT ETHUSDT';

describe('a live market', () => {
  it('tells a thousand bars of the past in order, then each bar once it is closed', async () => {
    const { on } = following();
    await on.pass(0);
    on.timers.advance(0);
    await on.pass(1);
    const past = told(on.notices);
    expect(past).toHaveLength(1_000);
    expect([past[0], past.at(-1)]).toEqual([`-999: ${BOTH}`, `0: ${BOTH}`]);
    await on.pass(2 * MINUTE_MS, 500);
    expect(told(on.notices).slice(1_000)).toEqual([`1: ${BOTH}`, `2: ${BOTH}`]);
    expect(barsIn(on.notices).at(-1)?.candles['BTCUSDT']).toEqual({
      open: 100,
      high: 103,
      low: 98,
      close: 101,
    });
    expect(on.states()).toEqual(['up: follows fake']);
  });

  it('is quoted as often as asked, as of the question', async () => {
    const { on } = following();
    await on.pass(0);
    on.timers.advance(0);
    await on.pass(10_000, 500);
    const quotes = on.notices.flatMap((one) => (one.kind === 'quote' ? [one.quote] : []));
    const instants = quotes
      .filter(({ key }) => key === 'ETHUSDT')
      .map(({ quotedAtMs }) => quotedAtMs - START_MS);
    expect(instants).toEqual([30_000, 32_000, 34_000, 36_000, 38_000, 40_000]);
  });

  it('waits for a bar that is late, and tells the others without it in the end', async () => {
    const { on, market } = following((one) => one.silentFrom.set('ETH-USDT', START_MS + MINUTE_MS));
    await on.pass(40_000, 500);
    expect(told(on.notices).at(-1)).toBe(`0: ${BOTH}`);
    await on.pass(8_000, 500);
    expect(told(on.notices).at(-1)).toBe('1: BTCUSDT');
    market.silentFrom.clear();
    await on.pass(MINUTE_MS, 500);
    expect(told(on.notices).at(-1)).toBe(`2: ${BOTH}`);
  });

  it('loses no bar of an exchange that did not answer for an hour', async () => {
    const { on, market } = following();
    await on.pass(10_000, 500);
    market.failures.set('bars', 'fake: no route');
    market.failures.set('quotes', 'fake: no route');
    await on.pass(60 * MINUTE_MS, 5_000);
    expect(on.states().slice(1)).toEqual(['down: fake: no route']);
    expect(told(on.notices)).toHaveLength(1_000);
    market.failures.clear();
    await on.pass(2 * MINUTE_MS, 1_000);
    expect(told(on.notices).slice(1_000)).toEqual(
      Array.from({ length: 62 }, (_, at) => `${at + 1}: ${BOTH}`),
    );
    expect(on.states().at(-1)).toBe('up: follows fake');
    const asked = market.barsAskedAtMs.filter(
      (atMs) => atMs > START_MS + 10 * MINUTE_MS && atMs < START_MS + 60 * MINUTE_MS,
    );
    expect(asked.length).toBeLessThan(2 * 60);
  });

  it('goes on with one symbol where the bars of another cannot be had for a minute', async () => {
    const { on, market } = following();
    await on.pass(10_000, 500);
    market.failures.set('bars ETH-USDT', 'fake: ETH is halted');
    await on.pass(MINUTE_MS, 500);
    expect(told(on.notices).at(-1)).toBe(`0: ${BOTH}`);
    await on.pass(4 * MINUTE_MS, 500);
    expect(told(on.notices)).toContain('2: BTCUSDT');
    expect(on.states().at(-1)).toBe('down: fake: ETH is halted');
  });

  it('is asked again for its markets, more and more rarely', async () => {
    const { on, market } = following((one) => one.failures.set('open', 'fake: cannot be reached'));
    await on.pass(20_000, 500);
    expect(on.states()).toEqual(['down: fake: cannot be reached']);
    market.failures.clear();
    await on.pass(30_000, 500);
    expect(on.states().at(-1)).toBe('up: follows fake');
  });

  it.each([
    ['a bid above the ask', { bid: 102 }, 'the ticker of BTC-USDT has bid 102, ask 101 and mark 100'],
    ['no bid', { bid: undefined }, 'the ticker of BTC-USDT has bid undefined, ask 101 and mark 100'],
    ['a price of zero', { mark: 0 }, 'the ticker of BTC-USDT has bid 99, ask 101 and mark 0'],
  ])('with %s tells that, and the other quotes', async (_, over, problem) => {
    const { on } = following((one) => {
      one.quotesSent = (symbol) => ({
        symbol,
        bid: 99,
        ask: 101,
        mark: 100,
        ...(symbol === 'BTC-USDT' ? over : {}),
      });
    });
    await on.pass(1_000);
    expect(on.malformed()).toEqual([`fake: ${problem}; expected prices above 0, the bid not above the ask`]);
    expect(on.notices.filter(({ kind }) => kind === 'quote')).toHaveLength(1);
  });

  it.each([
    [
      'off the grid',
      (openAtMs: number) => ({ openAtMs: openAtMs + 1, prices: [1, 1, 1, 1] }),
      /opens at \d+; expected/,
    ],
    [
      'without a price',
      (openAtMs: number) => ({ openAtMs, prices: [1, null, 1, 1] }),
      /expected open, high, low, close/,
    ],
    ['beyond its high', (openAtMs: number) => ({ openAtMs, prices: [5, 4, 3, 4] }), /beyond its high or low/],
  ])('with a bar %s tells that, and the bars around it', async (_, broken, problem) => {
    const { on, market } = following();
    await on.pass(1_000);
    const { barSent } = market;
    market.barSent = (symbol, openAtMs) =>
      symbol === 'BTC-USDT' && openAtMs === START_MS ? broken(openAtMs) : barSent(symbol, openAtMs);
    await on.pass(2 * MINUTE_MS, 500);
    expect(on.malformed()[0]).toMatch(problem);
    expect(told(on.notices).slice(1_000)).toEqual(['1: ETHUSDT', `2: ${BOTH}`]);
  });
});

it('a quote is as old as its question, and the next is asked for as long after that, however late the answer came', async () => {
  const { on, market } = following();
  const { quotes } = market;
  const askedAtMs: number[] = [];
  market.quotes = async () => {
    askedAtMs.push(on.timers.nowMs());
    const sent = await quotes();
    await new Promise<void>((resolve) => on.timers.after(500, resolve));
    return sent;
  };
  await on.pass(0);
  on.timers.advance(0);
  await on.pass(7_000, 250);
  const told = on.notices.flatMap((one) =>
    one.kind === 'quote' && one.quote.key === 'BTCUSDT' ? [one.quote] : [],
  );

  expect(askedAtMs.slice(1).map((at, index) => at - (askedAtMs[index] ?? 0))).toEqual(
    askedAtMs.slice(1).map(() => 2_000),
  );
  expect(told.map(({ quotedAtMs }) => quotedAtMs)).toEqual(askedAtMs.slice(0, told.length));
  expect(told.length).toBeGreaterThan(2);
});
