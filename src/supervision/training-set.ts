// The rows a model is trained on, as columns: in order of time, without look-ahead, and without made-up values.

import type { WardenConfig } from '../domain/config.ts';
import type { Feature } from '../domain/model.ts';
import { compareRows, type ReconciledRow } from '../domain/row.ts';
import { isoFromMs, msFromIso } from '../domain/time.ts';
import { at } from './columns.ts';
import { featureOf, type Signal } from './features.ts';

/** What training reads of a reconciled row. */
export type TrainingRow = Pick<
  ReconciledRow,
  | 'event_id'
  | 'horizon_hours'
  | 'direction'
  | 'score_final'
  | 'confidence'
  | 'entry_at'
  | 'exit_at'
  | 'realized_pnl_bps'
  | 'sigma_asof_bps'
  | 'uniqueness'
>;

/** Columns of equal length `n`, ordered by `(exit_at, event_id)`. */
export interface TrainingSet {
  readonly n: number;
  /** Rows that lack a feature, or the volatility where the target is measured in it. */
  readonly nExcluded: number;
  /** One column per feature: `(raw value - center) / spread`, so that sums keep their digits at any scale. */
  readonly columns: readonly Float64Array[];
  readonly center: readonly number[];
  /** Positive; 1 for a column that is constant. */
  readonly spread: readonly number[];
  /** Realized in units of the target. */
  readonly target: Float64Array;
  /** Basis points per unit of the target: `sigma_asof_bps`, or 1. */
  readonly unitBps: Float64Array;
  /** What a row counts in the fit: its uniqueness, or 1 in the closed form of the notes. */
  readonly weight: Float64Array;
  readonly uniqueness: Float64Array;
  readonly entryMs: Float64Array;
  readonly exitMs: Float64Array;
}

export interface SelectionOptions {
  readonly horizonHours: number;
  /** Rows that end later are not seen. */
  readonly trainedAtMs: number;
  readonly config: Pick<WardenConfig['model'], 'features' | 'standardize' | 'max_rows'>;
}

/** Relative spread below which a column holds rounding noise around a constant. */
const CONSTANT_RATIO = 1e-12;

/**
 * Returns the newest `max_rows` rows of the horizon that ended at or before `trainedAtMs`, as columns. Rows with a missing
 * feature or volatility are excluded and counted. The order of `rows` does not matter.
 */
export function trainingSet(rows: readonly TrainingRow[], options: SelectionOptions): TrainingSet {
  const { features, standardize } = options.config;
  const seen = newestRows(rows, options);
  const raw = features.map(() => new Float64Array(seen.length));
  const column = () => new Float64Array(seen.length);
  const [target, unitBps, uniqueness, entryMs, exitMs] = [column(), column(), column(), column(), column()];
  const values = new Float64Array(features.length);
  let n = 0;
  for (const row of seen) {
    const rowUnitBps = standardize ? row.sigma_asof_bps : 1;
    if (rowUnitBps === null || !readFeatures(row, features, values)) continue;
    for (const [index, column] of raw.entries()) column[n] = at(values, index);
    target[n] = row.realized_pnl_bps / rowUnitBps;
    unitBps[n] = rowUnitBps;
    uniqueness[n] = row.uniqueness;
    entryMs[n] = msFromIso(row.entry_at);
    exitMs[n] = msFromIso(row.exit_at);
    n += 1;
  }
  const cut = (values: Float64Array): Float64Array => values.subarray(0, n);
  const scales = raw.map((column) => conditioned(cut(column)));
  return {
    n,
    nExcluded: seen.length - n,
    columns: raw.map(cut),
    center: scales.map(({ center }) => center),
    spread: scales.map(({ spread }) => spread),
    target: cut(target),
    unitBps: cut(unitBps),
    weight: standardize ? cut(uniqueness) : new Float64Array(n).fill(1),
    uniqueness: cut(uniqueness),
    entryMs: cut(entryMs),
    exitMs: cut(exitMs),
  };
}

function newestRows(rows: readonly TrainingRow[], options: SelectionOptions): TrainingRow[] {
  const trainedAt = isoFromMs(options.trainedAtMs);
  return rows
    .filter((row) => row.horizon_hours === options.horizonHours && row.exit_at <= trainedAt)
    .sort(compareRows)
    .slice(-options.config.max_rows);
}

/** Fills `values`; `false` where a feature is missing. */
function readFeatures(row: TrainingRow, features: readonly Feature[], values: Float64Array): boolean {
  const signal: Signal = {
    score_final: row.score_final,
    confidence: row.confidence,
    side: row.direction === 'LONG' ? 1 : -1,
  };
  for (const [index, feature] of features.entries()) {
    const value = featureOf(signal, feature);
    if (value === null) return false;
    values[index] = value;
  }
  return true;
}

/** Centers and scales a column in place; a constant one becomes all zeros. */
function conditioned(column: Float64Array): { center: number; spread: number } {
  if (column.length === 0) return { center: 0, spread: 1 };
  let [sum, largest] = [0, 0];
  for (const value of column) {
    sum += value;
    largest = Math.max(largest, Math.abs(value));
  }
  const center = sum / column.length;
  let squares = 0;
  for (const value of column) squares += (value - center) ** 2;
  const deviation = Math.sqrt(squares / column.length);
  const isConstant = deviation <= CONSTANT_RATIO * largest;
  for (const [index, value] of column.entries())
    column[index] = isConstant ? 0 : (value - center) / deviation;
  return { center, spread: isConstant ? 1 : deviation };
}
