// GitHub as it would look after writes that are only tried: what they made lies over what is really there.

import { sha256Hex } from '../../domain/canonical.ts';
import type {
  BranchCommit,
  ChangedFile,
  CheckRun,
  CommitDraft,
  Issue,
  IssueComment,
  PullRequest,
} from '../../domain/github.ts';
import type { GitHub } from '../../ports.ts';

interface TriedCheck extends CheckRun {
  readonly headSha: string;
}

/** What a run wrote so far without writing it. */
export interface Tried {
  /** Branch → commit it was made at, or moved to. */
  readonly branches: Map<string, string>;
  readonly commits: Map<string, CommitDraft>;
  /** Made or changed; the made ones in the order they were made. */
  readonly pulls: Map<number, PullRequest>;
  readonly issues: Map<number, Issue>;
  /** Issue or pull request → its new comments. */
  readonly comments: Map<number, readonly IssueComment[]>;
  /** Comment → its new text, or `null` where it was deleted. */
  readonly edits: Map<number, string | null>;
  readonly checks: Map<number, TriedCheck>;
  /** Returns a number for something new, which stands for the one that GitHub would give. */
  next(): number;
}

/** Beyond every number and id that GitHub has given, and still exact. */
const NEW_FROM = 2 ** 52;

export function nothingTried(): Tried {
  let made = 0;
  return {
    branches: new Map(),
    commits: new Map(),
    pulls: new Map(),
    issues: new Map(),
    comments: new Map(),
    edits: new Map(),
    checks: new Map(),
    next: () => {
      made += 1;
      return NEW_FROM + made;
    },
  };
}

/** Returns a number or id as it is shown: `12`, or `<new 1>` where only GitHub could say. */
export function numberText(number: number): string {
  return isNew(number) ? `<new ${number - NEW_FROM}>` : String(number);
}

/** Returns a text in which `#…` of something new reads as {@link numberText} shows it: GitHub knows nothing under that number. */
export function withNewNumbers(text: string): string {
  return text.replaceAll(/#(\d{16,})/g, (_whole, digits: string) => `#${numberText(Number(digits))}`);
}

/** Returns the id that stands for a commit which GitHub would make. */
export function triedSha(number: number): string {
  return sha256Hex(`commit ${number}`).slice(0, 40);
}

function isNew(number: number): boolean {
  return number > NEW_FROM;
}

type Reading = Pick<
  GitHub,
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
  | 'checkRuns'
>;

/** Returns the reads of `github` with what was tried on top. */
export function previewOf(github: GitHub, tried: Tried, login: string): Reading {
  return {
    ...treePreview(github, tried, login),
    ...pullPreview(github, tried),
    ...issuePreview(github, tried),
  };
}

function treePreview(
  github: GitHub,
  tried: Tried,
  login: string,
): Pick<Reading, 'head' | 'file' | 'commitsBetween'> {
  return {
    head: async (branch) => tried.branches.get(branch) ?? (await github.head(branch)),
    file: async (path, ref) => await triedFile(github, tried, path, tried.branches.get(ref) ?? ref),
    async commitsBetween(base, head) {
      const [from, to] = [tried.branches.get(base) ?? base, tried.branches.get(head) ?? head];
      const made = triedCommits(tried, to);
      const [oldest] = made;
      const real = oldest === undefined ? to : oldest.draft.expectedHead;
      const before = await github.commitsBetween(
        triedCommits(tried, from)[0]?.draft.expectedHead ?? from,
        real,
      );
      return [...before, ...made.map(({ sha, draft }) => commitOf(sha, draft, login))];
    },
  };
}

async function triedFile(github: GitHub, tried: Tried, path: string, ref: string): Promise<string | null> {
  const draft = tried.commits.get(ref);
  if (draft === undefined) return await github.file(path, ref);
  const text = draft.files[path];
  if (text !== undefined) return text;
  return await triedFile(github, tried, path, draft.mergedBase ?? draft.expectedHead);
}

interface TriedCommit {
  readonly sha: string;
  readonly draft: CommitDraft;
}

/** The commits that end at `sha` and are not really there, oldest first. */
function triedCommits({ commits }: Tried, sha: string): readonly TriedCommit[] {
  const found: TriedCommit[] = [];
  for (let at = sha; ; ) {
    const draft = commits.get(at);
    if (draft === undefined) return found.reverse();
    found.push({ sha: at, draft });
    at = draft.expectedHead;
  }
}

function commitOf(sha: string, draft: CommitDraft, login: string): BranchCommit {
  const merged = draft.mergedBase === null ? [] : [draft.mergedBase];
  return {
    sha,
    message: draft.message,
    author: login,
    committer: login,
    parents: [draft.expectedHead, ...merged],
  };
}

function pullPreview(
  github: GitHub,
  tried: Tried,
): Pick<Reading, 'pulls' | 'pull' | 'changedFiles' | 'reviews'> {
  const shown = (pull: PullRequest): PullRequest => {
    const now = tried.pulls.get(pull.number) ?? pull;
    return { ...now, headSha: tried.branches.get(now.branch) ?? now.headSha };
  };
  const ofNumber = async (number: number): Promise<PullRequest | null> => {
    const pull = tried.pulls.get(number) ?? (await github.pull(number));
    return pull === null ? null : shown(pull);
  };
  return {
    pull: ofNumber,
    async pulls(filter) {
      // All of them, since one that is closed there may be open here.
      const real = await github.pulls({ ...filter, state: tried.pulls.size === 0 ? filter.state : 'all' });
      const made = [...tried.pulls.values()].filter(({ number }) => isNew(number)).reverse();
      return [...made, ...real]
        .map(shown)
        .filter(({ state }) => filter.state === 'all' || state === 'open')
        .filter(({ branch }) => filter.branch === undefined || branch === filter.branch);
    },
    async changedFiles(number) {
      const pull = await ofNumber(number);
      const paths = triedCommits(tried, pull?.headSha ?? '').flatMap(({ draft }) => Object.keys(draft.files));
      const real = isNew(number) ? [] : await github.changedFiles(number);
      const added = paths.filter((path) => !real.some((file) => file.path === path));
      const changed = [...new Set(added)].map(
        (path): ChangedFile => ({ path, status: 'modified', previousPath: null }),
      );
      return [...real, ...changed];
    },
    reviews: async (number) => (isNew(number) ? [] : await github.reviews(number)),
  };
}

function issuePreview(
  github: GitHub,
  tried: Tried,
): Pick<Reading, 'comments' | 'issue' | 'ownIssues' | 'checkRuns'> {
  return {
    async comments(number) {
      const real = isNew(number) ? [] : await github.comments(number);
      return [...real, ...(tried.comments.get(number) ?? [])].flatMap((comment) => {
        const edited = tried.edits.get(comment.id);
        return edited === null ? [] : [{ ...comment, body: edited ?? comment.body }];
      });
    },
    async issue(number) {
      const pull = tried.pulls.get(number);
      const real = isNew(number) ? null : await github.issue(number);
      const issue = tried.issues.get(number) ?? real;
      if (pull === undefined) return issue;
      const { url, title, body, author, state, labels } = pull;
      return { number, url, title, body, author, state, labels, closedBy: issue?.closedBy ?? null };
    },
    async ownIssues() {
      const real = await github.ownIssues();
      const made = [...tried.issues.values()].filter(({ number }) => isNew(number));
      return [...real.map((issue) => tried.issues.get(issue.number) ?? issue), ...made];
    },
    async checkRuns(headSha, name) {
      const isMade = [...tried.commits.keys()].includes(headSha);
      const real = isMade ? [] : await github.checkRuns(headSha, name);
      const made = [...tried.checks.values()].filter(
        (check) => check.headSha === headSha && check.name === name,
      );
      return [...real.filter(({ id }) => !made.some((check) => check.id === id)), ...made];
    },
  };
}
