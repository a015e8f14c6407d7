// What a change of agents.yaml changes: which class an agent is of, whether capital follows it, and how much.

import { type Agent, type AgentRegistry, registeredAgent } from '../domain/config.ts';
import type { KillList } from '../domain/kill-list.ts';
import { AGENTS_FILE } from '../domain/proposal.ts';
import type { ConfigChange } from './loosening.ts';
import { mdName } from './markdown.ts';
import { percentText } from './number-text.ts';

/** What was recorded of agents. */
export interface RecordedAgents {
  /** Whether it passes the gates of promotion; `null`: nothing is known of it. */
  readonly isEligible: (agent: string) => boolean | null;
  /** The class under which its signals were judged; `null`: none was. */
  readonly judgedClass: (agent: string) => string | null;
}

/**
 * Returns the agents that differ. One that leaves a stopped class for one that may enter escapes a stop; one that leaves any other
 * class takes its rows along, by which that class was judged. Capital that follows an agent is let in by the gates of promotion;
 * by hand it is a loosening.
 */
export function agentChanges(
  base: AgentRegistry,
  head: AgentRegistry,
  killLists: { readonly base: KillList; readonly head: KillList },
  recorded: RecordedAgents,
): ConfigChange[] {
  const names = [...new Set([...Object.keys(base), ...Object.keys(head)])].sort();
  return names.flatMap((agent) => {
    const before = registeredAgent(base, agent) ?? null;
    const after = registeredAgent(head, agent) ?? null;
    const change = changeOf(agent, before, after);
    return [
      ...change('strategy_class', classMeaning(before, after, killLists, recorded.judgedClass(agent))),
      ...change('stage', stageMeaning(before, after, recorded.isEligible(agent))),
      ...change('base_weight', weightMeaning(before, after)),
      ...change('paths', {
        effect: 'none',
        meaning: 'Pull requests that touch these files are told when the agent diverges.',
      }),
    ];
  });
}

type Meaning = Pick<ConfigChange, 'effect' | 'meaning'> & Partial<Pick<ConfigChange, 'share'>>;

function changeOf(agent: string, before: Agent | null, after: Agent | null) {
  return (what: keyof Agent, { effect, meaning, share = null }: Meaning): ConfigChange[] => {
    const [from, to] = [textOf(before, what), textOf(after, what)];
    if (from === to) return [];
    const path = `${agent}.${what}`;
    return [
      {
        file: AGENTS_FILE,
        subject: agent,
        regime: null,
        what,
        path,
        before: from,
        after: to,
        effect,
        share,
        meaning,
      },
    ];
  };
}

function textOf(agent: Agent | null, what: keyof Agent): string | null {
  const value = agent?.[what];
  if (value === undefined) return null;
  return typeof value === 'object' ? value.join(', ') : String(value);
}

function classMeaning(
  before: Agent | null,
  after: Agent | null,
  killLists: { readonly base: KillList; readonly head: KillList },
  judged: string | null,
): Meaning {
  const from = before?.strategy_class ?? judged;
  const to = after?.strategy_class ?? null;
  if (from === null) return { effect: 'none', meaning: 'Its signals count for this class from now on.' };
  if (from === to) return { effect: 'none', meaning: 'Its signals were judged as of this class before.' };
  if (isStopped(killLists.base, from) && !isStopped(killLists.head, to))
    return {
      effect: 'looser',
      meaning: `Its class${before === null ? ` so far, ${mdName(from)},` : ''} is stopped; as one of another class it may enter again.`,
    };
  if (to === null) return { effect: 'unclear', meaning: 'It gets the class that its signals name.' };
  if (isStopped(killLists.head, to))
    return { effect: 'tighter', meaning: 'The class that it joins is stopped, so it may not enter.' };
  return {
    effect: 'unclear',
    meaning: 'Its rows count for the other class from the next look on, and for its class so far no more.',
  };
}

function isStopped(killList: KillList, strategyClass: string | null): boolean {
  if (strategyClass === null || !Object.hasOwn(killList, strategyClass)) return false;
  return killList[strategyClass]?.status === 'DISABLED';
}

function stageMeaning(before: Agent | null, after: Agent | null, isEligible: boolean | null): Meaning {
  if (after?.stage !== 'live')
    return {
      effect: before?.stage === 'live' ? 'tighter' : 'none',
      meaning: 'It is settled and judged, and no capital follows it.',
    };
  const gates =
    isEligible === null
      ? 'whether it passes the gates of promotion is not known'
      : isEligible
        ? 'it passes the gates of promotion'
        : 'it does not pass the gates of promotion';
  const meaning = `Capital follows its signals; ${gates}.`;
  return { effect: before?.stage === 'live' || isEligible === true ? 'none' : 'looser', meaning };
}

/** No capital follows a shadow, whatever its share. */
function weightMeaning(before: Agent | null, after: Agent | null): Meaning {
  const [from, to] = [before?.base_weight ?? 0, after?.base_weight ?? 0];
  const share = from === 0 ? null : Math.abs(to / from - 1);
  const words = `Its share of capital, before confidence and divergence, is ${percentText(to)} instead of ${percentText(from)}`;
  if (after?.stage !== 'live') return { effect: 'none', meaning: `${words}; none while it is a shadow.` };
  const effect = to > from ? 'looser' : to < from ? 'tighter' : 'none';
  return { effect, share: effect === 'none' ? null : share, meaning: `${words}.` };
}
