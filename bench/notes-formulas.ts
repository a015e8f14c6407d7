// The formulas of the notes as they were written, for the comparison with ours: nothing here decides anything.

import { inverse, Matrix } from 'ml-matrix';

/** What a signal earned in bps: any direction but LONG is a short, and a short earns `entry / exit - 1`. */
export function notesPnlBps(direction: string, entry: number, exit: number): number {
  return 10_000 * (direction.toUpperCase() === 'LONG' ? exit / entry - 1 : entry / exit - 1);
}

/**
 * Returns the weights of ridge regression as the notes solve it, bias last: `inv(X'X + ridge I) X'y` on raw features, of which
 * one that is missing counts as 0.
 */
export function notesWeights(
  features: readonly (readonly (number | null)[])[],
  y: readonly number[],
  ridge = 5,
): readonly number[] {
  const x = new Matrix(features.map((row) => [...row.map((value) => value ?? 0), 1]));
  const penalty = Matrix.eye(x.columns).mul(ridge);
  penalty.set(x.columns - 1, x.columns - 1, 0);
  const system = x.transpose().mmul(x).add(penalty);
  return inverse(system)
    .mmul(x.transpose())
    .mmul(Matrix.columnVector([...y]))
    .to1DArray();
}

/** What the multiplier of the notes reads of a row. */
export interface NotesRow {
  /** `null` where the row has none, which the notes take for 0. */
  readonly absErrorBps: number | null;
  readonly realizedBps: number;
}

const HALF_LIFE_SIGNALS = 80;
const LOSS_K_BPS = 50;
const PENALTY_CAP = 0.08;

/** Returns the multiplier after one run over all rows, oldest first, that began with `previous`. */
export function notesMultiplier(previous: number, rows: readonly NotesRow[]): number {
  let multiplier = previous;
  let [good, bad] = [0, 0];
  const newest = rows.slice(-250);
  for (const [index, { absErrorBps, realizedBps }] of newest.entries()) {
    const error = Math.max(0, absErrorBps ?? 0);
    const weight = Math.exp((-Math.log(2) / HALF_LIFE_SIGNALS) * (newest.length - 1 - index));
    const penalty = (error / (error + LOSS_K_BPS)) * PENALTY_CAP * weight;
    multiplier *= 1 - penalty * (realizedBps < 0 ? 1.3 : 1);
    if (realizedBps > 0 && error <= 30) good += 1;
    if (realizedBps < 0 && error >= 60) bad += 1;
  }
  if (good >= 10 && bad === 0) multiplier *= 1.02;
  return Math.round(10_000 * Math.max(0.5, Math.min(1.1, multiplier))) / 10_000;
}

/** Returns whether the notes promote an agent that earned this gross, against an expectation of zero and without failed runs. */
export function notesPromote(realizedBps: readonly number[]): boolean {
  const n = realizedBps.length;
  const sum = realizedBps.reduce((total, each) => total + each, 0);
  const absolute = realizedBps.reduce((total, each) => total + Math.abs(each), 0);
  const hits = realizedBps.filter((each) => each > 0).length;
  return sum > 150 && hits / n >= 0.55 && absolute / n <= 60 && sum / n >= -20;
}
