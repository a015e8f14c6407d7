// What the world around the kernel does: it begins, time passes, prices move, and the venue says how the account is set up.

import { assert } from '../domain/assert.ts';
import type { ClientOrderId } from '../domain/ids.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { PositionMode } from '../domain/venue.ts';
import { onLedgerDue } from './bands.ts';
import { emptyBook } from './create.ts';
import { onOrderDue } from './doubt.ts';
import type { MarkEvent, StartEvent } from './event.ts';
import { ownPosition } from './exposure.ts';
import { isFinal } from './order-fsm.ts';
import { lookAgain, restartOrders } from './orders.ts';
import type { OutcomeCode } from './outcome.ts';
import { onParkedDue } from './reports.ts';
import { onResyncDue, startResync } from './resync.ts';
import { abandonEntry } from './router/entry.ts';
import type { KernelState, Timer } from './state.ts';
import { firstDue } from './timers.ts';
import { onSlotDue, settleSlot } from './trade-life.ts';
import { clear, raise } from './trading.ts';
import { emit, refuse, type Transaction } from './transaction.ts';

/** Timers that one WAKE carries out at most; more would be one that sets itself to the same instant again. */
const DUE_MAX = 100_000;

/** Begins: what had left is in doubt, entries under way are given up, exits go on, and the venue is asked for everything. */
export function onStart(tx: Transaction, event: StartEvent): void {
  const { state } = tx;
  state.runId = event.runId;
  state.wakeAtMs = null;
  for (const order of restartOrders(tx)) if (!isFinal(order.status)) lookAgain(tx, order, 0);
  startResync(tx);
  if (state.trading.permissionsVersion === null)
    raise(tx, 'PERMISSIONS_UNKNOWN', 'no kill list was read yet');
  // Says that the wallet is not known, where it is not.
  tx.isLedgerTouched = true;
  raise(tx, 'MODE_MISMATCH', 'the position mode of the account is not known yet');
  for (const slot of state.slots) {
    abandonEntry(tx, slot, 'the kernel began again');
    settleSlot(tx, slot);
  }
}

/** Carries out every timer that is due by now, in order. */
export function onWake(tx: Transaction): void {
  tx.state.wakeAtMs = null;
  let carriedOut = 0;
  for (let timer = firstDue(tx.state, tx.nowMs); timer !== null; timer = firstDue(tx.state, tx.nowMs)) {
    carriedOut += 1;
    assert(carriedOut <= DUE_MAX, () => `the timer of ${timer?.owner} ${timer?.key} does not end`);
    carryOut(tx, timer);
  }
  if (carriedOut === 0) refuse(tx, 'DUPLICATE_EVENT', 'nothing was due');
}

function carryOut(tx: Transaction, timer: Timer): void {
  const { state } = tx;
  switch (timer.owner) {
    case 'order': {
      const order = state.orders.get(timer.key as ClientOrderId);
      assert(order !== undefined, () => `the timer of an order that is gone: ${timer.key}`);
      return onOrderDue(tx, order);
    }
    case 'slot': {
      const slot = state.slots[Number(timer.key)];
      assert(slot !== undefined, () => `the timer of a slot that is not: ${timer.key}`);
      return onSlotDue(tx, slot);
    }
    case 'resync':
      return onResyncDue(tx);
    case 'ledger':
      return onLedgerDue(tx);
    case 'parked':
      return onParkedDue(tx);
  }
}

/** Asks for the next WAKE where the first deadline has changed. */
export function scheduleWake(tx: Transaction): void {
  const { state } = tx;
  const next = state.timers[0]?.atMs ?? null;
  if (next === state.wakeAtMs) return;
  state.wakeAtMs = next;
  if (next !== null) emit(tx, { kind: 'WAKE_AT', atMs: next });
}

/**
 * Takes a price, unless it is older than the one that is known, or makes no sense. The one path that is taken all the time: it makes
 * nothing that has to be collected again.
 */
export function takeMark(state: KernelState, event: MarkEvent): OutcomeCode {
  const { symbol, bid, ask, mark, quotedAtMs } = event;
  if (!state.instruments.has(symbol)) return 'UNKNOWN_INSTRUMENT';
  if (!isPrice(bid) || !isPrice(ask) || !isPrice(mark) || bid > ask) return 'MALFORMED_EVENT';
  if (!isInstant(state, quotedAtMs)) return 'MALFORMED_EVENT';
  const known = state.marks.get(symbol);
  if (known === undefined) {
    state.marks.set(symbol, { bid, ask, mark, quotedAtMs, atMs: state.nowMs });
    return 'APPLIED';
  }
  if (quotedAtMs < known.quotedAtMs) return 'STALE_REPORT';
  known.bid = bid;
  known.ask = ask;
  known.mark = mark;
  known.quotedAtMs = quotedAtMs;
  known.atMs = state.nowMs;
  return 'APPLIED';
}

function isPrice(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

/** One from the future would make every later price an older one, for ever. */
function isInstant({ nowMs, config }: KernelState, atMs: number): boolean {
  return Number.isSafeInteger(atMs) && atMs <= nowMs + config.resync.overlapMs;
}

/** A position mode that is not the configured one changes what reduce-only means: nobody may enter. */
export function onAccount(tx: Transaction, mode: PositionMode): void {
  const { positionMode } = tx.state.config;
  if (mode === positionMode) clear(tx, 'MODE_MISMATCH');
  else raise(tx, 'MODE_MISMATCH', `the account is in ${mode} mode, the configuration says ${positionMode}`);
}

/** Takes changed limits and rates. Steps only change where nothing of the instrument is held or under way. */
export function onInstrument(tx: Transaction, instrument: Instrument): void {
  const { state } = tx;
  const known = state.instruments.get(instrument.symbol);
  const hasNewSteps =
    known !== undefined &&
    (known.tick.units !== instrument.tick.units ||
      known.tick.decimals !== instrument.tick.decimals ||
      known.lot.units !== instrument.lot.units ||
      known.lot.decimals !== instrument.lot.decimals);
  const isUsed =
    ownPosition(state, instrument.symbol) !== 0 ||
    [...state.trades.values()].some((trade) => trade.symbol === instrument.symbol);
  if (hasNewSteps && isUsed)
    return refuse(tx, 'SLOT_BUSY', `${instrument.symbol}: its steps cannot change while it is traded`);
  state.instruments.set(instrument.symbol, instrument);
  if (hasNewSteps) state.marks.delete(instrument.symbol);
  if (!state.books.has(instrument.symbol)) state.books.set(instrument.symbol, emptyBook(instrument.symbol));
}
