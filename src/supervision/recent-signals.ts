// The newest admitted signals of a stream, in rings that are plain JSON: what the rolling triggers look at.

import { assert } from '../domain/assert.ts';
import { at } from './columns.ts';

/** Columns of one length; signal number `n`, counted from 0, stands at `n % capacity`. */
export interface RecentSignals {
  /** Signals that were admitted since the stream began. */
  n: number;
  /** 0 until the first one. */
  capacity: number;
  readonly z: number[];
  readonly ratio: number[];
  readonly errorBps: number[];
  readonly claimedHit: number[];
  /** 1 where the signal gained, else 0. */
  readonly hit: number[];
}

/** An admitted signal, every number finite. */
export interface AdmittedSignal {
  readonly exitMs: number;
  /** Error in units of sigma. */
  readonly z: number;
  /** |error| over the mean |error| that the model claims. */
  readonly ratio: number;
  readonly tau: number;
  readonly errorBps: number;
  readonly claimedHit: number;
  readonly hit: number;
}

/** Returns rings without signals. */
export function noSignals(): RecentSignals {
  return { n: 0, capacity: 0, z: [], ratio: [], errorBps: [], claimedHit: [], hit: [] };
}

/** Adds a signal and drops the one that is `capacity` older. All signals of a stream come with one capacity. */
export function addSignal(recent: RecentSignals, signal: AdmittedSignal, capacity: number): void {
  if (recent.n === 0) recent.capacity = capacity;
  assert(recent.capacity === capacity, 'a stream is folded under one set of rules from its start');
  const index = recent.n % capacity;
  recent.z[index] = signal.z;
  recent.ratio[index] = signal.ratio;
  recent.errorBps[index] = signal.errorBps;
  recent.claimedHit[index] = signal.claimedHit;
  recent.hit[index] = signal.hit;
  recent.n += 1;
}

/** Returns the `n` newest values of a ring, oldest first. */
export function newestOf(recent: RecentSignals, column: readonly number[], n: number): number[] {
  assert(n <= Math.min(recent.n, recent.capacity), 'no more signals are looked at than are kept');
  return Array.from({ length: n }, (_, index) => at(column, (recent.n - n + index) % recent.capacity));
}

/** Returns the sum of the `n` newest values, each cut to `-bound .. bound`, from the oldest to the newest. */
export function sumOfNewest(
  recent: RecentSignals,
  column: readonly number[],
  n: number,
  bound: number = Number.POSITIVE_INFINITY,
): number {
  assert(n <= Math.min(recent.n, recent.capacity), 'no more signals are looked at than are kept');
  let sum = 0;
  let index = n === 0 ? 0 : (recent.n - n) % recent.capacity;
  for (let count = 0; count < n; count += 1) {
    const value = at(column, index);
    sum += value > bound ? bound : value < -bound ? -bound : value;
    index = index + 1 === recent.capacity ? 0 : index + 1;
  }
  return sum;
}
