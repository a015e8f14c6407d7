// How far back rows are taken: enough effective ones, out of enough spans, however many signals a day brings.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/domain/time.ts';
import type { JudgedRow } from '../../src/supervision/judged-row.ts';
import { newestRows } from '../../src/supervision/newest-rows.ts';
import { T0 } from '../builders.ts';
import { aJudgedRow, cvarRules } from './cell-rows.ts';

const rules = cvarRules({ min_blocks: 4 });

/** `perDay` rows on each of `days` days, oldest first; on the days named in `blank` without a sigma. */
function busyRows(days: number, perDay: number, blank: (day: number) => boolean = () => false): JudgedRow[] {
  return Array.from({ length: days * perDay }, (_, index) => {
    const day = Math.floor(index / perDay);
    return aJudgedRow(24 * day, {
      eventId: `e${String(index).padStart(5, '0')}`,
      ...(blank(day) ? { sigmaBps: null } : {}),
    });
  });
}

function spansOf(rows: readonly JudgedRow[]): number {
  return new Set(rows.map(({ exitMs }) => Math.floor(exitMs / (24 * HOUR_MS)))).size;
}

describe('newestRows', () => {
  it('goes on beyond enough effective rows until they come from enough spans', () => {
    const rows = busyRows(10, 30);

    expect(newestRows(rows, 40, rules)).toEqual(rows.slice(-91));
    expect(newestRows(rows, 100, rules)).toEqual(rows.slice(-100));
  });

  it('goes on beyond enough spans until there are enough effective rows', () => {
    const rows = busyRows(30, 1);

    expect(newestRows(rows, 12, rules)).toEqual(rows.slice(-12));
  });

  it('takes all where there are not enough', () => {
    const rows = busyRows(3, 5);

    expect(newestRows(rows, 2, rules)).toEqual(rows);
    expect(newestRows([], 2, rules)).toEqual([]);
  });

  it('waits for enough spans of rows with a sigma, within twice as many', () => {
    const oneBlank = busyRows(20, 10, (day) => day === 18);
    const manyBlank = busyRows(20, 10, (day) => day > 3);

    expect(spansOf(newestRows(oneBlank, 20, rules))).toBe(5);
    expect(spansOf(newestRows(manyBlank, 20, rules))).toBe(8);
  });

  it('counts spans of the calendar of one horizon, before 1970 too', () => {
    const rows = [-49, -25, -1, 0, 23, 24].map((hour) => aJudgedRow(hour, { exitMs: hour * HOUR_MS }));

    expect(newestRows(rows, 1, rules)).toEqual(rows.slice(1));
  });

  it('never takes a row more than it needs', () => {
    const drawn = fc.array(
      fc.record({ hours: fc.nat({ max: 30 }), share: fc.double({ min: 0.05, max: 1, noNaN: true }) }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(drawn, fc.double({ min: 1, max: 20, noNaN: true }), (steps, nEffMin) => {
        let exitMs = T0;
        const rows = steps.map(({ hours, share }) => {
          exitMs += hours * HOUR_MS;
          return aJudgedRow(0, { exitMs, uniqueness: share });
        });
        const taken = newestRows(rows, nEffMin, rules);
        const isEnough = (some: readonly JudgedRow[]) =>
          [...some].reverse().reduce((sum, { uniqueness }) => sum + uniqueness, 0) >= nEffMin &&
          spansOf(some) >= 4;

        expect(taken).toEqual(rows.slice(rows.length - taken.length));
        if (taken.length < rows.length) expect(isEnough(taken)).toBe(true);
        if (taken.length > 0) expect(isEnough(taken.slice(1))).toBe(false);
      }),
    );
  });
});
