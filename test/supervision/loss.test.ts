// Losses in both units, and a tail that adds up to its CVaR.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cvarOf } from '../../src/supervision/cvar.ts';
import { lossesOf, lossOf, tailOf } from '../../src/supervision/loss.ts';
import { aJudgedRow, dailyRows } from './cell-rows.ts';

describe('lossOf', () => {
  it('is what the model promised and the market did not give', () => {
    const row = aJudgedRow(0, { errorBps: -250, sigmaBps: 100 });

    expect(lossOf(row, 'bps')).toBe(250);
    expect(lossOf(row, 'sigma')).toBe(2.5);
  });

  it('is unknown in sigma without one, never 0', () => {
    const rows = [aJudgedRow(0, { sigmaBps: null }), aJudgedRow(1)];

    expect(lossOf(aJudgedRow(0, { sigmaBps: null }), 'sigma')).toBeNull();
    expect([...lossesOf(rows, 'sigma')]).toEqual([1]);
    expect([...lossesOf(rows, 'bps')]).toEqual([100, 100]);
  });
});

describe('tailOf', () => {
  it('names the worst rows first, the last with the part of it that counts', () => {
    const rows = dailyRows(Array.from({ length: 30 }, (_, index) => index + 1));

    const tail = tailOf(rows, 'bps');

    expect(tail.map(({ loss }) => loss)).toEqual([30, 29]);
    expect(tail.map(({ weight }) => weight)).toEqual([1, 0.5]);
    expect(tail[0]?.row.eventId).toBe('e00696');
  });

  it('has no row with a weight of nothing', () => {
    expect(tailOf(dailyRows(Array<number>(60).fill(1)), 'bps').map(({ weight }) => weight)).toEqual([
      1, 1, 1,
    ]);
    expect(tailOf([], 'bps')).toEqual([]);
  });

  it('takes the earlier of equal losses, whatever the order of the rows', () => {
    const rows = [aJudgedRow(2), aJudgedRow(1, { eventId: 'b' }), aJudgedRow(1, { eventId: 'a' })];

    expect(tailOf(rows, 'bps')[0]?.row.eventId).toBe('a');
    expect(tailOf([...rows].reverse(), 'bps')).toEqual(tailOf(rows, 'bps'));
  });

  it('adds up to the CVaR in either unit', () => {
    const lossAndSigma = fc.tuple(
      fc.integer({ min: -500, max: 500 }),
      fc.option(fc.integer({ min: 1, max: 300 })),
    );
    fc.assert(
      fc.property(fc.array(lossAndSigma, { minLength: 1, maxLength: 150 }), (pairs) => {
        const rows = pairs.map(([loss, sigmaBps], day) =>
          aJudgedRow(24 * day, { errorBps: -loss, sigmaBps }),
        );
        for (const unit of ['bps', 'sigma'] as const) {
          const tail = tailOf(rows, unit);
          const size = tail.reduce((sum, { weight }) => sum + weight, 0);
          const total = tail.reduce((sum, { loss, weight }) => sum + loss * weight, 0);
          const cvar = cvarOf(lossesOf(rows, unit));

          if (cvar === null) expect(tail).toEqual([]);
          else expect(total / size).toBeCloseTo(cvar, 9);
        }
      }),
    );
  });
});
