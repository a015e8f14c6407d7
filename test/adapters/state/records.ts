// Valid records for the tests of the state store: override what matters.

import type { AlphaEvent } from '../../../src/domain/event.ts';
import type { Model } from '../../../src/domain/model.ts';
import type { ReconciledRow } from '../../../src/domain/row.ts';

export function anEvent(over: Partial<AlphaEvent> = {}): AlphaEvent {
  return {
    v: 1,
    event_id: 'e1',
    ts: '2021-03-01T10:00:00.000Z',
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

export function aRow(over: Partial<ReconciledRow> = {}): ReconciledRow {
  return {
    v: 1,
    event_id: 'e1',
    horizon_hours: 24,
    ts: '2021-03-01T10:00:00.000Z',
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
    entry_at: '2021-03-01T10:00:00.000Z',
    exit_at: '2021-03-02T10:00:00.000Z',
    entry_price: 100,
    exit_price: 101,
    entry_stale_ms: 0,
    exit_stale_ms: 0,
    latency_ms: 0,
    price_source: 'file:BTCUSDT-spot-1h-2021',
    realized_pnl_bps: 100,
    fee_bps: 10,
    slip_bps: 2,
    funding_bps: 0,
    net_pnl_bps: 88,
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

export function aModel(over: Partial<Model> = {}): Model {
  const trainedAt = over.trained_at ?? '2021-03-01T10:00:00.000Z';
  const content = over.content_sha256 ?? 'a'.repeat(64);
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
    sigma: null,
    gate: null,
    trained_at: trainedAt,
    trained_from: '2021-01-01T00:00:00.000Z',
    trained_through: '2021-03-01T09:00:00.000Z',
    code_version: '0.1.0',
    used: false,
    reason: 'no skill',
    ...over,
  };
}
