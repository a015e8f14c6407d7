// Where people see the run of GitHub Actions that this process belongs to.

import { type Env, givenVariable } from '../github/given-variable.ts';

/** Returns the address of the run, or `null` outside of GitHub Actions. */
export function actionsRunUrl(env: Env): string | null {
  const [server, repository, run] = ['GITHUB_SERVER_URL', 'GITHUB_REPOSITORY', 'GITHUB_RUN_ID'].map((name) =>
    givenVariable(env, name),
  );
  if (server == null || repository == null || run == null) return null;
  return `${server}/${repository}/actions/runs/${run}`;
}
