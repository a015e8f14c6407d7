// The tail of a cell row by row, with a running figure that ends at the CVaR, so that a reader can add it up.

import { dayOf, isoFromMs } from '../domain/time.ts';
import { TAIL, tailCut } from './cvar.ts';
import { significant } from './digits.ts';
import type { JudgedRow } from './judged-row.ts';
import { type LossUnit, lossOf, tailOf } from './loss.ts';

/** Where a row stands in the state, so that it can be found with grep. */
export interface RowPlace {
  readonly event_id: string;
  readonly horizon_hours: number;
  /** Below the state folder. */
  readonly file: string;
}

/** A row that was looked at. All bps; `null` is unknown. */
export interface RowLine extends RowPlace {
  readonly agent: string;
  readonly entry_at: string;
  readonly exit_at: string;
  readonly realized_bps: number;
  readonly net_bps: number;
  /** Realized - expected. */
  readonly error_bps: number;
  readonly sigma_bps: number | null;
  readonly uniqueness: number;
  readonly model_id: string | null;
}

/** A row of the tail. */
export interface TailLine extends RowLine {
  readonly symbol: string | null;
  /** In the unit of the table, positive is a loss. */
  readonly loss: number;
  /** 1, or less for the last row. */
  readonly weight: number;
  /** Sum of `loss * weight` of this row and all above, over the size of the tail: the last one is the CVaR. */
  readonly running_cvar: number;
}

export interface TailTable {
  readonly unit: LossUnit;
  /** Rows that have a loss in this unit. */
  readonly n: number;
  /** `0.05 * n`: how many rows are the tail, the last one counted in part. */
  readonly size: number;
  /** Worst first. */
  readonly lines: readonly TailLine[];
}

/** What the tail of one agent weighs in a cell. */
export interface AgentShare {
  readonly agent: string;
  readonly n: number;
  readonly n_share: number;
  readonly tail_weight: number;
  /** `null` where there is no tail. */
  readonly tail_share: number | null;
}

/** Returns the symbol of a row, or `null` where it cannot be found any more. */
export type SymbolOf = (row: JudgedRow) => string | null;

/** Returns the tail of the rows of a window in one unit. Without rows that have such a loss it has no lines. */
export function tailTable(
  window: readonly JudgedRow[],
  unit: LossUnit,
  horizonHours: number,
  symbolOf: SymbolOf,
): TailTable {
  const n = window.filter((row) => lossOf(row, unit) !== null).length;
  const { size } = tailCut(n);
  let sum = 0;
  const lines = tailOf(window, unit).map(({ row, loss, weight }): TailLine => {
    sum += weight * loss;
    return {
      ...rowLineOf(row, horizonHours),
      symbol: symbolOf(row),
      loss: significant(loss),
      weight: significant(weight),
      running_cvar: significant(sum / size),
    };
  });
  return { unit, n, size: significant(TAIL * n), lines };
}

/** Returns what is shown of a row, and where it stands. */
export function rowLineOf(row: JudgedRow, horizonHours: number): RowLine {
  return {
    event_id: row.eventId,
    horizon_hours: horizonHours,
    file: rowFile(row.exitMs),
    agent: row.agent,
    entry_at: isoFromMs(row.entryMs),
    exit_at: isoFromMs(row.exitMs),
    realized_bps: row.realizedBps,
    net_bps: row.netBps,
    error_bps: row.errorBps,
    sigma_bps: row.sigmaBps,
    uniqueness: row.uniqueness,
    model_id: row.modelId,
  };
}

/** Returns the file of the rows that ended on the UTC day of `exitMs`. */
export function rowFile(exitMs: number): string {
  const day = dayOf(exitMs);
  return `alpha/reconciled/${day.slice(0, 7)}/${day}.jsonl`;
}

/** Returns the agents of a window with their share of its rows and of its tail; those that weigh most in the tail first. */
export function agentShares(window: readonly JudgedRow[], unit: LossUnit): AgentShare[] {
  const counts = new Map<string, number>();
  for (const { agent } of window) counts.set(agent, (counts.get(agent) ?? 0) + 1);
  const weights = new Map<string, number>();
  for (const { row, weight } of tailOf(window, unit))
    weights.set(row.agent, (weights.get(row.agent) ?? 0) + weight);
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  return [...counts]
    .map(([agent, n]) => {
      const weight = weights.get(agent) ?? 0;
      return {
        agent,
        n,
        n_share: significant(n / window.length),
        tail_weight: significant(weight),
        tail_share: total === 0 ? null : significant(weight / total),
      };
    })
    .sort((a, b) => b.tail_weight - a.tail_weight || (a.agent < b.agent ? -1 : 1));
}
