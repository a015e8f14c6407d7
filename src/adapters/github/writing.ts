// The half of the GitHub port that writes pull requests, comments, labels and issues. What is there already is no failure.

import { assert } from '../../domain/assert.ts';
import { GITHUB_LIMITS, GitHubError } from '../../domain/github.ts';
import type { GitHub } from '../../ports.ts';
import { ask, askOrNull, isRefusal } from './answers.ts';
import { branchMaking } from './branches.ts';
import { commentFrom, issueFrom, pullFrom } from './mapping.ts';
import type { PullListing } from './pull-listing.ts';
import type { RepositoryRef } from './repository-ref.ts';

type PullWriting = Pick<
  GitHub,
  'createBranch' | 'createPull' | 'updatePull' | 'addLabels' | 'removeLabel' | 'requestReviewers'
>;
type IssueWriting = Pick<
  GitHub,
  'createComment' | 'updateComment' | 'deleteComment' | 'react' | 'createIssue' | 'updateIssue' | 'pinIssue'
>;

export function pullWriting(ref: RepositoryRef, listing: PullListing): PullWriting {
  const { octokit, at } = ref;
  return {
    createBranch: branchMaking(ref),
    async createPull({ title, body, branch, baseBranch }) {
      assertFits({ title, body });
      try {
        const json = await ask(() =>
          octokit.request('POST /repos/{owner}/{repo}/pulls', {
            ...at,
            title,
            body,
            head: branch,
            base: baseBranch,
          }),
        );
        return { kind: 'created', pull: pullFrom(json) };
      } catch (error) {
        if (!isRefusal(error, 422, /already exists/i)) throw error;
        const [pull] = await listing.list({ state: 'open', branch });
        if (pull === undefined) throw error;
        return { kind: 'exists', pull };
      }
    },
    async updatePull(number, change) {
      assertFits(change);
      const of = { ...at, pull_number: number, ...change };
      await ask(() => octokit.request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', of));
    },
    async addLabels(number, labels) {
      if (labels.length === 0) return;
      const of = { ...at, issue_number: number, labels: [...labels] };
      await ask(() => octokit.request('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', of));
    },
    async removeLabel(number, label) {
      const of = { ...at, issue_number: number, name: label };
      await askOrNull(() =>
        octokit.request('DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}', of),
      );
    },
    async requestReviewers(number, reviewers) {
      return await requestReviewers(ref, number, reviewers);
    },
  };
}

/** One who is no collaborator makes GitHub refuse all, so after a refusal each is asked for alone. */
async function requestReviewers(
  { octokit, at }: RepositoryRef,
  number: number,
  reviewers: readonly string[],
): Promise<readonly string[]> {
  if (reviewers.length === 0) return [];
  const request = async (asked: readonly string[]): Promise<'asked' | 'refused'> => {
    const people = asked.filter((one) => !one.includes('/'));
    const teams = asked.filter((one) => one.includes('/')).map((one) => one.slice(one.indexOf('/') + 1));
    const of = { ...at, pull_number: number, reviewers: people, team_reviewers: teams };
    try {
      await ask(() =>
        octokit.request('POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers', of),
      );
      return 'asked';
    } catch (error) {
      if (isRefusal(error, 422, /./)) return 'refused';
      throw error;
    }
  };
  if ((await request(reviewers)) === 'asked') return [];
  if (reviewers.length === 1) return reviewers;
  const refused: string[] = [];
  for (const one of reviewers) if ((await request([one])) === 'refused') refused.push(one);
  return refused;
}

export function issueWriting({ octokit, at }: RepositoryRef): IssueWriting {
  return {
    async createComment(number, body) {
      assertFits({ body });
      const of = { ...at, issue_number: number, body };
      return commentFrom(
        await ask(() => octokit.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', of)),
      );
    },
    async updateComment(id, body) {
      assertFits({ body });
      const of = { ...at, comment_id: id, body };
      await ask(() => octokit.request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', of));
    },
    async deleteComment(id) {
      const of = { ...at, comment_id: id };
      await askOrNull(() => octokit.request('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', of));
    },
    async react(commentId, reaction) {
      const of = { ...at, comment_id: commentId, content: reaction };
      await ask(() =>
        octokit.request('POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions', of),
      );
    },
    async createIssue({ title, body, labels }) {
      assertFits({ title, body });
      const of = { ...at, title, body, labels: [...labels] };
      return issueFrom(await ask(() => octokit.request('POST /repos/{owner}/{repo}/issues', of)));
    },
    async updateIssue(number, change) {
      assertFits(change);
      const of = { ...at, issue_number: number, ...change };
      await ask(() => octokit.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', of));
    },
    async pinIssue(number) {
      const of = { ...at, issue_number: number };
      const issue = await ask(() => octokit.request('GET /repos/{owner}/{repo}/issues/{issue_number}', of));
      try {
        await ask(async () => ({ data: await octokit.graphql(PIN, { id: issue.node_id }) }));
        return true;
      } catch (error) {
        if (isGraphqlRefusal(error)) return false;
        if (error instanceof GitHubError && error.kind !== 'unavailable') return false;
        throw error;
      }
    },
  };
}

/** The REST API cannot pin. */
const PIN = 'mutation pin($id: ID!) { pinIssue(input: { issueId: $id }) { issue { number } } }';

function isGraphqlRefusal(error: unknown): boolean {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

/** What renders a text fits it, since only that knows where it may be cut. */
function assertFits({ title = '', body = '' }: { readonly title?: string; readonly body?: string }): void {
  const { titleChars, bodyChars } = GITHUB_LIMITS;
  assert(title.length <= titleChars, `a title has ${title.length} characters, at most ${titleChars} fit`);
  assert(body.length <= bodyChars, `a body has ${body.length} characters, at most ${bodyChars} fit`);
}
