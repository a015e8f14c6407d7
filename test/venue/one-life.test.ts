// The process dies at every moment of an order's life, one after the other, and no decision ever becomes two orders.

import { describe, expect, it } from 'vitest';
import { liveOnce, WANTED_LOTS } from './one-life.ts';

const CENT = 1_000_000n;

describe.each(['taker', 'maker'] as const)('a trade of a %s', (style) => {
  it('ends flat and explained where nothing happens', async () => {
    const life = await liveOnce({ diesAt: null, style, isPowerCut: false });
    expect(life).toMatchObject({ openPositions: 0, openOrders: 0 });
    // A quote that follows the price keeps its worth, and so may lose a lot.
    expect([WANTED_LOTS, WANTED_LOTS - 1]).toContain(life.enteredLots);
    expect(life.largestPosition).toBe(life.enteredLots);
    expect(life.residual).toBeLessThan(CENT);
    expect(life.moments.length).toBeGreaterThan(20);
  });

  it.each([false, true])(
    'is entered once at most, wherever the process dies (power cut: %s)',
    async (isPowerCut) => {
      const { moments } = await liveOnce({ diesAt: null, style, isPowerCut });
      let entered = 0;
      for (const [diesAt, moment] of moments.entries()) {
        const life = await liveOnce({ diesAt, style, isPowerCut });
        const where = `death ${diesAt} (${moment})`;
        expect(new Set(life.sentIds).size, where).toBe(life.sentIds.length);
        expect(life.enteredLots, where).toBeLessThanOrEqual(WANTED_LOTS);
        expect(life.largestPosition, where).toBeLessThanOrEqual(WANTED_LOTS);
        expect([life.openPositions, life.openOrders], where).toEqual([0, 0]);
        expect(life.residual, where).toBeLessThan(CENT);
        if (life.enteredLots > 0) entered += 1;
      }
      // A death before the decision is durable loses it; after that it is carried out.
      expect(entered).toBeGreaterThan(moments.length / 2);
    },
  );
});
