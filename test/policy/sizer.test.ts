// The sizer: convex in the signal, moved by how trades of the same strength ended, each counted by its own id.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMs } from '../../src/domain/steps.ts';
import {
  BUCKETS,
  beginSizer,
  convictionOf,
  entryAsked,
  type SizerMemory,
  tradesFollowed,
} from '../../src/policy/sizer.ts';
import { freeSlot, openSlot, START_MS } from './build.ts';

const SETTINGS = { min_leverage: 0.5, max_leverage: 8, strongest: 3, bucket_trades: 20 };
const ENTRY = { slot: 0, symbol: 'BTC-USDT', side: 'SHORT', bucket: 2, atMs: START_MS } as const;

function closedTrade(tradeId: string, net: number) {
  return { tradeId, realizedUsdt: net, feesUsdt: 0, fundingUsdt: 0 };
}

/** The memory after trades of one bucket that brought `nets`, in their order. */
function endedWith(nets: readonly number[], bucket = 2): SizerMemory {
  let memory = beginSizer();
  for (const [index, net] of nets.entries()) {
    const tradeId = `trade-${index}`;
    const nowMs = epochMs(START_MS);
    memory = entryAsked(memory, { ...ENTRY, bucket });
    memory = tradesFollowed(memory, { slots: [openSlot({ tradeId })], closed: [], nowMs }, SETTINGS);
    const closed = [closedTrade(tradeId, net)];
    memory = tradesFollowed(memory, { slots: [freeSlot()], closed, nowMs }, SETTINGS);
  }
  return memory;
}

describe('conviction', () => {
  it.each([
    [0.1, 0.5, 0],
    [0.2, 0.5 + 7.5 * 0.5 ** 3, 2],
    [0.3, 8, 3],
    [99, 8, 3],
    [-0.2, 0.5 + 7.5 * 0.5 ** 3, 2],
  ])('of a signal of %d at a threshold of 0.1 is %d', (signal, conviction, bucket) => {
    const sized = convictionOf(beginSizer(), signal, 0.1, SETTINGS);
    expect(sized.conviction).toBeCloseTo(conviction, 9);
    expect(sized).toMatchObject({ bucket, bucketMultiplier: 1 });
  });

  it('is whole where the strongest signal is the threshold itself', () => {
    expect(convictionOf(beginSizer(), 0.1, 0.1, { ...SETTINGS, strongest: 1 }).conviction).toBe(8);
  });

  it('grows with the signal and stays within its bounds, without a trade', () => {
    const signal = fc.double({ min: 0, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(signal, signal, (one, other) => {
        const [less, more] = one < other ? [one, other] : [other, one];
        const low = convictionOf(beginSizer(), less, 0.28, SETTINGS).conviction;
        const high = convictionOf(beginSizer(), more, 0.28, SETTINGS).conviction;
        expect(low).toBeGreaterThanOrEqual(0.5);
        expect(high).toBeLessThanOrEqual(8);
        expect(low).toBeLessThanOrEqual(high);
      }),
    );
  });
});

describe('the multiplier of a bucket', () => {
  const multiplier = (memory: SizerMemory, signal = 0.2): number =>
    convictionOf(memory, signal, 0.1, SETTINGS).bucketMultiplier;

  it('rises with trades that won, falls with those that lost, and needs many to be moved far', () => {
    expect(multiplier(endedWith([10]))).toBeCloseTo(1.025, 9);
    expect(multiplier(endedWith(Array.from({ length: 20 }, () => 10)))).toBeCloseTo(1.5, 9);
    expect(multiplier(endedWith(Array.from({ length: 20 }, () => -10)))).toBeCloseTo(0.5, 9);
    expect(multiplier(endedWith([10, -10]))).toBe(1);
    expect(multiplier(endedWith([0]))).toBe(1);
  });

  it('is of its own bucket alone', () => {
    expect(multiplier(endedWith([10], 2), 0.3)).toBe(1);
    expect(multiplier(endedWith([10], 3), 0.3)).toBeGreaterThan(1);
  });

  it('counts the last trades only', () => {
    const losses = Array.from({ length: 20 }, () => -1);
    const wins = Array.from({ length: 20 }, () => 1);
    expect(multiplier(endedWith([...losses, ...wins]))).toBeCloseTo(1.5, 9);
  });

  it('stays within a half and one and a half', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true })), (nets) => {
        const found = multiplier(endedWith(nets));
        expect(found).toBeGreaterThanOrEqual(0.5);
        expect(found).toBeLessThanOrEqual(1.5);
      }),
    );
  });
});

describe('feedback', () => {
  const nowMs = epochMs(START_MS);

  it('is realized less fees plus funding of that trade', () => {
    const asked = entryAsked(beginSizer(), ENTRY);
    const open = tradesFollowed(asked, { slots: [openSlot()], closed: [], nowMs }, SETTINGS);
    const ended = { tradeId: 'trade-1', realizedUsdt: 10, feesUsdt: 3, fundingUsdt: -2 };
    const closed = tradesFollowed(open, { slots: [freeSlot()], closed: [ended], nowMs }, SETTINGS);
    expect(closed.results[2]).toEqual([5]);
    expect(closed.open).toEqual([]);
  });

  it('ignores trades of others, and the same trade a second time', () => {
    const asked = entryAsked(beginSizer(), ENTRY);
    const open = tradesFollowed(asked, { slots: [openSlot()], closed: [], nowMs }, SETTINGS);
    const both = [closedTrade('stray', 99), closedTrade('trade-1', 5), closedTrade('trade-1', 5)];
    expect(tradesFollowed(open, { slots: [], closed: both, nowMs }, SETTINGS).results).toEqual([
      [],
      [],
      [5],
      [],
    ]);
  });

  it.each([
    ['another symbol', { symbol: 'ETH-USDT' }],
    ['the other side', { side: 'LONG' }],
  ] as const)(
    'does not take a trade of %s in the same slot for the one that was decided',
    (_case, changes) => {
      const asked = entryAsked(beginSizer(), ENTRY);
      const slots = [openSlot(changes)];
      const open = tradesFollowed(asked, { slots, closed: [], nowMs }, SETTINGS);
      expect(open).toMatchObject({ asked: [], open: [] });
    },
  );

  it('waits for an entry that is under way, and forgets one that came to nothing', () => {
    const asked = entryAsked(beginSizer(), ENTRY);
    const at = (ms: number): SizerMemory =>
      tradesFollowed(asked, { slots: [freeSlot()], closed: [], nowMs: epochMs(START_MS + ms) }, SETTINGS);
    expect(at(30_000).asked).toEqual([ENTRY]);
    expect(at(30_001).asked).toEqual([]);
  });

  it('takes a slot for its last entry, where the one before came to nothing', () => {
    const asked = entryAsked(entryAsked(beginSizer(), { ...ENTRY, bucket: 0 }), ENTRY);
    expect(tradesFollowed(asked, { slots: [openSlot()], closed: [], nowMs }, SETTINGS).open).toEqual([
      { tradeId: 'trade-1', bucket: 2 },
    ]);
  });

  it('waits for the newest hundred trades whose end is never told', () => {
    let memory = beginSizer();
    for (let number = 1; number <= 150; number += 1) {
      const slots = [openSlot({ tradeId: `t${number}` })];
      memory = tradesFollowed(entryAsked(memory, ENTRY), { slots, closed: [], nowMs }, SETTINGS);
    }
    expect(memory.open.map(({ tradeId }) => tradeId)).toEqual(
      Array.from({ length: 100 }, (_, index) => `t${index + 51}`),
    );
  });

  it('counts each trade once and in its own bucket, in whatever order trades end, even where an end is told twice', () => {
    const plan = fc.array(
      fc.record({ bucket: fc.integer({ min: 0, max: BUCKETS - 1 }), net: fc.integer({ min: -9, max: 9 }) }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(plan, fc.array(fc.nat(), { minLength: 12, maxLength: 12 }), (trades, keys) => {
        let memory = beginSizer();
        const slots = trades.map((_, slot) => openSlot({ slot, tradeId: `t${slot}` }));
        for (const [slot, { bucket }] of trades.entries())
          memory = entryAsked(memory, { ...ENTRY, slot, bucket });
        memory = tradesFollowed(memory, { slots, closed: [], nowMs }, SETTINGS);
        const order = trades
          .map((_, index) => index)
          .sort((left, right) => (keys[left] ?? 0) - (keys[right] ?? 0) || left - right);
        for (const index of order) {
          const closed = [closedTrade(`t${index}`, trades[index]?.net ?? 0)];
          for (const _ of ['told', 'told again'])
            memory = tradesFollowed(memory, { slots: [], closed, nowMs }, SETTINGS);
        }
        for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
          const nets = order.flatMap((index) =>
            trades[index]?.bucket === bucket ? [trades[index].net] : [],
          );
          expect(memory.results[bucket]).toEqual(nets);
        }
      }),
    );
  });
});
