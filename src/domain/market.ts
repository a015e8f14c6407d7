// Words of the markets: which kinds there are, how a symbol names one instrument, what counts as a price, and the bars that one is read from.

import { oneOf } from './fields.ts';

export const MARKETS = ['spot', 'perp', 'equity'] as const;
export type Market = (typeof MARKETS)[number];
export const market = oneOf(MARKETS);

export const CONTRACTS = ['linear', 'inverse'] as const;
export type Contract = (typeof CONTRACTS)[number];
export const contract = oneOf(CONTRACTS);

/** Open time of a session market: `[openMs, closeMs)`. Sorted, disjoint. */
export interface Session {
  readonly openMs: number;
  readonly closeMs: number;
}

/** One funding payment of a perpetual: longs pay `rate` of the notional at `atMs` (shorts receive it). */
export interface FundingRate {
  readonly atMs: number;
  readonly rate: number;
}

/** A span in which prices exist but must not be used, as a split that nobody declared. */
export interface Suspect {
  readonly fromMs: number;
  readonly toMs: number;
  readonly reason: 'corporate_action';
}

/**
 * Closed bars of one instrument, oldest first. `closeAtMs[i]` is when bar `i` became known (its open plus `barMs`).
 * Splits are already adjusted. Closes are finite and positive.
 */
export interface BarSeries {
  readonly symbol: string;
  readonly market: Market;
  /** Where the bars came from, as `ccxt:binance:1h` or `file:BTCUSDT-spot-1h-2021`. */
  readonly source: string;
  readonly barMs: number;
  readonly closeAtMs: Float64Array;
  readonly close: Float64Array;
  /** `null` for markets that never close. */
  readonly sessions: readonly Session[] | null;
  /** `null` where the source does not know funding. Empty means: known, and there was none. */
  readonly funding: readonly FundingRate[] | null;
  readonly suspects: readonly Suspect[];
  /** Set where a source that is preferred to this one did not answer: bars that are missing here may exist there. */
  readonly isStandIn?: true;
}

/**
 * Returns the letters and digits of a symbol in upper case without its settlement part, so that `BTC/USDT`,
 * `btc-usdt`, `BTCUSDT` and `BTC/USDT:USDT` name one file of candles.
 */
export function symbolKey(symbol: string): string {
  return (symbol.split(':')[0] ?? symbol).replaceAll(/[^A-Za-z0-9]/g, '').toUpperCase();
}

/** A contract is inverse where it settles in its own base currency, as `BTC/USD:BTC`. */
export function contractOf(symbol: string, market: Market): Contract {
  const parts = /^([^/]+)\/[^:]+:(.+)$/.exec(symbol);
  return market === 'perp' && parts !== null && parts[1] === parts[2] ? 'inverse' : 'linear';
}

/** Whether what somebody else sent is a price: a finite number above zero. */
export function isPrice(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}
