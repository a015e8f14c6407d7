// Whether others traded a symbol beside us so that nobody can tell whose profit is whose: a venue that nets positions averages both entries.

import { accountOf, type Exchange, type ModelOrder } from '../../src/adapters/venues/exchange/model/state.ts';
import { OWN_ACCOUNT } from './settings.ts';

interface Held {
  own: number;
  others: number;
  /** The last order that was not ours. */
  foreign: { readonly order: ModelOrder; readonly atMs: number; readonly isClose: boolean } | null;
}

/** Fills of others that are closer together than this are one to whoever has to explain what is gone. */
const TOGETHER_MS = 180_000;

/**
 * Goes through every trade of the venue in its order. A hand that closes all of a symbol, and a deleveraging, take from us what they take;
 * anything else of others beside a position of ours blends, and so do two orders of others that are too close together.
 */
export function isBlended(exchange: Exchange, isOwn: (clientOrderId: string) => boolean): boolean {
  const bySymbol = new Map<string, Held>();
  const seen = new Map<ModelOrder, number>();
  // The list has each order once for each of its trades.
  for (const { order, atMs } of accountOf(exchange, OWN_ACCOUNT).traded) {
    const at = seen.get(order) ?? 0;
    seen.set(order, at + 1);
    const held = bySymbol.get(order.instrument.symbol) ?? { own: 0, others: 0, foreign: null };
    bySymbol.set(order.instrument.symbol, held);
    const lots = order.trades[at]?.lots ?? 0;
    const id = order.clientOrderId;
    const isOurs = id !== null && isOwn(id);
    if (isOurs || order.cause !== 'order') held.own += order.side === 'BUY' ? lots : -lots;
    else held.others += order.side === 'BUY' ? lots : -lots;
    const isClose = order.cause !== 'order' || held.own + held.others === 0;
    if (!isOurs && isNear(held, order, atMs, isClose)) return true;
    if (!isOurs && held.own + held.others === 0) [held.own, held.others] = [0, 0];
    if (held.own !== 0 && held.others !== 0) return true;
  }
  return false;
}

/** Notes an order of others, and says whether another one, that did not only close, was there just before. */
function isNear(held: Held, order: ModelOrder, atMs: number, isClose: boolean): boolean {
  const before = held.foreign;
  held.foreign = { order, atMs, isClose };
  if (before === null || before.order === order || atMs - before.atMs > TOGETHER_MS) return false;
  return !(before.isClose && isClose);
}
