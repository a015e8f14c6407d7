// From a decision to what the border of the kernel reads, under the names that any policy in any language would use.

import type { Decision } from './policy.ts';

/** Longer reasons are cut: the border takes a longer text for none. */
const REASON_CHARS_MAX = 200;

/** Returns the intent of an ENTER or EXIT; a decision to hold has none, and its action would be read as holding. */
export function rawIntentOf(
  decision: Decision,
  made: { readonly decisionId: string; readonly strategyClass: string; readonly decidedAt: string },
): Readonly<Record<string, unknown>> {
  return {
    intent_id: made.decisionId,
    action: decision.action,
    slot_id: decision.slot,
    trade_id: decision.tradeId,
    asset: decision.symbol,
    side: decision.side,
    strategy_class: made.strategyClass,
    timestamp: made.decidedAt,
    reference_price: decision.referencePrice,
    target_size: decision.size,
    leverage: decision.leverage,
    exit_leg_ratios: decision.exitLegRatios,
    is_urgent: decision.isUrgent,
    reason: decision.reason.slice(0, REASON_CHARS_MAX),
  };
}
