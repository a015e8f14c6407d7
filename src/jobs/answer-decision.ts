// Records what a person decided about a proposal: keep things as they are, or ask again later.

import { canonicalJson } from '../domain/canonical.ts';
import { markerFacts } from '../domain/marker.ts';
import { DecisionMarker, type ProposalMarker } from '../domain/proposal.ts';
import { isoFromMs, msFromIso } from '../domain/time.ts';
import type { GitHub } from '../ports.ts';
import type { Command } from '../supervision/command.ts';
import { decisionText } from '../supervision/decision-text.ts';
import { mdCode } from '../supervision/markdown.ts';
import { ownProposal } from '../supervision/own-proposal.ts';
import { minuteText } from '../supervision/report-numbers.ts';
import { done, type Outcome, refused } from './answer-figures.ts';
import { ownComments } from './sticky-comment.ts';

type Deciding = Extract<Command, { kind: 'keep' | 'snooze' }>;

/** Who says it, and when (UTC instant): the same comment told twice is one decision. */
interface Said {
  readonly by: string;
  readonly at: string;
}

/** Writes the decision on a proposal's pull request; elsewhere it says where such a decision belongs. */
export async function answerDecision(
  github: GitHub,
  fullName: string,
  number: number,
  command: Deciding,
  said: Said,
): Promise<Outcome> {
  const pull = await github.pull(number);
  const proposal = pull === null ? null : ownProposal(pull, { fullName, ownLogins: github.ownLogins });
  if (pull === null || proposal === null) return refused(await elsewhere(github, fullName, command));
  if (pull.mergedAt !== null)
    return refused(
      'this proposal is merged already; to take it back, revert the merge or edit the configuration by pull request',
    );
  const decision = decisionOf(proposal, command, said);
  const before = ownComments(await github.comments(number), 'decision', github.ownLogins);
  const isKnown = before.some(({ body }) => {
    const facts = markerFacts(body, 'decision', DecisionMarker);
    return facts !== null && canonicalJson(facts) === canonicalJson(decision);
  });
  if (!isKnown) await github.createComment(number, decisionText(decision));
  return done(
    decision.until === null
      ? `Recorded: nothing is proposed again for episode ${mdCode(decision.episode)}.`
      : `Recorded: asked again after ${minuteText(decision.until)} UTC, if it is still called for.`,
  );
}

function decisionOf(
  { action, subject, episode }: ProposalMarker,
  command: Deciding,
  { by, at }: Said,
): DecisionMarker {
  const until = command.kind === 'snooze' ? isoFromMs(msFromIso(at) + command.forMs) : null;
  const decision = command.kind;
  return { v: 1, action, subject, episode, decision, by, reason: command.reason, at, until };
}

const SHOWN_MAX = 10;

async function elsewhere(github: GitHub, fullName: string, { kind }: Deciding): Promise<string> {
  const open = (await github.pulls({ state: 'open' }))
    .filter((pull) => ownProposal(pull, { fullName, ownLogins: github.ownLogins }) !== null)
    .map(({ number }) => number)
    .sort((a, b) => a - b);
  const where =
    open.length === 0
      ? 'no proposal is open now'
      : `open now: ${open
          .slice(0, SHOWN_MAX)
          .map((number) => `pull request ${number}`)
          .join(', ')}${open.length > SHOWN_MAX ? ', …' : ''}`;
  return `${kind} decides about a proposal of Warden, and this is none; comment on its pull request; ${where}`;
}
