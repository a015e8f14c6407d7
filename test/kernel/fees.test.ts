// Fee rates: published, corrected by what our own orders settled at, and never by one that is out of line.

import { describe, expect, it } from 'vitest';
import type { Ppm } from '../../src/domain/steps.ts';
import { feePpmFor } from '../../src/kernel/fees.ts';
import type { KernelState } from '../../src/kernel/state.ts';
import { FET, FET_INSTRUMENT, LedgerWorld } from './ledger-build.ts';

function skipped(state: KernelState): number {
  return state.diagnostics.get('FEE_CALIBRATION_SKIPPED') ?? 0;
}

/** 100 lots at 0.2 settle: 20 USDT, of which the published taker fee is 0.01 and the maker fee 0.004. */
function settle(world: LedgerWorld, fee: number, isMaker = false): void {
  world.fill(world.order(world.trade(), 'entry', 100, isMaker), 100, 2_000, fee);
}

describe('the rate of a predicted fee', () => {
  it('is the published one until an order has settled, for makers and takers apart', () => {
    const { state } = new LedgerWorld();
    expect([feePpmFor(state, FET, true), feePpmFor(state, FET, false)]).toEqual([200, 500]);
  });

  it('follows what orders settle at', () => {
    const world = new LedgerWorld();
    settle(world, 0.009);
    expect(world.state.feeRatios.get(FET)).toEqual({ makerPpm: 1_000_000, takerPpm: 900_000 });
    expect([feePpmFor(world.state, FET, true), feePpmFor(world.state, FET, false)]).toEqual([200, 450]);
    settle(world, 0.0044, true);
    expect([feePpmFor(world.state, FET, true), feePpmFor(world.state, FET, false)]).toEqual([220, 450]);
  });

  it('is measured against the published rate each time, so that ratios do not pile up', () => {
    const world = new LedgerWorld();
    for (let turn = 0; turn < 3; turn += 1) settle(world, 0.009);
    expect(feePpmFor(world.state, FET, false)).toBe(450);
  });

  it('stays in an order as it was when the order was made', () => {
    const world = new LedgerWorld();
    const early = world.order(world.trade(), 'entry', 100);
    settle(world, 0.009);
    expect([early.feePpm, world.order(world.trade(), 'entry', 100).feePpm]).toEqual([500, 450]);
  });

  it('is not known for what is no instrument', () => {
    const { state } = new LedgerWorld();
    expect(() => feePpmFor(state, 'NO-USDT' as typeof FET, true)).toThrow('is no instrument');
  });
});

describe('the guard of the calibration', () => {
  it.each([
    [0.0115, 1_150_000],
    [0.0085, 850_000],
  ])('takes a fee of %d, which is 15 % off', (fee, ratio) => {
    const world = new LedgerWorld();
    settle(world, fee);
    expect(world.state.feeRatios.get(FET)?.takerPpm).toBe(ratio);
    expect(skipped(world.state)).toBe(0);
  });

  it.each([0.01151, 0.00849, 0.03, -0.01])('skips a fee of %d, keeps the ratio and says so', (fee) => {
    const world = new LedgerWorld();
    settle(world, 0.0095);
    settle(world, fee);
    expect(world.state.feeRatios.get(FET)?.takerPpm).toBe(950_000);
    expect(skipped(world.state)).toBe(1);
  });

  it('learns nothing from a fee of nothing, or from one that is not known', () => {
    const world = new LedgerWorld();
    settle(world, 0);
    world.fill(world.order(world.trade(), 'entry', 100), 100, 2_000);
    expect(world.state.feeRatios.size).toBe(0);
  });

  it('learns nothing from a part of an order, and all at its end', () => {
    const world = new LedgerWorld();
    const entry = world.order(world.trade(), 'entry', 100);
    world.fill(entry, 40, 2_000, 0.0036);
    expect(world.state.feeRatios.size).toBe(0);
    entry.status = 'CANCELED';
    world.fill(entry, 50, 2_000, 0.0045);
    expect(world.state.feeRatios.get(FET)?.takerPpm).toBe(900_000);
  });

  it('compares rebates with rebates', () => {
    const instruments = [{ ...FET_INSTRUMENT, makerFeePpm: -100 as Ppm }];
    const world = new LedgerWorld({ instruments });
    settle(world, -0.0018, true);
    expect(world.state.feeRatios.get(FET)?.makerPpm).toBe(900_000);
    expect(feePpmFor(world.state, FET, true)).toBe(-90);
  });

  it('has nothing to compare with where the published rate is nothing', () => {
    const instruments = [{ ...FET_INSTRUMENT, makerFeePpm: 0 as Ppm }];
    const world = new LedgerWorld({ instruments });
    settle(world, 0.001, true);
    expect(feePpmFor(world.state, FET, true)).toBe(0);
    expect(skipped(world.state)).toBe(1);
  });

  it('believes the venue on who was the maker, not the type of the order', () => {
    const world = new LedgerWorld();
    const entry = world.order(world.trade(), 'entry', 100, true);
    entry.isMaker = false;
    world.fill(entry, 100, 2_000, 0.009);
    expect(world.state.feeRatios.get(FET)).toEqual({ makerPpm: 1_000_000, takerPpm: 900_000 });
  });
});
