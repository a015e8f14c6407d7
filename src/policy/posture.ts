// Whether the market is one to enter at all, by what the scan says of it.

import { POSTURE_DEFAULT, type Scan } from '../domain/scan.ts';

/** Every other posture, known or not, is taken for a reason to stay out: a word that nobody explained permits nothing. */
const POSTURES_THAT_ENTER: readonly string[] = [POSTURE_DEFAULT];

/** Returns why no entry may come of this scan, or `null`. Exits do not ask. */
export function marketObjection({ posture, isVolOk }: Scan): string | null {
  if (!POSTURES_THAT_ENTER.includes(posture))
    return `POSTURE_BLOCK: posture ${posture}, entries need ${POSTURES_THAT_ENTER.join(' or ')}`;
  if (!isVolOk) return 'VOL_NOT_OK: the scan says that the market does not move enough';
  return null;
}
