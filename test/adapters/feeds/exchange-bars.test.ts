// Bars put together by the instant at which they close: told at that very instant, and none twice.

import { describe, expect, it } from 'vitest';
import { closingBars } from '../../../src/adapters/feeds/exchange-bars.ts';

const MINUTE_MS = 60_000;
const bar = (openAtMs: number) => ({ openAtMs, prices: [100, 103, 98, 101] });

describe('bars that close', () => {
  it('are told from the instant of their close on, once', () => {
    const bars = closingBars(['BTC-USDT'], MINUTE_MS, MINUTE_MS);
    bars.take('BTC-USDT', [bar(0)], MINUTE_MS);

    expect(bars.told(MINUTE_MS - 1, false)).toEqual([]);
    expect(bars.told(MINUTE_MS, false)).toMatchObject([{ closedAtMs: MINUTE_MS, barMs: MINUTE_MS }]);
    expect(bars.told(MINUTE_MS, false)).toEqual([]);
    expect(bars.nextMs()).toBe(2 * MINUTE_MS);
  });
});
