// Which cell statistics are recorded: a line per cell and day with news, so that other limits can be replayed months later.

import { type CellLineDraft, type CellStatistics, cellId } from '../domain/cvar.ts';
import { roundBps } from '../domain/rounding.ts';
import { msFromIso } from '../domain/time.ts';
import { significant } from './digits.ts';
import type { JudgedCell, JudgedCells } from './judged-cells.ts';
import { effectiveRows } from './uniqueness.ts';

export interface LineFacts {
  readonly horizonHours: number;
  readonly configHash: string;
  readonly codeVersion: string;
  /** Classes about which something was decided now: their lines are written whatever the day. */
  readonly decidedClasses: ReadonlySet<string>;
}

/** Returns the newest recorded line of each cell at one horizon, by {@link cellName}. */
export function newestLines(
  lines: readonly CellStatistics[],
  horizonHours: number,
): Map<string, CellStatistics> {
  const newest = new Map<string, CellStatistics>();
  for (const line of lines) {
    if (line.horizon_hours !== horizonHours) continue;
    const key = cellName(line.strategy_class, line.regime);
    const known = newest.get(key);
    if (known === undefined || line.as_of > known.as_of) newest.set(key, line);
  }
  return newest;
}

export function cellName(strategyClass: string, regime: string): string {
  return JSON.stringify([strategyClass, regime]);
}

/**
 * Returns the lines that are due, in the order of their cells: of each cell that has rows the newest line does not know, at
 * most one per UTC day, since a run every half hour would write as many. What is `fresh` counts from the newest line on; a
 * row that came late, with an exit before it, is in the statistics and in no `fresh` sum. A verdict that follows from late rows
 * or from another kill list alone comes at an instant that may have its line already: then there is no second one, and a
 * what-if does not know the figures of that verdict.
 */
export function dueLines(
  cells: JudgedCells,
  newest: ReadonlyMap<string, CellStatistics>,
  facts: LineFacts,
): CellLineDraft[] {
  const due: CellLineDraft[] = [];
  for (const [strategyClass, regimes] of cells.byClass) {
    for (const [regime, judged] of regimes) {
      const last = newest.get(cellName(strategyClass, regime)) ?? null;
      if (!isDue(judged, last, facts.decidedClasses.has(strategyClass))) continue;
      due.push(lineOf(strategyClass, regime, judged, last, facts));
    }
  }
  return due;
}

function isDue({ newestExit }: JudgedCell, last: CellStatistics | null, isDecided: boolean): boolean {
  if (last === null) return true;
  if (newestExit <= last.as_of) return false;
  return isDecided || newestExit.slice(0, 10) > last.as_of.slice(0, 10);
}

function lineOf(
  strategyClass: string,
  regime: string,
  { cell, rows, newestExit }: JudgedCell,
  last: CellStatistics | null,
  facts: LineFacts,
): CellLineDraft {
  const {
    status: _,
    threshold: _limits,
    breached: _which,
    notes_cvar95_error_bps: _notes,
    ...measured
  } = cell;
  const lastMs = last === null ? Number.NEGATIVE_INFINITY : msFromIso(last.as_of);
  const fresh = rows.filter(({ exitMs }) => exitMs > lastMs);
  const place = {
    as_of: newestExit,
    strategy_class: strategyClass,
    regime,
    horizon_hours: facts.horizonHours,
  };
  return {
    v: 1,
    cell_id: cellId(place),
    ...place,
    ...measured,
    fresh_n: fresh.length,
    fresh_n_eff: significant(effectiveRows(fresh)),
    fresh_pnl_bps: roundBps(fresh.reduce((sum, { realizedBps }) => sum + realizedBps, 0)),
    fresh_net_pnl_bps: roundBps(fresh.reduce((sum, { netBps }) => sum + netBps, 0)),
    config_hash: facts.configHash,
    code_version: facts.codeVersion,
  };
}
