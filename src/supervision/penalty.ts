// How strong the ridge penalty is: as configured, or picked by purged cross-validation inside the rows that may be trained on.

import type { WardenConfig } from '../domain/config.ts';
import { at } from './columns.ts';
import { type PurgedBlock, purgedBlocks } from './folds.ts';
import { fitRidge, squaredError } from './ridge.ts';
import { effectiveRows, type PrefixSums, type Sums, together, without } from './ridge-sums.ts';
import type { TrainingSet } from './training-set.ts';

export type PenaltyConfig = Pick<
  WardenConfig['model'],
  'ridge' | 'lambda_grid' | 'folds' | 'min_train_n_eff' | 'standardize'
>;

/** Used where no block of the cross-validation has enough to train on: on standardised features, and the notes' raw one. */
const DEFAULT_LAMBDA = 0.05;
const DEFAULT_RAW_RIDGE = 5;

/**
 * Returns lambda for a fit on the rows `[0, end)`: the configured one, else the one of the grid with the least weighted
 * squared error over the purged blocks (of equals, the largest), else the default.
 */
export function lambdaFor(
  set: TrainingSet,
  sums: PrefixSums,
  end: number,
  embargoMs: number,
  config: PenaltyConfig,
): number {
  if (config.ridge !== null) return config.ridge;
  const whole = sums(end);
  const grid = config.lambda_grid.toSorted((a, b) => b - a);
  const losses = grid.map(() => 0);
  let blockCount = 0;
  for (const block of purgedBlocks(set, end, config.folds, embargoMs)) {
    const training = trainingSums(sums, whole, block);
    if (effectiveRows(training) < config.min_train_n_eff) continue;
    const test = without(sums(block.testTo), sums(block.testFrom));
    blockCount += 1;
    for (const [index, lambda] of grid.entries()) {
      const fit = fitRidge(training, set.spread, { lambda, standardize: config.standardize });
      const loss = fit === null ? Number.POSITIVE_INFINITY : squaredError(test, fit);
      losses[index] = at(losses, index) + loss;
    }
  }
  const best = grid[losses.indexOf(Math.min(...losses))];
  if (blockCount > 0 && best !== undefined) return best;
  return config.standardize ? DEFAULT_LAMBDA : DEFAULT_RAW_RIDGE;
}

function trainingSums(sums: PrefixSums, whole: Sums, block: PurgedBlock): Sums {
  return together(sums(block.trainTo), without(whole, sums(block.resumeFrom)));
}
