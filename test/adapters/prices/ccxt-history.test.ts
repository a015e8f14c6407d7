// Pages of history from an exchange in memory: as many as a range needs, and not without end.

import { describe, expect, it } from 'vitest';
import type { CcxtExchange } from '../../../src/adapters/prices/ccxt-exchange.ts';
import { fetchBars } from '../../../src/adapters/prices/ccxt-history.ts';
import { DAY_MS, MINUTE_MS } from '../../../src/domain/time.ts';
import { T0 } from '../../builders.ts';
import { recordedRetries } from './loopback.ts';

/** Serves a bar for every minute, `rowsSent` at a time. */
function minutes(rowsDocumented: number, rowsSent: number): CcxtExchange {
  const nothing = () => Promise.reject(new Error('is not asked for here'));
  return {
    id: 'memory',
    urls: {},
    options: {},
    has: {},
    timeframes: { '1m': '1m' },
    fetch: nothing,
    loadMarkets: nothing,
    fetchTickers: nothing,
    fetchTicker: nothing,
    fetchFundingRateHistory: nothing,
    featureValue: () => rowsDocumented,
    fetchOHLCV: (_symbol, _timeframe, sinceMs, limit) =>
      Promise.resolve(
        Array.from({ length: Math.min(limit, rowsSent) }, (_, row) => [
          sinceMs + row * MINUTE_MS,
          100,
          101,
          99,
          100,
          1,
        ]),
      ),
  };
}

const history = (exchange: CcxtExchange) => ({ exchange, symbol: 'BTC/USDT', retries: recordedRetries() });
const range = (days: number) => ({
  barMs: MINUTE_MS,
  fromMs: T0 + MINUTE_MS,
  toMs: T0 + days * DAY_MS,
  askedAtMs: T0 + days * DAY_MS,
});

describe('fetchBars', () => {
  it('reads the whole volatility window in minutes, from an exchange that sends 100 at a time', async () => {
    const bars = await fetchBars(history(minutes(100, 100)), '1m', range(101));

    expect(bars.ok && bars.value.length).toBeGreaterThanOrEqual(101 * 1440);
  });

  it('ends where an exchange sends next to nothing', async () => {
    const bars = await fetchBars(history(minutes(1000, 1)), '1m', range(1));

    expect(bars).toMatchObject({
      ok: false,
      error: { kind: 'unreachable', message: expect.stringContaining('more than 500 pages') },
    });
  });
});
