// Which host a request goes to, and how often: an order never twice to one, and never to the second without its id.

import { afterEach, describe, expect, it } from 'vitest';
import { Hosts } from '../../../../src/adapters/venues/bingx/hosts.ts';
import {
  type Asked,
  DEAD_URL,
  endVenues,
  ORDER,
  QUESTION,
  restUser,
  restVenue,
  START_MS,
} from './rest-venue.ts';

afterEach(endVenues);

const DONE = { code: 0, msg: '', data: { done: true } };
const answers = (body: unknown) => (asked: Asked) => asked.answer(body);
const hangsUp = (asked: Asked): void => asked.hangUp();

describe('the hosts of a venue', () => {
  it('are asked in their order, and after a failure the next for a minute', () => {
    const hosts = new Hosts(['a', 'b']);
    expect(hosts.preferred(START_MS)).toBe('a');
    hosts.failed('a', START_MS);
    expect(hosts.preferred(START_MS + 59_999)).toBe('b');
    expect(hosts.preferred(START_MS + 60_000)).toBe('a');
  });

  it('are both asked where both failed, first that which failed longer ago', () => {
    const hosts = new Hosts(['a', 'b']);
    hosts.failed('b', START_MS);
    hosts.failed('a', START_MS + 1);
    expect(hosts.preferred(START_MS + 2)).toBe('b');
  });

  it('are the first again once it answered', () => {
    const hosts = new Hosts(['a', 'b']);
    hosts.failed('a', START_MS);
    hosts.answered('a');
    expect(hosts.preferred(START_MS)).toBe('a');
  });
});

describe('a host that cannot be reached', () => {
  it.each(['freely', 'other_host', 'never'] as const)(
    'is passed over by a request that may leave twice %s, since nothing left',
    async (repeat) => {
      const second = await restVenue();
      second.serve(answers(DONE));
      const { client } = restUser([DEAD_URL, second.url]);
      expect(await client.call({ ...ORDER, repeat })).toMatchObject({ kind: 'data' });
      expect(second.asked.length).toBe(1);
    },
  );

  it('is not asked for a minute, and then again', async () => {
    const [first, second] = [await restVenue(), await restVenue()];
    first.serve(hangsUp);
    second.serve(answers(DONE));
    const { client, timers } = restUser([first.url, second.url]);
    for (let times = 0; times < 3; times += 1) await client.call(QUESTION);
    expect([first.asked.length, second.asked.length]).toEqual([1, 3]);
    first.serve(answers(DONE));
    timers.advance(60_000);
    await client.call(QUESTION);
    expect([first.asked.length, second.asked.length]).toEqual([2, 3]);
  });

  it('that never greets is given up soon enough for the other', async () => {
    const [first, second] = [await restVenue(), await restVenue()];
    second.serve(answers(DONE));
    const { client, timers, wait } = restUser([first.url.replace('http:', 'https:'), second.url]);
    const reply = client.call(ORDER);
    await wait(3_000, 3_000);
    timers.advance(3_000);
    expect(await reply).toMatchObject({ kind: 'data' });
  });
});

describe('a connection that breaks', () => {
  it('lets an order leave once more on the other host, with the very same id', async () => {
    const [first, second] = [await restVenue(), await restVenue()];
    first.serve(hangsUp);
    second.serve(answers(DONE));
    const { client } = restUser([first.url, second.url]);
    expect(await client.call(ORDER)).toEqual({ kind: 'data', data: { done: true } });
    const [one, other] = [first.asked, second.asked];
    expect([one.length, other.length]).toEqual([1, 1]);
    expect(other[0]?.params.get('clientOrderId')).toBe(one[0]?.params.get('clientOrderId'));
  });

  it('on both hosts leaves an order not known after one attempt on each', async () => {
    const [first, second] = [await restVenue(), await restVenue()];
    first.serve(hangsUp);
    second.serve(hangsUp);
    const { client } = restUser([first.url, second.url]);
    expect(await client.call(ORDER)).toMatchObject({ kind: 'unknown', cause: 'CONNECTION' });
    expect([first.asked.length, second.asked.length]).toEqual([1, 1]);
  });

  it('never has an order leave twice on one host, though that answers others again', async () => {
    const [first, second] = [await restVenue(), await restVenue()];
    second.serve(answers(DONE));
    const { client, timers } = restUser([first.url, second.url], { limitMultiplier: 1 });
    const orders = [ORDER, ORDER, ORDER].map((call) => client.call(call));
    const sent = [await first.next(), await first.next(), await first.next()];
    sent[0]?.hangUp();
    // Before the other attempt has its turn, an answer says that the first host is well.
    sent[1]?.answer(DONE);
    sent[2]?.answer(DONE);
    await Promise.all(orders.slice(1));
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    timers.advance(1_100);
    expect(await orders[0]).toMatchObject({ kind: 'data' });
    expect([first.asked.length, second.asked.length]).toEqual([3, 1]);
  });

  it('leaves an order not known where the other host refuses it for a reason of its own', async () => {
    const [first, second] = [await restVenue(), await restVenue()];
    first.serve(hangsUp);
    second.serve(answers({ code: 101204, msg: 'Insufficient margin' }));
    const { client } = restUser([first.url, second.url]);
    expect(await client.call(ORDER)).toMatchObject({ kind: 'unknown', cause: 'CONNECTION' });
  });

  it('tells an order that the other host knows its id already', async () => {
    const [first, second] = [await restVenue(), await restVenue()];
    first.serve(hangsUp);
    second.serve(answers({ code: 101400, msg: 'clientOrderID unique check failed' }));
    const { client } = restUser([first.url, second.url]);
    expect(await client.call(ORDER)).toMatchObject({ kind: 'error', code: 101400 });
  });

  it('leaves an order not known where the other host cannot be reached', async () => {
    const first = await restVenue();
    first.serve(hangsUp);
    const { client } = restUser([first.url, DEAD_URL]);
    expect(await client.call(ORDER)).toMatchObject({ kind: 'unknown', cause: 'CONNECTION' });
    expect(first.asked.length).toBe(1);
  });

  it('keeps the second between two cancels of one order on the other host too', async () => {
    const [first, second] = [await restVenue(), await restVenue()];
    first.serve(hangsUp);
    second.serve(answers(DONE));
    const { client, timers, wait } = restUser([first.url, second.url]);
    const reply = client.call({ ...ORDER, method: 'DELETE', group: 'order_cancel', spacingKey: '12' });
    await wait(1_000, 1_100);
    expect(second.asked.length).toBe(0);
    timers.advance(1_100);
    expect(await reply).toMatchObject({ kind: 'data' });
  });

  it('is the end of what may never leave twice', async () => {
    const [first, second] = [await restVenue(), await restVenue()];
    first.serve(hangsUp);
    const { client } = restUser([first.url, second.url]);
    expect(await client.call({ ...ORDER, repeat: 'never' })).toMatchObject({ kind: 'unknown' });
    expect(second.asked).toEqual([]);
  });

  it('lets a question go on, on one host too', async () => {
    const venue = await restVenue();
    const { client } = restUser([venue.url]);
    const reply = client.call(QUESTION);
    (await venue.next()).hangUp();
    (await venue.next()).breakOff();
    (await venue.next()).answer(DONE);
    expect(await reply).toMatchObject({ kind: 'data' });
  });
});

describe('an answer that does not come in time', () => {
  it('does not let an order leave again', async () => {
    const [first, second] = [await restVenue(), await restVenue()];
    const { client, timers } = restUser([first.url, second.url]);
    const reply = client.call({ ...ORDER, patienceMs: 60_000 });
    await first.next();
    timers.advance(8_000);
    expect(await reply).toMatchObject({ kind: 'unknown', cause: 'TIMEOUT' });
    expect(second.asked).toEqual([]);
  });
});
