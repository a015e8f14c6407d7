// Whether others held something of a symbol while we did: a venue that nets them averages both entries, so that its profit is nobody's own.

import { accountOf, type Exchange } from '../../src/adapters/venues/exchange/model/state.ts';
import { OWN_ACCOUNT } from './settings.ts';

interface Held {
  own: number;
  others: number;
}

/**
 * Goes through every trade of the venue in its order. A hand that closes all of a symbol, and a deleveraging, take from us what they take;
 * anything else of others beside a position of ours blends.
 */
export function isBlended(exchange: Exchange, isOwn: (clientOrderId: string) => boolean): boolean {
  const bySymbol = new Map<string, Held>();
  for (const { order, trade } of tradesOf(exchange)) {
    const held = bySymbol.get(order.instrument.symbol) ?? { own: 0, others: 0 };
    bySymbol.set(order.instrument.symbol, held);
    const signed = order.side === 'BUY' ? trade : -trade;
    const id = order.clientOrderId;
    if (order.cause !== 'order' || (id !== null && isOwn(id))) held.own += signed;
    else held.others += signed;
    if (held.own + held.others === 0) [held.own, held.others] = [0, 0];
    if (held.own !== 0 && held.others !== 0) return true;
  }
  return false;
}

function tradesOf(
  exchange: Exchange,
): readonly { order: ReturnType<typeof accountOf>['orders'][number]; trade: number }[] {
  const seen = new Map<unknown, number>();
  // The list has each order once for each of its trades.
  return accountOf(exchange, OWN_ACCOUNT).traded.map(({ order }) => {
    const at = seen.get(order) ?? 0;
    seen.set(order, at + 1);
    return { order, trade: order.trades[at]?.lots ?? 0 };
  });
}
