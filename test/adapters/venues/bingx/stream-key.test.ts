// The listen key behind the private stream: kept alive, replaced when it is gone, given back at the end; and the end itself.

import { afterEach, describe, expect, it } from 'vitest';
import { openUserStream } from '../../../../src/adapters/venues/bingx/user-stream.ts';
import { virtualTimers } from '../../../../src/adapters/virtual-timers.ts';
import { randomFrom } from '../../../../src/domain/random.ts';
import { MemoryListenKeys } from '../../../fakes/memory-listen-keys.ts';
import { endStreams, follow, followUp, Heard, nextWait, until } from './stream.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HALF_HOUR_MS = 1_800_000;
const EXPIRED = '{"e":"listenKeyExpired","E":1764288000000,"listenKey":"somebody"}';
/** Only what is about the key happens. */
const KEY_ONLY = { silenceMs: 1_000 * HALF_HOUR_MS, rotateMs: 1_000 * HALF_HOUR_MS };

afterEach(endStreams);

describe('the listen key', () => {
  it('is extended every 30 minutes, and goes into the address alone', async () => {
    const { keys, timers, heard, socket } = await followUp({ timing: KEY_ONLY });
    expect(socket.listenKey).toBe('secret-key-1');
    for (let turn = 0; turn < 5; turn += 1) {
      timers.advance(HALF_HOUR_MS - 1);
      expect(keys.extended).toHaveLength(turn);
      timers.advance(1);
      expect(await keys.calls.take()).toBe('extend secret-key-1');
      await settled();
    }
    expect(heard.all).toEqual(['up']);
  });

  it('is extended again after a minute where that failed', async () => {
    const { keys, timers, heard } = await followUp({ timing: KEY_ONLY });
    keys.extension = { problem: 'PUT /openApi/user/auth/userDataStream: no answer' };
    timers.advance(HALF_HOUR_MS);
    await keys.calls.take();
    for (let turn = 2; turn <= 4; turn += 1) {
      await settled();
      timers.advance(MINUTE_MS);
      await keys.calls.take();
      expect(keys.extended).toHaveLength(turn);
    }
    keys.extension = 'extended';
    await settled();
    timers.advance(MINUTE_MS);
    await keys.calls.take();
    await settled();
    timers.advance(HALF_HOUR_MS - 1);
    expect(keys.extended).toHaveLength(5);
    expect(heard.all).toEqual(['up']);
  });

  it('that could not be extended for an hour is taken for expired: a venue may go on to ping whoever holds it', async () => {
    const { keys, timers, heard, socket, venue } = await followUp({ timing: KEY_ONLY });
    keys.extension = { problem: 'no answer' };
    timers.advance(HALF_HOUR_MS);
    for (let turn = 0; turn < 29; turn += 1) {
      await settled();
      timers.advance(MINUTE_MS);
    }
    await settled();
    expect(heard.all).toEqual(['up']);
    timers.advance(MINUTE_MS);
    expect(heard.all).toEqual(['up', 'down: the listen key could not be extended in time']);
    await socket.gone;
    timers.advance(SECOND_MS);
    expect((await venue.next()).listenKey).toBe('secret-key-2');
  });

  it('that was not extended while the machine slept is not connected with again', async () => {
    let sleptMs = 0;
    const { timers, socket, venue } = await followUp({
      timing: KEY_ONLY,
      timers: (awake) => ({ nowMs: () => awake.nowMs() + sleptMs, after: (ms, run) => awake.after(ms, run) }),
    });
    sleptMs = 2 * HALF_HOUR_MS;
    socket.close();
    timers.advance(await nextWait(timers));
    expect((await venue.next()).listenKey).toBe('secret-key-2');
  });

  it('that should have been extended while the machine slept is extended with the next connection', async () => {
    let sleptMs = 0;
    const { keys, timers, socket, venue } = await followUp({
      timing: KEY_ONLY,
      timers: (awake) => ({ nowMs: () => awake.nowMs() + sleptMs, after: (ms, run) => awake.after(ms, run) }),
    });
    sleptMs = HALF_HOUR_MS + 1;
    socket.close();
    timers.advance(await nextWait(timers));
    timers.advance(0);
    expect((await venue.next()).listenKey).toBe('secret-key-1');
    timers.advance(0);
    expect(await keys.calls.take()).toBe('extend secret-key-1');
  });

  it('that the venue does not know any more is replaced, with a new connection', async () => {
    const { keys, timers, heard, socket, venue } = await followUp({ timing: KEY_ONLY });
    keys.extension = 'gone';
    timers.advance(HALF_HOUR_MS);
    expect(await heard.until('down')).toBe('down: the listen key expired');
    await socket.gone;
    timers.advance(SECOND_MS);
    const second = await venue.next();
    await second.settled();
    expect(second.listenKey).toBe('secret-key-2');
    expect(heard.all).toEqual(['up', 'down: the listen key expired', 'up']);
  });

  it.each([EXPIRED, '{ "E": 1764288000000, "e" : "listenKeyExpired" }'])(
    'that expires by a frame is replaced, and the frame handed on: %s',
    async (frame) => {
      const { heard, socket, venue, timers } = await followUp();
      socket.say(frame);
      await socket.gone;
      timers.advance(SECOND_MS);
      const second = await venue.next();
      expect(second.listenKey).toBe('secret-key-2');
      await second.settled();
      expect(heard.all).toEqual(['up', `text: ${frame}`, 'down: the listen key expired', 'up']);
    },
  );

  it('has not expired where a frame only holds the word', async () => {
    const { heard, socket, venue } = await followUp();
    socket.say('{"e":"ORDER_TRADE_UPDATE","o":{"c":"listenKeyExpired"}}');
    await Promise.race([socket.settled(), socket.gone]);
    expect(heard.all).toHaveLength(2);
    expect(venue.knocks()).toBe(1);
  });

  it('ends both connections of a rotation when it expires on the older', async () => {
    const { heard, socket, venue, timers } = await followUp({ timing: { rotateMs: 10 * SECOND_MS } });
    timers.advance(10 * SECOND_MS);
    const second = await venue.next();
    await second.settled();
    socket.say(EXPIRED);
    await Promise.all([socket.gone, second.gone]);
    expect(await heard.until('down')).toBe('down: the listen key expired');
    timers.advance(await nextWait(timers));
    const third = await venue.next();
    await third.settled();
    expect(third.listenKey).toBe('secret-key-2');
    expect(heard.all.filter((what) => !what.startsWith('text'))).toEqual([
      'up',
      'down: the listen key expired',
      'up',
    ]);
  });

  it('that is new outlives what an older connection says of the old one', async () => {
    const { heard, socket, venue, timers } = await followUp({
      timing: { rotateMs: 10 * SECOND_MS, overlapMs: HALF_HOUR_MS, silenceMs: HALF_HOUR_MS },
    });
    timers.advance(10 * SECOND_MS);
    const second = await venue.next();
    await second.settled();
    second.breakOff();
    await heard.until('down');
    venue.welcome(401);
    timers.advance(await nextWait(timers));
    await until(() => venue.knocks() === 3);
    venue.welcome('open');
    timers.advance(await nextWait(timers));
    const third = await venue.next();
    await third.settled();
    socket.say(EXPIRED);
    await socket.settled();
    timers.advance(10 * SECOND_MS);
    const fourth = await venue.next();
    expect([third.listenKey, fourth.listenKey]).toEqual(['secret-key-2', 'secret-key-2']);
    expect(heard.all.at(-1)).toBe(`text: ${EXPIRED}`);
  });
});

describe('the address', () => {
  it.each(['https://venue.example/swap-market', 'ws://venue.example/#swap-market', 'venue.example'])(
    'has to be one for WebSockets, and %s is not',
    (url) => {
      const open = () =>
        openUserStream({
          url,
          listenKeys: new MemoryListenKeys(),
          timers: virtualTimers(0),
          random: randomFrom(20261128, 'stream'),
          listener: new Heard(),
        });
      expect(open).toThrow();
    },
  );

  it('holds any key the venue may give without breaking', async () => {
    const { venue } = await follow({
      before: ({ keys }) => {
        keys.named = 'a&b=c#d \ud800é';
      },
    });
    expect((await venue.next()).listenKey).toBe('a&b=c#d \ufffdé1');
  });
});

describe('closing', () => {
  it('ends both connections of a rotation, gives the key back, and leaves nothing waiting', async () => {
    const { keys, socket, stream, timers, venue } = await followUp({ timing: { rotateMs: 10 * SECOND_MS } });
    timers.advance(10 * SECOND_MS);
    const second = await venue.next();
    await second.settled();
    await stream.close();
    await Promise.all([socket.gone, second.gone]);
    expect(keys.removed).toEqual(['secret-key-1']);
    expect(timers.nextMs()).toBeNull();
  });

  it('lets nothing be heard any more, whatever was under way', async () => {
    const { heard, socket, stream, timers } = await followUp();
    for (let i = 0; i < 100; i += 1) socket.say(`{"i":${i}}`);
    socket.say(EXPIRED);
    await stream.close();
    const before = heard.all.length;
    await socket.gone;
    timers.advance(HALF_HOUR_MS);
    await settled();
    expect(heard.all).toHaveLength(before);
  });

  it('waits two seconds for the venue to take the key back, and no longer', async () => {
    const { keys, stream, timers } = await followUp();
    keys.delay = new Promise(() => {});
    let isClosed = false;
    const closed = stream.close().then(() => {
      isClosed = true;
    });
    timers.advance(1_999);
    await settled();
    expect([isClosed, keys.removed]).toEqual([false, ['secret-key-1']]);
    timers.advance(1);
    await closed;
  });

  it('gives a key back that comes only then, and does not connect with it', async () => {
    let answer = (): void => {};
    const { keys, stream, venue, timers, heard } = await follow({
      before: (made) => {
        made.keys.delay = new Promise((resolve) => {
          answer = resolve;
        });
      },
    });
    const closed = stream.close();
    answer();
    await closed;
    expect(keys.removed).toEqual(['secret-key-1']);
    expect([venue.knocks(), heard.all, timers.nextMs()]).toEqual([0, [], null]);
  });

  it('ends a connection that is only being made', async () => {
    const { stream, venue, timers, heard } = await follow({
      before: (made) => made.venue.welcome('nothing'),
    });
    await until(() => venue.knocks() === 1);
    await stream.close();
    await settled();
    expect([heard.all, timers.nextMs()]).toEqual([[], null]);
  });

  it('ends while a new attempt is waited for', async () => {
    const { stream, venue, timers, heard, socket } = await followUp();
    socket.breakOff();
    await heard.until('down');
    await stream.close();
    expect([venue.knocks(), timers.nextMs()]).toEqual([1, null]);
  });

  it.each(['up', 'text', 'down', 'malformed'])('from within %s ends there', async (when) => {
    const { heard, stream, venue, timers, keys } = await follow();
    let closed: Promise<void> | null = null;
    heard.within((what) => {
      if (what.startsWith(when)) closed = stream.close();
    });
    const socket = await venue.next();
    socket.say('{"e":"SNAPSHOT"}');
    socket.send(Buffer.from([0xff]), 'binary');
    socket.say(EXPIRED);
    socket.say('{"e":"AFTER"}');
    await socket.gone;
    await settled();
    await closed;
    expect(heard.all.at(-1)?.startsWith(when)).toBe(true);
    expect(heard.all.filter((what) => what.startsWith(when))).toHaveLength(1);
    expect([timers.nextMs(), keys.asked]).toEqual([null, 1]);
  });

  it('may be asked for twice, and both wait for the end', async () => {
    const { keys, stream } = await followUp();
    let answer = (): void => {};
    keys.delay = new Promise((resolve) => {
      answer = resolve;
    });
    const ended: string[] = [];
    const first = stream.close().then(() => ended.push('first'));
    const second = stream.close().then(() => ended.push('second'));
    await settled();
    expect(ended).toEqual([]);
    answer();
    await Promise.all([first, second]);
    expect(keys.removed).toEqual(['secret-key-1']);
  });
});

/** Lets all promises and sockets of this process have their turn. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
