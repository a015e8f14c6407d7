// The decisions of the champion about one slot: to leave it as it is, to end what it holds, or to enter it.

import type { Entry, NoEntry } from './entries.ts';
import type { Exit } from './exits.ts';
import type { Decision, SlotView } from './policy.ts';

/** Leaves a slot as it is, with the reason. */
export function holdDecision(slot: SlotView, reason: string, facts: Decision['facts']): Decision {
  return {
    slot: slot.slot,
    action: 'HOLD',
    reason,
    symbol: slot.symbol ?? '',
    side: slot.side,
    tradeId: slot.tradeId,
    referencePrice: slot.price?.price ?? null,
    size: null,
    leverage: null,
    exitLegRatios: [],
    isUrgent: false,
    facts,
  };
}

/** Carries an exit out. */
export function exitDecision(slot: SlotView, exit: Exit, facts: Decision['facts']): Decision {
  const { reason, size, isUrgent } = exit;
  return { ...holdDecision(slot, reason, facts), action: 'EXIT', size, isUrgent };
}

/** Enters a free slot, or says why not. */
export function entryDecision(slot: SlotView, entry: Entry | NoEntry, facts: Decision['facts']): Decision {
  const { reason, symbol, side } = entry;
  const hold = { ...holdDecision(slot, reason, facts), symbol, side };
  if (entry.kind === 'none') return { ...hold, action: entry.action };
  return { ...hold, action: 'ENTER', referencePrice: entry.price, ...entry.plan };
}
