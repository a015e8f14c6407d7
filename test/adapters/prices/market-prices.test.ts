// The composition of price sources by market: what is not configured says which key to add, the rest is passed on.

import { describe, expect, it, onTestFinished } from 'vitest';
import { pricesByMarket } from '../../../src/adapters/prices/market-prices.ts';
import type { WardenConfig } from '../../../src/domain/config.ts';
import type { Market } from '../../../src/domain/market.ts';
import { HOUR_MS } from '../../../src/domain/time.ts';
import type { PriceRequest } from '../../../src/ports.ts';
import { fixedClock, loopback } from './loopback.ts';

const NOW_MS = Date.parse('2021-11-29T20:20:00Z');
const clock = fixedClock(NOW_MS);
const none: WardenConfig['prices'] = {
  settle_lag: '2m',
  give_up_after: '7d',
  max_stale_bars: 2,
  latency_ms: 0,
  max_loss: 0.35,
  max_loss_min_pairs: 20,
};
const equity = { source: 'alpaca', feed: 'iex', timeframe: '1h' } as const;
const keys = { APCA_API_KEY_ID: 'id', APCA_API_SECRET_KEY: 'secret' };

function request(market: Market): PriceRequest {
  return { symbol: 'AAPL', market, fromMs: NOW_MS - 5 * HOUR_MS, toMs: NOW_MS };
}

describe('pricesByMarket', () => {
  it.each(['spot', 'perp', 'equity'] as const)(
    'names the key to add for a market without a source: %s',
    async (market) => {
      const prices = pricesByMarket(none, keys, clock);

      const answer = await prices.bars(request(market));

      expect(answer).toMatchObject({
        ok: false,
        error: { kind: 'no_source', message: expect.stringContaining(`add prices.${market} to`) },
      });
      expect(prices.requestCount()).toBe(0);
    },
  );

  it.each(['spot', 'perp'] as const)('asks the exchanges of the section: %s', async (market) => {
    const section = { source: 'ccxt', exchanges: ['krakn'], timeframe: '1h' } as const;
    const prices = pricesByMarket({ ...none, [market]: section }, {}, clock);

    const answer = await prices.bars(request(market));

    expect(answer).toMatchObject({
      ok: false,
      error: { kind: 'not_configured', message: expect.stringContaining('did you mean "kraken"?') },
    });
  });

  it.each([
    [{}, 'no_source'],
    [{ APCA_API_KEY_ID: '', APCA_API_SECRET_KEY: '' }, 'no_source'],
    [{ APCA_API_KEY_ID: 'id' }, 'not_configured'],
    [{ APCA_API_KEY_ID: '', APCA_API_SECRET_KEY: 'secret' }, 'not_configured'],
  ])('needs both keys of Alpaca, and not %j', async (env, kind) => {
    const answer = await pricesByMarket({ ...none, equity }, env, clock).bars(request('equity'));

    expect(answer).toMatchObject({
      ok: false,
      error: { kind, message: expect.stringContaining('APCA_API_SECRET_KEY') },
    });
  });

  it('reads the addresses from the environment, keeps one source per market and sums its requests', async () => {
    const calendar = [{ date: '2021-11-29', open: '09:30', close: '16:00' }];
    const server = await loopback((asked) => ({
      body: asked.path === '/v2/calendar' ? calendar : { bars: [], next_page_token: null },
    }));
    onTestFinished(() => server.close());
    const env = { ...keys, APCA_API_BASE_URL: server.origin, APCA_API_DATA_URL: server.origin };
    const prices = pricesByMarket({ ...none, equity }, env, clock);

    const first = await prices.bars(request('equity'));
    const second = await prices.bars(request('equity'));

    expect([first.ok, second.ok]).toEqual([true, true]);
    expect(server.asked.map((one) => one.path)).toEqual([
      '/v2/calendar',
      '/v2/stocks/AAPL/bars',
      '/v2/stocks/AAPL/bars',
    ]);
    expect(prices.requestCount()).toBe(3);
  });
});
