// The private stream of the local exchange over real sockets: who is let in, pings, expiry, ends, and every fault of a frame.

import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FaultName } from '../../../../src/adapters/venues/exchange/faults.ts';
import { type JsonTextObject, readJsonText } from '../../../../src/adapters/venues/json-text.ts';
import type { ClientOrderId } from '../../../../src/domain/ids.ts';
import { ACCOUNT } from '../exchange/market.ts';
import { HOUR_MS, type Stage, type StreamClient, stage } from './stage.ts';

let on: Stage;
beforeEach(async () => {
  on = await stage();
});
afterEach(async () => {
  await on.close();
});

/** `ORDER_TRADE_UPDATE FILLED`, `ACCOUNT_UPDATE ORDER`, … */
function words(events: readonly JsonTextObject[]): readonly string[] {
  return events.map(({ e, o, a }) =>
    `${e} ${(o as JsonTextObject | undefined)?.['X'] ?? (a as JsonTextObject | undefined)?.['m'] ?? ''}`.trim(),
  );
}

const ONE_TRADE = ['ORDER_TRADE_UPDATE NEW', 'ORDER_TRADE_UPDATE FILLED', 'ACCOUNT_UPDATE ORDER'];

async function opened(): Promise<StreamClient> {
  const client = await on.connect(on.key());
  await client.texts();
  return client;
}

/** Lets five seconds pass again and again, each ping answered. */
async function live(client: StreamClient, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 5_000) {
    on.timers.advance(5_000);
    await client.say('Pong');
  }
}

/** Sends raw bytes to the port of the exchange, and returns all that comes back until it ends. */
async function knock(bytes: string): Promise<string> {
  const { port } = new URL(on.exchange.url);
  return await new Promise((resolve, reject) => {
    let heard = '';
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      heard += chunk.toString();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(heard));
  });
}

const UPGRADE =
  'Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

describe('who is let in', () => {
  it('opens a private stream with a key, and a public one without', async () => {
    await on.connect(on.key());
    await on.connect();
    expect(on.exchange.traffic().privateStreams).toBe(1);
  });

  it.each([
    ['an unknown key', '?listenKey=unknown'],
    ['an empty key', '?listenKey='],
    ['another path', '/elsewhere'],
  ])('refuses %s', async (_, rest) => {
    expect(await on.refusal(`${on.exchange.streamUrl}${rest}`)).toBe(401);
    expect(on.exchange.traffic().privateStreams).toBe(0);
  });

  it('refuses a key that has expired', async () => {
    const key = on.key();
    on.timers.advance(HOUR_MS);
    expect(await on.refusal(`${on.exchange.streamUrl}?listenKey=${key}`)).toBe(401);
  });

  it.each(['//', 'http://', '/swap-market?listenKey=%E0%A4%A', 'http://[/swap-market'])(
    'refuses an address that is none, %s, and goes on',
    async (target) => {
      expect(await knock(`GET ${target} HTTP/1.1\r\n${UPGRADE}`)).toMatch(/^HTTP\/1.1 4/);
      await on.connect(on.key());
    },
  );

  it('leaves no half of a refused connection open', async () => {
    const { port } = new URL(on.exchange.url);
    const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined);
    const ended = new Promise<void>((resolve) => socket.once('end', resolve));
    socket.write(`GET /swap-market?listenKey=x HTTP/1.1\r\n${UPGRADE}`);
    socket.resume();
    await ended;
    await on.exchange.close();
    socket.destroy();
  });

  it('compresses every frame and no connection', async () => {
    const client = await on.connect(on.key());
    expect(client.socket.extensions).toBe('');
    on.timers.advance(5_000);
    const frames = await client.raw();
    expect(frames.map((frame) => gunzipSync(frame).toString()).slice(0, 3)).toEqual([
      expect.stringContaining('ACCOUNT_CONFIG_UPDATE'),
      expect.stringContaining('ACCOUNT_CONFIG_UPDATE'),
      'Ping',
    ]);
  });
});

describe('pings', () => {
  it('come every five seconds', async () => {
    const client = await opened();
    on.timers.advance(4_999);
    expect(await client.texts()).toEqual([]);
    on.timers.advance(1);
    expect((await client.texts())[0]).toBe('Ping');
    await live(client, 60_000);
    expect((await client.texts()).filter((text) => text === 'Ping')).toHaveLength(12);
  });

  it('that are not answered for 30 s end the connection without a close frame', async () => {
    const client = await opened();
    on.timers.advance(29_999);
    await client.settled();
    on.timers.advance(1);
    expect(await client.gone).toBe(1006);
    expect(on.exchange.traffic().privateStreams).toBe(0);
  });

  it('come once to a client of a machine that slept, and end no connection for what nobody could answer', async () => {
    const client = await opened();
    on.timers.leap(HOUR_MS / 2);
    on.timers.advanceToNext();
    expect((await client.texts()).filter((text) => text === 'Ping')).toHaveLength(1);
    expect(on.exchange.traffic().privateStreams).toBe(1);
    await live(client, 60_000);
    expect(on.exchange.traffic().privateStreams).toBe(1);
  });

  it('are answered by the word Pong alone', async () => {
    const client = await opened();
    for (let at = 0; at < 6; at += 1) {
      await client.say('{"reqType":"sub"}');
      on.timers.advance(5_000);
    }
    expect(await client.gone).toBe(1006);
  });

  it('stop for a connection that was ended while it waited', async () => {
    await opened();
    const before = on.timers.nextMs();
    for (const tell of on.world.streamCommands) tell('drop_sockets');
    expect(before).toBe(on.timers.nowMs() + 5_000);
    expect(on.timers.nextMs()).toBeGreaterThan(on.timers.nowMs() + 5_000);
  });

  it('come with how the account is set up, for each symbol', async () => {
    const client = await on.connect(on.key());
    const config = (symbol: string): JsonTextObject => ({
      e: 'ACCOUNT_CONFIG_UPDATE',
      E: String(on.timers.nowMs()),
      ac: { s: symbol, l: '20', S: '20', mt: 'cross' },
    });
    expect(await client.events()).toEqual([config('BTC-USDT'), config('FINE-USDT')]);
    on.timers.advance(5_000);
    expect(await client.events()).toEqual([config('BTC-USDT'), config('FINE-USDT')]);
  });

  it('say the leverage of longs and of shorts each in its own field', async () => {
    const account = on.world.model.accounts.get(ACCOUNT);
    if (account === undefined) throw new Error('no account');
    account.leverages.set('BTC-USDT', { long: 7, short: 3 });
    const [event] = await (await on.connect(on.key())).events();
    expect(event?.['ac']).toMatchObject({ s: 'BTC-USDT', l: '7', S: '3' });
  });

  it('come with snapshots where the switch says so', async () => {
    on.world.wire = { ...on.world.wire, snapshots: true };
    const client = await on.connect(on.key());
    expect((await client.events()).map(({ e }) => e)).toEqual([
      'ACCOUNT_CONFIG_UPDATE',
      'SNAPSHOT',
      'ACCOUNT_CONFIG_UPDATE',
      'SNAPSHOT',
    ]);
  });
});

describe('events', () => {
  it('come in the order of their making, to every stream of the account and to no other', async () => {
    const [first, second, open] = [await opened(), await on.connect(on.key('other-key')), await on.connect()];
    on.order();
    expect(words(await first.news())).toEqual(ONE_TRADE);
    expect(words(await second.news())).toEqual(ONE_TRADE);
    expect(await open.texts()).toEqual([]);
  });

  it('are counted with the pings, and only those of private streams', async () => {
    const client = await on.connect(on.key());
    const open = await on.connect();
    await open.ask({ id: '1', reqType: 'sub', dataType: 'BTC-USDT@bookTicker' });
    on.order();
    on.move(1_000_000, 1_000_020);
    on.timers.advance(5_000);
    expect(await client.raw()).toHaveLength(on.exchange.traffic().framesSent);
  });
});

describe('a listen key', () => {
  it('that expires is told of, and then nothing comes', async () => {
    const client = await opened();
    await live(client, HOUR_MS);
    on.order();
    on.timers.advance(5_000);
    expect((await client.news()).at(-1)).toEqual({
      e: 'listenKeyExpired',
      E: String(on.timers.nowMs() - 5_000),
      listenKey: 'own-key',
    });
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    on.timers.advance(60_000);
    expect(await client.texts()).toEqual([]);
  });

  it('that is extended lives on', async () => {
    const client = await opened();
    await live(client, HOUR_MS - 5_000);
    on.key();
    await live(client, HOUR_MS - 5_000);
    on.order();
    expect(words(await client.news())).toEqual(ONE_TRADE);
  });

  it('that is given back ends its stream', async () => {
    const client = await opened();
    on.world.listenKeys.delete('own-key');
    on.timers.advance(5_000);
    expect(words(await client.news())).toEqual(['listenKeyExpired']);
  });

  it('expires for all its streams, and for no other key', async () => {
    const [first, second] = [await opened(), await opened()];
    const other = await on.connect(on.key('other-key'));
    await other.texts();
    on.world.listenKeys.delete('own-key');
    on.timers.advance(5_000);
    for (const client of [first, second]) expect(words(await client.news())).toEqual(['listenKeyExpired']);
    expect(await other.news()).toEqual([]);
    on.order();
    expect(words(await other.news())).toEqual(ONE_TRADE);
    expect(await first.texts()).toEqual([]);
  });

  it('expires on command, also where nobody listens by it', async () => {
    const client = await opened();
    on.key('idle-key');
    for (const tell of on.world.streamCommands) tell('expire_listen_keys');
    expect(words(await client.news())).toEqual(['listenKeyExpired']);
    expect([...on.world.listenKeys.keys()]).toEqual([]);
  });
});

describe('an end', () => {
  it('on command is without a close frame, and leaves public streams and keys alone', async () => {
    const [client, open] = [await opened(), await on.connect()];
    for (const tell of on.world.streamCommands) tell('drop_sockets');
    expect(await client.gone).toBe(1006);
    await open.settled();
    const again = await on.connect('own-key');
    await again.texts();
    on.order();
    expect(words(await again.news())).toEqual(ONE_TRADE);
  });

  it('of the exchange ends every stream, and its clock has nothing left to do for them', async () => {
    const client = await opened();
    await on.exchange.close();
    expect(await client.gone).toBe(1006);
    expect(on.timers.nextMs()).toBeNull();
    expect(on.world.followers.size + on.world.marketFollowers.size + on.world.streamCommands.size).toBe(0);
  });

  it('comes to a client that says too much at once, and to that one alone', async () => {
    const [loud, quiet] = [await opened(), await on.connect(on.key('other-key'))];
    loud.socket.send('x'.repeat(70_000));
    expect(await loud.gone).toBe(1009);
    await quiet.settled();
  });

  it('comes to a client that does not read, before it fills the memory', async () => {
    const client = await opened();
    const reader = await on.connect(on.key('other-key'));
    on.order();
    client.socket.pause();
    // Texts that do not compress, larger than any real one, so that the test is short.
    const noise = Buffer.from(Array.from({ length: 400_000 }, (_, at) => (at * at * 2_654_435_761) >>> 13));
    const account = on.world.model.accounts.get(ACCOUNT);
    const [order] = account?.orders ?? [];
    if (order === undefined) throw new Error('no order');
    const report = { ...order.report, clientOrderId: noise.toString('base64') as ClientOrderId };
    const frame = { kind: 'order', report, order, trade: null, atMs: on.world.model.nowMs } as const;
    let told = 0;
    for (; told < 100 && on.exchange.traffic().privateStreams === 2; told += 1) {
      for (const follow of on.world.followers) follow(ACCOUNT, [frame]);
      await reader.settled();
    }
    expect(on.exchange.traffic().privateStreams).toBe(1);
    expect(told).toBeGreaterThan(8);
    client.socket.resume();
    await client.gone;
  });
});

describe('a fault of a frame', () => {
  /** Lets it strike every frame of one order. */
  function struck(fault: FaultName): void {
    on.world.faults.set(fault, 1);
    on.order();
    on.world.faults.set(fault, 0);
  }

  it('sends each twice', async () => {
    const client = await opened();
    struck('frame_duplicated');
    expect(words(await client.news())).toEqual(ONE_TRADE.flatMap((word) => [word, word]));
  });

  it('sends one after the next', async () => {
    const client = await opened();
    struck('frame_reordered');
    const [first, second, third] = ONE_TRADE;
    expect(words(await client.news())).toEqual([second, first]);
    on.order();
    expect(words(await client.news())).toEqual([ONE_TRADE[0], third, ...ONE_TRADE.slice(1)]);
  });

  it('sends one that was held back after the next ping at the latest', async () => {
    const client = await opened();
    struck('frame_reordered');
    await client.texts();
    on.timers.advance(5_000);
    const texts = await client.texts();
    expect(texts[0]).toBe('Ping');
    expect(texts.filter((text) => text.includes('ACCOUNT_UPDATE'))).toHaveLength(1);
    on.timers.advance(5_000);
    expect(await client.news()).toEqual([]);
  });

  it('leaves it out, and does not count it as sent', async () => {
    const client = await opened();
    const before = on.exchange.traffic().framesSent;
    struck('frame_dropped');
    expect(await client.texts()).toEqual([]);
    expect(on.exchange.traffic().framesSent).toBe(before);
    on.order();
    expect(words(await client.news())).toEqual(ONE_TRADE);
  });

  it('sends garbage before the true one, of every kind in time', async () => {
    const client = await opened();
    on.world.faults.set('frame_malformed', 1);
    for (let at = 0; at < 40; at += 1) on.order();
    const frames = await client.raw();
    expect(frames).toHaveLength(240);
    const garbage = frames.filter((_, at) => at % 2 === 0);
    const truth = frames.filter((_, at) => at % 2 === 1).map((frame) => gunzipSync(frame).toString());
    expect(truth.every((text) => readJsonText(text).ok)).toBe(true);
    const kinds = new Set(garbage.map(kindOf));
    expect([...kinds].sort()).toEqual(['no JSON', 'no event', 'not compressed', 'of hostile fields']);
  });

  it('sends more than a mebibyte in a small frame before the true one', async () => {
    const client = await opened();
    struck('frame_oversized');
    const frames = await client.raw();
    expect(frames.map((frame) => gunzipSync(frame).length > 1_048_576)).toEqual([
      true,
      false,
      true,
      false,
      true,
      false,
    ]);
    expect(frames[0]?.length).toBeLessThan(10_000);
  });

  it('breaks the connection instead', async () => {
    const client = await opened();
    struck('socket_dropped');
    expect(await client.gone).toBe(1006);
  });

  it('lets nothing come any more, pings included, until the client leaves', async () => {
    const client = await opened();
    struck('stream_silent');
    on.order();
    on.timers.advance(120_000);
    expect(await client.texts()).toEqual([]);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    client.socket.close();
    await client.gone;
    expect(on.world.faults.hits.stream_silent).toBe(1);
  });

  it('lets the key expire instead', async () => {
    const client = await opened();
    struck('listen_key_expired');
    expect(words(await client.news())).toEqual(['listenKeyExpired']);
    expect(on.world.listenKeys.size).toBe(0);
  });

  it('strikes at its rate and the same for the same seed', async () => {
    const client = await opened();
    on.world.faults.set('frame_dropped', 0.3);
    for (let at = 0; at < 50; at += 1) on.order();
    const seen = words(await client.news()).length;
    expect(on.world.faults.hits.frame_dropped).toBe(150 - seen);
    expect(seen).toBeGreaterThan(80);
    expect(seen).toBeLessThan(130);
  });
});

function kindOf(frame: Buffer): string {
  let text = '';
  try {
    text = gunzipSync(frame).toString('utf8');
  } catch {
    return 'not compressed';
  }
  const read = readJsonText(text);
  if (!read.ok) return 'no JSON';
  const { value } = read;
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'e')
    ? 'of hostile fields'
    : 'no event';
}
