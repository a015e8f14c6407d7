// What the statistical benchmark is made of: sections of cases, each of which gives rows of a table and the targets it is held to.

import { wilsonUpper } from '../src/supervision/wilson.ts';

export interface StatsOptions {
  readonly seed: number;
  /** Simulated streams of a case; sections that cost more take a stated part of it. */
  readonly runs: number;
}

/** A rate in percent that must lie on one side of a bound. */
export interface Target {
  readonly what: string;
  readonly percent: number;
  readonly side: 'at most' | 'at least';
  readonly bound: number;
  /** Streams a case was asked for: whether luck has to be allowed for. */
  readonly runs: number;
}

export type StatsCell = string | number | null;

export interface CaseResult {
  readonly rows: readonly (readonly StatsCell[])[];
  readonly targets: readonly Target[];
}

export interface StatsCase {
  readonly name: string;
  /** Depends on its options alone: neither on other cases nor on the machine. */
  run(options: StatsOptions): CaseResult;
}

export interface Section {
  readonly title: string;
  readonly head: readonly string[];
  readonly cases: readonly StatsCase[];
}

/** Streams from which a target is held to the point: the standard error of a rate of 2 % is then below 0.4 %. */
export const RUNS_OF_A_VERDICT = 1500;
const TWO_SIDED_95 = 1.96;

/**
 * Returns whether a target is met. With fewer than {@link RUNS_OF_A_VERDICT} streams luck alone misses a bound, so there only
 * a rate counts as a miss whose 95 % interval of Wilson lies beyond.
 */
export function isMet(target: Target): boolean {
  const { percent, side, bound, runs } = target;
  const bad = (side === 'at most' ? percent : 100 - percent) / 100;
  const badMax = (side === 'at most' ? bound : 100 - bound) / 100;
  if (bad <= badMax) return true;
  return runs < RUNS_OF_A_VERDICT && bad <= wilsonUpper(badMax, runs, TWO_SIDED_95);
}

/** Returns a share of `of` in percent with two decimals, or `null` of nothing. */
export function percentOf(count: number, of: number): number | null {
  return of === 0 ? null : Math.round((10_000 * count) / of) / 100;
}

/** Returns the `share`-quantile of `values` as one of them, or `null` where that many are unknown (`Infinity`). */
export function quantileOf(values: readonly number[], share: number): number | null {
  const ascending = [...values].sort((a, b) => a - b);
  const value = ascending[Math.min(ascending.length - 1, Math.floor(share * ascending.length))];
  return value === undefined || !Number.isFinite(value) ? null : value;
}
