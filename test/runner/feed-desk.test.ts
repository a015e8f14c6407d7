// Where a feed arrives: what of it goes to the market, the kernel and the policy, in which order and how often, and how the feed is told.

import { describe, expect, it } from 'vitest';
import type { FeedNotice, FeedQuote } from '../../src/domain/scan.ts';
import type { EpochMs } from '../../src/domain/steps.ts';
import { FeedDesk } from '../../src/runner/feed-desk.ts';
import { PriceBoard } from '../../src/runner/price-board.ts';
import { memoryLog } from '../fakes/memory-mailer.ts';
import { BTC, ETH, instrument, START_MS } from '../kernel/build.ts';
import { scanOf } from './policy-stage.ts';

function deskOf(options: { readonly hasOwnMarket?: boolean } = {}) {
  const clock = { ms: START_MS as number, nowMs: () => clock.ms };
  const log = memoryLog();
  /** Everything that happened, in its order. */
  const acts: string[] = [];
  const events: Record<string, unknown>[] = [];
  const desk = new FeedDesk({
    board: new PriceBoard([instrument(BTC), instrument(ETH)], 10_000),
    policy: {
      onScan: ({ scanNumber }) => void acts.push(`scan ${scanNumber}`),
      onCandles: ({ closedAtMs }) => void acts.push(`candles ${closedAtMs}`),
      onMoment: () => void acts.push('moment'),
    },
    clock,
    log,
    take: (make) => {
      const event = make(clock.ms as EpochMs);
      events.push({ ...event });
      acts.push(event.kind);
      return { isAccepted: true, code: 'APPLIED', details: '' };
    },
    moveMarket: options.hasOwnMarket === true ? null : ({ key }) => void acts.push(`market ${key}`),
    onEnded: () => void acts.push('ended'),
  });
  const say = (notice: FeedNotice): void => desk.listen(notice);
  return { desk, clock, log, acts, events, say };
}

function quote(over: Partial<FeedQuote> = {}): FeedNotice {
  const plain = {
    key: 'BTCUSDT',
    bid: 1_000,
    ask: 1_000.1,
    mark: 1_000,
    quotedAtMs: (START_MS - 7) as EpochMs,
  };
  return { kind: 'quote', quote: { ...plain, ...over } };
}

describe('a quote', () => {
  it('moves the market before the kernel is told of it, true at its own instant, and lets the policy look', () => {
    const { acts, events, say } = deskOf();
    say(quote());

    expect(acts).toEqual(['market BTCUSDT', 'MARK', 'moment']);
    expect(events[0]).toMatchObject({ mark: 10_000, quotedAtMs: START_MS - 7, atMs: START_MS });
  });

  it('lets the policy look once a second at most, however often prices move', () => {
    const { acts, clock, say } = deskOf();
    for (let tenths = 0; tenths <= 20; tenths += 1) {
      say(quote());
      clock.ms += 100;
    }

    expect(acts.filter((act) => act === 'moment')).toHaveLength(3);
    expect(acts.filter((act) => act === 'MARK')).toHaveLength(21);
  });

  it('of what is not traded here is heard, and nothing comes of it', () => {
    const { desk, acts, say } = deskOf();
    say(quote({ key: 'DOGEUSDT' }));

    expect(acts).toEqual([]);
    expect(desk.health()).toMatchObject({ lastAtMs: START_MS });
  });
});

describe('a scan', () => {
  it('moves the market and the kernel by its prices before the policy decides', () => {
    const { acts, say } = deskOf();
    say({ kind: 'scan', scan: scanOf(1, 1_000, START_MS) });

    expect(acts).toEqual(['market BTCUSDT', 'MARK', 'scan 1']);
  });

  it('marks nothing where the venue has prices of its own', () => {
    const { acts, say } = deskOf({ hasOwnMarket: true });
    say({ kind: 'scan', scan: scanOf(1, 1_000, START_MS) });
    say(quote());

    expect(acts).toEqual(['scan 1', 'MARK', 'moment']);
  });

  it('whose parts could not be believed is decided on, and told once a minute', () => {
    const { acts, clock, log, say } = deskOf();
    for (const scanNumber of [1, 2, 3]) {
      say({ kind: 'scan', scan: scanOf(scanNumber, 1_000, START_MS, { problems: ['vel_div: is missing'] }) });
      clock.ms += 30_000;
    }

    expect(acts.filter((act) => act.startsWith('scan'))).toHaveLength(3);
    expect(log.lines).toEqual([
      'warning: scan 1: vel_div: is missing',
      'warning: scan 3: vel_div: is missing',
    ]);
  });
});

describe('what a feed says of itself', () => {
  it('is down until it works, and stale where it worked before', () => {
    const { desk, say, log } = deskOf();
    expect(desk.health()).toEqual({ name: 'feed', state: 'down', why: 'it has not begun', lastAtMs: null });

    say({ kind: 'state', isUp: false, why: 'there is no file' });
    expect(desk.health()).toMatchObject({ state: 'down', why: 'there is no file' });
    expect(log.lines.splice(0)).toEqual([
      "warning: the feed does not work: there is no file; no entries from it, and exits go by the venue's own prices",
    ]);
    say({ kind: 'state', isUp: false, why: 'there is no folder' });
    expect([desk.health().why, log.lines]).toEqual(['there is no folder', []]);
    say({ kind: 'state', isUp: true, why: 'a file' });
    expect(desk.health()).toMatchObject({ state: 'up', why: '' });
    say(quote());
    say({ kind: 'state', isUp: false, why: 'silent' });
    expect(desk.health()).toMatchObject({ state: 'stale', why: 'silent' });
  });

  it.each<[string, FeedNotice]>([
    ['a quote', quote()],
    ['a scan', { kind: 'scan', scan: scanOf(1, 1_000, START_MS) }],
    ['bars', { kind: 'candles', closed: { closedAtMs: START_MS as EpochMs, barMs: 60_000, candles: {} } }],
  ])('is as old as its last word, which %s is and what cannot be read is not', (_, notice) => {
    const { desk, clock, say } = deskOf();
    say(notice);
    clock.ms += 500;
    say({ kind: 'malformed', place: 'a', problem: 'b' });

    expect(desk.health().lastAtMs).toBe(START_MS);
  });

  it('is off at its end, which is told on', () => {
    const { desk, acts, say } = deskOf();
    say({ kind: 'ended' });

    expect(desk.health()).toMatchObject({ state: 'off', why: 'it has come to its end' });
    expect(acts).toEqual(['ended']);
  });

  it('goes to the policy as bars that closed', () => {
    const { acts, say } = deskOf();
    say({ kind: 'candles', closed: { closedAtMs: START_MS as EpochMs, barMs: 60_000, candles: {} } });

    expect(acts).toEqual([`candles ${START_MS}`]);
  });
});

describe('what cannot be read', () => {
  it('is written down once a minute, in bounded length, and again in the next minute', () => {
    const { desk, clock, events, say } = deskOf();
    for (const wait of [0, 59_999, 1]) {
      clock.ms += wait;
      say({ kind: 'malformed', place: 'scans.jsonl:7', problem: 'x'.repeat(1_000) });
    }

    expect(desk.malformed).toBe(3);
    expect(events).toHaveLength(2);
    expect(events[0]).toMatchObject({
      kind: 'MALFORMED',
      what: 'feed',
      problem: `scans.jsonl:7: ${'x'.repeat(485)}`,
    });
  });
});
