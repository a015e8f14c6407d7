// Opens the pull request that a person asked for: a class is stopped by a merge, whoever wants it stopped.

import { disabledClass } from '../adapters/config/kill-list-edit.ts';
import { entryOf } from '../domain/entry-of.ts';
import {
  actionOf,
  askedBranchOf,
  branchOf,
  isAboutClass,
  KILL_LIST_FILE,
  type ProposalKey,
} from '../domain/proposal.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { GitHub } from '../ports.ts';
import type { Proposed } from '../supervision/answer-text.ts';
import { nextEpisode, openEpisode, verdictsOnClass } from '../supervision/episodes.ts';
import { proposalTitle } from '../supervision/proposal-body.ts';
import { type Request, requestedBody } from '../supervision/requested-body.ts';
import { unknownClass } from './answer-figures.ts';
import { type CommandGround, type CommandOptions, knownClasses } from './command-ground.ts';
import { finishOpening, type OpeningPorts } from './finish-opening.ts';
import { type FoundProposal, findProposals, othersOf } from './observe-proposals.ts';

/** What a person asks for. */
export type DisableRequest = Omit<Request, 'key' | 'isCalledFor'> & { readonly strategyClass: string };

/**
 * Proposes to disable a class. Asked twice, or by two people, there is one pull request; one that a person closed for the open
 * episode is opened again, since a person wants it now.
 *
 * @returns why not, as a sentence with the next step.
 * @throws GitHubError where GitHub does not do it.
 */
export async function proposeDisable(
  ports: OpeningPorts,
  ground: CommandGround,
  request: DisableRequest,
  options: CommandOptions,
): Promise<Result<Proposed, string>> {
  const { github } = ports;
  const { strategyClass } = request;
  const classes = knownClasses(ground);
  if (!classes.includes(strategyClass)) return err(unknownClass(strategyClass, classes));
  if (ground.problems.length > 0)
    return err(
      `the configuration on the default branch is wrong, repair it first: ${ground.problems.join('; ')}`,
    );
  const entry = entryOf(ground.settings.kill_list, strategyClass);
  if (entry?.status === 'DISABLED')
    return err(`"${strategyClass}" is disabled already, since ${entry.since} for episode ${entry.episode}`);
  const known = await proposalsOf(github, strategyClass);
  const open = known.find(({ key, pull }) => key.action === 'disable' && pull.state === 'open');
  if (open !== undefined) return ok({ kind: 'already', pull: open.pull });
  const key = keyOf(ground, strategyClass, known);
  const isCalledFor = openEpisode(ground.verdicts, strategyClass) !== null;
  const declined = known.find(({ key: other, pull }) => isSameKey(other, key) && pull.mergedAt === null);
  if (declined !== undefined) {
    const { number, branch, headSha } = declined.pull;
    if ((await github.head(branch)) === null) await github.createBranch(branch, headSha);
    await github.updatePull(number, { state: 'open' });
    return ok({ kind: 'reopened', pull: declined.pull });
  }
  return await openNew(ports, ground, { ...request, key, isCalledFor }, options);
}

async function proposalsOf(github: GitHub, strategyClass: string): Promise<readonly FoundProposal[]> {
  const found = await findProposals(github);
  return found.filter(({ key }) => key.subject === strategyClass && isAboutClass(key.action));
}

/** The open episode, so that verdict and request are one proposal; else one that nothing has used. */
function keyOf({ verdicts }: CommandGround, subject: string, known: readonly FoundProposal[]): ProposalKey {
  const episode =
    openEpisode(verdicts, subject)?.episode ??
    nextEpisode(subject, [
      ...verdictsOnClass(verdicts, subject).map((verdict) => verdict.episode),
      ...known.map(({ key }) => key.episode),
    ]);
  return { action: actionOf('DISABLE'), subject, episode };
}

function isSameKey(a: ProposalKey, b: ProposalKey): boolean {
  return a.action === b.action && a.episode === b.episode;
}

async function openNew(
  ports: OpeningPorts,
  ground: CommandGround,
  request: Request,
  { codeVersion }: CommandOptions,
): Promise<Result<Proposed, string>> {
  const { github } = ports;
  const { repository, settings, report, state } = ground;
  const { key } = request;
  const branch = request.isCalledFor ? branchOf(key) : askedBranchOf(key);
  const committed = await commitOn(github, ground, request, branch);
  if (!committed.ok) return committed;
  const body = requestedBody(request, {
    report,
    settings,
    repositoryUrl: repository.url,
    stateCommit: state?.commit ?? null,
    stateBranch: settings.warden.state.branch,
    codeVersion,
  });
  const draft = { title: proposalTitle(key), body, branch, baseBranch: repository.defaultBranch };
  const { kind, pull } = await github.createPull(draft);
  if (kind === 'exists' && !github.ownLogins.includes(pull.author))
    return err(
      `pull request ${pull.number} by ${pull.author} is open from the branch ${branch}, which is Warden's; close it first`,
    );
  await finishOpening(ports, { settings, baseSha: ground.baseSha }, key.action, pull);
  return ok({ kind: 'opened', pull });
}

/** Puts the edited kill list on the branch, which may be there from an attempt that died or from an earlier request. */
async function commitOn(
  github: GitHub,
  { baseSha }: CommandGround,
  { key, reason, source, at, by }: Request,
  branch: string,
): Promise<Result<void, string>> {
  const text = await github.file(KILL_LIST_FILE, baseSha);
  if (text === null) return err(`${KILL_LIST_FILE} is not on the default branch any more`);
  const facts = { reason, evidence: `asked for by ${by}: ${source}`, since: at, episode: key.episode };
  const edited = disabledClass(text, key.subject, facts);
  if (!edited.ok) return edited;
  const isNew = (await github.createBranch(branch, baseSha)) === 'created';
  const head = isNew ? baseSha : await github.head(branch);
  if (head === null) return err(`the branch ${branch} was removed just now; ask again`);
  if (!isNew) {
    const commits = await github.commitsBetween(baseSha, head);
    const others = commits.flatMap((commit) => othersOf(commit, github.ownLogins));
    if (others.length > 0)
      return err(`the branch ${branch} holds commits of others and is left alone; remove or rename it`);
    if ((await github.file(KILL_LIST_FILE, head)) === edited.value) return ok(undefined);
  }
  const made = await github.commit({
    branch,
    expectedHead: head,
    mergedBase: head === baseSha ? null : baseSha,
    files: { [KILL_LIST_FILE]: edited.value },
    message: `${proposalTitle(key)}\n\nAsked for by ${by}: ${source}`,
  });
  return made.kind === 'committed'
    ? ok(undefined)
    : err(`the branch ${branch} was moved just now; ask again`);
}
