// What a policy sees of the kernel: slots in plain units, and what entries may be sized from.

import { describe, expect, it } from 'vitest';
import type { Money } from '../../src/domain/money.ts';
import type { Lots } from '../../src/domain/steps.ts';
import { capitalUsdt, slotViews } from '../../src/runner/slot-views.ts';
import { BTC, holding, KernelDriver, START_MS, usdt } from '../kernel/build.ts';

const NO_PRICE = () => null;

describe('a slot', () => {
  it('is free, and holds nothing, where an entry may come', () => {
    const { state } = new KernelDriver({ maxSlots: 2 }).ready();

    expect(slotViews(state, NO_PRICE)).toMatchObject([
      { slot: 0, status: 'free', tradeId: null, symbol: null, size: 0, entryPrice: null },
      { slot: 1, status: 'free' },
    ]);
  });

  it('that entries may not use is seen only while it holds something', () => {
    const kernel = new KernelDriver({ maxSlots: 1 }).ready();
    kernel.hold(50);
    kernel.wait(400_000);
    const adopted = kernel.state.slots.find(({ trade }) => trade !== null);
    const views = slotViews(kernel.state, NO_PRICE);

    expect(adopted?.id).toBeGreaterThanOrEqual(1);
    expect(views.map(({ slot }) => slot)).toEqual([0, adopted?.id]);
    expect(views[1]).toMatchObject({ status: 'open', symbol: BTC, size: 0.05 });
  });

  it('has its size in the base, its side, and the average price of what was entered', () => {
    const kernel = new KernelDriver().ready();
    kernel.enter({ side: 'SHORT', size: 0.05 });
    kernel.fill(10_000);

    expect(slotViews(kernel.state, NO_PRICE)[0]).toMatchObject({
      status: 'open',
      symbol: BTC,
      side: 'SHORT',
      strategyClass: 'champion',
      size: 0.05,
      entryPrice: 1_000,
      openedAtMs: START_MS,
      legIndex: 0,
      price: null,
    });
  });

  it('has no entry price while the venue has not said at which price some of it was filled', () => {
    const kernel = holding(50);
    const [order] = kernel.state.slots[0]?.trade?.orders ?? [];
    if (order === undefined) throw new Error('nothing was entered');
    order.pricedLots = 20 as Lots;
    order.filledQuote = ((order.filledQuote * 2n) / 5n) as Money;

    expect(slotViews(kernel.state, NO_PRICE)[0]).toMatchObject({ size: 0.05, entryPrice: null });
  });

  it('says which leg the next exit takes, and that an exit is under way', () => {
    const kernel = holding(50, {}, [0.5, 1]);
    kernel.exit();
    expect(slotViews(kernel.state, NO_PRICE)[0]).toMatchObject({ status: 'exiting', size: 0.05 });
    kernel.fill(10_000);
    kernel.wait(1_000);

    expect(slotViews(kernel.state, NO_PRICE)[0]).toMatchObject({ status: 'open', legIndex: 1, size: 0.025 });
  });

  it('has the price of its own symbol', () => {
    const kernel = holding(50);
    const asked: string[] = [];

    const [slot] = slotViews(kernel.state, (symbol) => {
      asked.push(symbol);
      return { price: 999, ageMs: 5, source: 'venue' };
    });

    expect(slot?.price).toEqual({ price: 999, ageMs: 5, source: 'venue' });
    expect(asked).toEqual([BTC]);
  });
});

describe('what entries may be sized from', () => {
  it('is free margin, else the kernel wallet, and not known before the kernel has one', () => {
    const { ledger } = new KernelDriver().state;
    expect(capitalUsdt({ ledger } as never)).toBeNull();

    const ready = new KernelDriver().ready().state;
    expect(capitalUsdt({ ledger: { ...ready.ledger, availableMargin: usdt(123) } } as never)).toBe(123);
    expect(capitalUsdt({ ledger: { ...ready.ledger, availableMargin: null } } as never)).toBe(10_000);
  });
});
