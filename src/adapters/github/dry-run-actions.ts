// GitHub Actions for a dry run: reads go through, and what would be turned on is only shown.

import type { GitHub, GitHubActions } from '../../ports.ts';

/**
 * Returns `actions` without its writes.
 *
 * @param print is called once per request that would have been sent, with one line of text.
 */
export function dryRunActions(
  actions: GitHubActions,
  github: Pick<GitHub, 'repository'>,
  print: (operation: string) => void,
): GitHubActions {
  return {
    ...actions,
    async enableWorkflow(workflowId) {
      const { fullName } = await github.repository();
      print(`PUT /repos/${fullName}/actions/workflows/${workflowId}/enable`);
    },
  };
}
