// The strength of the penalty: as configured, or what purged blocks of the training part say, and the default where they are silent.

import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/domain/time.ts';
import { purgedBlocks } from '../../src/supervision/folds.ts';
import { lambdaFor, type PenaltyConfig } from '../../src/supervision/penalty.ts';
import { fitRidge, predictionAt } from '../../src/supervision/ridge.ts';
import { prefixSums, together, without } from '../../src/supervision/ridge-sums.ts';
import { type TrainingRow, trainingSet } from '../../src/supervision/training-set.ts';
import { modelConfig, trainingRows } from './training-rows.ts';

function setOf(rows: readonly TrainingRow[]) {
  return trainingSet(rows, { horizonHours: 1, trainedAtMs: Date.UTC(2090, 0, 1), config: modelConfig() });
}

function lambdaOf(
  rows: readonly TrainingRow[],
  over: Partial<PenaltyConfig> = {},
  end = rows.length,
): number {
  const set = setOf(rows);
  return lambdaFor(set, prefixSums(set), end, HOUR_MS, modelConfig(over));
}

describe('lambdaFor', () => {
  it('is the configured one, zero included', () => {
    expect(lambdaOf(trainingRows(), { ridge: 0.7 })).toBe(0.7);
    expect(lambdaOf(trainingRows(), { ridge: 0 })).toBe(0);
  });

  it('is weak for a strong signal and strong for noise', () => {
    expect(lambdaOf(trainingRows({ slope: 1 }))).toBeLessThanOrEqual(0.01);
    expect(lambdaOf(trainingRows({ slope: 0, seed: 2 }))).toBeGreaterThanOrEqual(1);
  });

  it('is the one with the least squared error over the purged blocks, computed row by row', () => {
    const set = setOf(trainingRows({ slope: 0.15, count: 300, seed: 5 }));
    const sums = prefixSums(set);
    const grid = [0.02, 0.2, 0.5, 2];
    const losses = grid.map((lambda) => {
      let loss = 0;
      for (const block of purgedBlocks(set, set.n, 5, HOUR_MS)) {
        const training = together(sums(block.trainTo), without(sums(set.n), sums(block.resumeFrom)));
        const fit = fitRidge(training, set.spread, { lambda, standardize: true });
        for (let row = block.testFrom; fit !== null && row < block.testTo; row += 1) {
          loss += ((set.target[row] ?? Number.NaN) - predictionAt(fit, set, row)) ** 2;
        }
      }
      return loss;
    });

    const lambda = lambdaFor(set, sums, set.n, HOUR_MS, modelConfig({ lambda_grid: grid }));

    expect(lambda).toBe(grid[losses.indexOf(Math.min(...losses))]);
  });

  it('does not depend on the order of the grid, and takes the strongest of equals', () => {
    const noFeature = trainingRows().map((row) => ({ ...row, score_final: 1, confidence: 1 }));

    expect(lambdaOf(noFeature, { lambda_grid: [0.1, 10, 1] })).toBe(10);
    expect(lambdaOf(noFeature, { lambda_grid: [10, 1, 0.1] })).toBe(10);
  });

  it('does not see rows after its end', () => {
    const rows = trainingRows({ slope: 0.2 });
    const changed = rows.map((row, index) =>
      index < 200 ? row : { ...row, realized_pnl_bps: 1e4 * (index % 3) },
    );

    expect(lambdaOf(changed, {}, 200)).toBe(lambdaOf(rows, {}, 200));
  });

  it.each([
    { standardize: true, expected: 0.05 },
    { standardize: false, expected: 5 },
  ])(
    'falls back on $expected where no block leaves enough to train on (standardize: $standardize)',
    (given) => {
      const { standardize, expected } = given;

      expect(lambdaOf(trainingRows(), { standardize, min_train_n_eff: 1e6 })).toBe(expected);
    },
  );

  it('passes over a lambda that leaves no single solution', () => {
    const copies = trainingRows({ slope: 1 }).map((row) => ({ ...row, confidence: row.score_final }));

    expect(lambdaOf(copies, { lambda_grid: [1e-300, 0.1] })).toBe(0.1);
  });
});
