// What the app must know of a repository before it can tell whose deeds are its own and which branch holds the state.

import { parseWardenConfig } from '../adapters/config/config-files.ts';
import { stateBranchIn } from '../adapters/config/state-branch-name.ts';
import { canonicalJson, sha256Hex } from '../domain/canonical.ts';
import { SHIPPED_STATE_BRANCH } from '../domain/config.ts';
import { WARDEN_FILE } from '../domain/proposal.ts';
import { configTextsAt } from '../jobs/config-at.ts';
import type { GitHub } from '../ports.ts';

export interface RepositorySettings {
  /** Whether the default branch has a warden.yaml, good or bad. */
  readonly isConfigured: boolean;
  readonly stateBranch: string;
  /** Accounts under which Warden wrote before. */
  readonly ownLogins: readonly string[];
  /** Tells one configuration of the default branch from the next. */
  readonly baseDigest: string;
}

/** Reads the configuration of the default branch. Where it is missing or cannot be read, the names it ships with hold. */
export async function repositorySettings(
  github: Pick<GitHub, 'repository' | 'file'>,
): Promise<RepositorySettings> {
  const { defaultBranch } = await github.repository();
  const texts = await configTextsAt(github, defaultBranch);
  const warden = texts.warden === null ? null : parseWardenConfig(texts.warden, WARDEN_FILE);
  const config = warden?.ok === true ? warden.value.config : null;
  return {
    isConfigured: texts.warden !== null,
    stateBranch: stateBranchIn(texts.warden) ?? SHIPPED_STATE_BRANCH,
    ownLogins: config?.github.own_logins ?? [],
    baseDigest: sha256Hex(canonicalJson(texts)),
  };
}

/** Why nothing is done where {@link isSupervised} says no. */
export const NOT_SUPERVISED = 'the repository has no config/warden.yaml and no state branch';

/** Whether the repository is one that Warden supervises: an app may be installed on more than those. */
export async function isSupervised(
  github: Pick<GitHub, 'head'>,
  { isConfigured, stateBranch }: RepositorySettings,
): Promise<boolean> {
  return isConfigured || (await github.head(stateBranch)) !== null;
}
