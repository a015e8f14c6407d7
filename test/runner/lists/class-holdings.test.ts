// What a class holds, to the last decimal, and which of its orders were canceled since when.

import { describe, expect, it } from 'vitest';
import {
  entriesCanceledSince,
  heldPositions,
  openOrdersOf,
} from '../../../src/runner/lists/class-holdings.ts';
import { CHAMPION, holding, KernelDriver, START_MS } from '../../kernel/build.ts';

describe('a position', () => {
  it.each([
    ['LONG', '0.5'],
    ['SHORT', '-0.5'],
  ] as const)('of a %s has gained by a higher mark what its side makes of it', (side, unrealized) => {
    const kernel = new KernelDriver().ready();
    kernel.enter({ side });
    kernel.fill(10_000);
    kernel.mark(10_100);

    expect(heldPositions(kernel.state)).toEqual([
      {
        instrument: 'BTC-USDT',
        strategyClass: CHAMPION,
        side,
        quantity: '0.05',
        averagePrice: '1000',
        markPrice: '1010',
        unrealized,
      },
    ]);
  });

  it('has no price and no gain while a fill has none', () => {
    const kernel = new KernelDriver().ready();
    kernel.enter();
    kernel.ack();
    kernel.report(50, 10_000, { filledQuote: null });

    expect(heldPositions(kernel.state)).toMatchObject([{ averagePrice: null, unrealized: null }]);
  });
});

describe('the orders of a class', () => {
  it('are open until they are final', () => {
    const kernel = new KernelDriver().ready();
    kernel.enter();
    expect(openOrdersOf(kernel.state, CHAMPION)).toBe(1);
    expect(openOrdersOf(kernel.state, 'macro')).toBe(0);
    kernel.fill(10_000);
    expect(openOrdersOf(kernel.state, CHAMPION)).toBe(0);
  });

  it('that were canceled count from the very moment on, and entries alone', () => {
    const kernel = holding(50);
    const [order] = kernel.state.orders.values();
    if (order === undefined) throw new Error('an order');
    Object.assign(order, { cancelSentAtMs: START_MS });

    expect(entriesCanceledSince(kernel.state, CHAMPION, START_MS)).toBe(1);
    expect(entriesCanceledSince(kernel.state, CHAMPION, START_MS + 1)).toBe(0);
    expect(entriesCanceledSince(kernel.state, 'macro', START_MS)).toBe(0);
    Object.assign(order, { role: 'exit' });
    expect(entriesCanceledSince(kernel.state, CHAMPION, START_MS)).toBe(0);
  });
});
