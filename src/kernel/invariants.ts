// What must hold after every event, checked in production as well: a kernel that contradicts itself stops before it sends.

import { InvariantError } from '../domain/assert.ts';
import { positionOf } from './exposure.ts';
import { isFinal } from './order-fsm.ts';
import type { KernelState, Order, Slot, Trade } from './state.ts';
import type { Transaction } from './transaction.ts';

/** Checks what the event touched; the cost does not grow with what it did not. */
export function checkInvariants(tx: Transaction): void {
  for (const order of tx.touchedOrders) checkOrder(tx.state, order);
  for (const slot of tx.touchedSlots) checkSlot(tx.state, slot);
  if (tx.isLedgerTouched) checkLedger(tx.state);
  checkBounds(tx.state);
}

/** Called in an `if`, where `assert` would make a closure for its message each time that all is well. */
function fail(message: string): never {
  throw new InvariantError(message);
}

function checkOrder(state: KernelState, order: Order): void {
  const { clientOrderId: id, filledLots, pricedLots, feeLots, quantity, status, venueOrderId } = order;
  const isOver = isFinal(status);
  if (state.orders.get(id) !== order) {
    // What an event touches may be old enough to be forgotten in the same event.
    if (!isOver) fail(`${id}: is ${status} and was forgotten`);
    return;
  }
  if (!Number.isSafeInteger(filledLots) || filledLots < 0) fail(`${id}: ${filledLots} lots are filled`);
  if (pricedLots > filledLots) fail(`${id}: ${pricedLots} of ${filledLots} lots have a price`);
  if (feeLots > filledLots) fail(`${id}: ${feeLots} of ${filledLots} lots have a fee`);
  if (order.filledQuote < 0n) fail(`${id}: what it filled cost ${order.filledQuote}`);
  if (status === 'FILLED' && filledLots < quantity) fail(`${id}: is FILLED with ${filledLots} lots`);
  if (isOver && order.dueAtMs !== null) fail(`${id}: is final and has a deadline`);
  if (!isOver && status !== 'INTENDED' && order.dueAtMs === null) fail(`${id}: is never looked at`);
  if (venueOrderId !== null && state.byVenueId.get(venueOrderId) !== id) fail(`${id}: is bound elsewhere`);
}

function checkSlot(state: KernelState, slot: Slot): void {
  const { trade, status, id } = slot;
  if (trade !== null) checkTrade(state, slot, trade);
  else if (status !== 'FREE') fail(`slot ${id}: is ${status} without a trade`);
}

function checkTrade(state: KernelState, { id, status }: Slot, trade: Trade): void {
  if (trade.slot !== id) fail(`slot ${id}: holds the trade of slot ${trade.slot}`);
  if (state.trades.get(trade.tradeId) !== trade) fail(`slot ${id}: its trade is not known`);
  if (state.books.get(trade.symbol)?.slotIds.includes(id) !== true)
    fail(`slot ${id}: is not where its symbol is looked up`);
  let entries = 0;
  for (const order of trade.orders) if (order.role === 'entry' && !isFinal(order.status)) entries += 1;
  if (entries > 1) fail(`slot ${id}: has ${entries} live entry orders`);
  if (entries > 0 && trade.entry === null) fail(`slot ${id}: an entry order without an entry`);
  if (trade.isClosed && positionOf(trade) !== 0) fail(`slot ${id}: is closed and holds something`);
  if (status === 'FREE' && !trade.isClosed) fail(`slot ${id}: is free and holds a trade`);
}

/** Every posting has two sides, so all of them together come to nothing. */
function checkLedger(state: KernelState): void {
  const { wallet, explained, balances } = state.ledger;
  const { seed, realized, fee_predicted, fee_settled, funding, adoption, transfer, foreign } = balances;
  const others = seed + realized + fee_predicted + fee_settled + funding + adoption + transfer + foreign;
  if (wallet + explained + others !== 0n) fail(`the ledger is off by ${wallet + explained + others}`);
}

function checkBounds(state: KernelState): void {
  const { bounds, maxSlots } = state.config;
  if (state.parked.byVenueId.size > bounds.parkedFrames) fail('too many parked frames');
  if (state.rememberedIds.size > bounds.rememberedIds) fail('too many remembered ids');
  if (state.liveOrders < 0 || state.liveOrders > state.orders.size) fail('live orders are miscounted');
  // Orphans, and trades that a late fill reopened.
  if (state.slots.length > maxSlots + bounds.orphanSlots + bounds.terminalOrders) fail('too many slots');
}
