// Merge-time truth: on every open proposal a check that says whether it is still called for and merges to what it says.

import { GitHubError, type PullRequest } from '../domain/github.ts';
import { AGENTS_FILE, KILL_LIST_FILE, type ProposalMarker, WARDEN_FILE } from '../domain/proposal.ts';
import type { Result } from '../domain/result.ts';
import { settingsFrom } from '../domain/settings.ts';
import type { GitHub, Log } from '../ports.ts';
import type { CheckResult } from '../supervision/config-review.ts';
import { mdCode } from '../supervision/markdown.ts';
import { openVerdicts } from '../supervision/open-verdicts.ts';
import { ownProposal } from '../supervision/own-proposal.ts';
import { type ProposalCheckFacts, proposalCheck } from '../supervision/proposal-check.ts';
import { judgedCheck, PROPOSAL_CHECK } from './keep-check.ts';
import type { EffectFailed, PublishContext, PublishPorts } from './publish-context.ts';
import { mergedConfig, type PullConfig, pullConfig } from './pull-config.ts';
import { promotionOf, type RecordedState } from './recorded-state.ts';

/** One proposal and what its check says now. */
interface RevalidatedProposal {
  readonly number: number;
  readonly url: string;
  readonly conclusion: CheckResult['conclusion'];
  readonly title: string;
  readonly check: 'written' | 'unchanged';
}

interface Revalidated {
  readonly proposals: readonly RevalidatedProposal[];
  readonly failed: readonly EffectFailed[];
}

type Decided = ProposalCheckFacts['decided'];

interface Judging {
  readonly github: GitHub;
  readonly log: Log;
}

interface Proposal {
  readonly pull: PullRequest;
  readonly marker: ProposalMarker;
}

/**
 * Keeps the check `warden/proposal` of every open proposal, as GitHub has them now: those that were opened or updated a moment
 * ago as well. Where one fails the others go on.
 *
 * @throws GitHubError where the open pull requests cannot be listed.
 */
export async function revalidateProposals(
  { github, log }: Pick<PublishPorts, 'github' | 'log'>,
  context: PublishContext,
): Promise<Revalidated> {
  const { fullName } = context.repository;
  const decided: Decided = {
    verdicts: context.verdicts,
    open: context.openVerdicts,
    asOf: context.report?.generated_at ?? null,
  };
  const done: RevalidatedProposal[] = [];
  const failed: EffectFailed[] = [];
  for (const pull of await github.pulls({ state: 'open' })) {
    const marker = ownProposal(pull, { fullName, ownLogins: github.ownLogins });
    if (marker === null) continue;
    try {
      const known = context.report === null ? null : () => decided;
      done.push(await checked({ github, log }, { pull, marker }, known, context));
    } catch (error) {
      if (!(error instanceof GitHubError)) throw error;
      // A token of a person can never write checks, however often it tries, so nothing is owed by it.
      if (error.kind === 'forbidden') {
        log.warn(
          `${error.message}; proposals go without checks: they need the token of the app, or of a workflow`,
        );
        break;
      }
      failed.push({ what: `check of ${pull.url}`, error: error.message });
    }
  }
  return { proposals: done, failed };
}

/**
 * Keeps the check of one proposal.
 *
 * @param recorded the state; where it cannot be read or there is none, the check is neutral
 */
export async function checkProposal(
  ports: Judging,
  proposal: Proposal,
  recorded: Result<RecordedState | null, string>,
  { codeVersion }: { readonly codeVersion: string },
): Promise<RevalidatedProposal> {
  const state = recorded.ok ? recorded.value : null;
  const report = state?.report ?? null;
  const known =
    state === null || report === null
      ? null
      : ({ base }: Files): Decided => ({
          verdicts: state.verdicts,
          open:
            base === null
              ? []
              : openVerdicts(state.verdicts, settingsFrom(base), {
                  promotion: promotionOf(report),
                  alerts: state.alerts,
                }),
          asOf: report.generated_at,
        });
  return await checked(ports, proposal, known, { codeVersion, stateCommit: state?.commit ?? null });
}

type Files = Pick<ProposalCheckFacts, 'base' | 'merged' | 'otherPaths'>;

async function checked(
  ports: Judging,
  { pull, marker }: Proposal,
  decidedFor: ((files: Files) => Decided) | null,
  { codeVersion, stateCommit }: Pick<PublishContext, 'codeVersion' | 'stateCommit'>,
): Promise<RevalidatedProposal> {
  const { github } = ports;
  const place = { name: PROPOSAL_CHECK, headSha: pull.headSha } as const;
  const { result, written } = await judgedCheck(ports, place, async () => {
    const baseSha = await github.head(pull.baseBranch);
    const config = baseSha === null ? null : await pullConfig(github, pull, baseSha);
    const files = filesOf(config);
    const decided = decidedFor === null ? null : decidedFor(files);
    const asOf = decided?.asOf ?? 'no row';
    const base = baseSha === null ? 'no base' : mdCode(baseSha.slice(0, 7));
    const state = stateCommit === null ? '' : ` (state ${mdCode(stateCommit.slice(0, 7))})`;
    return {
      result: proposalCheck({ marker, ...files, decided }),
      provenance: `As of ${asOf}${state}, on ${base} of the base, Warden ${codeVersion}.`,
    };
  });
  const { conclusion, output } = result;
  return { number: pull.number, url: pull.url, conclusion, title: output.title, check: written };
}

/** Files whose content is compared; of every other one only the path is told. */
const READ_FILES: readonly string[] = [WARDEN_FILE, AGENTS_FILE, KILL_LIST_FILE];

/** A file that is missing or broken on the base makes all of it unknown. */
function filesOf(config: PullConfig | null): Files {
  if (config === null) return { base: null, merged: null, otherPaths: [] };
  const { warden, agents, killList } = mergedConfig(config, 1);
  const isBase = warden.base.ok && agents.base.ok && killList.base.ok;
  const isMerged = warden.merged.ok && agents.merged.ok && killList.merged.ok;
  return {
    otherPaths: [
      ...config.otherPaths,
      ...config.files.map(({ path }) => path).filter((path) => !READ_FILES.includes(path)),
    ],
    base: isBase
      ? { warden: warden.base.value, agents: agents.base.value, kill_list: killList.base.value }
      : null,
    merged: isMerged
      ? { warden: warden.merged.value, agents: agents.merged.value, kill_list: killList.merged.value }
      : null,
  };
}
