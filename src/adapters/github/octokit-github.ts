// The GitHub port over an octokit: the one of a job, or the one that Probot gives to the app.

import type { GitHub } from '../../ports.ts';
import type { OctokitLike } from './answers.ts';
import { checkWriting } from './checks.ts';
import { committerOf } from './commits.ts';
import { pullListing } from './pull-listing.ts';
import { readingOf } from './reading.ts';
import { ownerAndName, type RepositoryRef } from './repository-ref.ts';
import { issueWriting, pullWriting } from './writing.ts';

interface OctokitGitHubOptions {
  /** Authenticated for the repository; see `withRetries` for what makes it patient. */
  readonly octokit: OctokitLike;
  /** `owner/name`. */
  readonly fullName: string;
  /** Logins under which Warden writes, or wrote, at this repository. */
  readonly ownLogins: readonly string[];
}

/** Returns the port. It keeps no state but what it learned about GitHub's filters; nothing is asked before the first call. */
export function octokitGitHub({ octokit, fullName, ownLogins }: OctokitGitHubOptions): GitHub {
  const ref: RepositoryRef = { octokit, fullName, at: ownerAndName(fullName), ownLogins };
  const listing = pullListing(ref);
  return {
    ownLogins,
    ...readingOf(ref, listing),
    commit: committerOf(ref),
    ...pullWriting(ref, listing),
    ...issueWriting(ref),
    ...checkWriting(ref),
  };
}
