// The recursions of the sequential detectors: evidence that can be looked at after every signal without inflating false alarms.

import { at } from './columns.ts';

/** Bets of the mean detector, small to large: small breaks and large ones. */
export const MEAN_BETS: readonly number[] = [0.05, 0.1, 0.2];
/** Bets of the scale detector. */
export const SCALE_BETS: readonly number[] = [0.15, 0.3, 0.6];

/**
 * Far beyond every sensible limit, so that years of a broken stream cannot overflow. Evidence that has got there has long
 * raised its alert, and what ends an alert is how the newest signals look.
 */
export const EVIDENCE_MAX = 1e12;

const GAIN_MAX = 3;
const CUSUM_SLACK = 0.25;
const CUSUM_Z_MAX = 4;

/**
 * Returns the next evidence of one bet: `(previous + 1) * (1 + bet * gain)`, with `bet * gain >= -1`. While the mean of
 * `gain` given the past is at most zero, whatever its distribution, evidence of `a` comes on average not before `a` signals.
 *
 * Source: Shiryaev-Roberts e-detector, Shin, Ramdas and Rinaldo, E-detectors (2022).
 */
export function nextEvidence(previous: number, bet: number, gain: number): number {
  return (previous + 1) * (1 + bet * gain);
}

/** Moves the evidence of every bet one signal on, in place. */
export function foldEvidence(evidence: number[], bets: readonly number[], gain: number): void {
  for (let index = 0; index < bets.length; index += 1) {
    const next = nextEvidence(at(evidence, index), at(bets, index), gain);
    evidence[index] = next < EVIDENCE_MAX ? next : EVIDENCE_MAX;
  }
}

/** Returns the evidence over all bets, their plain mean. */
export function meanEvidence(evidence: readonly number[]): number {
  let sum = 0;
  for (let index = 0; index < evidence.length; index += 1) sum += at(evidence, index);
  return sum / evidence.length;
}

/** Returns how much a standardised error `z` speaks for a mean below zero by more than `tau`, within -3 .. 3. */
export function meanGain(z: number, tau: number): number {
  return clipped(-z - tau, GAIN_MAX);
}

/**
 * Returns how much an absolute error speaks for errors larger than claimed by more than a quarter, at least -1. `ratio` is
 * |error| over the mean |error| that is claimed; it is put on the scale of a standard normal, whose mean |z| is `sqrt(2 / pi)`,
 * and cut at 4 there.
 */
export function scaleGain(ratio: number): number {
  return Math.min(ratio * NORMAL_MEAN_ABS, SCALE_MAX) - SCALE_ALLOWANCE * NORMAL_MEAN_ABS;
}

/** Mean absolute value of a standard normal, `sqrt(2 / pi)`. */
export const NORMAL_MEAN_ABS = Math.sqrt(2 / Math.PI);
const SCALE_MAX = 4;
const SCALE_ALLOWANCE = 1.25;

/**
 * Returns the next sum of the one-sided CUSUM for a fall of the mean, never below 0: `sum - z - 0.25 - tau` with `z` within
 * -4 .. 4.
 *
 * Source: Page, Continuous inspection schemes, Biometrika 41 (1954).
 */
export function nextCusum(sum: number, z: number, tau: number): number {
  return Math.max(0, sum - clipped(z, CUSUM_Z_MAX) - CUSUM_SLACK - tau);
}

function clipped(value: number, bound: number): number {
  return Math.max(-bound, Math.min(bound, value));
}
