// A picture of a repository without ids, numbers, times and commits: two histories that end alike have the same.

import type { Issue, Reaction, Repository } from './entities.ts';
import { readRefs } from './git-objects.ts';
import { readCommit } from './git-store.ts';

interface ThreadPicture {
  readonly title: string;
  readonly author: string;
  readonly body: string | null;
  readonly state: 'open' | 'closed' | 'merged';
  readonly state_reason: string | null;
  readonly labels: readonly string[];
  readonly reactions: readonly string[];
  readonly comments: readonly {
    readonly author: string;
    readonly body: string;
    readonly reactions: readonly string[];
  }[];
}

interface PullPicture extends ThreadPicture {
  readonly head: string;
  readonly base: string;
  readonly tree: string | null;
  readonly draft: boolean;
  readonly reviewers: readonly string[];
  readonly reviews: readonly string[];
}

export interface RepositoryPicture {
  /** Full name of a branch or tag → the tree it holds. */
  readonly refs: Readonly<Record<string, string>>;
  readonly issues: readonly ThreadPicture[];
  readonly pulls: readonly PullPicture[];
  /** Names of labels. */
  readonly labels: readonly string[];
  /** Titles of pinned issues. */
  readonly pinned: readonly string[];
  /** The newest check run of each name on each tree. */
  readonly checks: readonly {
    readonly tree: string;
    readonly name: string;
    readonly app: string;
    readonly status: string;
    readonly conclusion: string | null;
    readonly title: string | null;
    readonly annotations: number;
  }[];
}

/** Returns the picture of a repository; its lists are sorted, so that order does not matter. */
export function pictureOf(repository: Repository): RepositoryPicture {
  const refs = [...readRefs(repository.git, 'refs/')].filter(([name]) => !name.startsWith('refs/pull/'));
  const issues = [...repository.issues.values()];
  return {
    refs: Object.fromEntries(refs.map(([name, sha]) => [name, treeOf(repository, sha) ?? sha])),
    issues: sortedByText(
      issues.filter(({ pull }) => pull === null).map((issue) => threadPicture(repository, issue)),
    ),
    pulls: sortedByText(issues.flatMap((issue) => pullPicture(repository, issue))),
    labels: [...repository.labels.values()].map(({ name }) => name).sort(),
    pinned: repository.pinned.map((number) => repository.issues.get(number)?.title ?? '').sort(),
    checks: sortedByText(checkPictures(repository)),
  };
}

function treeOf(repository: Repository, sha: string): string | null {
  return readCommit(repository.git, sha)?.tree ?? null;
}

/** Instants and names of commits differ between two histories that say the same. */
function neutral(text: string): string {
  return text
    .replaceAll(/\b[0-9a-f]{40}\b/g, '<sha>')
    .replaceAll(/\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z/g, '<time>');
}

function reactionTexts(reactions: readonly Reaction[]): readonly string[] {
  return reactions.map(({ login, content }) => `${content} ${login}`).sort();
}

function threadPicture(repository: Repository, issue: Issue): ThreadPicture {
  const comments = [...repository.comments.values()].filter(
    ({ issueNumber }) => issueNumber === issue.number,
  );
  return {
    title: issue.title,
    author: issue.login,
    body: issue.body === null ? null : neutral(issue.body),
    state: issue.pull?.merged == null ? issue.state : 'merged',
    state_reason: issue.stateReason,
    labels: [...issue.labels].sort(),
    reactions: reactionTexts(issue.reactions),
    comments: sortedByText(
      comments.map(({ login, body, reactions }) => ({
        author: login,
        body: neutral(body),
        reactions: reactionTexts(reactions),
      })),
    ),
  };
}

function pullPicture(repository: Repository, issue: Issue): readonly PullPicture[] {
  const { pull } = issue;
  if (pull === null) return [];
  return [
    {
      ...threadPicture(repository, issue),
      head: `${pull.headRepo}:${pull.headRef}`,
      base: pull.baseRef,
      tree: treeOf(repository, pull.headSha),
      draft: pull.draft,
      reviewers: [...pull.requestedReviewers].sort(),
      reviews: pull.reviews.map(({ login, state, body }) => `${state} ${login} ${neutral(body)}`).sort(),
    },
  ];
}

function checkPictures(repository: Repository): RepositoryPicture['checks'] {
  const newest = new Map(
    [...repository.checkRuns.values()].map((run) => {
      const tree = treeOf(repository, run.headSha) ?? run.headSha;
      const { name, app, status, conclusion, title, annotations } = run;
      const picture = {
        tree,
        name,
        app: app.slug,
        status,
        conclusion,
        title: title === null ? null : neutral(title),
        annotations: annotations.length,
      };
      return [JSON.stringify([tree, name, app.slug]), picture] as const;
    }),
  );
  return [...newest.values()];
}

function sortedByText<T>(items: readonly T[]): readonly T[] {
  const keyed = items.map((item) => ({ item, key: JSON.stringify(item) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ item }) => item);
}
