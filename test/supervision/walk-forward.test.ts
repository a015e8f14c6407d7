// Forecasts as they would have been made: what a fold could not know at the time does not change its forecasts.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WardenConfig } from '../../src/domain/config.ts';
import { HOUR_MS } from '../../src/domain/time.ts';
import { prefixSums } from '../../src/supervision/ridge-sums.ts';
import { type TrainingRow, trainingSet } from '../../src/supervision/training-set.ts';
import { effectiveForecasts, walkForward } from '../../src/supervision/walk-forward.ts';
import { modelConfig, trainingRows } from './training-rows.ts';

function forecast(rows: readonly TrainingRow[], over: Partial<WardenConfig['model']> = {}) {
  const horizonHours = rows[0]?.horizon_hours ?? 1;
  const config = modelConfig(over);
  const set = trainingSet(rows, { horizonHours, trainedAtMs: Date.UTC(2090, 0, 1), config });
  return { set, ...walkForward(set, prefixSums(set), horizonHours * HOUR_MS, config) };
}

const overlapping = trainingRows({ slope: 0.3, count: 1000, horizonHours: 24, stepHours: 8 });

describe('walkForward', () => {
  it('forecasts every row of every usable fold, in order of time', () => {
    const { set, runs, forecasts } = forecast(overlapping);

    const first = runs[0]?.testFrom ?? 0;
    expect(runs.map(({ from, to }) => to - from)).toEqual(
      runs.map(({ testFrom, testTo }) => testTo - testFrom),
    );
    expect([...forecasts.target]).toEqual([...set.target.subarray(first)]);
    expect(effectiveForecasts(forecasts, 0, forecasts.target.length)).toBeCloseTo((1000 - first) / 3, 1);
  });

  it('does not let a fold see any label that ends within one embargo of its test, or later', () => {
    const before = forecast(overlapping);
    const fold = fc.nat(before.runs.length - 1);
    const noise = fc.integer({ min: -50, max: 50 });
    fc.assert(
      fc.property(fold, noise, (number, shift) => {
        const run = before.runs[number];
        if (run === undefined) throw new Error('expected a fold');
        const changed = overlapping.map((row, index) =>
          index < run.trainTo
            ? row
            : { ...row, realized_pnl_bps: row.realized_pnl_bps * (index % 5) + 20 * shift },
        );

        const after = forecast(changed);

        expect(after.runs[number]?.lambda).toBe(run.lambda);
        expect([...after.forecasts.trainMean.subarray(run.from, run.to)]).toEqual([
          ...before.forecasts.trainMean.subarray(run.from, run.to),
        ]);
        expect([...after.forecasts.claim.subarray(run.from, run.to)]).toEqual([
          ...before.forecasts.claim.subarray(run.from, run.to),
        ]);
        for (let index = run.from; index < run.to; index += 1) {
          expect(after.forecasts.prediction[index]).toBeCloseTo(
            before.forecasts.prediction[index] ?? Number.NaN,
            12,
          );
        }
      }),
      { numRuns: 10 },
    );
  });

  it('learns from the last label that ends early enough', () => {
    const before = forecast(overlapping);
    const [run] = before.runs;
    const last = (run?.trainTo ?? 0) - 1;
    const changed = overlapping.map((row, index) =>
      index === last ? { ...row, realized_pnl_bps: 5000 } : row,
    );

    const after = forecast(changed);

    expect(after.forecasts.trainMean[0]).not.toBe(before.forecasts.trainMean[0]);
  });

  it('skips folds that have too little to train on, measured in effective rows', () => {
    const { runs } = forecast(overlapping, { min_train_n_eff: 150 });

    expect(runs.length).toBeGreaterThan(0);
    expect(runs.length).toBeLessThan(5);
    for (const run of runs) expect(run.nTrainEff).toBeGreaterThanOrEqual(150);
  });

  it('claims the error of earlier folds, and none in the first', () => {
    const { runs, forecasts } = forecast(overlapping);

    const [first, second] = runs;
    const known = (second?.trainTo ?? 0) - (first?.testFrom ?? 0);
    const squares = Array.from(
      { length: known },
      (_, index) => ((forecasts.target[index] ?? 0) - (forecasts.prediction[index] ?? 0)) ** 2,
    );
    const rms = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / known);
    expect(forecasts.claim[0]).toBeNaN();
    expect(known).toBeLessThan((first?.to ?? 0) - (first?.from ?? 0));
    expect(forecasts.claim[second?.from ?? 0]).toBeCloseTo(rms, 12);
  });

  it('leaves out a fold without a single solution', () => {
    const copies = overlapping.map((row) => ({ ...row, confidence: row.score_final }));

    expect(forecast(copies, { ridge: 0 }).runs).toEqual([]);
  });
});
