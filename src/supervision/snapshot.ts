// The snapshot of a stream: one look at its newest signals, without memory, that can be corrected for how many were looked at.

import type { DivergenceConfig } from '../domain/supervisor-config.ts';
import type { StreamState } from './divergence-stream.ts';
import { newestHits } from './divergence-triggers.ts';
import { hitPValue } from './hit-rate.ts';
import { newestOf } from './recent-signals.ts';
import { studentUpperTail } from './student.ts';

/** Questions that are asked of a stream at once: its mean, its scale, its gains. */
const QUESTIONS = 3;

/**
 * Returns how likely the window of `stream` looks this bad where nothing is wrong: the smallest p-value of three one-sided
 * questions, times three, at most 1. They are Student's t for a mean error below zero, Student's t for |error| above the
 * claim, and the binomial for too few gains. `null` below `min_signals`.
 */
export function snapshotPValue(stream: StreamState, rules: DivergenceConfig): number | null {
  const { recent } = stream;
  const n = Math.min(recent.n, rules.window);
  if (n < rules.min_signals || n < 2) return null;
  const low = newestOf(recent, recent.z, n).map((z) => -z);
  const wide = newestOf(recent, recent.ratio, n).map((ratio) => ratio - 1);
  const smallest = Math.min(pAboveZero(low), pAboveZero(wide), hitPValue(newestHits(stream, n, rules)));
  return Math.min(1, QUESTIONS * smallest);
}

/**
 * Returns the one-sided p-value of a mean of zero against a larger one, of at least two independent `values`. Where they are
 * all the same there is no t, and their sign is tested: `n` coins that all fall on one side.
 */
export function pAboveZero(values: readonly number[]): number {
  const n = values.length;
  const first = values[0] ?? 0;
  if (values.every((value) => value === first)) return first > 0 ? 2 ** -n : 1;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const error = Math.sqrt(squares / (n - 1) / n);
  return error === 0 ? Number(mean <= 0) : studentUpperTail(mean / error, n - 1);
}
