// The divergence of one (agent, horizon) as a fold over its signals: what is kept of a row, and what is kept of a stream.

import type { ReconciledRow } from '../domain/row.ts';
import type { DivergenceConfig } from '../domain/supervisor-config.ts';
import { msFromIso } from '../domain/time.ts';
import {
  type Detectors,
  foldCusum,
  foldHit,
  foldMean,
  foldScale,
  foldScaleWindow,
  learnHits,
  newDetectors,
} from './divergence-triggers.ts';
import { normalCdf } from './normal.ts';
import { type AdmittedSignal, addSignal } from './recent-signals.ts';
import { NORMAL_MEAN_ABS } from './sequential.ts';

export interface DivergenceSignal {
  readonly entryMs: number;
  readonly exitMs: number;
  /** Realized - expected. */
  readonly errorBps: number;
  /** Gross. */
  readonly realizedBps: number;
  /** Deviation an honest error has these days, or `null` where it is unknown. */
  readonly sigmaBps: number | null;
  /** Mean |error / sigma| that the model claims. */
  readonly claimedAbsZ: number;
  /** Probability of a gain that the model claims; one half where it expects nothing. */
  readonly claimedHit: number;
  /** Allowance for what is not known about the model's own mean error, in sigma. */
  readonly tau: number;
}

/** Effective rows of the out-of-sample record of a model, or `null` for a model that is not known. */
export type ReferenceOf = (modelId: string) => { readonly nEff: number } | null;

/** Of a model whose record is not known: as of one with 400 effective rows. */
const TAU_OF_UNKNOWN = 0.1;
/** A record of fewer than 16 effective rows must not switch the detector off. */
const TAU_MAX = 0.5;

/**
 * Returns what divergence keeps of `row`. Sigma is the larger of the slow one as of the entry and the fast one as of the
 * exit: a shock that hits the whole market is no divergence. Without the slow one it is `null`, without the fast one it is
 * the slow one. `tau` is `2 / sqrt(nEff)`, at most 0.5; 0 without a model, which claims no mean that could be wrong.
 */
export function divergenceSignal(row: ReconciledRow, referenceOf: ReferenceOf): DivergenceSignal {
  const { sigma_asof_bps: slowBps, sigma_fast_bps: fastBps } = row;
  return {
    entryMs: msFromIso(row.entry_at),
    exitMs: msFromIso(row.exit_at),
    errorBps: row.pnl_error_bps,
    realizedBps: row.realized_pnl_bps,
    sigmaBps: slowBps === null ? null : Math.max(slowBps, fastBps ?? slowBps),
    claimedAbsZ:
      slowBps === null || row.model_id === null || row.expected_abs_bps === null
        ? NORMAL_MEAN_ABS
        : row.expected_abs_bps / slowBps,
    claimedHit:
      row.expected_pnl_bps === 0 || row.expected_sigma_bps === null
        ? 0.5
        : normalCdf(row.expected_pnl_bps / row.expected_sigma_bps),
    tau: row.model_id === null ? 0 : tauOf(referenceOf(row.model_id)),
  };
}

function tauOf(reference: { readonly nEff: number } | null): number {
  if (reference === null || !(reference.nEff > 0)) return TAU_OF_UNKNOWN;
  return Math.min(TAU_MAX, 2 / Math.sqrt(reference.nEff));
}

/**
 * What is kept of a stream between runs: plain JSON, all numbers finite. It belongs to the rules it was folded under: with
 * other rules the history is folded again from its start.
 */
export interface StreamState extends Detectors {
  /** Signals without a usable error: they count neither as good nor as bad. */
  nUnusable: number;
  /** Of these, the newest in a row. */
  unusableInRow: number;
  /** Exit of the newest signal, admitted or not. */
  newestMs: number | null;
  /** Exit of the newest admitted signal: the next one must not enter before. */
  admittedMs: number | null;
}

/** Returns a stream that has seen nothing. */
export function newStream(): StreamState {
  return { nUnusable: 0, unusableInRow: 0, newestMs: null, admittedMs: null, ...newDetectors() };
}

/** Errors are cut here, so that no sum overflows: in sigma, in multiples of the claim, and in bps. */
const Z_MAX = 1e6;
const RATIO_MAX = 1e6;
const ERROR_BPS_MAX = 1e12;

/**
 * Moves `stream` one signal on, in place. Signals come in the order of (exit, id), all under the same rules. A signal is
 * admitted where it enters no earlier than the last admitted one left, so that no two share a move of the market. One
 * whose error in units of sigma, or what it is held against, is unknown is not admitted, but counted.
 */
export function foldSignal(stream: StreamState, signal: DivergenceSignal, rules: DivergenceConfig): void {
  if (Number.isFinite(signal.exitMs)) stream.newestMs = signal.exitMs;
  const admitted = usable(signal);
  if (admitted === null) {
    stream.nUnusable += 1;
    stream.unusableInRow += 1;
    return;
  }
  stream.unusableInRow = 0;
  if (stream.admittedMs !== null && signal.entryMs < stream.admittedMs) return;
  stream.admittedMs = signal.exitMs;
  learnHits(stream, rules);
  addSignal(stream.recent, admitted, Math.max(rules.window, rules.resolve_after_signals));
  foldMean(stream, admitted, rules);
  foldCusum(stream, admitted, rules);
  foldScale(stream, admitted, rules);
  foldScaleWindow(stream, admitted, rules);
  foldHit(stream, admitted, rules);
}

/** Returns what is kept of a signal, or `null` where any of it is unknown, infinite or impossible. */
function usable(signal: DivergenceSignal): AdmittedSignal | null {
  const { sigmaBps, claimedAbsZ, claimedHit, tau } = signal;
  if (sigmaBps === null || !(sigmaBps > 0) || !Number.isFinite(sigmaBps)) return null;
  if (!(claimedAbsZ > 0) || !Number.isFinite(claimedAbsZ)) return null;
  if (!(claimedHit >= 0 && claimedHit <= 1) || !(tau >= 0) || !Number.isFinite(tau)) return null;
  if (!Number.isFinite(signal.entryMs) || !Number.isFinite(signal.exitMs)) return null;
  const z = signal.errorBps / sigmaBps;
  const ratio = Math.abs(z) / claimedAbsZ;
  if (!Number.isFinite(z) || !Number.isFinite(signal.realizedBps)) return null;
  return {
    exitMs: signal.exitMs,
    tau,
    z: cut(z, Z_MAX),
    ratio: Math.min(ratio, RATIO_MAX),
    errorBps: cut(signal.errorBps, ERROR_BPS_MAX),
    claimedHit,
    hit: signal.realizedBps > 0 ? 1 : 0,
  };
}

/** `+ 0` makes a plain 0 of -0, which JSON cannot say. */
function cut(value: number, bound: number): number {
  return Math.max(-bound, Math.min(bound, value)) + 0;
}
