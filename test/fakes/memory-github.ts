// A GitHub in memory behind the port: branches with files, pull requests, comments, issues, checks, roles, and faults on demand.

import {
  type CheckRun,
  GITHUB_LIMITS,
  GitHubError,
  type Issue,
  type PullRequest,
} from '../../src/domain/github.ts';
import { isoFromMs } from '../../src/domain/time.ts';
import type { GitHub } from '../../src/ports.ts';
import { changedTree, memoryGit, type Tree } from './memory-git.ts';
import {
  addComment,
  headOf,
  MAIN,
  type MemoryCheck,
  type MemoryWorld,
  memoryWorld,
  nextNumber,
  openPull,
  type Stored,
  setPullState,
} from './memory-world.ts';

export interface MemoryGitHub extends GitHub {
  readonly world: MemoryWorld;
}

export interface MemoryGitHubOptions {
  /** Files of the first commit of the default branch. */
  readonly files?: Tree;
  readonly ownLogins?: readonly string[];
  readonly fullName?: string;
  readonly nowMs?: number;
  readonly isPrivate?: boolean;
}

const OWN = 'warden[bot]';
const WRITES = new Set<keyof GitHub>([
  ...(['createBranch', 'commit', 'createPull', 'updatePull', 'addLabels', 'removeLabel'] as const),
  ...(['requestReviewers', 'createComment', 'updateComment', 'deleteComment', 'react'] as const),
  ...(['createIssue', 'updateIssue', 'pinIssue', 'startCheck', 'completeCheck'] as const),
]);

/** Returns a GitHub with one repository. The first of `ownLogins` is who the port writes as. */
export function memoryGitHub(options: MemoryGitHubOptions = {}): MemoryGitHub {
  const ownLogins = options.ownLogins ?? [OWN];
  const fullName = options.fullName ?? 'acme/alpha';
  const own = ownLogins[0] ?? OWN;
  const git = memoryGit();
  git.branches.set(
    MAIN,
    git.write({ tree: options.files ?? {}, parents: [], author: 'ada', message: 'Begin' }),
  );
  const world = memoryWorld(git, fullName, options.nowMs ?? Date.UTC(2021, 2, 1));
  const port = {
    ...readers(world, { fullName, ownLogins, isPrivate: options.isPrivate ?? false }),
    ...pullWriters(world, own, fullName),
    ...issueWriters(world, own),
  };
  return { ownLogins, world, ...withFaults(world, port) };
}

type Calls = Omit<GitHub, 'ownLogins'>;

/** Every call is listed, and fails where the world says so. */
function withFaults(world: MemoryWorld, port: Calls): Calls {
  return new Proxy(port, {
    get: (target, operation: keyof Calls) => {
      const call: unknown = target[operation];
      if (typeof call !== 'function') return call;
      return async (...args: unknown[]) => {
        const isWrite = WRITES.has(operation);
        const made = { operation, index: world.calls.length, isWrite, args };
        world.calls.push(made);
        if (isWrite) world.nowMs += 1000;
        const fault = world.fault(made);
        if (fault instanceof GitHubError) throw fault;
        if (fault === 'before') throw lost(operation);
        const answer: unknown = await Reflect.apply(call, target, args);
        if (fault === 'after') throw lost(operation);
        return structuredClone(answer);
      };
    },
    ownKeys: (target) => Reflect.ownKeys(target),
  });
}

function lost(operation: string): GitHubError {
  return new GitHubError(
    'unavailable',
    502,
    `${operation}: GitHub answered 502 after every retry; try again later`,
  );
}

function refused(message: string): GitHubError {
  return new GitHubError('refused', 422, message);
}

function missing(what: string): GitHubError {
  return new GitHubError('missing', 404, `there is no ${what}`);
}

function checkedBody(body: string): void {
  if (body.length > GITHUB_LIMITS.bodyChars) throw refused('Body is too long (maximum is 65536 characters)');
}

function pullOf(world: MemoryWorld, number: number): Stored<PullRequest> {
  const pull = world.pulls.get(number);
  if (pull === undefined) throw missing(`pull request ${number}`);
  const head = world.git.resolve(
    pull.branch,
    pull.headRepository === null || !isFork(world, pull) ? undefined : pull.headRepository,
  );
  if (pull.state === 'open' && head !== null) pull.headSha = head;
  return pull;
}

function isFork(world: MemoryWorld, pull: PullRequest): boolean {
  return world.git.forkBranches.has(`${pull.headRepository}:${pull.branch}`);
}

function issueOf(world: MemoryWorld, number: number): Stored<Issue> {
  const issue = world.issues.get(number);
  if (issue === undefined) throw missing(`issue ${number}`);
  return issue;
}

interface Facts {
  readonly fullName: string;
  readonly ownLogins: readonly string[];
  readonly isPrivate: boolean;
}

function readers(world: MemoryWorld, { fullName, ownLogins, isPrivate }: Facts) {
  const { git } = world;
  const commitOf = (ref: string): string => {
    const sha = git.resolve(ref);
    if (sha === null) throw missing(`commit ${ref}`);
    return sha;
  };
  return {
    repository: async () => ({
      fullName,
      defaultBranch: MAIN,
      isPrivate,
      url: `https://github.com/${fullName}`,
    }),
    head: async (branch) => git.branches.get(branch) ?? null,
    file: async (path, ref) => git.tree(commitOf(ref))[path] ?? null,
    commitsBetween: async (base, head) => git.between(commitOf(base), commitOf(head)),
    pulls: async ({ state, branch }) =>
      [...world.pulls.keys()]
        .sort((a, b) => b - a)
        .map((number) => pullOf(world, number))
        .filter((pull) => state === 'all' || pull.state === 'open')
        .filter((pull) => branch === undefined || (pull.branch === branch && !isFork(world, pull))),
    pull: async (number) => (world.pulls.has(number) ? pullOf(world, number) : null),
    changedFiles: async (number) => {
      const pull = pullOf(world, number);
      const base = headOf(git, pull.baseBranch);
      const before = git.tree(base);
      const after = git.tree(pull.headSha);
      return git.changed(base, pull.headSha).map((path) => ({
        path,
        status: before[path] === undefined ? 'added' : after[path] === undefined ? 'removed' : 'modified',
        previousPath: null,
      }));
    },
    reviews: async (number) => world.reviews.get(number) ?? [],
    comments: async (number) => {
      issueOf(world, number);
      const of = [...world.comments.values()].filter((each) => each.number === number);
      return of.map(({ comment }) => comment);
    },
    issue: async (number) => world.issues.get(number) ?? null,
    ownIssues: async () =>
      [...world.issues.values()]
        .filter(({ number, author }) => !world.pulls.has(number) && ownLogins.includes(author))
        .map((issue) => ({ ...issue, closedBy: null })),
    role: async (login) => world.roles.get(login) ?? 'none',
    checkRuns: async (headSha, name) =>
      [...world.checks.values()].filter((check) => check.headSha === headSha && check.name === name),
  } satisfies Partial<GitHub>;
}

function pullWriters(world: MemoryWorld, own: string, fullName: string) {
  const { git } = world;
  return {
    createBranch: async (branch, sha) => {
      if (git.branches.has(branch)) return 'exists';
      if (git.resolve(sha) !== sha) throw refused(`Object ${sha} does not exist`);
      git.branches.set(branch, sha);
      return 'created';
    },
    commit: async ({ branch, expectedHead, mergedBase, files, message }) => {
      if (git.resolve(branch) !== expectedHead) return { kind: 'moved' };
      const before = git.tree(mergedBase ?? expectedHead);
      const isChanged = Object.entries(files).some(([path, text]) => (before[path] ?? null) !== text);
      if (!isChanged && mergedBase === null) return { kind: 'committed', sha: expectedHead };
      const tree = changedTree(before, files);
      const parents = mergedBase === null ? [expectedHead] : [expectedHead, mergedBase];
      const sha = git.write({ tree, parents, author: own, message });
      git.branches.set(branch, sha);
      return { kind: 'committed', sha };
    },
    createPull: async ({ title, body, branch, baseBranch }) => {
      checkedBody(body);
      const found = [...world.pulls.keys()].find((number) => {
        const each = pullOf(world, number);
        return each.state === 'open' && each.branch === branch && !isFork(world, each);
      });
      if (found !== undefined) return { kind: 'exists', pull: pullOf(world, found) };
      const head = git.branches.get(branch);
      if (head === undefined) throw refused('Validation failed: head is invalid');
      if (git.between(headOf(git, baseBranch), head).length === 0)
        throw refused(`No commits between ${baseBranch} and ${branch}`);
      const number = openPull(world, fullName, { branch, author: own, title, body, base: baseBranch });
      return { kind: 'created', pull: pullOf(world, number) };
    },
    updatePull: async (number, { title, body, state }) => {
      const pull = pullOf(world, number);
      if (body !== undefined) checkedBody(body);
      if (state === 'open' && pull.state === 'closed') {
        const isGone = !git.branches.has(pull.branch);
        if (pull.mergedAt !== null || isGone)
          throw refused('state cannot be changed; the branch is gone or merged');
      }
      const issue = issueOf(world, number);
      for (const each of [pull, issue]) Object.assign(each, title === undefined ? {} : { title });
      for (const each of [pull, issue]) Object.assign(each, body === undefined ? {} : { body });
      if (state !== undefined) setPullState(world, number, state, own);
    },
    addLabels: async (number, labels) => setLabels(world, number, (had) => [...new Set([...had, ...labels])]),
    removeLabel: async (number, label) =>
      setLabels(world, number, (had) => had.filter((each) => each !== label)),
    requestReviewers: async (number, reviewers) => {
      const isKnown = (login: string) => login.includes('/') || (world.roles.get(login) ?? 'none') !== 'none';
      const taken = reviewers.filter(isKnown);
      world.asked.set(number, [...new Set([...(world.asked.get(number) ?? []), ...taken])]);
      return reviewers.filter((login) => !isKnown(login));
    },
  } satisfies Partial<GitHub>;
}

function setLabels(
  world: MemoryWorld,
  number: number,
  change: (labels: readonly string[]) => readonly string[],
): void {
  const issue = issueOf(world, number);
  issue.labels = change(issue.labels);
  const pull = world.pulls.get(number);
  if (pull !== undefined) pull.labels = issue.labels;
}

function issueWriters(world: MemoryWorld, own: string) {
  const commentOf = (id: number) => {
    const found = world.comments.get(id)?.comment;
    if (found === undefined) throw missing(`comment ${id}`);
    return found;
  };
  return {
    createComment: async (number, body) => {
      checkedBody(body);
      issueOf(world, number);
      return addComment(world, number, own, body);
    },
    updateComment: async (id, body) => {
      checkedBody(body);
      Object.assign(commentOf(id), { body, updatedAt: isoFromMs(world.nowMs) });
    },
    deleteComment: async (id) => {
      world.comments.delete(id);
    },
    react: async (commentId, reaction) => {
      commentOf(commentId);
      world.reactions.push({ commentId, reaction });
    },
    createIssue: async ({ title, body, labels }) => {
      checkedBody(body);
      const number = nextNumber(world);
      const url = `https://github.com/acme/alpha/issues/${number}`;
      const issue: Issue = { number, url, title, body, author: own, state: 'open', closedBy: null, labels };
      world.issues.set(number, issue);
      return issue;
    },
    updateIssue: async (number, change) => {
      const issue = issueOf(world, number);
      if (change.body !== undefined) checkedBody(change.body);
      Object.assign(issue, change);
      if (change.state !== undefined) issue.closedBy = change.state === 'closed' ? own : null;
    },
    pinIssue: async (number) => {
      issueOf(world, number);
      if (world.pinned.size >= 3 && !world.pinned.has(number)) return false;
      world.pinned.add(number);
      return true;
    },
    startCheck: async ({ name, headSha, externalId, runId }): Promise<CheckRun> => {
      const earlier = runId === undefined ? undefined : world.checks.get(runId);
      if (runId !== undefined && earlier === undefined) throw missing(`check run ${runId}`);
      if (earlier !== undefined)
        return Object.assign(earlier, { externalId, status: 'in_progress' as const, conclusion: null });
      const id = world.checks.size + 1;
      const check: MemoryCheck = {
        ...{ id, name, externalId, headSha, status: 'in_progress', conclusion: null },
        ...{ title: '', summary: '', text: '', annotations: [] },
      };
      world.checks.set(id, check);
      return check;
    },
    completeCheck: async (id, conclusion, output) => {
      const check = world.checks.get(id);
      if (check === undefined) throw missing(`check run ${id}`);
      const bytes = Math.max(Buffer.byteLength(output.summary), Buffer.byteLength(output.text));
      if (bytes > GITHUB_LIMITS.checkTextBytes) throw refused('summary exceeds a maximum bytesize of 65535');
      const annotations = [...check.annotations, ...output.annotations];
      Object.assign(check, { status: 'completed', conclusion, ...output, annotations });
    },
  } satisfies Partial<GitHub>;
}
