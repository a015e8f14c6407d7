// Ridge regression from running sums: the small symmetric system, solved by Cholesky and never by an inverse.

import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { at } from './columns.ts';
import { gram, momentsOf, rowCount, type Sums } from './ridge-sums.ts';
import type { TrainingSet } from './training-set.ts';

/** A fit on the columns of a {@link TrainingSet}: `prediction = intercept + sum coefficient * column`, in target units. */
export interface RidgeFit {
  readonly coefficients: readonly number[];
  readonly intercept: number;
  /** The weighted mean of the target: what would be predicted without features. */
  readonly meanTarget: number;
  /** Columns that are constant in these rows; their coefficient is 0. */
  readonly constant: readonly boolean[];
}

export interface Penalty {
  /** On standardised columns; on raw features and the plain sum of squares where `standardize` is false. */
  readonly lambda: number;
  readonly standardize: boolean;
}

/** A variance this small beside the data is what rounding leaves of a constant. */
const CONSTANT_VARIANCE = 1e-12;

/** A pivot below this share of its diagonal is what rounding leaves of a column that others already explain. */
const PIVOT_RATIO_MIN = 1e-10;

/**
 * Fits ridge regression with an unpenalised intercept, or returns `null` where no single solution exists (lambda 0 and
 * a column that the others explain).
 *
 * `standardize: true`: `Z = (X - mean) / sd` with the unweighted mean and population sd of these rows, and
 * `(Zc' W Zc / sum W + lambda I) b = Zc' W (y - ybar) / sum W`, `Zc` and `ybar` centred with the weights; the same as
 * scikit-learn's `Ridge(alpha = lambda * n)` on `Z` with `sample_weight = W * n / sum W`.
 *
 * `standardize: false`: `(X'X + lambda I) w = X'y` with a bias column that is not penalised, solved with the bias
 * eliminated. `spread` turns the columns back into raw features for the penalty.
 */
export function fitRidge(sums: Sums, spread: readonly number[], penalty: Penalty): RidgeFit | null {
  const { columnCount } = sums;
  const [one, target] = [columnCount, columnCount + 1];
  const weight = gram(sums, one, one);
  const mean = (index: number): number => gram(sums, one, index) / weight;
  const covariance = (a: number, b: number): number => gram(sums, a, b) / weight - mean(a) * mean(b);
  const deviations = spread.map((_, column) => deviationOf(sums, column));
  const active = deviations.flatMap((deviation, column) => (deviation === null ? [] : [column]));
  const unit = active.map((column) => (penalty.standardize ? (deviations[column] ?? 1) : 1));
  const system = Matrix.zeros(active.length, active.length);
  const right = Matrix.zeros(active.length, 1);
  for (const [row, a] of active.entries()) {
    for (const [column, b] of active.entries()) {
      system.set(row, column, covariance(a, b) / (at(unit, row) * at(unit, column)));
    }
    const onDiagonal = penalty.standardize
      ? penalty.lambda
      : penalty.lambda / (rowCount(sums) * at(spread, a) ** 2);
    system.set(row, row, system.get(row, row) + onDiagonal);
    right.set(row, 0, covariance(a, target) / at(unit, row));
  }
  const solution = solved(system, right);
  if (solution === null) return null;
  const coefficients = spread.map(() => 0);
  let intercept = mean(target);
  for (const [row, column] of active.entries()) {
    const coefficient = solution.get(row, 0) / at(unit, row);
    coefficients[column] = coefficient;
    intercept -= coefficient * mean(column);
  }
  return {
    coefficients,
    intercept,
    meanTarget: mean(target),
    constant: deviations.map((deviation) => deviation === null),
  };
}

function deviationOf(sums: Sums, column: number): number | null {
  const { meanSquare, variance } = momentsOf(sums, column);
  return variance <= CONSTANT_VARIANCE * (1 + meanSquare) ? null : Math.sqrt(variance);
}

function solved(system: Matrix, right: Matrix): Matrix | null {
  if (system.rows === 0) return right;
  const cholesky = new CholeskyDecomposition(system);
  if (!cholesky.isPositiveDefinite()) return null;
  const pivots = cholesky.lowerTriangularMatrix.diagonal();
  const isSound = pivots.every((pivot, index) => pivot ** 2 > PIVOT_RATIO_MIN * system.get(index, index));
  return isSound ? cholesky.solve(right) : null;
}

/** Returns the weighted sum of squared errors of `fit` on the rows behind `sums`: `k' G k` with `k = (-b, -intercept, 1)`. */
export function squaredError(sums: Sums, fit: RidgeFit): number {
  const k = [...fit.coefficients.map((coefficient) => -coefficient), -fit.intercept, 1];
  let total = 0;
  for (const [a, left] of k.entries()) {
    for (const [b, right] of k.entries()) total += left * right * gram(sums, a, b);
  }
  return total;
}

/** Returns the prediction for one row of the set, in target units. */
export function predictionAt(fit: RidgeFit, set: TrainingSet, row: number): number {
  let sum = fit.intercept;
  for (const [index, column] of set.columns.entries()) sum += at(fit.coefficients, index) * at(column, row);
  return sum;
}

/** Returns the weights on the raw features, bias last. */
export function rawWeights(fit: RidgeFit, set: Pick<TrainingSet, 'center' | 'spread'>): number[] {
  const weights = fit.coefficients.map((coefficient, index) => coefficient / at(set.spread, index));
  const shift = weights.reduce((sum, weight, index) => sum + weight * at(set.center, index), 0);
  return [...weights, fit.intercept - shift];
}
