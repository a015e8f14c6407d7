// The comment that tells people by name that what a proposal would stop has become worse while it waits for them.

import Type, { type Static } from 'typebox';
import { sha256, version } from '../domain/fields.ts';
import { GITHUB_LIMITS } from '../domain/github.ts';
import { markerLine } from '../domain/marker.ts';
import type { ProposalKey } from '../domain/proposal.ts';
import { closed } from '../domain/supervisor-fields.ts';
import type { Verdict } from '../domain/verdict.ts';
import { mdText } from './markdown.ts';
import { fitMarkdown } from './markdown-fit.ts';
import { mentionsOf } from './mentions.ts';
import { remainsOf } from './proposal-words.ts';
import { verdictSentence } from './report-attention.ts';
import { minuteText } from './report-numbers.ts';

/** Which verdict a comment of the kind escalation tells of, so that people are told of each once. */
export const GrownMarker = Type.Object(
  { v: version, about: Type.Literal('verdict'), verdict_id: sha256 },
  closed,
);
type GrownMarker = Static<typeof GrownMarker>;

/**
 * Returns the comment, which is written anew for each such verdict, because GitHub notifies nobody of an edit.
 *
 * @param waitingSince UTC instant from which on the pull request has been open
 */
export function grownText(
  key: ProposalKey,
  verdict: Verdict,
  { waitingSince, mention }: { readonly waitingSince: string; readonly mention: readonly string[] },
): string {
  const marker: GrownMarker = { v: 1, about: 'verdict', verdict_id: verdict.verdict_id };
  const body = [
    markerLine('escalation', marker),
    `${mentionsOf(mention)}**It has become worse, and this has been waiting since ${minuteText(waitingSince)} UTC.** ${mdText(verdictSentence(verdict))}`,
    `Until this is merged ${remainsOf(key)}.`,
  ];
  return fitMarkdown(body.join('\n\n'), GITHUB_LIMITS.bodyChars, '_The rest is in the description above._');
}
