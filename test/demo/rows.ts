// Rows and models of the demo's tests: valid by default, so that a test names only what matters to it.

import type { Model } from '../../src/domain/model.ts';
import type { ReconciledRow } from '../../src/domain/row.ts';
import { HOUR_MS, isoFromMs, msFromIso } from '../../src/domain/time.ts';

/** Returns a row that ends `horizon_hours` after its `ts`. */
export function rowOf(changes: Partial<ReconciledRow> & Pick<ReconciledRow, 'event_id'>): ReconciledRow {
  const ts = changes.ts ?? '2026-01-10T00:00:00.000Z';
  const horizon = changes.horizon_hours ?? 24;
  return {
    v: 1,
    horizon_hours: horizon,
    ts,
    agent: 'breaker',
    run_id: null,
    symbol: 'BTC/USDT',
    market: 'spot',
    contract: 'linear',
    direction: 'LONG',
    regime: 'RANGE',
    strategy_class: 'event',
    score_final: 0.5,
    confidence: 0.5,
    entry_at: ts,
    exit_at: isoFromMs(msFromIso(ts) + horizon * HOUR_MS),
    entry_price: 100,
    exit_price: 101,
    entry_stale_ms: 0,
    exit_stale_ms: 0,
    latency_ms: 0,
    price_source: 'file:BTCUSDT-spot-1h-demo',
    realized_pnl_bps: 100,
    fee_bps: 20,
    slip_bps: 4,
    funding_bps: 0,
    net_pnl_bps: 76,
    expected_pnl_bps: 0,
    expected_sigma_bps: null,
    expected_abs_bps: null,
    pnl_error_bps: 100,
    abs_error_bps: 100,
    sigma_asof_bps: null,
    sigma_fast_bps: null,
    sim_version: 'fallback_zero',
    model_id: null,
    trained_at: null,
    uniqueness: 1,
    ...changes,
  };
}

/** Returns a model of 24 h in use, with an out-of-sample record. */
export function modelOf(changes: Partial<Model> = {}): Model {
  return {
    v: 1,
    ok: true,
    model: 'ridge',
    model_id: '20260201T001000Z-aaaaaaaaaaaaaaaa',
    content_sha256: 'a'.repeat(64),
    horizon_hours: 24,
    features: ['score_final'],
    weights: [0.3, 0.1],
    target: 'sigma',
    standardize: true,
    ridge: 0.05,
    dropped_features: [],
    n: 900,
    n_eff: 600,
    n_excluded: 0,
    rmse_bps: 400,
    oos: {
      n: 700,
      n_eff: 500,
      rmse_bps: 410,
      mae_bps: 300,
      bias_bps: 1,
      r2_vs_mean: 0.01,
      r2_vs_zero: 0.02,
      rank_ic: 0.1,
      rank_ic_t: 2,
      hit_rate: 0.55,
      coverage_90: 0.9,
      z_rms: 1,
      folds: [],
    },
    sigma: { rms: 1, mean_abs: 0.8 },
    gate: { mean_gain: 0.01, t: 2.5, n_eff: 500, p_value: 0.006, alpha: 0.05 },
    trained_at: '2026-02-01T00:10:00.000Z',
    trained_from: '2026-01-01T00:00:00.000Z',
    trained_through: '2026-01-31T00:00:00.000Z',
    code_version: '0.1.0',
    used: true,
    reason: 'beats zero out of sample',
    ...changes,
  };
}
