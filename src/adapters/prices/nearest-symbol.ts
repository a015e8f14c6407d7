// "Did you mean" for symbols: pairs share their quote currency, so only what stands before it tells how near two are.

import leven from 'leven';
import { symbolKey } from '../../domain/market.ts';

/** Quotes of pairs that are written without a separator, the longer ones first. */
const QUOTE = /(?<=.)(FDUSD|USDT|USDC|BUSD|TUSD|USD|EUR|GBP|TRY|JPY|BTC|ETH|BNB|DAI)$/;

/** Shorter bases differ in one letter and are still other coins (BTC, LTC), so only their quote may be mistaken. */
const ONE_SLIP_CHARS = 4;
const TWO_SLIPS_CHARS = 8;

/**
 * Returns the symbol of `known` whose base (`BTC` of `BTC/USDT`) is that of `symbol` but for a slip of the keyboard,
 * and of those the one spelled most alike; `null` where there is none.
 */
export function nearestSymbol(symbol: string, known: readonly string[]): string | null {
  const base = baseOf(symbol);
  const key = symbolKey(symbol);
  let best: { readonly symbol: string; readonly slips: number; readonly distance: number } | null = null;
  for (const candidate of known) {
    const slips = slipsBetween(base, baseOf(candidate));
    if (slips === null || (best !== null && slips > best.slips)) continue;
    const distance = leven(key, symbolKey(candidate));
    if (best !== null && slips === best.slips && distance >= best.distance) continue;
    best = { symbol: candidate, slips, distance };
  }
  return best?.symbol ?? null;
}

function slipsBetween(one: string, other: string): number | null {
  const length = Math.max(one.length, other.length);
  const allowed = length < ONE_SLIP_CHARS ? 0 : length < TWO_SLIPS_CHARS ? 1 : 2;
  const slips = leven(one, other, { maxDistance: allowed + 1 });
  return slips <= allowed ? slips : null;
}

function baseOf(symbol: string): string {
  const parts = symbol.trim().split(/[/_-]/, 2);
  return parts.length === 2 ? symbolKey(parts[0] ?? '') : symbolKey(symbol).replace(QUOTE, '');
}
