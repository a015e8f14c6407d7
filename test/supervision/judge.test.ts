// The judgement of a cell: every branch of the rule, and its error rates on simulated markets.

import { describe, expect, it } from 'vitest';
import { measureCell } from '../../bench/one-cell.ts';
import type { CellThreshold } from '../../src/domain/cvar.ts';
import { randomFrom } from '../../src/domain/random.ts';
import type { CellMeasurements } from '../../src/supervision/cell.ts';
import { judgeCell } from '../../src/supervision/judge.ts';
import { aCell } from '../domain/record-builders.ts';
import { aJudgedRow, cvarRules, dailyRows } from './cell-rows.ts';

const rules = cvarRules();
const point = cvarRules({ decision: 'point' });

/** Enough rows, an estimate of 500 bps and 5 sigma with bounds of 400 to 600 bps and 4 to 6 sigma. */
function measurements(over: Partial<CellMeasurements> = {}): CellMeasurements {
  return {
    ...aCell(),
    n: 100,
    n_eff: 80,
    n_blocks: 80,
    n_eff_sigma: 80,
    n_blocks_sigma: 80,
    cvar95_error_bps: 500,
    ci90: [400, 600],
    cvar95_sigma: 5,
    ci90_sigma: [4, 6],
    ...over,
  };
}

function limits(bps: number | null, sigma: number | null): CellThreshold {
  return { max_cvar_error_bps: bps, max_cvar_sigma: sigma, source: 'class' };
}

describe('judgeCell', () => {
  it.each([
    { limit: limits(600, 6), lcb: 'OK', byPoint: 'OK', breached: [] },
    { limit: limits(null, 5), lcb: 'OK', byPoint: 'OK', breached: [] },
    { limit: limits(null, 4.5), lcb: 'WATCH', byPoint: 'KILL', breached: ['sigma'] },
    { limit: limits(null, 4), lcb: 'WATCH', byPoint: 'KILL', breached: ['sigma'] },
    { limit: limits(null, 3.9), lcb: 'KILL', byPoint: 'KILL', breached: ['sigma'] },
    { limit: limits(399, null), lcb: 'KILL', byPoint: 'KILL', breached: ['bps'] },
    { limit: limits(399, 3.9), lcb: 'KILL', byPoint: 'KILL', breached: ['bps', 'sigma'] },
    { limit: limits(null, null), lcb: 'NO_LIMIT', byPoint: 'NO_LIMIT', breached: [] },
  ])('is $lcb by the lower bound and $byPoint by the estimate for $limit', (example) => {
    const byBound = judgeCell(measurements(), example.limit, rules, true);
    const byEstimate = judgeCell(measurements(), example.limit, point, true);

    expect(byBound).toEqual({ status: example.lcb, breached: example.breached });
    expect(byEstimate.status).toBe(example.byPoint);
  });

  it('names on KILL only the limits that the decision rule finds breached', () => {
    expect(judgeCell(measurements(), limits(450, 3.9), rules, true)).toEqual({
      status: 'KILL',
      breached: ['sigma'],
    });
  });

  it('watches a breach in a regime that is not the current one', () => {
    for (const each of [rules, point]) {
      expect(judgeCell(measurements(), limits(null, 3), each, false)).toEqual({
        status: 'WATCH',
        breached: ['sigma'],
      });
    }
  });

  it.each([
    ['effective rows', { n_eff: 59.9, n_eff_sigma: 59.9 }],
    ['spans', { n_blocks: 19, n_blocks_sigma: 19 }],
    ['anything measured', { cvar95_error_bps: null, cvar95_sigma: null }],
  ])('does not judge without enough %s, however bad the figure', (_case, over) => {
    expect(judgeCell(measurements(over), limits(1, 0.1), point, true)).toEqual({
      status: 'INSUFFICIENT',
      breached: [],
    });
  });

  it.each([
    ['effective rows', { n_eff_sigma: 59.9 }],
    ['spans', { n_blocks_sigma: 19 }],
  ])('judges a limit in sigma by rows with a sigma alone: too few %s of them', (_case, over) => {
    const sparse = measurements(over);

    expect(judgeCell(sparse, limits(null, 0.1), rules, true).status).toBe('INSUFFICIENT');
    expect(judgeCell(sparse, limits(450, 0.1), rules, true)).toEqual({ status: 'WATCH', breached: ['bps'] });
    expect(judgeCell(sparse, limits(300, 0.1), rules, true)).toEqual({ status: 'KILL', breached: ['bps'] });
  });

  it.each([
    ['sigma', { n_eff_sigma: 59.9 }],
    ['bps', { cvar95_error_bps: null }],
  ])('is not OK where the limit in %s cannot be judged, though the other one is met', (_unit, over) => {
    expect(judgeCell(measurements(over), limits(600, 6), rules, true)).toEqual({
      status: 'INSUFFICIENT',
      breached: [],
    });
  });

  it('never kills by an interval that is unknown', () => {
    const unsure = measurements({ ci90: null, ci90_sigma: null });

    expect(judgeCell(unsure, limits(1, null), rules, true)).toEqual({ status: 'WATCH', breached: ['bps'] });
  });

  it('watches a bound beyond the limit in another regime, even where the estimate is not', () => {
    const skewed = measurements({ cvar95_error_bps: 440, ci90: [450, 600] });

    expect(judgeCell(skewed, limits(445, null), rules, false)).toEqual({
      status: 'WATCH',
      breached: ['bps'],
    });
  });

  it('has no limit without a threshold', () => {
    expect(judgeCell(measurements(), null, rules, true).status).toBe('NO_LIMIT');
  });
});

describe('a class with many signals a day', () => {
  it.each([5, 13, 40, 200])('is judged by its newest spans: %i a day', (perDay) => {
    const random = randomFrom(perDay, 'busy');
    const rows = Array.from({ length: 30 * perDay }, (_, index) =>
      aJudgedRow(24 * Math.floor(index / perDay), { eventId: `e${index}`, errorBps: 100 * random.normal() }),
    );
    const measured = measureCell(rows, rules);

    expect(judgeCell(measured, limits(null, 9), rules, true).status).toBe('OK');
    expect(judgeCell(measured, limits(null, 0.5), rules, true).status).toBe('KILL');
  });
});

describe('one crash day', () => {
  const crash = Array.from({ length: 200 }, (_, index) =>
    aJudgedRow(24 * 100 + (index % 24), { eventId: `crash-${index}`, errorBps: -2000 }),
  );

  it('never kills on its own, whoever was caught in it', () => {
    expect(judgeCell(measureCell(crash, rules), limits(500, 4), rules, true).status).toBe('INSUFFICIENT');
    expect(judgeCell(measureCell(crash, point), limits(500, 4), point, true).status).toBe('INSUFFICIENT');
  });

  it('is watched, not killed for, after two quiet months', () => {
    const quiet = dailyRows(Array.from({ length: 100 }, (_, day) => 50 - (day % 100)));

    expect(judgeCell(measureCell([...quiet, ...crash], rules), limits(500, 4), rules, true).status).toBe(
      'WATCH',
    );
  });
});

describe('the lower-bound rule on simulated markets', () => {
  /** CVaR 95 of a standard normal. */
  const NORMAL_CVAR = 2.0627;
  const RUNS = 60;

  /** Share of runs of `n` daily rows that end in KILL where the true CVaR is `ratio` times the limit. */
  function killRate(n: number, ratio: number, fat: boolean): number {
    const threshold = limits(null, NORMAL_CVAR);
    const kills = Array.from({ length: RUNS }, (_, run) => {
      const random = randomFrom(run, `${n}/${ratio}/${fat}`);
      const rows = dailyRows(
        Array.from({ length: n }, () => 100 * ratio * (fat ? random.fatTailed() : random.normal())),
      );
      return judgeCell(measureCell(rows, rules), threshold, rules, true).status === 'KILL' ? 1 : 0;
    });
    return kills.reduce<number>((sum, kill) => sum + kill, 0) / RUNS;
  }

  it.each([
    { n: 60, ratio: 1, fat: false, min: 0, max: 0.06 },
    { n: 100, ratio: 1, fat: false, min: 0, max: 0.06 },
    { n: 100, ratio: 0.8, fat: true, min: 0, max: 0.06 },
    { n: 60, ratio: 2, fat: false, min: 0.9, max: 1 },
    { n: 100, ratio: 2, fat: true, min: 0.85, max: 1 },
    { n: 20, ratio: 5, fat: false, min: 0, max: 0 },
  ])('errs as rarely as promised on $n rows at $ratio times the limit, fat tails: $fat', (example) => {
    const rate = killRate(example.n, example.ratio, example.fat);

    expect(rate).toBeGreaterThanOrEqual(example.min);
    expect(rate).toBeLessThanOrEqual(example.max);
  });
});
