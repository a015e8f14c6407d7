// The rows of steps: what a policy decided, what the kernel said to it, a start, and the end of a round of looking at the venue.

import { moneyText } from '../../domain/money.ts';
import type { DecisionEvent, IntentEvent } from '../../kernel/event.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { stageOf } from '../../kernel/stage.ts';
import type { KernelState } from '../../kernel/state.ts';
import { effectiveState } from '../../kernel/trading.ts';
import { cut, instantText, type RowDraft, venueWalletText, walletText } from './row-draft.ts';

/** What of a decision is kept until its intent comes. */
export interface PendingDecision {
  readonly decisionId: string;
  readonly policy: string;
  readonly facts: string;
}

type StepDraft = Extract<RowDraft, { readonly table: 'steps' }>;

/** The word with which a policy says that it would have entered, and found no size that makes sense. */
const SUPPRESSED = /^ENTRY_SUPPRESSED\b/;

const PLAIN = {
  table: 'steps',
  decision_id: '',
  policy: '',
  symbol: '',
  reason: '',
  outcome: '',
  details: '',
  slot: null,
  trade_id: null,
  stage: '',
  facts: '{}',
} as const;

function inState(state: KernelState) {
  return {
    kernel_state: effectiveState(state),
    wallet: walletText(state),
    exchange_wallet: venueWalletText(state),
  };
}

/** Returns the row of a decision: what was decided, before the kernel has said anything. */
export function decisionRow(event: DecisionEvent, state: KernelState): StepDraft {
  return {
    ...PLAIN,
    ...inState(state),
    phase: SUPPRESSED.test(event.reason) ? 'entry_suppressed' : 'decision',
    decision_id: cut(event.decisionId),
    policy: event.policy.slice(0, 200),
    action: cut(event.action),
    symbol: cut(event.symbol),
    reason: cut(event.reason),
    facts: event.facts,
  };
}

/**
 * Returns the row of an intent, with the kernel's answer. Its facts are the figures of the intent and, under `decision`, what the policy had
 * decided it from.
 *
 * @param decided the decision of the same id; `null` where none was heard of.
 */
export function intentRow(
  event: IntentEvent,
  outcome: Outcome,
  state: KernelState,
  decided: PendingDecision | null,
): StepDraft {
  const slot = state.slots[event.slot];
  const isRefusedEntry = event.action === 'ENTER' && !outcome.isAccepted;
  const tradeId = isRefusedEntry ? null : (event.tradeId ?? slot?.trade?.tradeId ?? null);
  return {
    ...PLAIN,
    ...inState(state),
    phase: event.action === 'MARK_PRICE' ? 'decision' : isRefusedEntry ? 'entry_suppressed' : 'execution',
    decision_id: cut(event.intentId),
    policy: decided?.policy.slice(0, 200) ?? '',
    action: event.action,
    symbol: cut(event.symbol),
    reason: cut(event.reason),
    outcome: outcome.code,
    details: cut(outcome.details),
    slot: event.slot < 0 ? null : event.slot,
    trade_id: tradeId,
    stage: slot === undefined ? '' : stageOf(slot),
    facts: JSON.stringify(intentFacts(event, decided)),
  };
}

function intentFacts(event: IntentEvent, decided: PendingDecision | null) {
  return {
    side: event.side,
    strategy_class: event.strategyClass,
    decided_at: event.decidedAtMs === null ? null : instantText(event.decidedAtMs),
    reference_price: event.referencePrice,
    size: event.size,
    leverage: event.leverage,
    exit_leg_ratios: event.exitLegRatios,
    is_urgent: event.isUrgent,
    decision: decided === null ? null : jsonOrText(decided.facts),
  };
}

/** A policy's facts are JSON by promise alone. */
function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Returns the row of a start. Its facts tell the run before, and the last instant that was heard of it. */
export function startRow(
  previous: { readonly runId: string | null; readonly nowMs: number },
  state: KernelState,
): StepDraft {
  const { runId, nowMs } = previous;
  const facts = { previous_run: runId, previous_at: runId === null ? null : instantText(nowMs) };
  return {
    ...PLAIN,
    ...inState(state),
    phase: 'recovery',
    action: 'START',
    reason: runId === null ? 'the first start' : cut(`after ${runId}`),
    facts: JSON.stringify(facts),
  };
}

/** Returns the row of a whole round of looking at the venue. */
export function reconcileRow(outcome: Outcome, state: KernelState): StepDraft {
  const { band, residual, explained } = state.ledger;
  return {
    ...PLAIN,
    ...inState(state),
    phase: 'account_reconcile',
    action: 'RECONCILE',
    reason: band,
    outcome: outcome.code,
    details: `residual=${moneyText(residual)} explained=${moneyText(explained)}`,
  };
}
