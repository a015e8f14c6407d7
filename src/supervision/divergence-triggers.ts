// The triggers of divergence: how each counts one more admitted signal, when it is raised, and what ends it. An alert ends when
// the newest signals are on average as good as claimed. Evidence cannot say that: after a break it is astronomically large,
// and healthy signals wear it down by a thousandth each.

import type { DivergenceTrigger } from '../domain/divergence.ts';
import type { DivergenceConfig } from '../domain/supervisor-config.ts';
import {
  advance,
  findingAbove,
  findingBelow,
  newTrigger,
  resolve,
  type TriggerState,
} from './divergence-states.ts';
import {
  gainsEnough,
  type HitRecord,
  type HitSample,
  hitPValue,
  hitSample,
  recordLeaving,
} from './hit-rate.ts';
import { type AdmittedSignal, noSignals, type RecentSignals, sumOfNewest } from './recent-signals.ts';
import {
  foldEvidence,
  MEAN_BETS,
  meanEvidence,
  meanGain,
  nextCusum,
  SCALE_BETS,
  scaleGain,
} from './sequential.ts';

/** The triggers that have a state of their own; the others follow from the newest signals. */
export type StatefulTrigger = Exclude<DivergenceTrigger, 'rmse' | 'snapshot'>;

/** Plain JSON, all numbers finite. */
export interface Detectors {
  readonly recent: RecentSignals;
  readonly triggers: Readonly<Record<StatefulTrigger, TriggerState>>;
  /** Evidence of each bet of the mean detector. */
  readonly meanEvidence: number[];
  /** Evidence of each bet of the scale detector. */
  readonly scaleEvidence: number[];
  cusum: number;
  readonly hitRecord: HitRecord;
}

/** Where it is asked whether the newest signals are healthy, one weighs at most this much: in sigma, and in claims. */
const HEALTHY_Z_MAX = 3;
const HEALTHY_RATIO_MAX = 5;

/** Returns detectors that have seen nothing. */
export function newDetectors(): Detectors {
  return {
    recent: noSignals(),
    triggers: {
      mean: newTrigger(),
      mean_cusum: newTrigger(),
      scale: newTrigger(),
      scale_window: newTrigger(),
      hit: newTrigger(),
    },
    meanEvidence: MEAN_BETS.map(() => 0),
    scaleEvidence: SCALE_BETS.map(() => 0),
    cusum: 0,
    hitRecord: { n: 0, hits: 0, isKnown: false },
  };
}

/** Sequential evidence that the mean error is below zero. */
export function foldMean(to: Detectors, { exitMs, z, tau }: AdmittedSignal, rules: DivergenceConfig): void {
  const trigger = to.triggers.mean;
  foldEvidence(to.meanEvidence, MEAN_BETS, meanGain(z, tau));
  const finding = findingAbove(meanEvidence(to.meanEvidence), rules.alarm_level);
  if (!advance(trigger, { level: 'ALERT', finding, isCalm: true, exitMs }, rules)) return;
  const n = rules.resolve_after_signals;
  if (sumOfNewest(to.recent, to.recent.z, n, HEALTHY_Z_MAX) <= 0) return;
  resolve(trigger, exitMs);
  to.meanEvidence.fill(0);
}

/** Early warning of the same: the CUSUM. It goes no further than its limit, so that a recovery shows soon. */
export function foldCusum(to: Detectors, { exitMs, z, tau }: AdmittedSignal, rules: DivergenceConfig): void {
  const trigger = to.triggers.mean_cusum;
  const limit = rules.cusum_limit;
  to.cusum = Math.min(limit, nextCusum(to.cusum, z, tau));
  const finding = findingAbove(to.cusum, limit);
  if (!advance(trigger, { level: 'WARN', finding, isCalm: to.cusum < limit / 2, exitMs }, rules)) return;
  resolve(trigger, exitMs);
  to.cusum = 0;
}

/** Sequential evidence that errors are larger than claimed by more than a quarter. */
export function foldScale(to: Detectors, { exitMs, ratio }: AdmittedSignal, rules: DivergenceConfig): void {
  const trigger = to.triggers.scale;
  foldEvidence(to.scaleEvidence, SCALE_BETS, scaleGain(ratio));
  const finding = findingAbove(meanEvidence(to.scaleEvidence), rules.alarm_level);
  if (!advance(trigger, { level: 'ALERT', finding, isCalm: true, exitMs }, rules)) return;
  const n = rules.resolve_after_signals;
  if (sumOfNewest(to.recent, to.recent.ratio, n, HEALTHY_RATIO_MAX) >= n) return;
  resolve(trigger, exitMs);
  to.scaleEvidence.fill(0);
}

/** Early warning of the same: the mean error of the window over the claimed one. */
export function foldScaleWindow(to: Detectors, { exitMs }: AdmittedSignal, rules: DivergenceConfig): void {
  const trigger = to.triggers.scale_window;
  const ratio = meanRatio(to, Math.min(trigger.n + 1, rules.window));
  const finding = findingAbove(ratio, rules.scale_window_ratio);
  const isCalm = ratio < (1 + rules.scale_window_ratio) / 2;
  if (advance(trigger, { level: 'WARN', finding, isCalm, exitMs }, rules)) resolve(trigger, exitMs);
}

/** Whether enough signals have left the window to tell how often the stream gains: without that nobody can say it gains less. */
export function knowsHits(of: Pick<Detectors, 'hitRecord'>, rules: DivergenceConfig): boolean {
  return of.hitRecord.n >= rules.min_signals;
}

/** Fewer gains than claimed in the window. */
export function foldHit(to: Detectors, { exitMs }: AdmittedSignal, rules: DivergenceConfig): void {
  const trigger = to.triggers.hit;
  const sample = newestHits(to, Math.min(trigger.n + 1, rules.window), rules);
  const isHealthy = !knowsHits(to, rules) || gainsEnough(sample);
  const finding = isHealthy ? 'within' : findingBelow(hitPValue(sample), rules.hit_p_value);
  if (!advance(trigger, { level: 'ALERT', finding, isCalm: true, exitMs }, rules)) return;
  const newest = newestHits(to, rules.resolve_after_signals, rules);
  if (gainsEnough(newest)) resolve(trigger, exitMs);
}

/**
 * Adds the signal that is about to leave the window to how often the stream used to gain. A stream whose record is known does
 * not learn from an alert that losing is usual. One that was alerted on before it had a record may simply be a strategy
 * that gains rarely: it learns on.
 */
export function learnHits(to: Detectors, rules: DivergenceConfig): void {
  const { n, state } = to.triggers.hit;
  if (n < rules.window) return;
  if (state !== 'ALERT' && knowsHits(to, rules)) to.hitRecord.isKnown = true;
  if (state === 'ALERT' && to.hitRecord.isKnown) return;
  recordLeaving(to.hitRecord, to.recent, rules.window);
}

/** Returns the mean of |error| / claim over the `n` newest signals, at least one. */
export function meanRatio(of: Detectors, n: number): number {
  return sumOfNewest(of.recent, of.recent.ratio, n) / n;
}

/** Returns the gains of the `n` newest signals, at least one. */
export function newestHits(of: Detectors, n: number, rules: DivergenceConfig): HitSample {
  return hitSample(of.recent, n, of.hitRecord, rules.min_signals);
}
