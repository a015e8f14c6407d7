// How the account's stream is told: what the venue says of it, and how long it has been silent by our own clock.

import { describe, expect, it } from 'vitest';
import type { OpenedVenue } from '../../src/adapters/venues/open-venue.ts';
import { VenueStream } from '../../src/runner/venue-stream.ts';
import { memoryLog } from '../fakes/memory-mailer.ts';
import { BTC } from '../kernel/build.ts';

function streamOf(
  kind: 'paper' | 'bingx',
  health = { lastFrameAtMs: null as number | null, clockOffsetMs: 0 },
) {
  const clock = { ms: 1_000, nowMs: () => clock.ms };
  const log = memoryLog();
  const opened = { kind, venue: { health: () => health } } as unknown as OpenedVenue;
  return { clock, log, health, stream: new VenueStream(opened, clock, log) };
}

const UP = { kind: 'stream', isUp: true, why: 'connected' } as const;

describe('the stream of the account', () => {
  it('is down before it begins, up once it says so, and down with its reason', () => {
    const { stream, log } = streamOf('paper');
    expect(stream.health()).toEqual({
      name: 'account',
      state: 'down',
      why: 'it has not begun',
      lastAtMs: null,
    });

    stream.listen(UP);
    expect(stream.health()).toEqual({ name: 'account', state: 'up', why: '', lastAtMs: 1_000 });
    stream.listen({ kind: 'stream', isUp: false, why: 'the socket closed' });
    expect(stream.health()).toMatchObject({ state: 'down', why: 'the socket closed' });
    expect(log.lines).toEqual([
      "the venue's stream works: connected",
      "warning: the venue's stream does not work: the socket closed",
    ]);
  });

  it('of an exchange is stale after 20 s without a frame, and up again with the next', () => {
    const { stream, clock, health } = streamOf('bingx');
    stream.listen(UP);
    clock.ms += 20_000;
    expect(stream.health()).toMatchObject({ state: 'up' });
    clock.ms += 1;
    expect(stream.health()).toMatchObject({ state: 'stale', why: 'no frame for more than 20 s' });

    health.lastFrameAtMs = clock.ms - 10;
    expect(stream.health()).toMatchObject({ state: 'up', why: '', lastAtMs: clock.ms - 10 });
  });

  it('takes the clock of the venue off an instant that the venue named', () => {
    const { stream, clock, health } = streamOf('bingx');
    stream.listen(UP);
    clock.ms += 60_000;
    [health.lastFrameAtMs, health.clockOffsetMs] = [clock.ms + 5_000, 5_000];

    expect(stream.health()).toMatchObject({ state: 'up', lastAtMs: clock.ms });
  });

  it('of paper is never silent for too long: it says something where something happens', () => {
    const { stream, clock } = streamOf('paper');
    stream.listen(UP);
    clock.ms += 600_000;

    expect(stream.health()).toMatchObject({ state: 'up', lastAtMs: 1_000 });
  });

  it('tells a person of a leverage that somebody else changed, and works on', () => {
    const { stream, log } = streamOf('paper');
    stream.listen(UP);
    stream.listen({ kind: 'leverage_drift', symbol: BTC, expected: 2, long: 20, short: 5 });

    expect(log.lines.at(-1)).toBe(
      'warning: somebody changed the leverage of BTC-USDT: 20 long and 5 short, and an order of ours set 2',
    );
    expect(stream.health()).toMatchObject({ state: 'up' });
  });
});
