// The settings of the demo: those a person has, with the made-up agents and their classes added where they are not named.

import type { AgentRegistry } from '../domain/config.ts';
import type { KillList } from '../domain/kill-list.ts';
import { type Settings, settingsFrom } from '../domain/settings.ts';
import { AGENTS } from './agents.ts';

const BASE_WEIGHT = 0.2;

/**
 * Returns `settings` with an entry for every agent and class of the demo. What they say already stands. The agent that breaks
 * is added as live, so that there is a weight to lower; the others as shadows.
 */
export function demoSettings(settings: Settings): Settings {
  const { warden, agents, kill_list } = settings;
  const ownAgents: AgentRegistry = Object.fromEntries(
    AGENTS.map(({ name, strategyClass, breaks }) => [
      name,
      { strategy_class: strategyClass, stage: breaks ? 'live' : 'shadow', base_weight: BASE_WEIGHT },
    ]),
  );
  const ownClasses: KillList = Object.fromEntries(
    AGENTS.map(({ strategyClass }) => [
      strategyClass,
      { status: 'ENABLED', max_cvar_sigma: warden.cvar.default_max_sigma } as const,
    ]),
  );
  return settingsFrom({
    warden,
    agents: { ...ownAgents, ...agents },
    kill_list: { ...ownClasses, ...kill_list },
  });
}
