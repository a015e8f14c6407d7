// The second opinion is held to sums that a person can check, and to itself: flat, both ways of adding up are the same.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fractionOf, halfEven, NaiveAccount, type TrueFill } from './oracle.ts';

const STEPS = { tick: '0.1', lot: '0.001' };
/** One lot at one tick is 0.0001, so 10,000 units. */
const WORTH = 10_000n;

function fill(side: TrueFill['side'], lots: number, price: number, fee = 0n): TrueFill {
  return { orderId: `${side} at ${price}`, side, lots, price, fee };
}

describe('the second opinion', () => {
  it('adds up a long trade by hand: 2 lots at 100 and 1 at 103, all sold at 110', () => {
    const account = new NaiveAccount(1_000_000_000n);
    const trade = account.trade('one', STEPS);
    trade.fills.push(fill('BUY', 2, 100, 7n), fill('BUY', 1, 103, 4n));

    expect(trade.position()).toBe(3);
    expect(halfEven(trade.averageEntry() ?? { top: 0n, bottom: 1n })).toBe(101n * WORTH);
    expect(halfEven(trade.openQuote())).toBe(303n * WORTH);

    trade.fills.push(fill('SELL', 3, 110, 5n));
    expect(trade.position()).toBe(0);
    expect(trade.averageEntry()).toBeNull();
    expect(halfEven(trade.realized())).toBe((330n - 303n) * WORTH);
    expect(account.fees()).toBe(16n);
    account.receive(-9n);
    expect(account.wallet()).toBe(1_000_000_000n + 270_000n - 16n - 9n);
  });

  it('counts what was closed in between at the averages of both sides', () => {
    const trade = new NaiveAccount(0n).trade('one', STEPS);
    trade.fills.push(fill('SELL', 4, 200), fill('BUY', 1, 190), fill('SELL', 4, 210));

    expect(trade.position()).toBe(-7);
    expect(halfEven(trade.realized())).toBe(15n * WORTH);
    expect(trade.realizedUnits()).toBe(15n * WORTH);
  });

  it('knows what one order filled', () => {
    const trade = new NaiveAccount(0n).trade('one', STEPS);
    trade.fills.push(fill('BUY', 2, 100), fill('BUY', 3, 100), fill('BUY', 9, 101));

    expect(trade.filledLots('BUY at 100')).toBe(5);
  });

  it('rounds half to even, below zero too', () => {
    const halves = [-3n, -1n, 1n, 3n, 5n].map((top) => halfEven({ top, bottom: 2n }));
    expect(halves).toEqual([-2n, 0n, 0n, 2n, 2n]);
    expect(halfEven({ top: -7n, bottom: 3n })).toBe(-2n);
    expect(halfEven(fractionOf('12.51'))).toBe(13n);
  });

  it('earns what was received less what was spent, in whatever order a flat trade was filled', () => {
    const side = fc.constantFrom('BUY', 'SELL') as fc.Arbitrary<TrueFill['side']>;
    const fills = fc.array(
      fc.tuple(side, fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1, max: 90_000 })),
      {
        maxLength: 12,
      },
    );
    const isSame = fc.property(fills, fc.integer({ min: 1, max: 90_000 }), (list, last) => {
      const trade = new NaiveAccount(0n).trade('one', STEPS);
      trade.fills.push(...list.map(([of, lots, price]) => fill(of, lots, price)));
      const open = trade.position();
      if (open !== 0) trade.fills.push(fill(open > 0 ? 'SELL' : 'BUY', Math.abs(open), last));
      const { top, bottom } = trade.realized();

      expect(top % bottom).toBe(0n);
      expect(trade.realizedUnits()).toBe(top / bottom);
    });
    fc.assert(isSame, { seed: 20261128, numRuns: 500 });
  });
});
