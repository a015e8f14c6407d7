// The judgement of a cell: whether its tail is beyond a limit, by the figure itself or beyond doubt, or nobody can tell yet.

import type { CellStatus, CellThreshold } from '../domain/cvar.ts';
import type { CellMeasurements } from './cell.ts';
import type { LossUnit } from './loss.ts';
import type { SupervisorRules } from './supervisor-rules.ts';

interface CellJudgement {
  readonly status: CellStatus;
  /**
   * On KILL the limits that the decision rule finds breached; else those that the estimate or the rule is beyond. Empty where
   * nobody judges.
   */
  readonly breached: LossUnit[];
}

/** One limit that is configured, and what there is to hold against it. */
export interface MeasuredLimit {
  readonly unit: LossUnit;
  readonly limit: number;
  readonly estimate: number | null;
  /** Lower bound of the 90 % bootstrap interval. */
  readonly lower: number | null;
  readonly n_eff: number;
  readonly n_blocks: number;
  /** Whether there is enough evidence to hold anything against the limit. */
  readonly can_be_judged: boolean;
  /** What the decision rule holds against the limit: `lower` or `estimate`. */
  readonly deciding: number | null;
}

/**
 * Returns what the limits say about a cell.
 *
 * - NO_LIMIT: none is configured.
 * - INSUFFICIENT: a limit cannot be judged, and none that can is breached. One can with `cvar.min_n_eff` effective rows out
 *   of `cvar.min_blocks` spans of one horizon; for a limit in sigma only rows with a sigma count.
 * - KILL: the decision rule finds a limit breached, and the regime is the current one. `lcb`: the lower bound of the 90 %
 *   interval is beyond the limit (an unknown interval never is); `point`: the estimate.
 * - WATCH: the estimate is beyond a limit, or the rule is in a regime that is not the current one.
 * - OK: every limit can be judged, and is not breached.
 */
export function judgeCell(
  measurements: CellMeasurements,
  threshold: CellThreshold | null,
  rules: SupervisorRules,
  isCurrent: boolean,
): CellJudgement {
  const limits = measuredLimits(measurements, threshold, rules);
  if (limits.length === 0) return { status: 'NO_LIMIT', breached: [] };
  const judged = limits.filter((each) => each.can_be_judged);
  const decided = judged.filter((each) => isBeyond(each.deciding, each));
  if (decided.length > 0 && isCurrent) return { status: 'KILL', breached: unitsOf(decided) };
  const beyond = judged.filter((each) => decided.includes(each) || isBeyond(each.estimate, each));
  if (beyond.length > 0) return { status: 'WATCH', breached: unitsOf(beyond) };
  return { status: judged.length === limits.length ? 'OK' : 'INSUFFICIENT', breached: [] };
}

/** Returns the limits that are configured, in bps first, each with what was measured in its unit. */
export function measuredLimits(
  measurements: CellMeasurements,
  threshold: CellThreshold | null,
  rules: Pick<SupervisorRules, 'cvar'>,
): MeasuredLimit[] {
  const { decision, min_n_eff: minNEff, min_blocks: minSpans } = rules.cvar;
  const figures = [
    {
      unit: 'bps' as const,
      limit: threshold?.max_cvar_error_bps ?? null,
      estimate: measurements.cvar95_error_bps,
      lower: measurements.ci90?.[0] ?? null,
      n_eff: measurements.n_eff,
      n_blocks: measurements.n_blocks,
    },
    {
      unit: 'sigma' as const,
      limit: threshold?.max_cvar_sigma ?? null,
      estimate: measurements.cvar95_sigma,
      lower: measurements.ci90_sigma?.[0] ?? null,
      n_eff: measurements.n_eff_sigma,
      n_blocks: measurements.n_blocks_sigma,
    },
  ];
  return figures.flatMap(({ limit, ...each }) => {
    if (limit === null) return [];
    const isEnough = each.n_eff >= minNEff && each.n_blocks >= minSpans && each.estimate !== null;
    const deciding = decision === 'lcb' ? each.lower : each.estimate;
    return [{ ...each, limit, can_be_judged: isEnough, deciding }];
  });
}

function isBeyond(figure: number | null, { limit }: MeasuredLimit): boolean {
  return figure !== null && figure > limit;
}

function unitsOf(limits: readonly MeasuredLimit[]): LossUnit[] {
  return limits.map(({ unit }) => unit);
}
