// The issues that Warden wrote itself: by GitHub's filter where that finds some, else by looking at all of them.

import { GitHubError, type Issue } from '../../domain/github.ts';
import type { GitHub } from '../../ports.ts';
import { ask } from './answers.ts';
import { issueFrom } from './mapping.ts';
import { allPages, PER_PAGE } from './pages.ts';
import type { RepositoryRef } from './repository-ref.ts';

/**
 * Returns the call that lists them, oldest first. On some servers the filter finds nothing by an app, and a second dashboard would
 * be made in each run: so where it finds nothing at all, every issue is looked at.
 */
export function ownIssuesOf(ref: RepositoryRef): GitHub['ownIssues'] {
  return async () => {
    const filtered: Issue[] = [];
    for (const creator of ref.ownLogins) filtered.push(...(await writtenBy(ref, creator)));
    const found = filtered.length > 0 ? filtered : await listed(ref, null);
    return found.filter(({ author }) => ref.ownLogins.includes(author)).sort((a, b) => a.number - b.number);
  };
}

/** An account that is gone may make GitHub refuse the filter, which is no reason to list nothing of the others. */
async function writtenBy(ref: RepositoryRef, creator: string): Promise<readonly Issue[]> {
  try {
    return (await listed(ref, creator)).filter(({ author }) => author === creator);
  } catch (error) {
    if (error instanceof GitHubError && error.status === 422) return [];
    throw error;
  }
}

async function listed({ octokit, at }: RepositoryRef, creator: string | null): Promise<readonly Issue[]> {
  const order = { state: 'all', sort: 'created', direction: 'asc', per_page: PER_PAGE } as const;
  const filter = { ...at, ...order, ...(creator === null ? {} : { creator }) };
  const pages = await ask(() =>
    allPages((page) => octokit.request('GET /repos/{owner}/{repo}/issues', { ...filter, page })),
  );
  // Pull requests are issues too.
  return pages
    .flat()
    .filter((json) => json.pull_request === undefined)
    .map(issueFrom);
}
