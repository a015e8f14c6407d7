// Rounds of looking at the venue: one part after the other and one question at a time, again and again until each is answered.

import type { EpochMs } from '../domain/steps.ts';
import type { Priority } from '../domain/venue.ts';
import type { PicturePart } from './effect.ts';
import type { StreamEvent } from './event.ts';
import { hasDifference } from './mismatch.ts';
import type { Resync } from './state.ts';
import { setDue } from './timers.ts';
import { clear, raise } from './trading.ts';
import { emit, refuse, type Transaction } from './transaction.ts';

/** Orders come before positions: what trades in between is then seen twice, and never not at all. */
const PARTS = ['OPEN_ORDERS', 'POSITIONS', 'FILLS', 'INCOME', 'BALANCE'] as const satisfies PicturePart[];

const RETRY_MAX_MS = 60_000;

/** Begins with everything unknown: nobody may enter before a whole round has ended, and before the stream is there. */
export function startResync(tx: Transaction): void {
  const { resync } = tx.state;
  resync.isComplete = false;
  resync.isStreamUp = false;
  resync.knownToMs ??= tx.nowMs;
  raise(tx, 'STARTING', 'the venue has not been looked at since the kernel began');
  raise(tx, 'STREAM_DOWN', 'the stream of reports has not begun yet');
  beginRound(tx);
}

/** A stream that comes back may have lost frames: a whole round has to show what they said. */
export function onStream(tx: Transaction, event: StreamEvent): void {
  const { resync } = tx.state;
  if (event.isUp === resync.isStreamUp) return refuse(tx, 'DUPLICATE_EVENT', `isUp=${event.isUp}`);
  resync.isStreamUp = event.isUp;
  resync.isComplete = false;
  if (event.isUp) beginRound(tx);
  else raise(tx, 'STREAM_DOWN', 'the stream of reports is down, so that some may be missing');
}

/** The next round begins now, or as soon as the one under way has ended. */
export function wantResync(tx: Transaction): void {
  if (tx.state.resync.part === null) beginRound(tx);
  else tx.state.resync.isWanted = true;
}

/** No answer came in time, a retry is due, or it is time for the next round. */
export function onResyncDue(tx: Transaction): void {
  const { part } = tx.state.resync;
  if (part === null) beginRound(tx);
  else ask(tx, part);
}

/**
 * Asks for the positions alone, as proof for an order; a round under way goes on beside it.
 *
 * @returns the id of the request.
 */
export function requestPositions(tx: Transaction, priority: Priority): number {
  const requestId = nextRequestId(tx.state.resync);
  emit(tx, { kind: 'FETCH', priority, part: 'POSITIONS', requestId, sinceMs: null });
  return requestId;
}

/** Whether an answer is the one that the round waits for. */
export function isAwaited(resync: Resync, part: PicturePart, requestId: number | null): boolean {
  return resync.part === part && resync.requestId === requestId;
}

/** The part that was waited for is not known: it is asked for again, after as long as the round has lasted already. */
export function retryPart(tx: Transaction): void {
  const { resync, config } = tx.state;
  const lastedMs = tx.nowMs - resync.startedAtMs;
  look(tx, Math.min(Math.max(config.resync.retryMs, lastedMs), RETRY_MAX_MS));
}

/** The part that was waited for has come: the round goes on, or ends. */
export function partCame(tx: Transaction, part: PicturePart): void {
  const { resync } = tx.state;
  // Fills have come before income. Both were asked for after the round began, so up to there nothing is missing.
  if (part === 'INCOME') resync.knownToMs = resync.startedAtMs;
  const next = PARTS[PARTS.indexOf(part) + 1];
  if (next === undefined) endRound(tx);
  else ask(tx, next);
}

function beginRound(tx: Transaction): void {
  const { resync } = tx.state;
  resync.isWanted = false;
  resync.startedAtMs = tx.nowMs;
  ask(tx, 'OPEN_ORDERS');
}

/** Where picture and book differ the next look comes as soon as it can confirm it. */
function endRound(tx: Transaction): void {
  const { resync, config } = tx.state;
  resync.part = null;
  resync.isComplete = true;
  clear(tx, 'STARTING');
  if (resync.isStreamUp) clear(tx, 'STREAM_DOWN');
  if (resync.isWanted) return beginRound(tx);
  const { everyMs, lagMs } = config.resync;
  look(tx, hasDifference(tx.state) ? Math.min(lagMs, everyMs) : everyMs);
}

function ask(tx: Transaction, part: PicturePart): void {
  const { resync, config } = tx.state;
  const requestId = nextRequestId(resync);
  resync.part = part;
  resync.requestId = requestId;
  resync.askedAtMs = tx.nowMs;
  look(tx, config.doubt.answerMs);
  const priority = resync.isComplete ? 'housekeeping' : 'doubt';
  emit(tx, { kind: 'FETCH', priority, part, requestId, sinceMs: sinceOf(tx, part) });
}

function sinceOf(tx: Transaction, part: PicturePart): EpochMs | null {
  if (part !== 'FILLS' && part !== 'INCOME') return null;
  const { resync, config } = tx.state;
  return Math.max(0, (resync.knownToMs ?? tx.nowMs) - config.resync.overlapMs) as EpochMs;
}

function nextRequestId(resync: Resync): number {
  const requestId = resync.nextRequestId;
  resync.nextRequestId += 1;
  return requestId;
}

function look(tx: Transaction, ms: number): void {
  setDue(tx.state, 'resync', '', tx.state.resync, (tx.nowMs + ms) as EpochMs);
}
