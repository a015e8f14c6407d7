// What was the price at an instant, using only what was known then: the close of the last bar that had closed.

import { assert } from '../domain/assert.ts';
import type { BarSeries } from '../domain/market.ts';
import { openMsBetween } from './sessions.ts';

/**
 * A price, or why there is none: `not_yet` (no bar has closed at or after the instant, so the newest known bar may not
 * be the last one before it), `missing` (the bars begin later), `stale` (the last bar is older than allowed).
 */
export type PriceAt =
  | { readonly kind: 'price'; readonly price: number; readonly barCloseMs: number; readonly staleMs: number }
  | { readonly kind: 'stale'; readonly staleMs: number }
  | { readonly kind: 'not_yet' }
  | { readonly kind: 'missing' };

/**
 * Returns the close of the last bar with `open + bar <= atMs`, never of the bar that contains `atMs`. The age of that
 * close counts open time only where the market has sessions.
 */
export function priceAt(series: BarSeries, atMs: number, maxStaleMs: number): PriceAt {
  const lastCloseMs = series.closeAtMs[series.closeAtMs.length - 1];
  if (lastCloseMs === undefined || lastCloseMs < atMs) return { kind: 'not_yet' };
  const index = lastIndexAtOrBefore(series.closeAtMs, atMs);
  const barCloseMs = series.closeAtMs[index];
  const price = series.close[index];
  if (barCloseMs === undefined || price === undefined) return { kind: 'missing' };
  assert(
    price > 0 && price < Number.POSITIVE_INFINITY,
    `${series.source} gave ${price}; closes are positive`,
  );
  const staleMs =
    series.sessions === null ? atMs - barCloseMs : openMsBetween(series.sessions, barCloseMs, atMs);
  return staleMs > maxStaleMs ? { kind: 'stale', staleMs } : { kind: 'price', price, barCloseMs, staleMs };
}

/** Returns the index of the last element `<= value` of an ascending array, or -1. */
export function lastIndexAtOrBefore(ascending: Float64Array | readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? Number.POSITIVE_INFINITY) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Whether a position between two bar closes would span a jump that is no market move, as an undeclared split. */
export function crossesSuspect(series: BarSeries, entryBarCloseMs: number, exitBarCloseMs: number): boolean {
  return series.suspects.some((span) => entryBarCloseMs <= span.fromMs && exitBarCloseMs >= span.toMs);
}
