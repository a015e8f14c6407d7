// What goes wrong with an account itself, by faults of the exchange: refusals without a reason of ours, and trades that nobody of ours wanted.

import { type Money, money } from '../../../domain/money.ts';
import type { Lots } from '../../../domain/steps.ts';
import { type ApiAnswer, apiError } from './api.ts';
import { type ExchangeFaults, MOVED_MAX } from './faults.ts';
import { autoDeleverage, closeByHand, expireOrder, forceFill, transfer } from './model/exchange.ts';
import { type Account, isFinal, isWaiting, type ModelOrder } from './model/state.ts';
import type { ExchangeWorld } from './world.ts';

/** Refuses a new order, or returns `null`. */
export function faultyOrderRefusal(faults: ExchangeFaults): ApiAnswer | null {
  if (faults.fires('order_rejected')) return apiError(109403, 'the order was refused by risk control');
  if (faults.fires('funding_window'))
    return apiError(101214, 'funding settlement is in progress, try again later');
  return null;
}

/** Refuses a cancel, or returns `null`. */
export function faultyCancelRefusal(faults: ExchangeFaults): ApiAnswer | null {
  return faults.fires('cancel_rejected') ? apiError(109423, 'the order is being processed') : null;
}

/** Lets an order fill, in whole or in part, in the moment before its cancel is carried out. */
export function fillBeforeCancel(
  { model, faults }: ExchangeWorld,
  account: Account,
  order: ModelOrder,
): void {
  if (isFinal(order) || isWaiting(order) || !faults.fires('fill_during_cancel')) return;
  const lots = faults.between(
    'fill_during_cancel',
    1,
    Math.max(1, order.quantity - order.filledLots),
  ) as Lots;
  forceFill(model, account.id, order.venueOrderId, lots, model.nowMs);
}

/** Lets happen to every account what may happen to it as a market moves. */
export function strikeAccounts(world: ExchangeWorld, symbol: string): void {
  const resting = world.model.markets.get(symbol)?.resting ?? [];
  for (const order of [...resting]) strikeOrder(world, order);
  for (const account of world.model.accounts.values()) strikePosition(world, account, symbol);
}

function strikeOrder({ model, faults }: ExchangeWorld, { accountId, venueOrderId }: ModelOrder): void {
  if (faults.fires('partial_fill')) forceFill(model, accountId, venueOrderId, 1 as Lots, model.nowMs);
  if (faults.fires('order_expired')) expireOrder(model, accountId, venueOrderId, model.nowMs);
}

function strikePosition({ model, faults }: ExchangeWorld, account: Account, symbol: string): void {
  const { nowMs } = model;
  if (faults.fires('money_moved')) transfer(model, account.id, movedBy(faults), nowMs);
  const holding = account.holdings.get(symbol);
  const held =
    holding === undefined
      ? 0
      : Math.max(...[holding.net, holding.long, holding.short].map((leg) => Math.abs(leg.lots)));
  if (held === 0) return;
  if (faults.fires('position_deleveraged'))
    autoDeleverage(model, account.id, symbol, faults.between('position_deleveraged', 1, held) as Lots, nowMs);
  if (faults.fires('closed_by_hand')) closeByHand(model, account.id, symbol, nowMs);
}

/** In or out, and never nothing. */
function movedBy(faults: ExchangeFaults): Money {
  const whole = faults.between('money_moved', -MOVED_MAX, MOVED_MAX) || 1;
  return money(BigInt(whole) * 100_000_000n);
}
