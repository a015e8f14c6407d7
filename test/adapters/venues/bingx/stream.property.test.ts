// The private stream against a venue that does whatever it likes: gaps are told once, and it always finds its way back.

import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import type { Welcome } from '../../../fakes/ws-venue.ts';
import { endStreams, type Follows, follow } from './stream.ts';

const SEED = 20261128;
const EXPIRED = '{"e":"listenKeyExpired"}';

type Act =
  | { readonly act: 'wait'; readonly ms: number }
  | { readonly act: 'ping' | 'garbage' | 'expire' | 'close' | 'break_off'; readonly socket: number }
  | { readonly act: 'welcome'; readonly how: Welcome }
  | { readonly act: 'keys'; readonly refused: boolean }
  | { readonly act: 'extension'; readonly outcome: 'extended' | 'gone' | 'failed' };

const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('wait' as const),
      ms: fc.constantFrom(1, 700, 5_000, 14_999, 15_000, 60_000, 1_800_000),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constantFrom('ping' as const, 'ping', 'garbage', 'expire', 'close', 'break_off'),
      socket: fc.nat(2),
    }),
  },
  fc.record({
    act: fc.constant('welcome' as const),
    how: fc.constantFrom<Welcome>('open', 'open', 'close', 'hang_up', 'nothing', 401, 503),
  }),
  fc.record({ act: fc.constant('keys' as const), refused: fc.boolean() }),
  fc.record({
    act: fc.constant('extension' as const),
    outcome: fc.constantFrom('extended' as const, 'gone', 'failed'),
  }),
);

afterEach(endStreams);

it('tells each gap once, is up again when the venue is, and leaves nothing behind', async () => {
  const runs = fc.asyncProperty(fc.array(acts, { minLength: 1, maxLength: 40 }), async (script) => {
    const follows = await follow({ timing: { rotateMs: 20_000, overlapMs: 10_000 } });
    const { venue, keys, timers, heard, stream } = follows;
    for (const act of script) {
      perform(act, follows);
      await turns(4);
    }
    venue.welcome('open');
    keys.refuses = null;
    keys.extension = 'extended';
    // What hangs is given up after 15 seconds, and the longest wait is a minute.
    for (let second = 0; second < 120; second += 1) {
      timers.advance(1_000);
      await turns(4);
      await Promise.all(venue.open().map((socket) => Promise.race([socket.settled(), socket.gone])));
    }
    const told = heard.all.filter((what) => what === 'up' || what.startsWith('down'));
    const turned = told.map((what) => what.slice(0, 2));
    expect(turned.at(-1)).toBe('up');
    expect(turned.some((what, i) => what === turned[i - 1])).toBe(false);
    expect(heard.all.join()).not.toContain('secret');
    const last = `secret-key-${keys.asked}`;
    expect(new Set(venue.open().map(({ listenKey }) => listenKey))).toEqual(new Set([last]));
    await stream.close();
    expect(timers.nextMs()).toBeNull();
    expect(keys.removed).toEqual([last]);
    await Promise.all(venue.open().map(({ gone }) => gone));
    await venue.close();
  });
  await fc.assert(runs, { seed: SEED, numRuns: 60 });
});

function perform(act: Act, { venue, keys, timers }: Follows): void {
  if (act.act === 'wait') timers.advance(act.ms);
  else if (act.act === 'welcome') venue.welcome(act.how);
  else if (act.act === 'keys') keys.refuses = act.refused ? 'refused' : null;
  else if (act.act === 'extension') {
    keys.extension = act.outcome === 'failed' ? { problem: 'failed' } : act.outcome;
  } else {
    const socket = venue.open()[act.socket];
    if (act.act === 'ping') socket?.say('Ping');
    else if (act.act === 'garbage') socket?.send(Buffer.from([0xff]), 'binary');
    else if (act.act === 'expire') socket?.say(EXPIRED);
    else if (act.act === 'close') socket?.close();
    else socket?.breakOff();
  }
}

/** Lets sockets and promises have their turn. What they do is the same whenever it comes. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
