// How good forecasts were, in figures a person knows: errors in basis points, skill against two naive forecasts, honesty of the claim.

import type { ModelFold } from '../domain/model.ts';
import { roundBps } from '../domain/rounding.ts';
import { at } from './columns.ts';
import { significant } from './digits.ts';
import { rankCorrelation } from './rank.ts';
import { effectiveForecasts, type Forecasts } from './walk-forward.ts';

export type Scores = Pick<
  ModelFold,
  | 'rmse_bps'
  | 'mae_bps'
  | 'bias_bps'
  | 'r2_vs_mean'
  | 'r2_vs_zero'
  | 'rank_ic'
  | 'rank_ic_t'
  | 'hit_rate'
  | 'coverage_90'
  | 'z_rms'
>;

/** The 95 % point of the standard normal: 90 % of a normal lies within this many sigmas. */
const NORMAL_95 = 1.6448536269514722;

interface Totals {
  squaresBps: number;
  absBps: number;
  errorBps: number;
  squares: number;
  squaresOfZero: number;
  squaresOfMean: number;
  directed: number;
  hits: number;
  claimed: number;
  covered: number;
  squaresOfZ: number;
}

/**
 * Returns the scores of the forecasts `[from, to)`, at least one. Errors are realized - forecast, in basis points; every
 * row counts the same. The rest is in units of the target: R2 against the mean of the rows trained on and against zero,
 * rank IC with its t on the effective sample size, the share of forecasts with the right sign, the share of errors within
 * 1.645 claimed errors, and the rms of error / claim (1 is honest, more is too sure). What cannot be known is `null`.
 */
export function scoresOf(forecasts: Forecasts, from: number, to: number): Scores {
  const totals = totalsOf(forecasts, from, to);
  const n = to - from;
  const rankIc = rankCorrelation(
    forecasts.prediction.subarray(from, to),
    forecasts.target.subarray(from, to),
  );
  return {
    rmse_bps: roundBps(Math.sqrt(totals.squaresBps / n)),
    mae_bps: roundBps(totals.absBps / n),
    bias_bps: roundBps(totals.errorBps / n),
    r2_vs_mean: ratio(totals.squaresOfMean - totals.squares, totals.squaresOfMean),
    r2_vs_zero: ratio(totals.squaresOfZero - totals.squares, totals.squaresOfZero),
    rank_ic: rankIc === null ? null : significant(rankIc),
    rank_ic_t: rankIc === null ? null : correlationT(rankIc, effectiveForecasts(forecasts, from, to)),
    hit_rate: ratio(totals.hits, totals.directed),
    coverage_90: ratio(totals.covered, totals.claimed),
    z_rms: totals.claimed === 0 ? null : significant(Math.sqrt(totals.squaresOfZ / totals.claimed)),
  };
}

function totalsOf(forecasts: Forecasts, from: number, to: number): Totals {
  const totals: Totals = {
    squaresBps: 0,
    absBps: 0,
    errorBps: 0,
    squares: 0,
    squaresOfZero: 0,
    squaresOfMean: 0,
    directed: 0,
    hits: 0,
    claimed: 0,
    covered: 0,
    squaresOfZ: 0,
  };
  for (let index = from; index < to; index += 1) {
    const target = at(forecasts.target, index);
    const prediction = at(forecasts.prediction, index);
    const claim = at(forecasts.claim, index);
    const error = target - prediction;
    const errorBps = error * at(forecasts.unitBps, index);
    totals.squaresBps += errorBps * errorBps;
    totals.absBps += Math.abs(errorBps);
    totals.errorBps += errorBps;
    totals.squares += error * error;
    totals.squaresOfZero += target * target;
    totals.squaresOfMean += (target - at(forecasts.trainMean, index)) ** 2;
    if (target !== 0 && prediction !== 0) {
      totals.directed += 1;
      totals.hits += target > 0 === prediction > 0 ? 1 : 0;
    }
    if (claim > 0) {
      totals.claimed += 1;
      totals.covered += Math.abs(error) <= NORMAL_95 * claim ? 1 : 0;
      totals.squaresOfZ += (error / claim) ** 2;
    }
  }
  return totals;
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : significant(part / whole);
}

/** `t = r * sqrt((n - 2) / (1 - r^2))`; without spread around the line, or with too few rows, nobody knows. */
function correlationT(correlation: number, nEff: number): number | null {
  const unexplained = 1 - correlation * correlation;
  if (nEff <= 2 || unexplained <= 0) return null;
  return significant(correlation * Math.sqrt((nEff - 2) / unexplained));
}
