// Prices through the real ccxt against loopback servers that answer as the exchanges do.

import { describe, expect, it, onTestFinished } from 'vitest';
import { type CcxtPricesOptions, ccxtPrices } from '../../../src/adapters/prices/ccxt-prices.ts';
import { isoFromMs } from '../../../src/domain/time.ts';
import type { PriceRequest } from '../../../src/ports.ts';
import { binance, bingx, closeAt, HOUR_MS, kraken, type Market } from './exchange-replies.ts';
import { type Asked, fixedClock, type Loopback, loopback, type Reply, recordedRetries } from './loopback.ts';

const NOW_MS = Date.parse('2021-06-01T12:30:00Z');
const market: Market = { nowMs: NOW_MS };

/** The last ten hours, all closed. */
const request: PriceRequest = {
  symbol: 'BTC/USDT',
  market: 'spot',
  fromMs: Date.parse('2021-06-01T03:00:00Z'),
  toMs: Date.parse('2021-06-01T12:00:00Z'),
};

async function served(answer: (asked: Asked) => Reply | null): Promise<Loopback> {
  const server = await loopback(answer);
  onTestFinished(() => server.close());
  return server;
}

function pricesFrom(servers: Readonly<Record<string, Loopback>>, options: Partial<CcxtPricesOptions> = {}) {
  return ccxtPrices({
    exchanges: Object.keys(servers),
    timeframe: '1h',
    market: 'spot',
    clock: fixedClock(NOW_MS),
    retries: recordedRetries(),
    throttled: false,
    baseUrls: Object.fromEntries(Object.entries(servers).map(([id, server]) => [id, server.origin])),
    ...options,
  });
}

const pathsOf = (server: Loopback): string[] => server.asked.map((one) => one.path);
const klines = (server: Loopback): Asked[] => server.asked.filter((one) => one.path.endsWith('/klines'));

describe('bars of one exchange', () => {
  it('are the closed bars of the range, ends included', async () => {
    const server = await served((asked) => binance(asked, market));
    const prices = pricesFrom({ binance: server });

    const answer = await prices.bars(request);

    if (!answer.ok) throw new Error(answer.error.message);
    expect(answer.value).toMatchObject({
      symbol: 'BTC/USDT',
      market: 'spot',
      source: 'ccxt:binance:1h',
      barMs: HOUR_MS,
      sessions: null,
      funding: [],
      suspects: [],
    });
    expect(answer.value.closeAtMs).toHaveLength(10);
    expect(isoFromMs(answer.value.closeAtMs[0] ?? 0)).toBe('2021-06-01T03:00:00.000Z');
    expect(isoFromMs(answer.value.closeAtMs.at(-1) ?? 0)).toBe('2021-06-01T12:00:00.000Z');
    expect([...answer.value.close]).toEqual(
      Array.from(answer.value.closeAtMs, (closeMs) => closeAt(closeMs - HOUR_MS)),
    );
  });

  it('cost one list of the markets that are wanted and one page, and are counted', async () => {
    const server = await served((asked) => binance(asked, market));
    const prices = pricesFrom({ binance: server });

    await prices.bars(request);
    await prices.bars({ ...request, symbol: 'BTCUSDT' });

    expect(pathsOf(server)).toEqual(['/api/v3/exchangeInfo', '/api/v3/klines', '/api/v3/klines']);
    expect(prices.requestCount()).toBe(3);
  });

  it('end before the bar that is still open, whatever the server sends of it', async () => {
    const server = await served((asked) => binance(asked, market));

    const answer = await pricesFrom({ binance: server }).bars({ ...request, toMs: NOW_MS + 5 * HOUR_MS });

    expect(answer.ok && isoFromMs(answer.value.closeAtMs.at(-1) ?? 0)).toBe('2021-06-01T12:00:00.000Z');
  });

  it('are none, without a request, where none has closed yet', async () => {
    const server = await served((asked) => binance(asked, market));

    const answer = await pricesFrom({ binance: server }).bars({
      ...request,
      fromMs: NOW_MS + HOUR_MS,
      toMs: NOW_MS + 2 * HOUR_MS,
    });

    expect(answer.ok && answer.value.close.length).toBe(0);
    expect(klines(server)).toHaveLength(0);
  });

  it('come in pages of the size that the exchange grants, without a gap between them', async () => {
    const server = await served((asked) => binance(asked, market));
    const fromMs = request.toMs - 2499 * HOUR_MS;

    const answer = await pricesFrom({ binance: server }).bars({ ...request, fromMs });

    if (!answer.ok) throw new Error(answer.error.message);
    expect(klines(server)).toHaveLength(3);
    expect(answer.value.close).toHaveLength(2500);
    expect(new Set(answer.value.closeAtMs.map((ms, i) => ms - i * HOUR_MS)).size).toBe(1);
  });

  it('are whole from an exchange that fills its pages from the newest end', async () => {
    const server = await served((asked) => bingx(asked, market));
    const fromMs = request.toMs - 2499 * HOUR_MS;

    const answer = await pricesFrom({ bingx: server }, { market: 'perp' }).bars({
      ...request,
      market: 'perp',
      fromMs,
    });

    if (!answer.ok) throw new Error(answer.error.message);
    expect(answer.value.close).toHaveLength(2500);
    expect(answer.value.close[0]).toBe(closeAt(fromMs - HOUR_MS));
  });

  it('go on behind an outage that fills more than a page', async () => {
    const outFrom = request.toMs - 1900 * HOUR_MS;
    const outTo = request.toMs - 10 * HOUR_MS;
    const isOut = (openMs: number) => openMs >= outFrom && openMs < outTo;
    const server = await served((asked) => binance(asked, { ...market, isOut }));

    const answer = await pricesFrom({ binance: server }).bars({
      ...request,
      fromMs: request.toMs - 1999 * HOUR_MS,
    });

    expect(answer.ok && answer.value.close.length).toBe(2000 - 1890);
  });

  it('are asked for in a bounded number of pages', async () => {
    const oneAtATime = (asked: Asked): Reply => {
      const reply = binance(asked, market);
      return asked.path.endsWith('/klines') && Array.isArray(reply.body)
        ? { body: reply.body.slice(0, 1) }
        : reply;
    };
    const server = await served(oneAtATime);

    const answer = await pricesFrom({ binance: server }).bars({
      ...request,
      fromMs: request.toMs - 900 * HOUR_MS,
    });

    expect(answer).toMatchObject({
      ok: false,
      error: { kind: 'unreachable', message: expect.stringContaining('more than 500 pages') },
    });
    expect(klines(server)).toHaveLength(500);
  });

  it.each(['0', 'NaN', '-5', 'n/a'])('are malformed with a price of %s', async (text) => {
    const bad = request.toMs - 3 * HOUR_MS;
    const close = (openMs: number) => (openMs === bad ? text : '1000');
    const server = await served((asked) => binance(asked, { ...market, close }));

    const answer = await pricesFrom({ binance: server }).bars(request);

    expect(answer).toMatchObject({
      ok: false,
      error: { kind: 'malformed', message: expect.stringContaining('2021-06-01T09:00:00.000Z') },
    });
  });
});

describe('a symbol', () => {
  it.each(['BTC/USDT', 'BTCUSDT', 'btc-usdt', 'BTC/USDT:USDT'])('is found as %s', async (symbol) => {
    const server = await served((asked) => binance(asked, market));

    const answer = await pricesFrom({ binance: server }).bars({ ...request, symbol });

    expect(answer.ok && answer.value.symbol).toBe(symbol);
    expect(klines(server)[0]?.query.get('symbol')).toBe('BTCUSDT');
  });

  it('of a perpetual is its linear swap', async () => {
    const server = await served((asked) => binance(asked, market));

    await pricesFrom({ binance: server }, { market: 'perp' }).bars({ ...request, market: 'perp' });

    expect(klines(server).map((one) => one.path)).toEqual(['/fapi/v1/klines']);
  });

  it('of a perpetual is no inverse swap unless its settlement says so', async () => {
    const server = await served((asked) => binance(asked, market));

    const answer = await pricesFrom({ binance: server }, { market: 'perp' }).bars({
      ...request,
      market: 'perp',
      symbol: 'BTC/USD',
    });

    expect(answer).toMatchObject({ ok: false, error: { kind: 'unknown_symbol' } });
    expect(klines(server)).toHaveLength(0);
  });

  it('that settles in its base is the inverse swap', async () => {
    const server = await served((asked) => binance(asked, market));

    await pricesFrom({ binance: server }, { market: 'perp' }).bars({
      ...request,
      market: 'perp',
      symbol: 'BTC/USD:BTC',
    });

    expect(klines(server).map((one) => one.path)).toEqual(['/dapi/v1/klines']);
  });

  it('that no exchange knows is unknown, with the nearest name', async () => {
    const first = await served((asked) => binance(asked, market));
    const second = await served((asked) => kraken(asked, market));

    const answer = await pricesFrom({ binance: first, kraken: second }).bars({
      ...request,
      symbol: 'BTC/USDTT',
    });

    expect(answer).toMatchObject({ ok: false, error: { kind: 'unknown_symbol' } });
    expect(!answer.ok && answer.error.message).toMatch(/binance .*did you mean BTC\/USDT\?; kraken /);
  });

  it('that the exchange itself refuses is unknown', async () => {
    const refused = { status: 400, body: { code: -1121, msg: 'Invalid symbol.' } };
    const server = await served((asked) =>
      asked.path.endsWith('/klines') ? refused : binance(asked, market),
    );

    const answer = await pricesFrom({ binance: server }).bars(request);

    expect(answer).toMatchObject({ ok: false, error: { kind: 'unknown_symbol' } });
    expect(klines(server)).toHaveLength(1);
  });
});

describe('failover', () => {
  it('goes to the next exchange where one cannot be reached, after its retries', async () => {
    const dead = await served(() => null);
    const alive = await served((asked) => kraken(asked, market));
    const retries = recordedRetries(3);

    const answer = await pricesFrom({ binance: dead, kraken: alive }, { retries }).bars(request);

    expect(answer.ok && answer.value.source).toBe('ccxt:kraken:1h');
    expect(answer.ok && answer.value.close.length).toBe(10);
    expect(answer.ok && answer.value.isStandIn).toBe(true);
    expect(pathsOf(dead)).toHaveLength(3);
    expect(retries.waitedMs).toEqual([500, 1000]);
  });

  it('goes to the next exchange where one does not know the symbol', async () => {
    const other = { symbol: 'ETHUSDT', status: 'TRADING', baseAsset: 'ETH', quoteAsset: 'USDT', filters: [] };
    const first = await served(() => ({ body: { symbols: [other] } }));
    const second = await served((asked) => kraken(asked, market));

    const answer = await pricesFrom({ binance: first, kraken: second }).bars(request);

    expect(answer.ok && answer.value.source).toBe('ccxt:kraken:1h');
    expect(answer.ok && answer.value.isStandIn).toBeUndefined();
  });

  it.each([
    ['first', 'second'],
    ['second', 'first'],
  ])(
    'ends unreachable where the %s exchange is down, though the %s does not know the symbol',
    async (down) => {
      const dead = await served(() => null);
      const alive = await served((asked) =>
        down === 'first' ? kraken(asked, market) : binance(asked, market),
      );
      const servers = down === 'first' ? { binance: dead, kraken: alive } : { binance: alive, kraken: dead };

      const answer = await pricesFrom(servers).bars({ ...request, symbol: 'NO/SUCH' });

      expect(answer).toMatchObject({ ok: false, error: { kind: 'unreachable' } });
    },
  );

  it('stops at a malformed answer, which a person should look at', async () => {
    const first = await served((asked) => binance(asked, { ...market, close: () => '0' }));
    const second = await served((asked) => kraken(asked, market));

    const answer = await pricesFrom({ binance: first, kraken: second }).bars(request);

    expect(answer).toMatchObject({ ok: false, error: { kind: 'malformed' } });
    expect(second.asked).toHaveLength(0);
  });

  it('leaves an exchange that is down alone for a minute, then asks again', async () => {
    let isDown = true;
    const server = await served((asked) => (isDown ? null : binance(asked, market)));
    const clock = fixedClock(NOW_MS);
    const prices = pricesFrom({ binance: server }, { clock });

    await prices.bars(request);
    const resting = await prices.bars(request);
    const askedWhileDown = server.asked.length;
    isDown = false;
    clock.moveTo(NOW_MS + 60_000);
    const back = await prices.bars(request);

    expect(resting.ok).toBe(false);
    expect(askedWhileDown).toBe(3);
    expect(back.ok).toBe(true);
  });
});

describe('an answer that may be better next time', () => {
  it.each([
    ['HTTP 500', { status: 500, body: '<html>oops</html>' }],
    ['HTTP 503', { status: 503, body: { msg: 'maintenance' } }],
    ['HTTP 429', { status: 429, body: { code: -1003, msg: 'Too many requests' } }],
    ['HTTP 418', { status: 418, body: { code: -1003, msg: 'IP banned' } }],
    ['a page instead of JSON', { body: '<html>please prove that you are human</html>' }],
    ['JSON that was cut off', { body: '[[1622505600000,"1000"' }],
    ['an empty body', { body: '' }],
    ['a lost connection', null],
  ])('is asked for again: %s', async (_, bad) => {
    let left = 2;
    const server = await served((asked) => {
      if (!asked.path.endsWith('/klines') || left === 0) return binance(asked, market);
      left -= 1;
      return bad;
    });
    const retries = recordedRetries(3);

    const answer = await pricesFrom({ binance: server }, { retries }).bars(request);

    expect(answer.ok && answer.value.close.length).toBe(10);
    expect(retries.waitedMs).toEqual([500, 1000]);
  });

  it('is asked for again where the list of markets failed first', async () => {
    let left = 1;
    const server = await served((asked) => {
      left -= 1;
      return left >= 0 ? { status: 502, body: 'bad gateway' } : binance(asked, market);
    });

    const answer = await pricesFrom({ binance: server }).bars(request);

    expect(answer.ok).toBe(true);
  });

  it('ends unreachable after the last retry, in a message of bounded length', async () => {
    const page = `<html>${'x'.repeat(5000)}</html>`;
    const server = await served((asked) =>
      asked.path.endsWith('/klines') ? { status: 500, body: page } : binance(asked, market),
    );

    const answer = await pricesFrom({ binance: server }).bars(request);

    expect(answer).toMatchObject({ ok: false, error: { kind: 'unreachable' } });
    expect(!answer.ok && answer.error.message.length).toBeLessThan(300);
  });

  it('is unreachable, not an unknown symbol, where the list of markets is empty', async () => {
    const server = await served(() => ({ body: { symbols: [] } }));

    const answer = await pricesFrom({ binance: server }).bars(request);

    expect(answer).toMatchObject({ ok: false, error: { kind: 'unreachable' } });
  });
});

describe('funding of a perpetual', () => {
  const perp: PriceRequest = { ...request, market: 'perp', fromMs: request.toMs - 99 * HOUR_MS };

  it('is every payment within the bars', async () => {
    const server = await served((asked) => binance(asked, market));

    const answer = await pricesFrom({ binance: server }, { market: 'perp' }).bars(perp);

    const funding = (answer.ok && answer.value.funding) || [];
    expect(funding).toHaveLength(13);
    expect(funding.every((one) => one.rate === 0.0001 && one.atMs % (8 * HOUR_MS) === 0)).toBe(true);
  });

  it('is asked for from the oldest position on, though the bars reach back further than its history', async () => {
    const keptFromMs = request.toMs - 40 * HOUR_MS;
    const server = await served((asked) => {
      const reply = binance(asked, market);
      if (!asked.path.endsWith('/fundingRate') || !Array.isArray(reply.body)) return reply;
      return { body: reply.body.filter(({ fundingTime }) => fundingTime >= keptFromMs) };
    });

    const answer = await pricesFrom({ binance: server }, { market: 'perp' }).bars({
      ...perp,
      fundingFromMs: request.toMs - 30 * HOUR_MS,
    });

    expect(answer.ok && answer.value.close.length).toBe(100);
    expect(answer.ok && answer.value.funding?.length).toBe(4);
  });

  it('is unknown where the exchange keeps no history of it', async () => {
    const { openExchange } = await import('../../../src/adapters/prices/ccxt-exchange.ts');
    const { fetchFunding } = await import('../../../src/adapters/prices/ccxt-history.ts');
    const settings = {
      market: 'perp',
      timeoutMs: 1000,
      throttled: false,
      baseUrl: null,
      onRequest() {},
    } as const;
    const exchange = await openExchange('kraken', settings);
    if (!exchange.ok) throw new Error(exchange.error.message);
    const history = { exchange: exchange.value, symbol: 'BTC/USD:USD', retries: recordedRetries() };

    const funding = await fetchFunding(history, 0, NOW_MS);

    expect(funding).toEqual({ ok: true, value: null });
  });

  it('that cannot be fetched makes the whole request unreachable', async () => {
    const server = await served((asked) =>
      asked.path.endsWith('/fundingRate') ? { status: 500, body: 'oops' } : binance(asked, market),
    );

    const answer = await pricesFrom({ binance: server }, { market: 'perp' }).bars(perp);

    expect(answer).toMatchObject({
      ok: false,
      error: { kind: 'unreachable', message: expect.stringContaining('funding of BTC/USDT:USDT') },
    });
  });

  it('with a hole makes the whole request unreachable', async () => {
    const server = await served((asked) =>
      asked.path.endsWith('/fundingRate') ? { body: [] } : binance(asked, market),
    );

    const answer = await pricesFrom({ binance: server }, { market: 'perp' }).bars(perp);

    expect(answer).toMatchObject({
      ok: false,
      error: { kind: 'unreachable', message: expect.stringContaining('there is no funding between') },
    });
  });

  it('comes in pages', async () => {
    const server = await served((asked) => binance(asked, { ...market, fundingEveryHours: 1 }));
    const fromMs = request.toMs - 399 * HOUR_MS;

    const answer = await pricesFrom({ binance: server }, { market: 'perp' }).bars({ ...perp, fromMs });

    expect(answer.ok && answer.value.funding?.length).toBe(401);
    expect(pathsOf(server).filter((path) => path.endsWith('/fundingRate')).length).toBeGreaterThan(1);
  });
});

describe('configuration', () => {
  it('names the nearest exchange id for one that ccxt does not have', async () => {
    const prices = ccxtPrices({
      exchanges: ['binnance'],
      timeframe: '1h',
      market: 'spot',
      clock: fixedClock(NOW_MS),
    });

    const answer = await prices.bars(request);

    expect(answer).toMatchObject({
      ok: false,
      error: { kind: 'not_configured', message: expect.stringContaining('did you mean "binance"?') },
    });
    expect(prices.requestCount()).toBe(0);
  });

  it('does not import what is no id', async () => {
    const options = { timeframe: '1h', market: 'spot', clock: fixedClock(NOW_MS) } as const;

    const answer = await ccxtPrices({ ...options, exchanges: ['base/Exchange'] }).bars(request);

    expect(answer).toMatchObject({ ok: false, error: { kind: 'not_configured' } });
  });

  it('is refused for a timeframe that the exchange does not have', async () => {
    const server = await served((asked) => binance(asked, market));

    const answer = await pricesFrom({ binance: server }, { timeframe: '7m' }).bars(request);

    expect(answer).toMatchObject({
      ok: false,
      error: { kind: 'not_configured', message: expect.stringContaining('prices.spot.timeframe') },
    });
  });

  it('throws for a market that the prices are not for, which is a defect of the caller', async () => {
    const prices = pricesFrom({});

    await expect(prices.bars({ ...request, market: 'equity' })).rejects.toThrow(
      'equity was asked of prices for spot',
    );
  });
});
