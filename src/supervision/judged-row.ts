// What the supervisor keeps of a reconciled row at the deciding horizon: a million whole rows would be a gigabyte of memory.

import type { ReconciledRow } from '../domain/row.ts';
import { msFromIso } from '../domain/time.ts';

/** All bps; plain JSON, so that it can be stored between runs. */
export interface JudgedRow {
  readonly eventId: string;
  readonly agent: string;
  readonly strategyClass: string;
  readonly regime: string;
  readonly entryMs: number;
  readonly exitMs: number;
  /** Gross. */
  readonly realizedBps: number;
  /** After costs. */
  readonly netBps: number;
  /** Realized - expected; the loss beyond the model is its negative. */
  readonly errorBps: number;
  /** Expected deviation of the error, or `null` where it is unknown. */
  readonly sigmaBps: number | null;
  /** Mean absolute error that the model claims, or `null` without a model. */
  readonly claimedAbsBps: number | null;
  /** Share of a whole observation, in `(0, 1]`. */
  readonly uniqueness: number;
  readonly modelId: string | null;
  readonly simVersion: string;
}

/** Returns what is kept of `row`. */
export function judgedRow(row: ReconciledRow): JudgedRow {
  return {
    eventId: row.event_id,
    agent: row.agent,
    strategyClass: row.strategy_class,
    regime: row.regime,
    entryMs: msFromIso(row.entry_at),
    exitMs: msFromIso(row.exit_at),
    realizedBps: row.realized_pnl_bps,
    netBps: row.net_pnl_bps,
    errorBps: row.pnl_error_bps,
    sigmaBps: row.expected_sigma_bps,
    claimedAbsBps: row.expected_abs_bps,
    uniqueness: row.uniqueness,
    modelId: row.model_id,
    simVersion: row.sim_version,
  };
}
