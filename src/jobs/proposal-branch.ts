// The branch of a proposal: made from the newest default branch, changed by commits on top, never by force.

import { GitHubError } from '../domain/github.ts';
import { branchOf, type ProposalKey } from '../domain/proposal.ts';
import type { GitHub } from '../ports.ts';
import { proposalTitle } from '../supervision/proposal-body.ts';
import { othersOf } from './observe-proposals.ts';
import type { ProposedFile } from './proposal-file.ts';
import type { PublishContext } from './publish-context.ts';

type Base = Pick<PublishContext, 'baseSha'>;

/**
 * Makes the branch hold the file, whatever an earlier run that died left there.
 *
 * @throws GitHubError where the branch holds commits of others, or moves meanwhile; then nothing is written over.
 */
export async function prepareBranch(
  github: GitHub,
  { baseSha }: Base,
  key: ProposalKey,
  file: ProposedFile,
  verdictId: string,
): Promise<void> {
  const branch = branchOf(key);
  const isNew = (await github.createBranch(branch, baseSha)) === 'created';
  const head = isNew ? baseSha : await github.head(branch);
  if (head === null) throw refusal(`the branch ${branch} was removed just now; the next run makes it again`);
  if (!isNew) {
    const commits = await github.commitsBetween(baseSha, head);
    if (commits.some((commit) => othersOf(commit, github.ownLogins).length > 0))
      throw refusal(
        `the branch ${branch} exists and holds commits by others, so nothing is proposed from it; remove or rename it`,
      );
  }
  await bringUpToDate(github, { baseSha }, { key, branch, head, file, verdictId });
}

/**
 * Puts the file on a branch that stands at `head` and holds nothing of others, merged with the newest default branch where that
 * has moved on. Where the file is as it should be already, nothing is written.
 *
 * @throws GitHubError where the branch moved meanwhile.
 */
export async function bringUpToDate(
  github: GitHub,
  { baseSha }: Base,
  {
    key,
    branch,
    head,
    file,
    verdictId,
  }: {
    readonly key: ProposalKey;
    readonly branch: string;
    readonly head: string;
    readonly file: ProposedFile;
    readonly verdictId: string;
  },
): Promise<void> {
  if ((await github.file(file.path, head)) === file.text) return;
  const isBehind = head !== baseSha && (await github.commitsBetween(head, baseSha)).length > 0;
  const made = await github.commit({
    branch,
    expectedHead: head,
    mergedBase: isBehind ? baseSha : null,
    files: { [file.path]: file.text },
    message: `${proposalTitle(key)}\n\nVerdict ${verdictId}`,
  });
  if (made.kind === 'moved')
    throw refusal(`the branch ${branch} moved while it was written to; the next run looks at it again`);
}

function refusal(message: string): GitHubError {
  return new GitHubError('refused', null, message);
}
