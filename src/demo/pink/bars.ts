// The perpetuals of the made-up market as PINK hears of them: bars of four hours, made of the hours of the market.

import { symbolKey } from '../../domain/market.ts';
import type { Candle, ClosedCandles } from '../../domain/scan.ts';
import type { EpochMs } from '../../domain/steps.ts';
import { HOUR_MS } from '../../domain/time.ts';
import type { DemoMarket } from '../market.ts';

export const BAR_HOURS = 4;
export const BAR_MS = BAR_HOURS * HOUR_MS;

/** One perpetual: how the venue spells it, its key, and its closes by hour. */
export interface Perp {
  /** `AVAX-USDT` */
  readonly symbol: string;
  /** `AVAXUSDT` */
  readonly key: string;
  readonly closeByHour: readonly (number | null)[];
}

/** Each costs a question more whenever PINK looks at its account, and a demo has to end within a minute. */
const PERPS_MAX = 3;

/** Returns the perpetuals of a market that PINK trades: the first few, in its order. */
export function perpsOf(market: DemoMarket): readonly Perp[] {
  return market.instruments
    .filter(({ series }) => series.market === 'perp')
    .slice(0, PERPS_MAX)
    .map(({ series, closeByHour }) => {
      const [pair = ''] = series.symbol.split(':');
      return { symbol: pair.replace('/', '-'), key: symbolKey(series.symbol), closeByHour };
    });
}

/** Returns the bars that closed at an instant; a perpetual of which an hour is missing at either end has none. */
export function barsAt(perps: readonly Perp[], firstOpenMs: number, closedAtMs: number): ClosedCandles {
  const lastHour = Math.round((closedAtMs - firstOpenMs) / HOUR_MS) - 1;
  const candles: Record<string, Candle> = {};
  for (const { key, closeByHour } of perps) {
    const candle = candleOf(closeByHour, lastHour);
    if (candle !== null) candles[key] = candle;
  }
  return { closedAtMs: closedAtMs as EpochMs, barMs: BAR_MS, candles };
}

/** The market has no finer grain than an hour, and an hour opens where the one before it closed. */
function candleOf(closeByHour: Perp['closeByHour'], lastHour: number): Candle | null {
  const open = closeByHour[lastHour - BAR_HOURS] ?? null;
  const close = closeByHour[lastHour] ?? null;
  if (open === null || close === null) return null;
  const known = closeByHour
    .slice(Math.max(0, lastHour - BAR_HOURS), lastHour + 1)
    .filter((price) => price !== null);
  return { open, high: Math.max(...known), low: Math.min(...known), close };
}
