// The venue's clock: measured by the shortest trip, asked for again when the venue minds a time, and only once at a time.

import { afterEach, describe, expect, it } from 'vitest';
import { type Asked, endVenues, ORDER, QUESTION, restUser, restVenue, START_MS } from './rest-venue.ts';

afterEach(endVenues);

const TIME_PATH = '/openApi/swap/v2/server/time';
const AHEAD_MS = 40_000;

function isTime({ path }: Asked): boolean {
  return path === TIME_PATH;
}

const timeOf = (serverTime: unknown) => ({ code: 0, msg: '', data: { serverTime } });

describe("the venue's clock", () => {
  it('is taken for read in the middle between asking and hearing', async () => {
    const venue = await restVenue();
    const { client, timers } = restUser([venue.url]);
    expect(client.clockOffsetMs()).toBe(0);
    const measured = client.measureClock();
    const asked = await venue.next();
    timers.advance(200);
    asked.answer(timeOf(START_MS + AHEAD_MS));
    expect(await measured).toEqual({ offsetMs: AHEAD_MS - 100 });
    expect(client.clockOffsetMs()).toBe(AHEAD_MS - 100);
    expect([asked.query, asked.headers['x-bx-apikey']]).toEqual(['', undefined]);
  });

  it('is asked for up to three times where the way was long, and the shortest way counts', async () => {
    const venue = await restVenue();
    const { client, timers } = restUser([venue.url]);
    const measured = client.measureClock();
    const trips = [2_000, 400, 1_000];
    for (const tripMs of trips) {
      const asked = await venue.next();
      timers.advance(tripMs);
      // It arrives at the very end.
      asked.answer(timeOf(timers.nowMs() + AHEAD_MS));
    }
    expect(await measured).toEqual({ offsetMs: AHEAD_MS + 200 });
    expect(venue.asked.length).toBe(3);
  });

  it('is believed from a long way where no shorter one is answered', async () => {
    const venue = await restVenue();
    const { client, timers } = restUser([venue.url]);
    const measured = client.measureClock();
    const asked = await venue.next();
    timers.advance(1_000);
    asked.answer(timeOf(START_MS + 500));
    (await venue.next()).answer({ code: 100400, msg: 'this api is not exist' });
    expect(await measured).toEqual({ offsetMs: 0 });
  });

  it('is not believed where it is more than a day from ours, and the one that was known is kept', async () => {
    const venue = await restVenue();
    const { client } = restUser([venue.url]);
    const first = client.measureClock();
    (await venue.next()).answer(timeOf(START_MS + AHEAD_MS));
    await first;
    const second = client.measureClock();
    (await venue.next()).answer(timeOf(START_MS + 87 * 3_600_000));
    expect(await second).toEqual({
      problem: expect.stringMatching(/87 h apart; set the clock of this machine by NTP/),
    });
    expect(client.clockOffsetMs()).toBe(AHEAD_MS);
  });

  it('is asked for once by all who want to know at the same time', async () => {
    const venue = await restVenue();
    const { client } = restUser([venue.url]);
    const all = [client.measureClock(), client.measureClock(), client.measureClock()];
    (await venue.next()).answer(timeOf(START_MS + 7));
    expect(await Promise.all(all)).toEqual([{ offsetMs: 7 }, { offsetMs: 7 }, { offsetMs: 7 }]);
    expect(venue.asked.length).toBe(1);
    const later = client.measureClock();
    (await venue.next()).answer(timeOf(START_MS + 8));
    expect(await later).toEqual({ offsetMs: 8 });
  });

  it.each([
    ['nothing', { code: 0, data: {} }],
    ['seconds', timeOf(Math.floor(START_MS / 1_000))],
    ['a word', timeOf('now')],
    ['a refusal', { code: 100400, msg: 'this api is not exist' }],
  ])('is not known from %s, and stays as it was', async (_what, body) => {
    const venue = await restVenue();
    const { client } = restUser([venue.url]);
    const first = client.measureClock();
    (await venue.next()).answer(timeOf(START_MS + 7));
    await first;
    const second = client.measureClock();
    (await venue.next()).answer(body);
    expect(await second).toEqual({ problem: expect.stringContaining("the venue's time is not known: ") });
    expect(client.clockOffsetMs()).toBe(7);
  });

  it('is that by which requests are signed', async () => {
    const venue = await restVenue();
    venue.serve((asked) => asked.answer(isTime(asked) ? timeOf(START_MS - 90_000) : { code: 0, data: {} }));
    const { client } = restUser([venue.url]);
    await client.measureClock();
    await client.call(ORDER);
    expect(venue.asked[1]?.params.get('timestamp')).toBe(String(START_MS - 90_000));
  });
});

describe('a time that the venue minds', () => {
  it.each([
    { code: 100421, msg: 'Null timestamp or timestamp mismatch' },
    { code: 109400, msg: 'timestamp is invalid' },
  ])('is measured anew, and the question asked again: $code', async (refusal) => {
    const venue = await restVenue();
    const { client } = restUser([venue.url]);
    const reply = client.call(QUESTION);
    (await venue.next()).answer(refusal);
    (await venue.next()).answer(timeOf(START_MS + AHEAD_MS));
    const again = await venue.next();
    again.answer({ code: 0, data: 1 });
    expect(await reply).toEqual({ kind: 'data', data: '1' });
    expect(again.params.get('timestamp')).toBe(String(START_MS + AHEAD_MS));
  });

  it('refuses an order, which was surely not taken; the next is signed by the new time', async () => {
    const venue = await restVenue();
    const { client } = restUser([venue.url]);
    const reply = client.call(ORDER);
    (await venue.next()).answer({ code: 100421, msg: 'timestamp mismatch' });
    (await venue.next()).answer(timeOf(START_MS + AHEAD_MS));
    expect(await reply).toMatchObject({ kind: 'error', code: 100421 });
    const next = client.call(ORDER);
    const asked = await venue.next();
    asked.answer({ code: 0, data: {} });
    await next;
    expect(asked.params.get('timestamp')).toBe(String(START_MS + AHEAD_MS));
    expect(venue.asked.length).toBe(3);
  });

  it('is told where the venue goes on minding it', async () => {
    const venue = await restVenue();
    venue.serve((asked) =>
      asked.answer(isTime(asked) ? timeOf(START_MS) : { code: 100421, msg: 'timestamp mismatch' }),
    );
    const { client } = restUser([venue.url]);
    expect(await client.call(QUESTION)).toMatchObject({ kind: 'error', code: 100421 });
    expect(venue.asked.filter((asked) => !isTime(asked)).length).toBe(3);
  });
});
