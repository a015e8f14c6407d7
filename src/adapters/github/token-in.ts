// The token that signing in at GitHub ends in, for what is not asked through the client.

import { assert } from '../../domain/assert.ts';

/** Returns the token of what an octokit's `auth` gave. Asserts that there is one. */
export function tokenIn(authentication: unknown): string {
  const isObject = typeof authentication === 'object' && authentication !== null;
  const token = isObject && 'token' in authentication ? authentication.token : null;
  assert(typeof token === 'string', 'signing in at GitHub ends in a token');
  return token;
}
