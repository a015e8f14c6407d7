// What has to happen to the pull requests, from what is called for, what there is, and what people decided. Every run asks anew.

import { registeredAgent } from '../domain/config.ts';
import { entryOf } from '../domain/entry-of.ts';
import {
  type ClosingReason,
  type DecisionMarker,
  isAboutClass,
  type ProposalAction,
  type ProposalKey,
  type ProposalMarker,
  type ProposalPull,
} from '../domain/proposal.ts';
import type { Settings } from '../domain/settings.ts';
import { msFromIso } from '../domain/time.ts';

/** Something that is called for now. */
interface WantedPull {
  readonly key: ProposalKey;
  /** Digest of the evidence as it would be written today. */
  readonly evidenceSha256: string;
  /** UTC instant of the newest row that the evidence rests on. */
  readonly asOf: string;
  /** Ids of the verdicts of the episode before the newest one. */
  readonly earlierVerdicts: readonly string[];
}

export interface PlanFacts {
  readonly wanted: readonly WantedPull[];
  /** Open and closed. */
  readonly pulls: readonly ProposalPull[];
  /** Numbers of open ones whose file is not what would be written on today's default branch. */
  readonly outdated: ReadonlySet<number>;
  /** Numbers of open ones that rest on a verdict which this state does not hold: what it calls for says nothing about them. */
  readonly foreign: ReadonlySet<number>;
  /** Those of the default branch, read after the pull requests. */
  readonly settings: Settings;
  readonly ownLogins: readonly string[];
  readonly nowMs: number;
  /** Pull requests that may be opened, or opened again, now. */
  readonly newPullsMax: number;
}

interface OnPull {
  readonly key: ProposalKey;
  readonly pull: ProposalPull;
}

/** How a proposal came to be declined. taken-back: it was followed, and a person undid that. */
type VetoCause = 'closed' | 'kept' | 'taken-back';

export type PlannedAction =
  | { readonly kind: 'open'; readonly key: ProposalKey }
  | ({ readonly kind: 'reopen' } & OnPull)
  | ({ readonly kind: 'update' } & OnPull)
  /** It was opened and the run ended before labels and reviewers were on it. */
  | ({ readonly kind: 'finish' } & OnPull)
  | ({
      readonly kind: 'close';
      readonly reason: ClosingReason;
      readonly decision: DecisionMarker | null;
    } & OnPull)
  /** It was closed and the run ended before it said why. */
  | ({ readonly kind: 'explain-closing'; readonly reason: ClosingReason } & OnPull)
  /** The branch holds work of others: say what would be done, and do nothing. */
  | ({ readonly kind: 'tell-edited'; readonly wanted: 'update' | ClosingReason } & OnPull)
  | ({
      readonly kind: 'vetoed';
      readonly cause: VetoCause;
      readonly by: string | null;
      readonly why: string | null;
    } & OnPull)
  | ({ readonly kind: 'snoozed'; readonly until: string } & OnPull)
  /** Open, and all of it as it should be. */
  | ({ readonly kind: 'current' } & OnPull)
  /** More are wanted than may be opened in one run. */
  | { readonly kind: 'waiting'; readonly key: ProposalKey };

/** Put on a pull request last of all: where it is missing, its opening was not finished. */
export function actionLabel(action: ProposalAction): string {
  return `warden/${action}`;
}

/**
 * Returns what to do, in this order: open and update, most urgent first (what stops entries before what lets them in), then
 * close, then what only has to be told. Applied in full and asked again, it asks for nothing that changes anything.
 *
 * A proposal that a person closed, kept or took back stays declined for its episode. What Warden or another program closed is
 * opened again where it is called for. A pull request that a person opened again is not closed a second time for the same reason. Where
 * others have written to the branch, neither branch nor text is touched, except that a decision of a person closes it.
 */
export function planProposals(facts: PlanFacts): readonly PlannedAction[] {
  const wanted = [...facts.wanted].sort(compareWanted);
  const wantedKeys = new Set(wanted.map(({ key }) => keyText(key)));
  const actions: PlannedAction[] = [];
  let mayOpen = facts.newPullsMax;
  for (const each of wanted) {
    const action = wantedAction(each, facts);
    const opens = action.kind === 'open' || action.kind === 'reopen';
    if (opens && mayOpen === 0) actions.push({ kind: 'waiting', key: each.key });
    else actions.push(action);
    if (opens && mayOpen > 0) mayOpen -= 1;
  }
  const others = facts.pulls
    .filter(({ key }) => !wantedKeys.has(keyText(key)))
    .sort((a, b) => a.pull.number - b.pull.number);
  actions.push(...others.flatMap((pull) => unwantedAction(pull, facts) ?? []));
  const twins = facts.pulls.filter((pull) => isOpenTwin(pull, facts.pulls, wantedKeys));
  actions.push(...twins.map((pull) => closing(pull, 'superseded', null)));
  return RANKS.flatMap((kinds) => actions.filter(({ kind }) => kinds.includes(kind)));
}

const RANKS: readonly (readonly PlannedAction['kind'][])[] = [
  ['open', 'reopen', 'update', 'finish'],
  ['close', 'explain-closing'],
  ['tell-edited', 'vetoed', 'snoozed', 'current', 'waiting'],
];

const URGENCY: readonly ProposalAction[] = ['disable', 'demote', 'enable', 'promote'];

function compareWanted({ key: a }: WantedPull, { key: b }: WantedPull): number {
  const urgency = URGENCY.indexOf(a.action) - URGENCY.indexOf(b.action);
  if (urgency !== 0) return urgency;
  return a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0;
}

function keyText({ action, subject, episode }: ProposalKey): string {
  return JSON.stringify([action, subject, episode]);
}

function oldestOpen(pulls: readonly ProposalPull[]): ProposalPull | undefined {
  return pulls.filter(({ pull }) => pull.state === 'open').sort((a, b) => a.pull.number - b.pull.number)[0];
}

/** Two that are open for one key can only come of different base branches; the oldest stays. */
function isOpenTwin(
  each: ProposalPull,
  pulls: readonly ProposalPull[],
  wantedKeys: ReadonlySet<string>,
): boolean {
  if (each.pull.state !== 'open' || !wantedKeys.has(keyText(each.key))) return false;
  return oldestOpen(pulls.filter(({ key }) => keyText(key) === keyText(each.key))) !== each;
}

function closing(pull: ProposalPull, reason: ClosingReason, decision: DecisionMarker | null): PlannedAction {
  return { kind: 'close', key: pull.key, pull, reason, decision };
}

/**
 * The open one stands for the key. Where all are closed, one that was declined or put off speaks for the others; the end of what a
 * person asked for without a verdict, unless it was by a decision, says nothing about a verdict that has the same episode by chance.
 */
function wantedAction(wanted: WantedPull, facts: PlanFacts): PlannedAction {
  const { key } = wanted;
  const ofKey = facts.pulls.filter((each) => keyText(each.key) === keyText(key));
  const pull = oldestOpen(ofKey);
  if (pull === undefined) {
    const decided = ofKey.filter(
      ({ marker, decisions }) => marker.requested_by === null || decisions.length > 0,
    );
    const newestFirst = decided.sort((a, b) => b.pull.number - a.pull.number);
    const closed = newestFirst.map((each) => closedAction(each, facts));
    return closed.find(({ kind }) => kind !== 'reopen') ?? closed[0] ?? { kind: 'open', key };
  }
  const decided = decidedAction(pull, facts);
  if (decided !== null) return decided;
  const isShown = showsEvidence(pull.marker, wanted) && !facts.outdated.has(pull.pull.number);
  if (!isShown) return untouchedOr(pull, 'update', { kind: 'update', key, pull });
  return { kind: isFinished(pull) ? 'current' : 'finish', key, pull };
}

/** A run that was overtaken, and knows less than what is shown, does not write its older figures over it. */
function showsEvidence(marker: ProposalMarker, wanted: WantedPull): boolean {
  if (marker.evidence_sha256 === wanted.evidenceSha256) return true;
  const { verdict_id: shown, as_of: shownAsOf } = marker;
  const isOlder = msFromIso(wanted.asOf) < msFromIso(shownAsOf);
  return isOlder && shown !== null && !wanted.earlierVerdicts.includes(shown);
}

function isFinished({ key, pull }: ProposalPull): boolean {
  return pull.labels.includes(actionLabel(key.action));
}

/** What a person decided about an open one, unless it was closed for that before and a person opened it again. */
function decidedAction(pull: ProposalPull, { nowMs }: PlanFacts): PlannedAction | null {
  const decision = pull.decisions.at(-1);
  if (decision === undefined) return null;
  const isFollowed = pull.closing !== null && msFromIso(pull.closing.at) >= msFromIso(decision.at);
  if (isFollowed) return null;
  if (decision.decision === 'keep') return closing(pull, 'kept', decision);
  return isRunning(decision, nowMs) ? closing(pull, 'snoozed', decision) : null;
}

function isRunning({ until }: DecisionMarker, nowMs: number): boolean {
  return until !== null && nowMs < msFromIso(until);
}

/** One that is closed, and called for. */
function closedAction(pull: ProposalPull, { nowMs, ownLogins }: PlanFacts): PlannedAction {
  const { key, closedBy, closingWords } = pull;
  const veto = (cause: VetoCause, by: string | null, why: string | null): PlannedAction => ({
    ...{ kind: 'vetoed', key, pull, cause, by, why },
  });
  if (pull.pull.mergedAt !== null) return veto('taken-back', null, null);
  const decision = pull.decisions.at(-1);
  if (decision?.decision === 'keep') return veto('kept', decision.by, decision.reason);
  const snoozedUntil = decision?.until ?? null;
  if (decision !== undefined && snoozedUntil !== null && !wasClosedAfter(pull, snoozedUntil)) {
    const isOver = !isRunning(decision, nowMs);
    return isOver ? { kind: 'reopen', key, pull } : { kind: 'snoozed', key, pull, until: snoozedUntil };
  }
  const isOwn = closedBy === null ? pull.closing !== null : ownLogins.includes(closedBy) || isBot(closedBy);
  if (!isOwn) return veto('closed', closedBy, closingWords);
  if (pull.closing?.reason === 'kept') return veto('kept', null, null);
  return pull.closing?.reason === 'done' ? veto('taken-back', null, null) : { kind: 'reopen', key, pull };
}

/** A program that tidies up decides nothing: only people decline. */
function isBot(login: string): boolean {
  return login.endsWith('[bot]');
}

function wasClosedAfter({ pull }: ProposalPull, instant: string): boolean {
  return pull.closedAt !== null && msFromIso(pull.closedAt) > msFromIso(instant);
}

/** One that is not called for, or not any more. */
function unwantedAction(pull: ProposalPull, facts: PlanFacts): PlannedAction | null {
  if (pull.pull.state === 'closed') return unexplained(pull, facts);
  const decided = decidedAction(pull, facts);
  if (decided !== null) return decided;
  const reason = endOf(pull, facts);
  if (reason === null) return isFinished(pull) ? null : { kind: 'finish', key: pull.key, pull };
  // An open one that was closed before was opened again by a person.
  if (pull.closing !== null) return null;
  if (reason !== 'done' && facts.foreign.has(pull.pull.number)) return null;
  return untouchedOr(pull, reason, closing(pull, reason, null));
}

function unexplained(pull: ProposalPull, facts: PlanFacts): PlannedAction | null {
  const { closedBy, key } = pull;
  const isOwn = closedBy !== null && facts.ownLogins.includes(closedBy);
  if (pull.pull.mergedAt !== null || !isOwn || pull.closing !== null) return null;
  return { kind: 'explain-closing', key, pull, reason: endOf(pull, facts) ?? 'withdrawn' };
}

/** Why a proposal that is not called for ends; `null` for one that a person asked for and that is neither done nor overtaken. */
function endOf({ key, marker }: ProposalPull, facts: PlanFacts): ClosingReason | null {
  if (isDone(key, facts.settings)) return 'done';
  const isOvertaken = facts.wanted.some(
    ({ key: other }) => other.action === key.action && other.subject === key.subject,
  );
  if (isOvertaken) return 'superseded';
  return marker.requested_by === null ? 'withdrawn' : null;
}

function untouchedOr(
  pull: ProposalPull,
  wanted: 'update' | ClosingReason,
  action: PlannedAction,
): PlannedAction {
  return pull.otherAuthors.length === 0 ? action : { kind: 'tell-edited', key: pull.key, pull, wanted };
}

/** Whether the configuration shows already what a proposal asks for, whoever wrote it. */
function isDone({ action, subject }: ProposalKey, { kill_list, agents }: Settings): boolean {
  if (!isAboutClass(action)) {
    const isLive = registeredAgent(agents, subject)?.stage === 'live';
    return isLive === (action === 'promote');
  }
  const entry = entryOf(kill_list, subject);
  return (entry?.status === 'DISABLED') === (action === 'disable');
}
