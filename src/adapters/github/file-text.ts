// The text of a file at a commit, of any size, and never half of one: what is no text is refused by name.

import { GitHubError } from '../../domain/github.ts';
import { ask, askOrNull } from './answers.ts';
import type { RepositoryRef } from './repository-ref.ts';

/**
 * Returns the text of a file, or `null` where there is no file of that path.
 *
 * @param ref - branch or commit.
 * @throws GitHubError `refused` for what is no UTF-8 text.
 */
export async function fileText(
  { octokit, fullName, at }: RepositoryRef,
  path: string,
  ref: string,
): Promise<string | null> {
  const found = await askOrNull(() =>
    octokit.request('GET /repos/{owner}/{repo}/contents/{path}', { ...at, path, ref }),
  );
  if (found === null || Array.isArray(found)) return null;
  const where = `${path} at ${ref} of ${fullName}`;
  if (found.type !== 'file') throw refused(`${where} is a ${found.type}; put a file there`);
  if ('content' in found && found.encoding === 'base64') return textFrom(found.content, where);
  // Above 1 MB the content is left out here, and is found under its digest.
  const blob = await ask(() =>
    octokit.request('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', { ...at, file_sha: found.sha }),
  );
  return textFrom(blob.content, where);
}

function textFrom(base64: string, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(base64, 'base64'));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw refused(`${where} is not UTF-8 text; save it as UTF-8`);
  }
}

function refused(message: string): GitHubError {
  return new GitHubError('refused', 200, message);
}
