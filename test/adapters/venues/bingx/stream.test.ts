// The private stream over days of virtual time: what it tells of gaps, how it keeps its key, and how it ends.

import { afterEach, describe, expect, it } from 'vitest';
import type { VenueSocket } from '../../../fakes/ws-venue.ts';
import { endStreams, type Follows, follow, followUp, nextWait, until } from './stream.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Only the waits between attempts are left. */
const NEVER_SILENT = { silenceMs: 1_000 * HOUR_MS };

afterEach(endStreams);

/** Lets time pass, a multiple of five seconds, with a ping after each five. */
async function pingFor(
  ms: number,
  { timers }: Follows,
  sockets: readonly VenueSocket[],
  everyMs = 5 * SECOND_MS,
): Promise<void> {
  for (let passed = 0; passed < ms; passed += everyMs) {
    timers.advance(everyMs);
    for (const socket of sockets) await socket.settled();
  }
}

describe('whether frames come', () => {
  it('is told with the first frame, not with the connection', async () => {
    const { venue, heard } = await follow();
    const socket = await venue.next();
    expect(heard.all).toEqual([]);
    socket.say('{"e":"SNAPSHOT"}');
    expect([await heard.next(), await heard.next()]).toEqual(['up', 'text: {"e":"SNAPSHOT"}']);
  });

  it('is not told by frames that cannot be read', async () => {
    const { venue, heard, timers, keys } = await follow();
    const socket = await venue.next();
    socket.send(Buffer.from([0x1f, 0x8b, 0]), 'binary');
    expect(await heard.next()).toContain('malformed');
    timers.advance(10 * SECOND_MS);
    socket.send(Buffer.from([0x1f, 0x8b, 0]), 'binary');
    expect(await heard.next()).toContain('malformed');
    timers.advance(5 * SECOND_MS);
    expect(await heard.next()).toBe('down: nothing came for 15000 ms');
    timers.advance(SECOND_MS);
    expect((await venue.next()).listenKey).toBe('secret-key-2');
    expect(keys.asked).toBe(2);
  });

  it('ends after 15 seconds without any frame, and begins again with another connection', async () => {
    const { venue, heard, timers, socket } = await followUp();
    timers.advance(14_999);
    expect(heard.all).toEqual(['up']);
    timers.advance(1);
    await socket.gone;
    timers.advance(SECOND_MS);
    const second = await venue.next();
    expect(heard.all).toEqual(['up', 'down: nothing came for 15000 ms']);
    expect(second.listenKey).toBe('secret-key-1');
    await second.settled();
    expect(heard.all).toEqual(['up', 'down: nothing came for 15000 ms', 'up']);
  });

  it('goes on for hours where pings are all that comes', async () => {
    const follows = await followUp();
    await pingFor(2 * HOUR_MS, follows, [follows.socket]);
    expect(follows.heard.all).toEqual(['up']);
    expect(follows.venue.knocks()).toBe(1);
  });

  it.each([
    ['back', -HOUR_MS],
    ['ahead', HOUR_MS],
  ])('does not depend on a clock that is put %s by an hour', async (_way, stepMs) => {
    let skewMs = 0;
    const { heard, timers, socket } = await followUp({
      timers: (inner) => ({ after: inner.after, nowMs: () => inner.nowMs() + skewMs }),
    });
    timers.advance(10 * SECOND_MS);
    await socket.settled();
    skewMs = stepMs;
    timers.advance(14_999);
    expect(heard.all).toEqual(['up']);
    timers.advance(1);
    expect(heard.all).toEqual(['up', 'down: nothing came for 15000 ms']);
  });

  it.each([
    ['ends it with a close frame', 'close'],
    ['breaks it off', 'breakOff'],
  ] as const)('ends when the venue %s', async (_how, end) => {
    const { heard, socket, timers, venue } = await followUp();
    socket[end]();
    expect(await heard.next()).toBe('down: the venue closed the connection');
    timers.advance(SECOND_MS);
    await (await venue.next()).settled();
    expect(heard.all.slice(2)).toEqual(['up']);
  });
});

describe('a new attempt', () => {
  it.each([
    ['an HTTP status', 401 as const],
    ['a server error', 503 as const],
    ['an end before the first word', 'close' as const],
    ['an end before the upgrade', 'hang_up' as const],
  ])(
    'after %s waits twice as long each time, up to a minute, and takes a new key',
    async (_what, welcome) => {
      const { venue, heard, timers, keys } = await follow({
        timing: NEVER_SILENT,
        before: (made) => made.venue.welcome(welcome),
      });
      for (const longestMs of [1, 2, 4, 8, 16, 32, 60, 60].map((s) => s * SECOND_MS)) {
        const waitMs = await nextWait(timers);
        expect(waitMs).toBeGreaterThanOrEqual(longestMs / 2);
        expect(waitMs).toBeLessThanOrEqual(longestMs);
        timers.advance(waitMs);
      }
      await nextWait(timers);
      expect([venue.knocks(), keys.asked]).toEqual([9, 9]);
      expect(heard.all).toEqual([expect.stringMatching(/^down: the (connection failed|venue closed)/)]);
      expect(heard.all.join()).not.toContain('secret');
    },
  );

  it('waits a second again once a frame came', async () => {
    const { venue, heard, timers } = await follow({
      timing: NEVER_SILENT,
      before: (made) => made.venue.welcome(503),
    });
    for (let attempt = 0; attempt < 6; attempt += 1) timers.advance(await nextWait(timers));
    await nextWait(timers);
    venue.welcome('open');
    timers.advance(MINUTE_MS);
    const socket = await venue.next();
    await socket.settled();
    socket.breakOff();
    await heard.until('up');
    await heard.until('down');
    expect(await nextWait(timers)).toBeLessThanOrEqual(SECOND_MS);
  });

  it('is made where no key is given, and the reason told once', async () => {
    const { venue, heard, timers, keys } = await follow({
      before: (made) => {
        made.keys.refuses = 'POST /openApi/user/auth/userDataStream: 100410 too many';
      },
    });
    for (let attempt = 0; attempt < 4; attempt += 1) timers.advance(await nextWait(timers));
    keys.refuses = null;
    timers.advance(await nextWait(timers));
    await (await venue.next()).settled();
    expect(heard.all).toEqual(['down: POST /openApi/user/auth/userDataStream: 100410 too many', 'up']);
  });

  it('is made where the venue takes the connection and says nothing, not even whether it does', async () => {
    const { venue, heard, timers } = await follow({ before: (made) => made.venue.welcome('nothing') });
    await until(() => venue.knocks() === 1);
    timers.advance(15 * SECOND_MS);
    expect(heard.all).toEqual(['down: nothing came for 15000 ms']);
    venue.welcome('open');
    timers.advance(await nextWait(timers));
    await (await venue.next()).settled();
    expect(heard.all).toEqual(['down: nothing came for 15000 ms', 'up']);
  });

  it('is made again and again where nobody listens at all', async () => {
    const { venue, heard, timers } = await followUp();
    await venue.close();
    for (let attempt = 0; attempt < 4; attempt += 1) timers.advance(await nextWait(timers));
    expect(await nextWait(timers)).toBeGreaterThan(8 * SECOND_MS);
    expect(heard.all).toEqual(['up', 'down: the venue closed the connection']);
  });
});

describe('a rotation', () => {
  it('opens a second connection beside the first at 23 h 50 min, and ends the first a minute later, without a gap', async () => {
    const follows = await followUp();
    const { venue, heard, timers, socket } = follows;
    await pingFor(85_800_000, follows, [socket], 10 * SECOND_MS);
    const second = await venue.next();
    expect(second.listenKey).toBe(socket.listenKey);
    await second.settled();
    socket.say('{"of":"the first"}');
    second.say('{"of":"the second"}');
    await Promise.all([socket.settled(), second.settled()]);
    expect(new Set(heard.all)).toEqual(
      new Set(['up', 'text: {"of":"the first"}', 'text: {"of":"the second"}']),
    );
    await pingFor(MINUTE_MS - 5 * SECOND_MS, follows, [socket, second]);
    expect(venue.open().length).toBe(2);
    timers.advance(5 * SECOND_MS);
    await socket.gone;
    await second.settled();
    expect(heard.all).toHaveLength(3);
  });

  const SOON = { rotateMs: MINUTE_MS };

  it.each([
    ['turned away', 401],
    ['closed at once', 'close'],
    ['left waiting', 'nothing'],
  ] as const)(
    'whose second connection is %s leaves the first alone, and is tried again',
    async (_how, welcome) => {
      const follows = await followUp({ timing: SOON });
      const { venue, heard, socket, timers } = follows;
      venue.welcome(welcome);
      await pingFor(MINUTE_MS, follows, [socket]);
      await until(() => venue.knocks() === 2);
      await pingFor(15 * SECOND_MS, follows, [socket]);
      venue.welcome('open');
      while (venue.open().length === 1) await pingFor(5 * SECOND_MS, follows, [socket]);
      const second = await venue.next();
      await second.settled();
      await pingFor(MINUTE_MS - 5 * SECOND_MS, follows, [socket, second]);
      timers.advance(5 * SECOND_MS);
      await socket.gone;
      expect(heard.all).toEqual(['up']);
    },
  );

  it('that has not come to a second connection when the first ends is a gap', async () => {
    const follows = await followUp({ timing: SOON });
    const { venue, heard, socket, timers } = follows;
    venue.welcome('nothing');
    await pingFor(MINUTE_MS, follows, [socket]);
    await until(() => venue.knocks() === 2);
    venue.welcome('open');
    socket.breakOff();
    expect(await heard.next()).toBe('down: the venue closed the connection');
    timers.advance(await nextWait(timers));
    const next = await venue.next();
    await next.settled();
    expect([venue.open().length, venue.knocks()]).toEqual([1, 3]);
    expect(heard.all.slice(2)).toEqual(['up']);
  });

  it('happens again and again', async () => {
    const follows = await followUp({ timing: { rotateMs: 2 * MINUTE_MS } });
    let current = follows.socket;
    await pingFor(MINUTE_MS, follows, [current]);
    for (let turn = 0; turn < 5; turn += 1) {
      await pingFor(MINUTE_MS, follows, [current]);
      const second = await follows.venue.next();
      await second.settled();
      await pingFor(MINUTE_MS - 5 * SECOND_MS, follows, [current, second]);
      follows.timers.advance(5 * SECOND_MS);
      await current.gone;
      await second.settled();
      current = second;
    }
    expect(follows.heard.all).toEqual(['up']);
    expect(follows.venue.open().length).toBe(1);
  });
});
