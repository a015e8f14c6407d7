// What the client makes of answers and of their absence: done, refused, surely not sent, or not known.

import { afterEach, describe, expect, it } from 'vitest';
import type { RestCall } from '../../../../src/adapters/venues/bingx/rest-call.ts';
import { Secret } from '../../../../src/adapters/venues/bingx/secret.ts';
import { signatureOf } from '../../../../src/adapters/venues/bingx/sign.ts';
import {
  API_KEY,
  API_SECRET,
  DEAD_URL,
  endVenues,
  ORDER,
  QUESTION,
  restUser,
  restVenue,
  START_MS,
} from './rest-venue.ts';

afterEach(endVenues);

const LISTEN_KEY: RestCall = {
  ...QUESTION,
  method: 'PUT',
  path: '/openApi/user/auth/userDataStream',
  params: { listenKey: 'f'.repeat(64) },
  group: 'listen_key',
};

/** A venue and its client, and the reply to a call that the venue answers with `body`. */
async function replyTo(call: RestCall, body: unknown, status = 200) {
  const venue = await restVenue();
  venue.serve((asked) => asked.answer(body, status));
  const { client } = restUser([venue.url]);
  return client.call(call);
}

describe('a request', () => {
  it('goes with the key, signed at the moment of leaving, and without a body', async () => {
    const venue = await restVenue();
    const { client, timers } = restUser([venue.url], { limitMultiplier: 1 });
    venue.serve((asked) => asked.answer({ code: 0, msg: '', data: {} }));
    await client.call(ORDER);
    for (let times = 0; times < 2; times += 1) await client.call(ORDER);
    // The fourth within a second has to wait.
    const late = client.call(ORDER);
    timers.advance(1_050);
    await late;
    const asked = venue.asked[3];
    expect(asked?.method).toBe('POST');
    expect(asked?.path).toBe('/openApi/swap/v2/trade/order');
    expect(asked?.headers['x-bx-apikey']).toBe(API_KEY);
    expect(asked?.headers['content-length']).toBe('0');
    expect(asked?.params.get('timestamp')).toBe(String(START_MS + 1_050));
    expect(asked?.params.get('recvWindow')).toBe('5000');
    const [canonical, signature] = (asked?.query ?? '').split('&signature=');
    expect(signature).toBe(signatureOf(canonical ?? '', new Secret(API_SECRET)));
  });

  it('goes with the key alone, or with nothing, where the venue asks for no more', async () => {
    const venue = await restVenue();
    venue.serve((asked) => asked.answer({ code: 0, data: {} }));
    const { client } = restUser([venue.url]);
    await client.call({ ...QUESTION, access: 'key' });
    await client.call({ ...QUESTION, access: 'public', params: {} });
    const [withKey, without] = venue.asked;
    expect([withKey?.headers['x-bx-apikey'], withKey?.query]).toEqual([
      API_KEY,
      'clientOrderId=a1&symbol=BTC-USDT',
    ]);
    expect([without?.headers['x-bx-apikey'], without?.query]).toEqual([undefined, '']);
  });

  it('goes over the connection of the one before', async () => {
    const venue = await restVenue();
    venue.serve((asked) => asked.answer({ code: 0, data: {} }));
    const { client } = restUser([venue.url]);
    for (let times = 0; times < 5; times += 1) await client.call(QUESTION);
    expect(venue.connections()).toBe(1);
  });

  it('counts as under way until it is answered', async () => {
    const venue = await restVenue();
    const { client } = restUser([venue.url]);
    const reply = client.call(QUESTION);
    const asked = await venue.next();
    expect(client.inFlight()).toBe(1);
    asked.answer({ code: 0, data: 1 });
    await reply;
    expect(client.inFlight()).toBe(0);
  });
});

describe('an answer', () => {
  it('is data, with every digit of its numbers', async () => {
    const reply = await replyTo(QUESTION, '{"code":0,"msg":"","data":{"orderId":2086368129182601216}}');
    expect(reply).toEqual({ kind: 'data', data: { orderId: '2086368129182601216' } });
  });

  it('without an envelope is data as a whole', async () => {
    expect(await replyTo(LISTEN_KEY, { listenKey: 'k' })).toEqual({ kind: 'data', data: { listenKey: 'k' } });
  });

  it.each([200, 400])('with a code is a refusal in its code and words, at HTTP %i too', async (status) => {
    const reply = await replyTo(ORDER, { code: 101204, msg: 'Insufficient margin', data: {} }, status);
    expect(reply).toEqual({ kind: 'error', code: 101204, text: 'Insufficient margin' });
  });

  it.each([404, 302, 401])('of HTTP %i without a code is a refusal by that number', async (status) => {
    const reply = await replyTo(LISTEN_KEY, '<html>', status);
    expect(reply).toEqual({
      kind: 'error',
      code: status,
      text: `PUT /openApi/user/auth/userDataStream: HTTP ${status}`,
    });
  });

  it('that leads elsewhere is not followed', async () => {
    const [venue, other] = [await restVenue(), await restVenue()];
    venue.serve((asked) => asked.answer('', 307, { location: `${other.url}/openApi` }));
    expect(await restUser([venue.url]).client.call(ORDER)).toMatchObject({ kind: 'error', code: 307 });
    expect(other.asked).toEqual([]);
  });

  it('of HTTP 403 says what may be the matter', async () => {
    const reply = await replyTo(ORDER, '<html>', 403);
    expect(reply).toMatchObject({ kind: 'error', code: 403 });
    expect(reply).toMatchObject({ text: expect.stringMatching(/firewall.*address/) });
  });

  it.each([200, 204])('that is empty is success for a listen key at HTTP %i', async (status) => {
    expect(await replyTo(LISTEN_KEY, '', status)).toEqual({ kind: 'data', data: null });
  });

  it.each([
    ['nothing at all', ''],
    ['no JSON', '<html>'],
    ['half of it', '{"code":0,"da'],
    ['a list', '[]'],
    ['a code that is none', '{"code":"zero","data":{}}'],
    ['one name with two values', '{"code":0,"code":1,"data":{}}'],
  ])('of %s leaves an order not known', async (_what, body) => {
    expect(await replyTo(ORDER, body)).toEqual({
      kind: 'unknown',
      cause: 'UNREADABLE',
      text: 'POST /openApi/swap/v2/trade/order: the answer cannot be read',
    });
  });

  it('of HTTP 4xx that says it was a success leaves an order not known', async () => {
    expect(await replyTo(ORDER, { code: 0, data: {} }, 400)).toMatchObject({
      kind: 'unknown',
      cause: 'UNREADABLE',
    });
  });

  it.each([500, 502, 504])('of HTTP %i leaves an order not known, whatever it says', async (status) => {
    const reply = await replyTo(ORDER, { code: 101204, msg: 'Insufficient margin' }, status);
    expect(reply).toMatchObject({ kind: 'unknown', cause: 'SERVER' });
  });

  it('whose end is the end of its connection is read whole', async () => {
    const venue = await restVenue();
    const text = 'x'.repeat(5 * 1_048_576);
    venue.serve((asked) => asked.answer({ code: 0, data: text }, 200, { connection: 'close' }));
    const { client } = restUser([venue.url]);
    for (let times = 0; times < 3; times += 1)
      expect(await client.call(ORDER)).toEqual({ kind: 'data', data: text });
    expect(venue.connections()).toBe(3);
  });

  it('larger than eight megabytes is not read to its end', async () => {
    const reply = await replyTo(ORDER, 'x'.repeat(9 * 1_048_576));
    expect(reply).toMatchObject({ kind: 'unknown', cause: 'UNREADABLE' });
  });

  it('that is no answer but a change of protocol leaves it not known', async () => {
    const venue = await restVenue();
    const { client } = restUser([venue.url]);
    // Node answers an upgrade that it was not asked for with nothing else than the end.
    venue.serve((asked) => asked.answer('', 101, { connection: 'upgrade', upgrade: 'websocket' }));
    expect(await client.call(ORDER)).toMatchObject({ kind: 'unknown', cause: 'CONNECTION' });
    expect(client.inFlight()).toBe(0);
  });
});

describe('what never came back', () => {
  it.each([
    ['the venue hangs up', 'hangUp'],
    ['the answer breaks off', 'breakOff'],
  ] as const)('is not known where %s', async (_what, way) => {
    const venue = await restVenue();
    venue.serve((asked) => asked[way]());
    const reply = await restUser([venue.url]).client.call(ORDER);
    expect(reply).toMatchObject({ kind: 'unknown', cause: 'CONNECTION' });
    expect(venue.asked.length).toBe(1);
  });

  it('is not known where there is no answer in time', async () => {
    const venue = await restVenue();
    const { client, timers } = restUser([venue.url]);
    const reply = client.call(ORDER);
    await venue.next();
    timers.advance(8_000);
    expect(await reply).toMatchObject({ kind: 'unknown', cause: 'TIMEOUT' });
  });

  it('is not known where an answer begins in time and does not end', async () => {
    const venue = await restVenue();
    const { client, timers } = restUser([venue.url]);
    const reply = client.call(ORDER);
    (await venue.next()).fallSilent();
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    timers.advance(8_000);
    expect(await reply).toMatchObject({ kind: 'unknown', cause: 'TIMEOUT' });
  });

  it('surely did not leave where nobody listens', async () => {
    const { client } = restUser([DEAD_URL]);
    expect(await client.call(ORDER)).toEqual({
      kind: 'not_sent',
      cause: 'no_connection',
      text: 'POST /openApi/swap/v2/trade/order: ECONNREFUSED',
    });
  });

  it('surely did not leave where there is no such host', async () => {
    const { client } = restUser(['http://nowhere.invalid']);
    expect(await client.call(ORDER)).toMatchObject({ kind: 'not_sent', cause: 'no_connection' });
  });

  it('surely did not leave where no connection comes about in time', async () => {
    // A secure connection to somebody who does not answer the greeting.
    const venue = await restVenue();
    const { client, timers, wait } = restUser([venue.url.replace('http:', 'https:')]);
    const reply = client.call(ORDER);
    await wait(3_000, 3_000);
    timers.advance(3_000);
    expect(await reply).toMatchObject({ kind: 'not_sent', cause: 'no_connection' });
  });

  it.each([
    ['a value that the venue would read otherwise', { ...ORDER, params: { symbol: 'BTC&side=SELL' } }],
    ['half a character', { ...ORDER, params: { symbol: '\ud800' } }],
  ])('surely did not leave with %s', async (_what, call) => {
    const venue = await restVenue();
    const { client } = restUser([venue.url]);
    expect(await client.call(call)).toMatchObject({ kind: 'not_sent', cause: 'unsignable' });
    expect(venue.asked).toEqual([]);
  });

  it.each([
    ['an address that is none', 'no address', API_KEY],
    ['a key that no header can hold', null, 'key\nwith a line break'],
  ])('surely did not leave with %s, and says so', async (_what, url, key) => {
    const venue = await restVenue();
    const credentials = { apiKey: new Secret(key), apiSecret: new Secret(API_SECRET) };
    const { client } = restUser([url ?? venue.url], { credentials });
    const reply = await client.call(ORDER);
    expect(reply).toMatchObject({ kind: 'not_sent', cause: 'no_connection' });
    expect(JSON.stringify(reply)).not.toContain('line break');
    expect(client.inFlight()).toBe(0);
  });
});

describe('a question', () => {
  it('is asked again after an error of the server, later each time, three times in all', async () => {
    const venue = await restVenue();
    venue.serve((asked) => asked.answer('', 503));
    const { client, timers, wait } = restUser([venue.url]);
    const reply = client.call(QUESTION);
    const waits = [await wait(250, 500)];
    timers.advance(500);
    waits.push(await wait(501, 1_000));
    timers.advance(1_000);
    expect(await reply).toMatchObject({ kind: 'unknown', cause: 'SERVER' });
    expect(venue.asked.length).toBe(3);
    expect(waits[1]).toBeGreaterThan(waits[0] ?? 0);
  });

  it('is asked again where the venue says it is busy, and its answer counts', async () => {
    const venue = await restVenue();
    const { client, timers, wait } = restUser([venue.url]);
    const reply = client.call(QUESTION);
    (await venue.next()).answer({ code: 109500, msg: 'busy' });
    await wait(250, 500);
    timers.advance(500);
    (await venue.next()).answer({ code: 0, data: { done: true } });
    expect(await reply).toEqual({ kind: 'data', data: { done: true } });
  });

  it('is not asked again once its patience has ended', async () => {
    const venue = await restVenue();
    const { client, timers } = restUser([venue.url]);
    const reply = client.call({ ...QUESTION, patienceMs: 7_000 });
    await venue.next();
    timers.advance(8_000);
    expect(await reply).toMatchObject({ kind: 'unknown', cause: 'TIMEOUT' });
    expect(venue.asked.length).toBe(1);
  });
});

describe('a client that is closed', () => {
  it('answers what waits as not sent, what is under way as not known, and what comes later as not sent', async () => {
    const venue = await restVenue();
    const { client } = restUser([venue.url], { limitMultiplier: 1 });
    const replies = [ORDER, ORDER, ORDER, ORDER].map((call) => client.call(call));
    for (let times = 0; times < 3; times += 1) await venue.next();
    client.close();
    expect((await Promise.all(replies)).map(({ kind }) => kind)).toEqual([
      'unknown',
      'unknown',
      'unknown',
      'not_sent',
    ]);
    expect(await client.call(QUESTION)).toMatchObject({ kind: 'not_sent', cause: 'no_turn' });
    expect(client.inFlight()).toBe(0);
  });

  it('does not wait to ask a question again', async () => {
    const venue = await restVenue();
    const { client, wait } = restUser([venue.url]);
    const reply = client.call(QUESTION);
    (await venue.next()).answer('', 503);
    await wait(250, 500);
    client.close();
    expect(await reply).toMatchObject({ kind: 'unknown', cause: 'SERVER' });
  });
});
