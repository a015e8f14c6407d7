// What is in the GitHub in memory, and what people and other programs can do there, past the port that Warden uses.

import { assert } from '../../src/domain/assert.ts';
import type {
  CheckRun,
  GitHubError,
  Issue,
  IssueComment,
  PullRequest,
  Reaction,
  Review,
  Role,
} from '../../src/domain/github.ts';
import { isoFromMs } from '../../src/domain/time.ts';
import type { GitHub } from '../../src/ports.ts';
import { changedTree, type MemoryGit } from './memory-git.ts';

export const MAIN = 'main';

export interface MemoryCheck extends CheckRun {
  readonly headSha: string;
  readonly text: string;
  readonly annotations: readonly unknown[];
}

/** One call of the port. */
export interface Call {
  readonly operation: keyof GitHub;
  /** Counted over all calls, from 0. */
  readonly index: number;
  readonly isWrite: boolean;
  readonly args: readonly unknown[];
}

/** `before`: the call fails and does nothing. `after`: it takes effect and the answer is lost. An error is thrown as it is. */
export type PlannedFault = 'before' | 'after' | GitHubError | null;

export type Stored<T> = { -readonly [K in keyof T]: T[K] };

/** What a person or another program can do or see, past the port. */
export interface MemoryWorld {
  readonly git: MemoryGit;
  readonly pulls: Map<number, Stored<PullRequest>>;
  readonly issues: Map<number, Stored<Issue>>;
  readonly comments: Map<number, { number: number; comment: Stored<IssueComment> }>;
  readonly checks: Map<number, Stored<MemoryCheck>>;
  readonly roles: Map<string, Role>;
  readonly reactions: { readonly commentId: number; readonly reaction: Reaction }[];
  readonly reviews: Map<number, Review[]>;
  /** Reviewers that were asked, by pull request. */
  readonly asked: Map<number, string[]>;
  readonly pinned: Set<number>;
  /** Every call, reads too. */
  readonly calls: Call[];
  /** Decides for every call whether it fails. */
  fault: (call: Call) => PlannedFault;
  /** Epoch milliseconds; each write takes a second. */
  nowMs: number;
  /** Calls that wrote, as `createBranch`, `commit` and so on. */
  writes(): readonly Call[];
  fileOn(branch: string, path: string): string | null;
  /** A commit on a branch by `author`, made by hand; creates the branch on top of the default one. Returns its hash. */
  push(branch: string, files: Readonly<Record<string, string | null>>, author?: string | null): string;
  /** A pull request by somebody else. `fork`: `owner/name` of the repository that holds the branch. */
  open(draft: {
    readonly branch: string;
    readonly author: string;
    readonly title?: string;
    readonly body?: string;
    readonly fork?: string;
  }): number;
  merge(number: number, by: string): void;
  close(number: number, by: string): void;
  reopen(number: number, by: string): void;
  comment(number: number, author: string, body: string): IssueComment;
}

/** Returns a world with the commits of `git` and nothing else. */
export function memoryWorld(git: MemoryGit, fullName: string, nowMs: number): MemoryWorld {
  const state = {
    git,
    pulls: new Map<number, Stored<PullRequest>>(),
    issues: new Map<number, Stored<Issue>>(),
    comments: new Map<number, { number: number; comment: Stored<IssueComment> }>(),
    checks: new Map<number, Stored<MemoryCheck>>(),
    roles: new Map<string, Role>(),
    reactions: [],
    reviews: new Map<number, Review[]>(),
    asked: new Map<number, string[]>(),
    pinned: new Set<number>(),
    calls: [] as Call[],
    fault: () => null,
    nowMs,
  };
  const world: MemoryWorld = Object.assign(state, {
    writes: () => state.calls.filter(({ isWrite }) => isWrite),
    fileOn: (branch: string, path: string) => {
      const sha = git.resolve(branch);
      return sha === null ? null : (git.tree(sha)[path] ?? null);
    },
    push: (branch: string, files: Readonly<Record<string, string | null>>, author: string | null = 'ada') => {
      const parent = git.resolve(branch) ?? headOf(git, MAIN);
      const tree = changedTree(git.tree(parent), files);
      const sha = git.write({ tree, parents: [parent], author, message: 'By hand' });
      git.branches.set(branch, sha);
      return sha;
    },
    open: (draft: Parameters<MemoryWorld['open']>[0]) => openPull(world, fullName, draft),
    merge: (number: number, by: string) => mergePull(world, number, by),
    close: (number: number, by: string) => setPullState(world, number, 'closed', by),
    reopen: (number: number, by: string) => setPullState(world, number, 'open', by),
    comment: (number: number, author: string, body: string) => addComment(world, number, author, body),
  });
  return world;
}

/** Returns the newest commit of a branch that must be there. */
export function headOf(git: MemoryGit, branch: string): string {
  const sha = git.resolve(branch);
  assert(sha !== null, `there is no branch ${branch}`);
  return sha;
}

/** Issues and pull requests share their numbers. */
export function nextNumber(world: MemoryWorld): number {
  return Math.max(0, ...world.issues.keys()) + 1;
}

/** Adds a pull request and its issue side. */
export function openPull(
  world: MemoryWorld,
  fullName: string,
  draft: Parameters<MemoryWorld['open']>[0] & { readonly base?: string },
): number {
  const { branch, author, title = branch, body = '', fork } = draft;
  const headSha = world.git.resolve(branch, fork);
  assert(headSha !== null, `there is no branch ${branch}`);
  const number = nextNumber(world);
  const url = `https://github.com/${fullName}/pull/${number}`;
  const common = { number, url, title, body, author, labels: [] };
  world.issues.set(number, { ...common, state: 'open', closedBy: null });
  world.pulls.set(number, {
    ...common,
    state: 'open',
    mergedAt: null,
    mergeCommit: null,
    createdAt: isoFromMs(world.nowMs),
    closedAt: null,
    branch,
    headSha,
    headRepository: fork ?? fullName,
    baseBranch: draft.base ?? MAIN,
  });
  return number;
}

/** Opens or closes a pull request and its issue side, as whoever it is. */
export function setPullState(world: MemoryWorld, number: number, state: 'open' | 'closed', by: string): void {
  const pull = world.pulls.get(number);
  const issue = world.issues.get(number);
  assert(pull !== undefined && issue !== undefined, `there is no pull request ${number}`);
  if (pull.state === state) return;
  pull.state = state;
  pull.closedAt = state === 'closed' ? isoFromMs(world.nowMs) : null;
  issue.state = state;
  issue.closedBy = state === 'closed' ? by : null;
}

function mergePull(world: MemoryWorld, number: number, by: string): void {
  const pull = world.pulls.get(number);
  assert(pull !== undefined && pull.state === 'open', `there is no open pull request ${number}`);
  const { git } = world;
  const base = headOf(git, pull.baseBranch);
  const head = git.resolve(pull.branch) ?? pull.headSha;
  const message = `Merge pull request #${number}`;
  const sha = git.write({ tree: git.merged(base, head), parents: [base, head], author: by, message });
  git.branches.set(pull.baseBranch, sha);
  setPullState(world, number, 'closed', by);
  pull.headSha = head;
  pull.mergedAt = isoFromMs(world.nowMs);
  pull.mergeCommit = sha;
}

/** Adds a comment to an issue or a pull request. */
export function addComment(world: MemoryWorld, number: number, author: string, body: string): IssueComment {
  const issue = world.issues.get(number);
  assert(issue !== undefined, `there is no issue ${number}`);
  const id = 1000 + Math.max(0, ...[...world.comments.keys()].map((each) => each - 1000)) + 1;
  const at = isoFromMs(world.nowMs);
  const comment = { id, url: `${issue.url}#issuecomment-${id}`, author, body, createdAt: at, updatedAt: at };
  world.comments.set(id, { number, comment });
  return comment;
}
