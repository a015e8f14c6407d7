// The gate of direction confirmation: an entry against the move of the last few scans is not taken.

import { moveBps } from './basis-points.ts';
import type { TradeSide } from './policy.ts';

/** Prices that the history keeps of one asset: enough for the longest lookback that can be set. */
export const CONFIRMATION_SAMPLES = 10;

interface Confirmation {
  readonly isContradicted: boolean;
  /** How the price moved over the lookback; `null` where too little is known, which contradicts nothing. */
  readonly moveBps: number | null;
}

/**
 * Compares an asset's newest price with that of `lookback` scans before. A rise of more than the threshold contradicts a SHORT, a fall of
 * more than it a LONG.
 *
 * @param prices of this asset alone, oldest first
 */
export function confirmationOf(
  prices: readonly number[],
  side: TradeSide,
  settings: { readonly lookback: number; readonly threshold_bps: number },
): Confirmation {
  const now = prices.at(-1);
  const then = prices.at(-1 - settings.lookback);
  if (now === undefined || then === undefined) return { isContradicted: false, moveBps: null };
  const move = moveBps(then, now);
  const against = side === 'SHORT' ? move : -move;
  return { isContradicted: against > settings.threshold_bps, moveBps: move };
}
