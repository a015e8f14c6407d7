// A process with a paper account dies at every moment of a trade, also around every save, and the next one goes on with what was.

import { describe, expect, it } from 'vitest';
import { livePaperOnce } from './paper-life.ts';

const WANTED_LOTS = 100;

describe.each(['taker', 'maker'] as const)('a trade of a %s on paper', (style) => {
  it('ends flat and explained where nothing happens', async () => {
    const life = await livePaperOnce({ diesAt: null, style });
    expect(life).toMatchObject({ openPositions: 0, openOrders: 0, residual: 0n });
    expect([WANTED_LOTS, WANTED_LOTS - 1]).toContain(life.enteredLots);
    expect(life.largestPosition).toBe(life.enteredLots);
    expect(life.moments).toContain('saving');
  });

  it('is entered once at most and ends flat with the book of the venue, wherever the process dies', async () => {
    const { moments } = await livePaperOnce({ diesAt: null, style });
    let entered = 0;
    for (const [diesAt, moment] of moments.entries()) {
      const life = await livePaperOnce({ diesAt, style });
      const where = `death ${diesAt} (${moment})`;
      expect(life.moments.length, where).toBeGreaterThan(diesAt);
      expect(new Set(life.sentIds).size, where).toBe(life.sentIds.length);
      expect(life.enteredLots, where).toBeLessThanOrEqual(WANTED_LOTS);
      expect(life.largestPosition, where).toBeLessThanOrEqual(WANTED_LOTS);
      expect([life.openPositions, life.openOrders, life.residual], where).toEqual([0, 0, 0n]);
      if (life.enteredLots > 0) entered += 1;
    }
    // A death before the decision is durable loses it; after that it is carried out.
    expect(entered).toBeGreaterThan(moments.length / 2);
  });
});
