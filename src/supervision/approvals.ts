// Who approves of a pull request as it is now: people who may write, once each, for the commit that would be merged.

import { type BranchCommit, mayWrite, type Review, type Role } from '../domain/github.ts';

interface ApprovalFacts {
  readonly reviews: readonly Review[];
  readonly headSha: string;
  /** Login of who opened the pull request. */
  readonly author: string;
  /** Of the pull request, whoever pushed them. */
  readonly commits: readonly Pick<BranchCommit, 'author' | 'committer'>[];
  readonly ownLogins: readonly string[];
  /** By login in lower case. Who is missing has no role. */
  readonly roles: ReadonlyMap<string, Role>;
}

/** Whose approval counts, and whose does not and why; each person once, in the order of their reviews. */
export interface Approvals {
  readonly by: readonly string[];
  readonly setAside: readonly { readonly login: string; readonly why: string }[];
  /** The address of a commit belongs to no account, so any of them may have made it. */
  readonly hasCommitOfUnknown: boolean;
}

/** Returns the people whose newest opinion on a pull request is an approval, as they are asked for their roles. */
export function approvers({ reviews }: Pick<ApprovalFacts, 'reviews'>): string[] {
  return approving(reviews).map(({ author }) => author);
}

/**
 * Returns the approvals. Of each person the newest review counts that is an opinion: a comment changes none. It must be on the
 * commit that is the head now, by somebody else than the author and Warden, who may write and made none of the commits: nobody
 * approves of their own work.
 */
export function approvalsOf(facts: ApprovalFacts): Approvals {
  const judged = approving(facts.reviews).map((review) => ({
    login: review.author,
    why: whyNot(review, facts),
  }));
  return {
    by: judged.flatMap(({ login, why }) => (why === null ? [login] : [])),
    setAside: judged.flatMap(({ login, why }) => (why === null ? [] : [{ login, why }])),
    hasCommitOfUnknown: facts.commits.some(({ author }) => author === null),
  };
}

function approving(reviews: readonly Review[]): Review[] {
  const newest = new Map<string, Review>();
  for (const review of inOrder(reviews)) {
    if (review.state === 'COMMENTED' || review.state === 'PENDING') continue;
    newest.set(review.author.toLowerCase(), review);
  }
  return [...newest.values()].filter(({ state }) => state === 'APPROVED');
}

function inOrder(reviews: readonly Review[]): Review[] {
  return [...reviews].sort((a, b) => {
    const [left, right] = [a.submittedAt ?? '', b.submittedAt ?? ''];
    return left === right ? 0 : left < right ? -1 : 1;
  });
}

function whyNot(
  review: Review,
  { headSha, author, commits, ownLogins, roles }: ApprovalFacts,
): string | null {
  const login = review.author.toLowerCase();
  if (login === author.toLowerCase()) return 'opened the pull request';
  if (ownLogins.some((own) => own.toLowerCase() === login)) return 'is Warden itself';
  const isMaker = commits.some((commit) =>
    [commit.author, commit.committer].some((maker) => maker?.toLowerCase() === login),
  );
  if (isMaker) return 'made a commit of it';
  if (!mayWrite(roles.get(login) ?? 'none')) return 'may not write to this repository';
  return review.commit === headSha ? null : 'approved an earlier commit';
}
