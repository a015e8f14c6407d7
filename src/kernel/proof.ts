// What the venue's newest picture proves of a symbol: that it holds nothing which is not in our book, that it does, or nothing yet.

import type { SymbolName } from '../domain/ids.ts';
import type { EpochMs } from '../domain/steps.ts';
import { ownGross, ownPosition } from './exposure.ts';
import type { KernelState } from './state.ts';

/**
 * FLAT: a picture that is young enough, and was asked for no earlier than our last act, shows what our own book holds and no more (in a
 * shared account: what is ours and what is known to be of others). NOT_FLAT: such a picture shows something else. STALE: there is none.
 */
export function flatProof(
  state: KernelState,
  symbol: SymbolName,
  nowMs: EpochMs,
): 'FLAT' | 'NOT_FLAT' | 'STALE' {
  const book = state.books.get(symbol);
  if (book === undefined || book.venuePosition === null || book.venueAskedAtMs === null) return 'STALE';
  if (nowMs - book.venueAskedAtMs > state.config.limits.proofMaxAgeMs) return 'STALE';
  if (book.lastOwnActAtMs !== null && book.venueAskedAtMs < book.lastOwnActAtMs) return 'STALE';
  const isHedge = state.config.positionMode === 'hedge';
  const foreign = state.config.account === 'shared' ? book.foreignPosition : 0;
  if (book.venuePosition - foreign !== ownPosition(state, symbol)) return 'NOT_FLAT';
  const isHidden = isHedge && foreign === 0 && book.venueGross !== ownGross(state, symbol);
  return isHidden ? 'NOT_FLAT' : 'FLAT';
}
