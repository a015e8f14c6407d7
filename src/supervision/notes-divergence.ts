// The plain detector of the notes, shown beside the one that decides: fixed thresholds in bps on the newest rows.

import type { NotesDivergence } from '../domain/divergence.ts';
import { roundBps } from '../domain/rounding.ts';
import type { DivergenceConfig } from '../domain/supervisor-config.ts';
import type { JudgedRow } from './judged-row.ts';

/** Mean absolute error, in multiples of its threshold, from which the notes call an alert high. */
const HIGH = 1.3;
const ROWS_MIN = 10;

/**
 * Returns what the notes say of the newest `window` of `rows`, oldest first, overlapping labels included. An alert needs a
 * quarter of the window, at least ten rows. The errors are `null` without rows.
 */
export function notesDivergence(
  agent: string,
  rows: readonly JudgedRow[],
  rules: Pick<DivergenceConfig, 'window' | 'abs_err_thr' | 'mean_err_thr'>,
): NotesDivergence {
  const errors = rows
    .slice(-rules.window)
    .map(({ errorBps }) => errorBps)
    .filter((errorBps) => Number.isFinite(errorBps));
  const n = errors.length;
  if (n === 0) {
    return { agent, window: 0, mean_abs_error_bps: null, mean_error_bps: null, severity: 'none' };
  }
  const meanAbsBps = errors.reduce((sum, error) => sum + Math.abs(error), 0) / n;
  const meanBps = errors.reduce((sum, error) => sum + error, 0) / n;
  const isEnough = n >= Math.max(ROWS_MIN, Math.floor(rules.window / 4));
  const isBeyond = meanAbsBps >= rules.abs_err_thr || Math.abs(meanBps) >= rules.mean_err_thr;
  const severity = meanAbsBps >= HIGH * rules.abs_err_thr ? 'high' : 'medium';
  return {
    agent,
    window: n,
    mean_abs_error_bps: roundBps(meanAbsBps),
    mean_error_bps: roundBps(meanBps),
    severity: isEnough && isBeyond ? severity : 'none',
  };
}
