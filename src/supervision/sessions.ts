// Time in markets that close: a horizon of four hours means four open hours, and a price does not age over a weekend.

import type { Session } from '../domain/market.ts';

/** Returns the index of the first session that ends after `atMs`, or the number of sessions. */
function firstEndingAfter(sessions: readonly Session[], atMs: number): number {
  let low = 0;
  let high = sessions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const session = sessions[middle];
    if (session !== undefined && session.closeMs <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns the open time in `[fromMs, toMs]`, in milliseconds. */
export function openMsBetween(sessions: readonly Session[], fromMs: number, toMs: number): number {
  let total = 0;
  for (let index = firstEndingAfter(sessions, fromMs); index < sessions.length; index += 1) {
    const session = sessions[index];
    if (session === undefined || session.openMs >= toMs) break;
    total += Math.min(session.closeMs, toMs) - Math.max(session.openMs, fromMs);
  }
  return total;
}

/**
 * Returns the instant `openMs` of open time after `fromMs`, or `null` where the calendar does not reach that far.
 * An end that falls on a close stays on that close.
 */
export function addOpenMs(sessions: readonly Session[], fromMs: number, openMs: number): number | null {
  let left = openMs;
  for (let index = firstEndingAfter(sessions, fromMs); index < sessions.length; index += 1) {
    const session = sessions[index];
    if (session === undefined) break;
    const startMs = Math.max(session.openMs, fromMs);
    const length = session.closeMs - startMs;
    if (length >= left) return startMs + left;
    left -= length;
  }
  return null;
}

/** Returns the newest opening before `atMs`, or `null` where there was none. */
export function lastOpenMs(sessions: readonly Session[], atMs: number): number | null {
  const index = firstEndingAfter(sessions, atMs);
  const around = sessions[index];
  return around !== undefined && around.openMs < atMs ? around.openMs : (sessions[index - 1]?.openMs ?? null);
}

/**
 * Returns when a signal of `atMs` can first be traded at a price that is known: `atMs` itself inside a session, but
 * never before the session's first bar has closed. Until then the last known price is yesterday's, and entering at it
 * would book the overnight move that the agent had already seen. `null` where the calendar does not reach that far.
 */
export function sessionEntryMs(sessions: readonly Session[], atMs: number, barMs: number): number | null {
  const session = sessions[firstEndingAfter(sessions, atMs)];
  return session === undefined ? null : Math.max(atMs, Math.min(session.openMs + barMs, session.closeMs));
}
