// The review of a pull request: a check of its configuration on the newest commit, and a comment with what other limits would do.

import type { PullRequest } from '../domain/github.ts';
import type { GitHub, Log, StateBranch } from '../ports.ts';
import { type Approvals, approvalsOf, approvers } from '../supervision/approvals.ts';
import {
  type CheckResult,
  configReview,
  NOTHING_TOUCHED,
  needsApprovals,
} from '../supervision/config-review.ts';
import { mdCode } from '../supervision/markdown.ts';
import { ownProposal } from '../supervision/own-proposal.ts';
import { NO_PROPOSAL } from '../supervision/proposal-check.ts';
import { LIMITS_AS_ON_BASE, whatIfComment } from '../supervision/whatif-markdown.ts';
import { CONFIG_CHECK, judgedCheck, keepCheck, PROPOSAL_CHECK } from './keep-check.ts';
import { touchedConfig } from './pull-config.ts';
import { recordedState } from './recorded-state.ts';
import { checkProposal } from './revalidate-proposal.ts';
import { type Reviewed, reviewFacts } from './review-facts.ts';
import { keepComment, ownComments, type Written } from './sticky-comment.ts';

interface ReviewPorts {
  readonly github: GitHub;
  readonly state: StateBranch;
  readonly log: Log;
}

interface ReviewOptions {
  readonly nowMs: number;
  readonly codeVersion: string;
}

/** What became of a review. `gone`: the pull request is closed, or there is none. */
export type ConfigReviewed =
  | { readonly outcome: 'gone' }
  | {
      readonly outcome: 'reviewed';
      readonly conclusion: CheckResult['conclusion'];
      readonly title: string;
      readonly check: 'written' | 'unchanged';
      readonly comment: Written | 'none';
    };

/**
 * Reviews the newest commit of a pull request as it is now, whatever event asked for it. Two checks report on every open one,
 * since a required check that does not report holds up the merge: `warden/config`, and `warden/proposal`. Nothing is written
 * where both say so already.
 *
 * @throws GitHubError where GitHub cannot be asked; the check says then that it did not finish, where that can be written.
 */
export async function reviewConfig(
  ports: ReviewPorts,
  number: number,
  options: ReviewOptions,
): Promise<ConfigReviewed> {
  const { github } = ports;
  const pull = await github.pull(number);
  if (pull === null || pull.state === 'closed') return { outcome: 'gone' };
  let comment: Written | 'none' = 'none';
  let recorded: Recorded | null = null;
  const place = { name: CONFIG_CHECK, headSha: pull.headSha } as const;
  const { result, written } = await judgedCheck(ports, place, async () => {
    const judged = await judge(ports, pull, options);
    recorded = judged.recorded;
    // Before the check, so that a check that is complete says that the comment is there.
    comment = await keepWhatIf(github, number, judged.reviewed);
    return judged;
  });
  await reportOnProposal(ports, pull, recorded, options);
  const { conclusion, output } = result;
  return { outcome: 'reviewed', conclusion, title: output.title, check: written, comment };
}

interface Judged {
  readonly result: CheckResult;
  readonly provenance: string;
  /** `null`: no configuration is touched. */
  readonly reviewed: Reviewed | null;
  /** `null`: the state was not needed. */
  readonly recorded: Recorded | null;
}

/** The state, or why it cannot be read. */
type Recorded = Awaited<ReturnType<typeof recordedState>>;

async function judge(
  { github, state }: ReviewPorts,
  pull: PullRequest,
  { codeVersion }: ReviewOptions,
): Promise<Judged> {
  const baseSha = await github.head(pull.baseBranch);
  const config = baseSha === null ? null : await touchedConfig(github, pull, baseSha);
  if (baseSha === null || config === null)
    return { result: NOTHING_TOUCHED, provenance: '', reviewed: null, recorded: null };
  const recorded = await recordedState(state);
  const reviewed = reviewFacts(config, recorded);
  const approvals = needsApprovals(reviewed) ? await pullApprovals(github, pull, baseSha) : NO_APPROVALS;
  const commit = recorded.ok ? recorded.value?.commit : undefined;
  const provenance =
    `Commit ${shaText(pull.headSha)} on ${shaText(baseSha)} of the base, ` +
    `${commit === undefined ? 'no state' : `state ${shaText(commit)}`}, Warden ${codeVersion}.`;
  return { result: configReview({ ...reviewed, approvals }), provenance, reviewed, recorded };
}

const NO_APPROVALS: Approvals = { by: [], setAside: [], hasCommitOfUnknown: false };

async function pullApprovals(github: GitHub, pull: PullRequest, baseSha: string): Promise<Approvals> {
  const reviews = await github.reviews(pull.number);
  const commits = await github.commitsBetween(baseSha, pull.headSha);
  const logins = approvers({ reviews });
  const roles = await Promise.all(
    logins.map(async (login) => [login.toLowerCase(), await github.role(login)] as const),
  );
  const { headSha, author } = pull;
  return approvalsOf({
    reviews,
    headSha,
    author,
    commits,
    ownLogins: github.ownLogins,
    roles: new Map(roles),
  });
}

/** Until the limits of the pull request can be read, what was said of the ones before stays. */
async function keepWhatIf(
  github: GitHub,
  number: number,
  reviewed: Reviewed | null,
): Promise<Written | 'none'> {
  if (reviewed !== null && !reviewed.areLimitsKnown) return 'none';
  const whatIf = reviewed?.whatIf ?? null;
  if (whatIf !== null) return await keepComment(github, number, 'what-if', whatIfComment(whatIf));
  const earlier = ownComments(await github.comments(number), 'what-if', github.ownLogins);
  if (earlier.length === 0) return 'none';
  return await keepComment(github, number, 'what-if', whatIfComment(LIMITS_AS_ON_BASE));
}

async function reportOnProposal(
  ports: ReviewPorts,
  pull: PullRequest,
  recorded: Recorded | null,
  options: ReviewOptions,
): Promise<void> {
  const { github } = ports;
  const { fullName } = await github.repository();
  const marker = ownProposal(pull, { fullName, ownLogins: github.ownLogins });
  if (marker === null) {
    await keepCheck(github, { name: PROPOSAL_CHECK, headSha: pull.headSha, provenance: '' }, NO_PROPOSAL);
    return;
  }
  await checkProposal(ports, { pull, marker }, recorded ?? (await recordedState(ports.state)), options);
}

function shaText(sha: string): string {
  return mdCode(sha.slice(0, 7));
}
