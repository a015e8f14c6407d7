// Confidence multipliers: how far the live errors of an agent look like the errors its model claims. They measure calibration, not
// skill: a forecast that is worth having lowers the mean error by less than a percent.

import { assert } from '../domain/assert.ts';
import { roundTo } from '../domain/rounding.ts';
import type { ConfidenceDetail } from '../domain/supervisor.ts';
import type { ConfidenceConfig } from '../domain/supervisor-config.ts';
import { significant } from './digits.ts';

/** What is kept of the signals of one agent: plain JSON, a few numbers however many signals there were. */
export interface ConfidenceState {
  n: number;
  nEff: number;
  nExcluded: number;
  /** `W`, the sum of the weights. */
  weight: number;
  /** The sum of weight times penalty. */
  penalty: number;
  /** Good signals since the last bad one. */
  good: number;
  /** After the newest signal, not rounded. */
  multiplier: number;
}

/** One settled signal at the deciding horizon. */
export interface ConfidenceSignal {
  /** Realized - expected. */
  readonly errorBps: number;
  /** Mean absolute error that the model claims, or `null` without a model. */
  readonly claimedAbsBps: number | null;
  /** Gross. */
  readonly realizedBps: number;
  /** Share of a whole observation, in `(0, 1]`. */
  readonly uniqueness: number;
}

const MULTIPLIER_DIGITS = 4;

/** A bad signal is a loss with an error of at least this many neutral ones. */
const BAD_ERROR_RATIO = 2;

/** No evidence: the multiplier is 1. */
export function newConfidence(): ConfidenceState {
  return { n: 0, nEff: 0, nExcluded: 0, weight: 0, penalty: 0, good: 0, multiplier: 1 };
}

/**
 * Adds the next signal of an agent, in the order (exit, id), each once, all under one `config`. Mutates `state`.
 *
 * The error `x` is `|error|` in mode bps. In mode sigma it is `stability_good_err_bps * |error| / claimed`, so that an agent
 * whose errors are what its model claims is neutral in every market. A signal without a claim, or with a number that is not
 * finite, is excluded and counted: it is neither good nor bad. Before any model exists mode sigma excludes every signal and
 * the multiplier stays 1, which says that nothing is known, not that the agent is good.
 *
 * With `u` the uniqueness, a signal weighs `w = u * 2^(-age / half_life)`, its age the sum of `u` over newer ones, and costs
 * `p = x / (x + loss_k)`, times the loss amplifier where it lost. Adding one multiplies what is there by
 * `2^(-u / half_life)`, so the sums `W = sum w` and `sum w p` never need the past again.
 */
export function foldConfidence(
  state: ConfidenceState,
  signal: ConfidenceSignal,
  config: ConfidenceConfig,
): void {
  const { realizedBps, uniqueness } = signal;
  const error = errorOf(signal, config);
  if (error === null) {
    state.nExcluded += 1;
    return;
  }
  const isLoss = realizedBps < 0;
  const kept = 2 ** (-uniqueness / config.half_life_signals);
  const penalty = (1 / (1 + config.loss_k_bps / error)) * (isLoss ? config.loss_amplifier : 1);
  state.n += 1;
  state.nEff += uniqueness;
  state.weight = state.weight * kept + uniqueness;
  state.penalty = state.penalty * kept + uniqueness * penalty;
  if (isLoss && error >= BAD_ERROR_RATIO * config.stability_good_err_bps) state.good = 0;
  else if (!isLoss && error <= config.stability_good_err_bps) state.good += 1;
  const target = multiplierOf(state, config);
  const { penalty_cap } = config;
  state.multiplier = clamp(target, state.multiplier - penalty_cap, state.multiplier + penalty_cap);
}

/** Returns the multiplier, rounded, within `[floor, ceil]`, 1 without signals, and how it came about. */
export function confidenceOf(
  state: ConfidenceState,
  config: ConfidenceConfig,
): { readonly multiplier: number; readonly detail: ConfidenceDetail } {
  const { n, nEff, nExcluded, weight, penalty } = state;
  return {
    multiplier: clamp(roundTo(state.multiplier, MULTIPLIER_DIGITS), config.floor, config.ceil),
    detail: {
      n,
      n_eff: significant(nEff),
      n_excluded: nExcluded,
      P: n === 0 ? null : significant(penalty / weight),
      W: significant(weight),
      shrink: significant(shrinkOf(weight, config)),
      mode: config.mode === 'bps' ? 'bps' : 'sigma',
    },
  };
}

/**
 * Returns the multiplier that the sums stand for, before the limit on what one signal may move: towards `ceil` below the
 * neutral penalty `g / (g + loss_k)`, towards `floor` above it, and drawn towards 1 while there is little evidence.
 */
function multiplierOf(state: ConfidenceState, config: ConfidenceConfig): number {
  const { floor, ceil, stability_good_err_bps, loss_k_bps } = config;
  const neutral = neutralPenalty(config);
  const mean = state.penalty / state.weight;
  const full =
    mean <= neutral
      ? 1 + (ceil - 1) * (1 - mean / neutral)
      : 1 - ((1 - floor) * (mean - neutral)) / (loss_k_bps / (stability_good_err_bps + loss_k_bps));
  const boost = state.good >= config.stability_min_good ? config.stability_boost : 0;
  const shrunk = 1 + shrinkOf(state.weight, config) * (clamp(full + boost, floor, ceil) - 1);
  assert(Number.isFinite(shrunk), 'a multiplier is finite');
  return clamp(shrunk, floor, ceil);
}

/**
 * Returns the weight of the evidence, `W (Wmax + n0) / (Wmax (W + n0))`, from 0 to 1: `Wmax` is the weight of an endless
 * history, and `n0` is how many signals at 1 it starts with, so many that one signal moves it by less than `penalty_cap`.
 * Written in `1 / n0`, since no prior is long enough where the boost alone may move it by the cap.
 */
function shrinkOf(weight: number, config: ConfidenceConfig): number {
  const { floor, half_life_signals, loss_amplifier, penalty_cap, stability_boost } = config;
  const weightMax = -1 / Math.expm1(-Math.LN2 / half_life_signals);
  const room = penalty_cap - stability_boost;
  const steepest = (1.5 * (1 - floor) * loss_amplifier) / (1 - neutralPenalty(config));
  const prior = room > 0 ? Math.max(half_life_signals / 4, steepest / room - 1) : Number.POSITIVE_INFINITY;
  const perPrior = 1 / prior;
  return Math.min(1, ((weight / weightMax) * (1 + weightMax * perPrior)) / (1 + weight * perPrior));
}

/** Penalty of an error that is neutral. */
function neutralPenalty({ stability_good_err_bps, loss_k_bps }: ConfidenceConfig): number {
  return stability_good_err_bps / (stability_good_err_bps + loss_k_bps);
}

/** The error in the unit of the configuration, or `null` where it cannot be used. */
function errorOf(signal: ConfidenceSignal, config: ConfidenceConfig): number | null {
  const { errorBps, claimedAbsBps, realizedBps, uniqueness } = signal;
  if (!Number.isFinite(errorBps) || !Number.isFinite(realizedBps)) return null;
  if (!(uniqueness > 0 && uniqueness <= 1)) return null;
  if (config.mode === 'bps') return Math.abs(errorBps);
  if (claimedAbsBps === null || !Number.isFinite(claimedAbsBps) || claimedAbsBps <= 0) return null;
  return config.stability_good_err_bps * (Math.abs(errorBps) / claimedAbsBps);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
