// What a connection to the private stream makes of single frames: packed, plain, broken, too large, and pings.

import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { FRAME_BYTES_MAX, unpacked } from '../../../../src/adapters/venues/bingx/unpack.ts';
import { err, ok } from '../../../../src/domain/result.ts';
import { endStreams, followUp } from './stream.ts';

const SEED = 20261128;
const NO_UTF8 = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);

afterEach(endStreams);

describe('a frame', () => {
  it('is read packed, as plain text and as plain bytes, all in the order of arrival', async () => {
    const { socket, heard } = await followUp();
    const texts = Array.from({ length: 300 }, (_, i) => `{"e":"${'x'.repeat((i * 37) % 5000)}${i}"}`);
    for (const [i, text] of texts.entries()) {
      if (i % 3 === 0) socket.say(text);
      else socket.send(i % 3 === 1 ? text : Buffer.from(text), i % 3 === 1 ? 'text' : 'binary');
    }
    await socket.settled();
    expect(heard.all).toEqual(['up', ...texts.map((text) => `text: ${text}`)]);
  });

  it.each([
    ['larger than 1 MiB', Buffer.alloc(2_097_152, 'x'), 'it has 2097152 bytes, of 1048576 at most'],
    [
      'small and larger than 1 MiB when unpacked',
      gzipSync(Buffer.alloc(50_000_000)),
      'unpacked it has more than 1048576 bytes',
    ],
    [
      'cut off',
      gzipSync('{"e":"ORDER_TRADE_UPDATE"}').subarray(0, 20),
      'it cannot be unpacked: it was cut off or changed on the way',
    ],
    [
      'changed on the way',
      changed(gzipSync('{"e":"ORDER_TRADE_UPDATE"}')),
      'it cannot be unpacked: it was cut off or changed on the way',
    ],
    ['packed and no UTF-8', gzipSync(NO_UTF8), 'it is no UTF-8'],
    ['plain bytes and no UTF-8', NO_UTF8, 'it is no UTF-8'],
  ])('that is %s is told as malformed, and the connection lives on', async (_what, frame, problem) => {
    const { socket, heard, venue } = await followUp();
    socket.send(frame, 'binary');
    socket.say('{"e":"AFTER"}');
    await socket.settled();
    expect(heard.all).toEqual(['up', `malformed: ${problem}`, 'text: {"e":"AFTER"}']);
    expect(venue.knocks()).toBe(1);
  });

  it('that calls itself text and is no UTF-8 is told as malformed, and the connection lives on', async () => {
    const { socket, heard, venue } = await followUp();
    socket.send(NO_UTF8, 'text');
    socket.say('{"e":"AFTER"}');
    await socket.settled();
    expect(heard.all).toEqual(['up', 'malformed: it is no UTF-8', 'text: {"e":"AFTER"}']);
    expect(venue.knocks()).toBe(1);
  });

  it('beyond 16 MiB ends the connection as a gap, since it is not even taken', async () => {
    const { socket, heard, venue, timers } = await followUp();
    socket.send(Buffer.alloc(16_777_217, 'x'), 'binary');
    await socket.gone;
    expect([await heard.next(), await heard.next()]).toEqual([
      'malformed: it has more than 16777216 bytes',
      'down: the connection failed (WS_ERR_UNSUPPORTED_MESSAGE_LENGTH)',
    ]);
    timers.advance(1_000);
    await (await venue.next()).settled();
    expect(await heard.next()).toBe('up');
  });
});

describe('a ping', () => {
  it.each([
    ['Ping', 'Pong'],
    [
      '{"ping":"4f1a","time":"2026-11-28T00:00:00.000Z"}',
      '{"pong":"4f1a","time":"2026-11-28T00:00:00.000Z"}',
    ],
    ['{"ping":1764288000000}', '{"pong":1764288000000}'],
  ])('%s is answered, packed or not, and not handed on', async (ping, pong) => {
    const { socket, heard } = await followUp();
    socket.say(ping);
    socket.send(ping, 'text');
    expect([await socket.heard(), await socket.heard()]).toEqual([pong, pong]);
    expect(heard.all).toEqual(['up']);
  });

  it('is no ping where it only begins like one', async () => {
    const { socket, heard } = await followUp();
    const texts = ['Pings', '', `{"ping":"${'x'.repeat(300)}"}`];
    for (const text of texts) socket.say(text);
    await socket.settled();
    expect(heard.all).toEqual(['up', ...texts.map((text) => `text: ${text}`)]);
  });
});

it('counts frames of every kind over all its connections, also after it was closed', async () => {
  const { socket, stream, timers, venue, heard } = await followUp();
  socket.say('{}');
  socket.send(NO_UTF8, 'binary');
  await socket.settled();
  expect(stream.received()).toBe(4);
  socket.breakOff();
  await heard.until('down');
  timers.advance(1_000);
  const second = await venue.next();
  await second.settled();
  expect(stream.received()).toBe(5);
  await stream.close();
  expect(stream.received()).toBe(5);
});

describe('unpacking', () => {
  it('gives back every text, packed or not', () => {
    const texts = fc.string({ unit: 'binary', maxLength: 300 }).filter((text) => !text.startsWith('\ufeff'));
    fc.assert(
      fc.property(texts, (text) => {
        expect(unpacked(gzipSync(text))).toEqual(ok(text));
        expect(unpacked(Buffer.from(text))).toEqual(ok(text));
      }),
      { seed: SEED },
    );
  });

  it('takes any bytes without throwing, and packed ones that were changed or cut', () => {
    const packed = gzipSync(JSON.stringify({ e: 'ORDER_TRADE_UPDATE', o: { s: 'BTC-USDT', z: '0.1' } }));
    const mutated = fc
      .tuple(fc.nat(packed.length - 1), fc.integer({ min: 1, max: 255 }), fc.nat(packed.length))
      .map(([at, by, length]) => {
        const copy = Buffer.from(packed);
        copy[at] = (copy[at] ?? 0) ^ by;
        return copy.subarray(0, length);
      });
    const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
    fc.assert(
      fc.property(fc.oneof(mutated, bytes), (frame) => {
        const text = unpacked(frame);
        expect(text.ok ? text.value.length <= FRAME_BYTES_MAX : text.error.length > 0).toBe(true);
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  it('takes a frame of 1 MiB, packed or not, and none with a byte more', () => {
    const largest = Buffer.alloc(FRAME_BYTES_MAX, 'x');
    const larger = Buffer.alloc(FRAME_BYTES_MAX + 1, 'x');
    expect([largest, gzipSync(largest)].map((frame) => unpacked(frame).ok)).toEqual([true, true]);
    expect([larger, gzipSync(larger)].map(unpacked)).toEqual([
      err('it has 1048577 bytes, of 1048576 at most'),
      err('unpacked it has more than 1048576 bytes'),
    ]);
  });
});

/** With its checksum off by one. */
function changed(packed: Buffer): Buffer {
  const copy = Buffer.from(packed);
  const at = copy.length - 8;
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}
