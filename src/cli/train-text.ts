// The summary of a training run for people: one line per horizon, in sample beside out of sample, and why a model is used.

import { type Cell, tableText } from '../adapters/terminal/table.ts';
import type { TrainedHorizon } from '../jobs/train.ts';
import { refusalWords } from '../supervision/train-refusal.ts';

const HEAD = [
  'horizon',
  'rows',
  'n_eff',
  'RMSE in',
  'RMSE out',
  'R2 vs 0',
  'rank IC',
  't',
  'p',
  'used',
  'why',
];

/** Returns the table of one training run; RMSE in basis points. */
export function trainText(trained: readonly TrainedHorizon[]): string {
  return tableText({ head: HEAD, rows: trained.map(rowOf) });
}

function rowOf({ horizon_hours, model, pointer }: TrainedHorizon): Cell[] {
  const horizon = `${horizon_hours} h`;
  if (model === null) {
    const why = refusalWords(pointer.reason);
    return [horizon, pointer.n, null, null, null, null, null, null, null, 'no', why];
  }
  const { oos, gate } = model;
  return [
    horizon,
    model.n,
    Math.round(model.n_eff),
    decimals(model.rmse_bps, 1),
    decimals(oos?.rmse_bps, 1),
    decimals(oos?.r2_vs_zero, 4),
    decimals(oos?.rank_ic, 3),
    decimals(oos?.rank_ic_t, 2),
    decimals(gate?.p_value, 4),
    model.used ? 'yes' : 'no',
    model.reason,
  ];
}

function decimals(value: number | null | undefined, digits: number): number | null {
  return value === null || value === undefined ? null : Number(value.toFixed(digits));
}
