// Ids that were carried out, so that what comes twice counts once; the oldest are forgotten beyond a bound.

import type { Transaction } from './transaction.ts';

/** Remembers an id. @returns whether it was new. */
export function remember(tx: Transaction, key: string): boolean {
  const { rememberedIds, config } = tx.state;
  if (rememberedIds.has(key)) return false;
  rememberedIds.set(key, tx.nowMs);
  if (rememberedIds.size > config.bounds.rememberedIds) {
    const [oldest] = rememberedIds.keys();
    if (oldest !== undefined) rememberedIds.delete(oldest);
  }
  return true;
}
