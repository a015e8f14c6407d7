// Ids that were carried out, so that what comes twice counts once; the oldest are forgotten beyond a bound.

import type { Transaction } from './transaction.ts';

/** Remembers an id. @returns whether it was new. */
export function remember(tx: Transaction, key: string): boolean {
  const { rememberedIds, config } = tx.state;
  if (rememberedIds.has(key)) return false;
  rememberedIds.set(key, tx.nowMs);
  if (rememberedIds.size > config.bounds.rememberedIds)
    forgetOldest(rememberedIds, config.bounds.rememberedIds);
  return true;
}

/** Forgets a few at once: to find the oldest of a map costs more than to forget it. */
function forgetOldest(ids: Map<string, unknown>, bound: number): void {
  const keep = bound - Math.min(bound, FORGOTTEN_AT_ONCE);
  for (const oldest of ids.keys()) {
    if (ids.size <= Math.max(keep, 1)) return;
    ids.delete(oldest);
  }
}

const FORGOTTEN_AT_ONCE = 64;
