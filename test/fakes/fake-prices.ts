// Prices from series in memory that hands out no bar more than it was asked for, so that nothing can depend on luck.

import { type BarSeries, contractOf, type Market, symbolKey } from '../../src/domain/market.ts';
import { err, ok, type Result } from '../../src/domain/result.ts';
import { DAY_MS } from '../../src/domain/time.ts';
import type { PriceFailure, PriceRequest, Prices } from '../../src/ports.ts';

export interface FakePrices extends Prices {
  readonly requests: readonly PriceRequest[];
}

/**
 * Returns prices of `series`, found by market and symbol however it is spelled.
 *
 * @param failure says which requests fail instead, and how.
 */
export function fakePrices(
  series: readonly BarSeries[],
  failure: (request: PriceRequest) => PriceFailure | null = () => null,
): FakePrices {
  const requests: PriceRequest[] = [];
  const byInstrument = new Map(series.map((each) => [instrument(each.symbol, each.market), each]));

  function answer(request: PriceRequest): Result<BarSeries, PriceFailure> {
    const failed = failure(request);
    if (failed !== null) return err(failed);
    const known = byInstrument.get(instrument(request.symbol, request.market));
    if (known === undefined)
      return err({ kind: 'unknown_symbol', message: `no source knows ${request.symbol}` });
    return ok({ ...within(known, request), symbol: request.symbol });
  }

  return {
    requests,
    bars: (request) => {
      requests.push(request);
      return Promise.resolve(answer(request));
    },
    requestCount: () => requests.length,
  };
}

function instrument(symbol: string, market: Market): string {
  return `${market} ${symbolKey(symbol)} ${contractOf(symbol, market)}`;
}

/** Bars and funding that lie in the request; sessions also of the next days, as an exchange announces them. */
function within(series: BarSeries, { fromMs, toMs }: PriceRequest): BarSeries {
  const kept = [...series.closeAtMs.keys()].filter((index) => {
    const closeMs = series.closeAtMs[index] ?? 0;
    return closeMs >= fromMs && closeMs <= toMs;
  });
  return {
    ...series,
    closeAtMs: Float64Array.from(kept, (index) => series.closeAtMs[index] ?? 0),
    close: Float64Array.from(kept, (index) => series.close[index] ?? 0),
    funding: series.funding?.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs) ?? null,
    sessions:
      series.sessions?.filter(({ openMs, closeMs }) => closeMs > fromMs && openMs < toMs + 5 * DAY_MS) ??
      null,
  };
}
