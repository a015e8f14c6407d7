// Valid values for tests, so that a test shows only what it is about: override what matters.

import { type AlphaEvent, contentSha256 } from '../src/domain/event.ts';
import type { BarSeries, Session } from '../src/domain/market.ts';
import type { Model } from '../src/domain/model.ts';
import type { OpenEvent } from '../src/domain/pending.ts';
import type { ReconciledRow } from '../src/domain/row.ts';
import { DAY_MS, HOUR_MS, isoFromMs } from '../src/domain/time.ts';
import type { ReconcileRules } from '../src/supervision/rules.ts';
import type { ExpectedAsOf } from '../src/supervision/settle.ts';

/** The instant most tests count from: a Monday, `2021-03-01T00:00:00.000Z`. */
export const T0 = Date.UTC(2021, 2, 1);

export function anEvent(over: Partial<AlphaEvent> = {}): AlphaEvent {
  return {
    v: 1,
    event_id: 'e1',
    ts: isoFromMs(T0 + 10 * HOUR_MS),
    agent: 'momentum',
    run_id: null,
    symbol: 'BTC/USDT',
    market: 'spot',
    direction: 'LONG',
    score_final: 0.5,
    confidence: 0.6,
    regime: 'TREND',
    ...over,
  };
}

/** An event that owes rows at the horizons of {@link someRules}, unless `open` says otherwise. */
export function anOpenEvent(
  over: Partial<AlphaEvent> = {},
  open: readonly number[] = someRules().horizonsHours,
): OpenEvent {
  const event = anEvent(over);
  return {
    event,
    content_sha256: contentSha256(event),
    shard: `emit/${event.ts.slice(0, 7)}.jsonl`,
    open: [...open],
  };
}

export interface SeriesParts {
  /** When the first bar closes. */
  readonly firstCloseMs?: number;
  /** One close per bar, evenly spaced; `null` leaves a bar out. */
  readonly closes?: readonly (number | null)[];
}

/** Bars of one hour without a gap, closing at 100, 101, 100, 101 …, unless told otherwise. */
export function aSeries(parts: SeriesParts = {}, over: Partial<BarSeries> = {}): BarSeries {
  const barMs = over.barMs ?? HOUR_MS;
  const firstCloseMs = parts.firstCloseMs ?? T0;
  const closes = parts.closes ?? Array.from({ length: 72 }, (_, index) => 100 + (index % 2));
  const bars = closes.flatMap((close, index) =>
    close === null ? [] : [{ atMs: firstCloseMs + index * barMs, close }],
  );
  return {
    symbol: 'BTC/USDT',
    market: 'spot',
    source: 'test:1h',
    barMs,
    closeAtMs: Float64Array.from(bars, ({ atMs }) => atMs),
    close: Float64Array.from(bars, ({ close }) => close),
    sessions: null,
    funding: [],
    suspects: [],
    ...over,
  };
}

/** Five sessions a week from `fromMs` (a Monday, midnight UTC), each from 14:30 to 21:00 UTC. */
export function someSessions(days: number, fromMs: number = T0): Session[] {
  return Array.from({ length: days }, (_, day) => fromMs + day * DAY_MS)
    .filter((_, day) => day % 7 < 5)
    .map((midnightMs) => ({ openMs: midnightMs + 14.5 * HOUR_MS, closeMs: midnightMs + 21 * HOUR_MS }));
}

/** Rules without waiting, latency or costs, so that expected numbers can be read off the prices. */
export function someRules(over: Partial<ReconcileRules> = {}): ReconcileRules {
  const free = { feeBps: 0, slipBps: 0, assumedFundingBpsPer8h: null };
  return {
    horizonsHours: [1, 4, 24],
    latencyMs: 0,
    settleLagMs: 0,
    giveUpAfterMs: 7 * DAY_MS,
    maxStaleBars: 2,
    maxLossRatio: 0.35,
    maxLossMinPairs: 4,
    costs: { spot: free, perp: { ...free, assumedFundingBpsPer8h: 0 }, equity: free },
    asofHalfLifeMs: 20 * DAY_MS,
    fastHalfLifeMs: 2 * DAY_MS,
    minReturns: 2,
    ...over,
  };
}

/** What is expected while no model exists. */
export const nothingExpected: ExpectedAsOf = (_horizon, _entryMs, _signal, sigmaAsofBps) => ({
  expected_pnl_bps: 0,
  expected_sigma_bps: sigmaAsofBps,
  expected_abs_bps: null,
  sim_version: 'fallback_zero',
  model_id: null,
  trained_at: null,
});

export function aRow(over: Partial<ReconciledRow> = {}): ReconciledRow {
  return {
    v: 1,
    event_id: 'e1',
    horizon_hours: 24,
    ts: isoFromMs(T0 + 10 * HOUR_MS),
    agent: 'momentum',
    run_id: null,
    symbol: 'BTC/USDT',
    market: 'spot',
    contract: 'linear',
    direction: 'LONG',
    regime: 'TREND',
    strategy_class: 'macro',
    score_final: 0.5,
    confidence: 0.6,
    entry_at: isoFromMs(T0 + 10 * HOUR_MS),
    exit_at: isoFromMs(T0 + 34 * HOUR_MS),
    entry_price: 100,
    exit_price: 101,
    entry_stale_ms: 0,
    exit_stale_ms: 0,
    latency_ms: 0,
    price_source: 'test:1h',
    realized_pnl_bps: 100,
    fee_bps: 0,
    slip_bps: 0,
    funding_bps: 0,
    net_pnl_bps: 100,
    expected_pnl_bps: 0,
    expected_sigma_bps: 300,
    expected_abs_bps: 240,
    pnl_error_bps: 100,
    abs_error_bps: 100,
    sigma_asof_bps: 300,
    sigma_fast_bps: 310,
    sim_version: 'fallback_zero',
    model_id: null,
    trained_at: null,
    uniqueness: 1,
    ...over,
  };
}

/** A model that was trained at `trainedAtMs` (whole seconds) and has no skill: expected is 0, sigma is its own. */
export function aModel(trainedAtMs: number, over: Partial<Model> = {}): Model {
  const trainedAt = isoFromMs(trainedAtMs);
  const content = over.content_sha256 ?? trainedAtMs.toString(16).padStart(64, '0');
  return {
    v: 1,
    ok: true,
    model: 'ridge',
    model_id: `${trainedAt.slice(0, 19).replaceAll(/[-:]/g, '')}Z-${content.slice(0, 16)}`,
    content_sha256: content,
    horizon_hours: 24,
    features: ['score_final'],
    weights: [1, 0],
    target: 'sigma',
    standardize: true,
    ridge: 0.05,
    dropped_features: [],
    n: 300,
    n_eff: 80,
    n_excluded: 0,
    rmse_bps: 250,
    oos: null,
    sigma: { rms: 1.1, mean_abs: 0.8 },
    gate: null,
    trained_at: trainedAt,
    trained_from: isoFromMs(trainedAtMs - 60 * DAY_MS),
    trained_through: isoFromMs(trainedAtMs - HOUR_MS),
    code_version: '0.1.0',
    used: false,
    reason: 'no skill',
    ...over,
  };
}
