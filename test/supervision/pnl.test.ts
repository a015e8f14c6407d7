// What a signal earned: the worked numbers of the contracts, exact cancelling of both sides, and every cost with its sign.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Contract } from '../../src/domain/market.ts';
import { HOUR_MS } from '../../src/domain/time.ts';
import { type CostRates, costsOf, grossBps, type Holding } from '../../src/supervision/pnl.ts';
import { T0 } from '../builders.ts';

const price = fc.double({ min: 1e-8, max: 1e8, noNaN: true });
const contracts = fc.constantFrom<Contract>('linear', 'inverse');

describe('grossBps', () => {
  it.each([
    { side: -1, exit: 80, bps: 2000 },
    { side: -1, exit: 50, bps: 5000 },
    { side: -1, exit: 120, bps: -2000 },
    { side: 1, exit: 80, bps: -2000 },
    { side: 1, exit: 120, bps: 2000 },
    { side: 1, exit: 100, bps: 0 },
    { side: -1, exit: 100, bps: 0 },
  ] as const)('gives $bps bps on a linear contract, side $side, from 100 to $exit', ({ side, exit, bps }) => {
    expect(grossBps('linear', side, 100, exit)).toBe(bps);
  });

  it.each([
    { side: -1, exit: 80, bps: 2500 },
    { side: -1, exit: 50, bps: 10_000 },
    { side: -1, exit: 120, bps: -1666.6667 },
    { side: 1, exit: 80, bps: -2500 },
    { side: 1, exit: 125, bps: 2000 },
  ] as const)(
    'gives $bps bps on an inverse contract, side $side, from 100 to $exit',
    ({ side, exit, bps }) => {
      expect(grossBps('inverse', side, 100, exit)).toBe(bps);
    },
  );

  it('cancels exactly between the two sides of one signal, at any prices', () => {
    fc.assert(
      fc.property(contracts, price, price, (contract, entry, exit) => {
        const long = grossBps(contract, 1, entry, exit);
        const short = grossBps(contract, -1, entry, exit);

        expect(long + short).toBe(0);
        expect(Object.is(long, -0) || Object.is(short, -0)).toBe(false);
      }),
    );
  });

  it('has the sign of the move, taken from the side', () => {
    fc.assert(
      fc.property(contracts, price, price, (contract, entry, exit) => {
        const long = grossBps(contract, 1, entry, exit);

        expect(long === 0 || Math.sign(long) === Math.sign(exit - entry)).toBe(true);
      }),
    );
  });

  it('never charges a linear long more than its stake, nor pays a linear short more', () => {
    fc.assert(
      fc.property(price, price, (entry, exit) => {
        expect(grossBps('linear', 1, entry, exit)).toBeGreaterThanOrEqual(-10_000);
        expect(grossBps('linear', -1, entry, exit)).toBeLessThanOrEqual(10_000);
      }),
    );
  });
});

const free: CostRates = { feeBps: 0, slipBps: 0, assumedFundingBpsPer8h: null };
const perp: CostRates = { ...free, assumedFundingBpsPer8h: 1 };

function aHolding(over: Partial<Holding> = {}): Holding {
  return {
    contract: 'linear',
    side: 1,
    entry: 100,
    exit: 110,
    entryMs: T0,
    exitMs: T0 + 24 * HOUR_MS,
    ...over,
  };
}

describe('costsOf', () => {
  it('charges the fee on what is traded at the entry and again on what is traded at the exit', () => {
    const costs = costsOf({ ...free, feeBps: 5 }, aHolding({ exit: 120 }), []);

    expect(costs).toEqual({ feeBps: 11, slipBps: 0, fundingBps: 0 });
  });

  it('charges inverse contracts in coin', () => {
    const costs = costsOf(
      { ...free, feeBps: 5 },
      aHolding({ contract: 'inverse', entry: 100, exit: 80 }),
      [],
    );

    expect(costs.feeBps).toBe(5 * (1 + 100 / 80));
  });

  it('charges slippage once a side', () => {
    expect(costsOf({ ...free, slipBps: 1.5 }, aHolding(), []).slipBps).toBe(3);
  });

  it('lets longs pay a positive funding rate and shorts receive it', () => {
    const funding = [
      { atMs: T0 + 8 * HOUR_MS, rate: 0.0001 },
      { atMs: T0 + 16 * HOUR_MS, rate: 0.0003 },
    ];

    expect(costsOf(perp, aHolding({ side: 1 }), funding).fundingBps).toBe(4);
    expect(costsOf(perp, aHolding({ side: -1 }), funding).fundingBps).toBe(-4);
  });

  it('counts a payment at the exit, and none at the entry', () => {
    const at = (atMs: number) => [{ atMs, rate: 0.0001 }];
    const holding = aHolding();

    expect(costsOf(perp, holding, at(holding.entryMs)).fundingBps).toBe(0);
    expect(costsOf(perp, holding, at(holding.entryMs + 1)).fundingBps).toBe(1);
    expect(costsOf(perp, holding, at(holding.exitMs)).fundingBps).toBe(1);
    expect(costsOf(perp, holding, at(holding.exitMs + 1)).fundingBps).toBe(0);
  });

  it('takes known funding without payments for none, not for unknown', () => {
    expect(costsOf(perp, aHolding(), []).fundingBps).toBe(0);
  });

  it.each([
    { fromHour: 0, toHour: 24, payments: 3 },
    { fromHour: 0, toHour: 7, payments: 0 },
    { fromHour: 0, toHour: 8, payments: 1 },
    { fromHour: 7, toHour: 8, payments: 1 },
    { fromHour: 8, toHour: 15, payments: 0 },
    { fromHour: 8, toHour: 16, payments: 1 },
    { fromHour: 23, toHour: 25, payments: 1 },
  ])('assumes $payments payments from hour $fromHour to hour $toHour where funding is unknown', (row) => {
    const holding = aHolding({ entryMs: T0 + row.fromHour * HOUR_MS, exitMs: T0 + row.toHour * HOUR_MS });

    expect(costsOf(perp, holding, null).fundingBps).toBe(row.payments);
    expect(costsOf(perp, { ...holding, side: -1 }, null).fundingBps + row.payments).toBe(0);
  });

  it('assumes the same payments as a funding history at every 8 h boundary would tell', () => {
    const boundaries = Array.from({ length: 30 }, (_, index) => ({
      atMs: T0 + index * 8 * HOUR_MS,
      rate: 0.0001,
    }));
    const minutes = fc.integer({ min: 0, max: 9 * 24 * 60 });

    fc.assert(
      fc.property(minutes, minutes, fc.constantFrom(1 as const, -1 as const), (a, b, side) => {
        const entryMs = T0 + Math.min(a, b) * 60_000;
        const exitMs = T0 + Math.max(a, b) * 60_000;
        const holding = aHolding({ side, entryMs, exitMs });

        expect(costsOf(perp, holding, null)).toEqual(costsOf(perp, holding, boundaries));
      }),
    );
  });

  it('charges no funding in a market without it, whatever a source says', () => {
    const funding = [{ atMs: T0 + HOUR_MS, rate: 0.01 }];

    expect(costsOf(free, aHolding(), funding).fundingBps).toBe(0);
    expect(costsOf(free, aHolding(), null).fundingBps).toBe(0);
  });
});
