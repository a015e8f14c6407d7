// Which asset an entry is in: the one that has gone most straightly the way of the entry. There is no asset to fall back on.

import { err, ok, type Result } from '../domain/result.ts';
import type { TradeSide } from './policy.ts';
import { type PriceHistory, pricesOf } from './price-history.ts';

interface Picked {
  readonly key: string;
  /** Directional efficiency, above 0 to 1. */
  readonly score: number;
}

export interface PickerSettings {
  readonly lookback: number;
  readonly universe_min: number;
  readonly min_score: number;
}

/** Scores that differ in the last digits only are the same score. */
const SCORE_STEPS = 1e9;

/**
 * Returns |net move| / length of the path over a series of prices, in logarithms, signed by whether the net move agrees with the side: 1
 * is straight its way, -1 straight against it, 0 nowhere (Kaufman's efficiency ratio).
 */
export function directionalEfficiency(prices: readonly number[], side: TradeSide): number {
  let path = 0;
  let net = 0;
  let before: number | null = null;
  for (const price of prices) {
    const move: number = before === null ? 0 : Math.log(price / before);
    path += Math.abs(move);
    net += move;
    before = price;
  }
  if (path === 0) return 0;
  const agreement = side === 'SHORT' ? -net : net;
  return Math.round(Math.max(-1, Math.min(1, agreement / path)) * SCORE_STEPS) / SCORE_STEPS;
}

/**
 * Picks the candidate with the highest score; of equals, the first by its key. An asset takes part once it has a price at `lookback` scans,
 * and nobody does before `universe_min` assets have.
 *
 * @param priced keys of all assets that this scan has a price of and that can be traded
 * @param isTaken whether a slot holds the asset: it counts as known, and is not picked
 * @returns an error that says why there is none
 */
export function pick(
  history: PriceHistory,
  priced: readonly string[],
  side: TradeSide,
  settings: PickerSettings,
  isTaken: (key: string) => boolean,
): Result<Picked, string> {
  const warm = priced.filter((key) => pricesOf(history, key).length >= settings.lookback);
  if (warm.length < settings.universe_min || warm.length === 0)
    return err(
      `${warm.length} of ${priced.length} assets have prices of ${settings.lookback} scans, ${settings.universe_min} have to`,
    );
  let best: Picked | null = null;
  for (const key of warm.sort()) {
    if (isTaken(key)) continue;
    const score = directionalEfficiency(pricesOf(history, key).slice(-settings.lookback), side);
    if (score <= 0 || score < settings.min_score) continue;
    if (best === null || score > best.score) best = { key, score };
  }
  if (best === null) return err(`none of ${warm.length} assets goes the way of a ${side}`);
  return ok(best);
}
