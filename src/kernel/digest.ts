// The rolling hash of a kernel: every event, and what it made of the state, in 64 bits, so that a replay that differs is seen at once.

import type { KernelEvent } from './event.ts';
import type { Transaction } from './transaction.ts';

const PRIME_HIGH = 0x85ebca6b;
const PRIME_LOW = 0xc2b2ae35;

/** Folds one event and everything it touched into the state's hash. Two 32-bit lanes, mixed as murmur3 mixes its blocks. */
export function fold(tx: Transaction, event: KernelEvent): void {
  const { state } = tx;
  mix(tx, state.seq);
  mix(tx, state.nowMs);
  mixText(tx, tx.code);
  if (tx.code === 'MALFORMED_EVENT') return;
  mixText(tx, event.kind);
  if (event.kind === 'MARK') {
    if (!tx.isAccepted) return;
    mix(tx, event.bid);
    mix(tx, event.ask);
    mix(tx, event.mark);
    mixText(tx, event.symbol);
    return;
  }
  for (const order of tx.touchedOrders) {
    mixText(tx, order.clientOrderId);
    mixText(tx, order.status);
    mixText(tx, order.venueOrderId ?? '');
    mix(tx, order.filledLots);
    mix(tx, order.feeLots);
    mixMoney(tx, order.filledQuote);
    mixMoney(tx, order.fee);
  }
  for (const slot of tx.touchedSlots) {
    mix(tx, slot.id);
    mixText(tx, slot.status);
    mixText(tx, slot.trade?.tradeId ?? '');
  }
  mixMoney(tx, state.ledger.wallet);
  mixMoney(tx, state.ledger.explained);
  mixMoney(tx, state.ledger.residual);
  mix(tx, state.timers.length);
  mix(tx, state.timers[0]?.atMs ?? 0);
  for (const effect of tx.effects) mixText(tx, effect.kind);
}

/** Returns the hash as 16 hex digits. */
export function hashText(state: { readonly hashHigh: number; readonly hashLow: number }): string {
  return hex(state.hashHigh) + hex(state.hashLow);
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}

function mix(tx: Transaction, value: number): void {
  const { state } = tx;
  const low = value | 0;
  const high = Math.floor(value / 4_294_967_296) | 0;
  let a = Math.imul(state.hashHigh ^ low, PRIME_HIGH);
  a = (a << 13) | (a >>> 19);
  let b = Math.imul(state.hashLow ^ high ^ a, PRIME_LOW);
  b = (b << 16) | (b >>> 16);
  state.hashHigh = (Math.imul(a, 5) + b) | 0;
  state.hashLow = (Math.imul(b, 5) + low) | 0;
}

function mixMoney(tx: Transaction, amount: bigint): void {
  mix(tx, Number(BigInt.asIntN(53, amount)));
}

function mixText(tx: Transaction, text: string): void {
  let hash = text.length;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  mix(tx, hash);
}
