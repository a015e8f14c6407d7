// The loss of a row beyond its model, in basis points or in units of what the model claimed, and the rows that made a tail.

import { tailCut } from './cvar.ts';
import type { JudgedRow } from './judged-row.ts';

/** `bps`: as it is. `sigma`: over the expected sigma of the row. */
export type LossUnit = 'bps' | 'sigma';

/** Returns `expected - realized` of `row`, positive is a loss, or `null` where the unit is sigma and the row has none. */
export function lossOf(row: JudgedRow, unit: LossUnit): number | null {
  if (unit === 'bps') return -row.errorBps;
  return row.sigmaBps === null ? null : -row.errorBps / row.sigmaBps;
}

/** Returns the losses of the rows that have one, in the order of the rows. */
export function lossesOf(rows: readonly JudgedRow[], unit: LossUnit): Float64Array {
  return Float64Array.from(rows.flatMap((row) => lossOf(row, unit) ?? []));
}

/** A row of the tail. The sum of `loss * weight` over the sum of `weight` is the CVaR. */
interface TailRow {
  readonly row: JudgedRow;
  readonly loss: number;
  /** 1, or in `(0, 1)` for the last row, of which only a part belongs to the worst 5 %. */
  readonly weight: number;
}

/**
 * Returns the rows that made the CVaR 95 of `rows`, worst first; of equal losses the one that ended first, then by id. Rows
 * without a sigma are left out where the unit is sigma.
 */
export function tailOf(rows: readonly JudgedRow[], unit: LossUnit): TailRow[] {
  const measured = rows.flatMap((row) => {
    const loss = lossOf(row, unit);
    return loss === null ? [] : [{ row, loss }];
  });
  measured.sort((a, b) => b.loss - a.loss || compareJudged(a.row, b.row));
  const { whole, fraction } = tailCut(measured.length);
  const weights = (index: number): number => (index < whole ? 1 : fraction);
  return measured
    .slice(0, whole + Math.ceil(fraction))
    .map(({ row, loss }, index) => ({ row, loss, weight: weights(index) }));
}

/** The order of rows of one horizon: by exit, then by id as text. */
export function compareJudged(a: JudgedRow, b: JudgedRow): number {
  if (a.exitMs !== b.exitMs) return a.exitMs - b.exitMs;
  if (a.eventId === b.eventId) return 0;
  return a.eventId < b.eventId ? -1 : 1;
}
