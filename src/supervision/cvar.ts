// Conditional value at risk of a sample: the mean of its worst twentieth, and how sure that figure is.

import { assert } from '../domain/assert.ts';
import { at } from './columns.ts';

/** The share of a sample that is its tail: 1 - 95 %. */
export const TAIL = 0.05;

/** Standard errors to the bounds of a 90 % interval of a normal figure; to one side, 95 %. */
export const Z_90 = 1.645;

/** Keeps a whole number of rows whole where `tail * n` is not one in binary, e.g. 0.35 * 180. */
const WHOLE = 1e-9;

/** The worst rows of a sample: `whole` of them count fully, the next one by `fraction` in `[0, 1)`; `size` is their sum. */
interface TailCut {
  readonly size: number;
  readonly whole: number;
  readonly fraction: number;
}

/** Returns how `n` rows are cut at their worst share `tail`, in `(0, 1]`. */
export function tailCut(n: number, tail: number = TAIL): TailCut {
  assert(tail > 0 && tail <= 1, 'a tail is a share above 0');
  const size = tail * n;
  const whole = Math.floor(size + WHOLE);
  const fraction = size - whole;
  return { size, whole, fraction: fraction > WHOLE ? fraction : 0 };
}

/** Returns `values`, which are finite, from the largest to the smallest. */
export function worstFirst(values: Float64Array | readonly number[]): Float64Array {
  for (const value of values) assert(Number.isFinite(value), 'a loss is a finite number');
  return Float64Array.from(values).sort().reverse();
}

/**
 * Returns the mean of the worst share `tail` of `losses` (positive is a loss), in their unit, or `null` without losses.
 * With `k = tail * n` rows in the tail and `m` the whole part of `k`: `(the m largest + (k - m) * the next) / k`, so the
 * figure does not jump with `n`. A loss that is not finite is a defect of ours.
 *
 * Source: Rockafellar and Uryasev, Conditional value-at-risk for general loss distributions (2002), on scenario models.
 */
export function cvarOf(losses: Float64Array | readonly number[], tail: number = TAIL): number | null {
  return losses.length === 0 ? null : cvarOfWorst(worstFirst(losses), tail);
}

/** The same of losses that are sorted from the largest to the smallest, at least one. */
export function cvarOfWorst(worst: Float64Array, tail: number = TAIL): number {
  const { size, whole, fraction } = tailCut(worst.length, tail);
  let sum = 0;
  for (let index = 0; index < whole; index += 1) sum += at(worst, index);
  if (fraction > 0) sum += fraction * at(worst, whole);
  return sum / size;
}

/**
 * Returns the asymptotic standard error of the CVaR of losses sorted from the largest to the smallest, in their unit:
 * `sd((L - VaR)+) / (tail * sqrt(n_eff))`, where overlapping rows count by `nEff`, their effective number. `null` below two
 * rows, or without any effective one.
 *
 * Source: Trindade, Uryasev, Shapiro and Zrazhevsky, Financial prediction with constrained tail risk (2007).
 */
export function cvarStandardError(worst: Float64Array, nEff: number, tail: number = TAIL): number | null {
  const n = worst.length;
  if (n < 2 || nEff <= 0) return null;
  const valueAtRisk = at(worst, Math.min(n - 1, tailCut(n, tail).whole));
  const excess = worst.map((loss) => Math.max(0, loss - valueAtRisk));
  const mean = excess.reduce((sum, each) => sum + each, 0) / n;
  const squares = excess.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  return Math.sqrt(squares / (n - 1)) / (tail * Math.sqrt(nEff));
}

/**
 * Returns what the notes call CVaR: the mean of the upper tail of the error (realized - expected), which holds the best rows
 * and not the worst, from the row `floor(0.95 n)` on in ascending order. In the unit of the errors; `null` without any, where
 * the notes say 0. It is shown beside, and decides nothing.
 */
export function notesCvar(
  errors: Float64Array | readonly number[],
  confidence: number = 1 - TAIL,
): number | null {
  if (errors.length === 0) return null;
  const best = worstFirst(errors);
  const size = best.length - Math.floor(best.length * confidence);
  return best.subarray(0, size).reduce((sum, each) => sum + each, 0) / size;
}
