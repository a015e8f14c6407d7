// Periods of a chart: nothing is lost when days are put together.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClassDay } from '../../src/domain/supervisor.ts';
import { DAY_MS, dayOf } from '../../src/domain/time.ts';
import { periodsOf } from '../../src/supervision/report-periods.ts';

function aDay(day: string, over: Partial<ClassDay> = {}): ClassDay {
  return { day, n: 1, pnl_bps: 10, net_pnl_bps: 8, mean_abs_error_sigma: 1, ...over };
}

describe('periodsOf', () => {
  it('keeps days where they are few, quiet ones included', () => {
    const { lengthDays, periods } = periodsOf([aDay('2026-06-01'), aDay('2026-06-03', { net_pnl_bps: -3 })]);

    expect(lengthDays).toBe(1);
    expect(periods.map((each) => [each.from, each.n, each.cumulativeNetPnlBps])).toEqual([
      ['2026-06-01', 1, 8],
      ['2026-06-02', 0, 8],
      ['2026-06-03', 1, 5],
    ]);
    expect(periods[1]?.meanAbsErrorSigma).toBeNull();
  });

  it('puts more than 40 days together to weeks from Monday', () => {
    const { lengthDays, periods } = periodsOf([aDay('2026-06-03'), aDay('2026-06-07'), aDay('2026-07-13')]);

    expect(lengthDays).toBe(7);
    expect(periods.map((each) => each.from).slice(0, 2)).toEqual(['2026-06-01', '2026-06-08']);
    expect(periods[0]?.n).toBe(2);
    expect(periods.at(-1)?.from).toBe('2026-07-13');
  });

  it('weights the mean error by rows and leaves out days that do not know it', () => {
    const { periods } = periodsOf([
      aDay('2026-06-01', { n: 1, mean_abs_error_sigma: 4 }),
      aDay('2026-06-02', { n: 3, mean_abs_error_sigma: 1 }),
      aDay('2026-06-03', { n: 9, mean_abs_error_sigma: null }),
      aDay('2026-08-03'),
    ]);

    expect(periods[0]?.meanAbsErrorSigma).toBe(1.75);
  });

  it('is empty where there are no days', () => {
    expect(periodsOf([])).toEqual({ lengthDays: 1, periods: [] });
  });

  it('has at most 40 periods without a gap, and every row and point in one of them', () => {
    const offsets = fc.uniqueArray(fc.nat(4000), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(offsets, (numbers) => {
        const days = numbers
          .sort((a, b) => a - b)
          .map((number, index) =>
            aDay(dayOf((18_000 + number) * DAY_MS), { n: index, net_pnl_bps: index - 50 }),
          );
        const { lengthDays, periods } = periodsOf(days);
        const starts = periods.map((each) => Date.parse(each.from) / DAY_MS);

        expect(periods.length).toBeLessThanOrEqual(40);
        expect(starts.every((start, index) => start === (starts[0] ?? 0) + index * lengthDays)).toBe(true);
        expect(periods.reduce((sum, each) => sum + each.n, 0)).toBe(
          days.reduce((sum, each) => sum + each.n, 0),
        );
        expect(periods.at(-1)?.cumulativeNetPnlBps).toBe(
          days.reduce((sum, each) => sum + each.net_pnl_bps, 0),
        );
      }),
    );
  });
});
