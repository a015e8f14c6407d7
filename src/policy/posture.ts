// Whether the market is one to enter at all, by what the scan says of it.

import type { Scan } from '../domain/scan.ts';

/**
 * Returns why no entry may come of this scan, or `null`. Exits do not ask.
 *
 * @param postures that allow entries: any other is taken for a reason to stay out, since a word that nobody explained permits nothing
 */
export function marketObjection({ posture, isVolOk }: Scan, postures: readonly string[]): string | null {
  if (!postures.includes(posture))
    return `POSTURE_BLOCK: posture ${posture}, entries need ${postures.join(' or ')}`;
  if (!isVolOk) return 'VOL_NOT_OK: the scan says that the market does not move enough';
  return null;
}
