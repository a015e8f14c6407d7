// A kernel trades through the BingX client at the local exchange under every fault, and what remains is flat and explained.

import { describe, expect, it } from 'vitest';
import { FAULT_NAMES } from '../../src/adapters/venues/exchange/faults.ts';
import { SOAK_FAULTS, soak } from './soak.ts';

const CENT = 1_000_000n;

describe('a kernel at the local exchange', () => {
  it('trades without a fault as many orders as it sends', async () => {
    const result = await soak({ seed: 7, orders: 150, faults: {}, deathRate: 0, isPlain: true });
    expect(result).toMatchObject({ openPositions: 0, openOrders: 0, problems: [], malformed: 0, deaths: 0 });
    expect(result.ordersAtVenue).toBe(result.ordersSent);
    expect(result.residual).toBeLessThan(CENT);
  });

  // The same with 10,000 orders: npm run soak:venue.
  it.each([1, 2, 3])('ends flat and explained after whatever goes wrong (seed %i)', async (seed) => {
    const result = await soak({ seed, orders: 250, faults: SOAK_FAULTS, deathRate: 0.002 });
    expect(result).toMatchObject({ openPositions: 0, openOrders: 0, problems: [] });
    expect(result.residual).toBeLessThan(CENT);
    expect(FAULT_NAMES.filter((name) => result.hits[name] > 0).length).toBeGreaterThan(10);
  });

  it('lives on with a stream that says what no stream should', async () => {
    const faults = {
      frame_malformed: 0.4,
      frame_oversized: 0.1,
      frame_duplicated: 0.4,
      frame_reordered: 0.3,
    };
    const result = await soak({ seed: 4, orders: 150, faults, deathRate: 0 });
    expect(result).toMatchObject({ openPositions: 0, openOrders: 0, problems: [] });
    expect(result.residual).toBeLessThan(CENT);
    // Each of those frames was counted, and none of them ended the stream.
    expect(result.malformed).toBeGreaterThan(50);
  });
});
