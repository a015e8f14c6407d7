// What the local exchange lists unless it is told otherwise: steps and rates as the venue has them, and a first price to begin from.

import type { SymbolName } from '../../../domain/ids.ts';
import { type Instrument, type Step, stepOf, stepsFrom } from '../../../domain/instrument.ts';
import { money } from '../../../domain/money.ts';
import { lots, ppm } from '../../../domain/steps.ts';

interface Listing {
  readonly tick: string;
  readonly lot: string;
  /** In the quote currency. */
  readonly price: number;
}

const LISTINGS: Readonly<Record<string, Listing>> = {
  'BTC-USDT': { tick: '0.1', lot: '0.0001', price: 65_000 },
  'ETH-USDT': { tick: '0.01', lot: '0.01', price: 3_200 },
  'SOL-USDT': { tick: '0.001', lot: '0.01', price: 150 },
  'XRP-USDT': { tick: '0.0001', lot: '1', price: 0.6 },
  'DOGE-USDT': { tick: '0.00001', lot: '1', price: 0.12 },
};

/** Symbols that are listed, in their order. */
export const LISTED_SYMBOLS = Object.keys(LISTINGS);

/** An instrument, and where its price begins, in ticks. */
export interface Listed {
  readonly instrument: Instrument;
  readonly firstTicks: number;
}

/**
 * Returns the instrument of a symbol; one that is not listed gets steps that fit its price, as six digits of it and a lot of about one in
 * the quote currency. `null` where there is neither a listing nor a price.
 */
export function listedInstrument(symbol: string, price: number | null): Listed | null {
  const listing = Object.hasOwn(LISTINGS, symbol) ? LISTINGS[symbol] : undefined;
  const first = price ?? listing?.price ?? null;
  if (first === null || !(first > 0)) return null;
  const tick = listing === undefined ? powerOfTen(Math.floor(Math.log10(first)) - 5) : stepOf(listing.tick);
  const lot = listing === undefined ? powerOfTen(-Math.ceil(Math.log10(first))) : stepOf(listing.lot);
  const ticks = stepsFrom(tick, first, 'nearest');
  if (!ticks.ok || ticks.value < 10) return null;
  return {
    instrument: {
      symbol: symbol as SymbolName,
      tick,
      lot,
      minLots: lots(1),
      minNotional: money(200_000_000n),
      makerFeePpm: ppm(200),
      takerFeePpm: ppm(500),
      maxLeverage: 125,
    },
    firstTicks: ticks.value,
  };
}

/** Contracts have steps of whole powers of ten, of at most twelve decimals; a coarser one than 1 is 1. */
function powerOfTen(exponent: number): Step {
  return stepOf(exponent >= 0 ? '1' : (10 ** Math.max(-12, exponent)).toFixed(Math.min(12, -exponent)));
}
