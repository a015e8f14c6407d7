// How far back the rows reach that a figure needs: enough effective ones, and out of enough spans of one horizon.

import { HOUR_MS } from '../domain/time.ts';
import type { JudgedRow } from './judged-row.ts';
import type { SupervisorRules } from './supervisor-rules.ts';

/** Rows with a sigma are waited for over at most this many times `cvar.min_blocks`: on some days no row has one. */
const SIGMA_REACH = 2;

/**
 * Returns the newest of `ordered` (by exit), oldest first, until they make `nEffMin` effective rows out of `cvar.min_blocks`
 * spans of one horizon; all of them where there are not as many. Without the spans, a class with many signals a day would
 * never have enough of them. Rows with a sigma are to come from `min_blocks` spans as well, since a limit in sigma is judged
 * by them alone, but the rows never reach beyond {@link SIGMA_REACH} times as many spans for that.
 */
export function newestRows(
  ordered: readonly JudgedRow[],
  nEffMin: number,
  rules: SupervisorRules,
): readonly JudgedRow[] {
  const { min_blocks: minSpans, horizon_hours: spanHours } = rules.cvar;
  const all = new Set<number>();
  const ofSigma = new Set<number>();
  let nEff = 0;
  const isEnough = (): boolean =>
    nEff >= nEffMin &&
    all.size >= minSpans &&
    (ofSigma.size >= minSpans || all.size >= SIGMA_REACH * minSpans);
  let start = ordered.length;
  while (start > 0 && !isEnough()) {
    start -= 1;
    const row = ordered[start];
    if (row === undefined) break;
    const span = Math.floor(row.exitMs / (spanHours * HOUR_MS));
    nEff += row.uniqueness;
    all.add(span);
    if (row.sigmaBps !== null) ofSigma.add(span);
  }
  return ordered.slice(start);
}
