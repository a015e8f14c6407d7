// From closed bars to the scan that the champion decides on: how fast the anchor moves over a short and a long span, in its own sigmas.

import { fieldOf } from '../domain/field-of.ts';
import { type Candle, type ClosedCandles, POSTURE_DEFAULT, type Scan } from '../domain/scan.ts';
import type { EpochMs } from '../domain/steps.ts';

/** Bars of the short span. */
const FAST_BARS = 50;
/** Bars of the long span, of the sigma, and of the history before which there is no velocity. */
export const SLOW_BARS = 750;

/** An EWMA of span N gives its newest value the weight 2 / (N + 1). */
const FAST_DECAY = 1 - 2 / (FAST_BARS + 1);
const SLOW_DECAY = 1 - 2 / (SLOW_BARS + 1);

/** What is kept of the bars so far. Plain JSON. */
export interface CandleMemory {
  /** Symbol key of what is measured; `null` before the first bar. */
  readonly anchor: string | null;
  readonly barMs: number;
  readonly closedAtMs: number;
  readonly close: number;
  /** Returns that were taken in, bars that were missing counted. */
  readonly bars: number;
  /** Weighted sums of log returns, and of their squares; not yet divided by the sum of the weights. */
  readonly fast: number;
  readonly slow: number;
  readonly squares: number;
}

export function noCandles(): CandleMemory {
  return { anchor: null, barMs: 0, closedAtMs: 0, close: 0, bars: 0, fast: 0, slow: 0, squares: 0 };
}

/** Returns what was kept of the bars before; `null` where a figure of it is missing or none, so that every velocity would be nonsense. */
export function candleMemory(kept: unknown): CandleMemory | null {
  const anchor = fieldOf(kept, 'anchor');
  if (anchor !== null && typeof anchor !== 'string') return null;
  const figures: Record<string, number> = {};
  for (const [name, none] of Object.entries(noCandles())) {
    if (typeof none !== 'number') continue;
    const figure = fieldOf(kept, name);
    if (typeof figure !== 'number' || !Number.isFinite(figure)) return null;
    figures[name] = figure;
  }
  return { ...noCandles(), ...figures, anchor };
}

/**
 * Takes in the bars of one instant and makes their scan. `w50_velocity` and `w750_velocity` are exponentially weighted means of the
 * anchor's log returns over spans of 50 and 750 bars, each divided by the exponentially weighted root mean square of its returns over 750
 * bars; `vel_div` is their difference. So a figure means the same at every price, volatility and length of bar. Before 750 returns it is
 * `null`, and the scan says how many there are.
 *
 * Bars that are missing count as equal parts of the return over them, which leaves mean and sigma as they were; over a gap of more than
 * 750 bars, another length of bar, or another anchor, it begins anew. The scan's number is that of its bar since 1970, so the same bar is
 * the same scan after a restart.
 *
 * @param anchorKey symbol key, as `BTCUSDT`
 * @returns `scan: null` for bars that are not later than those before
 */
export function candleScan(
  memory: CandleMemory,
  closed: ClosedCandles,
  anchorKey: string,
  receivedAtMs: EpochMs,
): { readonly memory: CandleMemory; readonly scan: Scan | null } {
  const isSameSeries = memory.anchor === anchorKey && memory.barMs === closed.barMs;
  if (isSameSeries && closed.closedAtMs <= memory.closedAtMs) return { memory, scan: null };
  const prices = closesOf(closed.candles);
  const close = Object.hasOwn(prices, anchorKey) ? prices[anchorKey] : undefined;
  if (close === undefined) {
    const problem = `vel_div: no bar of ${anchorKey} closed at this instant`;
    return { memory, scan: scanOf(closed, receivedAtMs, prices, anchorKey, null, problem) };
  }
  const next = taken(isSameSeries ? memory : noCandles(), closed, anchorKey, close);
  const velocities = velocitiesOf(next);
  const problem =
    next.bars < SLOW_BARS
      ? `vel_div: ${next.bars} of ${SLOW_BARS} bars are known`
      : 'vel_div: the anchor has not moved at all';
  return {
    memory: next,
    scan: scanOf(closed, receivedAtMs, prices, anchorKey, velocities, velocities === null ? problem : null),
  };
}

function closesOf(candles: Readonly<Record<string, Candle>>): Readonly<Record<string, number>> {
  const closes: [string, number][] = [];
  for (const [key, { close }] of Object.entries(candles)) {
    if (Number.isFinite(close) && close > 0) closes.push([key, close]);
  }
  return Object.fromEntries(closes);
}

function taken(memory: CandleMemory, closed: ClosedCandles, anchor: string, close: number): CandleMemory {
  const { barMs, closedAtMs } = closed;
  const first = { ...noCandles(), anchor, barMs, closedAtMs, close };
  if (memory.anchor === null) return first;
  const spanned = Math.max(1, Math.round((closedAtMs - memory.closedAtMs) / barMs));
  if (spanned > SLOW_BARS) return first;
  const each = Math.log(close / memory.close) / spanned;
  return {
    ...first,
    bars: memory.bars + spanned,
    fast: folded(memory.fast, FAST_DECAY, spanned, each),
    slow: folded(memory.slow, SLOW_DECAY, spanned, each),
    // A return over n bars has n times the variance of one: its square over n is the variance of a bar.
    squares: folded(memory.squares, SLOW_DECAY, spanned, each * each * spanned),
  };
}

/** Folds `value` in `times` over. */
function folded(sum: number, decay: number, times: number, value: number): number {
  const kept = decay ** times;
  return sum * kept + value * (1 - kept);
}

interface Velocities {
  readonly w50: number;
  readonly w750: number;
}

function velocitiesOf({ bars, fast, slow, squares }: CandleMemory): Velocities | null {
  if (bars < SLOW_BARS) return null;
  // The weights so far sum to 1 - decay^bars; to divide by that keeps the beginning from pulling towards zero. Those of the short
  // span sum to 1 by now.
  const slowWeight = 1 - SLOW_DECAY ** bars;
  const sigma = Math.sqrt(squares / slowWeight);
  if (!(sigma > 0)) return null;
  return { w50: fast / sigma, w750: slow / slowWeight / sigma };
}

function scanOf(
  closed: ClosedCandles,
  receivedAtMs: EpochMs,
  prices: Readonly<Record<string, number>>,
  anchor: string,
  velocities: Velocities | null,
  problem: string | null,
): Scan {
  return {
    scanNumber: Math.floor(closed.closedAtMs / closed.barMs),
    scannedAtMs: closed.closedAtMs,
    receivedAtMs,
    prices,
    anchor,
    velDiv: velocities === null ? null : velocities.w50 - velocities.w750,
    w50Velocity: velocities?.w50 ?? null,
    w750Velocity: velocities?.w750 ?? null,
    isVolOk: true,
    posture: POSTURE_DEFAULT,
    acbBoost: null,
    exf: null,
    esof: null,
    problems: problem === null ? [] : [problem],
  };
}
