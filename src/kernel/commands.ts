// What a person tells the kernel: how far it may trade, that all has to go, or that what stood in front of them was looked at.

import type { EpochMs, Lots } from '../domain/steps.ts';
import { giveUpLost } from './adoption.ts';
import { acceptResidual } from './bands.ts';
import type { CommandEvent } from './event.ts';
import { positionOf } from './exposure.ts';
import { isFinal } from './order-fsm.ts';
import { remember } from './remembered.ts';
import { abandonEntry } from './router/entry.ts';
import { requestExit } from './router/exit.ts';
import type { KernelState, Slot } from './state.ts';
import { clear, setCommand } from './trading.ts';
import { note, refuse, type Transaction, touchSlot } from './transaction.ts';

const TRADING_COMMANDS: ReadonlySet<string> = new Set([
  'RUN',
  'ENTRY_FROZEN',
  'REDUCE_ONLY',
  'FLATTENING',
  'HALTED',
]);

/**
 * Carries out a command, once for each request. Every command but RUN abandons the entries under way: what rests of them is canceled, what
 * they filled stays. HALTED sends no order and no cancel from here on, and only asks; cancels
 * follow when a person takes it back.
 */
export function onCommand(tx: Transaction, event: CommandEvent): void {
  const { requestId, command, slot } = event;
  const isKnown = command === 'RESOLVE' || TRADING_COMMANDS.has(command);
  if (typeof requestId !== 'string' || requestId === '' || !isKnown)
    return refuse(tx, 'MALFORMED_EVENT', `command=${String(command)}`);
  if (!remember(tx, `command:${requestId}`)) return refuse(tx, 'DUPLICATE_EVENT', `request=${requestId}`);
  if (command === 'RESOLVE') return slot === null ? resolveBook(tx, event) : resolveSlot(tx, slot);
  setCommand(tx, command, `${event.who}: ${event.why}`);
  if (command === 'RUN') return;
  for (const one of tx.state.slots) abandonEntry(tx, one, command);
  if (command === 'FLATTENING') flatten(tx);
}

/** A person has looked at the ledger and at orders that no journal explains: what they saw stays as it is. */
function resolveBook(tx: Transaction, { requestId, who }: CommandEvent): void {
  const hadResidual = acceptResidual(tx, requestId, who);
  clear(tx, 'OVERFILL');
  clear(tx, 'FORGOTTEN_ORDER');
  note(tx, 'APPLIED', `residual=${hadResidual ? 'accepted' : 'none'}`);
}

/**
 * A person has looked at a slot: it goes on as what it holds. An exit that was asked for goes on as well, with all its time and tries
 * before it; the count of attempts stays, because it is part of the ids of orders.
 */
function resolveSlot(tx: Transaction, id: number): void {
  const slot = tx.state.slots[id];
  if (slot === undefined) return refuse(tx, 'UNKNOWN_SLOT', `slot=${id}`);
  if (slot.status !== 'QUARANTINED') return refuse(tx, 'SUPPRESSED', `slot=${id} status=${slot.status}`);
  slot.quarantine = '';
  if (tx.state.config.account === 'shared') giveUpLost(tx, slot);
  const { trade } = slot;
  if (trade !== null && trade.exit !== null) {
    trade.exit = {
      ...trade.exit,
      deadlineMs: (tx.nowMs + tx.state.config.router.exitDeadlineMs) as EpochMs,
      reprices: 0,
      rejects: 0,
      lastReject: null,
      notBeforeMs: null,
      isOverdue: false,
    };
  }
  touchSlot(tx, slot);
}

function flatten(tx: Transaction): void {
  for (const slot of tx.state.slots) requestExit(tx, slot, FLATTEN);
}

const FLATTEN = { reason: 'FLATTENING', isUrgent: true, targetLots: 0 as Lots, isLeg: false } as const;

/**
 * Goes on with FLATTENING after each event: what has turned up since has to go as well, and when nothing is held or under way, by our book
 * and by the venue's picture, the command becomes REDUCE_ONLY.
 */
export function settleFlattening(tx: Transaction): void {
  let isAllOver = true;
  for (const slot of tx.state.slots) {
    if (isOver(slot)) continue;
    isAllOver = false;
    if (slot.trade?.exit === null) requestExit(tx, slot, FLATTEN);
  }
  if (isAllOver && isInStep(tx.state)) setCommand(tx, 'REDUCE_ONLY', 'everything is flat');
}

function isOver({ trade }: Slot): boolean {
  if (trade === null) return true;
  const isIdle = trade.entry === null && trade.exit === null && positionOf(trade) === 0;
  return isIdle && trade.orders.every((order) => isFinal(order.status));
}

/** Before the venue's picture is known and explained, an empty book proves nothing. */
function isInStep(state: KernelState): boolean {
  if (!state.resync.isComplete) return false;
  for (const { mismatch } of state.books.values()) if (mismatch !== null) return false;
  return true;
}
