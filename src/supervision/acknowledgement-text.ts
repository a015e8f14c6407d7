// What happened after a merge: the kernel has not said yet that it applied it, has said so, is late, or nobody listens.

import Type, { type Static } from 'typebox';
import { oneOf, orNull, sha256, version } from '../domain/fields.ts';
import { GITHUB_LIMITS } from '../domain/github.ts';
import type { KernelAck, Permission } from '../domain/kernel-records.ts';
import { markerLine } from '../domain/marker.ts';
import type { ProposalKey } from '../domain/proposal.ts';
import { closed } from '../domain/supervisor-fields.ts';
import { msFromIso } from '../domain/time.ts';
import { durationText } from './duration-text.ts';
import { mdCode, mdName, mdTable } from './markdown.ts';
import { fitMarkdown } from './markdown-fit.ts';
import { mentionsOf } from './mentions.ts';
import { countText, minuteText, secondText } from './report-numbers.ts';

const POSITIONS_SHOWN_MAX = 20;

/** unwatched: no kernel has ever reported, so nothing is waited for. overtaken: taken back before a kernel applied it. */
const STATES = ['waiting', 'acknowledged', 'overdue', 'unwatched', 'overtaken'] as const;

/** The facts of the comment about what the kernel made of a merge. */
export const AcknowledgementMarker = Type.Object(
  { v: version, state: oneOf(STATES), ack_id: orNull(sha256) },
  closed,
);
export type AcknowledgementMarker = Static<typeof AcknowledgementMarker>;

/** A merged proposal whose effect is awaited in the kernel. */
export interface MergedFacts {
  readonly key: ProposalKey & { readonly action: 'disable' | 'enable' };
  /** UTC instant. */
  readonly mergedAt: string;
  readonly mergeCommit: string | null;
  /** UTC instant until which the kernel should have acknowledged it. */
  readonly deadline: string;
}

/** Returns the comment of a merge that the kernel has not acknowledged yet and whose deadline is not over. */
export function pendingText(facts: MergedFacts): string {
  return [
    marker('waiting', null),
    `**Merged, not in force yet as far as anybody knows.** Merged at ${minuteText(facts.mergedAt)} UTC` +
      `${commitWords(facts.mergeCommit)}. Warden waits until ${minuteText(facts.deadline)} UTC for the kernel to say that ` +
      `${effectOf(facts)}. This comment is edited when it does.`,
  ].join('\n\n');
}

/** Returns the comment of a merge that the kernel has acknowledged. */
export function acknowledgedText(facts: MergedFacts, ack: KernelAck): string {
  const late = ack.ts > facts.deadline ? ' That was after its deadline.' : '';
  const done = IN_FORCE[ack.applied](mdName(facts.key.subject));
  const state =
    ack.trading_state === 'active'
      ? []
      : [
          `The kernel as a whole is **${ack.trading_state}**: ` +
            (ack.trading_state === 'reducing'
              ? 'it refuses entries of every class.'
              : 'it does nothing until a person has acted.'),
        ];
  const body = [
    marker('acknowledged', ack.ack_id),
    `**Applied by kernel ${mdCode(ack.runner_id)} at ${secondText(ack.ts)} UTC: ${done}.**${late}`,
    ...state,
    mdTable(['what', 'value'], ackRows(facts, ack), ['left', 'left']),
  ];
  return fitMarkdown(body.join('\n\n'), GITHUB_LIMITS.bodyChars, '_The rest is in `kernel/acks.jsonl`._');
}

/** Returns the comment of a merge whose deadline is over. It tells nobody by name: {@link overdueEscalation} does. */
export function overdueText(facts: MergedFacts): string {
  return [
    marker('overdue', null),
    `**Not acknowledged.** Merged at ${minuteText(facts.mergedAt)} UTC${commitWords(facts.mergeCommit)}; until ` +
      `${minuteText(facts.deadline)} UTC the kernel should have said that ${effectOf(facts)}. It has not, so whether that is so ` +
      '**is not known**.',
    nextSteps(facts),
    'This comment is edited when the kernel acknowledges it.',
  ].join('\n\n');
}

/** Returns the comment that tells people by name, once, that a merge is not in force as far as anybody knows. */
export function overdueEscalation(facts: MergedFacts, mention: readonly string[]): string {
  return [
    markerLine('escalation', {
      v: 1,
      about: 'acknowledgement',
      action: facts.key.action,
      episode: facts.key.episode,
    }),
    `${mentionsOf(mention)}**The kernel has not acknowledged this merge.** It should have said by ` +
      `${minuteText(facts.deadline)} UTC that ${effectOf(facts)}.`,
    nextSteps(facts),
  ].join('\n\n');
}

/** Returns the comment of a merge where no kernel has ever reported to the state branch. */
export function unwatchedText(facts: MergedFacts): string {
  return [
    marker('unwatched', null),
    `**Merged** at ${minuteText(facts.mergedAt)} UTC${commitWords(facts.mergeCommit)}. No kernel reports to this state branch, ` +
      `so nothing was waited for, and whether ${effectOf(facts)} is not known here.`,
  ].join('\n\n');
}

/** Returns the comment of a merge that a later change took back before any kernel had acknowledged it. */
export function overtakenText(facts: MergedFacts): string {
  return [
    marker('overtaken', null),
    `**Taken back.** Merged at ${minuteText(facts.mergedAt)} UTC${commitWords(facts.mergeCommit)}, and the default branch says ` +
      `something else of ${mdName(facts.key.subject)} by now. No kernel had acknowledged the merge before, and none is waited for.`,
  ].join('\n\n');
}

function marker(state: AcknowledgementMarker['state'], ackId: string | null): string {
  return markerLine('acknowledgement', { v: 1, state, ack_id: ackId } satisfies AcknowledgementMarker);
}

const IN_FORCE: Readonly<Record<Permission, (name: string) => string>> = {
  entries_blocked: (name) => `entries of ${name} are refused`,
  entries_allowed: (name) => `entries of ${name} are let in`,
};

function effectOf({ key }: MergedFacts): string {
  return IN_FORCE[key.action === 'disable' ? 'entries_blocked' : 'entries_allowed'](mdName(key.subject));
}

function nextSteps({ key }: MergedFacts): string {
  const steps = [
    'Check the runner: is its host up, does its service run, does the dashboard show a heartbeat that is valid?',
    'Check that it can read the default branch, and that `config/kill-list.yaml` there is valid.',
    key.action === 'disable'
      ? '**Until it answers, count on entries going on.** Freeze the kernel by hand (workflow `kernel`, `freeze`): that refuses entries of every class and leaves exits alone.'
      : 'Nothing is at risk meanwhile but missed entries: the class stays stopped until the kernel has read the merge.',
    'Nothing has to be merged again: a runner that comes back applies the newest list and acknowledges it here.',
  ];
  return ['What to do:', steps.map((step, index) => `${index + 1}. ${step}`).join('\n')].join('\n\n');
}

function ackRows({ mergedAt }: MergedFacts, ack: KernelAck): readonly (readonly string[])[] {
  const positions = ack.open_positions_left;
  const shown = positions
    .slice(0, POSITIONS_SHOWN_MAX)
    .map(({ instrument, side, quantity }) => `${side} ${quantity} ${mdCode(instrument)}`);
  const more = positions.length - shown.length;
  return [
    ['after the merge', delayText(msFromIso(ack.ts) - msFromIso(mergedAt))],
    ['open entry orders canceled', countText(ack.open_orders_canceled)],
    [
      'open positions, left to their exits',
      positions.length === 0
        ? 'none'
        : `${shown.join('<br>')}${more > 0 ? `<br>and ${countText(more)} more` : ''}`,
    ],
    ['state of the kernel', ack.trading_state],
    ['acknowledgement', mdCode(ack.ack_id)],
    ['kill list, commit', ack.kill_list_commit === null ? 'not known' : mdCode(ack.kill_list_commit)],
    ['kill list, SHA-256', mdCode(ack.kill_list_sha256)],
    ['place in the journal', countText(ack.sequence)],
  ];
}

/** A kernel whose clock is behind may say that it was done before it was asked. */
function delayText(ms: number): string {
  return ms < 0 ? 'before it, by the clock of the runner' : durationText(ms);
}

function commitWords(commit: string | null): string {
  return commit === null ? '' : ` as ${mdCode(commit.slice(0, 7))}`;
}
