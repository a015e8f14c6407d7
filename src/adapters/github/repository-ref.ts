// The one repository that calls go to, as every route of the API wants it.

import { assert } from '../../domain/assert.ts';
import type { OctokitLike } from './answers.ts';

export interface RepositoryRef {
  readonly octokit: OctokitLike;
  /** `owner/name`. */
  readonly fullName: string;
  /** Parameters of every route of the repository. */
  readonly at: { readonly owner: string; readonly repo: string };
  /** Logins whose pull requests, issues and comments are Warden's own. */
  readonly ownLogins: readonly string[];
}

/** Returns the two parts of `owner/name`. Asserts that there are two. */
export function ownerAndName(fullName: string): { readonly owner: string; readonly repo: string } {
  const [owner = '', repo = '', ...rest] = fullName.split('/');
  assert(owner !== '' && repo !== '' && rest.length === 0, `"${fullName}" is not owner/name of a repository`);
  return { owner, repo };
}
