// Conditional orders whose price has come: each becomes an order like others, or ends where it cannot be one any more.

import type { Lots } from '../../../../domain/steps.ts';
import { heldLots, reducibleLots } from './matching.ts';
import { endOrder } from './reports.ts';
import type { Account, Exchange, Market, ModelOrder } from './state.ts';
import { accountOf, quoteIn } from './state.ts';
import { isReached, openingRefusal, work } from './submit.ts';

/** Fires what waits for the present mark or last price of a market, in the order of acceptance. */
export function fireTriggers(ex: Exchange, market: Market): void {
  if (market.waiting.length === 0) return;
  for (const order of [...market.waiting]) {
    const { trigger, side } = order;
    const { mark } = quoteIn(market);
    const reference = trigger?.by === 'LAST' ? (market.lastPrice ?? mark) : mark;
    if (trigger !== null && isReached(trigger, side, reference)) fire(ex, market, order);
  }
}

function fire(ex: Exchange, market: Market, order: ModelOrder): void {
  const account = accountOf(ex, order.accountId);
  market.waiting = market.waiting.filter((one) => one !== order);
  order.triggeredAtMs = ex.nowMs;
  if (isPossible(ex, account, market, order)) work(ex, account, order, market);
  else endOrder(ex, account, order, 'EXPIRED');
}

/** Cuts what only reduces to what is held, and asks what opens for its margin. */
function isPossible(ex: Exchange, account: Account, market: Market, order: ModelOrder): boolean {
  if (order.reduceOnly) {
    const held = heldLots(ex, account, order);
    order.quantity = order.closesPosition ? held : (Math.min(order.quantity, held) as Lots);
    return reducibleLots(ex, account, order) > 0;
  }
  const { side, quantity, leverage, instrument } = order;
  const limit = order.type === 'LIMIT' ? order.nominal : null;
  const opening = { side, quantity, leverage, limit, symbol: instrument.symbol };
  return openingRefusal(ex, account, market, quoteIn(market), opening) === null;
}
