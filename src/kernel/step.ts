// The kernel's one entrance: an event goes in, the state it owns moves on, and what is to be done comes out.

import type { EpochMs } from '../domain/steps.ts';
import { compareWallets, onBalance } from './bands.ts';
import { onCommand, settleFlattening } from './commands.ts';
import { fold, foldMark } from './digest.ts';
import { onCancelResult, onQueryResult, onSubmitResult } from './doubt.ts';
import type { Effect } from './effect.ts';
import type { BalanceEvent, JournalEvent, KernelEvent, MarkEvent } from './event.ts';
import { onIntent } from './intent-turn.ts';
import { checkInvariants } from './invariants.ts';
import type { Outcome, OutcomeCode } from './outcome.ts';
import { onPermissions } from './permissions.ts';
import { onPicture } from './pictures.ts';
import { applyReport } from './reports.ts';
import { onStream } from './resync.ts';
import type { KernelState } from './state.ts';
import { concludeSlots, settleSlot } from './trade-life.ts';
import { clear, raise } from './trading.ts';
import { begin, countDiagnostic, refuse, type Transaction } from './transaction.ts';
import { onAccount, onInstrument, onStart, onWake, scheduleWake, takeMark } from './world.ts';

/** What one event came to. */
interface Step {
  readonly state: KernelState;
  readonly effects: readonly Effect[];
  readonly outcome: Outcome;
}

const NO_EFFECTS: readonly Effect[] = [];
const APPLIED: Outcome = { isAccepted: true, code: 'APPLIED', details: '' };

/**
 * Applies one event. The state is the kernel's: it is changed in place and handed back, and nobody else may keep a part of it. The same
 * state and the same event always come to the same step: there is no clock, no chance and no I/O in here.
 *
 * @throws InvariantError where the kernel contradicts itself: a defect. The state is then not to be used any more.
 */
export function step(state: KernelState, event: KernelEvent): Step {
  const atMs = Number.isSafeInteger(event.atMs) ? event.atMs : state.nowMs;
  const nowMs = Math.max(state.nowMs, atMs) as EpochMs;
  state.seq += 1;
  state.nowMs = nowMs;
  if (atMs < nowMs) countDiagnostic(state, 'CLOCK_WENT_BACK');
  if (event.kind === 'MARK') return stepMark(state, event);
  const tx = begin(state, nowMs);
  dispatch(tx, event);
  if (state.trading.command === 'FLATTENING') settleFlattening(tx);
  concludeSlots(tx);
  if (tx.isLedgerTouched) compareWallets(tx);
  scheduleWake(tx);
  fold(tx, event);
  checkInvariants(tx);
  return conclude(tx);
}

/** What a step that changed nothing beside a price comes to; kept for the kernel that stepped last, so that prices cost no memory. */
let quiet: Step | null = null;

function stepMark(state: KernelState, event: MarkEvent): Step {
  const code = takeMark(state, event);
  count(state, code);
  foldMark(state, event, code);
  if (code !== 'APPLIED')
    return {
      state,
      effects: NO_EFFECTS,
      outcome: { isAccepted: false, code, details: String(event.symbol) },
    };
  if (quiet?.state !== state) quiet = { state, effects: NO_EFFECTS, outcome: APPLIED };
  return quiet;
}

function count(state: KernelState, code: OutcomeCode): void {
  state.outcomes.set(code, (state.outcomes.get(code) ?? 0) + 1);
}

function conclude(tx: Transaction): Step {
  const { state, effects, isAccepted, code, details } = tx;
  count(state, code);
  const isPlain = isAccepted && code === 'APPLIED' && details === '';
  return {
    state,
    effects: effects.length === 0 ? NO_EFFECTS : effects,
    outcome: isPlain ? APPLIED : { isAccepted, code, details },
  };
}

function dispatch(tx: Transaction, event: Exclude<KernelEvent, MarkEvent>): void {
  switch (event.kind) {
    case 'START':
      return onStart(tx, event);
    case 'WAKE':
      return onWake(tx);
    case 'INTENT':
      return onIntent(tx, event);
    case 'COMMAND':
      onCommand(tx, event);
      return driveAll(tx);
    case 'PERMISSIONS':
      return onPermissions(tx, event);
    case 'SUBMIT_RESULT':
      return onSubmitResult(tx, event);
    case 'CANCEL_RESULT':
      return onCancelResult(tx, event);
    case 'QUERY_RESULT':
      return onQueryResult(tx, event);
    case 'REPORT':
      return applyReport(tx, event.report);
    case 'POSITIONS':
      onPicture(tx, event);
      return driveProofs(tx);
    case 'OPEN_ORDERS':
    case 'FILLS':
    case 'INCOME':
      return onPicture(tx, event);
    case 'BALANCE':
      return onBalanceEvent(tx, event);
    case 'STREAM':
      return onStream(tx, event);
    case 'ACCOUNT':
      return onAccount(tx, event.positionMode);
    case 'INSTRUMENT':
      return onInstrument(tx, event.instrument);
    case 'JOURNAL':
      return onJournal(tx, event);
    case 'DECISION':
      return;
    case 'MALFORMED':
      return refuse(tx, 'MALFORMED_EVENT', `${event.what}: ${event.problem}`);
    default:
      return refuse(tx, 'MALFORMED_EVENT', `no event is called ${String((event as { kind: unknown }).kind)}`);
  }
}

function onBalanceEvent(tx: Transaction, event: BalanceEvent): void {
  if (event.requestId !== null) return onPicture(tx, event);
  const { result } = event;
  if (result.kind === 'UNKNOWN') return refuse(tx, 'UNKNOWN_PICTURE', `cause=${result.cause}`);
  for (const report of result.rows) onBalance(tx, report, false);
}

function onJournal(tx: Transaction, event: JournalEvent): void {
  if (event.isFull) raise(tx, 'JOURNAL_FULL', 'the disk of the journal is full');
  else clear(tx, 'JOURNAL_FULL');
}

/** Entries that waited for a picture go on. */
function driveProofs(tx: Transaction): void {
  for (const slot of tx.state.slots) if (slot.trade?.entry?.phase === 'proof') settleSlot(tx, slot);
}

/** What waited for a command to end goes on. */
function driveAll(tx: Transaction): void {
  for (const slot of tx.state.slots) {
    const { trade } = slot;
    if (trade !== null && (trade.entry !== null || trade.exit !== null)) settleSlot(tx, slot);
  }
}
