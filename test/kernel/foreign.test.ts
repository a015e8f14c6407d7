// Orders of others: they explain E by their cumulative facts, once, and never touch K.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EpochMs, lots } from '../../src/domain/steps.ts';
import type { OrderReport } from '../../src/domain/venue.ts';
import { onBalance } from '../../src/kernel/bands.ts';
import { KERNEL_DEFAULTS } from '../../src/kernel/config.ts';
import { bookForeign, claimForeign, foreignTotals } from '../../src/kernel/foreign.ts';
import { usdt } from './build.ts';
import { FET, fetQuote, foreignReport, LATER_MS, LedgerWorld, SEED_MS } from './ledger-build.ts';

const SEED = { seed: 20261128, numRuns: 300 };
const venueId = (text: string): OrderReport['venueOrderId'] => text as OrderReport['venueOrderId'];

function seeded(rememberedIds = 4_096): LedgerWorld {
  const world = new LedgerWorld({ bounds: { ...KERNEL_DEFAULTS.bounds, rememberedIds } });
  world.balance(1_000);
  world.at(LATER_MS);
  return world;
}

describe('an order of somebody else', () => {
  it('explains what the venue realized of it, less its fee, and leaves K alone', () => {
    const world = seeded();
    bookForeign(world.tx, foreignReport());
    expect([world.ledger.explained, world.ledger.wallet]).toEqual([usdt(4), usdt(1_000)]);
    expect(world.postings).toMatchObject([{ account: 'foreign', amount: usdt(4), tradeId: null }]);
    expect(world.sum).toBe(0n);
  });

  it('explains nothing twice, and only what is new of it', () => {
    const world = seeded();
    bookForeign(
      world.tx,
      foreignReport({
        status: 'PARTIALLY_FILLED',
        filledLots: lots(40),
        fee: usdt(0.4),
        venueRealized: usdt(2),
      }),
    );
    bookForeign(world.tx, foreignReport());
    bookForeign(world.tx, foreignReport());
    expect(world.postings.map(({ amount }) => amount)).toEqual([usdt(1.6), usdt(2.4)]);
  });

  it('explains its fee when that is said', () => {
    const world = seeded();
    bookForeign(world.tx, foreignReport({ fee: null }));
    expect(world.ledger.explained).toBe(usdt(5));
    bookForeign(world.tx, foreignReport());
    bookForeign(world.tx, foreignReport({ fee: null, venueRealized: null }));
    expect(world.ledger.explained).toBe(usdt(4));
  });

  it('pays a fee in another asset from another wallet', () => {
    const world = seeded();
    bookForeign(world.tx, foreignReport({ feeAsset: 'BNB' }));
    expect(world.ledger.explained).toBe(usdt(5));
  });

  it('from before the seed is remembered, and not posted', () => {
    const world = seeded();
    bookForeign(world.tx, foreignReport({ venueAtMs: SEED_MS }));
    expect([world.ledger.explained, world.ledger.foreign.size]).toEqual([0n, 1]);
  });

  it('that began before the seed explains only what came after it', () => {
    const world = seeded();
    bookForeign(
      world.tx,
      foreignReport({ filledLots: lots(40), fee: usdt(0.4), venueRealized: usdt(2), venueAtMs: SEED_MS }),
    );
    bookForeign(world.tx, foreignReport());
    expect(world.ledger.explained).toBe(usdt(2.4));
  });

  it('that was heard of before a seed that is older than it explains E from the seed on', () => {
    const world = new LedgerWorld();
    bookForeign(world.tx, foreignReport());
    bookForeign(world.tx, foreignReport({ venueOrderId: venueId('other-0'), venueAtMs: SEED_MS }));
    expect(world.postings).toEqual([]);
    const wallet = usdt(1_000);
    onBalance(world.tx, { wallet, availableMargin: null, usedMargin: null, venueAtMs: SEED_MS }, true);
    expect([world.ledger.wallet, world.ledger.explained]).toEqual([usdt(1_000), usdt(4)]);
  });

  it('leaves the same behind whatever order its reports come in, and however often', () => {
    const report = fc.record({
      filled: fc.integer({ min: 0, max: 5 }),
      hasFee: fc.boolean(),
      hasRealized: fc.boolean(),
      hasQuote: fc.boolean(),
    });
    const reports = fc.array(report, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(reports, fc.array(fc.nat(), { minLength: 30, maxLength: 30 }), (facts, places) => {
        const told = facts.map(({ filled, hasFee, hasRealized, hasQuote }) =>
          foreignReport({
            filledLots: lots(filled),
            filledQuote: hasQuote ? fetQuote(filled, 2_000) : null,
            fee: hasFee ? usdt(filled * 0.1) : null,
            venueRealized: hasRealized ? usdt(filled) : null,
            venueAtMs: (LATER_MS + filled) as EpochMs,
          }),
        );
        const [inOrder, shuffled] = [seeded(), seeded()];
        for (const one of told) bookForeign(inOrder.tx, one);
        const mixed = [...told, ...told].map((one, at) => ({ one, place: places[at] ?? 0 }));
        mixed.sort((a, b) => a.place - b.place);
        for (const { one } of mixed) bookForeign(shuffled.tx, one);
        expect(shuffled.ledger.balances).toEqual(inOrder.ledger.balances);
        expect(shuffled.ledger.foreign).toEqual(inOrder.ledger.foreign);
        expect(shuffled.ledger.wallet).toBe(usdt(1_000));
        expect(shuffled.sum).toBe(0n);
      }),
      SEED,
    );
  });
});

describe('the memory of orders of others', () => {
  it('forgets those that were heard of the longest ago', () => {
    const world = seeded(2);
    for (const [at, id] of ['a', 'b', 'a', 'c'].entries())
      bookForeign(
        world.tx,
        foreignReport({ venueOrderId: venueId(id), venueAtMs: (LATER_MS + at) as EpochMs }),
      );
    expect([...world.ledger.foreign.keys()]).toEqual(['a', 'c']);
  });

  it('does not explain again what it has forgotten', () => {
    const world = seeded(2);
    for (const [at, id] of ['a', 'b', 'c', 'd', 'a'].entries()) {
      const venueAtMs = (LATER_MS + (id === 'a' ? 0 : at)) as EpochMs;
      bookForeign(world.tx, foreignReport({ venueOrderId: venueId(id), venueAtMs }));
    }
    expect(world.ledger.explained).toBe(usdt(16));
  });
});

describe('an order that turns out to be ours', () => {
  it('takes back what it explained, and hands out its facts', () => {
    const world = seeded();
    bookForeign(world.tx, foreignReport());
    const claimed = claimForeign(world.tx, venueId('other-1'));
    expect(claimed).toEqual(foreignReport());
    expect([world.ledger.explained, world.ledger.balances.foreign, world.ledger.foreign.size]).toEqual([
      0n,
      0n,
      0,
    ]);
    expect(new Set(world.postings.map(({ id }) => id)).size).toBe(2);
  });

  it('takes nothing back that was never posted', () => {
    const world = seeded();
    bookForeign(world.tx, foreignReport({ venueAtMs: SEED_MS }));
    expect(claimForeign(world.tx, venueId('other-1'))).not.toBeNull();
    expect(world.ledger.explained).toBe(0n);
  });

  it('is none where nobody has heard of it', () => {
    expect(claimForeign(seeded().tx, venueId('never'))).toBeNull();
  });
});

describe('the average price of others', () => {
  it('is made of the priced orders of a symbol since an instant', () => {
    const world = seeded();
    const tell = (id: string, over: Partial<OrderReport>): void =>
      bookForeign(world.tx, foreignReport({ venueOrderId: venueId(id), ...over }));
    tell('a', { filledLots: lots(10), filledQuote: fetQuote(10, 2_000) });
    tell('b', { filledLots: lots(30), filledQuote: fetQuote(30, 2_100) });
    tell('c', { side: 'SELL', filledLots: lots(5), filledQuote: fetQuote(5, 1_900) });
    tell('unpriced', { filledQuote: null });
    tell('early', { venueAtMs: (LATER_MS - 1) as EpochMs });
    tell('elsewhere', { symbol: 'ETH-USDT' as typeof FET });
    expect(foreignTotals(world.state, FET, LATER_MS)).toEqual({
      buyLots: 40,
      buyQuote: fetQuote(10, 2_000) + fetQuote(30, 2_100),
      sellLots: 5,
      sellQuote: fetQuote(5, 1_900),
    });
  });
});
