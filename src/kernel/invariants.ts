// What must hold after every event, checked in production as well: a kernel that contradicts itself stops before it sends.

import { assert } from '../domain/assert.ts';
import { positionOf } from './exposure.ts';
import { isFinal } from './order-fsm.ts';
import type { KernelState, Order, Slot } from './state.ts';
import type { Transaction } from './transaction.ts';

/** Checks what the event touched; the cost does not grow with what it did not. */
export function checkInvariants(tx: Transaction): void {
  for (const order of tx.touchedOrders) checkOrder(tx.state, order);
  for (const slot of tx.touchedSlots) checkSlot(tx.state, slot);
  if (tx.isLedgerTouched) checkLedger(tx.state);
  checkBounds(tx.state);
}

function checkOrder(state: KernelState, order: Order): void {
  const { clientOrderId: id, filledLots, pricedLots, feeLots, quantity, status } = order;
  assert(Number.isSafeInteger(filledLots) && filledLots >= 0, () => `${id}: ${filledLots} lots are filled`);
  assert(pricedLots <= filledLots, () => `${id}: ${pricedLots} of ${filledLots} lots have a price`);
  assert(feeLots <= filledLots, () => `${id}: ${feeLots} of ${filledLots} lots have a fee`);
  assert(order.filledQuote >= 0n, () => `${id}: what it filled cost ${order.filledQuote}`);
  assert(status !== 'FILLED' || filledLots >= quantity, () => `${id}: is FILLED with ${filledLots} lots`);
  assert(!isFinal(status) || order.dueAtMs === null, () => `${id}: is final and has a deadline`);
  assert(
    isFinal(status) || status === 'INTENDED' || order.dueAtMs !== null,
    () => `${id}: is never looked at`,
  );
  const { venueOrderId } = order;
  assert(
    venueOrderId === null || state.byVenueId.get(venueOrderId) === id,
    () => `${id}: is bound elsewhere`,
  );
}

function checkSlot(state: KernelState, slot: Slot): void {
  const { trade, status, id } = slot;
  assert(trade === null || trade.slot === id, () => `slot ${id}: holds the trade of slot ${trade?.slot}`);
  if (trade !== null) {
    const ids = state.books.get(trade.symbol)?.slotIds ?? [];
    assert(ids.filter((one) => one === id).length === 1, () => `slot ${id}: is not where its symbol looks`);
  }
  if (trade === null) {
    assert(status === 'FREE', () => `slot ${id}: is ${status} without a trade`);
    return;
  }
  const entries = trade.orders.filter((order) => order.role === 'entry' && !isFinal(order.status));
  assert(entries.length <= 1, () => `slot ${id}: has ${entries.length} live entry orders`);
  assert(entries.length === 0 || trade.entry !== null, () => `slot ${id}: an entry order without an entry`);
  assert(positionOf(trade) === 0 || !trade.isClosed, () => `slot ${id}: is closed and holds something`);
  assert(status !== 'FREE' || trade.isClosed, () => `slot ${id}: is free and holds a trade`);
  assert(state.trades.get(trade.tradeId) === trade, () => `slot ${id}: its trade is not known`);
}

/** Every posting has two sides, so all of them together come to nothing. */
function checkLedger(state: KernelState): void {
  const { wallet, explained, balances } = state.ledger;
  const others = Object.values(balances).reduce((sum, balance) => sum + balance, 0n);
  assert(wallet + explained + others === 0n, () => `the ledger is off by ${wallet + explained + others}`);
}

function checkBounds(state: KernelState): void {
  const { bounds, maxSlots } = state.config;
  assert(state.parked.byVenueId.size <= bounds.parkedFrames, 'too many parked frames');
  assert(state.rememberedIds.size <= bounds.rememberedIds, 'too many remembered ids');
  assert(state.liveOrders >= 0 && state.liveOrders <= state.orders.size, 'live orders are miscounted');
  // Orphans, and trades that a late fill reopened.
  const slotsMax = maxSlots + bounds.orphanSlots + bounds.terminalOrders;
  assert(state.slots.length <= slotsMax, 'too many slots of orphans');
}
