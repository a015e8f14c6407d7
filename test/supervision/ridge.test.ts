// Ridge regression from sums: equal to what the rows themselves give, wherever a stretch begins and ends.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fitRidge,
  predictionAt,
  type RidgeFit,
  rawWeights,
  squaredError,
} from '../../src/supervision/ridge.ts';
import { effectiveRows, prefixSums, rowCount, together, without } from '../../src/supervision/ridge-sums.ts';
import { type TrainingRow, type TrainingSet, trainingSet } from '../../src/supervision/training-set.ts';
import { modelConfig, trainingRows } from './training-rows.ts';

const FAR_FUTURE_MS = Date.UTC(2090, 0, 1);

function setOf(rows: readonly TrainingRow[], over: Parameters<typeof modelConfig>[0] = {}): TrainingSet {
  return trainingSet(rows, { horizonHours: 1, trainedAtMs: FAR_FUTURE_MS, config: modelConfig(over) });
}

function fitted(fit: RidgeFit | null): RidgeFit {
  if (fit === null) throw new Error('expected a fit');
  return fit;
}

/** The gradient of the penalised loss at the fit, computed row by row: zero at the optimum. */
function gradientOf(set: TrainingSet, fit: RidgeFit, lambda: number): number[] {
  const weight = set.weight.reduce((sum, value) => sum + value, 0);
  return [...set.columns, null].map((column, index) => {
    let slope = 0;
    for (let row = 0; row < set.n; row += 1) {
      const error = (set.target[row] ?? Number.NaN) - predictionAt(fit, set, row);
      slope += (set.weight[row] ?? Number.NaN) * error * (column === null ? 1 : (column[row] ?? Number.NaN));
    }
    return slope / weight - (column === null ? 0 : lambda * (fit.coefficients[index] ?? Number.NaN));
  });
}

describe('fitRidge', () => {
  it('stands at the minimum of the weighted, penalised loss', () => {
    const rows = trainingRows({ slope: 0.3 }).map((row, index) => ({
      ...row,
      uniqueness: 0.1 + (index % 7) / 10,
    }));
    const set = setOf(rows);

    const fit = fitted(fitRidge(prefixSums(set)(set.n), set.spread, { lambda: 0.3, standardize: true }));

    for (const slope of gradientOf(set, fit, 0.3)) expect(slope).toBeCloseTo(0, 12);
  });

  it('predicts the weighted mean where the penalty leaves nothing else', () => {
    const set = setOf(trainingRows({ slope: 0.5 }));

    const fit = fitted(fitRidge(prefixSums(set)(set.n), set.spread, { lambda: 1e12, standardize: true }));

    expect(fit.intercept).toBeCloseTo(fit.meanTarget, 9);
    expect(predictionAt(fit, set, 0)).toBeCloseTo(fit.meanTarget, 9);
  });

  it('drops a column that is constant in these rows, though not in all', () => {
    const rows = trainingRows().map((row, index) => ({
      ...row,
      confidence: index < 200 ? 0.7 : 0.1 + index / 1000,
    }));
    const set = setOf(rows);

    const fit = fitted(fitRidge(prefixSums(set)(200), set.spread, { lambda: 0.05, standardize: true }));

    expect(fit.constant).toEqual([false, true]);
    expect(fit.coefficients[1]).toBe(0);
  });

  it.each([true, false])(
    'has no answer for a copy of a column without a penalty (standardize: %s)',
    (standardize) => {
      const rows = trainingRows({ count: 100 });
      const number = fc.double({ min: 0.01, max: 100, noNaN: true });
      fc.assert(
        fc.property(number, number, (factor, shift) => {
          const copies = rows.map((row) => ({ ...row, confidence: factor * (row.score_final ?? 0) + shift }));
          const set = setOf(copies, { standardize });

          expect(fitRidge(prefixSums(set)(set.n), set.spread, { lambda: 0, standardize })).toBeNull();
        }),
      );
    },
  );

  it('shares the weight between copies of a column once there is a penalty', () => {
    const rows = trainingRows({ slope: 0.4 }).map((row) => ({
      ...row,
      confidence: 3 * (row.score_final ?? 0) + 1,
    }));
    const set = setOf(rows);

    const fit = fitted(fitRidge(prefixSums(set)(set.n), set.spread, { lambda: 0.05, standardize: true }));

    expect(fit.coefficients[0]).toBeCloseTo(fit.coefficients[1] ?? Number.NaN, 9);
  });
});

describe('rawWeights', () => {
  it('gives the same predictions on raw features as the fit on its columns', () => {
    const rows = trainingRows({ slope: 0.3 }).map((row) => ({
      ...row,
      score_final: 5e6 + 1e3 * (row.score_final ?? 0),
    }));
    const set = setOf(rows);
    const fit = fitted(fitRidge(prefixSums(set)(set.n), set.spread, { lambda: 0.05, standardize: true }));

    const [ofScore = 0, ofConfidence = 0, bias = 0] = rawWeights(fit, set);

    for (const [index, row] of rows.entries()) {
      const raw = ofScore * row.score_final + ofConfidence * (row.confidence ?? 0) + bias;
      expect(raw).toBeCloseTo(predictionAt(fit, set, index), 8);
    }
  });
});

describe('prefixSums', () => {
  const set = setOf(trainingRows({ count: 700, slope: 0.2 }));
  const sums = prefixSums(set);
  const cut = fc.nat(set.n);

  it('gives the same sums for a stretch, however it is put together', () => {
    fc.assert(
      fc.property(cut, cut, (one, other) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)];

        const rest = together(sums(from), without(sums(set.n), sums(to)));

        const whole = together(rest, without(sums(to), sums(from)));
        for (const [index, value] of whole.values.entries()) {
          expect(value).toBeCloseTo(sums(set.n).values[index] ?? Number.NaN, 8);
        }
        expect(rowCount(without(sums(to), sums(from)))).toBe(to - from);
      }),
    );
  });

  it('gives the squared error of any stretch without its rows', () => {
    const fit = fitted(fitRidge(sums(set.n), set.spread, { lambda: 0.05, standardize: true }));
    fc.assert(
      fc.property(cut, cut, (one, other) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        let expected = 0;
        for (let row = from; row < to; row += 1) {
          const error = (set.target[row] ?? Number.NaN) - predictionAt(fit, set, row);
          expected += (set.weight[row] ?? Number.NaN) * error ** 2;
        }

        expect(squaredError(without(sums(to), sums(from)), fit)).toBeCloseTo(expected, 8);
      }),
    );
  });

  it('counts effective rows by uniqueness also where rows weigh the same in the fit', () => {
    const rows = trainingRows({ count: 300 }).map((row) => ({ ...row, uniqueness: 0.25 }));
    const plain = setOf(rows, { standardize: false });

    expect(effectiveRows(prefixSums(plain)(200))).toBe(50);
  });

  it('refuses rows that do not exist', () => {
    expect(() => sums(set.n + 1)).toThrow('sums are asked of rows that exist');
  });
});
