// What is found about every agent: its confidence, its divergence, its gates, and what its share of capital follows from.

import { registeredAgent } from '../domain/config.ts';
import type { DivergenceAlert, NotesDivergence } from '../domain/divergence.ts';
import { entryOf } from '../domain/entry-of.ts';
import type { AgentPromotion, ConfidenceDetail, Stage } from '../domain/supervisor.ts';
import type { AgentRuns } from '../domain/telemetry.ts';
import { isoFromMs } from '../domain/time.ts';
import { bhAdjusted } from './benjamini-hochberg.ts';
import { at } from './columns.ts';
import { confidenceOf, newConfidence } from './confidence.ts';
import { worstState } from './diverge.ts';
import { groupedBy } from './grouped-by.ts';
import { rowsInWindow } from './history.ts';
import type { JudgedCells } from './judged-cells.ts';
import type { JudgedRow } from './judged-row.ts';
import type { LookInput } from './look-input.ts';
import { meanNetPValue } from './mean-net.ts';
import { notesDivergence } from './notes-divergence.ts';
import { promotionOf } from './promote.ts';
import type { SupervisorRules } from './supervisor-rules.ts';

export interface AgentFindings {
  readonly agent: string;
  readonly strategyClass: string;
  readonly stage: Stage;
  /** Share of capital that the registry gives it; 0 for an agent that is not registered. */
  readonly base: number;
  readonly classStatus: 'ENABLED' | 'DISABLED';
  /** Its rows at the deciding horizon within the window, in order. */
  readonly rows: readonly JudgedRow[];
  /** UTC instant, or `null` before its first row. */
  readonly newestExit: string | null;
  readonly multiplier: number;
  readonly confidence: ConfidenceDetail;
  /** Every trigger at every horizon. */
  readonly alerts: readonly DivergenceAlert[];
  readonly worst: 'OK' | 'WARN' | 'ALERT';
  readonly notes: NotesDivergence;
  readonly runs: AgentRuns | null;
  readonly promotion: AgentPromotion;
}

type Unpromoted = Omit<AgentFindings, 'promotion'>;

/** Returns the findings of every agent that is registered or has rows, by name. */
export function agentFindings(
  input: LookInput,
  cells: JudgedCells,
  alerts: readonly DivergenceAlert[],
): AgentFindings[] {
  const rows = groupedBy(input.history.rows, ({ agent }) => agent);
  const alertsOf = groupedBy(alerts, ({ agent }) => agent);
  const names = [...new Set([...Object.keys(input.settings.agents), ...input.history.classes.keys()])].sort();
  const found = names.map((agent) =>
    unpromoted(input, agent, rows.get(agent) ?? [], alertsOf.get(agent) ?? []),
  );
  const adjusted = adjustedPValues(found, input.rules.cvar.horizon_hours);
  return found.map((agent) => ({
    ...agent,
    promotion: promotionOf(
      agent.stage,
      {
        rows: agent.rows,
        divergenceSignals: divergenceSignals(agent.alerts, input.rules),
        openAlerts: agent.alerts.filter(({ state }) => state === 'ALERT').length,
        classKills: killsOf(cells, agent.strategyClass),
        runs: agent.runs,
        adjustedP: adjusted.get(agent.agent) ?? null,
      },
      input.rules,
    ),
  }));
}

function unpromoted(
  { history, settings, rules, runs }: LookInput,
  agent: string,
  rows: readonly JudgedRow[],
  alerts: readonly DivergenceAlert[],
): Unpromoted {
  const registered = registeredAgent(settings.agents, agent);
  const newest = rows.at(-1);
  const strategyClass = registered?.strategy_class ?? history.classes.get(agent) ?? 'unknown';
  const confidence = confidenceOf(history.confidence.get(agent) ?? newConfidence(), rules.confidence);
  const entry = entryOf(settings.kill_list, strategyClass);
  const inWindow = rowsInWindow(rows, rules.windowMs);
  return {
    agent,
    strategyClass,
    stage: registered?.stage === 'live' ? 'live' : 'shadow',
    base: registered?.base_weight ?? 0,
    classStatus: entry?.status ?? 'ENABLED',
    rows: inWindow,
    newestExit: newest === undefined ? null : isoFromMs(newest.exitMs),
    multiplier: confidence.multiplier,
    confidence: confidence.detail,
    alerts,
    worst: worstState(alerts),
    notes: notesDivergence(agent, inWindow, rules.divergence),
    runs: runs.get(agent) ?? null,
  };
}

/** Adjusted over the candidates: asking many agents finds a lucky one. Live agents are no candidates. */
function adjustedPValues(agents: readonly Unpromoted[], horizonHours: number): Map<string, number> {
  const candidates = agents.flatMap(({ agent, stage, rows }) => {
    const p = stage === 'shadow' ? meanNetPValue(rows, horizonHours) : null;
    return p === null ? [] : [{ agent, p }];
  });
  const adjusted = bhAdjusted(candidates.map(({ p }) => p));
  return new Map(candidates.map(({ agent }, index) => [agent, at(adjusted, index)]));
}

/** Signals behind the `mean` trigger at the deciding horizon, or `null` where unusable ones keep it from saying anything. */
function divergenceSignals(
  alerts: readonly DivergenceAlert[],
  { cvar, divergence }: Pick<SupervisorRules, 'cvar' | 'divergence'>,
): number | null {
  const mean = alerts.find(
    ({ trigger, horizon_hours }) => trigger === 'mean' && horizon_hours === cvar.horizon_hours,
  );
  if (mean === undefined) return 0;
  return mean.state === 'INSUFFICIENT' && mean.window >= divergence.min_signals ? null : mean.window;
}

function killsOf(cells: JudgedCells, strategyClass: string): number {
  const regimes = cells.byClass.get(strategyClass)?.values() ?? [];
  return [...regimes].filter(({ cell }) => cell.status === 'KILL').length;
}
