// The pull request that a person asked for in a comment or on the dashboard: who asked and why, what is known, what merging does.

import { canonicalJson, sha256Hex } from '../domain/canonical.ts';
import { GITHUB_LIMITS } from '../domain/github.ts';
import { markerLine } from '../domain/marker.ts';
import type { ProposalKey, ProposalMarker } from '../domain/proposal.ts';
import { mdCode, mdLink, mdName, mdText } from './markdown.ts';
import { fitMarkdown } from './markdown-fit.ts';
import type { ProposalContext } from './proposal-body.ts';
import { mergingSection } from './proposal-consequences.ts';
import { agentsOfClass, agentsTable, regimesTable } from './proposal-facts.ts';
import { remainsOf } from './proposal-words.ts';
import { minuteText } from './report-numbers.ts';
import { restSentence, type StatePlace } from './state-links.ts';

/** Who wants a class stopped, and why. */
export interface Request {
  readonly key: ProposalKey;
  /** Login. */
  readonly by: string;
  readonly reason: string;
  /** Address of the comment or issue in which it was said. */
  readonly source: string;
  /** UTC instant. */
  readonly at: string;
  /** Whether a verdict of an open episode calls for it as well. */
  readonly isCalledFor: boolean;
}

/** Returns the body of the pull request, its marker as the first line, of at most 65,536 characters. */
export function requestedBody(request: Request, context: ProposalContext): string {
  const { key, by, reason, source, at, isCalledFor } = request;
  const { report, settings, stateCommit } = context;
  const place: StatePlace = context;
  const marker: ProposalMarker = {
    v: 1,
    action: key.action,
    subject: key.subject,
    episode: key.episode,
    verdict_id: null,
    requested_by: by,
    evidence_sha256: sha256Hex(canonicalJson({ by, reason, source, at })),
    as_of: report?.generated_at ?? at,
    state_commit: stateCommit,
  };
  const regimes = report === null ? null : regimesTable(report, key.subject, place);
  const agents = agentsOfClass(key.subject, report, settings);
  const body = [
    markerLine('proposal', marker),
    `**${mdCode(by)} asks to stop new entries of ${mdName(key.subject)}**, since ${minuteText(at)} UTC ` +
      `(${mdLink('where it was said', source)}). ${
        isCalledFor
          ? `The verdict of episode ${mdCode(key.episode)} calls for it as well.`
          : 'No verdict of Warden calls for it.'
      }`,
    `Reason: ${mdText(reason)}`,
    '### What is known',
    regimes ??
      'No figures of this class are known: it has no settled rows, or the newest report cannot be read.',
    '### Agents involved',
    agents.length === 0 ? 'No agent is known to belong to it.' : agentsTable(agents, place),
    mergingSection({ key, settings, report }),
    '### What closing does',
    `Closing without merging leaves things as they are: ${remainsOf(key)}. Should the figures call for it later, Warden proposes it ` +
      'by itself, in a pull request of its own.',
  ].join('\n\n');
  return fitMarkdown(body, GITHUB_LIMITS.bodyChars, restSentence(place));
}
