// How much an instrument moves: exponentially weighted volatility of its 1 h returns, as it was known at an instant.

import type { BarSeries } from '../domain/market.ts';
import { HOUR_MS } from '../domain/time.ts';
import { lastIndexAtOrBefore } from './asof.ts';
import { openMsBetween } from './sessions.ts';

/** Weights below 2^-5 are left out, so that a sigma depends on a fixed span before its instant and on nothing else. */
export const WINDOW_HALF_LIVES = 5;

const STEP_MS = HOUR_MS / 2;

/** More points than a series ever has (480 years of hours), so that one number names an hour and a point. */
const POINTS_MAX = 2 ** 22;

/** Log returns between sampled bar closes, and the open hours each of them spans. */
interface HourlyPoints {
  readonly atMs: Float64Array;
  readonly logReturn: Float64Array;
  readonly hours: Float64Array;
}

/** Volatility of one series. Create it once per series; results are cached by hour and newest return. */
export interface Volatility {
  /**
   * Returns the standard deviation of the 1 h log return in basis points, from returns that lie within 5 half-lives
   * before the hour that `atMs` falls in ends, and end at or before `atMs`: `sqrt(sum(w r^2) / sum(w hours))` with
   * `w = 2^(-age / halfLife)`. A return over a gap counts the hours it spans. `null` below `minReturns` returns, or
   * where nothing moved: unknown, not zero.
   */
  hourlySigmaBps(atMs: number, halfLifeMs: number): number | null;
}

export function volatilityOf(series: BarSeries, minReturns: number): Volatility {
  const points = hourlyPoints(series);
  const caches = new Map<number, { weights: Float64Array; sigmas: Map<number, number | null> }>();
  return {
    hourlySigmaBps(atMs, halfLifeMs) {
      let cache = caches.get(halfLifeMs);
      if (cache === undefined) {
        cache = { weights: weightsOf(halfLifeMs), sigmas: new Map() };
        caches.set(halfLifeMs, cache);
      }
      const last = lastIndexAtOrBefore(points.atMs, atMs);
      const anchorMs = Math.ceil(atMs / HOUR_MS) * HOUR_MS;
      const key = (anchorMs / HOUR_MS) * POINTS_MAX + last;
      let sigma = cache.sigmas.get(key);
      if (sigma === undefined) {
        sigma = sigmaAt(points, last, anchorMs, cache.weights, minReturns);
        cache.sigmas.set(key, sigma);
      }
      return sigma;
    },
  };
}

/** By half-life: every series asks for the same two, and they are thousands of powers. */
const WEIGHTS = new Map<number, Float64Array>();

function weightsOf(halfLifeMs: number): Float64Array {
  const known = WEIGHTS.get(halfLifeMs);
  if (known !== undefined) return known;
  const steps = Math.floor((WINDOW_HALF_LIVES * halfLifeMs) / STEP_MS);
  const weights = Float64Array.from({ length: steps }, (_, age) => 2 ** ((-age * STEP_MS) / halfLifeMs));
  WEIGHTS.set(halfLifeMs, weights);
  return weights;
}

/**
 * Ages count from `anchorMs`, not from the newest return: after a weekend that return is days old, and a window that
 * began days before the span that prices are asked for would make a sigma depend on what else was asked for.
 */
function sigmaAt(
  points: HourlyPoints,
  last: number,
  anchorMs: number,
  weights: Float64Array,
  minReturns: number,
): number | null {
  let squares = 0;
  let hours = 0;
  let returns = 0;
  for (let index = last; index >= 1; index -= 1) {
    const startAge = (anchorMs - (points.atMs[index - 1] ?? 0)) / STEP_MS;
    if (startAge > weights.length) break;
    const spanHours = points.hours[index] ?? 0;
    if (spanHours === 0) continue;
    const weight = weights[Math.round((anchorMs - (points.atMs[index] ?? 0)) / STEP_MS)] ?? 0;
    const logReturn = points.logReturn[index] ?? 0;
    squares += weight * logReturn * logReturn;
    hours += weight * spanHours;
    returns += 1;
  }
  if (returns < minReturns || squares === 0) return null;
  return Math.sqrt(squares / hours) * 1e4;
}

/** A return across a suspect jump gets zero hours, which leaves it out. */
function hourlyPoints(series: BarSeries): HourlyPoints {
  const kept = sampledIndexes(series);
  const atMs = new Float64Array(kept.length);
  const logReturn = new Float64Array(kept.length);
  const hours = new Float64Array(kept.length);
  for (const [place, index] of kept.entries()) {
    atMs[place] = series.closeAtMs[index] ?? 0;
    const before = kept[place - 1];
    if (before === undefined) continue;
    const fromMs = series.closeAtMs[before] ?? 0;
    const toMs = atMs[place] ?? 0;
    logReturn[place] = Math.log((series.close[index] ?? 1) / (series.close[before] ?? 1));
    hours[place] = series.suspects.some((span) => fromMs <= span.fromMs && toMs >= span.toMs)
      ? 0
      : hoursBetween(series, fromMs, toMs);
  }
  return { atMs, logReturn, hours };
}

/**
 * Bars of an hour or more are all kept, of shorter ones those that close on a whole UTC hour. Which bars are kept never
 * depends on the bars around them, so a sigma stays the same when more history or newer bars are known.
 */
function sampledIndexes(series: BarSeries): number[] {
  const kept: number[] = [];
  for (const [index, closeMs] of series.closeAtMs.entries()) {
    if (series.barMs >= HOUR_MS || closeMs % HOUR_MS === 0) kept.push(index);
  }
  return kept;
}

/** Open hours only: an overnight move belongs to the open time it falls in, so a day's hours carry a day's movement. */
function hoursBetween(series: BarSeries, fromMs: number, toMs: number): number {
  const ms = series.sessions === null ? toMs - fromMs : openMsBetween(series.sessions, fromMs, toMs);
  return ms / HOUR_MS;
}
