// Makes GitHub show the proposals: plans from what is called for and what there is, and carries the plan out, each part by itself.

import { GitHubError, type PullRequest } from '../domain/github.ts';
import { branchOf, type ProposalPull } from '../domain/proposal.ts';
import type { GitHub } from '../ports.ts';
import { type PlannedAction, planProposals } from '../supervision/plan.ts';
import { proposalBody, proposalTitle } from '../supervision/proposal-body.ts';
import { minuteText } from '../supervision/report-numbers.ts';
import { wantedProposals } from '../supervision/wanted-proposals.ts';
import { carryOut, type PreparedProposal, subjectOf } from './carry-out-proposal.ts';
import { configTextsAt } from './config-at.ts';
import { proposedFile } from './proposal-file.ts';
import type {
  EffectDone,
  EffectFailed,
  PartPublished,
  PublishContext,
  PublishPorts,
} from './publish-context.ts';

interface ProposalsPublished extends PartPublished {
  /** What is called for and not open, and why: a limit, or a snooze. One sentence each. */
  readonly waiting: readonly string[];
}

/**
 * Publishes the proposals. Nothing is done where the configuration on the default branch is broken, or turns pull requests off.
 * What GitHub refuses is returned as failed and holds up nothing else. `context.proposals` are as they are now.
 */
export async function publishProposals(
  ports: PublishPorts,
  context: PublishContext,
): Promise<ProposalsPublished> {
  const { github } = ports;
  if (context.problems.length > 0 || !context.settings.warden.github.pull_requests)
    return { done: [], failed: [], waiting: [] };
  const prepared = await prepare(github, context);
  const foreign = context.proposals.filter((each) => isForeign(each, context, prepared));
  const plan = planProposals({
    wanted: [...prepared.values()].map(({ wanted, marker }) => ({
      key: wanted.key,
      evidenceSha256: marker.evidence_sha256,
      asOf: marker.as_of,
      earlierVerdicts: wanted.history.slice(0, -1).map(({ verdict_id }) => verdict_id),
    })),
    pulls: context.proposals,
    foreign: new Set(foreign.map(({ pull }) => pull.number)),
    outdated: await outdatedPulls(github, context.proposals, prepared),
    settings: context.settings,
    ownLogins: github.ownLogins,
    nowMs: context.nowMs,
    newPullsMax: context.settings.warden.github.new_pulls_per_run,
  });
  const facts = { prepared, open: openBySubject(context.proposals) };
  const done: EffectDone[] = [];
  const failed: EffectFailed[] = [];
  for (const action of plan) {
    try {
      done.push(...(await carryOut(ports, context, facts, action)));
    } catch (error) {
      if (!(error instanceof GitHubError)) throw error;
      failed.push({ what: whatOf(action), error: error.message });
    }
  }
  const left = foreign.filter(({ pull }) => !plan.some((action) => closes(action, pull.number)));
  const waiting = [...left.map(foreignText), ...plan.flatMap((action) => waitingText(action) ?? [])];
  return { done, failed, waiting };
}

/**
 * Verdicts are never removed, so one that this state does not hold was made on another state: a newer one, where this run was
 * overtaken, or the right one, where this is the wrong one. What this state does not call for says nothing about its proposal then.
 */
function isForeign(
  { key, marker, pull }: ProposalPull,
  { verdicts }: PublishContext,
  prepared: ReadonlyMap<string, PreparedProposal>,
): boolean {
  if (pull.state !== 'open' || marker.verdict_id === null || prepared.has(branchOf(key))) return false;
  return !verdicts.some(({ verdict_id }) => verdict_id === marker.verdict_id);
}

function closes(action: PlannedAction, number: number): boolean {
  return action.kind === 'close' && action.pull.pull.number === number;
}

function foreignText({ pull, key }: ProposalPull): string {
  return `#${pull.number} ${proposalTitle(key)} (${key.episode}) rests on a verdict that this state does not hold, and is left as it is; where the state was begun anew on purpose, close it`;
}

/** Texts and file of everything that is called for, by branch. */
async function prepare(
  github: GitHub,
  context: PublishContext,
): Promise<ReadonlyMap<string, PreparedProposal>> {
  const all = wantedProposals(context.verdicts, context.openVerdicts);
  if (all.length === 0) return new Map();
  const texts = await configTextsAt(github, context.baseSha);
  const place = {
    report: context.report,
    settings: context.settings,
    repositoryUrl: context.repository.url,
    stateCommit: context.stateCommit,
    stateBranch: context.settings.warden.state.branch,
    codeVersion: context.codeVersion,
  };
  return new Map(
    all.map((wanted) => {
      const { body, marker } = proposalBody(wanted, place);
      return [branchOf(wanted.key), { wanted, body, marker, file: proposedFile(wanted, texts, context) }];
    }),
  );
}

/** Numbers of open ones whose branch does not hold the file as it would be written today. */
async function outdatedPulls(
  github: GitHub,
  pulls: readonly ProposalPull[],
  prepared: ReadonlyMap<string, PreparedProposal>,
): Promise<ReadonlySet<number>> {
  const outdated = new Set<number>();
  for (const { key, pull } of pulls) {
    const file = prepared.get(branchOf(key))?.file;
    if (pull.state !== 'open' || file?.ok !== true) continue;
    const there = await github.file(file.value.path, pull.headSha);
    if (there !== file.value.text) outdated.add(pull.number);
  }
  return outdated;
}

function openBySubject(pulls: readonly ProposalPull[]): Map<string, PullRequest> {
  const open = pulls.filter(({ pull }) => pull.state === 'open');
  return new Map(open.map(({ key, pull }) => [subjectOf(key), pull]));
}

const VERBS: Readonly<Record<PlannedAction['kind'], string>> = {
  open: 'open',
  reopen: 'open again',
  update: 'update',
  finish: 'finish',
  close: 'close',
  'explain-closing': 'say why it closed',
  'tell-edited': 'comment on the edited branch of',
  vetoed: 'record the veto of',
  snoozed: 'wait with',
  current: 'keep',
  waiting: 'wait with',
};

function whatOf(action: PlannedAction): string {
  const number = 'pull' in action ? `#${action.pull.pull.number} ` : '';
  return `${VERBS[action.kind]} ${number}${proposalTitle(action.key)} (${action.key.episode})`;
}

function waitingText(action: PlannedAction): string | null {
  const name = `${proposalTitle(action.key)} (${action.key.episode})`;
  if (action.kind === 'waiting')
    return `${name} waits for the next run: github.new_pulls_per_run are opened in this one`;
  return action.kind === 'snoozed' ? `${name} is snoozed until ${minuteText(action.until)} UTC` : null;
}
