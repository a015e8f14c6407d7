// What every Feed owes its listener: one suite for scans, candles, a live market and a map, each with a source that the suite moves.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { POSTURE_UNKNOWN } from '../../src/adapters/feeds/scan-json.ts';
import type { FeedNotice } from '../../src/domain/scan.ts';
import type { Feed } from '../../src/ports.ts';

/** A source, and a feed of it that nobody follows yet. */
export interface FeedWorld {
  readonly feed: Feed;
  /** Makes the source say something good, for the n-th time; a source that speaks by itself does nothing. */
  say(n: number): void;
  /** Says the n-th thing again; `null`: the source cannot. */
  readonly sayAgain: ((n: number) => void) | null;
  /** Makes it say what nobody can read; `null`: the source cannot. */
  readonly sayNonsense: (() => void) | null;
  /** Lets the source come to its end; `null`: it has none. */
  readonly end: (() => void) | null;
  /** Lets time pass until what was said has arrived. */
  pass(): Promise<void>;
  nowMs(): number;
  /** Whether the feed waits for a time to come. */
  isWaiting(): boolean;
  close(): Promise<void>;
}

const isGood = (notice: FeedNotice): boolean => ['scan', 'candles', 'quote'].includes(notice.kind);

/** What is wrong with a notice, which nobody checks again. */
function faultsOf(notice: FeedNotice, nowMs: number): readonly string[] {
  const faults: string[] = [];
  const need = (isSo: boolean, what: string): void => {
    if (!isSo) faults.push(`${what}: ${JSON.stringify(notice)}`);
  };
  const isPrice = (value: number): boolean => Number.isFinite(value) && value > 0;
  const isPast = (ms: number): boolean => Number.isSafeInteger(ms) && ms > 0 && ms <= nowMs;
  const isKey = (key: string): boolean => /^[A-Z0-9]+$/.test(key);
  if (notice.kind === 'quote') {
    const { key, bid, ask, mark, quotedAtMs } = notice.quote;
    need(isKey(key) && isPast(quotedAtMs), 'a quote of a key, from the past');
    need([bid, ask, mark].every(isPrice) && bid <= ask, 'prices above zero, the bid not above the ask');
  } else if (notice.kind === 'candles') {
    const { closedAtMs, barMs, candles } = notice.closed;
    need(isPast(closedAtMs) && Number.isSafeInteger(barMs) && barMs > 0, 'bars that closed in the past');
    need(Object.keys(candles).length > 0 && Object.keys(candles).every(isKey), 'bars of keys');
    for (const { open, high, low, close } of Object.values(candles)) {
      need([open, high, low, close].every(isPrice), 'prices above zero');
      need(high >= Math.max(open, close) && low <= Math.min(open, close), 'prices within high and low');
    }
  } else if (notice.kind === 'scan') {
    const { scan } = notice;
    need(Number.isSafeInteger(scan.scanNumber) && scan.scanNumber >= 0, 'a scan number');
    need(scan.scannedAtMs <= scan.receivedAtMs && isPast(scan.receivedAtMs), 'a scan of the past');
    need(
      Object.entries(scan.prices).every(([key, price]) => isKey(key) && isPrice(price)),
      'prices of keys',
    );
    need(scan.posture !== '' && scan.posture !== POSTURE_UNKNOWN, 'a posture');
  } else if (notice.kind === 'malformed')
    need(notice.place !== '' && notice.problem !== '', 'a place and a problem');
  else if (notice.kind === 'state') need(notice.why !== '', 'a reason');
  return faults;
}

/** @param open makes a world of which nothing was told before it is followed. */
export function feedContract(name: string, open: () => Promise<FeedWorld>): void {
  describe(`the feed of ${name}`, () => {
    let world: FeedWorld;
    let notices: FeedNotice[];
    let stop: () => Promise<void>;
    const good = (): readonly FeedNotice[] => notices.filter(isGood);

    beforeEach(async () => {
      world = await open();
      notices = [];
      stop = world.feed.follow((notice) => notices.push(notice));
    });
    afterEach(async () => {
      await stop();
      await world.close();
    });

    it('says nothing before whoever follows it can end it, and first how it is', async () => {
      expect(notices).toEqual([]);
      await world.pass();
      world.say(1);
      await world.pass();
      expect(notices[0]?.kind).toBe('state');
    });

    it('works, and hands on what its source says, so that nothing has to be checked again', async () => {
      await world.pass();
      for (const n of [1, 2, 3]) {
        world.say(n);
        await world.pass();
      }
      expect(good().length).toBeGreaterThanOrEqual(3);
      expect(notices.flatMap((notice) => faultsOf(notice, world.nowMs()))).toEqual([]);
      expect(notices.findLast(({ kind }) => kind === 'state')).toMatchObject({ isUp: true });
    });

    it('says nothing after it was ended, which may be done twice', async () => {
      await world.pass();
      world.say(1);
      await world.pass();
      const before = notices.length;
      const stopping = stop();
      expect(world.isWaiting()).toBe(false);
      world.say(2);
      await world.pass();
      await stopping;
      await stop();
      expect(notices).toHaveLength(before);
    });

    it('can be ended by whoever is being told something', async () => {
      await stop();
      await world.close();
      world = await open();
      notices = [];
      stop = world.feed.follow((notice) => {
        notices.push(notice);
        if (isGood(notice)) void stop();
      });
      await world.pass();
      for (const n of [1, 2]) {
        world.say(n);
        await world.pass();
      }
      expect(good()).toHaveLength(1);
      expect(world.isWaiting()).toBe(false);
    });

    it('can be ended before it has begun', async () => {
      await stop();
      world.say(1);
      await world.pass();
      expect(notices).toEqual([]);
    });

    it('tells what cannot be read, and loses nothing around it', async () => {
      if (world.sayNonsense === null) return;
      await world.pass();
      world.say(1);
      await world.pass();
      const before = good().length;
      world.sayNonsense();
      await world.pass();
      world.say(2);
      await world.pass();
      expect(notices.some(({ kind }) => kind === 'malformed')).toBe(true);
      expect(good().length).toBeGreaterThan(before);
      expect(notices.flatMap((notice) => faultsOf(notice, world.nowMs()))).toEqual([]);
    });

    it('hands on each scan once, in ascending order', async () => {
      if (world.sayAgain === null) return;
      await world.pass();
      for (const say of [
        () => world.say(1),
        () => world.say(2),
        () => world.sayAgain?.(2),
        () => world.say(3),
      ]) {
        say();
        await world.pass();
      }
      world.sayAgain(1);
      await world.pass();
      const numbers = notices.flatMap((notice) => (notice.kind === 'scan' ? [notice.scan.scanNumber] : []));
      expect(numbers).toEqual([1, 2, 3]);
    });

    it('says once that it has come to its end, and nothing more', async () => {
      if (world.end === null) return;
      await world.pass();
      world.say(1);
      await world.pass();
      world.end();
      await world.pass();
      await world.pass();
      expect(notices.filter(({ kind }) => kind === 'ended')).toHaveLength(1);
      expect(notices.at(-1)?.kind).toBe('ended');
    });
  });
}
