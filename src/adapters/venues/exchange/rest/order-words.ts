// The venue's words for what the model knows of an order, the same over REST and on the stream.

import type { Instrument } from '../../../../domain/instrument.ts';
import { divideHalfEven, MONEY_SCALE } from '../../../../domain/money.ts';
import type { PriceTicks } from '../../../../domain/steps.ts';
import type { OrderReport, PositionMode } from '../../../../domain/venue.ts';
import type { ModelOrder } from '../model/state.ts';

/** The types of orders that this exchange takes. Its `TRIGGER_*` become the one of the others that fires in the same direction. */
type WireOrderType =
  | 'MARKET'
  | 'LIMIT'
  | 'STOP_MARKET'
  | 'STOP'
  | 'TAKE_PROFIT_MARKET'
  | 'TAKE_PROFIT'
  | 'LIQUIDATION';

/** A conditional order keeps its type after it was triggered; an order of the venue itself has one of its own. */
export function wireTypeOf({ cause, trigger, type }: ModelOrder): WireOrderType {
  if (cause === 'liquidation') return 'LIQUIDATION';
  if (trigger === null) return type;
  return type === 'MARKET' ? `${trigger.kind}_MARKET` : trigger.kind;
}

/** In hedge mode the side that an order opens or closes. */
export function positionSideOf(
  mode: PositionMode,
  { side, reduceOnly }: ModelOrder,
): 'BOTH' | 'LONG' | 'SHORT' {
  if (mode === 'one_way') return 'BOTH';
  return (side === 'BUY') === reduceOnly ? 'SHORT' : 'LONG';
}

/** What a conditional order watches. */
export function workingTypeOf({ trigger }: ModelOrder): 'MARK_PRICE' | 'CONTRACT_PRICE' {
  return trigger?.by === 'LAST' ? 'CONTRACT_PRICE' : 'MARK_PRICE';
}

export function timeInForceOf({ postOnly, timeInForce }: ModelOrder): 'GTC' | 'IOC' | 'FOK' | 'PostOnly' {
  return postOnly ? 'PostOnly' : timeInForce;
}

/** The average price of what was filled, rounded to the tick half to even, since the venue says no more; `null` where nothing was. */
export function averageTicksOf(
  { tick, lot }: Instrument,
  { filledLots, filledQuote }: OrderReport,
): PriceTicks | null {
  if (filledLots === 0 || filledQuote === null) return null;
  const scaled = filledQuote * 10n ** BigInt(tick.decimals + lot.decimals);
  const each = MONEY_SCALE * BigInt(tick.units * lot.units) * BigInt(filledLots);
  return Number(divideHalfEven(scaled, each)) as PriceTicks;
}

const SEQUENCE_MASK = 0x3fffffn;
/** More trades than an order has. */
const TRADES_OF_ONE = 65_536;

/**
 * Returns the number of a trade, which REST and stream agree on.
 *
 * @param index which of the order's trades, from 0
 */
export function tradeIdOf({ venueOrderId }: ModelOrder, index: number): number {
  return Number(BigInt(venueOrderId) & SEQUENCE_MASK) * TRADES_OF_ONE + index;
}
