// What a change of agents.yaml changes: which class an agent is of, whether capital follows it, and how much.

import { type Agent, type AgentRegistry, registeredAgent } from '../domain/config.ts';
import type { KillList } from '../domain/kill-list.ts';
import { AGENTS_FILE } from '../domain/proposal.ts';
import type { ConfigChange } from './loosening.ts';
import { percentText } from './number-text.ts';

/** Whether an agent passes the gates of promotion; `null`: nothing is known of it. */
export type Eligible = (agent: string) => boolean | null;

/** Returns the agents that differ. An agent that leaves a stopped class for one that may enter escapes a stop. */
export function agentChanges(
  base: AgentRegistry,
  head: AgentRegistry,
  killList: KillList,
  isEligible: Eligible,
): ConfigChange[] {
  const names = [...new Set([...Object.keys(base), ...Object.keys(head)])].sort();
  return names.flatMap((agent) => {
    const before = registeredAgent(base, agent) ?? null;
    const after = registeredAgent(head, agent) ?? null;
    const change = changeOf(agent, before, after);
    return [
      ...change('strategy_class', classMeaning(before, after, killList)),
      ...change('stage', stageMeaning(before, after, isEligible(agent))),
      ...change('base_weight', { effect: 'none', meaning: weightMeaning(before, after) }),
      ...change('paths', {
        effect: 'none',
        meaning: 'Pull requests that touch these files are told when the agent diverges.',
      }),
    ];
  });
}

type Meaning = Pick<ConfigChange, 'effect' | 'meaning'>;

function changeOf(agent: string, before: Agent | null, after: Agent | null) {
  return (what: keyof Agent, { effect, meaning }: Meaning): ConfigChange[] => {
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
        share: null,
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

function classMeaning(before: Agent | null, after: Agent | null, killList: KillList): Meaning {
  const isStopped = (agent: Agent | null): boolean =>
    agent !== null &&
    Object.hasOwn(killList, agent.strategy_class) &&
    killList[agent.strategy_class]?.status === 'DISABLED';
  if (isStopped(before) && !isStopped(after))
    return {
      effect: 'looser',
      meaning: 'Its class is stopped; as one of another class it may enter again.',
    };
  if (before === null) return { effect: 'none', meaning: 'Its signals count for this class from now on.' };
  if (after === null) return { effect: 'none', meaning: 'It keeps the class that its signals name.' };
  return { effect: 'none', meaning: 'Its rows count for the other class from the next look on.' };
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
  return { effect: 'none', meaning: `Capital follows its signals; ${gates}.` };
}

function weightMeaning(before: Agent | null, after: Agent | null): string {
  return `Its share of capital, before confidence and divergence, is ${percentText(after?.base_weight ?? 0)} instead of ${percentText(before?.base_weight ?? 0)}.`;
}
