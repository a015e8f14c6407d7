// Which cell statistics are recorded: a line per cell and day with news, at once where something was decided, nothing else.

import { describe, expect, it } from 'vitest';
import { recordDigest } from '../../src/domain/canonical.ts';
import { type CellLineDraft, CellStatistics, cellId } from '../../src/domain/cvar.ts';
import { DAY_MS, isoFromMs } from '../../src/domain/time.ts';
import { validate } from '../../src/domain/validate.ts';
import { cellName, dueLines, type LineFacts, newestLines } from '../../src/supervision/cell-lines.ts';
import type { JudgedCell, JudgedCells } from '../../src/supervision/judged-cells.ts';
import type { JudgedRow } from '../../src/supervision/judged-row.ts';
import { T0 } from '../builders.ts';
import { aCell, aCellLine, SHA } from '../domain/record-builders.ts';
import { aJudgedRow } from './cell-rows.ts';

const FACTS: LineFacts = {
  horizonHours: 24,
  configHash: SHA,
  codeVersion: '0.1.0',
  decidedClasses: new Set(),
};

/** Newest exit of the class: it makes no line of a cell due. */
const NOW = T0 + 90 * DAY_MS;

function newestExit(rows: readonly JudgedRow[]): string {
  return isoFromMs(rows.at(-1)?.exitMs ?? 0);
}

/** Cells of the class `macro`, by regime. */
function cellsWith(regimes: Readonly<Record<string, readonly JudgedRow[]>>): JudgedCells {
  const judged = Object.entries(regimes).map(([regime, rows]): [string, JudgedCell] => [
    regime,
    { cell: aCell(), rows, window: rows, modelIds: [], newestExit: newestExit(rows), asOf: isoFromMs(NOW) },
  ]);
  return { byClass: new Map([['macro', new Map(judged)]]), regimes: new Map() };
}

function lineAt(hour: number, over: Partial<CellStatistics> = {}): CellStatistics {
  return aCellLine({ as_of: isoFromMs(T0 + hour * 3_600_000), ...over });
}

function due(rows: readonly JudgedRow[], known: readonly CellStatistics[], facts = FACTS): CellLineDraft[] {
  return dueLines(cellsWith({ TREND: rows }), newestLines(known, facts.horizonHours), facts);
}

describe('a line', () => {
  it.each([
    ['is due for a cell that has none', 30, null, 1],
    ['is due on a later day', 48, 30, 1],
    ['is not due again on the day of the last one', 47, 30, 0],
    ['is not due without a newer row', 30, 30, 0],
    ['is not due where only older rows came', 29, 30, 0],
  ])('%s', (_case, hour, lastHour, count) => {
    expect(due([aJudgedRow(hour)], lastHour === null ? [] : [lineAt(lastHour)])).toHaveLength(count);
  });

  it('is due at once where something was decided about the class, and has news', () => {
    const decided = { ...FACTS, decidedClasses: new Set(['macro']) };

    expect(due([aJudgedRow(47)], [lineAt(30)], decided)).toHaveLength(1);
    expect(due([aJudgedRow(30)], [lineAt(30)], decided)).toEqual([]);
  });

  it('is a valid record under the id of its place, without any judgement', () => {
    const [line] = due([aJudgedRow(30)], []);

    expect(validate(CellStatistics, { ...line, content_sha256: recordDigest({ ...line }) }).ok).toBe(true);
    expect(line?.cell_id).toBe(
      cellId({ as_of: line?.as_of ?? '', strategy_class: 'macro', regime: 'TREND', horizon_hours: 24 }),
    );
    expect(Object.keys(line ?? {})).not.toContain('status');
  });

  it('counts as fresh what ended after the last line, and all where there is none', () => {
    const rows = [20, 30, 40, 54].map((hour, index) =>
      aJudgedRow(hour, { realizedBps: 10 ** index, netBps: -(10 ** index), uniqueness: 0.25 }),
    );

    expect(due(rows, [lineAt(30)])[0]).toMatchObject({
      fresh_n: 2,
      fresh_n_eff: 0.5,
      fresh_pnl_bps: 1100,
      fresh_net_pnl_bps: -1100,
    });
    expect(due(rows, [])[0]).toMatchObject({ fresh_n: 4, fresh_n_eff: 1, fresh_pnl_bps: 1111 });
  });

  it('of another horizon is no line of this one', () => {
    expect(due([aJudgedRow(30)], [lineAt(30, { horizon_hours: 4 })])[0]).toMatchObject({ fresh_n: 1 });
  });

  it('is due for one cell, whatever the other cells of the class need', () => {
    const cells = cellsWith({ RANGE: [aJudgedRow(30)], TREND: [aJudgedRow(54)] });
    const known = newestLines([lineAt(30, { regime: 'RANGE' }), lineAt(30)], 24);

    expect(dueLines(cells, known, FACTS).map(({ regime }) => regime)).toEqual(['TREND']);
  });
});

describe('newestLines', () => {
  it('finds the newest line of each cell, whatever their order', () => {
    const lines = [lineAt(30), lineAt(90), lineAt(60), lineAt(10, { regime: 'RANGE' })];

    const newest = newestLines(lines, 24);
    expect([...newest.keys()]).toEqual([cellName('macro', 'TREND'), cellName('macro', 'RANGE')]);
    expect(newest.get(cellName('macro', 'TREND'))?.as_of).toBe(isoFromMs(T0 + 90 * (DAY_MS / 24)));
  });

  it('tells cells apart whose names look alike when they are joined', () => {
    expect(cellName('a b', 'c')).not.toBe(cellName('a', 'b c'));
    expect(cellName('a","b', 'c')).not.toBe(cellName('a', 'b","c'));
  });
});
