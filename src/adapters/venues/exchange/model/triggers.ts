// Conditional orders whose price has come: each becomes an order like others, or ends where it cannot be one any more.

import type { Lots } from '../../../../domain/steps.ts';
import { heldLots } from './matching.ts';
import { endOrder, publishOrder, recordBalance } from './reports.ts';
import type { Account, Exchange, Market, ModelOrder } from './state.ts';
import { accountOf, isFinal, quoteIn, remainingLots } from './state.ts';
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
  if (isFinal(order)) return;
  const account = accountOf(ex, order.accountId);
  // Asked while it still waits: afterwards its own margin is in use.
  const isLate = !isPossible(ex, account, market, order);
  market.waiting = market.waiting.filter((one) => one !== order);
  order.triggeredAtMs = ex.nowMs;
  if (isLate) {
    endOrder(ex, account, order, 'EXPIRED');
    return;
  }
  publishOrder(ex, account, order);
  recordBalance(ex, account);
  work(ex, account, order, market);
}

/** Cuts what only reduces to what is held, and asks what opens for its margin. */
function isPossible(ex: Exchange, account: Account, market: Market, order: ModelOrder): boolean {
  if (order.reduceOnly) {
    const held = heldLots(ex, account, order);
    if (held === 0) return false;
    const closing = order.closesPosition ? held : Math.min(remainingLots(order), held);
    order.quantity = (order.filledLots + closing) as Lots;
    return true;
  }
  const { side, quantity, leverage, instrument } = order;
  const limit = order.type === 'LIMIT' ? order.nominal : null;
  const opening = { side, quantity, leverage, limit, symbol: instrument.symbol };
  return openingRefusal(ex, account, market, quoteIn(market), opening) === null;
}
