// The rolling hash of a kernel: every event, and what it made of the state, in 64 bits, so that a replay that differs is seen at once.

import type { KernelEvent, MarkEvent } from './event.ts';
import type { OutcomeCode } from './outcome.ts';
import type { KernelState } from './state.ts';
import type { Transaction } from './transaction.ts';

const PRIME_HIGH = 0x85ebca6b;
const PRIME_LOW = 0xc2b2ae35;

/** Folds one event and everything it touched into the state's hash. Two 32-bit lanes, mixed as murmur3 mixes its blocks. */
export function fold(tx: Transaction, event: KernelEvent): void {
  const { state } = tx;
  mix(state, state.seq);
  mix(state, state.nowMs);
  mixText(state, tx.code);
  if (tx.code === 'MALFORMED_EVENT') return;
  mixText(state, event.kind);
  for (const order of tx.touchedOrders) {
    mixEnd(state, order.clientOrderId);
    mixText(state, order.status);
    mixEnd(state, order.venueOrderId ?? '');
    mix(state, order.quantity);
    mix(state, order.limit ?? 0);
    mix(state, order.leverage);
    mix(state, order.filledLots);
    mix(state, order.feeLots);
    mixMoney(state, order.filledQuote);
    mixMoney(state, order.fee);
  }
  for (const slot of tx.touchedSlots) {
    mix(state, slot.id);
    mixText(state, slot.status);
    mix(state, slot.trade?.tradeSeq ?? -1);
    mix(state, slot.trade?.exit?.targetLots ?? -1);
  }
  if (tx.isLedgerTouched) {
    mixMoney(state, state.ledger.wallet);
    mixMoney(state, state.ledger.explained);
    mixMoney(state, state.ledger.residual);
  }
  mixText(state, state.trading.command);
  mix(state, state.timers.length);
  mix(state, state.timers[0]?.atMs ?? 0);
  for (const effect of tx.effects) mixText(state, effect.kind);
}

/** The same for a price, which touches nothing else. */
export function foldMark(state: KernelState, event: MarkEvent, code: OutcomeCode): void {
  mix(state, state.seq);
  mix(state, state.nowMs);
  mixText(state, code);
  if (code !== 'APPLIED') return;
  mixText(state, event.symbol);
  mix(state, event.bid);
  mix(state, event.ask);
  mix(state, event.mark);
}

/** Returns the hash as 16 hex digits. */
export function hashText(state: { readonly hashHigh: number; readonly hashLow: number }): string {
  return hex(state.hashHigh) + hex(state.hashLow);
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}

function mix(state: KernelState, value: number): void {
  const low = value | 0;
  const high = value > 0x7fffffff || value < 0 ? Math.floor(value / 4_294_967_296) | 0 : 0;
  let a = Math.imul(state.hashHigh ^ low, PRIME_HIGH);
  a = (a << 13) | (a >>> 19);
  let b = Math.imul(state.hashLow ^ high ^ a, PRIME_LOW);
  b = (b << 16) | (b >>> 16);
  state.hashHigh = (Math.imul(a, 5) + b) | 0;
  state.hashLow = (Math.imul(b, 5) + low) | 0;
}

function mixMoney(state: KernelState, amount: bigint): void {
  mix(state, Number(BigInt.asIntN(53, amount)));
}

/** The end of an id, by which ids of one kernel differ: the whole of each would cost more than the rest of the hash. */
function mixEnd(state: KernelState, id: string): void {
  let hash = id.length;
  for (let at = Math.max(0, id.length - ID_END_CHARS); at < id.length; at += 1)
    hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  mix(state, hash);
}

const ID_END_CHARS = 10;

function mixText(state: KernelState, text: string): void {
  let hash = text.length;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  mix(state, hash);
}
