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
    return ofBranch(await listed(ref, state, `${ref.at.owner}:${branch}`), branch);
  }

  async function scanned(state: State, branch: string): Promise<readonly PullRequest[]> {
    const all = await listed(ref, state, null);
    const known = all.find(({ isOfFork }) => !isOfFork)?.pull;
    if (known !== undefined && filterWorks === null)
      filterWorks = (await filtered(state, known.branch)).some(({ number }) => number === known.number);
    return ofBranch(all, branch);
  }

  return {
    async list({ state, branch }) {
      if (branch === undefined) return (await listed(ref, state, null)).map(({ pull }) => pull);
      const found = await filtered(state, branch);
      return found.length > 0 || filterWorks === true ? found : await scanned(state, branch);
    },
  };
}

interface Listed {
  readonly pull: PullRequest;
  /** GitHub knows its repositories in any case and by earlier names, so the two that it names here are compared. */
  readonly isOfFork: boolean;
}

/** The filter may also be ignored as a whole, and give everything. */
function ofBranch(all: readonly Listed[], branch: string): readonly PullRequest[] {
  return all.filter(({ pull, isOfFork }) => pull.branch === branch && !isOfFork).map(({ pull }) => pull);
}

async function listed(
  { octokit, at }: RepositoryRef,
  state: State,
  head: string | null,
): Promise<readonly Listed[]> {
  const filter = { ...at, state, per_page: PER_PAGE, ...(head === null ? {} : { head }) };
  const pages = await ask(() =>
    allPages((page) => octokit.request('GET /repos/{owner}/{repo}/pulls', { ...filter, page })),
  );
  // One that is opened between two pages moves the last of the first page to the second.
  const found = pages.flat().map((json): [number, Listed] => {
    const isOfFork = json.head.repo?.full_name !== json.base.repo.full_name;
    return [json.number, { pull: pullFrom(json), isOfFork }];
  });
  return [...new Map(found).values()];
}
