// An id that was used for a second signal after the first has rows: the rows stay, and the second is set aside, not lost.

import { eventLine } from '../domain/event.ts';
import type { OpenEvent } from '../domain/pending.ts';
import { type Reject, rejectFrom } from '../domain/reject.ts';
import type { ReconciledRow } from '../domain/row.ts';

/** What a row repeats of its event, word for word. */
type SignalFacts = Pick<
  OpenEvent['event'],
  'ts' | 'agent' | 'run_id' | 'symbol' | 'market' | 'direction' | 'regime' | 'score_final' | 'confidence'
>;

/**
 * Returns the reject of an event whose id belongs to the stored row of another signal, or `null` where the row is the
 * event's own. The same event gives the same reject, whichever of its rows is compared.
 */
export function reusedIdReject({ event, shard }: OpenEvent, stored: ReconciledRow): Reject | null {
  if (signalText(event) === signalText(stored)) return null;
  return rejectOf(event, shard, `was reconciled as another signal (${signalText(stored)})`);
}

/** Returns the reject of an event whose id was used for another signal that is settled and forgotten. */
export function forgottenIdReject(event: OpenEvent['event'], shard: string): Reject {
  return rejectOf(event, shard, 'was used for another signal before');
}

function rejectOf(event: OpenEvent['event'], shard: string, finding: string): Reject {
  return rejectFrom({
    code: 'conflicting_duplicate',
    reason: `event_id "${event.event_id}" ${finding}; expected one id per signal`,
    file: shard,
    line: null,
    event_id: event.event_id,
    horizon_hours: null,
    raw: eventLine(event),
  });
}

function signalText(facts: SignalFacts): string {
  const { ts, agent, run_id, symbol, market, direction, regime, score_final, confidence } = facts;
  return [ts, agent, run_id, symbol, market, direction, regime, score_final, confidence].join(' ');
}
