// Equities against a loopback server that answers as Alpaca documents.

import { describe, expect, it, onTestFinished } from 'vitest';
import { type AlpacaPricesOptions, alpacaPrices } from '../../../src/adapters/prices/alpaca-prices.ts';
import { HOUR_MS, isoFromMs } from '../../../src/domain/time.ts';
import type { PriceRequest } from '../../../src/ports.ts';
import { type Asked, fixedClock, type Loopback, loopback, type Reply, recordedRetries } from './loopback.ts';

const NOW_MS = Date.parse('2021-11-29T20:20:00Z');
const KEY = 'PKTESTKEY000000000';
const SECRET = 'secretsecretsecretsecretsecretsecret';

/** Thanksgiving week: Thursday closed, Friday a half day. */
const CALENDAR = [
  { date: '2021-11-24', open: '09:30', close: '16:00', session_open: '0400', session_close: '2000' },
  { date: '2021-11-26', open: '09:30', close: '13:00', session_open: '0400', session_close: '2000' },
  { date: '2021-11-29', open: '09:30', close: '16:00', session_open: '0400', session_close: '2000' },
];

const request: PriceRequest = {
  symbol: 'AAPL',
  market: 'equity',
  fromMs: Date.parse('2021-11-26T00:00:00Z'),
  toMs: Date.parse('2021-11-29T23:00:00Z'),
};

/** Bars of every hour from 04:00 to 19:00 in New York (winter time), as the consolidated feed has them. */
function barsOf(asked: Asked): Reply {
  const start = Date.parse(asked.query.get('start') ?? '');
  const end = Date.parse(asked.query.get('end') ?? '');
  const bars: unknown[] = [];
  for (const date of ['2021-11-24', '2021-11-26', '2021-11-29']) {
    for (let hour = 0; hour < 16; hour += 1) {
      const openMs = Date.parse(`${date}T09:00:00Z`) + hour * HOUR_MS;
      if (openMs < start || openMs > end) continue;
      bars.push({
        t: isoFromMs(openMs).replace('.000', ''),
        o: 160,
        h: 165,
        l: 155,
        c: 160 + hour,
        v: 9,
        n: 3,
        vw: 160,
      });
    }
  }
  return { body: { bars, symbol: 'AAPL', next_page_token: null } };
}

const alpaca = (asked: Asked): Reply => (asked.path === '/v2/calendar' ? { body: CALENDAR } : barsOf(asked));
const isBars = (asked: Asked): boolean => asked.path.startsWith('/v2/stocks/');

async function served(answer: (asked: Asked) => Reply | null): Promise<Loopback> {
  const server = await loopback(answer);
  onTestFinished(() => server.close());
  return server;
}

function pricesFrom(server: Loopback, options: Partial<AlpacaPricesOptions> = {}) {
  return alpacaPrices({
    keyId: KEY,
    secretKey: SECRET,
    baseUrl: server.origin,
    dataUrl: server.origin,
    feed: 'iex',
    timeframe: '1h',
    clock: fixedClock(NOW_MS),
    retries: recordedRetries(),
    ...options,
  });
}

describe('bars from Alpaca', () => {
  it('lie within the sessions, half days included, and are closed', async () => {
    const server = await served(alpaca);

    const answer = await pricesFrom(server).bars(request);

    if (!answer.ok) throw new Error(answer.error.message);
    expect(answer.value).toMatchObject({
      symbol: 'AAPL',
      market: 'equity',
      source: 'alpaca:iex:1h',
      barMs: HOUR_MS,
      funding: [],
      suspects: [],
    });
    expect(Array.from(answer.value.closeAtMs, isoFromMs)).toEqual([
      ...['15', '16', '17', '18'].map((hour) => `2021-11-26T${hour}:00:00.000Z`),
      ...['15', '16', '17', '18', '19', '20'].map((hour) => `2021-11-29T${hour}:00:00.000Z`),
    ]);
    expect([...answer.value.close].slice(0, 4)).toEqual([165, 166, 167, 168]);
    expect(answer.value.sessions?.map((one) => isoFromMs(one.closeMs))).toEqual([
      '2021-11-24T21:00:00.000Z',
      '2021-11-26T18:00:00.000Z',
      '2021-11-29T21:00:00.000Z',
    ]);
  });

  it('are asked for split-adjusted, in the configured feed, with keys in headers only', async () => {
    const server = await served(alpaca);

    await pricesFrom(server, { feed: 'sip', timeframe: '15m' }).bars({ ...request, symbol: 'brk.b' });

    const asked = server.asked.find(isBars);
    expect(asked?.path).toBe('/v2/stocks/BRK.B/bars');
    expect(Object.fromEntries(asked?.query ?? [])).toEqual({
      timeframe: '15Min',
      start: '2021-11-25T23:45:00.000Z',
      end: '2021-11-29T20:00:00.000Z',
      adjustment: 'split',
      feed: 'sip',
      limit: '10000',
    });
    expect(asked?.headers).toMatchObject({ 'apca-api-key-id': KEY, 'apca-api-secret-key': SECRET });
  });

  it('share one calendar of their range between symbols', async () => {
    const server = await served(alpaca);
    const prices = pricesFrom(server);

    await prices.bars(request);
    await prices.bars({ ...request, symbol: 'SPY' });

    const calendars = server.asked.filter((one) => one.path === '/v2/calendar');
    expect(calendars.map((one) => Object.fromEntries(one.query))).toEqual([
      { start: '2021-11-15', end: '2021-12-09' },
    ]);
    expect(prices.requestCount()).toBe(3);
  });

  it('come in pages until there is no token', async () => {
    const server = await served((asked) => {
      if (!isBars(asked)) return alpaca(asked);
      const page = Number(asked.query.get('page_token') ?? 0);
      const t = isoFromMs(Date.parse('2021-11-29T15:00:00Z') + page * HOUR_MS);
      const bar = { t, o: 1, h: 1, l: 1, c: 10 + page };
      return { body: { bars: [bar], next_page_token: page < 2 ? String(page + 1) : null } };
    });

    const answer = await pricesFrom(server).bars(request);

    expect(answer.ok && [...answer.value.close]).toEqual([10, 11, 12]);
  });

  it('come in a bounded number of pages', async () => {
    const server = await served((asked) =>
      isBars(asked) ? { body: { bars: [], next_page_token: 'again' } } : alpaca(asked),
    );

    const answer = await pricesFrom(server).bars(request);

    expect(answer).toMatchObject({
      ok: false,
      error: { kind: 'unreachable', message: expect.stringContaining('more than 50 pages') },
    });
    expect(server.asked.filter(isBars)).toHaveLength(50);
  });

  it('are none where Alpaca has none, which it says with null', async () => {
    const server = await served((asked) =>
      isBars(asked) ? { body: { bars: null, next_page_token: null } } : alpaca(asked),
    );

    const answer = await pricesFrom(server).bars(request);

    expect(answer.ok && answer.value.close.length).toBe(0);
  });

  it.each([
    ['a price of 0', { body: { bars: [{ t: '2021-11-29T15:00:00Z', o: 1, h: 1, l: 1, c: 0 }] } }],
    ['a price that is text', { body: { bars: [{ t: '2021-11-29T15:00:00Z', o: 1, h: 1, l: 1, c: '9' }] } }],
    ['a time without a zone', { body: { bars: [{ t: '2021-11-29T15:00:00', o: 1, h: 1, l: 1, c: 9 }] } }],
    ['no bars but a list', { body: [] }],
    ['a page instead of JSON', { body: '<html>hello</html>' }],
  ])('are malformed with %s', async (_, bad) => {
    const server = await served((asked) => (isBars(asked) ? bad : alpaca(asked)));

    const answer = await pricesFrom(server).bars(request);

    expect(answer).toMatchObject({
      ok: false,
      error: { kind: 'malformed', message: expect.stringContaining('bars of AAPL') },
    });
  });

  it.each([
    ['hours that end before they begin', [{ date: '2021-11-29', open: '16:00', close: '09:30' }]],
    ['hours in another form', [{ date: '2021-11-29', open: '0930', close: '1600' }]],
    ['a date twice', [CALENDAR[2], CALENDAR[2]]],
    ['a day without hours', [{ date: '2021-11-29' }]],
  ])('are malformed with a calendar of %s', async (_, body) => {
    const server = await served((asked) => (isBars(asked) ? barsOf(asked) : { body }));

    const answer = await pricesFrom(server).bars(request);

    expect(answer).toMatchObject({
      ok: false,
      error: { kind: 'malformed', message: expect.stringContaining('calendar') },
    });
  });
});

describe('refusals of Alpaca', () => {
  it.each([
    [401, { message: 'unauthorized.' }, 'not_configured', 'check APCA_API_KEY_ID'],
    [403, { message: 'subscription does not permit querying recent SIP data' }, 'not_configured', 'SIP data'],
    [422, { message: 'invalid symbol: A$PL' }, 'unknown_symbol', 'invalid symbol: A$PL'],
    [400, { message: 'invalid symbol: A$PL' }, 'unknown_symbol', 'invalid symbol'],
    [404, { code: 40410000, message: 'asset not found for APPL' }, 'unknown_symbol', 'asset not found'],
    [404, '404 page not found', 'not_configured', 'check APCA_API_DATA_URL'],
    [422, { message: 'end should not be before start' }, 'malformed', 'end should not be'],
    [302, '', 'not_configured', 'redirect is not followed'],
  ])('of HTTP %i %j are %s and final', async (status, body, kind, said) => {
    const headers = { location: 'http://127.0.0.1:9/elsewhere' };
    const server = await served((asked) => (isBars(asked) ? { status, body, headers } : alpaca(asked)));

    const answer = await pricesFrom(server).bars(request);

    expect(answer).toMatchObject({ ok: false, error: { kind, message: expect.stringContaining(said) } });
    expect(server.asked.filter(isBars)).toHaveLength(1);
  });

  it('never make a symbol unknown where they are about the calendar', async () => {
    const server = await served(() => ({ status: 422, body: { message: 'invalid symbol' } }));

    const answer = await pricesFrom(server).bars(request);

    expect(answer).toMatchObject({ ok: false, error: { kind: 'malformed' } });
  });

  it.each([500, 503, 401, 422])('never repeat a key that HTTP %i sends back', async (status) => {
    const server = await served(() => ({ status, body: { message: `bad key ${KEY} and ${SECRET}` } }));

    const answer = await pricesFrom(server).bars(request);

    expect(answer).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('bad key … and …') },
    });
    expect(JSON.stringify(answer)).not.toContain(KEY);
    expect(JSON.stringify(answer)).not.toContain(SECRET);
  });
});

describe('retries against Alpaca', () => {
  const failing = (bad: Reply | null, times: number) => {
    let left = times;
    return (asked: Asked): Reply | null => {
      if (!isBars(asked) || left === 0) return alpaca(asked);
      left -= 1;
      return bad;
    };
  };

  it.each([
    ['HTTP 500', { status: 500, body: 'oops' }, [500, 1000]],
    ['a lost connection', null, [500, 1000]],
    ['HTTP 429', { status: 429, body: { message: 'too many requests.' } }, [500, 1000]],
    ['HTTP 429 with Retry-After', { status: 429, headers: { 'retry-after': '7' }, body: {} }, [7000, 7000]],
    [
      'HTTP 429 with Retry-After as a date',
      { status: 429, headers: { 'retry-after': 'Mon, 29 Nov 2021 20:20:03 GMT' }, body: {} },
      [3000, 3000],
    ],
    [
      'HTTP 429 with X-RateLimit-Reset',
      { status: 429, headers: { 'x-ratelimit-reset': String(NOW_MS / 1000 + 12) }, body: {} },
      [12_000, 12_000],
    ],
    [
      'HTTP 429 with a reset that has passed',
      { status: 429, headers: { 'x-ratelimit-reset': String(NOW_MS / 1000 - 12) }, body: {} },
      [0, 0],
    ],
  ])('mend %s', async (_, bad, waitedMs) => {
    const server = await served(failing(bad, 2));
    const retries = recordedRetries(3);

    const answer = await pricesFrom(server, { retries }).bars(request);

    expect(answer.ok).toBe(true);
    expect(retries.waitedMs).toEqual(waitedMs);
  });

  it('end unreachable when they are used up', async () => {
    const server = await served(failing({ status: 500, body: '' }, 99));

    const answer = await pricesFrom(server).bars(request);

    expect(answer).toMatchObject({
      ok: false,
      error: { kind: 'unreachable', message: expect.stringContaining('HTTP 500') },
    });
    expect(server.asked.filter(isBars)).toHaveLength(3);
  });

  it('do not wait for an hour because a server says so', async () => {
    const server = await served(failing({ status: 429, headers: { 'retry-after': '3600' }, body: {} }, 99));
    const retries = recordedRetries(3);

    const answer = await pricesFrom(server, { retries }).bars(request);

    expect(answer).toMatchObject({ ok: false, error: { kind: 'unreachable' } });
    expect(retries.waitedMs).toEqual([]);
  });

  it('begin where a server accepts and then stays silent', async () => {
    const { createServer } = await import('node:net');
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void silent.close());
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const retries = recordedRetries(2);
    const origin = `http://127.0.0.1:${port}`;
    const server: Loopback = { origin, asked: [], close: async () => {} };

    const answer = await pricesFrom(server, { retries, timeoutMs: 20 }).bars(request);

    expect(answer).toMatchObject({ ok: false, error: { kind: 'unreachable' } });
    expect(retries.waitedMs).toEqual([500]);
  });
});

describe('addresses', () => {
  it('may carry the version, as the documentation of the trading API does', async () => {
    const server = await served(alpaca);

    const answer = await pricesFrom(server, { baseUrl: `${server.origin}/v2/` }).bars(request);

    expect(answer.ok).toBe(true);
  });

  it.each(['http://data.example.com', 'no address', 'ftp://127.0.0.1'])(
    'refuse %s, where keys would leak',
    async (dataUrl) => {
      const server = await served(alpaca);

      const answer = await pricesFrom(server, { dataUrl }).bars(request);

      expect(answer).toMatchObject({
        ok: false,
        error: { kind: 'not_configured', message: expect.stringContaining('APCA_API_DATA_URL') },
      });
      expect(server.asked.filter(isBars)).toHaveLength(0);
    },
  );

  it('refuse a timeframe that Alpaca does not have', async () => {
    const server = await served(alpaca);

    const answer = await pricesFrom(server, { timeframe: '7m' }).bars(request);

    expect(answer).toMatchObject({ ok: false, error: { kind: 'not_configured' } });
  });
});
