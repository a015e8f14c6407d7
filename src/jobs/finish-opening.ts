// What completes a pull request of Warden that was just opened: whoever reviews it is asked, and then it gets its labels.

import type { PullRequest } from '../domain/github.ts';
import type { ProposalAction } from '../domain/proposal.ts';
import type { Settings } from '../domain/settings.ts';
import type { GitHub, Log } from '../ports.ts';
import { actionLabel } from '../supervision/plan.ts';
import { peopleToTell } from './people-to-tell.ts';
import { fileOf } from './proposal-file.ts';

/** Who writes on GitHub, and where what it did not take is said. */
export interface OpeningPorts {
  readonly github: GitHub;
  readonly log: Log;
}

/**
 * Asks the reviewers, and puts the labels on last: the label of the action says that all of it was done, and where it is missing,
 * publishing finishes the opening. Reviewers that GitHub does not take are named in the log.
 */
export async function finishOpening(
  { github, log }: OpeningPorts,
  base: { readonly settings: Settings; readonly baseSha: string },
  action: ProposalAction,
  pull: PullRequest,
): Promise<void> {
  const people = await peopleToTell(github, base, [fileOf(action)]);
  const reviewers = people.filter((login) => login !== pull.author);
  if (reviewers.length > 0) {
    const refused = await github.requestReviewers(pull.number, reviewers);
    if (refused.length > 0)
      log.warn(
        `#${pull.number}: GitHub did not take ${refused.join(', ')} as reviewers; ${reviewerStep(refused)}`,
      );
  }
  const labels = [...base.settings.warden.github.labels, actionLabel(action)];
  await github.addLabels(pull.number, [...new Set(labels)]);
}

function reviewerStep(refused: readonly string[]): string {
  const access = 'they need access to the repository';
  return refused.some((one) => one.includes('/'))
    ? `${access}, and to ask a team the app needs the permission members: read of the organisation`
    : access;
}
