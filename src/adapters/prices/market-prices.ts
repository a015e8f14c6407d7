// Prices as config/warden.yaml sets them up: each market has its own source, loaded when that market is first asked for,
// so that a run without due signals imports no exchange.

import type { WardenConfig } from '../../domain/config.ts';
import type { Market } from '../../domain/market.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { Clock, PriceFailure, Prices } from '../../ports.ts';

const ALPACA_BASE_URL = 'https://paper-api.alpaca.markets';
const ALPACA_DATA_URL = 'https://data.alpaca.markets';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Returns one door to the prices of all markets.
 *
 * @param prices the section `prices` of the configuration; a market without a part of its own has `no_source`, like equities without keys.
 * @param env environment variables; read are `APCA_API_KEY_ID`, `APCA_API_SECRET_KEY`, `APCA_API_BASE_URL` and
 *   `APCA_API_DATA_URL`, the names that Alpaca's own clients use.
 */
export function pricesByMarket(prices: WardenConfig['prices'], env: Environment, clock: Clock): Prices {
  const sources = new Map<Market, Promise<Result<Prices, PriceFailure>>>();
  const opened: Prices[] = [];

  async function open(market: Market): Promise<Result<Prices, PriceFailure>> {
    const source =
      market === 'equity'
        ? await equityPrices(prices, env, clock)
        : await cryptoPrices(prices, market, clock);
    if (source.ok) opened.push(source.value);
    return source;
  }

  return {
    async bars(request) {
      const known = sources.get(request.market) ?? open(request.market);
      sources.set(request.market, known);
      const source = await known;
      return source.ok ? await source.value.bars(request) : source;
    },
    requestCount: () => opened.reduce((sum, source) => sum + source.requestCount(), 0),
  };
}

async function cryptoPrices(
  prices: WardenConfig['prices'],
  market: 'spot' | 'perp',
  clock: Clock,
): Promise<Result<Prices, PriceFailure>> {
  const section = prices[market];
  if (section === undefined) {
    return err(withoutSection(market, '{ source: ccxt, exchanges: [binance, kraken], timeframe: 1h }'));
  }
  const { ccxtPrices } = await import('./ccxt-prices.ts');
  return ok(ccxtPrices({ exchanges: section.exchanges, timeframe: section.timeframe, market, clock }));
}

async function equityPrices(
  prices: WardenConfig['prices'],
  env: Environment,
  clock: Clock,
): Promise<Result<Prices, PriceFailure>> {
  const section = prices.equity;
  if (section === undefined) {
    return err(withoutSection('equity', '{ source: alpaca, feed: iex, timeframe: 1h }'));
  }
  const keyId = env['APCA_API_KEY_ID'] ?? '';
  const secretKey = env['APCA_API_SECRET_KEY'] ?? '';
  if (keyId === '' || secretKey === '') {
    const message = 'prices of equities need APCA_API_KEY_ID and APCA_API_SECRET_KEY in the environment';
    const kind = keyId === secretKey ? 'no_source' : 'not_configured';
    return err({ kind, message: `${message}; a free paper account of Alpaca has both` });
  }
  const { alpacaPrices } = await import('./alpaca-prices.ts');
  return ok(
    alpacaPrices({
      keyId,
      secretKey,
      // A secret that is not set reaches a workflow as an empty text.
      baseUrl: env['APCA_API_BASE_URL'] || ALPACA_BASE_URL,
      dataUrl: env['APCA_API_DATA_URL'] || ALPACA_DATA_URL,
      feed: section.feed,
      timeframe: section.timeframe,
      clock,
    }),
  );
}

function withoutSection(market: Market, example: string): PriceFailure {
  const message = `no price source for market "${market}"; add prices.${market} to config/warden.yaml, e.g. ${market}: ${example}`;
  return { kind: 'no_source', message };
}
