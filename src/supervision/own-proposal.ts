// Which pull requests are proposals of Warden: by author, branch and marker together, since each alone can be copied.

import type { PullRequest } from '../domain/github.ts';
import { markerFacts } from '../domain/marker.ts';
import { isBranchOf, ProposalMarker } from '../domain/proposal.ts';

/**
 * Returns the facts of a proposal, or `null` where the pull request is none: it must be by Warden, from a branch of this
 * repository that bears the name of what its marker says.
 */
export function ownProposal(
  pull: Pick<PullRequest, 'author' | 'body' | 'branch' | 'headRepository'>,
  repository: { readonly fullName: string; readonly ownLogins: readonly string[] },
): ProposalMarker | null {
  if (!repository.ownLogins.includes(pull.author)) return null;
  if (pull.headRepository?.toLowerCase() !== repository.fullName.toLowerCase()) return null;
  const marker = markerFacts(pull.body, 'proposal', ProposalMarker);
  return marker !== null && isBranchOf(pull.branch, marker) ? marker : null;
}
