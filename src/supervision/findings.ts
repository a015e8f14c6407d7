// One look at everything: from the memory of all rows to every derived file and the verdicts that follow. Pure: the same rows,
// settings and log give the same findings.

import type { StrategyCvarRegime } from '../domain/cvar.ts';
import type { DivergenceAlerts } from '../domain/divergence.ts';
import type { Allocation, ConfidenceMultipliers, Promotion } from '../domain/supervisor.ts';
import { type AgentFindings, agentFindings } from './agent-findings.ts';
import { allocationOf } from './allocate.ts';
import type { VerdictDraft } from './decision-facts.ts';
import { divergenceOf } from './diverge.ts';
import { asOfText } from './history.ts';
import { cvarFile, type JudgedCells, judgedCells } from './judged-cells.ts';
import type { LookInput } from './look-input.ts';
import { decideVerdicts } from './verdicts.ts';

export interface Findings {
  readonly cells: JudgedCells;
  readonly agents: readonly AgentFindings[];
  readonly verdicts: readonly VerdictDraft[];
  readonly files: {
    readonly confidence: ConfidenceMultipliers;
    readonly cvar: StrategyCvarRegime;
    readonly divergence: DivergenceAlerts;
    readonly promotion: Promotion;
    readonly allocation: Allocation;
  };
}

/** Returns what the supervisor finds, before the verdicts are in the log. */
export function findings(input: LookInput): Findings {
  const { history, settings, rules, past } = input;
  const { agents: registry, kill_list: killList } = settings;
  const cells = judgedCells(history, input.pending, { killList, agents: registry }, rules);
  const alerts = divergenceOf(history.streams.values(), rules.divergence);
  const agents = agentFindings(input, cells, alerts);
  const promotion = byAgent(agents, (agent) => agent.promotion);
  const newestExits = new Map(
    agents.flatMap(({ agent, newestExit }) => (newestExit === null ? [] : [[agent, newestExit]])),
  );
  const generatedAt = asOfText(history);
  return {
    cells,
    agents,
    verdicts: decideVerdicts({ cells: cells.byClass, killList, promotion, newestExits, alerts, rules, past }),
    files: {
      confidence: {
        version: 1,
        generated_at: generatedAt,
        multipliers: byAgent(agents, (agent) => agent.multiplier),
        detail: byAgent(agents, (agent) => agent.confidence),
      },
      cvar: cvarFile(cells),
      divergence: {
        v: 1,
        generated_at: generatedAt,
        alerts: alerts.filter(({ state }) => state !== 'OK' && state !== 'INSUFFICIENT'),
        notes: agents.map(({ notes }) => notes),
      },
      promotion,
      allocation: allocationOf(agents, rules.allocation),
    },
  };
}

function byAgent<T>(agents: readonly AgentFindings[], of: (agent: AgentFindings) => T): Record<string, T> {
  return Object.fromEntries(agents.map((agent) => [agent.agent, of(agent)]));
}
