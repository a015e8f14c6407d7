// What the kernel publishes, as the status page keeps it.

import { moneyText } from '../../domain/money.ts';
import type { PublishEffect } from '../../kernel/effect.ts';
import type { ClosedTradeLook, RouterLook } from './runner-view.ts';

type Published<Topic extends PublishEffect['publication']['topic']> = Extract<
  PublishEffect['publication'],
  { readonly topic: Topic }
>;

/** Returns one word of the order router, with the instant of its record (epoch ms). */
export function routerLook(publication: Published<'router'>, atMs: number): RouterLook {
  const { event, slot, clientOrderId, reason } = publication;
  return { atMs, event, slot, clientOrderId, reason };
}

/** Returns a trade that ended, with what the ledger booked for it. */
export function closedTradeLook(publication: Published<'trade_closed'>, atMs: number): ClosedTradeLook {
  const { tradeId, realized, fees, funding, reason } = publication;
  return {
    atMs,
    tradeId,
    realized: moneyText(realized),
    fees: moneyText(fees),
    funding: moneyText(funding),
    reason,
  };
}
