// The error rate: how many clean runs it takes, and that no run is no good news.

import { describe, expect, it } from 'vitest';
import { errorRateOf } from '../../src/supervision/error-rate.ts';

describe('errorRateOf', () => {
  it('is below 5 % with 95 % confidence from 52 clean runs on, not with 51', () => {
    expect(errorRateOf({ runs: 52, errors: 0 })?.bound).toBeLessThanOrEqual(0.05);
    expect(errorRateOf({ runs: 51, errors: 0 })?.bound).toBeGreaterThan(0.05);
  });

  it('is the share that failed, bounded from above', () => {
    expect(errorRateOf({ runs: 100, errors: 2 })).toEqual({ rate: 0.02, bound: 0.0586483684 });
  });

  it('is unknown without runs', () => {
    expect(errorRateOf(null)).toBeNull();
    expect(errorRateOf({ runs: 0, errors: 0 })).toBeNull();
  });

  it('refuses more errors than runs', () => {
    expect(() => errorRateOf({ runs: 1, errors: 2 })).toThrow('2 of 1 runs failed');
  });
});
