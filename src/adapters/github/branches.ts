// New branches: made, found to be there already, or refused with the name of the branch that is in the way.

import { GitHubError } from '../../domain/github.ts';
import type { GitHub } from '../../ports.ts';
import { ask, isRefusal } from './answers.ts';
import { branchHead } from './reading.ts';
import type { RepositoryRef } from './repository-ref.ts';

/** Returns the call that makes a branch at a commit. */
export function branchMaking(ref: RepositoryRef): GitHub['createBranch'] {
  const { octokit, at } = ref;
  return async (branch, sha) => {
    try {
      await ask(() =>
        octokit.request('POST /repos/{owner}/{repo}/git/refs', { ...at, ref: `refs/heads/${branch}`, sha }),
      );
      return 'created';
    } catch (error) {
      if (isRefusal(error, 422, /already exists/i)) return 'exists';
      // GitHub says only that the update failed.
      const other = isRefusal(error, 422, /./) ? await branchInTheWay(ref, branch) : null;
      if (other === null) throw error;
      throw new GitHubError(
        'refused',
        422,
        `the branch ${branch} cannot be made while there is the branch ${other}: git keeps no branch below the name of another; rename or remove ${other}`,
        { cause: error },
      );
    }
  };
}

/** Returns a branch whose name is the beginning of `branch`, or begins with it, up to a slash; `null` where there is none. */
async function branchInTheWay(ref: RepositoryRef, branch: string): Promise<string | null> {
  const parts = branch.split('/');
  for (const length of Array.from({ length: parts.length - 1 }, (_, index) => index + 1)) {
    const above = parts.slice(0, length).join('/');
    if ((await branchHead(ref, above)) !== null) return above;
  }
  const below = await ask(() =>
    ref.octokit.request('GET /repos/{owner}/{repo}/git/matching-refs/{ref}', {
      ...ref.at,
      ref: `heads/${branch}/`,
    }),
  );
  return below[0]?.ref.replace(/^refs\/heads\//, '') ?? null;
}
