// The statistical benchmark itself: its noise is what it says, and its verdicts are.

import { describe, expect, it } from 'vitest';
import { ALARMS } from '../../bench/stats-alarms.ts';
import { isMet, quantileOf, type Target } from '../../bench/stats-case.ts';
import { LOOKS } from '../../bench/stats-looks.ts';
import { NORMAL, RARE_GAINS, RARE_LOSSES, T4, uniformFrom } from '../../bench/stats-noise.ts';
import { overlappingRows, rowsOf } from '../../bench/stats-tails.ts';
import { cvarOf } from '../../src/supervision/cvar.ts';

const COUNT = 200_000;

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe.each([NORMAL, T4, RARE_GAINS, RARE_LOSSES])('the noise $name', (tails) => {
  const draw = tails.from(uniformFrom(1, `test/${tails.name}`));
  const z = Array.from({ length: COUNT }, draw);

  it('has mean 0 and variance 1', () => {
    expect(mean(z)).toBeCloseTo(0, 1);
    expect(Math.abs(mean(z.map((each) => each ** 2)) - 1)).toBeLessThan(0.05);
  });

  it('has the mean |z| and the tail that are claimed for it', () => {
    expect(Math.abs(mean(z.map(Math.abs)) - tails.meanAbs)).toBeLessThan(0.01);
    expect(Math.abs((cvarOf(z.map((each) => -each)) ?? 0) - tails.cvar95)).toBeLessThan(0.04);
  });
});

describe('simulated rows', () => {
  it('overlap as they say: variance 1, and neighbours share all but one hour', () => {
    const draw = NORMAL.from(uniformFrom(1, 'test/overlap'));
    const z = overlappingRows(50_000, 24, draw).map(({ errorBps }) => errorBps / 100);
    const neighbours = z.slice(1).map((each, index) => each * (z[index] ?? 0));

    expect(Math.abs(mean(z.map((each) => each ** 2)) - 1)).toBeLessThan(0.1);
    expect(Math.abs(mean(neighbours) - 23 / 24)).toBeLessThan(0.1);
  });

  it('of one hour are correlated as asked', () => {
    const rows = rowsOf(100_000, 2, 0.6, NORMAL.from(uniformFrom(1, 'test/correlated')));
    const products = rows.flatMap((row, index) =>
      index % 2 === 0 ? (row.errorBps * (rows[index + 1]?.errorBps ?? 0)) / 10_000 : [],
    );

    expect(Math.abs(mean(products) - 0.6)).toBeLessThan(0.03);
    expect(rows[0]?.exitMs).toBe(rows[1]?.exitMs);
  });
});

describe('a target', () => {
  const target: Target = { what: 'alarms', percent: 2, side: 'at most', bound: 2, runs: 1500 };

  it('is held to the point with enough streams', () => {
    expect(isMet(target)).toBe(true);
    expect(isMet({ ...target, percent: 2.01 })).toBe(false);
    expect(isMet({ ...target, side: 'at least', percent: 94.9, bound: 95 })).toBe(false);
  });

  it('with few streams is missed only where luck cannot be why', () => {
    expect(isMet({ ...target, percent: 3, runs: 200 })).toBe(true);
    expect(isMet({ ...target, percent: 8, runs: 200 })).toBe(false);
  });
});

it('a delay that is longer than what was simulated is unknown', () => {
  expect(quantileOf([3, 1, Number.POSITIVE_INFINITY], 0.5)).toBe(3);
  expect(quantileOf([3, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY], 0.5)).toBeNull();
  expect(quantileOf([], 0.5)).toBeNull();
});

it.each([ALARMS, LOOKS])('the same seed gives the same rows: $title', (section) => {
  const options = { seed: 3, runs: 3 };
  const found = section.cases.at(-1);

  expect(found?.run(options)).toEqual(found?.run(options));
  expect(found?.run(options).rows.length).toBeGreaterThan(0);
});
