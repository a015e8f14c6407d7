// Every number about an agent, from its rows up: confidence, divergence, the gates of promotion, and its share of capital.

import type { DivergenceAlert } from '../domain/divergence.ts';
import type { Allocation, ConfidenceDetail, PromotionGate, Stage } from '../domain/supervisor.ts';
import type { AllocationConfig, ConfidenceConfig } from '../domain/supervisor-config.ts';
import type { AgentRuns } from '../domain/telemetry.ts';
import { isoFromMs } from '../domain/time.ts';
import type { AgentFindings } from './agent-findings.ts';
import { newConfidence } from './confidence.ts';
import { significant } from './digits.ts';
import { verdictsOnAgent } from './episodes.ts';
import type { VerdictLine } from './explain-class.ts';
import { type RowLine, rowLineOf } from './explain-tail.ts';
import type { Findings } from './findings.ts';
import { asOfText } from './history.ts';
import type { LookInput } from './look-input.ts';

/** The multiplier, step by step. */
interface ConfidenceSteps extends ConfidenceDetail {
  /** `g / (g + loss_k)`: the penalty of an error that is what the model claims. */
  readonly neutral: number;
  /** Before the evidence is weighed; `null` without signals. */
  readonly full: number | null;
  /** Added for good signals without a bad one between; 0 where there are too few. */
  readonly boost: number;
  /** `1 + shrink * (full + boost - 1)` within floor and ceil; `null` without signals. */
  readonly target: number | null;
  /** Follows the target by at most `penalty_cap` per signal. */
  readonly multiplier: number;
}

interface AllocationSteps {
  readonly base: number;
  readonly multiplier: number;
  readonly divergence_factor: number;
  readonly max_weight: number;
  /** `min(max_weight, base * multiplier * divergence_factor)`; 0 where the status is not ENABLED. */
  readonly wanted: number;
  /** Sum of that over all agents. */
  readonly wanted_by_all: number;
  /** What it is divided by: 1, or the sum where that is larger. */
  readonly scale: number;
  readonly status: 'ENABLED' | 'DISABLED' | 'SHADOW';
  readonly weight: number;
}

/** The newest signals behind a trigger, oldest first. */
export interface SignalWindow {
  readonly horizon_hours: number;
  readonly signals: readonly {
    readonly event_id: string;
    readonly exit_at: string;
    /** Error in units of sigma. */
    readonly z: number;
    readonly file: string;
  }[];
}

export interface AgentExplanation {
  readonly kind: 'agent';
  readonly name: string;
  readonly as_of: string | null;
  readonly horizon_hours: number;
  readonly config_hash: string;
  readonly strategy_class: string;
  readonly stage: Stage;
  readonly newest_exit: string | null;
  readonly confidence: ConfidenceSteps;
  /** Every horizon and trigger. */
  readonly divergence: readonly DivergenceAlert[];
  /** One per horizon with an ALERT. */
  readonly alert_windows: readonly SignalWindow[];
  readonly runs: AgentRuns | null;
  readonly promotion: {
    readonly eligible: boolean;
    readonly gates: Readonly<Record<string, PromotionGate>>;
  };
  readonly allocation: AllocationSteps;
  readonly verdicts: readonly VerdictLine[];
  /** At the deciding horizon within the window, by exit, then by id. */
  readonly rows: readonly RowLine[];
}

/** Returns the explanation of one of the agents that the look found. */
export function explainAgent(
  input: LookInput,
  found: Findings,
  agent: AgentFindings,
  alertWindows: readonly SignalWindow[],
): AgentExplanation {
  const { history, settings, rules, past } = input;
  const { horizon_hours: horizon } = rules.cvar;
  return {
    kind: 'agent',
    name: agent.agent,
    as_of: asOfText(history),
    horizon_hours: horizon,
    config_hash: settings.config_hash,
    strategy_class: agent.strategyClass,
    stage: agent.stage,
    newest_exit: agent.newestExit,
    confidence: confidenceSteps(input, agent),
    divergence: agent.alerts,
    alert_windows: alertWindows,
    runs: agent.runs,
    promotion: { eligible: agent.promotion.eligible, gates: agent.promotion.gates },
    allocation: allocationSteps(found.files.allocation, agent.agent, rules.allocation),
    verdicts: verdictsOnAgent(past, agent.agent).map(({ verdict_id, ts, kind, episode }) => ({
      verdict_id,
      ts,
      kind,
      episode,
      regime: null,
    })),
    rows: agent.rows.map((row) => rowLineOf(row, horizon)),
  };
}

function confidenceSteps({ history, rules }: LookInput, agent: AgentFindings): ConfidenceSteps {
  const config = rules.confidence;
  const { confidence: detail, multiplier } = agent;
  const { good } = history.confidence.get(agent.agent) ?? newConfidence();
  const neutral = config.stability_good_err_bps / (config.stability_good_err_bps + config.loss_k_bps);
  const full = detail.P === null ? null : fullMultiplier(detail.P, neutral, config);
  const boost = good >= config.stability_min_good ? config.stability_boost : 0;
  const within = (value: number): number => Math.min(config.ceil, Math.max(config.floor, value));
  const target = full === null ? null : within(1 + detail.shrink * (within(full + boost) - 1));
  return {
    ...detail,
    neutral: significant(neutral),
    full: full === null ? null : significant(full),
    boost,
    target: target === null ? null : significant(target),
    multiplier,
  };
}

function fullMultiplier(penalty: number, neutral: number, { floor, ceil }: ConfidenceConfig): number {
  return penalty <= neutral
    ? 1 + (ceil - 1) * (1 - penalty / neutral)
    : 1 - ((1 - floor) * (penalty - neutral)) / (1 - neutral);
}

function allocationSteps(all: Allocation, name: string, config: AllocationConfig): AllocationSteps {
  const own = all[name];
  if (own === undefined) throw new Error(`"${name}" has findings and no allocation`);
  const wantedOf = (each: Allocation[string]): number =>
    each.status === 'ENABLED'
      ? Math.min(config.max_weight, each.base * each.multiplier * each.divergence_factor)
      : 0;
  const sum = Object.values(all).reduce((total, each) => total + wantedOf(each), 0);
  const { base, multiplier, divergence_factor, status, weight } = own;
  return {
    base,
    multiplier,
    divergence_factor,
    max_weight: config.max_weight,
    wanted: significant(wantedOf(own)),
    wanted_by_all: significant(sum),
    scale: significant(Math.max(1, sum)),
    status,
    weight,
  };
}

/** Returns a signal of a window as it is shown. */
export function signalLine(
  eventId: string,
  exitMs: number,
  z: number,
  file: string,
): SignalWindow['signals'][number] {
  return { event_id: eventId, exit_at: isoFromMs(exitMs), z: significant(z), file };
}
