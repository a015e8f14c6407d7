// How far the kernel may trade: what a person told it, made stricter by the reasons that it found itself, and told once for each change.

import type { TradingCommand } from './event.ts';
import { FREEZE_REASONS, type FreezeReason, type KernelState, type ReasonSeverity } from './state.ts';
import { emit, notify, type Transaction } from './transaction.ts';

const SEVERITY_RANK: Readonly<Record<TradingCommand, number>> = {
  RUN: 0,
  ENTRY_FROZEN: 1,
  REDUCE_ONLY: 2,
  FLATTENING: 3,
  HALTED: 4,
};

/**
 * What each reason comes to. All of them refuse entries and none of them touches an exit. REDUCE_ONLY marks those where the book itself may
 * be wrong, so that a person should know at once; the others end by themselves, when what is missing comes back. No reason halts: that is
 * a person's word, and only a person takes it back.
 */
const REASON_SEVERITY: Readonly<Record<FreezeReason, ReasonSeverity>> = {
  STARTING: 'ENTRY_FROZEN',
  STREAM_DOWN: 'ENTRY_FROZEN',
  RECONCILE_ERROR: 'ENTRY_FROZEN',
  BALANCE_UNKNOWN: 'ENTRY_FROZEN',
  PERMISSIONS_UNKNOWN: 'ENTRY_FROZEN',
  MODE_MISMATCH: 'ENTRY_FROZEN',
  JOURNAL_FULL: 'ENTRY_FROZEN',
  POSITION_MISMATCH: 'REDUCE_ONLY',
  ORPHAN: 'ENTRY_FROZEN',
  QUARANTINE: 'REDUCE_ONLY',
  OVERFILL: 'REDUCE_ONLY',
  FORGOTTEN_ORDER: 'REDUCE_ONLY',
};

/** Returns the more severe of what a person commanded and what the reasons come to. */
export function effectiveState(state: KernelState): TradingCommand {
  const { command, reasons } = state.trading;
  let effective = command;
  if (reasons.size === 0) return effective;
  for (const reason of reasons.keys()) {
    const severity = REASON_SEVERITY[reason];
    if (SEVERITY_RANK[severity] > SEVERITY_RANK[effective]) effective = severity;
  }
  return effective;
}

/** Returns the reasons that hold, in the order of {@link FREEZE_REASONS}. */
export function reasonsOf(state: KernelState): readonly FreezeReason[] {
  return FREEZE_REASONS.filter((reason) => state.trading.reasons.has(reason));
}

/** A reason to refuse entries begins. While it holds, only its text follows. */
export function raise(tx: Transaction, reason: FreezeReason, text: string): void {
  const { reasons } = tx.state.trading;
  const known = reasons.get(reason);
  if (known !== undefined) {
    if (known.text !== text) reasons.set(reason, { sinceMs: known.sinceMs, text });
    return;
  }
  reasons.set(reason, { sinceMs: tx.nowMs, text });
  const isGrave = REASON_SEVERITY[reason] === 'REDUCE_ONLY';
  // What is not known yet at a start is no news.
  const isStarting = reasons.has('STARTING');
  const severity = isGrave ? 'critical' : isStarting ? 'info' : 'warning';
  tell(tx, severity, `Entries are refused: ${reason}: ${text}.`);
}

/** A reason ends. One that did not hold is nothing new. */
export function clear(tx: Transaction, reason: FreezeReason): void {
  const { reasons } = tx.state.trading;
  if (!reasons.delete(reason)) return;
  const left = reasonsOf(tx.state);
  const rest = left.length === 0 ? '' : `, still ${left.join(', ')}`;
  tell(tx, 'info', `${reason} is over${rest}.`);
}

/** Follows a command of a person, or of its end. The same command again is nothing new. */
export function setCommand(tx: Transaction, command: TradingCommand, why: string): void {
  const { trading } = tx.state;
  if (trading.command === command) return;
  trading.command = command;
  tell(tx, command === 'RUN' ? 'info' : 'warning', `The command is ${command}: ${why}.`);
}

function tell(tx: Transaction, severity: 'info' | 'warning' | 'critical', text: string): void {
  const { state } = tx;
  emit(tx, {
    kind: 'PUBLISH',
    publication: { topic: 'kernel_state', state: effectiveState(state), reasons: reasonsOf(state) },
  });
  notify(tx, severity, 'KERNEL_STATE', text);
}
