// As whom an account of GitHub commits: by an address that GitHub knows is its own, so that the commit links to the account.

import { WORKFLOW_LOGIN } from '../../domain/github.ts';

export interface CommitAuthor {
  readonly name: string;
  readonly email: string;
}

/** Of the account behind the token of every workflow. */
const WORKFLOW_ID = 41_898_282;

/** Who commits where there is no GitHub. The address can belong to nobody. */
export const LOCAL_AUTHOR: CommitAuthor = { name: 'warden', email: 'warden@localhost.invalid' };

/**
 * Returns the author of commits by a login, `ada` or `warden[bot]`.
 *
 * @param userId number of the account, or `null` where GitHub did not tell: its address then is of the older form, which newer accounts
 *   have not
 */
export function commitAuthorOf(login: string, userId: number | null): CommitAuthor {
  const id = login === WORKFLOW_LOGIN ? WORKFLOW_ID : userId;
  const prefix = id === null ? '' : `${id}+`;
  return { name: login, email: `${prefix}${login}@users.noreply.github.com` };
}
