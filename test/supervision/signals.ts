// Streams of signals for the tests of divergence: noise from a seed, one signal after the other without overlap.

import type { DivergenceConfig } from '../../src/domain/supervisor-config.ts';
import { HOUR_MS } from '../../src/domain/time.ts';
import { at } from '../../src/supervision/columns.ts';
import {
  type DivergenceSignal,
  foldSignal,
  type StreamState,
} from '../../src/supervision/divergence-stream.ts';
import { T0 } from '../builders.ts';

/** The shipped rules, written out, so that a test says what it is held against. */
export function someDivergenceRules(over: Partial<DivergenceConfig> = {}): DivergenceConfig {
  return {
    window: 80,
    min_signals: 30,
    alarm_level: 5000,
    cusum_limit: 12,
    scale_window_ratio: 1.6,
    hit_p_value: 0.0005,
    resolve_after_signals: 40,
    snapshot_q: 0.1,
    abs_err_thr: 90,
    mean_err_thr: 40,
    ...over,
  };
}

/** Signal number `index` of a stream at one hour: it enters when the one before has left. Sigma is 100 bps. */
export function aSignal(index: number, z: number, over: Partial<DivergenceSignal> = {}): DivergenceSignal {
  return {
    entryMs: T0 + index * HOUR_MS,
    exitMs: T0 + (index + 1) * HOUR_MS,
    errorBps: 100 * z,
    realizedBps: 100 * z,
    sigmaBps: 100,
    claimedAbsZ: Math.sqrt(2 / Math.PI),
    claimedHit: 0.5,
    tau: 0,
    ...over,
  };
}

/** Mean |z| of a t with 4 degrees of freedom whose variance is 1. */
export const T4_MEAN_ABS = Math.SQRT1_2;

/** Noise of mean 0 and variance 1: standard normal, and t with 4 degrees of freedom. The same seed, the same numbers. */
export function noise(seed: number): { readonly normal: () => number; readonly t4: () => number } {
  let state = seed | 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const t4 = (): number => {
    const z = normal();
    const chiSquare = normal() ** 2 + normal() ** 2 + normal() ** 2 + normal() ** 2;
    return z / Math.sqrt(chiSquare / 2);
  };
  return { normal, t4 };
}

/** Folds `signals` into `stream` and returns it. */
export function folded(
  stream: StreamState,
  signals: readonly DivergenceSignal[],
  rules: DivergenceConfig = someDivergenceRules(),
): StreamState {
  for (const signal of signals) foldSignal(stream, signal, rules);
  return stream;
}

/** Returns `count` signals from number `from` on, drawn from `draw`, scaled and then shifted by so many sigma. */
export function drawn(
  draw: () => number,
  from: number,
  count: number,
  change: { readonly scale?: number; readonly shift?: number } = {},
  over: Partial<DivergenceSignal> = {},
): DivergenceSignal[] {
  const z = Array.from({ length: count }, () => draw() * (change.scale ?? 1) + (change.shift ?? 0));
  return z.map((_, index) => aSignal(from + index, at(z, index), over));
}
