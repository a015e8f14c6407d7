// From a policy's conviction to the whole leverage that a venue takes: it moves margin, and never a profit or a size.

/** A policy's conviction is between these; what is outside is a mistake of its sizer and is refused, not moved to the nearest bound. */
export const CONVICTION_MIN = 0.5;
export const CONVICTION_MAX = 8;

/**
 * Returns the conviction as whole leverage, half to even, within 1 and `maxLeverage`.
 *
 * @param conviction finite
 * @param maxLeverage whole, at least 1
 */
export function exchangeLeverage(conviction: number, maxLeverage: number): number {
  const below = Math.floor(conviction);
  const rest = conviction - below;
  const isUp = rest > 0.5 || (rest === 0.5 && below % 2 !== 0);
  return Math.min(Math.max(isUp ? below + 1 : below, 1), Math.max(1, maxLeverage));
}
