// Closes the loop of a merge: its pull request says whether the kernel has applied it, and tells people where it has not in time.

import { entryOf } from '../domain/entry-of.ts';
import { GitHubError, type IssueComment } from '../domain/github.ts';
import { markerFacts } from '../domain/marker.ts';
import { isAboutClass, KILL_LIST_FILE, type ProposalKey, type ProposalPull } from '../domain/proposal.ts';
import type { Settings } from '../domain/settings.ts';
import { checkedDurationMs, DAY_MS, isoFromMs, msFromIso } from '../domain/time.ts';
import type { GitHub } from '../ports.ts';
import { type Acknowledgement, acknowledgementOf, type MergedDecision } from '../supervision/acknowledged.ts';
import {
  AcknowledgementMarker,
  acknowledgedText,
  type MergedFacts,
  overdueEscalation,
  overdueText,
  overtakenText,
  pendingText,
  unwatchedText,
} from '../supervision/acknowledgement-text.ts';
import { effectDone } from './effect-done.ts';
import { peopleToTell } from './people-to-tell.ts';
import type {
  EffectDone,
  EffectFailed,
  PartPublished,
  PublishContext,
  PublishPorts,
} from './publish-context.ts';
import { keepComment, ownComments } from './sticky-comment.ts';

/** Whatever came of an older merge is history, and is not looked at again. */
const WATCHED_MS = 30 * DAY_MS;

const ACKNOWLEDGED_LABEL = 'warden/acknowledged';
const OVERDUE_LABEL = 'warden/not-acknowledged';

interface Watched {
  readonly proposal: ProposalPull;
  readonly merged: MergedDecision;
  readonly facts: MergedFacts;
}

/**
 * Keeps one comment on every pull request that stopped a class or let it in and was merged within the last 30 days. Where the
 * acknowledgements cannot be read, nothing is said: not to know is not the same as late.
 */
export async function publishAcknowledgements(
  ports: PublishPorts,
  context: PublishContext,
): Promise<PartPublished> {
  const done: EffectDone[] = [];
  const failed: EffectFailed[] = [];
  if (context.acks === null) return { done, failed };
  for (const proposal of context.proposals) {
    const watched = watchedOf(proposal, context);
    if (watched === null) continue;
    try {
      done.push(...(await publishOne(ports, context, watched)));
    } catch (error) {
      if (!(error instanceof GitHubError)) throw error;
      failed.push({ what: `acknowledgement of ${watched.facts.key.episode}`, error: error.message });
    }
  }
  return { done, failed };
}

function watchedOf(proposal: ProposalPull, context: PublishContext): Watched | null {
  const { pull, key } = proposal;
  const { action, subject, episode } = key;
  if (pull.mergedAt === null || !isAboutClass(action)) return null;
  if (pull.baseBranch !== context.repository.defaultBranch) return null;
  const mergedAtMs = msFromIso(pull.mergedAt);
  if (context.nowMs - mergedAtMs > WATCHED_MS) return null;
  const ofClass = { action, subject, episode } as const;
  const { mergeCommit } = pull;
  const deadline = isoFromMs(mergedAtMs + withinMs(context.settings));
  return {
    proposal,
    merged: {
      ...{ key: ofClass, mergedAtMs, mergeCommit, isInForce: isInForce(ofClass, context.settings) },
      earlierCommits: mergedBefore(key, mergedAtMs, context.proposals),
    },
    facts: { key: ofClass, mergedAt: isoFromMs(mergedAtMs), mergeCommit, deadline },
  };
}

/** Merge commits of older decisions about the same class. */
function mergedBefore(
  key: ProposalKey,
  mergedAtMs: number,
  proposals: readonly ProposalPull[],
): readonly string[] {
  return proposals
    .filter((other) => other.key.subject === key.subject && isAboutClass(other.key.action))
    .filter(({ pull: { mergedAt } }) => mergedAt !== null && msFromIso(mergedAt) < mergedAtMs)
    .flatMap(({ pull }) => pull.mergeCommit ?? []);
}

function isInForce({ action, subject, episode }: MergedDecision['key'], { kill_list }: Settings): boolean {
  const entry = entryOf(kill_list, subject);
  if (action === 'enable') return entry?.status !== 'DISABLED';
  return entry?.status === 'DISABLED' && entry.episode === episode;
}

function withinMs({ warden }: Settings): number {
  return checkedDurationMs(warden.github.acknowledge_within);
}

async function publishOne(
  { github, disk }: PublishPorts,
  context: PublishContext,
  { proposal, merged, facts }: Watched,
): Promise<EffectDone[]> {
  const { number, labels } = proposal.pull;
  const comments = await github.comments(number);
  const said = saidBefore(comments, github.ownLogins);
  if (said?.state === 'acknowledged') return [];
  const acks = context.acks ?? [];
  const hasKernel = acks.length > 0 || disk.size('kernel/summary.json') !== null;
  const rules = { hasKernel, withinMs: withinMs(context.settings), nowMs: context.nowMs };
  const state = acknowledgementOf(merged, acks, rules);
  // A kernel that reports for the first time owes nothing for what was merged before anybody listened.
  if (said?.state === 'unwatched' && state.kind !== 'acknowledged') return [];
  if (state.kind === 'overtaken' && said === null) return [];
  const effects: EffectDone[] = [];
  const effect = (text: string, body: string, part: string): void => {
    const key = [part, facts.key.action, facts.key.episode];
    const verdictId = proposal.marker.verdict_id;
    const words = `${text} (#${number})`;
    effects.push(effectDone({ effect: 'comment', key, on: proposal.pull, body, verdictId, text: words }));
  };
  if (state.kind === 'overdue' && !wasEscalated(comments, github.ownLogins)) {
    const people = await peopleToTell(github, context, [KILL_LIST_FILE]);
    const body = overdueEscalation(facts, people);
    await github.createComment(number, body);
    effect(`told people that no kernel has acknowledged ${facts.key.episode}`, body, 'escalation');
  }
  const body = textOf(state, facts);
  const written = await keepComment(github, number, 'acknowledgement', body);
  if (written !== 'unchanged') effect(SAYS[state.kind](facts.key.episode), body, 'acknowledgement');
  await keepLabels(github, number, labels, state);
  return effects;
}

const SAYS: Readonly<Record<Acknowledgement['kind'], (episode: string) => string>> = {
  acknowledged: (episode) => `said that a kernel applied ${episode}`,
  waiting: (episode) => `said that a kernel has to apply ${episode} yet`,
  overdue: (episode) => `said that no kernel has acknowledged ${episode} in time`,
  overtaken: (episode) => `said that ${episode} was taken back before a kernel applied it`,
  'no-kernel': (episode) => `said that no kernel reports here, so that none is waited for (${episode})`,
};

function textOf(state: Acknowledgement, facts: MergedFacts): string {
  switch (state.kind) {
    case 'acknowledged':
      return acknowledgedText(facts, state.ack);
    case 'waiting':
      return pendingText(facts);
    case 'overdue':
      return overdueText(facts);
    case 'overtaken':
      return overtakenText(facts);
    case 'no-kernel':
      return unwatchedText(facts);
  }
}

function saidBefore(
  comments: readonly IssueComment[],
  ownLogins: readonly string[],
): AcknowledgementMarker | null {
  const [oldest] = ownComments(comments, 'acknowledgement', ownLogins);
  return oldest === undefined ? null : markerFacts(oldest.body, 'acknowledgement', AcknowledgementMarker);
}

/** The pull request of a merge has no other escalation from then on: divergence is told of on open ones. */
function wasEscalated(comments: readonly IssueComment[], ownLogins: readonly string[]): boolean {
  return ownComments(comments, 'escalation', ownLogins).some(({ body }) =>
    body.split('\n', 1).some((line) => line.includes('"about":"acknowledgement"')),
  );
}

/** Labels are for people who look through lists; nothing here reads them back. */
async function keepLabels(
  github: GitHub,
  number: number,
  labels: readonly string[],
  state: Acknowledgement,
): Promise<void> {
  const wanted =
    state.kind === 'acknowledged' ? ACKNOWLEDGED_LABEL : state.kind === 'overdue' ? OVERDUE_LABEL : null;
  if (wanted !== null && !labels.includes(wanted)) await github.addLabels(number, [wanted]);
  if (wanted !== OVERDUE_LABEL && labels.includes(OVERDUE_LABEL))
    await github.removeLabel(number, OVERDUE_LABEL);
}
