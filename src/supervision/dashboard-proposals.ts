// What became of the proposal on a class or an agent, in a few words with its link: open, closed by whom, snoozed until when.

import type { ProposalAction, ProposalPull } from '../domain/proposal.ts';
import { actionOf } from '../domain/proposal.ts';
import { msFromIso } from '../domain/time.ts';
import type { Verdict } from '../domain/verdict.ts';
import { mdCode, mdLink } from './markdown.ts';
import { minuteText, UNKNOWN } from './report-numbers.ts';

/** waiting: called for, and no pull request yet. */
export interface ProposalState {
  readonly kind: 'none' | 'waiting' | 'open' | 'snoozed' | 'kept' | 'vetoed' | 'merged' | 'closed';
  /** `null` where none is. */
  readonly pull: ProposalPull | null;
  /** Markdown. */
  readonly words: string;
}

const NONE: ProposalState = { kind: 'none', pull: null, words: UNKNOWN };

export interface ProposalsNow {
  readonly pulls: readonly ProposalPull[];
  readonly openVerdicts: readonly Verdict[];
  readonly nowMs: number;
}

/**
 * Returns where the proposal on a subject stands: that one is called for and not opened yet, else the one that is open, else what
 * became of the one that is called for.
 *
 * @param actions those that concern the subject: a class and an agent may bear one name.
 */
export function proposalState(
  subject: string,
  actions: readonly ProposalAction[],
  { pulls, openVerdicts, nowMs }: ProposalsNow,
): ProposalState {
  const own = pulls
    .filter(({ key }) => key.subject === subject && actions.includes(key.action))
    .sort((a, b) => b.pull.number - a.pull.number);
  const wanted = openVerdicts.find(
    (verdict) => verdict.subject === subject && actions.includes(actionOf(verdict.kind)),
  );
  const isWanted = ({ key }: ProposalPull): boolean =>
    key.episode === wanted?.episode && key.action === actionOf(wanted.kind);
  const [called, open] = [own.filter(isWanted), own.filter(({ pull }) => pull.state === 'open')];
  const shown = open.find(isWanted) ?? open[0];
  // One whose branch others edited stays open beside what is called for by now, and must not stand for it.
  const isHidden = wanted !== undefined && called.length === 0;
  if (shown !== undefined && !isHidden) return stated('open', shown, `open: ${shown.key.action}`);
  if (wanted === undefined) return NONE;
  const [closed] = called;
  if (closed === undefined)
    return { kind: 'waiting', pull: null, words: `${actionOf(wanted.kind)}, not opened yet` };
  return closedState(closed, nowMs);
}

function closedState(closed: ProposalPull, nowMs: number): ProposalState {
  const { pull, closing, closedBy } = closed;
  if (pull.mergedAt !== null) return stated('merged', closed, `merged ${minuteText(pull.mergedAt)}`);
  const decision = closed.decisions.at(-1);
  if (decision?.decision === 'keep') return stated('kept', closed, `kept by ${mdCode(decision.by)}`);
  if (decision !== undefined && decision.until !== null && msFromIso(decision.until) > nowMs)
    return stated('snoozed', closed, `snoozed until ${minuteText(decision.until)} by ${mdCode(decision.by)}`);
  const isByBot = closedBy?.endsWith('[bot]') === true;
  if (decision === undefined && closing === null && !isByBot)
    return stated('vetoed', closed, `vetoed by ${closedBy === null ? 'somebody' : mdCode(closedBy)}`);
  return stated('closed', closed, `closed${closing === null ? '' : `: ${closing.reason}`}`);
}

function stated(kind: ProposalState['kind'], pull: ProposalPull, words: string): ProposalState {
  return { kind, pull, words: `${mdLink(`#${pull.pull.number}`, pull.pull.url)} ${words}` };
}
