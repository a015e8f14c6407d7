// What the client does when the venue shuts it out: it waits as long as it is told, and longer each time it is not.

import { afterEach, describe, expect, it } from 'vitest';
import { type Asked, endVenues, ORDER, QUESTION, restUser, restVenue, START_MS } from './rest-venue.ts';

afterEach(endVenues);

const DONE = { code: 0, msg: '', data: {} };
const REFUSED = { code: 100410, msg: 'rate limited' };
const answers = (body: unknown) => (asked: Asked) => asked.answer(body);

const untilText = (atMs: number): string =>
  `The endpoint trigger frequency limit rule is currently in the disabled period and will be unblocked after ${atMs}`;

/** A client whose question was refused with `body`, and how long the next has to wait then. */
async function refusedWith(body: unknown, status = 200) {
  const venue = await restVenue();
  const user = restUser([venue.url]);
  venue.serve((asked) => asked.answer(body, status));
  const first = await user.client.call({ ...ORDER, repeat: 'never' });
  venue.serve(answers(DONE));
  return { venue, user, first };
}

describe('a refusal for too many requests', () => {
  it('that names an instant is waited out, and the question answered then', async () => {
    const venue = await restVenue();
    const { client, timers, wait } = restUser([venue.url]);
    const reply = client.call(QUESTION);
    (await venue.next()).answer({ code: 100410, msg: untilText(START_MS + 4_000) });
    const waitMs = await wait(3_500, 5_000);
    expect(waitMs).toBeGreaterThan(4_000);
    timers.advance(4_000);
    expect(venue.asked.length).toBe(1);
    timers.advance(waitMs - 4_000);
    (await venue.next()).answer(DONE);
    expect(await reply).toEqual({ kind: 'data', data: {} });
  });

  it("names it by the venue's clock", async () => {
    const venue = await restVenue();
    const { client, timers, wait } = restUser([venue.url]);
    const measured = client.measureClock();
    (await venue.next()).answer({ code: 0, data: { serverTime: START_MS + 60_000 } });
    await measured;
    const reply = client.call(QUESTION);
    (await venue.next()).answer({ code: 100410, msg: untilText(START_MS + 64_000) });
    timers.advance(await wait(4_000, 4_100));
    (await venue.next()).answer(DONE);
    expect(await reply).toMatchObject({ kind: 'data' });
  });

  it('is told at once where its instant is past the patience of a question', async () => {
    const venue = await restVenue();
    venue.serve(answers({ code: 100410, msg: untilText(START_MS + 60_000) }));
    const { client } = restUser([venue.url]);
    expect(await client.call(QUESTION)).toMatchObject({ kind: 'error', code: 100410 });
    expect(await client.call(QUESTION)).toMatchObject({ kind: 'not_sent', cause: 'no_turn' });
    expect(venue.asked.length).toBe(1);
  });

  it('concerns its own group only', async () => {
    const { venue, user } = await refusedWith({ code: 100410, msg: untilText(START_MS + 60_000) });
    expect(await user.client.call(QUESTION)).toMatchObject({ kind: 'data' });
    expect(await user.client.call(ORDER)).toMatchObject({ kind: 'not_sent' });
    expect(venue.asked.length).toBe(2);
  });

  it.each([
    ['without an instant', REFUSED, 200],
    ['with an instant that is past', { code: 100410, msg: untilText(START_MS - 1) }, 200],
    ['of the futures layer', { code: 109429, msg: 'too many invalid requests' }, 200],
    ['by HTTP 429 alone', '<html>', 429],
    ['by the firewall', '<html>', 403],
  ])('%s is given half a second to a second', async (_what, body, status) => {
    const { venue, user } = await refusedWith(body, status);
    const next = user.client.call(ORDER);
    await user.wait(500, 1_000);
    expect(venue.asked.length).toBe(1);
    user.timers.advance(1_000);
    expect(await next).toMatchObject({ kind: 'data' });
  });

  it('that repeats is given twice as long each time, five minutes at most, until something is answered', async () => {
    const venue = await restVenue();
    const { client, timers } = restUser([venue.url]);
    const patient = { ...ORDER, repeat: 'never', patienceMs: 1_000_000 } as const;
    /** Asks once more, as soon as that is allowed, and returns how long it was not. */
    const waitOf = async (body: unknown): Promise<number> => {
      venue.serve(answers(body));
      const reply = client.call(patient);
      const waitMs = venue.asked.length === 0 ? 0 : (timers.nextMs() ?? 0) - timers.nowMs();
      timers.advance(waitMs);
      await reply;
      return waitMs;
    };
    await waitOf(REFUSED);
    for (const longestMs of [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map((seconds) => seconds * 1_000)) {
      const waitMs = await waitOf(REFUSED);
      expect(waitMs).toBeGreaterThanOrEqual(longestMs / 2);
      expect(waitMs).toBeLessThanOrEqual(longestMs);
    }
    await waitOf(DONE);
    timers.advance(300_000);
    venue.serve(answers(REFUSED));
    await client.call(patient);
    const waitMs = await waitOf(DONE);
    expect(waitMs).toBeGreaterThanOrEqual(500);
    expect(waitMs).toBeLessThanOrEqual(1_000);
  });

  it('that names an instant in years is not believed for longer than ten minutes', async () => {
    const { user } = await refusedWith({ code: 100410, msg: untilText(9_999_999_999_999) });
    user.timers.advance(600_000);
    expect(await user.client.call(ORDER)).toMatchObject({ kind: 'data' });
  });

  it('by HTTP 418 shuts everything out for five minutes', async () => {
    const { venue, user, first } = await refusedWith('<html>', 418);
    expect(first).toMatchObject({ kind: 'error', code: 418 });
    expect(await user.client.call(QUESTION)).toMatchObject({ kind: 'not_sent', cause: 'no_turn' });
    user.timers.advance(300_000);
    expect(await user.client.call(QUESTION)).toMatchObject({ kind: 'data' });
    expect(venue.asked.length).toBe(2);
  });
});
