// An address that git fetches from, as somebody gave it: a path is made whole, and one with a secret in it is refused.

import { resolve } from 'node:path';
import { err, ok, type Result } from '../../domain/result.ts';
import { git } from './git-command.ts';

/**
 * Returns the address that `text` is.
 *
 * @param name who named it: an option, or a remote
 * @param cwd a path is one below here; git would take it as one below the clone
 * @returns the error is a sentence with the next step, and does not repeat a secret.
 */
export function remoteAddress(name: string, text: string, cwd: string): Result<string, string> {
  if (text === '' || text.startsWith('-'))
    return err(`${name} is "${text}", which is no address; expected one that git fetches from`);
  if (URL.canParse(text) && hasSecret(new URL(text)))
    return err(
      `the address of ${name} has a password in it, which would be written down with the state; keep it in a credential helper of git, or set GITHUB_TOKEN and GITHUB_REPOSITORY`,
    );
  const isPath = !/^[a-z][a-z0-9+.-]*:\/\//i.test(text) && !/^[^/]+:/.test(text);
  return ok(isPath ? resolve(cwd, text) : text);
}

/** A token signs in also as the name of the user, and is longer than the names of people are, or begins as GitHub's do. */
function hasSecret({ password, username }: URL): boolean {
  return password !== '' || username.length >= 40 || /^(gh[a-z]|github_pat)_/.test(username);
}

/** Returns the address of a remote of the repository that `folder` is in. */
export async function addressOfRemote(remote: string, folder: string): Promise<Result<string, string>> {
  const told = await git(['remote', 'get-url', remote], { cwd: folder, config: 'user' });
  if (told.ok) return remoteAddress(remote, told.value, folder);
  return err(`there is no remote "${remote}" of ${folder} (${told.error.message})`);
}
