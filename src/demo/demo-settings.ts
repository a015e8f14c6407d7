// The settings of the demo: those a person has, with the made-up agents, the kernel and their classes added where they are not
// named.

import type { AgentRegistry } from '../domain/config.ts';
import type { KillList } from '../domain/kill-list.ts';
import { type Settings, settingsFrom } from '../domain/settings.ts';
import { AGENTS, BREAKING_CLASS } from './agents.ts';

const BASE_WEIGHT = 0.2;

/** As which agent the kernel's own entries are judged. */
const KERNEL_AGENT = 'pink';

/** Those that are allocated capital from the first day on, the others are shadows. */
const LIVE: readonly string[] = ['trend-ema', KERNEL_AGENT];

/**
 * Returns `settings` with an entry for every agent and class of the demo, and for the kernel. What they say already stands.
 * The kernel and one agent of its class are added as live, so that there is a weight to lower; the others as shadows.
 */
export function demoSettings(settings: Settings): Settings {
  const { warden, agents, kill_list } = settings;
  const all = [
    ...AGENTS.map(({ name, strategyClass }) => ({ name, strategyClass })),
    { name: KERNEL_AGENT, strategyClass: BREAKING_CLASS },
  ];
  const ownAgents: AgentRegistry = Object.fromEntries(
    all.map(({ name, strategyClass }) => [
      name,
      {
        strategy_class: strategyClass,
        stage: LIVE.includes(name) ? ('live' as const) : ('shadow' as const),
        base_weight: BASE_WEIGHT,
      },
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
