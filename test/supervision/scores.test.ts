// Scores of forecasts, on numbers that can be checked by hand, and what is said where a score cannot be known.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scoresOf } from '../../src/supervision/scores.ts';
import type { Forecasts } from '../../src/supervision/walk-forward.ts';

type Column = keyof Forecasts;

function forecasts(over: Partial<Record<Column, readonly number[]>> = {}): Forecasts {
  const target = over.target ?? [1, -1, 2, -2];
  const column = (name: Column, value: number): Float64Array =>
    Float64Array.from(over[name] ?? target.map(() => value));
  return {
    target: Float64Array.from(target),
    prediction: column('prediction', 0.5),
    unitBps: column('unitBps', 100),
    uniqueness: column('uniqueness', 1),
    trainMean: column('trainMean', 0),
    claim: column('claim', Number.NaN),
  };
}

describe('scoresOf', () => {
  it('states errors in basis points, row by row with the volatility of the row', () => {
    const scores = scoresOf(
      forecasts({ target: [1, -1], prediction: [0.5, 0.5], unitBps: [100, 200] }),
      0,
      2,
    );

    expect(scores).toMatchObject({ rmse_bps: 215.0581, mae_bps: 175, bias_bps: -125 });
  });

  it('compares with the mean that was trained on and with zero, in units of the target', () => {
    const scores = scoresOf(
      forecasts({ target: [1, 3], prediction: [2, 2], trainMean: [0.5, 0.5], unitBps: [100, 900] }),
      0,
      2,
    );

    expect(scores.r2_vs_mean).toBeCloseTo(1 - 2 / 6.5, 8);
    expect(scores.r2_vs_zero).toBe(0.8);
  });

  it('counts right signs among the rows where both sides have one', () => {
    const scores = scoresOf(forecasts({ target: [1, -1, 2, 0, 5], prediction: [3, -1, -1, 1, 0] }), 0, 5);

    expect(scores.hit_rate).toBeCloseTo(2 / 3, 8);
  });

  it('measures the claim only where one was made', () => {
    const scores = scoresOf(
      forecasts({ target: [9, 1, -2], prediction: [0, 0, 0], claim: [Number.NaN, 1, 1] }),
      0,
      3,
    );

    expect(scores.coverage_90).toBe(0.5);
    expect(scores.z_rms).toBeCloseTo(Math.sqrt(2.5), 8);
  });

  it('tests the rank correlation on effective rows, not on rows', () => {
    const parts = { target: [1, 2, 3, 5, 4, 6], prediction: [1, 2, 3, 4, 5, 6] };

    const full = scoresOf(forecasts(parts), 0, 6);
    const overlapping = scoresOf(forecasts({ ...parts, uniqueness: [0.5, 0.5, 0.5, 0.5, 0.5, 0.5] }), 0, 6);

    expect(full.rank_ic).toBeCloseTo(33 / 35, 8);
    expect(overlapping.rank_ic).toBe(full.rank_ic);
    expect((full.rank_ic_t ?? 0) / (overlapping.rank_ic_t ?? 0)).toBeCloseTo(2, 7);
  });

  it('scores only the rows it is asked for', () => {
    const parts = { target: [7, 1, -1, 9], prediction: [0, 0.5, 0.5, 0] };

    expect(scoresOf(forecasts(parts), 1, 3)).toEqual(
      scoresOf(forecasts({ target: [1, -1], prediction: [0.5, 0.5] }), 0, 2),
    );
  });

  it.each([
    { score: 'r2_vs_zero', why: 'nothing moved', over: { target: [0, 0] } },
    { score: 'r2_vs_mean', why: 'everything was the mean', over: { target: [1, 1], trainMean: [1, 1] } },
    { score: 'hit_rate', why: 'every forecast is zero', over: { prediction: [0, 0, 0, 0] } },
    { score: 'rank_ic', why: 'every forecast is the same', over: {} },
    { score: 'rank_ic_t', why: 'every forecast is the same', over: {} },
    { score: 'coverage_90', why: 'nothing was claimed', over: {} },
    { score: 'z_rms', why: 'nothing was claimed', over: {} },
    {
      score: 'rank_ic_t',
      why: 'two effective rows are left',
      over: { prediction: [1, 2, 4, 3], uniqueness: [0.5, 0.5, 0.5, 0.5] },
    },
    { score: 'rank_ic_t', why: 'the order is perfect', over: { prediction: [1, -1, 2, -2] } },
  ] as const)('leaves $score unknown where $why', ({ score, over }) => {
    const given = forecasts(over);

    expect(scoresOf(given, 0, given.target.length)[score]).toBeNull();
  });

  it('does not depend on the unit of the target, but for the figures in basis points', () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: -99, max: 99 }), fc.integer({ min: -99, max: 99 })), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(pairs, (values) => {
        const target = values.map(([outcome]) => outcome);
        const prediction = values.map(([, said]) => said);
        const claim = values.map(() => 20);

        const scores = scoresOf(forecasts({ target, prediction, claim }), 0, values.length);
        const doubled = scoresOf(
          forecasts({
            target: target.map((value) => value * 2),
            prediction: prediction.map((value) => value * 2),
            claim: claim.map((value) => value * 2),
            unitBps: values.map(() => 50),
          }),
          0,
          values.length,
        );

        expect(doubled).toEqual(scores);
      }),
    );
  });
});
