// What follows from new facts: the ledger is told, the router goes on, and slots take the status that their trade has earned.

import { assert } from '../domain/assert.ts';
import { type Money, NO_MONEY, plus } from '../domain/money.ts';
import type { EpochMs, Lots } from '../domain/steps.ts';
import { emptySlot } from './create.ts';
import { positionOf } from './exposure.ts';
import { bookTrade } from './ledger.ts';
import { isFinal } from './order-fsm.ts';
import { slotOf, tradeOf } from './orders.ts';
import { place, vacate } from './places.ts';
import { driveEntry } from './router/entry.ts';
import { driveExit, noteExitEnd, requestExit } from './router/exit.ts';
import { isFree, nextSlotStatus, type SlotInput } from './slot-fsm.ts';
import type { KernelState, Order, Slot, SlotStatus, Trade } from './state.ts';
import { setDue } from './timers.ts';
import { clear, raise } from './trading.ts';
import { emit, notify, type Transaction, touchSlot } from './transaction.ts';

/** Facts of an order changed: its trade is brought up to them, in its slot, or in one that is made for it. */
export function settleOrder(tx: Transaction, order: Order): void {
  const trade = tradeOf(tx.state, order);
  if (isFinal(order.status) && order.role === 'exit' && !order.isEndNoted) {
    order.isEndNoted = true;
    noteExitEnd(tx, trade, order);
  }
  const slot = slotOf(tx.state, trade) ?? (positionOf(trade) === 0 ? null : reopen(tx, trade));
  if (slot === null) bookFills(tx, trade);
  else settleSlot(tx, slot);
}

/** Brings a slot's ledger and router up to the facts of its trade. Its status follows at the end of the event. */
export function settleSlot(tx: Transaction, slot: Slot): void {
  const { trade } = slot;
  if (trade === null) return;
  touchSlot(tx, slot);
  bookFills(tx, trade);
  if (trade.isClosed && positionOf(trade) !== 0) trade.isClosed = false;
  driveEntry(tx, slot);
  if (isFlipped(trade) && (trade.exit === null || trade.exit.targetLots > 0)) {
    const reason = 'more was closed than was held';
    requestExit(tx, slot, { reason, isUrgent: true, targetLots: 0 as Lots, isLeg: false });
  }
  driveExit(tx, slot);
}

/** A trade that was told closed while a price was missing, or was rounded, is told again with what it did earn. */
function bookFills(tx: Transaction, trade: Trade): void {
  const before = trade.bookedRealized;
  bookTrade(tx, trade, 'realized');
  if (trade.isClosed && trade.bookedRealized !== before && positionOf(trade) === 0) tellClosed(tx, trade);
}

/** A position on the side that nobody asked for. */
function isFlipped(trade: Trade): boolean {
  const position = positionOf(trade);
  return trade.side === 'LONG' ? position < 0 : position > 0;
}

/** A trade that was over holds something again. Its old slot takes it back, unless something else lives there now. */
function reopen(tx: Transaction, trade: Trade): Slot {
  const { state } = tx;
  const former = state.slots[trade.slot];
  const slot = former !== undefined && isEmpty(former) ? former : overflowSlot(state);
  trade.isClosed = false;
  place(state, slot, trade);
  setDue(state, 'slot', String(slot.id), slot, null);
  touchSlot(tx, slot);
  return slot;
}

/** By what it holds, not by its status, which only follows at the end of the event. */
function isEmpty(slot: Slot): boolean {
  return slot.trade === null || slot.trade.isClosed;
}

/** A slot beyond those that trade, for what came without being asked for. */
function overflowSlot(state: KernelState): Slot {
  const { slots, config } = state;
  const free = slots.find((slot) => slot.id >= config.maxSlots && isEmpty(slot));
  if (free !== undefined) return free;
  const slot = emptySlot(slots.length);
  slots.push(slot);
  return slot;
}

/** Puts a slot in front of a person. Its exit goes on being tried. */
export function quarantine(tx: Transaction, slot: Slot, text: string): void {
  if (slot.quarantine !== '') return;
  slot.quarantine = text;
  touchSlot(tx, slot);
  notify(tx, 'critical', 'QUARANTINED', `Slot ${slot.id} needs a person: ${text}.`);
}

/** Statuses that are reasons to refuse entries. */
const GRAVE: ReadonlySet<SlotStatus> = new Set(['ORPHAN', 'QUARANTINED']);

/** Gives every slot that was touched the status of its trade. Called once, at the end of each event. */
export function concludeSlots(tx: Transaction): void {
  let isGrave = false;
  for (const slot of tx.touchedSlots) {
    if (slot.trade?.exit?.isOverdue === true) quarantine(tx, slot, overdueText(slot.trade));
    const next = earned(tx.state, slot);
    isGrave ||= GRAVE.has(slot.status) || GRAVE.has(next);
    if (next !== slot.status) turn(tx, slot, next);
    // It held something, and is flat again, in one event.
    else if (next === 'CLOSED' && slot.trade?.isClosed === false) close(tx, slot);
    if (next === 'FREE') release(tx, slot);
  }
  if (isGrave) raiseOrClear(tx);
}

function overdueText(trade: Trade): string {
  return `the exit of ${trade.tradeId} is overdue: ${Math.abs(positionOf(trade))} lots are still held`;
}

/** The status that follows from what the slot holds. */
function earned(state: KernelState, slot: Slot): SlotStatus {
  const { trade } = slot;
  if (trade === null) return 'FREE';
  const isHeld = positionOf(trade) !== 0;
  const isLive = trade.orders.some((order) => !isFinal(order.status));
  const isOver = !isHeld && !isLive && trade.entry === null && trade.exit === null;
  if (isOver) return trade.isClosed ? slot.status : overStatus(trade, slot);
  if (slot.quarantine !== '') return 'QUARANTINED';
  if (slot.id >= state.config.maxSlots) return 'ORPHAN';
  if (trade.exit !== null) return 'EXITING';
  if (trade.entry !== null) return 'ENTERING';
  return isHeld ? 'OPEN' : slot.status;
}

/** An entry that never filled leaves a free slot; whatever was held leaves a closed one. */
function overStatus(trade: Trade, slot: Slot): SlotStatus {
  const isUntouched = slot.status === 'ENTERING' || isFree(slot.status);
  return !hasTraded(trade) && isUntouched ? 'FREE' : 'CLOSED';
}

function hasTraded({ orders, adopted }: Trade): boolean {
  return adopted.buyLots > 0 || adopted.sellLots > 0 || orders.some((order) => order.filledLots > 0);
}

/** Goes to a status by the one input that leads there, or by way of OPEN where one event brought two changes. */
function turn(tx: Transaction, slot: Slot, next: SlotStatus): void {
  const direct = nextSlotStatus(slot.status, inputFor(slot.status, next));
  if (direct === 'illegal') {
    const between = nextSlotStatus(slot.status, inputFor(slot.status, 'OPEN'));
    const after = between === 'illegal' ? between : nextSlotStatus(between, inputFor(between, next));
    assert(after === next, () => `slot ${slot.id}: there is no way from ${slot.status} to ${next}`);
  }
  slot.status = next;
  if (next === 'CLOSED') close(tx, slot);
}

function inputFor(from: SlotStatus, to: SlotStatus): SlotInput {
  if (to === 'ENTERING') return 'ENTER';
  if (to === 'EXITING') return 'EXIT';
  if (to === 'CLOSED') return 'FLAT';
  if (to === 'ORPHAN') return 'ADOPT';
  if (to === 'QUARANTINED') return 'QUARANTINE';
  if (to === 'FREE') return from === 'CLOSED' ? 'RELEASE' : 'ENTRY_FAILED';
  if (from === 'ENTERING') return 'ENTERED';
  if (from === 'EXITING') return 'LEG_DONE';
  return from === 'QUARANTINED' ? 'RESOLVE' : 'LATE_FILL';
}

function close(tx: Transaction, slot: Slot): void {
  const { trade } = slot;
  assert(trade !== null, 'a slot without a trade cannot close');
  trade.isClosed = true;
  slot.quarantine = '';
  const { hotWindowMs } = tx.state.config.limits;
  setDue(tx.state, 'slot', String(slot.id), slot, (tx.nowMs + hotWindowMs) as EpochMs);
  // An entry that was given up before anything of it filled is no trade that anybody learns from.
  if (!hasTraded(trade)) return;
  tx.state.tradesClosed += 1;
  tellClosed(tx, trade);
}

function tellClosed(tx: Transaction, trade: Trade): void {
  emit(tx, {
    kind: 'PUBLISH',
    publication: {
      topic: 'trade_closed',
      slot: trade.slot,
      tradeId: trade.tradeId,
      realized: trade.bookedRealized,
      fees: feesOf(trade),
      funding: trade.bookedFunding,
      reason: trade.closeReason,
    },
  });
}

function feesOf(trade: Trade): Money {
  return trade.orders.reduce(
    (sum, order) => plus(sum, plus(order.bookedPredicted, order.bookedSettled)),
    NO_MONEY,
  );
}

/** The hot window is over, or nothing ever filled: the slot forgets its trade, whose orders stay for what may come late. */
function release(tx: Transaction, slot: Slot): void {
  if (slot.trade !== null) slot.trade.isClosed = true;
  vacate(tx.state, slot);
  slot.quarantine = '';
  setDue(tx.state, 'slot', String(slot.id), slot, null);
}

/** A slot's deadline: a closed one is released, an open one goes on. */
export function onSlotDue(tx: Transaction, slot: Slot): void {
  setDue(tx.state, 'slot', String(slot.id), slot, null);
  touchSlot(tx, slot);
  if (slot.status === 'CLOSED') vacate(tx.state, slot);
  else settleSlot(tx, slot);
}

function raiseOrClear(tx: Transaction): void {
  const quarantined = tx.state.slots.filter((slot) => slot.status === 'QUARANTINED');
  if (quarantined.length === 0) clear(tx, 'QUARANTINE');
  else raise(tx, 'QUARANTINE', quarantined.map((slot) => `slot ${slot.id}: ${slot.quarantine}`).join('; '));
  const orphans = tx.state.slots.filter((slot) => slot.status === 'ORPHAN');
  if (orphans.length === 0) clear(tx, 'ORPHAN');
  else raise(tx, 'ORPHAN', orphans.map((slot) => `slot ${slot.id}: ${slot.trade?.symbol}`).join('; '));
}
