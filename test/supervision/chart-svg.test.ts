// The charts of mails and of the report's page: what they draw, what they leave out, and that no name is markup in them.

import { describe, expect, it } from 'vitest';
import type { ClassDay } from '../../src/domain/supervisor.ts';
import { DAY_MS, dayOf } from '../../src/domain/time.ts';
import { cvarChartSvg, errorChartSvg, resultChartSvg } from '../../src/supervision/chart-svg.ts';
import { limitRatio } from '../../src/supervision/limit-ratio.ts';
import { T0 } from '../builders.ts';
import { aCell } from '../domain/record-builders.ts';

function days(...sigmas: (number | null)[]): ClassDay[] {
  return sigmas.map((sigma, index) => ({
    day: dayOf(T0 + index * DAY_MS),
    n: 3,
    pnl_bps: 1,
    net_pnl_bps: 1,
    mean_abs_error_sigma: sigma,
  }));
}

function count(svg: string | null, part: string): number {
  return (svg ?? '').split(part).length - 1;
}

describe('errorChartSvg', () => {
  it('draws a dot per known day and no line across days that nobody measured', () => {
    const svg = errorChartSvg('macro', days(1, 1.2, null, 0.9, 1.1), null);

    expect(count(svg, '<circle')).toBe(4);
    expect(count(svg, '<polyline')).toBe(2);
    expect(svg).toContain('2021-03-01');
    expect(svg).toContain('2021-03-05');
  });

  it('draws nothing of less than two known days', () => {
    expect(errorChartSvg('macro', days(), null)).toBeNull();
    expect(errorChartSvg('macro', days(1, null), null)).toBeNull();
    expect(errorChartSvg('macro', days(null, null), null)).toBeNull();
  });

  it('shows sixty days', () => {
    expect(count(errorChartSvg('macro', days(...Array<number>(100).fill(1)), null), '<circle')).toBe(60);
  });

  it('marks the beginning of the alert where it lies within the days', () => {
    expect(errorChartSvg('macro', days(1, 1, 1), T0 + DAY_MS)).toContain('alert since');
    expect(errorChartSvg('macro', days(1, 1, 1), T0 - DAY_MS)).not.toContain('alert since');
  });

  it('takes no name for markup', () => {
    expect(errorChartSvg('<b>&"', days(1, 1), null)).toContain('&lt;b&gt;&amp;&quot;');
  });
});

describe('resultChartSvg', () => {
  function results(...netBps: number[]): ClassDay[] {
    return days(...netBps.map(() => 1)).map((day, index) => ({ ...day, net_pnl_bps: netBps[index] ?? 0 }));
  }

  function levels(svg: string | null): string[] {
    const found = [...(svg ?? '').matchAll(/text-anchor="end"[^>]*>(-?[\d,.]+)</g)].map(
      (match) => match[1] ?? '',
    );
    return found.toSorted();
  }

  it('draws the running sum between levels that hold all of it, zero among them', () => {
    const svg = resultChartSvg('macro', results(100, -350, 50));

    expect(svg).toContain('points="64.0,52.0 224.0,');
    expect(levels(svg)).toEqual(['-400', '0', '100']);
    expect(svg).toContain('2021-03-01');
    expect(svg).toContain('2021-03-03');
  });

  it.each([
    ['gains only', results(10, 10), ['0', '20']],
    ['losses only', results(-10, -10), ['-20', '0']],
    ['nothing at all', results(0, 0), ['0', '1']],
    ['a level that would be written over zero', results(-1, 1000), ['0', '1,000']],
  ])('draws %s', (_case, of, expected) => {
    const svg = resultChartSvg('macro', of);

    expect(levels(svg)).toEqual(expected);
    expect(svg).not.toMatch(/NaN|Infinity/);
  });

  it('draws nothing of less than two periods', () => {
    expect(resultChartSvg('macro', results())).toBeNull();
    expect(resultChartSvg('macro', results(5))).toBeNull();
  });

  it('says what it is to whom cannot see it, and takes no name for markup', () => {
    expect(resultChartSvg('<b>', results(1, 1))).toContain(
      '<title>&lt;b&gt;</title><desc>Line: running sum of the results after costs, in bps.</desc>',
    );
  });
});

describe('cvarChartSvg', () => {
  it('draws the current regime first, then those nearest to their limit', () => {
    const svg = cvarChartSvg('macro', {
      A: aCell({ is_current: false, cvar95_sigma: 2 }),
      B: aCell({ is_current: false, cvar95_sigma: 3 }),
      C: aCell({ is_current: true, cvar95_sigma: 1 }),
    });

    const places = ['>C ●<', '>B<', '>A<'].map((label) => (svg ?? '').indexOf(label));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(svg).toContain('1 of 4 sigma');
  });

  it('leaves out what has no limit or no CVaR, and draws nothing of nothing', () => {
    const known = aCell();
    const unlimited = aCell({ threshold: null });
    const unknown = aCell({ cvar95_sigma: null });

    expect(count(cvarChartSvg('macro', { A: known, B: unlimited, C: unknown }), 'height="16"')).toBe(1);
    expect(cvarChartSvg('macro', { B: unlimited, C: unknown })).toBeNull();
  });

  it('keeps all bars within the chart, however far a tail or a bound is out', () => {
    const svg = cvarChartSvg('macro', {
      A: aCell({ cvar95_sigma: 4000, ci90_sigma: [-3, 1e6] }),
      B: aCell({ cvar95_sigma: -2, ci90_sigma: null }),
    });

    const xs = [...(svg ?? '').matchAll(/ x[12]?="(-?[\d.]+)"/g)].map((match) => Number(match[1]));
    expect(Math.min(...xs)).toBeGreaterThanOrEqual(16);
    expect(Math.max(...xs)).toBeLessThanOrEqual(384);
    expect(svg).not.toMatch(/NaN|Infinity|width="-/);
  });
});

describe('limitRatio', () => {
  it('is that of the limit that is nearer', () => {
    const threshold = { max_cvar_error_bps: 2000, max_cvar_sigma: 10, source: 'class' } as const;

    expect(limitRatio(aCell({ threshold, cvar95_sigma: 5, cvar95_error_bps: 2500 }))).toMatchObject({
      unit: 'bps',
      value: 1.25,
      words: '2,500 of 2,000 bps',
    });
    expect(limitRatio(aCell({ threshold, cvar95_sigma: 5, cvar95_error_bps: 100 }))?.unit).toBe('sigma');
  });

  it('is unknown without an interval bound, a CVaR or a limit, never 0', () => {
    expect(limitRatio(aCell({ ci90_sigma: null }))).toMatchObject({ low: null, high: null });
    expect(limitRatio(aCell({ cvar95_sigma: null }))).toBeNull();
    expect(limitRatio(aCell({ threshold: null }))).toBeNull();
  });
});
