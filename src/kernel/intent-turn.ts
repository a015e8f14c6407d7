// A policy's wish: checked, passed by every gate, and turned into an entry, an exit or nothing, always with a code.

import type { Lots } from '../domain/steps.ts';
import type { IntentEvent } from './event.ts';
import { positionOf } from './exposure.ts';
import { checkEntry, exitLots } from './intents.ts';
import { remember } from './remembered.ts';
import { entryDenial } from './risk.ts';
import { abandonEntry, beginEntry, entryLimit } from './router/entry.ts';
import { requestExit } from './router/exit.ts';
import { freshMark } from './router/quote.ts';
import type { Slot, Trade } from './state.ts';
import { settleSlot } from './trade-life.ts';
import { effectiveState } from './trading.ts';
import { note, refuse, type Transaction } from './transaction.ts';

/** Applies an intent. Each id counts once; one that was refused may not come again under the same id either. */
export function onIntent(tx: Transaction, event: IntentEvent): void {
  if (typeof event.intentId !== 'string' || event.intentId === '')
    return refuse(tx, 'INVALID_INTENT', 'intent_id is missing');
  if (event.action === 'MARK_PRICE') return markPrice(tx, event);
  const key = `intent:${event.intentId}`;
  if (!remember(tx, key)) return refuse(tx, 'DUPLICATE_EVENT', `intent=${event.intentId}`);
  switch (event.action) {
    case 'ENTER':
      return enter(tx, event);
    case 'EXIT':
      return exit(tx, event);
    case 'CANCEL':
      return cancel(tx, event);
    default:
      return refuse(tx, 'INVALID_INTENT', `action=${String(event.action)}`);
  }
}

/** Prices come by MARK events, which have two sides; an intent that only names one says that its policy holds. */
function markPrice(tx: Transaction, event: IntentEvent): void {
  if (!tx.state.instruments.has(event.symbol)) return refuse(tx, 'UNKNOWN_INSTRUMENT', event.symbol);
  if (event.referencePrice === null || !(event.referencePrice > 0))
    return refuse(tx, 'NOT_FINITE', 'reference_price');
}

function enter(tx: Transaction, event: IntentEvent): void {
  const { state, nowMs } = tx;
  const candidate = checkEntry(state, event);
  if (!candidate.ok) return refuse(tx, candidate.error.code, candidate.error.details);
  const { symbol, side } = candidate.value;
  const mark = freshMark(state, symbol, nowMs);
  const limit = mark === null ? null : entryLimit(state, mark, state.config.router.style, side === 'LONG');
  const denial = entryDenial(state, nowMs, candidate.value, { isRetry: false, limit });
  if (denial !== null) return refuse(tx, denial.code, denial.details);
  const slot = state.slots[candidate.value.slot];
  if (slot === undefined) return refuse(tx, 'UNKNOWN_SLOT', `slot=${candidate.value.slot}`);
  beginEntry(tx, slot, candidate.value);
  settleSlot(tx, slot);
}

/** Exits are refused where there is nothing to close, or where a person has halted everything; never for another reason. */
function exit(tx: Transaction, event: IntentEvent): void {
  const slot = tx.state.slots[event.slot];
  if (slot === undefined) return refuse(tx, 'UNKNOWN_SLOT', `slot=${event.slot}`);
  const { trade } = slot;
  if (trade === null || trade.isClosed || isOfAnother(trade, event))
    return refuse(tx, 'NO_OPEN_POSITION', `slot=${event.slot} trade=${trade?.tradeId ?? 'none'}`);
  if (effectiveState(tx.state) === 'HALTED') return refuse(tx, 'HALTED', 'a person has halted the kernel');
  const target = targetOf(tx, trade, event);
  if (target === null) return refuse(tx, 'UNKNOWN_INSTRUMENT', trade.symbol);
  // A policy that names a size has taken its leg's share itself, so its next exit is the next leg as well.
  const isLeg = !event.isUrgent;
  const answer = requestExit(tx, slot, {
    reason: event.reason,
    isUrgent: event.isUrgent,
    targetLots: target,
    isLeg,
  });
  if (answer === 'nothing') return refuse(tx, 'NO_OPEN_POSITION', `slot=${event.slot}`);
  if (answer === 'suppressed') return refuse(tx, 'SUPPRESSED', 'an exit of this size is under way');
  if (!tx.state.resync.isComplete) note(tx, 'APPLIED', 'the venue is still being asked for its picture');
  settleSlot(tx, slot);
}

/** A wish that was decided for a trade which is over must not touch the one that came after it. */
function isOfAnother(trade: Trade, event: IntentEvent): boolean {
  return event.tradeId !== null && event.tradeId !== trade.tradeId;
}

function targetOf(tx: Transaction, trade: Trade, event: IntentEvent): Lots | null {
  const instrument = tx.state.instruments.get(trade.symbol);
  if (instrument === undefined) return null;
  if (event.isUrgent) return 0 as Lots;
  // A wish for the leg that is under way is that leg again, however much of it has filled by now.
  if (event.size === null && trade.exit?.isLeg === true) return trade.exit.targetLots;
  const position = Math.abs(positionOf(trade)) as Lots;
  return (position - exitLots(trade, position, event.size, instrument)) as Lots;
}

function cancel(tx: Transaction, event: IntentEvent): void {
  const slot: Slot | undefined = tx.state.slots[event.slot];
  if (slot === undefined) return refuse(tx, 'UNKNOWN_SLOT', `slot=${event.slot}`);
  if (slot.trade?.entry === undefined || slot.trade.entry === null || isOfAnother(slot.trade, event))
    return refuse(tx, 'NO_ACTIVE_ORDER', `slot=${event.slot}`);
  if (effectiveState(tx.state) === 'HALTED') return refuse(tx, 'HALTED', 'a person has halted the kernel');
  abandonEntry(tx, slot, event.reason);
  settleSlot(tx, slot);
}
