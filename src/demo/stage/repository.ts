// The repository of the demo as it begins at the GitHub of this machine, and the made-up people who work in it.

import type { LocalGitHub } from '../../adapters/github/local/local-github.ts';

export const REPOSITORY = 'you/strategies';

/** Owns the repository, merges and comments. */
export const PERSON = 'you';
/** Owns the configuration, so that proposals ask for this review. */
export const REVIEWER = 'mira';

const README = `# Strategies

The repository of the demo: \`config/\` says what may trade, and \`state/data\` is the branch \`warden-state\`.
`;

const CODEOWNERS = `* @${PERSON}
/config/ @${REVIEWER}
`;

/** The branch of the state is mounted below. */
const STATE_IGNORED = '/data/\n';

/**
 * Makes the repository with its people.
 *
 * @param files path → text of what main begins with, beside what every such repository has
 */
export function makeRepository({ world }: LocalGitHub, files: Readonly<Record<string, string>>): void {
  for (const login of [PERSON, REVIEWER]) world.addUser(login);
  world.createRepository({
    fullName: REPOSITORY,
    files: {
      'README.md': README,
      '.github/CODEOWNERS': CODEOWNERS,
      'state/.gitignore': STATE_IGNORED,
      ...files,
    },
  });
  world.setPermission(REPOSITORY, REVIEWER, 'write');
}
