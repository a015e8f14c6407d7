// The ledger: profit without leverage, fees predicted once and settled once, and every posting with two sides.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Money, money, moneyText } from '../../src/domain/money.ts';
import type { Lots } from '../../src/domain/steps.ts';
import { bookTrade, dayResult, nextPostingId, post } from '../../src/kernel/ledger.ts';
import { usdt } from './build.ts';
import { DAY_BEGIN_MS, FET, fetQuote, LedgerWorld, SEED_MS } from './ledger-build.ts';

const SEED = { seed: 20261128, numRuns: 300 };
const DAY_MS = 86_400_000;

describe('realized profit', () => {
  it.each(['LONG', 'SHORT'] as const)(
    'of the FET leg (%s) is −1,071.4884, at three times leverage too',
    (side) => {
      const world = new LedgerWorld();
      const trade = world.trade(side);
      const [entry, exit] = side === 'LONG' ? [2_290, 1_878] : [1_878, 2_290];
      world.fill(world.order(trade, 'entry', 26_007), 26_007, entry);
      world.fill(world.order(trade, 'exit', 26_007), 26_007, exit);
      expect(moneyText(trade.bookedRealized)).toBe('-1071.4884');
      expect(moneyText(world.ledger.balances.realized)).toBe('1071.4884');
    },
  );

  it('is a gain where the true price of the fill was one', () => {
    const world = new LedgerWorld();
    const trade = world.trade('LONG');
    world.fill(world.order(trade, 'entry', 26_007), 26_007, 2_290);
    world.fill(world.order(trade, 'exit', 26_007), 26_007, 2_291);
    expect(moneyText(trade.bookedRealized)).toBe('2.6007');
  });

  it('grows leg by leg, at the average of the entry', () => {
    const world = new LedgerWorld();
    const trade = world.trade('LONG');
    const entry = world.order(trade, 'entry', 100);
    world.fill(entry, 100, 2_000);
    world.fill(world.order(trade, 'exit', 40), 40, 2_100);
    expect(trade.bookedRealized).toBe(usdt(0.4));
    world.fill(world.order(trade, 'exit', 60), 60, 1_900);
    expect(trade.bookedRealized).toBe(usdt(-0.2));
  });

  it('is not booked while a fill has no price, and is when it comes', () => {
    const world = new LedgerWorld();
    const trade = world.trade('LONG');
    world.fill(world.order(trade, 'entry', 100), 100, 2_000);
    const exit = world.order(trade, 'exit', 100);
    exit.filledLots = 100 as Lots;
    world.book(exit);
    expect(trade.bookedRealized).toBe(0n);
    world.fill(exit, 100, 2_100);
    expect(trade.bookedRealized).toBe(usdt(1));
  });

  it('of exposure that no order explains goes through its own account', () => {
    const world = new LedgerWorld();
    const trade = world.trade('LONG');
    Object.assign(trade.adopted, { buyLots: 10, buyQuote: fetQuote(10, 2_000) });
    bookTrade(world.tx, trade, 'adoption');
    expect(world.postings).toEqual([]);
    Object.assign(trade.adopted, { sellLots: 10, sellQuote: fetQuote(10, 1_900) });
    bookTrade(world.tx, trade, 'adoption');
    expect(world.postings).toMatchObject([
      { account: 'adoption', amount: usdt(-0.1), tradeId: trade.tradeId },
    ]);
    expect(world.ledger.wallet).toBe(usdt(-0.1));
  });
});

describe('the fee of an order', () => {
  it('is predicted at the rate that the order was made with, and leaves K at once', () => {
    const world = new LedgerWorld();
    const entry = world.order(world.trade(), 'entry', 100);
    world.fill(entry, 100, 2_000);
    expect(entry.bookedPredicted).toBe(usdt(0.01));
    expect(world.ledger.wallet).toBe(usdt(-0.01));
    expect(world.postings).toMatchObject([
      { account: 'fee_predicted', amount: usdt(-0.01), tradeId: entry.tradeId },
    ]);
  });

  it('replaces its prediction once when it settles', () => {
    const world = new LedgerWorld();
    const entry = world.order(world.trade(), 'entry', 100);
    world.fill(entry, 100, 2_000);
    world.at(SEED_MS + 1);
    world.fill(entry, 100, 2_000, 0.0097);
    expect(world.postings.map(({ account, amount }) => [account, amount])).toEqual([
      ['fee_predicted', usdt(0.01)],
      ['fee_settled', usdt(-0.0097)],
    ]);
    world.at(SEED_MS + 2);
    world.fill(entry, 100, 2_000, 0.0097);
    expect(world.postings).toEqual([]);
    expect(world.ledger.wallet).toBe(usdt(-0.0097));
    expect(world.ledger.balances.fee_predicted).toBe(0n);
  });

  it('of nothing settles too, since nothing is not the same as not known', () => {
    const world = new LedgerWorld();
    const entry = world.order(world.trade(), 'entry', 100);
    world.fill(entry, 100, 2_000);
    world.fill(entry, 100, 2_000, 0);
    expect(entry.bookedPredicted).toBe(0n);
    expect(world.ledger.wallet).toBe(0n);
  });

  it('below nothing is a rebate, and comes into K', () => {
    const world = new LedgerWorld();
    world.fill(world.order(world.trade(), 'entry', 100, true), 100, 2_000, -0.002);
    expect(world.ledger.wallet).toBe(usdt(0.002));
  });

  it('is settled for the lots that have one, and predicted for the rest', () => {
    const world = new LedgerWorld();
    const entry = world.order(world.trade(), 'entry', 100);
    world.fill(entry, 40, 2_000, 0.004);
    expect([entry.bookedSettled, entry.bookedPredicted]).toEqual([usdt(0.004), 0n]);
    world.fill(entry, 100, 2_000);
    expect([entry.bookedSettled, entry.bookedPredicted]).toEqual([usdt(0.004), usdt(0.006)]);
  });

  it('of lots without a price is predicted at the price of the others', () => {
    const world = new LedgerWorld();
    const entry = world.order(world.trade(), 'entry', 100);
    world.fill(entry, 40, 2_000);
    entry.filledLots = 100 as Lots;
    world.book(entry);
    expect(entry.bookedPredicted).toBe(usdt(0.01));
  });

  it('belongs to the trade of its order, whatever the slot holds by then', () => {
    const world = new LedgerWorld();
    const entry = world.order(world.trade(), 'entry', 100);
    world.fill(entry, 100, 2_000);
    world.trade('SHORT');
    world.at(SEED_MS + 1);
    world.fill(entry, 100, 2_000, 0.01);
    expect(new Set(world.postings.map(({ tradeId }) => tradeId))).toEqual(new Set(['trade-1']));
  });
});

describe('a posting', () => {
  it('never has the id of another', () => {
    const world = new LedgerWorld();
    const entry = world.order(world.trade(), 'entry', 100);
    for (const fee of [0.01, 0.011, 0.012]) {
      world.fill(entry, 100, 2_000, fee);
      entry.feeLots = 0 as Lots;
      world.book(entry);
    }
    const ids = world.postings.map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(6);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has two sides, so that everything sums to nothing', () => {
    const account = fc.constantFrom('realized', 'fee_settled', 'funding', 'adoption', 'transfer', 'foreign');
    const amount = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).map(money);
    fc.assert(
      fc.property(fc.array(fc.tuple(account, amount), { maxLength: 30 }), (postings) => {
        const world = new LedgerWorld();
        let explained = 0n;
        let own = 0n;
        for (const [name, units] of postings) {
          post(world.tx, {
            id: nextPostingId(world.state, name),
            account: name,
            amount: units,
            tradeId: null,
          });
          if (name === 'transfer' || name === 'foreign') explained += units;
          else own += units;
        }
        expect(world.sum).toBe(0n);
        expect([world.ledger.wallet, world.ledger.explained]).toEqual([own, explained]);
        expect(world.ledger.postings).toBe(postings.length);
      }),
      SEED,
    );
  });
});

describe('what is booked', () => {
  it('is the same whether facts came one by one or all at once', () => {
    const price = fc.integer({ min: 1_000, max: 3_000 });
    const part = fc.record({ lots: fc.integer({ min: 1, max: 50 }), price, settles: fc.boolean() });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 10 }), price, (parts, exitPrice) => {
        const total = parts.reduce((sum, { lots: count }) => sum + count, 0);
        const [slow, quick] = [new LedgerWorld(), new LedgerWorld()];
        for (const [world, isSlow] of [
          [slow, true],
          [quick, false],
        ] as const) {
          const trade = world.trade('LONG');
          const entry = world.order(trade, 'entry', total);
          const exit = world.order(trade, 'exit', total);
          world.fill(exit, total, exitPrice);
          let quote = 0n;
          let filled = 0;
          for (const { lots: count, price: at, settles } of parts) {
            quote += fetQuote(count, at);
            filled += count;
            Object.assign(entry, { filledLots: filled, pricedLots: filled, filledQuote: quote });
            if (settles) Object.assign(entry, { feeLots: filled, fee: quote / 2_000n });
            if (isSlow) world.book(entry);
          }
          world.book(entry);
          world.book(exit);
          expect(world.sum).toBe(0n);
        }
        expect(slow.ledger.balances).toEqual(quick.ledger.balances);
        expect(slow.ledger.wallet).toBe(quick.ledger.wallet);
      }),
      SEED,
    );
  });
});

describe('the result of the day', () => {
  it('is what K gained since the day began, and the open profit at the mark', () => {
    const world = new LedgerWorld();
    world.balance(1_000);
    expect(dayResult(world.state)).toBe(0n);
    world.mark(2_100);
    world.fill(world.order(world.trade('LONG'), 'entry', 100), 100, 2_000, 0.01);
    expect(dayResult(world.state)).toBe(usdt(0.99));
    world.mark(1_900);
    expect(dayResult(world.state)).toBe(usdt(-1.01));
  });

  it('of a short is the mirror of that', () => {
    const world = new LedgerWorld();
    world.mark(2_100);
    world.fill(world.order(world.trade('SHORT'), 'entry', 100), 100, 2_000, 0);
    expect(dayResult(world.state)).toBe(usdt(-1));
  });

  it('counts what was realized once, and lots without a price as traded at the mark', () => {
    const world = new LedgerWorld();
    const trade = world.trade('LONG');
    world.mark(2_100);
    world.fill(world.order(trade, 'entry', 100), 100, 2_000, 0);
    const exit = world.order(trade, 'exit', 100);
    exit.filledLots = 50 as Lots;
    world.book(exit);
    expect(dayResult(world.state)).toBe(usdt(1));
    world.fill(exit, 100, 2_100, 0);
    expect(dayResult(world.state)).toBe(usdt(1));
    expect(trade.bookedRealized).toBe(usdt(1));
  });

  it('says nothing of what has no mark', () => {
    const world = new LedgerWorld();
    world.fill(world.order(world.trade('LONG'), 'entry', 100), 100, 2_000, 0);
    expect(world.state.marks.has(FET)).toBe(false);
    expect(dayResult(world.state)).toBe(0n);
  });

  it('begins again at midnight UTC, whether or not anything is posted', () => {
    const world = new LedgerWorld();
    const lose = (amount: number): Money => {
      const id = nextPostingId(world.state, 'test');
      post(world.tx, { id, account: 'realized', amount: usdt(-amount), tradeId: null });
      return dayResult(world.state);
    };
    world.balance(1_000);
    expect(lose(100)).toBe(usdt(-100));
    world.at(DAY_BEGIN_MS + DAY_MS - 1);
    expect(dayResult(world.state)).toBe(usdt(-100));
    world.at(DAY_BEGIN_MS + DAY_MS);
    expect(dayResult(world.state)).toBe(0n);
    expect(lose(7)).toBe(usdt(-7));
  });

  it('does not take the money that K began from for a gain', () => {
    const world = new LedgerWorld();
    world.balance(50_000);
    expect(world.ledger.wallet).toBe(usdt(50_000));
    expect(dayResult(world.state)).toBe(0n);
  });
});
