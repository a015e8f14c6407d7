// Commits that GitHub makes on our behalf: on top of what a branch is known to stand at, and never by force.

import { type CommitDraft, GitHubError } from '../../domain/github.ts';
import type { GitHub } from '../../ports.ts';
import { ask } from './answers.ts';
import { fileText } from './file-text.ts';
import { branchHead } from './reading.ts';
import type { RepositoryRef } from './repository-ref.ts';

const MOVED = { kind: 'moved' } as const;

/** Returns the call that commits files. A commit that would change nothing is not made. */
export function committerOf(ref: RepositoryRef): GitHub['commit'] {
  return async (draft) => {
    const { branch, expectedHead, mergedBase } = draft;
    if ((await branchHead(ref, branch)) !== expectedHead) return MOVED;
    const changes = await changesOf(ref, draft);
    if (changes.length === 0 && mergedBase === null) return { kind: 'committed', sha: expectedHead };
    const sha = await createCommit(ref, draft, changes);
    try {
      await ask(() =>
        ref.octokit.request('PATCH /repos/{owner}/{repo}/git/refs/{ref}', {
          ...ref.at,
          ref: `heads/${branch}`,
          sha,
          force: false,
        }),
      );
      return { kind: 'committed', sha };
    } catch (error) {
      if (!(error instanceof GitHubError) || error.kind !== 'refused') throw error;
      // GitHub has several words for it, so it is the branch that tells whether somebody else was faster.
      const head = await branchHead(ref, branch);
      if (head === expectedHead) throw error;
      return head !== null && (await contains(ref, head, sha)) ? { kind: 'committed', sha } : MOVED;
    }
  };
}

type Change = readonly [path: string, text: string | null];

/** What the commit changes in the tree it is put on: GitHub refuses to remove a file that is not there. */
async function changesOf(
  ref: RepositoryRef,
  { files, mergedBase, expectedHead }: CommitDraft,
): Promise<readonly Change[]> {
  const from = mergedBase ?? expectedHead;
  const changes: Change[] = [];
  for (const [path, text] of Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if ((await fileText(ref, path, from)) !== text) changes.push([path, text]);
  }
  return changes;
}

async function createCommit(
  { octokit, at }: RepositoryRef,
  { expectedHead, mergedBase, message }: CommitDraft,
  changes: readonly Change[],
): Promise<string> {
  const onto = await ask(() =>
    octokit.request('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
      ...at,
      commit_sha: mergedBase ?? expectedHead,
    }),
  );
  const tree = changes.map(([path, text]) => {
    const entry = { path, mode: '100644', type: 'blob' } as const;
    return text === null ? { ...entry, sha: null } : { ...entry, content: text };
  });
  const base_tree = onto.tree.sha;
  const changed =
    tree.length === 0
      ? { sha: base_tree }
      : await ask(() => octokit.request('POST /repos/{owner}/{repo}/git/trees', { ...at, base_tree, tree }));
  const parents = mergedBase === null ? [expectedHead] : [expectedHead, mergedBase];
  const commit = await ask(() =>
    octokit.request('POST /repos/{owner}/{repo}/git/commits', { ...at, message, tree: changed.sha, parents }),
  );
  return commit.sha;
}

/** A request that was repeated may have been carried out the first time, and another commit may stand on ours by now. */
async function contains(ref: RepositoryRef, head: string, sha: string): Promise<boolean> {
  const { status } = await ask(() =>
    ref.octokit.request('GET /repos/{owner}/{repo}/compare/{basehead}', {
      ...ref.at,
      basehead: `${sha}...${head}`,
      per_page: 1,
    }),
  );
  return status === 'ahead' || status === 'identical';
}
