// Moves one agent between shadow and live in the text of an agents.yaml, and changes nothing else of it.

import { registeredAgent } from '../../domain/config.ts';
import { AGENTS_FILE } from '../../domain/proposal.ts';
import type { Result } from '../../domain/result.ts';
import type { Stage } from '../../domain/supervisor.ts';
import { parseAgents } from './config-files.ts';
import { verifiedEdit } from './verified-edit.ts';

/**
 * Returns the registry with `agent` at `stage`, or why not; the same text where it is there already.
 *
 * @param text of agents.yaml, or `null` where there is none: then the agent is its first.
 * @param strategyClass of an agent that the registry does not hold yet.
 */
export function stagedAgent(
  text: string | null,
  agent: string,
  stage: Stage,
  { strategyClass }: { readonly strategyClass: string },
): Result<string, string> {
  const read = (each: string) => parseAgents(each, AGENTS_FILE);
  const start = text ?? '{}\n';
  const before = read(start);
  const isKnown = before.ok && registeredAgent(before.value, agent) !== undefined;
  const set = { ...(isKnown ? {} : { strategy_class: strategyClass }), stage };
  return verifiedEdit(start, read, { name: agent, set, remove: [] }, (registry) => {
    const known = registeredAgent(registry, agent) ?? { strategy_class: strategyClass, base_weight: 0 };
    return { ...registry, [agent]: { ...known, stage } };
  });
}
