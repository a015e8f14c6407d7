// The cells of a class as one body: which of them exist, and as of when they are judged.

import { describe, expect, it } from 'vitest';
import { isoFromMs } from '../../src/domain/time.ts';
import { newHistory } from '../../src/supervision/history.ts';
import { judgedCells } from '../../src/supervision/judged-cells.ts';
import type { JudgedRow } from '../../src/supervision/judged-row.ts';
import { T0 } from '../builders.ts';
import { aJudgedRow, cvarRules, dailyRows } from './cell-rows.ts';

const rules = cvarRules();
const DAY_HOURS = 24;

/** Cells of the class `macro`, whose newest signals, waiting for a price, are of the regime `TREND`. */
function cellsOf(rows: readonly JudgedRow[]) {
  const history = { ...newHistory(), rows: [...rows] };
  history.newestEvents.set('macro', [{ event_id: 'e', ts: isoFromMs(T0), regime: 'TREND' }]);
  const killList = { macro: { status: 'ENABLED' as const, max_cvar_sigma: 4 } };
  return judgedCells(history, [], { killList, agents: {} }, rules).byClass.get('macro');
}

function rangeRows(fromDay: number, days: number): JudgedRow[] {
  return Array.from({ length: days }, (_, day) =>
    aJudgedRow(DAY_HOURS * (fromDay + day), { regime: 'RANGE', eventId: `r${String(day).padStart(5, '0')}` }),
  );
}

describe('judgedCells', () => {
  const losing = dailyRows(Array<number>(100).fill(900));

  it('stops a class for its newest rows in the current regime', () => {
    expect(cellsOf(losing)?.get('TREND')?.cell.status).toBe('KILL');
  });

  it('has no cell, and so no reason to stop, where its rows are older than the window of the class', () => {
    const cells = cellsOf([...losing, ...rangeRows(700, 60)]);

    expect([...(cells?.keys() ?? [])]).toEqual(['RANGE']);
    expect(cells?.get('RANGE')?.cell.is_current).toBe(false);
  });

  it('has too little to judge where most of its rows are', () => {
    const cells = cellsOf([...losing, ...rangeRows(220, 10)]);

    expect(cells?.get('TREND')?.cell).toMatchObject({ status: 'INSUFFICIENT', n: 51 });
  });

  it('is as of the newest exit of the class, which its windows are counted from', () => {
    const trend = cellsOf([...losing, ...rangeRows(120, 5)])?.get('TREND');

    expect(trend?.asOf).toBe(isoFromMs(T0 + 124 * 24 * 3_600_000));
    expect(trend?.newestExit).toBe(isoFromMs(T0 + 99 * 24 * 3_600_000));
    expect(trend?.cell.window_to).toBe(trend?.newestExit);
  });
});
