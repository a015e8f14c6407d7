// What is looked at of a cell and measured of it: by time, by effective rows, never by the order of the input.

import fc from 'fast-check';
import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { measureCell } from '../../bench/one-cell.ts';
import { InvariantError } from '../../src/domain/assert.ts';
import { CvarCell } from '../../src/domain/cvar.ts';
import { randomFrom } from '../../src/domain/random.ts';
import { DAY_MS, HOUR_MS, isoFromMs } from '../../src/domain/time.ts';
import { validate } from '../../src/domain/validate.ts';
import { cellsOf, cellWindow } from '../../src/supervision/cell.ts';
import type { JudgedRow } from '../../src/supervision/judged-row.ts';
import { T0 } from '../builders.ts';
import { aJudgedRow, cvarRules, dailyRows } from './cell-rows.ts';

const rules = cvarRules();

function fatTailedRows(days: number, scale = 100): JudgedRow[] {
  const random = randomFrom(21, 'cell');
  return dailyRows(Array.from({ length: days }, () => Math.round(scale * random.fatTailed())));
}

describe('cellWindow', () => {
  it('takes the newest rows until they make enough effective ones, oldest first', () => {
    const rows = dailyRows(Array<number>(20).fill(1), { uniqueness: 0.5 });

    const window = cellWindow(rows, cvarRules({ max_n_eff: 4.75, min_blocks: 1 }));

    expect(window).toEqual(rows.slice(10));
  });

  it('takes nothing that ended longer before the newest row than the window', () => {
    const rows = [aJudgedRow(0), aJudgedRow(10), aJudgedRow(10 + 48)];

    expect(cellWindow(rows, cvarRules({ window: '2d' }))).toEqual(rows.slice(1));
  });

  it('is counted back from the newest exit of the class where that is given', () => {
    const rows = [aJudgedRow(0), aJudgedRow(10), aJudgedRow(58)];
    const two = cvarRules({ window: '2d' });

    expect(cellWindow(rows, two, T0 + 59 * HOUR_MS)).toEqual(rows.slice(2));
    expect(cellWindow(rows, two, T0 + 200 * HOUR_MS)).toEqual([]);
  });

  it('orders by exit, then by id', () => {
    const rows = [aJudgedRow(2), aJudgedRow(1, { eventId: 'b' }), aJudgedRow(1, { eventId: 'a' })];

    expect(cellWindow(rows, rules).map(({ eventId }) => eventId)).toEqual(['a', 'b', 'e00002']);
  });

  it('has no rows where there are none', () => {
    expect(cellWindow([], rules)).toEqual([]);
  });
});

describe('what is measured of a cell', () => {
  it('measures what can be checked by hand', () => {
    const rows = dailyRows(Array.from({ length: 40 }, (_, index) => 10 * (index - 10))).map((row, index) =>
      index === 39 ? { ...row, sigmaBps: null, uniqueness: 0.5 } : row,
    );

    const measured = measureCell(rows, rules);

    expect(measured).toMatchObject({
      n: 40,
      n_eff: 39.5,
      n_without_sigma: 1,
      n_blocks: 40,
      n_eff_sigma: 39,
      n_blocks_sigma: 39,
      window_from: isoFromMs(T0),
      window_to: isoFromMs(T0 + 39 * DAY_MS),
      cvar95_error_bps: 285,
      mean_error_bps: -95,
      hit_rate: 0.25,
      pnl_sum_bps: -3800,
    });
    // 39 losses of 2.8 sigma and less: the worst, and 0.95 of the next.
    expect(measured.cvar95_sigma).toBeCloseTo((2.8 + 0.95 * 2.7) / 1.95, 8);
    expect(measured.recent).toMatchObject({ n_eff: 39.5, from: isoFromMs(T0 - DAY_MS) });
  });

  it('is a valid part of the record, with few rows and many', () => {
    const judgement = {
      status: 'OK',
      threshold: null,
      breached: [],
      is_current: true,
      notes_cvar95_error_bps: null,
    };
    for (const rows of [dailyRows([1]), fatTailedRows(90)]) {
      const cell = validate(Type.Object(CvarCell.properties, { additionalProperties: false }), {
        ...measureCell(rows, rules),
        ...judgement,
      });

      expect(cell.ok).toBe(true);
    }
  });

  it('leaves rows without a sigma out of every figure in sigma, and of no other', () => {
    const rows = fatTailedRows(80).map((row) => ({ ...row, sigmaBps: null }));

    const measured = measureCell(rows, rules);

    expect(measured).toMatchObject({ n_without_sigma: 80, cvar95_sigma: null, ci90_sigma: null });
    expect(measured).toMatchObject({ n_eff_sigma: 0, n_blocks_sigma: 0, n_eff: 80, n_blocks: 80 });
    expect(measured.ci90).not.toBeNull();
    expect(measured.recent.cvar95_sigma).toBeNull();
  });

  it('counts the whole hours of a horizon as one span, and an instant before the hour with its hour', () => {
    const rows = [0, 1, 23].map((hour) => aJudgedRow(hour, { exitMs: T0 + (hour + 1) * HOUR_MS - 1 }));

    expect(measureCell(rows, rules).n_blocks).toBe(1);
    expect(measureCell([...rows, aJudgedRow(24)], rules).n_blocks).toBe(2);
  });

  it('gives the same bytes for rows in any order, of any agent', () => {
    const rows = fatTailedRows(70).flatMap((row) => [
      { ...row, agent: 'a', eventId: `${row.eventId}-a`, uniqueness: 0.7 },
      { ...row, agent: 'b', eventId: `${row.eventId}-b`, errorBps: row.errorBps + 7, uniqueness: 0.3 },
    ]);
    const expected = JSON.stringify(measureCell(rows, rules));
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
        expect(JSON.stringify(measureCell(shuffled, rules))).toBe(expected);
      }),
      { numRuns: 10 },
    );
    const renamed = rows.map((row) => ({ ...row, agent: row.agent === 'a' ? 'b' : 'a' }));
    expect(JSON.stringify(measureCell(renamed, rules))).toBe(expected);
  });

  it('scales in bps with the market, and not at all in sigma', () => {
    const rows = fatTailedRows(120);
    const wild = rows.map((row) => ({ ...row, errorBps: 8 * row.errorBps, sigmaBps: 800 }));

    const [calm, scaled] = [measureCell(rows, rules), measureCell(wild, rules)];

    expect(scaled.cvar95_sigma).toBe(calm.cvar95_sigma);
    expect(scaled.cvar95_error_bps).toBeCloseTo(8 * (calm.cvar95_error_bps ?? Number.NaN), 3);
    expect(scaled.se_cvar95_bps).toBeCloseTo(8 * (calm.se_cvar95_bps ?? Number.NaN), 2);
  });

  it('takes a number that is none as our own defect', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => measureCell([...dailyRows([1, 2]), aJudgedRow(99, { errorBps: bad })], rules)).toThrow(
        InvariantError,
      );
    }
  });
});

describe('the recent part of a cell', () => {
  const reenable = { cool_down: '7d', min_fresh_n_eff: 3, max_limit_ratio: 0.8 };
  const few = cvarRules({ reenable, min_blocks: 1 });

  it('is the newest rows that make enough effective ones, from their earliest entry', () => {
    const rows = dailyRows([900, 900, 10, 20, 30]).map((row, index) =>
      index === 3 ? { ...row, entryMs: T0 - 5 * DAY_MS } : row,
    );

    const { recent } = measureCell(rows, few);

    expect(recent).toEqual({
      n_eff: 3,
      n_blocks: 3,
      from: isoFromMs(T0 - 5 * DAY_MS),
      cvar95_error_bps: 30,
      se_cvar95_error_bps: 0,
      cvar95_sigma: 0.3,
      se_cvar95_sigma: 0,
    });
  });

  it('reaches back to enough spans, however many rows each holds', () => {
    const rows = Array.from({ length: 400 }, (_, index) =>
      aJudgedRow(index, { eventId: `e${index}`, uniqueness: 1 }),
    );
    const { recent } = measureCell(rows, cvarRules({ reenable, min_blocks: 5 }));

    expect(recent).toMatchObject({ n_blocks: 5, n_eff: 89 });
  });

  it('says how sure its figures are', () => {
    const rows = fatTailedRows(60);
    const { recent, ...all } = measureCell(rows, rules);
    const { recent: doubled } = measureCell(
      rows.map((row) => ({ ...row, sigmaBps: 200 })),
      rules,
    );

    expect(recent.se_cvar95_error_bps).toBe(all.se_cvar95_bps);
    expect(recent.se_cvar95_sigma).toBeCloseTo((all.se_cvar95_bps ?? Number.NaN) / 100, 6);
    expect(doubled.se_cvar95_sigma).toBeCloseTo((all.se_cvar95_bps ?? Number.NaN) / 200, 6);
  });

  it('gives no figure in sigma where more than a tenth of its rows have none', () => {
    const twenty = cvarRules({ reenable: { ...reenable, min_fresh_n_eff: 20 }, min_blocks: 1 });
    const blank = (count: number) =>
      dailyRows(Array.from({ length: 20 }, (_, day) => day)).map((row, day) =>
        day % 7 === 3 && day < 7 * count ? { ...row, sigmaBps: null } : row,
      );

    expect(measureCell(blank(2), twenty).recent.cvar95_sigma).toBe(0.19);
    const { recent } = measureCell(blank(3), twenty);
    expect(recent).toMatchObject({ cvar95_sigma: null, se_cvar95_sigma: null, n_eff: 20 });
    expect(recent.cvar95_error_bps).not.toBeNull();
  });
});

describe('cellsOf', () => {
  const rows = [
    aJudgedRow(3, { strategyClass: 'macro', regime: 'TREND' }),
    aJudgedRow(1, { strategyClass: 'macro', regime: 'TREND' }),
    aJudgedRow(2, { strategyClass: 'macro', regime: 'RANGE' }),
    aJudgedRow(4, { strategyClass: 'arb', regime: 'constructor' }),
  ];

  it('groups by class and regime, in the order of their names, rows in the order of their exits', () => {
    const cells = cellsOf(rows, rules);

    expect([...cells.keys()]).toEqual(['arb', 'macro']);
    expect([...(cells.get('macro')?.keys() ?? [])]).toEqual(['RANGE', 'TREND']);
    expect(cells.get('macro')?.get('TREND')?.rows).toEqual([rows[1], rows[0]]);
    expect(cells.get('arb')?.get('constructor')?.measurements.n).toBe(1);
  });

  it('keeps rows that are too old to be looked at, and measures those that are looked at', () => {
    const old = aJudgedRow(-24 * 400);

    const cell = cellsOf([...rows, old], rules)
      .get('macro')
      ?.get('TREND');

    expect(cell?.rows).toHaveLength(3);
    expect(cell?.window).toEqual([rows[1], rows[0]]);
    expect(cell?.measurements).toEqual(measureCell([...rows.slice(0, 2), old], rules));
  });

  it('counts the window of every cell of a class back from the newest exit of the class', () => {
    const old = [aJudgedRow(-24 * 170, { regime: 'OLD' }), aJudgedRow(-24 * 179, { regime: 'OLD' })];
    const measured = (newest: readonly JudgedRow[]) => cellsOf([...old, ...newest], rules).get('macro');

    expect(measured([aJudgedRow(24)])?.get('OLD')?.window).toEqual([old[1], old[0]]);
    expect(measured([aJudgedRow(5 * 24)])?.get('OLD')?.window).toEqual([old[0]]);
    expect([...(measured([aJudgedRow(11 * 24)])?.keys() ?? [])]).toEqual(['TREND']);
    expect(measured([aJudgedRow(99 * 24, { strategyClass: 'other' })])?.get('OLD')?.window).toHaveLength(2);
  });

  it('never lets a cell of one class change the numbers of another', () => {
    const before = cellsOf(rows, rules).get('macro')?.get('TREND')?.measurements;

    const crowd = Array.from({ length: 300 }, (_, hour) => aJudgedRow(hour, { strategyClass: 'other' }));
    const after = cellsOf([...crowd, ...rows], rules)
      .get('macro')
      ?.get('TREND')?.measurements;

    expect(after).toEqual(before);
  });
});
