// One event being applied: the state it changes in place, and the effects, counts and touched objects that come of it.

import type { ClientOrderId } from '../domain/ids.ts';
import type { EpochMs } from '../domain/steps.ts';
import type { Effect, NotifyEffect, RouterEventName } from './effect.ts';
import type { DiagnosticCode, OutcomeCode } from './outcome.ts';
import type { KernelState, Order, Slot, Trade } from './state.ts';

/** Lives for one event. Whoever changes an order, a slot or the ledger says so, for the hash and the invariants. */
export interface Transaction {
  readonly state: KernelState;
  readonly nowMs: EpochMs;
  readonly effects: Effect[];
  readonly touchedOrders: Order[];
  readonly touchedSlots: Slot[];
  isLedgerTouched: boolean;
  isAccepted: boolean;
  code: OutcomeCode;
  details: string;
}

/** Begins an event that is taken, and has done nothing yet. */
export function begin(state: KernelState, nowMs: EpochMs): Transaction {
  return {
    state,
    nowMs,
    effects: [],
    touchedOrders: [],
    touchedSlots: [],
    isLedgerTouched: false,
    isAccepted: true,
    code: 'APPLIED',
    details: '',
  };
}

/** Wants something done, after everything that was wanted before. */
export function emit(tx: Transaction, effect: Effect): void {
  tx.effects.push(effect);
}

/** The event changed nothing, or was refused. The first word said stands. */
export function refuse(tx: Transaction, code: OutcomeCode, details = ''): void {
  if (!tx.isAccepted) return;
  tx.isAccepted = false;
  tx.code = code;
  tx.details = details;
}

/** The event was taken, and this is what it was. */
export function note(tx: Transaction, code: OutcomeCode, details = ''): void {
  if (!tx.isAccepted) return;
  tx.code = code;
  tx.details = details;
}

/** Counts something strange. It changes nothing else. */
export function diagnose(tx: Transaction, code: DiagnosticCode): void {
  countDiagnostic(tx.state, code);
}

export function countDiagnostic({ diagnostics }: KernelState, code: DiagnosticCode): void {
  diagnostics.set(code, (diagnostics.get(code) ?? 0) + 1);
}

/** Tells a person, in whole sentences. */
export function notify(
  tx: Transaction,
  severity: NotifyEffect['severity'],
  code: string,
  text: string,
): void {
  tx.effects.push({ kind: 'NOTIFY', severity, code, text });
}

/** Tells sinks what the router did. `clientOrderId` is `null` where it is about no single order. */
export function publishRouter(
  tx: Transaction,
  event: RouterEventName,
  trade: Trade,
  clientOrderId: ClientOrderId | null,
  reason: string,
): void {
  const { slot, tradeId } = trade;
  tx.effects.push({
    kind: 'PUBLISH',
    publication: { topic: 'router', event, slot, tradeId, clientOrderId, reason },
  });
}

/** The order changed. */
export function touchOrder(tx: Transaction, order: Order): void {
  if (!tx.touchedOrders.includes(order)) tx.touchedOrders.push(order);
}

/** The slot, its trade, or anything that its status follows from changed. */
export function touchSlot(tx: Transaction, slot: Slot): void {
  if (!tx.touchedSlots.includes(slot)) tx.touchedSlots.push(slot);
}
