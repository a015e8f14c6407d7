// Rows and models of the demo's tests: valid by default, so that a test names only what matters to it.

import type { Model } from '../../src/domain/model.ts';
import type { ReconciledRow } from '../../src/domain/row.ts';
import { HOUR_MS, isoFromMs, msFromIso } from '../../src/domain/time.ts';
import { aModel, aRow } from '../builders.ts';

/** Returns a row that ends `horizon_hours` after its `ts`. */
export function rowOf(changes: Partial<ReconciledRow> & Pick<ReconciledRow, 'event_id'>): ReconciledRow {
  const ts = changes.ts ?? '2026-01-10T00:00:00.000Z';
  const horizon = changes.horizon_hours ?? 24;
  const exit_at = isoFromMs(msFromIso(ts) + horizon * HOUR_MS);
  const unknown = {
    expected_sigma_bps: null,
    expected_abs_bps: null,
    sigma_asof_bps: null,
    sigma_fast_bps: null,
  };
  const costs = { fee_bps: 20, slip_bps: 4, net_pnl_bps: 76 };
  const place = { ts, entry_at: ts, exit_at, horizon_hours: horizon };
  return aRow({
    agent: 'trend-ema',
    strategy_class: 'event',
    regime: 'RANGE',
    ...costs,
    ...unknown,
    ...place,
    ...changes,
  });
}

/** Returns a model of 24 h in use, with an out-of-sample record. */
export function modelOf(changes: Partial<Model> = {}): Model {
  const used: Partial<Model> = {
    model_id: '20260201T001000Z-aaaaaaaaaaaaaaaa',
    content_sha256: 'a'.repeat(64),
    n: 900,
    n_eff: 600,
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
    gate: { mean_gain: 0.01, t: 2.5, n_eff: 500, p_value: 0.006, alpha: 0.05 },
    used: true,
    reason: 'beats zero out of sample',
  };
  return aModel(Date.UTC(2026, 1, 1, 0, 10), { ...used, ...changes });
}
