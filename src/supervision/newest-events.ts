// The newest signals of a strategy class: what tells which regime it is in.

import { CURRENT_REGIME_EVENTS } from './current-regime.ts';

/** A signal, by what the current regime needs of it. */
export interface ClassEvent {
  readonly event_id: string;
  readonly ts: string;
  readonly regime: string;
}

/**
 * Returns the newest {@link CURRENT_REGIME_EVENTS} of `events` (ascending by time, then id) and `event`. One that is known, or
 * older than all of a full list, changes nothing.
 */
export function withEvent(events: readonly ClassEvent[], event: ClassEvent): readonly ClassEvent[] {
  const { event_id, ts, regime } = event;
  const isFull = events.length >= CURRENT_REGIME_EVENTS;
  const oldest = events[0];
  if (isFull && oldest !== undefined && isBefore(event, oldest)) return events;
  if (events.some((each) => each.event_id === event_id)) return events;
  const at = events.findLastIndex((each) => isBefore(each, event)) + 1;
  const grown = [...events.slice(0, at), { event_id, ts, regime }, ...events.slice(at)];
  return grown.slice(-CURRENT_REGIME_EVENTS);
}

function isBefore(a: ClassEvent, b: ClassEvent): boolean {
  return a.ts < b.ts || (a.ts === b.ts && a.event_id < b.event_id);
}
