// Receipts of what was done on GitHub: each effect once, however often it is found to be so.

import { isoFromMs } from '../domain/time.ts';
import { type Receipt, type ReceiptDraft, receiptId } from '../domain/verdict.ts';
import type { EffectDone } from './publish-context.ts';

/**
 * Returns the receipts that the log lacks. What was found done, or found vetoed, needs one only where no receipt tells of it yet:
 * the app may have done it, which writes no receipts. An issue is edited with every run and is nothing that was owed, so its
 * first receipt is its last.
 */
export function effectReceipts(
  effects: readonly EffectDone[],
  known: readonly Receipt[],
  { nowMs, stateCommit }: { readonly nowMs: number; readonly stateCommit: string | null },
): readonly ReceiptDraft[] {
  return effects
    .filter((each) => isNews(each) || !known.some((receipt) => tellsOf(receipt, each)))
    .map(({ effect, key, verdictId, bodySha256, outcome, target }) => {
      const facts = { effect, key, body_sha256: bodySha256 } as const;
      return {
        v: 1,
        receipt_id: receiptId(facts),
        ts: isoFromMs(nowMs),
        ...facts,
        verdict_id: verdictId,
        outcome,
        target,
        state_commit: stateCommit,
      };
    });
}

function isNews({ outcome, effect }: EffectDone): boolean {
  return outcome === 'done' && effect !== 'issue';
}

/** A veto that a newer verdict of the episode met with settles the mails of the episode already. */
function tellsOf({ effect, key, outcome }: Receipt, each: EffectDone): boolean {
  if (effect !== each.effect || key !== each.key) return false;
  return each.outcome === 'already_done' || outcome === each.outcome;
}
