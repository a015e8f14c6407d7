// The judgement of a cell: whether its tail is beyond a limit, by the figure itself or beyond doubt, or nobody can tell yet.

import type { CellStatus, CellThreshold } from '../domain/cvar.ts';
import type { CellMeasurements } from './cell.ts';
import type { LossUnit } from './loss.ts';
import type { SupervisorRules } from './supervisor-rules.ts';

export interface CellJudgement {
  readonly status: CellStatus;
  /**
   * On KILL the limits that the decision rule finds breached; else those that the estimate or the rule is beyond. Empty where
   * nobody judges.
   */
  readonly breached: LossUnit[];
}

/** One limit that is configured, and what there is to hold against it. */
interface Measured {
  readonly unit: LossUnit;
  readonly limit: number;
  readonly estimate: number | null;
  readonly lower: number | null;
  readonly nEff: number;
  readonly blocks: number;
}

/**
 * Returns what the limits say about a cell.
 *
 * - NO_LIMIT: none is configured.
 * - INSUFFICIENT: a limit cannot be judged, and none that can is breached. One can with `cvar.min_n_eff` effective rows out
 *   of `cvar.min_blocks` market periods; for a limit in sigma only rows with a sigma count.
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
  const { decision, min_n_eff: minNEff, min_blocks: minBlocks } = rules.cvar;
  const limits = measuredLimits(measurements, threshold);
  if (limits.length === 0) return { status: 'NO_LIMIT', breached: [] };
  const judged = limits.filter(
    ({ nEff, blocks, estimate }) => nEff >= minNEff && blocks >= minBlocks && estimate !== null,
  );
  const decided = judged.filter((each) => isBeyond(decision === 'lcb' ? each.lower : each.estimate, each));
  if (decided.length > 0 && isCurrent) return { status: 'KILL', breached: unitsOf(decided) };
  const beyond = judged.filter((each) => decided.includes(each) || isBeyond(each.estimate, each));
  if (beyond.length > 0) return { status: 'WATCH', breached: unitsOf(beyond) };
  return { status: judged.length === limits.length ? 'OK' : 'INSUFFICIENT', breached: [] };
}

function measuredLimits(measurements: CellMeasurements, threshold: CellThreshold | null): Measured[] {
  const found: Measured[] = [];
  const maxBps = threshold?.max_cvar_error_bps ?? null;
  const maxSigma = threshold?.max_cvar_sigma ?? null;
  if (maxBps !== null) {
    found.push({
      unit: 'bps',
      limit: maxBps,
      estimate: measurements.cvar95_error_bps,
      lower: measurements.ci90?.[0] ?? null,
      nEff: measurements.n_eff,
      blocks: measurements.n_blocks,
    });
  }
  if (maxSigma !== null) {
    found.push({
      unit: 'sigma',
      limit: maxSigma,
      estimate: measurements.cvar95_sigma,
      lower: measurements.ci90_sigma?.[0] ?? null,
      nEff: measurements.n_eff_sigma,
      blocks: measurements.n_blocks_sigma,
    });
  }
  return found;
}

function isBeyond(figure: number | null, { limit }: Measured): boolean {
  return figure !== null && figure > limit;
}

function unitsOf(limits: readonly Measured[]): LossUnit[] {
  return limits.map(({ unit }) => unit);
}
