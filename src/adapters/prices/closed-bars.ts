// From the bars a network source sends to the columns the core reads: only closed bars of the range, each of them sane,
// and none that reads differently on two pages.

import { type BarSeries, isPrice } from '../../domain/market.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { HOUR_MS, isoFromMs, MINUTE_MS } from '../../domain/time.ts';

/** Bar lengths that the configuration allows. All divide an hour, so bars of UTC and of New York fall together. */
const BAR_MS: ReadonlyMap<string, number> = new Map([
  ['1m', MINUTE_MS],
  ['5m', 5 * MINUTE_MS],
  ['15m', 15 * MINUTE_MS],
  ['30m', 30 * MINUTE_MS],
  ['1h', HOUR_MS],
]);

/** Returns the length of a bar of a configured timeframe, or `null` for any other text. */
export function barMsOf(timeframe: string): number | null {
  return BAR_MS.get(timeframe) ?? null;
}

/** One bar as it came: not yet checked. */
export interface SentBar {
  readonly openAtMs: unknown;
  /** Open, high, low, close. */
  readonly prices: readonly unknown[];
}

/** Which bars are wanted: those that close in `[fromMs, toMs]` and were closed when they were asked for. */
export interface BarRange {
  readonly barMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** When the request was sent: a bar that closed later may have been read while it was still moving. */
  readonly askedAtMs: number;
}

/** Opening times of the first and the last bar that {@link closedBars} keeps. */
export function openRange({ barMs, fromMs, toMs, askedAtMs }: BarRange): { firstMs: number; lastMs: number } {
  return {
    firstMs: Math.ceil(fromMs / barMs) * barMs - barMs,
    lastMs: Math.floor(Math.min(toMs, askedAtMs) / barMs) * barMs - barMs,
  };
}

/**
 * Returns the wanted bars, sorted. A bar that was sent twice with the same prices is taken once; one that changed,
 * an instant off the grid of the timeframe, or a price that is not finite and positive refuses the whole answer.
 */
export function closedBars(
  sent: Iterable<SentBar>,
  range: BarRange,
): Result<Pick<BarSeries, 'closeAtMs' | 'close'>, string> {
  const { firstMs, lastMs } = openRange(range);
  const bars = new Map<number, readonly number[]>();
  for (const { openAtMs, prices } of sent) {
    if (typeof openAtMs !== 'number' || !Number.isInteger(openAtMs) || openAtMs % range.barMs !== 0) {
      return err(`a bar opens at ${String(openAtMs)}; expected a multiple of ${range.barMs} ms`);
    }
    if (openAtMs < firstMs || openAtMs > lastMs) continue;
    const numbers = prices.filter(isPrice);
    if (numbers.length !== prices.length) {
      const found = `open, high, low, close ${prices.map(String).join(', ')}`;
      return err(`the bar of ${isoFromMs(openAtMs)} has ${found}; expected finite prices above 0`);
    }
    const known = bars.get(openAtMs);
    if (known?.some((price, i) => price !== numbers[i])) {
      return err(
        `the bar of ${isoFromMs(openAtMs)} changed between two pages; expected a closed bar to stay`,
      );
    }
    bars.set(openAtMs, numbers);
  }
  const sorted = [...bars].sort(([a], [b]) => a - b);
  return ok({
    closeAtMs: Float64Array.from(sorted, ([openAtMs]) => openAtMs + range.barMs),
    close: Float64Array.from(sorted, ([, prices]) => prices[3] ?? Number.NaN),
  });
}
