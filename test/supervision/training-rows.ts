// Rows to train on, made from a seed: how strongly score predicts, and how labels overlap, is up to the test.

import type { WardenConfig } from '../../src/domain/config.ts';
import { randomFrom } from '../../src/domain/random.ts';
import { HOUR_MS, isoFromMs } from '../../src/domain/time.ts';
import type { TrainingRow } from '../../src/supervision/training-set.ts';
import { T0 } from '../builders.ts';

export interface RowsParts {
  readonly seed?: number;
  readonly count?: number;
  /** What one unit of score adds to the mean outcome, in sigmas. */
  readonly slope?: number;
  readonly horizonHours?: number;
  /** Between one signal and the next. */
  readonly stepHours?: number;
}

export function aTrainingRow(over: Partial<TrainingRow> = {}): TrainingRow {
  return {
    event_id: 'e1',
    horizon_hours: 1,
    direction: 'LONG',
    score_final: 0.5,
    confidence: 0.6,
    entry_at: isoFromMs(T0),
    exit_at: isoFromMs(T0 + HOUR_MS),
    realized_pnl_bps: 30,
    sigma_asof_bps: 200,
    uniqueness: 1,
    ...over,
  };
}

/** Rows whose labels do not overlap, unless told otherwise; volatility varies from 100 to 300 bps. */
export function trainingRows(parts: RowsParts = {}): TrainingRow[] {
  const { seed = 1, count = 400, slope = 0, horizonHours = 1, stepHours = horizonHours } = parts;
  const random = randomFrom(seed, 'training rows');
  return Array.from({ length: count }, (_, index) => {
    const entryMs = T0 + index * stepHours * HOUR_MS;
    const score = random.normal();
    const sigmaBps = 100 + 200 * random.uniform();
    return aTrainingRow({
      event_id: `e${index}`,
      horizon_hours: horizonHours,
      direction: random.uniform() < 0.5 ? 'LONG' : 'SHORT',
      score_final: score,
      confidence: random.uniform(),
      entry_at: isoFromMs(entryMs),
      exit_at: isoFromMs(entryMs + horizonHours * HOUR_MS),
      realized_pnl_bps: sigmaBps * (slope * score + random.normal()),
      sigma_asof_bps: sigmaBps,
      uniqueness: Math.min(1, stepHours / horizonHours),
    });
  });
}

/** The defaults of the configuration. */
export function modelConfig(over: Partial<WardenConfig['model']> = {}): WardenConfig['model'] {
  return {
    features: ['score_final', 'confidence'],
    standardize: true,
    ridge: null,
    lambda_grid: [0.001, 0.01, 0.05, 0.1, 1, 10],
    min_rows: 250,
    max_rows: 12_000,
    folds: 5,
    min_train_n_eff: 60,
    gate_alpha: 0.05,
    ...over,
  };
}
