// Pull requests of a repository as lists: by branch, where GitHub's own filter can be trusted, else by looking at all of them.

import type { PullRequest } from '../../domain/github.ts';
import { ask } from './answers.ts';
import { pullFrom } from './mapping.ts';
import { allPages, PER_PAGE } from './pages.ts';
import type { RepositoryRef } from './repository-ref.ts';

type State = 'open' | 'all';

export interface PullListing {
  /** Newest first. `branch`: only those whose head is that branch of this repository. */
  list(filter: { readonly state: State; readonly branch?: string }): Promise<readonly PullRequest[]>;
}

/**
 * Returns the lists. For some repositories GitHub's filter by head finds nothing: what it does not find is then looked for among
 * all, unless a try with a pull request that is known to be there showed that the filter works.
 */
export function pullListing(ref: RepositoryRef): PullListing {
  let filterWorks: boolean | null = null;

  async function filtered(state: State, branch: string): Promise<readonly PullRequest[]> {
    return ofBranch(await listed(ref, state, `${ref.at.owner}:${branch}`), branch, ref.fullName);
  }

  async function scanned(state: State, branch: string): Promise<readonly PullRequest[]> {
    const all = await listed(ref, state, null);
    const known = all.find(({ headRepository }) => headRepository === ref.fullName);
    if (known !== undefined && filterWorks === null)
      filterWorks = (await filtered(state, known.branch)).some(({ number }) => number === known.number);
    return ofBranch(all, branch, ref.fullName);
  }

  return {
    async list({ state, branch }) {
      if (branch === undefined) return await listed(ref, state, null);
      const found = await filtered(state, branch);
      return found.length > 0 || filterWorks === true ? found : await scanned(state, branch);
    },
  };
}

/** The filter may also be ignored as a whole, and give everything. */
function ofBranch(pulls: readonly PullRequest[], branch: string, fullName: string): readonly PullRequest[] {
  return pulls.filter((pull) => pull.branch === branch && pull.headRepository === fullName);
}

async function listed(
  { octokit, at }: RepositoryRef,
  state: State,
  head: string | null,
): Promise<readonly PullRequest[]> {
  const filter = { ...at, state, per_page: PER_PAGE, ...(head === null ? {} : { head }) };
  const pages = await ask(() =>
    allPages((page) => octokit.request('GET /repos/{owner}/{repo}/pulls', { ...filter, page })),
  );
  // One that is opened between two pages moves the last of the first page to the second.
  return [...new Map(pages.flat().map((json) => [json.number, pullFrom(json)])).values()];
}
