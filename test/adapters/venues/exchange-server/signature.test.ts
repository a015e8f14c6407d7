// Who is believed: signatures of every shape that clients send, keys, and the time of signing.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { START_MS } from '../exchange-rest/served.ts';
import {
  bodyOf,
  codeOf,
  hmac,
  KEY,
  type Loopback,
  loopback,
  messageOf,
  OTHER_KEY,
  signedQuery,
} from './loopback.ts';

const BALANCE = '/openApi/swap/v3/user/balance';
const LISTEN_KEY = '/openApi/user/auth/userDataStream';
const LEVERAGE = '/openApi/swap/v2/trade/leverage';
const OWN = { 'X-BX-APIKEY': KEY.apiKey };
const FORM = { ...OWN, 'content-type': 'application/x-www-form-urlencoded' };
const JSON_BODY = { ...OWN, 'content-type': 'application/json' };

interface RecordedCall {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const SHARED =
  process.env['WARDEN_SHARED'] ?? fileURLToPath(new URL('../../../../../shared', import.meta.url));
const CAPTURES = join(SHARED, 'fixtures', 'bingx', 'captures.json');

let venue: Loopback;
beforeEach(async () => {
  venue = await loopback();
});
afterEach(() => venue.close());

/** The code of a call for the balance with such a query. */
async function balanceCode(query: string, headers: Readonly<Record<string, string>> = OWN): Promise<number> {
  return codeOf(await venue.ask('GET', `${BALANCE}?${query}`, { headers }));
}

const now = `timestamp=${START_MS}`;

describe('a signature', () => {
  it('is the documented HMAC of the documented text', () => {
    // Both are examples of the venue's own documentation, with a secret that it published for them.
    const secret = 'mheO6dR8ovSsxZQCOYEFCtelpuxcWGTfHw7te326y6jOwq5WpvFQ9JNljoTwBXZGv5It07m9RXSPpDQEK2w';
    expect(hmac('symbol=BTC-USDT&timestamp=1667872120843&side=LONG&leverage=6', secret)).toBe(
      '4f581ecdb1fa09b9d6e57886b6f70cffed17f82b93399722939e49a38edec2bf',
    );
  });

  it('of parameters in the order received is believed, sorted or not', async () => {
    const unsorted = `${now}&symbol=BTC-USDT&recvWindow=5000`;
    const sorted = `recvWindow=5000&symbol=BTC-USDT&${now}`;
    expect(await balanceCode(`${unsorted}&signature=${hmac(unsorted)}`)).toBe(0);
    expect(await balanceCode(`${sorted}&signature=${hmac(sorted)}`)).toBe(0);
    expect(await balanceCode(`${unsorted}&signature=${hmac(sorted)}`)).toBe(100001);
  });

  it('may stand anywhere in the query', async () => {
    const text = `a=1&${now}`;
    expect(await balanceCode(`signature=${hmac(text)}&${text}`)).toBe(0);
    expect(await balanceCode(`a=1&signature=${hmac(text)}&${now}`)).toBe(0);
  });

  it('is believed of the decoded values, and of the values as they were sent', async () => {
    const decoded = `list=[{"a":"b c"}]&${now}`;
    const sent = `list=${encodeURIComponent('[{"a":"b c"}]')}&${now}`;
    expect(await balanceCode(`${sent}&signature=${hmac(decoded)}`)).toBe(0);
    expect(await balanceCode(`${sent}&signature=${hmac(sent)}`)).toBe(0);
  });

  it('takes a plus for a space', async () => {
    expect(await balanceCode(`a=b+c&${now}&signature=${hmac(`a=b c&${now}`)}`)).toBe(0);
  });

  it('covers parameters that are empty', async () => {
    expect(await balanceCode(`symbol=&${now}&signature=${hmac(`symbol=&${now}`)}`)).toBe(0);
    expect(await balanceCode(`symbol=&${now}&signature=${hmac(now)}`)).toBe(100001);
  });

  it('may be written in capitals', async () => {
    expect(await balanceCode(`${now}&signature=${hmac(now).toUpperCase()}`)).toBe(0);
  });

  it('covers a form body behind the query, without an ampersand between', async () => {
    const [query, body] = [`symbol=BTC-USDT&${now}`, 'side=BOTH&leverage=6'];
    const signature = hmac(query + body);
    for (const [target, sent] of [
      [`${query}&signature=${signature}`, body],
      [query, `${body}&signature=${signature}`],
    ] as const)
      expect(
        codeOf(await venue.ask('POST', `${LEVERAGE}?${target}`, { headers: FORM, body: sent })),
        sent,
      ).toBe(0);
    const apart = `${query}&signature=${hmac(`${query}&${body}`)}`;
    expect(codeOf(await venue.ask('POST', `${LEVERAGE}?${apart}`, { headers: FORM, body }))).toBe(100001);
  });

  it('covers a whole form body, encoded or decoded', async () => {
    const body = `symbol=${encodeURIComponent('BTC-USDT')}&side=BOTH&leverage=7&note=a%2Cb&${now}`;
    for (const text of [body, decodeURIComponent(body)]) {
      const sent = `${body}&signature=${hmac(text)}`;
      expect(codeOf(await venue.ask('POST', LEVERAGE, { headers: FORM, body: sent }))).toBe(0);
    }
  });

  it('of a JSON body is of its sorted parameters, in whatever order they come', async () => {
    const signature = hmac(`leverage=8&side=BOTH&symbol=BTC-USDT&${now}`);
    const body = JSON.stringify({
      timestamp: START_MS,
      symbol: 'BTC-USDT',
      signature,
      side: 'BOTH',
      leverage: 8,
    });
    const came = await venue.ask('POST', LEVERAGE, { headers: JSON_BODY, body });
    expect(codeOf(came)).toBe(0);
    expect(came.text).toContain('"leverage":8');
  });

  it('of a JSON body is known by the content type in any spelling', async () => {
    const body = JSON.stringify({
      symbol: 'BTC-USDT',
      side: 'BOTH',
      leverage: '9',
      timestamp: String(START_MS),
      signature: hmac(`leverage=9&side=BOTH&symbol=BTC-USDT&${now}`),
    });
    const headers = { ...OWN, 'Content-Type': 'Application/JSON; charset=UTF-8' };
    expect(codeOf(await venue.ask('POST', LEVERAGE, { headers, body }))).toBe(0);
  });

  it('is of every character beyond ASCII as UTF-8', async () => {
    const sent = `note=${encodeURIComponent('ä€𝄞')}&${now}`;
    expect(await balanceCode(`${sent}&signature=${hmac(`note=ä€𝄞&${now}`)}`)).toBe(0);
  });

  it('that is missing or empty is answered with 100412', async () => {
    expect(await balanceCode(now)).toBe(100412);
    expect(await balanceCode(`${now}&signature=`)).toBe(100412);
  });

  it.each(['0', 'x'.repeat(64), 'é'.repeat(32), '0'.repeat(10_000), hmac(now).slice(1)])(
    'that is %s is answered with 100001',
    async (signature) => {
      expect(await balanceCode(`${now}&signature=${encodeURIComponent(signature)}`)).toBe(100001);
    },
  );

  it('with the secret of another account is answered with 100001', async () => {
    const query = signedQuery({}, START_MS, OTHER_KEY.secret);
    expect(await balanceCode(query)).toBe(100001);
    expect(await balanceCode(query, { 'X-BX-APIKEY': OTHER_KEY.apiKey })).toBe(0);
  });

  it('of other parameters than were sent is answered with 100001', async () => {
    expect(await balanceCode(`a=2&${now}&signature=${hmac(`a=1&${now}`)}`)).toBe(100001);
  });

  it('is never said back, and neither is the secret', async () => {
    const came = await venue.ask('GET', `${BALANCE}?${now}&signature=${'f'.repeat(64)}`, { headers: OWN });
    expect(messageOf(came)).toBe('Signature verification failed due to signature mismatch');
    expect(came.text).not.toContain('f'.repeat(64));
    expect(came.text).not.toContain(hmac(now));
    expect(came.text).not.toContain(KEY.secret);
  });
});

describe('any signature', () => {
  const word = fc.string({ minLength: 1, maxLength: 10, unit: 'grapheme' });
  const name = fc.stringMatching(/^[a-zA-Z]{2,12}$/).filter((one) => one !== 'recvWindow');
  const params = fc.uniqueArray(fc.tuple(name, word), { maxLength: 6, selector: ([one]) => one });

  it('is believed in any order and either encoding, and of nothing that was changed', async () => {
    await fc.assert(
      fc.asyncProperty(params, fc.nat(6), fc.boolean(), fc.boolean(), async (given, at, isRaw, isForm) => {
        const others = given.filter(([one]) => one !== 'signature' && one !== 'timestamp');
        const pairs = others.toSpliced(at, 0, ['timestamp', String(START_MS)]);
        const sent = pairs.map(([one, text]) => `${one}=${encodeURIComponent(text)}`).join('&');
        const signed = isRaw ? sent : pairs.map(([one, text]) => `${one}=${text}`).join('&');
        const ask = async (text: string): Promise<number> =>
          isForm ? codeOf(await venue.ask('GET', BALANCE, { headers: FORM, body: text })) : balanceCode(text);
        expect(await ask(`${sent}&signature=${hmac(signed)}`)).toBe(0);
        expect(await ask(`${sent}&x=1&signature=${hmac(signed)}`)).toBe(100001);
        expect(await ask(`${sent}1&signature=${hmac(signed)}`)).toBe(100001);
      }),
      { seed: 20261128, numRuns: 100 },
    );
  });
});

describe('a key', () => {
  it.each([
    ['missing', {}],
    ['empty', { 'X-BX-APIKEY': '' }],
    ['unknown', { 'X-BX-APIKEY': 'key-nobody' }],
    ['a name that every object has', { 'X-BX-APIKEY': '__proto__' }],
    ['of the right letters in capitals', { 'X-BX-APIKEY': KEY.apiKey.toUpperCase() }],
  ])('that is %s is answered with 100413', async (_, headers) => {
    expect(await balanceCode(signedQuery({}, START_MS), headers)).toBe(100413);
  });

  it('that comes twice is answered with 100413', async () => {
    const text = await venue.raw(
      `GET ${BALANCE}?${signedQuery({}, START_MS)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n` +
        `X-BX-APIKEY: ${KEY.apiKey}\r\nX-BX-APIKEY: ${KEY.apiKey}\r\n\r\n`,
    );
    expect(text).toContain('"code":100413');
  });

  it('alone is enough for a listen key, but a signature is checked where there is one', async () => {
    expect(Object.keys(bodyOf(await venue.ask('POST', LISTEN_KEY, { headers: OWN })))).toEqual(['listenKey']);
    const good = await venue.ask('POST', `${LISTEN_KEY}?${signedQuery({}, START_MS)}`, { headers: OWN });
    expect(Object.keys(bodyOf(good))).toEqual(['listenKey']);
    const bad = await venue.ask('POST', `${LISTEN_KEY}?${now}&signature=00`, { headers: OWN });
    expect(codeOf(bad)).toBe(100001);
    expect(codeOf(await venue.ask('POST', LISTEN_KEY))).toBe(100413);
  });

  it('is not asked for by the market', async () => {
    expect(codeOf(await venue.ask('GET', '/openApi/swap/v2/server/time'))).toBe(0);
    const wrong = { 'X-BX-APIKEY': 'nobody' };
    const came = await venue.ask('GET', '/openApi/swap/v2/server/time?signature=1', { headers: wrong });
    expect(codeOf(came)).toBe(0);
  });
});

describe('the time of signing', () => {
  const at = (timestamp: string, more: Record<string, string> = {}): Promise<number> =>
    balanceCode(signedQuery({ timestamp, ...more }, START_MS));

  it('may be five seconds away, to both sides, and no more', async () => {
    expect(await at(String(START_MS - 5_000))).toBe(0);
    expect(await at(String(START_MS + 5_000))).toBe(0);
    expect(await at(String(START_MS - 5_001))).toBe(100421);
    expect(await at(String(START_MS + 5_001))).toBe(100421);
  });

  it('may be less far away where the call says so, and never more', async () => {
    expect(await at(String(START_MS - 200), { recvWindow: '200' })).toBe(0);
    expect(await at(String(START_MS - 201), { recvWindow: '200' })).toBe(100421);
    expect(await at(String(START_MS - 6_000), { recvWindow: '60000' })).toBe(100421);
    expect(await at(String(START_MS - 5_000), { recvWindow: '60000' })).toBe(0);
  });

  it.each(['0', '-1', 'abc', ''])(
    'is in the usual window where the window is said to be %j',
    async (recvWindow) => {
      expect(await at(String(START_MS - 5_000), { recvWindow })).toBe(0);
      expect(await at(String(START_MS - 5_001), { recvWindow })).toBe(100421);
    },
  );

  it.each(['', 'now', '1.79e12', `${START_MS}.0`, ` ${START_MS}`, '0x1a0c4f0a400', 'NaN', '9'.repeat(400)])(
    'that is %j is answered with 100421',
    async (timestamp) => {
      expect(await at(timestamp)).toBe(100421);
    },
  );

  it('that is missing is answered with 100421', async () => {
    expect(await balanceCode(`a=1&signature=${hmac('a=1')}`)).toBe(100421);
  });

  it('is compared with the present of the exchange', async () => {
    const query = signedQuery({}, START_MS);
    venue.timers.advance(5_001);
    expect(await balanceCode(query)).toBe(100421);
  });
});

describe('recorded calls of an independent client', () => {
  it.skipIf(!existsSync(CAPTURES))('are all believed at the time they were signed', async () => {
    const recorded = JSON.parse(readFileSync(CAPTURES, 'utf8')) as {
      readonly meta: { readonly apiKey: string; readonly secret: string };
      readonly rest: readonly { readonly requests: readonly RecordedCall[] }[];
    };
    const calls = recorded.rest.flatMap(({ requests }) => requests);
    const { apiKey, secret } = recorded.meta;
    const first = Math.min(...calls.map(({ params }) => Number(params['timestamp'])));
    await venue.close();
    venue = await loopback({ keys: [{ apiKey, secret, accountId: 'main' }] });
    venue.timers.advance(first - START_MS);
    const codes: (readonly [string, number])[] = [];
    for (const { method, path, query, params, headers, body } of calls) {
      venue.timers.advance(Math.max(0, Number(params['timestamp']) - venue.timers.nowMs()));
      const came = await venue.ask(method, `${path}?${query}`, {
        headers: { 'x-bx-apikey': headers['x-bx-apikey'] ?? '' },
        body,
      });
      // Listen keys are answered without an envelope, and one that is not known with a status.
      const code = came.text === '' || came.text.startsWith('{"listenKey"') ? 0 : codeOf(came);
      codes.push([`${method} ${path}`, code]);
    }
    expect(codes.length).toBeGreaterThan(60);
    expect(codes.filter(([, code]) => code >= 100_000 && code < 101_000)).toEqual([]);
  });
});
