// The pull requests of Warden as they are at GitHub: found by author, branch and marker, never by what somebody else could write.

import { REASON_CHARS_MAX } from '../domain/fields.ts';
import { type BranchCommit, GitHubError, type IssueComment, type PullRequest } from '../domain/github.ts';
import { markerFacts } from '../domain/marker.ts';
import {
  ClosingMarker,
  DecisionMarker,
  isBranchOf,
  type ProposalKey,
  type ProposalMarker,
  type ProposalPull,
} from '../domain/proposal.ts';
import type { GitHub } from '../ports.ts';
import { ownProposal } from '../supervision/own-proposal.ts';
import { ownComments } from './sticky-comment.ts';

/** Who signs commits that are made in the browser or through the API. */
const WEB = 'web-flow';

/** A pull request of Warden before its comments and its branch were read. */
export interface FoundProposal {
  readonly key: ProposalKey;
  readonly marker: ProposalMarker;
  readonly pull: PullRequest;
}

/**
 * Returns every pull request of Warden that proposes something, open and closed, oldest first, with one request. One whose marker
 * a person removed from the text is found again by its branch where it is one of `expected`, with evidence that equals none, so
 * that the text is written anew.
 */
export async function findProposals(
  github: GitHub,
  expected: readonly ProposalKey[] = [],
): Promise<readonly FoundProposal[]> {
  const { fullName } = await github.repository();
  const pulls = await github.pulls({ state: 'all' });
  const found = pulls.flatMap((pull) => foundIn(pull, fullName, github.ownLogins, expected) ?? []);
  return found.sort((a, b) => a.pull.number - b.pull.number);
}

function foundIn(
  pull: PullRequest,
  fullName: string,
  ownLogins: readonly string[],
  expected: readonly ProposalKey[],
): FoundProposal | null {
  const marker = ownProposal(pull, { fullName, ownLogins });
  if (marker !== null) {
    const { action, subject, episode } = marker;
    return { key: { action, subject, episode }, marker, pull };
  }
  const isOwn =
    ownLogins.includes(pull.author) && pull.headRepository?.toLowerCase() === fullName.toLowerCase();
  if (!isOwn) return null;
  const key = expected.find((each) => isBranchOf(pull.branch, each));
  return key === undefined ? null : { key, marker: unknownMarker(key, pull), pull };
}

function unknownMarker(key: ProposalKey, { createdAt }: PullRequest): ProposalMarker {
  return {
    v: 1,
    ...key,
    verdict_id: null,
    requested_by: null,
    evidence_sha256: '0'.repeat(64),
    as_of: createdAt,
    state_commit: null,
  };
}

/** Returns a pull request as it was found, without asking for more: enough where it is closed and nothing depends on why. */
export function unread(found: FoundProposal): ProposalPull {
  return { ...found, otherAuthors: [], decisions: [], closing: null, closedBy: null, closingWords: null };
}

/** Reads what comments and branch of a pull request say. Of one that was merged, neither matters any more. */
export async function observed(github: GitHub, found: FoundProposal): Promise<ProposalPull> {
  const { key, pull } = found;
  if (pull.mergedAt !== null) return unread(found);
  const comments = await github.comments(pull.number);
  const closedBy = pull.state === 'closed' ? ((await github.issue(pull.number))?.closedBy ?? null) : null;
  return {
    ...found,
    otherAuthors: await otherAuthors(github, pull),
    decisions: decisionsOf(comments, key, github.ownLogins),
    closing: closingOf(comments, github.ownLogins),
    closedBy,
    closingWords: wordsOf(comments, closedBy, github.ownLogins),
  };
}

/** A branch that is gone holds no work of others. */
async function otherAuthors(github: GitHub, pull: PullRequest): Promise<readonly (string | null)[]> {
  try {
    const commits = await github.commitsBetween(pull.baseBranch, pull.headSha);
    return commits.flatMap((commit) => othersOf(commit, github.ownLogins));
  } catch (error) {
    if (error instanceof GitHubError && error.kind === 'missing') return [];
    throw error;
  }
}

/** Returns who made a commit where that is not Warden: its author, or who rewrote a commit of Warden. */
export function othersOf(
  { author, committer }: Pick<BranchCommit, 'author' | 'committer'>,
  ownLogins: readonly string[],
): readonly (string | null)[] {
  if (author === null || !ownLogins.includes(author)) return [author];
  return committer === WEB || (committer !== null && ownLogins.includes(committer)) ? [] : [committer];
}

function decisionsOf(
  comments: readonly IssueComment[],
  { action, subject, episode }: ProposalKey,
  ownLogins: readonly string[],
): readonly DecisionMarker[] {
  return ownComments(comments, 'decision', ownLogins)
    .flatMap(({ body }) => markerFacts(body, 'decision', DecisionMarker) ?? [])
    .filter((each) => each.action === action && each.subject === subject && each.episode === episode);
}

function closingOf(comments: readonly IssueComment[], ownLogins: readonly string[]): ClosingMarker | null {
  const newest = ownComments(comments, 'closing', ownLogins).at(-1);
  return newest === undefined ? null : markerFacts(newest.body, 'closing', ClosingMarker);
}

function wordsOf(
  comments: readonly IssueComment[],
  closedBy: string | null,
  ownLogins: readonly string[],
): string | null {
  if (closedBy === null || ownLogins.includes(closedBy)) return null;
  const words = comments.findLast(({ author }) => author === closedBy)?.body.trim() ?? '';
  return words === '' ? null : [...words].slice(0, REASON_CHARS_MAX).join('');
}
