// The skill gate: a paired test on effective rows, that refuses where it cannot tell.

import { describe, expect, it } from 'vitest';
import { skillGate, skillVerdict } from '../../src/supervision/gate.ts';
import type { Forecasts } from '../../src/supervision/walk-forward.ts';

function forecasts(target: readonly number[], prediction: readonly number[], uniqueness = 1): Forecasts {
  const column = (value: number): Float64Array => new Float64Array(target.length).fill(value);
  return {
    target: Float64Array.from(target),
    prediction: Float64Array.from(prediction),
    unitBps: column(100),
    uniqueness: column(uniqueness),
    trainMean: column(0),
    claim: column(Number.NaN),
  };
}

/** Gains `1 - 0.25`, `0.25 - 1`, `4 - 1`, `4 - 0`: 0.75, -0.75, 3, 4. */
const four = forecasts([1, -0.5, 2, 2], [0.5, 0.5, 1, 2]);

describe('skillGate', () => {
  it('tests the mean gain in squared error over the forecast zero', () => {
    const gate = skillGate(four, 0.05);

    // scipy.stats.ttest_1samp([0.75, -0.75, 3, 4], 0, alternative='greater')
    expect(gate).toMatchObject({ mean_gain: 1.75, n_eff: 4, alpha: 0.05 });
    expect(gate?.t).toBeCloseTo(1.62746694241347, 8);
    expect(gate?.p_value).toBeCloseTo(0.10105922167866213, 6);
  });

  it('counts overlapping labels by their uniqueness', () => {
    const full = skillGate(four, 0.05);
    const half = skillGate({ ...four, uniqueness: new Float64Array(4).fill(0.5) }, 0.05);

    expect(half).toMatchObject({ mean_gain: 1.75, n_eff: 2 });
    expect((full?.t ?? 0) / (half?.t ?? 0)).toBeCloseTo(Math.SQRT2, 7);
    expect(half?.p_value).toBeGreaterThan(full?.p_value ?? 1);
  });

  it('finds no skill in forecasts of the wrong sign', () => {
    const gate = skillGate(forecasts([1, 2, 3, 4], [-1, -1, -2, -1]), 0.05);

    expect(gate?.p_value).toBeGreaterThan(0.9);
  });

  it.each([
    { why: 'every forecast is zero', given: forecasts([1, 2, 3], [0, 0, 0]) },
    { why: 'one row is left', given: forecasts([1], [1]) },
    { why: 'the rows overlap to one effective row', given: forecasts([1, 2], [1, 1], 0.5) },
  ])('has nothing to test where $why', ({ given }) => {
    expect(skillGate(given, 0.05)).toBeNull();
  });
});

describe('skillVerdict', () => {
  const gate = { mean_gain: 0.0123456, t: 2.3456, n_eff: 85.25, p_value: 0.01234, alpha: 0.05 };

  it('uses a model whose gain is more than luck explains, with the numbers', () => {
    expect(skillVerdict(gate)).toEqual({
      used: true,
      reason: 'beats zero out of sample: mean gain 0.0123, t 2.35, n_eff 85.3, p 0.0123 < 0.05',
    });
  });

  it('does not use one at the limit', () => {
    expect(skillVerdict({ ...gate, p_value: 0.05 })).toEqual({
      used: false,
      reason: 'does not beat zero out of sample: mean gain 0.0123, t 2.35, n_eff 85.3, p 0.05 >= 0.05',
    });
  });

  it('does not use one that could not be tested', () => {
    expect(skillVerdict(null)).toEqual({
      used: false,
      reason: 'the gain over zero cannot be tested: its sample has no spread',
    });
  });
});
