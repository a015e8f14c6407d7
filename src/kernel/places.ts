// Which slot holds which trade, and which slots hold something of a symbol: changed here and nowhere else, so that both always agree.

import type { KernelState, Slot, Trade } from './state.ts';

/** Puts a trade into a slot, in the place of one that is over. */
export function place(state: KernelState, slot: Slot, trade: Trade): void {
  vacate(state, slot);
  slot.trade = trade;
  trade.slot = slot.id;
  const ids = state.books.get(trade.symbol)?.slotIds;
  if (ids === undefined) return;
  const at = ids.findIndex((id) => id > slot.id);
  ids.splice(at < 0 ? ids.length : at, 0, slot.id);
}

/** A slot forgets its trade. The trade stays for as long as its orders are remembered; one that never had any, or held anything, goes. */
export function vacate(state: KernelState, slot: Slot): void {
  const { trade } = slot;
  if (trade === null) return;
  const ids = state.books.get(trade.symbol)?.slotIds;
  if (ids !== undefined) ids.splice(ids.indexOf(slot.id), 1);
  slot.trade = null;
  const { orders, adopted, tradeId } = trade;
  if (orders.length === 0 && adopted.buyLots === 0 && adopted.sellLots === 0) state.trades.delete(tradeId);
}

/** The slots that hold a trade of a symbol, in the order of their ids; closed trades included. */
export function slotsOf(state: KernelState, symbol: Trade['symbol']): readonly Slot[] {
  const ids = state.books.get(symbol)?.slotIds;
  if (ids === undefined || ids.length === 0) return NO_SLOTS;
  return ids.flatMap((id) => state.slots[id] ?? []);
}

const NO_SLOTS: readonly Slot[] = [];
