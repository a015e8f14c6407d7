// The venue's account book: each line counts once, funding goes to what held the position, and the rest explains E.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EpochMs, SignedLots } from '../../src/domain/steps.ts';
import type { IncomeRow } from '../../src/domain/venue.ts';
import { KERNEL_DEFAULTS, type KernelConfig } from '../../src/kernel/config.ts';
import { applyIncome } from '../../src/kernel/income.ts';
import type { Trade } from '../../src/kernel/state.ts';
import { usdt } from './build.ts';
import { FET, LATER_MS, LedgerWorld, SEED_MS } from './ledger-build.ts';

const SEED = { seed: 20261128, numRuns: 300 };

function row(over: Partial<IncomeRow> = {}): IncomeRow {
  return {
    transactionId: 't-1',
    kind: 'FUNDING',
    symbol: FET,
    amount: usdt(-3),
    venueAtMs: LATER_MS,
    ...over,
  };
}

function seeded(over: Partial<KernelConfig> = {}): LedgerWorld {
  const world = new LedgerWorld(over);
  world.balance(1_000);
  return world;
}

/** 100 lots long; without a fee, so that only income moves K. */
function held(world: LedgerWorld): Trade {
  const trade = world.trade('LONG');
  world.fill(world.order(trade, 'entry', 100), 100, 2_000, 0);
  return trade;
}

function setForeign(world: LedgerWorld, position: number): void {
  const book = world.state.books.get(FET);
  if (book !== undefined) book.foreignPosition = position as SignedLots;
}

describe('funding', () => {
  it('goes to K and to the trade that holds the symbol, once', () => {
    const world = seeded();
    const trade = held(world);
    world.at(LATER_MS);
    applyIncome(world.tx, [row(), row()]);
    applyIncome(world.tx, [row()]);
    expect([trade.bookedFunding, world.ledger.wallet]).toEqual([usdt(-3), usdt(997)]);
    expect(world.postings).toEqual([
      { id: 'funding:t-1', account: 'funding', amount: usdt(-3), tradeId: trade.tradeId },
    ]);
    expect(world.sum).toBe(0n);
  });

  it('that is received is a gain', () => {
    const world = seeded();
    held(world);
    applyIncome(world.tx, [row({ amount: usdt(2) })]);
    expect(world.ledger.wallet).toBe(usdt(1_002));
  });

  it('from before the seed is in its wallet already', () => {
    const world = seeded();
    held(world);
    applyIncome(world.tx, [row({ venueAtMs: SEED_MS })]);
    expect([world.ledger.wallet, world.ledger.transactions.size]).toEqual([usdt(1_000), 1]);
  });

  it('that was heard of before K began counts when it is heard of again, if it came after the seed', () => {
    const world = new LedgerWorld();
    applyIncome(world.tx, [row()]);
    expect(world.ledger.transactions.size).toBe(0);
    world.balance(1_000);
    held(world);
    applyIncome(world.tx, [row()]);
    expect(world.ledger.wallet).toBe(usdt(997));
  });

  it('goes to the trade that has been closed since', () => {
    const world = seeded();
    const trade = held(world);
    world.fill(world.order(trade, 'exit', 100), 100, 2_000, 0);
    world.trade('LONG', { openedAtMs: (LATER_MS + 1) as EpochMs });
    applyIncome(world.tx, [row()]);
    expect(trade.bookedFunding).toBe(usdt(-3));
  });

  it('of a symbol that was never ours explains E', () => {
    const world = seeded();
    applyIncome(world.tx, [row(), row({ transactionId: 't-2', symbol: null })]);
    expect([world.ledger.wallet, world.ledger.explained]).toEqual([usdt(1_000), usdt(-6)]);
  });
});

describe('funding in a shared account', () => {
  it.each([
    ['is ours where nobody else holds anything', 0, -3, 0],
    ['is shared by what each holds', 50, -2, -1],
    ['of the net position is ours by more than all where others hold the other side', -25, -4, 1],
    ['is received by us where the net position is on the other side', -125, 12, -15],
    ['is ours where the positions cancel out by now', -100, -3, 0],
  ])('%s', (_, foreign, own, explained) => {
    const world = seeded({ account: 'shared' });
    const trade = held(world);
    setForeign(world, foreign);
    applyIncome(world.tx, [row()]);
    expect([trade.bookedFunding, world.ledger.explained]).toEqual([usdt(own), usdt(explained)]);
    expect(world.ledger.wallet).toBe(usdt(1_000 + own));
  });

  it('comes to its amount exactly, however it is shared', () => {
    const position = fc.integer({ min: -1_000, max: 1_000 });
    fc.assert(
      fc.property(position, fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), (foreign, units) => {
        const world = seeded({ account: 'shared' });
        held(world);
        setForeign(world, foreign);
        applyIncome(world.tx, [row({ amount: units as IncomeRow['amount'] })]);
        const { wallet, explained } = world.ledger;
        expect(wallet + explained).toBe(usdt(1_000) + units);
        expect(world.sum).toBe(0n);
      }),
      SEED,
    );
  });

  it('is that of others where ours was closed before it', () => {
    const world = seeded({ account: 'shared' });
    const trade = held(world);
    world.fill(world.order(trade, 'exit', 100), 100, 2_000, 0);
    const book = world.state.books.get(FET);
    if (book !== undefined) book.lastOwnFillAtMs = (LATER_MS - 1) as EpochMs;
    applyIncome(world.tx, [row()]);
    expect(world.ledger.explained).toBe(usdt(-3));
    if (book !== undefined) book.lastOwnFillAtMs = (LATER_MS + 1) as EpochMs;
    applyIncome(world.tx, [row({ transactionId: 't-2' })]);
    expect([world.ledger.explained, trade.bookedFunding]).toEqual([usdt(-3), usdt(-3)]);
  });
});

describe('other lines', () => {
  it('of deposits and withdrawals explain E', () => {
    const world = seeded();
    world.tx = world.at(LATER_MS);
    applyIncome(world.tx, [row({ kind: 'TRANSFER', symbol: null, amount: usdt(500) })]);
    expect([world.ledger.explained, world.ledger.wallet]).toEqual([usdt(500), usdt(1_000)]);
    expect(world.postings).toMatchObject([{ id: 'transfer:t-1', account: 'transfer' }]);
  });

  it('of any other kind are named, and told of', () => {
    const world = seeded();
    world.at(LATER_MS);
    applyIncome(world.tx, [row({ kind: 'OTHER', symbol: null, amount: usdt(0.5) })]);
    expect(world.postings).toMatchObject([{ id: 'other:t-1', account: 'transfer', amount: usdt(0.5) }]);
    expect(world.tx.effects).toContainEqual({
      kind: 'NOTIFY',
      severity: 'info',
      code: 'OTHER_INCOME',
      text: 'The venue booked 0.5 USDT (t-1).',
    });
  });

  it.each(['REALIZED', 'FEE'] as const)(
    'of kind %s come with their orders, and are not read here',
    (kind) => {
      const world = seeded();
      held(world);
      applyIncome(world.tx, [row({ kind })]);
      expect([world.ledger.wallet, world.ledger.transactions.size]).toEqual([usdt(1_000), 0]);
    },
  );
});

describe('the memory of lines', () => {
  const bounds = { ...KERNEL_DEFAULTS.bounds, rememberedIds: 3 };
  const at = (place: number): IncomeRow =>
    row({ transactionId: `t-${place}`, amount: usdt(1), venueAtMs: (LATER_MS + place) as EpochMs });

  it('is bounded, and does not count again what it has forgotten', () => {
    const world = seeded({ bounds });
    held(world);
    applyIncome(world.tx, [at(1), at(2), at(3), at(4), at(5)]);
    expect([...world.ledger.transactions.keys()]).toEqual(['t-3', 't-4', 't-5']);
    applyIncome(world.tx, [at(1), at(2), at(3)]);
    expect(world.ledger.wallet).toBe(usdt(1_005));
  });

  it('leaves the same balances whatever order lines come in, and however often', () => {
    const places = fc.uniqueArray(fc.nat(50), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(places, fc.array(fc.nat(9), { maxLength: 20 }), (ids, repeats) => {
        const [once, often] = [seeded(), seeded()];
        for (const world of [once, often]) held(world);
        applyIncome(once.tx, ids.map(at));
        for (const repeat of repeats) applyIncome(often.tx, [at(ids[repeat % ids.length] ?? 0)]);
        applyIncome(often.tx, ids.map(at).reverse());
        expect(often.ledger.balances).toEqual(once.ledger.balances);
      }),
      SEED,
    );
  });
});
