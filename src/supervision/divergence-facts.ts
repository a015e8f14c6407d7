// The parts of a comment about divergence: which agents, by which trigger, what it did to their weight, and what would end it.

import type { DivergenceAlert, DivergenceTrigger } from '../domain/divergence.ts';
import { entryOf } from '../domain/entry-of.ts';
import type { AgentReport, MetaReport } from '../domain/supervisor.ts';
import type { AllocationConfig, DivergenceConfig } from '../domain/supervisor-config.ts';
import { mdName, mdTable } from './markdown.ts';
import { brief, countText, fixed, minuteText, nEffText, UNKNOWN } from './report-numbers.ts';

const ALERT_ROWS_MAX = 40;
const AGENT_ROWS_MAX = 20;

const URGENCY = ['ALERT', 'WARN', 'RESOLVED'] as const;
type ShownState = (typeof URGENCY)[number];

/** Least to most. warning: nothing but early warnings. */
export const DIVERGENCE_SEVERITIES = ['none', 'warning', 'medium', 'high'] as const;
export type DivergenceSeverity = (typeof DIVERGENCE_SEVERITIES)[number];

/** Returns the alerts that are or were raised, most urgent first, then by agent, horizon and trigger. */
export function byUrgency(alerts: readonly DivergenceAlert[]): readonly DivergenceAlert[] {
  const rank = ({ state, severity }: DivergenceAlert): number =>
    2 * URGENCY.indexOf(state as ShownState) + (severity === 'high' ? 0 : 1);
  const place = ({ agent, horizon_hours: horizon, trigger }: DivergenceAlert): string =>
    `${agent}\u0000${String(horizon).padStart(5, '0')}\u0000${trigger}`;
  return alerts
    .filter(({ state }) => URGENCY.includes(state as ShownState))
    .sort((a, b) => rank(a) - rank(b) || (place(a) < place(b) ? -1 : 1));
}

/** Returns those that are not over. */
export function openOnes(alerts: readonly DivergenceAlert[]): readonly DivergenceAlert[] {
  return alerts.filter(({ state }) => state === 'ALERT' || state === 'WARN');
}

/** Returns the worst of what is open. */
export function severityOf(alerts: readonly DivergenceAlert[]): DivergenceSeverity {
  const raised = alerts.filter(({ state }) => state === 'ALERT');
  if (raised.some(({ severity }) => severity === 'high')) return 'high';
  if (raised.length > 0) return 'medium';
  return openOnes(alerts).length > 0 ? 'warning' : 'none';
}

const MEANS: Readonly<Record<DivergenceTrigger, string>> = {
  mean: 'results below the claim',
  mean_cusum: 'results below the claim, early warning',
  scale: 'errors larger than claimed',
  scale_window: 'errors larger than claimed, early warning',
  hit: 'fewer hits than claimed',
  rmse: 'size of the error',
  snapshot: 'window against all agents',
};

/** Returns which agent diverges by what since when, statistic against limit. What is over says so. */
export function glanceTable(sorted: readonly DivergenceAlert[]): string {
  const table = mdTable(
    ['agent', 'state', 'trigger', 'horizon', 'since, UTC', 'statistic now', 'raised at', 'n_eff', 'means'],
    sorted
      .slice(0, ALERT_ROWS_MAX)
      .map((alert) => [
        mdName(alert.agent),
        stateWords(alert),
        alert.trigger,
        `${alert.horizon_hours} h`,
        minuteText(alert.since),
        brief(alert.statistic),
        brief(alert.limit),
        nEffText(alert.n_eff),
        MEANS[alert.trigger],
      ]),
    ['left', 'left', 'left', 'right', 'left', 'right', 'right', 'right', 'left'],
  );
  const more = sorted.length - ALERT_ROWS_MAX;
  return more > 0 ? `${table}\n\nAnd ${countText(more)} more.` : table;
}

function stateWords({ state, severity }: DivergenceAlert): string {
  if (state === 'ALERT') return `**ALERT**, ${severity}`;
  return state === 'RESOLVED' ? 'over' : state;
}

/** Returns what the divergence of each agent did to its weight and its promotion, or `null` where no report knows one. */
export function effectTable(
  agents: readonly string[],
  report: MetaReport | null,
  allocation: AllocationConfig,
): string | null {
  const known = agents.flatMap((name): [string, AgentReport][] => {
    const agent = report === null ? undefined : entryOf(report.agents, name);
    return agent === undefined ? [] : [[name, agent]];
  });
  if (known.length === 0) return null;
  const table = mdTable(
    ['agent', 'stage', 'divergence factor', 'weight', 'weight without it', 'promotion'],
    known
      .slice(0, AGENT_ROWS_MAX)
      .map(([name, agent]) => [
        mdName(name),
        agent.promotion.stage,
        `× ${fixed(agent.allocation.divergence_factor, 2)}`,
        fixed(agent.allocation.weight, 3),
        withoutDivergence(agent, allocation),
        promotionWords(agent),
      ]),
    ['left', 'left', 'right', 'right', 'right', 'left'],
  );
  const more = known.length - AGENT_ROWS_MAX;
  return more > 0 ? `${table}\n\nAnd ${countText(more)} more agents.` : table;
}

/** As if nothing diverged, before weights that sum to more than 1 are scaled down. */
function withoutDivergence({ allocation }: AgentReport, config: AllocationConfig): string {
  if (allocation.status !== 'ENABLED') return `0, ${allocation.status}`;
  return fixed(Math.min(config.max_weight, allocation.base * allocation.multiplier), 3);
}

function promotionWords({ promotion }: AgentReport): string {
  const blocks = entryOf(promotion.gates, 'open_alerts')?.pass === false;
  if (promotion.stage === 'live') return blocks ? 'live; an ALERT that lasts proposes shadow' : 'live';
  if (blocks) return 'blocked by its alerts';
  return promotion.eligible ? 'not blocked' : 'not blocked by divergence, other gates fail';
}

/** Returns what would end what is open, one sentence a kind, with the earliest time that takes. */
export function clearingSentences(
  alerts: readonly DivergenceAlert[],
  rules: DivergenceConfig,
): readonly string[] {
  const open = openOnes(alerts);
  const calm = countText(rules.resolve_after_signals);
  const has = (...triggers: readonly DivergenceTrigger[]): boolean =>
    open.some(({ trigger }) => triggers.includes(trigger));
  const isAlert = open.some(({ state }) => state === 'ALERT');
  const horizons = [...new Set(open.map(({ horizon_hours: hours }) => hours))].sort((a, b) => a - b);
  const days = horizons.map(
    (hours) => `${fixed((rules.resolve_after_signals * hours) / 24, 1)} days at ${countText(hours)} h`,
  );
  return [
    ...(isAlert
      ? [
          `An ALERT ends when its newest ${calm} signals are on average as good as claimed; its statistic then starts anew. ` +
            'It does not end because its statistic is back within the limit.',
        ]
      : []),
    ...(has('mean_cusum')
      ? [`mean_cusum: ${calm} signals in a row with a statistic below ${brief(rules.cusum_limit / 2)}.`]
      : []),
    ...(has('scale_window')
      ? [
          `scale_window: ${calm} signals in a row with a ratio below ${brief((1 + rules.scale_window_ratio) / 2)}.`,
        ]
      : []),
    ...(days.length === 0
      ? []
      : [`Signals whose labels overlap count once, so that this takes at least ${days.join(', ')}.`]),
  ];
}

/** Returns the agents of alerts, each once, in their order. */
export function agentsIn(alerts: readonly DivergenceAlert[]): readonly string[] {
  return [...new Set(alerts.map(({ agent }) => agent))];
}

/** Returns `2 alerts, 1 warning`, or `nothing` . */
export function countWords(alerts: readonly DivergenceAlert[]): string {
  const alerting = alerts.filter(({ state }) => state === 'ALERT').length;
  const warning = alerts.filter(({ state }) => state === 'WARN').length;
  const parts = [
    ...(alerting === 0 ? [] : [`${countText(alerting)} ${alerting === 1 ? 'alert' : 'alerts'}`]),
    ...(warning === 0 ? [] : [`${countText(warning)} ${warning === 1 ? 'warning' : 'warnings'}`]),
  ];
  return parts.length === 0 ? UNKNOWN : parts.join(', ');
}
