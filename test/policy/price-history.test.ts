// The price history: one sample of one asset for each scan, never mixed, never longer than it may be.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { observed, type PriceHistory, pricesOf } from '../../src/policy/price-history.ts';

const LIMITS = { samples: 10, gapMs: 3_600_000 };

describe('the price history', () => {
  it('keeps the last prices of each asset apart', () => {
    let history: PriceHistory = {};
    for (let scan = 1; scan <= 12; scan += 1)
      history = observed(history, { A: scan, B: scan * 100 }, ['A', 'B'], scan * 1_000, LIMITS);
    expect(pricesOf(history, 'A')).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(pricesOf(history, 'B')).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((price) => price * 100));
  });

  it('keeps a series over a scan without its price', () => {
    const first = observed({}, { A: 1 }, ['A'], 1_000, LIMITS);
    const second = observed(first, {}, ['A'], 2_000, LIMITS);
    expect(pricesOf(observed(second, { A: 3 }, ['A'], 3_000, LIMITS), 'A')).toEqual([1, 3]);
  });

  it('begins a series anew after a hole', () => {
    const first = observed({}, { A: 1 }, ['A'], 1_000, LIMITS);
    expect(pricesOf(observed(first, { A: 2 }, ['A'], 3_601_000, LIMITS), 'A')).toEqual([1, 2]);
    expect(pricesOf(observed(first, { A: 2 }, ['A'], 3_601_001, LIMITS), 'A')).toEqual([2]);
  });

  it('knows nothing of what cannot be traded, nor of names that every object has', () => {
    const history = observed({}, { A: 1, B: 2 }, ['B', 'constructor'], 1_000, LIMITS);
    expect(history).toEqual({ B: { prices: [2], sampledAtMs: 1_000 } });
    expect(pricesOf(history, 'toString')).toEqual([]);
  });

  it('holds, for any scans, exactly the last prices of each asset in their order', () => {
    const scans = fc.array(fc.dictionary(fc.constantFrom('A', 'B', 'C'), fc.integer({ min: 1, max: 1_000 })));
    fc.assert(
      fc.property(scans, (all) => {
        let history: PriceHistory = {};
        for (const [number, prices] of all.entries())
          history = observed(history, prices, ['C', 'A', 'B'], number, LIMITS);
        for (const key of ['A', 'B', 'C']) {
          const expected = all.flatMap((prices) => prices[key] ?? []).slice(-10);
          expect(pricesOf(history, key)).toEqual(expected);
        }
      }),
    );
  });
});
