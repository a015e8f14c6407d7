// The half of the GitHub port that only reads: lists are whole, and absence is a value.

import type { GitHub } from '../../ports.ts';
import { ask, askOrNull } from './answers.ts';
import { fileText } from './file-text.ts';
import {
  branchCommitFrom,
  changedFileFrom,
  checkFrom,
  commentFrom,
  issueFrom,
  pullFrom,
  reviewFrom,
  roleFrom,
} from './mapping.ts';
import { ownIssuesOf } from './own-issues.ts';
import { allPages, PER_PAGE } from './pages.ts';
import type { PullListing } from './pull-listing.ts';
import type { RepositoryRef } from './repository-ref.ts';

type Reading = Pick<
  GitHub,
  | 'repository'
  | 'head'
  | 'file'
  | 'commitsBetween'
  | 'pulls'
  | 'pull'
  | 'changedFiles'
  | 'reviews'
  | 'comments'
  | 'issue'
  | 'ownIssues'
  | 'role'
  | 'checkRuns'
>;

export function readingOf(ref: RepositoryRef, listing: PullListing): Reading {
  return { ...treeReading(ref), ...pullReading(ref, listing), ...issueReading(ref), ...checkReading(ref) };
}

function treeReading(ref: RepositoryRef): Pick<Reading, 'repository' | 'head' | 'file' | 'commitsBetween'> {
  const { octokit, at } = ref;
  return {
    async repository() {
      const json = await ask(() => octokit.request('GET /repos/{owner}/{repo}', at));
      const { full_name, default_branch, html_url } = json;
      return { fullName: full_name, defaultBranch: default_branch, isPrivate: json.private, url: html_url };
    },
    async head(branch) {
      return await branchHead(ref, branch);
    },
    async file(path, commit) {
      return await fileText(ref, path, commit);
    },
    async commitsBetween(base, head) {
      const pages = await ask(() =>
        allPages((page) =>
          octokit.request('GET /repos/{owner}/{repo}/compare/{basehead}', {
            ...at,
            basehead: `${base}...${head}`,
            per_page: PER_PAGE,
            page,
          }),
        ),
      );
      return pages.flatMap(({ commits }) => commits.map(branchCommitFrom));
    },
  };
}

/** Returns the newest commit of a branch, or `null` where there is no such branch. */
export async function branchHead({ octokit, at }: RepositoryRef, branch: string): Promise<string | null> {
  const json = await askOrNull(() =>
    octokit.request('GET /repos/{owner}/{repo}/git/ref/{ref}', { ...at, ref: `heads/${branch}` }),
  );
  return json?.object.sha ?? null;
}

function pullReading(
  { octokit, at }: RepositoryRef,
  listing: PullListing,
): Pick<Reading, 'pulls' | 'pull' | 'changedFiles' | 'reviews'> {
  return {
    pulls: (filter) => listing.list(filter),
    async pull(number) {
      const json = await askOrNull(() =>
        octokit.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', { ...at, pull_number: number }),
      );
      return json === null ? null : pullFrom(json);
    },
    async changedFiles(number) {
      const of = { ...at, pull_number: number, per_page: PER_PAGE };
      const pages = await ask(() =>
        allPages((page) =>
          octokit.request('GET /repos/{owner}/{repo}/pulls/{pull_number}/files', { ...of, page }),
        ),
      );
      return pages.flat().map(changedFileFrom);
    },
    async reviews(number) {
      const of = { ...at, pull_number: number, per_page: PER_PAGE };
      const pages = await ask(() =>
        allPages((page) =>
          octokit.request('GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews', { ...of, page }),
        ),
      );
      return pages.flat().map(reviewFrom);
    },
  };
}

function issueReading(ref: RepositoryRef): Pick<Reading, 'comments' | 'issue' | 'ownIssues' | 'role'> {
  const { octokit, at } = ref;
  return {
    async comments(number) {
      const of = { ...at, issue_number: number, per_page: PER_PAGE };
      const pages = await ask(() =>
        allPages((page) =>
          octokit.request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', { ...of, page }),
        ),
      );
      return pages.flat().map(commentFrom);
    },
    async issue(number) {
      const json = await askOrNull(() =>
        octokit.request('GET /repos/{owner}/{repo}/issues/{issue_number}', { ...at, issue_number: number }),
      );
      return json === null ? null : issueFrom(json);
    },
    ownIssues: ownIssuesOf(ref),
    async role(login) {
      const json = await askOrNull(() =>
        octokit.request('GET /repos/{owner}/{repo}/collaborators/{username}/permission', {
          ...at,
          username: login,
        }),
      );
      return json === null ? 'none' : roleFrom(json.role_name, json.permission);
    },
  };
}

function checkReading({ octokit, at, ownLogins }: RepositoryRef): Pick<Reading, 'checkRuns'> {
  return {
    async checkRuns(headSha, name) {
      const of = { ...at, ref: headSha, check_name: name, filter: 'all', per_page: PER_PAGE } as const;
      const pages = await ask(() =>
        allPages((page) =>
          octokit.request('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', { ...of, page }),
        ),
      );
      return pages
        .flatMap(({ check_runs }) => check_runs)
        .filter(({ app }) => app !== null && ownLogins.includes(`${app.slug}[bot]`))
        .map(checkFrom)
        .sort((a, b) => a.id - b.id);
    },
  };
}
