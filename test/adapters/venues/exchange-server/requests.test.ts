// Requests that nobody should send: each is answered with a code that is documented, and none breaks the exchange.

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT_ROUTES } from '../../../../src/adapters/venues/exchange/rest/account-routes.ts';
import { MARKET_ROUTES } from '../../../../src/adapters/venues/exchange/rest/market-routes.ts';
import { BTC, START_MS } from '../exchange-rest/served.ts';
import {
  bodyOf,
  codeOf,
  dataOf,
  KEY,
  type Loopback,
  loopback,
  messageOf,
  signedQuery,
  until,
} from './loopback.ts';

const TIME = '/openApi/swap/v2/server/time';
const ORDER = '/openApi/swap/v2/trade/order';
const OWN = { 'X-BX-APIKEY': KEY.apiKey };
const JSON_BODY = { ...OWN, 'content-type': 'application/json' };
const MIB = 1_048_576;

let venue: Loopback;
beforeAll(async () => {
  venue = await loopback();
});
afterAll(() => venue.close());

/** Sends a request line as it is. */
function line(method: string, target: string): Promise<string> {
  return venue.raw(`${method} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
}

describe('an answer', () => {
  it('is JSON in one envelope with HTTP 200, whatever its code', async () => {
    const good = await venue.ask('GET', TIME);
    expect(good.text).toBe(`{"code":0,"msg":"","data":{"serverTime":${START_MS}}}`);
    expect(good.headers['content-type']).toBe('application/json');
    const bad = await venue.ask('GET', '/openApi/swap/v9/none');
    expect([bad.status, bad.text]).toEqual([200, '{"code":100400,"msg":"this api is not exist","data":{}}']);
  });

  it('writes ids as bare numbers, longer than a double', async () => {
    const params = {
      symbol: BTC.symbol,
      side: 'BUY',
      type: 'MARKET',
      positionSide: 'BOTH',
      quantity: '0.001',
    };
    const came = await venue.signed('POST', ORDER, params);
    expect(came.text).toMatch(/"orderId":\d{19},"orderID":"\d{19}"/);
    expect(codeOf(came)).toBe(0);
  });
});

describe('a status alone', () => {
  it('has no content, and says no length where it may not', async () => {
    const keys = '/openApi/user/auth/userDataStream';
    const none = await venue.ask('PUT', keys, { headers: OWN });
    expect([none.status, none.text, none.headers['content-length'], none.headers['content-type']]).toEqual([
      204,
      '',
      undefined,
      undefined,
    ]);
    const unknown = await venue.ask('PUT', `${keys}?listenKey=${'0'.repeat(64)}`, { headers: OWN });
    expect([unknown.status, unknown.text, unknown.headers['content-length']]).toEqual([404, '', '0']);
  });
});

describe('a path or a method', () => {
  it.each([
    '/',
    '',
    '//',
    '/openApi/swap/v2/server/time/',
    '/openapi/swap/v2/server/time',
    '/openApi/swap/v2/server/%74ime',
    '/openApi/swap/v2/../v2/server/time',
    '/__proto__',
    '/constructor',
    '/openApi/swap/v2/server/time#x',
    '/ä',
  ])('that is not known is answered with 100400: %j', async (path) => {
    const text = await line('GET', encodeURI(path) || '/');
    expect(text).toContain('{"code":100400,"msg":"this api is not exist","data":{}}');
  });

  it.each(['POST', 'PUT', 'DELETE'])(
    'that is of another method is answered with 100400: %s',
    async (method) => {
      expect(codeOf(await venue.ask(method, TIME))).toBe(100400);
    },
  );

  it.each(['PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'])(
    'of no API is answered with 100400: %s',
    async (method) => {
      const came = await venue.ask(method, TIME);
      expect([codeOf(came), messageOf(came)]).toEqual([100400, `the method ${method} is not known`]);
    },
  );

  it('that asks for the head alone gets a head', async () => {
    const came = await venue.ask('HEAD', TIME);
    expect([came.status, came.text]).toEqual([200, '']);
  });
});

describe('a query', () => {
  it.each(['symbol=%', 'symbol=%zz', 'symbol=%E4', 'symbol=%C0%80', '=%ff', 'a=1&symbol=%u0041'])(
    'that is badly encoded is answered with 100400: %s',
    async (query) => {
      const came = await venue.ask('GET', `${TIME}?${query}`);
      expect(codeOf(came)).toBe(100400);
      expect(messageOf(came)).toMatch(/^the value of \w* is not encoded as a URL is$/);
    },
  );

  it.each(['a=1&a=1', 'a=1&a=2', 'a=&a=1', 'a&a', 'signature=1&signature=1', '__proto__=1&__proto__=2'])(
    'that names a parameter twice is answered with 100400: %s',
    async (query) => {
      const came = await venue.ask('GET', `${TIME}?${query}`);
      expect([codeOf(came), messageOf(came)]).toEqual([
        100400,
        `the parameter ${query.split(/[=&]/)[0]} comes twice`,
      ]);
    },
  );

  it('that names a parameter which the body names too is answered with 100400', async () => {
    const came = await venue.ask('POST', `${ORDER}?symbol=BTC-USDT`, {
      headers: OWN,
      body: 'symbol=ETH-USDT',
    });
    expect(messageOf(came)).toBe('the parameter symbol comes twice');
  });

  it.each(['?', '&', '&&&', '=', '===', 'a', '=a', '__proto__=1', 'constructor=&hasOwnProperty=x', '?a=?b'])(
    'that says nothing harms nothing: %s',
    async (query) => {
      expect(codeOf(await venue.ask('GET', `${TIME}?${query}`))).toBe(0);
    },
  );

  it('may be long, as far as the head of a request may be', async () => {
    const long = `a=${'x'.repeat(10_000)}`;
    expect(codeOf(await venue.ask('GET', `${TIME}?${long}`))).toBe(0);
    expect((await venue.ask('GET', `${TIME}?a=${'x'.repeat(100_000)}`)).status).toBe(431);
    expect(codeOf(await venue.ask('GET', TIME))).toBe(0);
  });

  it('with thousands of parameters is read like another', async () => {
    const many = Array.from({ length: 2_000 }, (_, at) => `p${at}=1`).join('&');
    expect(codeOf(await venue.ask('GET', `${TIME}?${many}`))).toBe(0);
  });

  it('is not said back in what is answered, but for what is wrong in it', async () => {
    const came = await venue.ask('GET', `${ORDER}?symbol=BTC-USDT&secretive=abc&signature=123`, {
      headers: OWN,
    });
    expect(came.text).not.toContain('abc');
  });
});

describe('a body', () => {
  it('of one MiB is read, and a longer one is answered with HTTP 413', async () => {
    const body = (bytes: number): string => `a=${'x'.repeat(bytes - 2)}`;
    expect(codeOf(await venue.ask('POST', ORDER, { headers: OWN, body: body(MIB) }))).toBe(100412);
    const came = await venue.ask('POST', ORDER, { headers: OWN, body: body(MIB + 1) });
    expect([came.status, came.text]).toEqual([413, '']);
    expect(codeOf(await venue.ask('GET', TIME))).toBe(0);
  });

  it.each(['{', '[]', '"a"', '5', 'null', '{"a":1,"a":2}', '{"a":NaN}', '\u0000', '{}{}'])(
    'that is no JSON object is answered with 100400: %j',
    async (body) => {
      const came = await venue.ask('POST', ORDER, { headers: JSON_BODY, body });
      expect([codeOf(came), messageOf(came)]).toEqual([100400, 'the body is no JSON object']);
    },
  );

  it('that is nested deeper than anybody can follow is answered with 100400', async () => {
    for (const body of ['['.repeat(500_000), '{"a":'.repeat(200_000)])
      expect(codeOf(await venue.ask('POST', ORDER, { headers: JSON_BODY, body }))).toBe(100400);
  });

  it.each(['{"a":{}}', '{"a":[1]}', '{"__proto__":{"code":1}}', '{"constructor":{"prototype":{"x":1}}}'])(
    'of JSON with something in a parameter is answered with 100400: %s',
    async (body) => {
      const came = await venue.ask('POST', ORDER, { headers: JSON_BODY, body });
      expect(codeOf(came)).toBe(100400);
      expect(messageOf(came)).toMatch(/^the value of \w+ is no text or number$/);
      expect(({} as { x?: number }).x).toBeUndefined();
    },
  );

  it.each(['', '{}', ' ', '{"a":null}', '{"__proto__":"x"}', '{"toString":1}'])(
    'of JSON that says nothing is no signed call: %j',
    async (body) => {
      expect(codeOf(await venue.ask('POST', ORDER, { headers: JSON_BODY, body }))).toBe(100412);
    },
  );

  it('that ends before its length is no request, and leaves nothing behind', async () => {
    const text = await venue.raw(`POST ${ORDER} HTTP/1.1\r\nHost: x\r\nContent-Length: 30\r\n\r\nsymbol=BTC`);
    expect(text).toMatch(/^(HTTP\/1\.1 400 |$)/);
    await until(() => venue.exchange.traffic().requestsWorking === 0);
    expect(venue.exchange.traffic().requestsHeld).toBe(0);
  });
});

describe('bytes that are no HTTP', () => {
  it.each([
    'nonsense\r\n\r\n',
    'GET  HTTP/1.1\r\n\r\n',
    '\u0000\u0001\u0002\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
  ])('end their own connection only: %j', async (bytes) => {
    expect(await venue.raw(bytes)).toMatch(/^(HTTP\/1\.1 400 |$)/);
    expect(codeOf(await venue.ask('GET', TIME))).toBe(0);
  });
});

describe('any request', () => {
  const routes = [...MARKET_ROUTES, ...ACCOUNT_ROUTES].filter(({ path }) => !path.includes('userDataStream'));
  const names = [
    ...[
      'symbol',
      'side',
      'type',
      'quantity',
      'price',
      'orderId',
      'limit',
      'startTime',
      'endTime',
      'interval',
    ],
    ...['timestamp', 'recvWindow', 'signature', '__proto__', 'constructor', 'toString', '', 'positionSide'],
  ];
  const value = fc.oneof(
    fc.string({ maxLength: 30 }),
    fc.string({ maxLength: 20, unit: 'binary' }),
    fc.constantFrom(
      BTC.symbol,
      'BUY',
      'LIMIT',
      '0',
      '-1',
      '1e400',
      'NaN',
      '9'.repeat(30),
      '1m',
      'BOTH',
      '[]',
      '{',
    ),
  );
  const params = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...names), fc.string({ maxLength: 8 })), value), {
    maxLength: 8,
  });
  /** 0, the gateway's 100xxx, and the venue's own. */
  const isDocumented = (code: number): boolean => code === 0 || (code >= 100_000 && code < 113_000);

  it('signed or not, with any parameters, gets a documented code', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...routes),
        params,
        fc.constantFrom('signed', 'query', 'form', 'json'),
        async ({ method, path }, pairs, how) => {
          const given = Object.fromEntries(pairs);
          const wellFormed = Object.fromEntries(
            Object.entries(given).map(([name, text]) => [
              name.replaceAll(/[^\w]/g, ''),
              Buffer.from(text).toString(),
            ]),
          );
          const raw = pairs.map(([name, text]) => `${name}=${text}`).join('&');
          const asked = {
            signed: () => venue.ask(method, `${path}?${signedQuery(wellFormed, START_MS)}`, { headers: OWN }),
            query: () =>
              venue.ask(method, `${path}?${encodeURI(Buffer.from(raw).toString())}`, { headers: OWN }),
            form: () => venue.ask(method, path, { headers: OWN, body: raw }),
            json: () => venue.ask(method, path, { headers: JSON_BODY, body: JSON.stringify(given) }),
          }[how];
          const came = await asked();
          expect(came.status).toBe(200);
          expect(Object.keys(bodyOf(came)).slice(0, 3)).toEqual(['code', 'msg', 'data']);
          expect(isDocumented(codeOf(came)), came.text).toBe(true);
        },
      ),
      { seed: 20261128, numRuns: 400 },
    );
    expect(dataOf(await venue.ask('GET', TIME))).toEqual({ serverTime: String(START_MS) });
    expect(venue.exchange.traffic()).toMatchObject({ requestsWorking: 0, requestsHeld: 0 });
  });
});
