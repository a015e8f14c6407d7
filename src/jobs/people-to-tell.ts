// Whom Warden asks or tells by name: the reviewers that are configured, else the owners that CODEOWNERS gives for the files in question.

import type { Settings } from '../domain/settings.ts';
import type { GitHub } from '../ports.ts';
import { CODEOWNERS_FILES, ownersOf } from '../supervision/codeowners.ts';

/** A comment that names more people than this is noise to most of them. */
const OWNERS_MAX = 10;

/**
 * Returns logins and `org/team`, as configured on the default branch, each once; empty where nobody is named.
 *
 * @param paths files whose owners are meant
 */
export async function peopleToTell(
  github: Pick<GitHub, 'file'>,
  { settings, baseSha }: { readonly settings: Settings; readonly baseSha: string },
  paths: readonly string[],
): Promise<readonly string[]> {
  const { reviewers } = settings.warden.github;
  if (reviewers.length > 0) return reviewers;
  for (const file of CODEOWNERS_FILES) {
    const text = await github.file(file, baseSha);
    if (text === null) continue;
    const owners = new Set(paths.flatMap((path) => ownersOf(text, path)));
    return [...owners].slice(0, OWNERS_MAX);
  }
  return [];
}
