// Commits and branches in memory, as far as pull requests need them: trees, parents, what one branch has and another has not.

import { assert } from '../../src/domain/assert.ts';
import { sha256Hex } from '../../src/domain/canonical.ts';
import type { BranchCommit, FileChanges } from '../../src/domain/github.ts';

export type Tree = Readonly<Record<string, string>>;

export interface MemoryGit {
  /** Branches of the repository itself, by name. */
  readonly branches: Map<string, string>;
  /** Branches of forks, as `owner/name:branch`. */
  readonly forkBranches: Map<string, string>;
  /** Makes a commit and moves nothing. */
  write(draft: {
    readonly tree: Tree;
    readonly parents: readonly string[];
    readonly author: string | null;
    readonly message: string;
  }): string;
  /** The commit that a branch or a hash names, or `null`. */
  resolve(ref: string, fork?: string): string | null;
  tree(sha: string): Tree;
  /** Commits that `head` has and `base` has not, oldest first. */
  between(base: string, head: string): readonly BranchCommit[];
  /** Paths that differ between the newest common commit and `head`. */
  changed(base: string, head: string): readonly string[];
  /** The tree of `base` with what `head` changed since the newest common commit. */
  merged(base: string, head: string): Tree;
}

/** Returns a tree with changes put on it; `null` removes a file. */
export function changedTree(tree: Tree, files: FileChanges): Tree {
  const entries = Object.entries({ ...tree, ...files });
  return Object.fromEntries(entries.flatMap(([path, text]) => (text === null ? [] : [[path, text]])));
}

/** Returns a repository without commits. */
export function memoryGit(): MemoryGit {
  const commits = new Map<string, BranchCommit & { readonly tree: Tree }>();
  const branches = new Map<string, string>();
  const forkBranches = new Map<string, string>();

  function found(sha: string): BranchCommit & { readonly tree: Tree } {
    const commit = commits.get(sha);
    assert(commit !== undefined, `there is no commit ${sha}`);
    return commit;
  }

  /** In the order in which they were made, so parents come first. */
  function ancestors(sha: string): Set<string> {
    const seen = new Set<string>();
    const open = [sha];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...found(next).parents);
    }
    return new Set([...commits.keys()].filter((each) => seen.has(each)));
  }

  function forkPoint(base: string, head: string): Tree {
    const ofBase = ancestors(base);
    const common = [...ancestors(head)].filter((sha) => ofBase.has(sha)).at(-1);
    return common === undefined ? {} : found(common).tree;
  }

  const git: MemoryGit = {
    branches,
    forkBranches,
    write: ({ tree, parents, author, message }) => {
      const sha = sha256Hex(JSON.stringify([commits.size, tree, parents, author, message])).slice(0, 40);
      commits.set(sha, { sha, tree, parents, author, committer: author, message });
      return sha;
    },
    resolve: (ref, fork) => {
      const branch = fork === undefined ? branches.get(ref) : forkBranches.get(`${fork}:${ref}`);
      return branch ?? (commits.has(ref) ? ref : null);
    },
    tree: (sha) => found(sha).tree,
    between: (base, head) => {
      const ofBase = ancestors(base);
      return [...ancestors(head)]
        .filter((sha) => !ofBase.has(sha))
        .map((sha) => {
          const { tree: _, ...commit } = found(sha);
          return commit;
        });
    },
    changed: (base, head) => {
      const before = forkPoint(base, head);
      const after = found(head).tree;
      const paths = new Set([...Object.keys(before), ...Object.keys(after)]);
      return [...paths].filter((path) => before[path] !== after[path]).sort();
    },
    merged: (base, head) => {
      const after = found(head).tree;
      const changes = git.changed(base, head).map((path) => [path, after[path] ?? null] as const);
      return changedTree(found(base).tree, Object.fromEntries(changes));
    },
  };
  return git;
}
