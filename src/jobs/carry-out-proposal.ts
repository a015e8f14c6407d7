// Carries out one planned action on one proposal. Every step may have been done by a run that died: it looks first, then writes.

import { canonicalJson } from '../domain/canonical.ts';
import { GitHubError, type PullRequest } from '../domain/github.ts';
import { branchOf, type ProposalKey, type ProposalMarker, type ProposalPull } from '../domain/proposal.ts';
import type { Result } from '../domain/result.ts';
import { isoFromMs, msFromIso } from '../domain/time.ts';
import type { Effect, Receipt } from '../domain/verdict.ts';
import { branchEditedText, closingText, vetoText } from '../supervision/closing-text.ts';
import { newestVerdictAbout } from '../supervision/episodes.ts';
import { lineDiff } from '../supervision/line-diff.ts';
import { actionLabel, type PlannedAction } from '../supervision/plan.ts';
import { proposalTitle, type WantedProposal } from '../supervision/proposal-body.ts';
import { reopenedText } from '../supervision/reopened-text.ts';
import { effectDone } from './effect-done.ts';
import { finishOpening } from './finish-opening.ts';
import { bringUpToDate, prepareBranch } from './proposal-branch.ts';
import type { ProposedFile } from './proposal-file.ts';
import type { EffectDone, PublishContext, PublishPorts } from './publish-context.ts';
import { keepComment, ownComments } from './sticky-comment.ts';
import { tellGrown } from './tell-grown.ts';

/** A proposal that is called for, with all that would be written about it today. */
export interface PreparedProposal {
  readonly wanted: WantedProposal;
  readonly body: string;
  readonly marker: ProposalMarker;
  /** The error says why the file cannot be edited, and what to do. */
  readonly file: Result<ProposedFile, string>;
}

/** What an action may need to know beside itself. */
interface CarryOutFacts {
  /** By the branch of their key. */
  readonly prepared: ReadonlyMap<string, PreparedProposal>;
  /** Open proposals by action and subject, those that were opened in this run included. */
  readonly open: Map<string, PullRequest>;
}

type On<K extends PlannedAction['kind']> = Extract<PlannedAction, { kind: K }>;

/** Returns the name under which open proposals are kept in {@link CarryOutFacts}. */
export function subjectOf({ action, subject }: ProposalKey): string {
  return canonicalJson([action, subject]);
}

/**
 * Carries out one action.
 *
 * @returns what is so now; none where there is nothing to record.
 * @throws GitHubError where GitHub does not do it, or it must not be done; the next run tries again.
 */
export async function carryOut(
  ports: PublishPorts,
  context: PublishContext,
  facts: CarryOutFacts,
  action: PlannedAction,
): Promise<readonly EffectDone[]> {
  switch (action.kind) {
    case 'open':
      return await open(ports, context, facts, action);
    case 'reopen':
      return await reopen(ports, context, facts, action);
    case 'update':
      return await update(ports, context, facts, action);
    case 'finish':
      await finishOpening(ports, context, action.key.action, action.pull.pull);
      return effectOfCurrent(action);
    case 'close':
      return await close(ports, context, facts, action);
    case 'explain-closing':
      return [await sayWhyClosed(ports, context, facts, { ...action, decision: null })];
    case 'tell-edited':
      return await tellEdited(ports, context, facts, action);
    case 'vetoed':
      return await veto(ports, facts, action);
    case 'current':
      return effectOfCurrent(action);
    case 'snoozed':
    case 'waiting':
      return [];
  }
}

function effect(
  what: Effect,
  part: string,
  key: ProposalKey,
  facts: {
    readonly pull: PullRequest;
    readonly verdictId: string | null;
    readonly body: string;
    readonly outcome?: Receipt['outcome'];
    readonly text: string;
    readonly cites?: string | null;
  },
): EffectDone {
  const { pull, text, ...written } = facts;
  return effectDone({
    ...written,
    effect: what,
    key: [part, key.action, key.episode],
    on: pull,
    text: `${text} #${pull.number} ${proposalTitle(key)} (${key.episode})`,
  });
}

function effectOfCurrent({ key, pull }: On<'current'> | On<'finish'>): readonly EffectDone[] {
  const verdictId = pull.marker.verdict_id;
  const shown = {
    pull: pull.pull,
    verdictId,
    body: pull.pull.body,
    outcome: 'already_done',
    text: 'kept',
    cites: pull.marker.state_commit,
  } as const;
  return [effect('open_pull_request', 'pull', key, shown)];
}

function preparedOf(
  { prepared }: CarryOutFacts,
  key: ProposalKey,
): PreparedProposal & { readonly text: ProposedFile } {
  const found = prepared.get(branchOf(key));
  if (found === undefined)
    throw new GitHubError('refused', null, `nothing is known of ${key.episode} to propose`);
  if (!found.file.ok) throw new GitHubError('refused', null, found.file.error);
  return { ...found, text: found.file.value };
}

async function open(
  ports: PublishPorts,
  context: PublishContext,
  facts: CarryOutFacts,
  { key }: On<'open'>,
): Promise<readonly EffectDone[]> {
  const { github } = ports;
  const { body, text, wanted } = preparedOf(facts, key);
  const verdictId = wanted.verdict.verdict_id;
  await prepareBranch(github, context, key, text, verdictId);
  const title = proposalTitle(key);
  const draft = { title, body, branch: branchOf(key), baseBranch: context.repository.defaultBranch };
  const { kind, pull } = await github.createPull(draft);
  if (kind === 'exists') {
    if (!github.ownLogins.includes(pull.author))
      throw new GitHubError(
        'refused',
        null,
        `#${pull.number} by ${pull.author} is open from the branch ${pull.branch}, which is Warden's; close it or rename its branch`,
      );
    await github.updatePull(pull.number, { title, body });
  }
  await finishOpening(ports, context, key.action, pull);
  facts.open.set(subjectOf(key), pull);
  return [effect('open_pull_request', 'pull', key, { pull, verdictId, body, text: 'opened' })];
}

async function reopen(
  ports: PublishPorts,
  context: PublishContext,
  facts: CarryOutFacts,
  { key, pull }: On<'reopen'>,
): Promise<readonly EffectDone[]> {
  const { github } = ports;
  const { number, branch, headSha } = pull.pull;
  const at = isoFromMs(context.nowMs);
  for (const { id, body } of ownComments(await github.comments(number), 'closing', github.ownLogins))
    await github.updateComment(id, reopenedText(body, at));
  if ((await github.head(branch)) === null) await github.createBranch(branch, headSha);
  await github.updatePull(number, { state: 'open' });
  facts.open.set(subjectOf(key), pull.pull);
  const { wanted, body } = preparedOf(facts, key);
  const verdictId = wanted.verdict.verdict_id;
  const told = pull.otherAuthors.length === 0 ? await refresh(ports, context, facts, { key, pull }) : [];
  const shown = { pull: pull.pull, verdictId, body, text: 'opened again' };
  return [effect('open_pull_request', 'pull', key, shown), ...told];
}

async function update(
  ports: PublishPorts,
  context: PublishContext,
  facts: CarryOutFacts,
  action: On<'update'>,
): Promise<readonly EffectDone[]> {
  const { wanted, body } = preparedOf(facts, action.key);
  const shown = { pull: action.pull.pull, verdictId: wanted.verdict.verdict_id, body, text: 'updated' };
  const told = await refresh(ports, context, facts, action);
  return [effect('update_pull_request', 'pull', action.key, shown), ...told];
}

/**
 * Returns whom it told. The commit comes before the text: where the run dies between the two, the text is still the old one, and
 * the next run goes on from there.
 */
async function refresh(
  ports: PublishPorts,
  context: PublishContext,
  facts: CarryOutFacts,
  { key, pull }: { readonly key: ProposalKey; readonly pull: ProposalPull },
): Promise<readonly EffectDone[]> {
  const { body, marker, text, wanted } = preparedOf(facts, key);
  // Before the text, which says afterwards that this verdict is shown.
  const told = await tellGrown(ports.github, context, { ...pull, key }, wanted.verdict);
  const { branch, headSha: head } = pull.pull;
  const change = { key, branch, head, file: text, verdictId: wanted.verdict.verdict_id };
  await bringUpToDate(ports.github, context, change);
  const isSame = pull.marker.evidence_sha256 === marker.evidence_sha256;
  if (!isSame) await ports.github.updatePull(pull.pull.number, { title: proposalTitle(key), body });
  if (!pull.pull.labels.includes(actionLabel(key.action)))
    await finishOpening(ports, context, key.action, pull.pull);
  return told;
}

/** Closed first and explained then: an open one that bears an explanation was opened again by a person. */
async function close(
  ports: PublishPorts,
  context: PublishContext,
  facts: CarryOutFacts,
  action: On<'close'>,
): Promise<readonly EffectDone[]> {
  const { number } = action.pull.pull;
  const now = await ports.github.pull(number);
  if (now === null || now.state === 'closed') return [];
  await ports.github.updatePull(number, { state: 'closed' });
  return [await sayWhyClosed(ports, context, facts, action)];
}

async function sayWhyClosed(
  { github }: PublishPorts,
  context: PublishContext,
  facts: CarryOutFacts,
  { key, pull, reason, decision }: Omit<On<'close'>, 'kind'>,
): Promise<EffectDone> {
  const verdict = newestVerdictAbout(context.verdicts, key);
  const successor = facts.open.get(subjectOf(key)) ?? null;
  // Not before the decision that it follows, whatever the clocks of the two say.
  const atMs = Math.max(context.nowMs, decision === null ? 0 : msFromIso(decision.at));
  const body = closingText(reason, {
    ...{ key, at: isoFromMs(atMs), verdict, decision },
    successor: reason === 'superseded' ? successor : null,
  });
  await github.createComment(pull.pull.number, body);
  const verdictId = pull.marker.verdict_id;
  const outcome = reason === 'kept' ? 'vetoed' : 'done';
  const shown = { pull: pull.pull, verdictId, body, outcome, text: `closed as ${reason}` } as const;
  return effect('close_pull_request', 'close', key, shown);
}

async function tellEdited(
  { github }: PublishPorts,
  context: PublishContext,
  facts: CarryOutFacts,
  { key, pull, wanted }: On<'tell-edited'>,
): Promise<readonly EffectDone[]> {
  const prepared = facts.prepared.get(branchOf(key));
  const file = prepared?.file;
  const told =
    wanted === 'update' && prepared !== undefined
      ? await tellGrown(github, context, { ...pull, key }, prepared.wanted.verdict)
      : [];
  const isUpdate = wanted === 'update' && file?.ok === true;
  const there = isUpdate ? await github.file(file.value.path, pull.pull.headSha) : null;
  const diff = isUpdate ? lineDiff(there ?? '', file.value.text) : '';
  const body = branchEditedText({
    ...{ key, authors: pull.otherAuthors, wanted, verdict: newestVerdictAbout(context.verdicts, key) },
    diff: diff === '' ? null : diff,
  });
  const written = await keepComment(github, pull.pull.number, 'branch-edited', body);
  if (written === 'unchanged') return told;
  const shown = {
    pull: pull.pull,
    verdictId: pull.marker.verdict_id,
    body,
    text: 'left the edited branch of',
  };
  return [effect('comment', 'branch-edited', key, shown), ...told];
}

async function veto(
  { github }: PublishPorts,
  facts: CarryOutFacts,
  { key, pull, cause, by, why }: On<'vetoed'>,
): Promise<readonly EffectDone[]> {
  const { number, closedAt } = pull.pull;
  const body = vetoText({ key, closedBy: by, words: why, closedAt });
  if (cause === 'closed') await keepComment(github, number, 'veto', body);
  const verdictId = facts.prepared.get(branchOf(key))?.wanted.verdict.verdict_id ?? pull.marker.verdict_id;
  const who = by === null ? '' : ` by ${by}`;
  const shown = {
    pull: pull.pull,
    verdictId,
    body,
    outcome: 'vetoed',
    text: `${CAUSES[cause]}${who}:`,
  } as const;
  return [effect('close_pull_request', 'veto', key, shown)];
}

const CAUSES: Readonly<Record<On<'vetoed'>['cause'], string>> = {
  closed: 'vetoed',
  kept: 'kept as it is',
  'taken-back': 'followed and taken back',
};
