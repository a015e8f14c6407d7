// The record of what a person decided about a proposal without merging it: read back by its marker, and by people.

import { markerLine } from '../domain/marker.ts';
import type { DecisionMarker } from '../domain/proposal.ts';
import { mdCode, mdText } from './markdown.ts';
import { minuteText } from './report-numbers.ts';

/** Returns the comment that records a decision. */
export function decisionText(decision: DecisionMarker): string {
  const { by, reason, at, until, episode } = decision;
  const what =
    until === null
      ? `**Kept as it is.** Warden proposes nothing again for episode ${mdCode(episode)}.`
      : `**Snoozed until ${minuteText(until)} UTC.** If it is still called for then, Warden asks again.`;
  return [
    markerLine('decision', decision),
    `${what} Decided by ${mdCode(by)} at ${minuteText(at)} UTC: ${mdText(reason)}`,
  ].join('\n\n');
}
