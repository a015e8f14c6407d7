// The comments with which a proposal ends without a merge, or stands still because a person edited its branch: why, and what now.

import { REASON_CHARS_MAX } from '../domain/fields.ts';
import { GITHUB_LIMITS } from '../domain/github.ts';
import { markerLine } from '../domain/marker.ts';
import type { ClosingMarker, ClosingReason, DecisionMarker, ProposalKey } from '../domain/proposal.ts';
import type { Verdict } from '../domain/verdict.ts';
import { mdCode, mdFence, mdLink, mdText } from './markdown.ts';
import { fitMarkdown } from './markdown-fit.ts';
import { cut } from './outside-text.ts';
import { remainsOf, subjectKind, wishOf } from './proposal-words.ts';
import { verdictSentence } from './report-attention.ts';
import { minuteText } from './report-numbers.ts';

function wordsOf(text: string): string {
  return mdText(cut(text.replaceAll(/\s+/g, ' ').trim(), REASON_CHARS_MAX));
}

/** What is known about the end of a proposal that Warden closes itself. */
export interface ClosingFacts {
  readonly key: ProposalKey;
  /** UTC instant of the closing. */
  readonly at: string;
  /** Newest verdict on the subject, which may be of a later episode; `null` where there is none. */
  readonly verdict: Verdict | null;
  /** For kept and snoozed: what a person decided. */
  readonly decision: DecisionMarker | null;
  /** For superseded: the pull request that takes its place; `null` where it is not open yet. */
  readonly successor: { readonly number: number; readonly url: string } | null;
}

/** Returns the comment with which Warden closes a pull request of its own, with its marker. */
export function closingText(reason: ClosingReason, facts: ClosingFacts): string {
  const marker: ClosingMarker = { v: 1, reason, at: facts.at };
  return [markerLine('closing', marker), ...closingParagraphs(reason, facts)].join('\n\n');
}

function closingParagraphs(reason: ClosingReason, facts: ClosingFacts): readonly string[] {
  const { key, verdict, successor } = facts;
  switch (reason) {
    case 'withdrawn':
      return [
        `**Closed: no longer called for.** The reason to ${wishOf(key)} is over, so there is nothing left to merge.`,
        ...(verdict !== null && saysSo(verdict) ? [mdText(verdictSentence(verdict))] : []),
        'Should it come back in this episode, Warden opens this pull request again; a new episode gets a new one.',
      ];
    case 'done':
      return [
        `**Closed: done already.** The default branch shows what this pull request asked for, to ${wishOf(key)}, so merging it would change nothing.`,
      ];
    case 'superseded':
      return [
        `**Closed: superseded.** A newer episode of the same ${subjectKind(key.action)} has a pull request of its own` +
          `${successor === null ? '' : `: ${mdLink(`#${successor.number}`, successor.url)}`}. Decide there.`,
      ];
    case 'kept':
    case 'snoozed':
      return decisionParagraphs(reason, facts);
  }
}

/** Whether a verdict is what ends a proposal, and not the one that made it. */
function saysSo({ evidence }: Verdict): boolean {
  return 'reason' in evidence && (evidence.reason === 'withdrawn' || evidence.reason === 'relapse');
}

function decisionParagraphs(reason: 'kept' | 'snoozed', { key, decision }: ClosingFacts): readonly string[] {
  const by = decision === null ? 'A person' : mdCode(decision.by);
  const why = decision === null || decision.reason === '' ? '' : ` Reason given: ${wordsOf(decision.reason)}`;
  const until = decision?.until ?? null;
  const episode = mdCode(key.episode);
  if (reason === 'kept') {
    return [
      `**Closed: kept as it is.** ${by} decided not to ${wishOf(key)}.${why}`,
      `Until episode ${episode} is over Warden does not propose it again. ${remainsOf(key)}.`,
    ];
  }
  return [
    `**Closed: snoozed${until === null ? '' : ` until ${minuteText(until)} UTC`}.** ${by} asked for a pause.${why}`,
    `If it is still called for then, Warden opens this pull request again. Until then ${remainsOf(key)}.`,
  ];
}

/** What a person's edit of the branch of a proposal keeps Warden from doing. */
export interface BranchEditedFacts {
  readonly key: ProposalKey;
  /** Authors of the commits that are not Warden's; `null` for accounts that are gone. */
  readonly authors: readonly (string | null)[];
  /** `update`: there is newer evidence. Else: why Warden would have closed it. */
  readonly wanted: 'update' | ClosingReason;
  /** What Warden would have changed, as a diff in text; `null` where the file would stay as it is. */
  readonly diff: string | null;
  /** Newest verdict on the subject; `null` where there is none. */
  readonly verdict: Verdict | null;
}

const WOULD: Readonly<Record<BranchEditedFacts['wanted'], string>> = {
  update: 'bring it up to the newest evidence',
  withdrawn: 'close it, because it is no longer called for',
  done: 'close it, because the default branch shows already what it asks for',
  superseded: 'close it, because a newer episode has a pull request of its own',
  kept: 'close it, because a person decided to keep things as they are',
  snoozed: 'close it, because a person snoozed it',
};

/** Returns the comment that says what Warden leaves undone because the branch holds work of others. One per pull request. */
export function branchEditedText(facts: BranchEditedFacts): string {
  const { authors, wanted, diff, verdict, key } = facts;
  const names = [...new Set(authors)]
    .sort()
    .map((login) => (login === null ? 'an unknown account' : mdCode(login)));
  const body = [
    markerLine('branch-edited', { v: 1, wanted }),
    `**Warden leaves this branch alone.** It holds commits by ${names.slice(0, 10).join(', ')}, and Warden never overwrites ` +
      `work of others. Otherwise it would ${WOULD[wanted]}.`,
    ...(verdict === null ? [] : [`What is known now: ${mdText(verdictSentence(verdict))}`]),
    ...(diff === null ? [] : ['What Warden would change:', mdFence(diff, 'diff')]),
    `What to do: merge it, change it further, or close it. Closing it without merging is a veto for episode ${mdCode(key.episode)}.`,
  ];
  return fitMarkdown(
    body.join('\n\n'),
    GITHUB_LIMITS.bodyChars,
    '_The diff is longer than GitHub takes and ends here._',
  );
}

/** What is known about a proposal that a person closed without merging it. */
interface VetoFacts {
  readonly key: ProposalKey;
  /** Login; `null` where the account is gone. */
  readonly closedBy: string | null;
  /** What that person said last, or `null`. */
  readonly words: string | null;
  /** UTC instant. */
  readonly closedAt: string | null;
}

/** Returns the remark that says what a closing without a merge means and how it was understood. */
export function vetoText({ key, closedBy, words, closedAt }: VetoFacts): string {
  const by = closedBy === null ? 'an account that is gone' : mdCode(closedBy);
  const said =
    words === null || words.trim() === ''
      ? 'No reason was given; `/warden keep <reason>` records one.'
      : `Recorded as the reason: ${wordsOf(words)}`;
  return [
    markerLine('veto', { v: 1, action: key.action, subject: key.subject, episode: key.episode }),
    `**Vetoed** by ${by}${closedAt === null ? '' : ` at ${minuteText(closedAt)} UTC`}: closed without merging. ${said}`,
    `Until episode ${mdCode(key.episode)} is over Warden does not ask again to ${wishOf(key)}, and ${remainsOf(key)}. ` +
      'A new episode gets a new pull request. Changed your mind? Reopen this one, or comment `/warden snooze 7d <reason>` to be asked again.',
  ].join('\n\n');
}
