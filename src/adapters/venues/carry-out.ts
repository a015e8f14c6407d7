// The host's side between the kernel and a venue: what an effect asks of the venue, and which event tells the kernel what came of it.

import { assert } from '../../domain/assert.ts';
import type { EpochMs } from '../../domain/steps.ts';
import type { VenueNotice } from '../../domain/venue.ts';
import type { CancelEffect, Effect, FetchEffect, QueryEffect, SubmitEffect } from '../../kernel/effect.ts';
import type { KernelEvent } from '../../kernel/event.ts';
import type { Clock, Venue } from '../../ports.ts';

/** An effect that is a request to the venue. */
export type VenueEffect = SubmitEffect | CancelEffect | QueryEffect | FetchEffect;

/** Whether an effect is for the venue; the others are for the host itself, for people, and for those who follow the journal. */
export function isForVenue(effect: Effect): effect is VenueEffect {
  switch (effect.kind) {
    case 'SUBMIT':
    case 'CANCEL':
    case 'QUERY':
    case 'FETCH':
      return true;
    case 'WAKE_AT':
    case 'NOTIFY':
    case 'PUBLISH':
      return false;
  }
}

/**
 * Makes the request of an effect, whose record has to be durable by now, and returns the event that answers it.
 *
 * @param clock the kernel's. A question counts as asked when it is handed over, which is never later than when it left: its answer is
 * then taken for older than it is, and not for younger.
 */
export async function carryOut(effect: VenueEffect, venue: Venue, clock: Clock): Promise<KernelEvent> {
  const askedAtMs = clock.nowMs() as EpochMs;
  const atMs = (): EpochMs => clock.nowMs() as EpochMs;
  switch (effect.kind) {
    case 'SUBMIT': {
      const { clientOrderId } = effect.order;
      const result = await venue.submit(effect.order, effect.priority);
      return { kind: 'SUBMIT_RESULT', atMs: atMs(), clientOrderId, result };
    }
    case 'CANCEL': {
      const { clientOrderId, venueOrderId, symbol, priority } = effect;
      const result = await venue.cancel({ clientOrderId, venueOrderId, symbol }, priority);
      return { kind: 'CANCEL_RESULT', atMs: atMs(), clientOrderId, result };
    }
    case 'QUERY': {
      const { clientOrderId, venueOrderId, symbol, priority } = effect;
      const result = await venue.query({ clientOrderId, venueOrderId, symbol }, priority);
      return { kind: 'QUERY_RESULT', atMs: atMs(), clientOrderId, askedAtMs, result };
    }
    case 'FETCH':
      return await fetched(effect, venue, askedAtMs, atMs);
  }
}

async function fetched(
  effect: FetchEffect,
  venue: Venue,
  askedAtMs: EpochMs,
  atMs: () => EpochMs,
): Promise<KernelEvent> {
  const { part, priority, requestId } = effect;
  switch (part) {
    case 'OPEN_ORDERS': {
      const result = await venue.openOrders(priority);
      return { kind: part, atMs: atMs(), requestId, askedAtMs, result };
    }
    case 'POSITIONS': {
      const result = await venue.positions(priority);
      return { kind: part, atMs: atMs(), requestId, askedAtMs, result };
    }
    case 'FILLS': {
      const result = await venue.ordersTradedSince(sinceOf(effect), priority);
      return { kind: part, atMs: atMs(), requestId, askedAtMs, result };
    }
    case 'INCOME': {
      const result = await venue.income(sinceOf(effect), priority);
      return { kind: part, atMs: atMs(), requestId, askedAtMs, result };
    }
    case 'BALANCE': {
      const result = await venue.balance(priority);
      return { kind: part, atMs: atMs(), requestId, result };
    }
  }
}

function sinceOf({ part, sinceMs }: FetchEffect): EpochMs {
  assert(sinceMs !== null, () => `${part} is asked for without a beginning`);
  return sinceMs;
}

/** Returns the event that a notice of the venue is, or `null` for one that only a person has to know: leverage moves no money of K. */
export function noticeEvent(notice: VenueNotice, atMs: EpochMs): KernelEvent | null {
  switch (notice.kind) {
    case 'order':
      return { kind: 'REPORT', atMs, report: notice.report };
    case 'balance':
      return { kind: 'BALANCE', atMs, requestId: null, result: { kind: 'KNOWN', rows: [notice.report] } };
    case 'stream':
      return { kind: 'STREAM', atMs, isUp: notice.isUp };
    case 'malformed':
      return { kind: 'MALFORMED', atMs, what: notice.what, problem: notice.problem };
    case 'leverage_drift':
      return null;
  }
}
