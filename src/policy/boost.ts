// The boost that a scan may bring: a factor of conviction, for as long as the scan that names it is fresh.

import { ACB_BOOST_FLOOR, type Scan } from '../domain/scan.ts';
import { CONVICTION_MIN } from './sizer.ts';

/** Returns the boost in force: 1 without a scan that names one, or once that is older than it may be. Nothing of it is remembered. */
export function boostOf(scan: Scan | null, scanAgeMs: number, maxAgeMs: number): number {
  const boost = scan?.acbBoost ?? null;
  if (boost === null || !(scanAgeMs <= maxAgeMs) || !Number.isFinite(boost)) return 1;
  return Math.max(ACB_BOOST_FLOOR, boost);
}

/** Returns the conviction that an entry is sized by: boosted, at most `maxLeverage`, and not below what the kernel takes. */
export function boostedConviction(conviction: number, boost: number, maxLeverage: number): number {
  return Math.min(maxLeverage, Math.max(CONVICTION_MIN, conviction * boost));
}
