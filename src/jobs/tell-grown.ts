// Tells people by name, once per verdict, that a breach grew while its proposal waits: the edit of a text notifies nobody.

import { markerFacts } from '../domain/marker.ts';
import type { ProposalKey, ProposalPull } from '../domain/proposal.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { GitHub } from '../ports.ts';
import { GrownMarker, grownText } from '../supervision/grown-text.ts';
import { effectDone } from './effect-done.ts';
import { peopleToTell } from './people-to-tell.ts';
import { fileOf } from './proposal-file.ts';
import type { EffectDone, PublishContext } from './publish-context.ts';
import { ownComments } from './sticky-comment.ts';

/** Comments where `verdict` says that the breach grew and the pull request shows an older one, unless that was said before. */
export async function tellGrown(
  github: GitHub,
  context: PublishContext,
  { key, pull, marker }: Pick<ProposalPull, 'pull' | 'marker'> & { readonly key: ProposalKey },
  verdict: Verdict,
): Promise<readonly EffectDone[]> {
  const hasGrown = 'reason' in verdict.evidence && verdict.evidence.reason === 'grown';
  if (!hasGrown || marker.verdict_id === verdict.verdict_id) return [];
  const said = ownComments(await github.comments(pull.number), 'escalation', github.ownLogins);
  const wasSaid = said.some(
    ({ body }) => markerFacts(body, 'escalation', GrownMarker)?.verdict_id === verdict.verdict_id,
  );
  if (wasSaid) return [];
  const mention = await peopleToTell(github, context, [fileOf(key.action)]);
  const body = grownText(key, verdict, { waitingSince: pull.createdAt, mention });
  await github.createComment(pull.number, body);
  return [
    effectDone({
      effect: 'comment',
      key: ['grown', key.action, verdict.verdict_id],
      on: pull,
      body,
      verdictId: verdict.verdict_id,
      text: `told people on #${pull.number} that ${key.episode} has become worse`,
    }),
  ];
}
