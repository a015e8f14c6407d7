// Charts: what GitHub's parser reads, whatever the names in them are.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Chart, xychart } from '../../src/supervision/xychart.ts';
import { mermaidFences, parseMermaid } from '../mermaid.ts';
import { HOSTILE_NAMES } from './report-world.ts';

function aChart(over: Partial<Chart> = {}): Chart {
  return {
    title: 'Results',
    labels: ['06-01', '06-08'],
    valueTitle: 'bps',
    series: [{ kind: 'line', name: 'net', values: [-12.5, 30] }],
    ...over,
  };
}

function fenceOf(chart: Chart): string {
  const [inside = ''] = mermaidFences(xychart(chart));
  return inside;
}

function lineOf(chart: Chart, start: string): string {
  return (
    fenceOf(chart)
      .split('\n')
      .find((line) => line.trim().startsWith(start))
      ?.trim() ?? ''
  );
}

describe('xychart', () => {
  it('is a fence with a configuration, titles, labels and values', () => {
    expect(xychart(aChart()).split('\n')).toEqual([
      '```mermaid',
      '---',
      'config:',
      '  xyChart:',
      '    width: 700',
      '    height: 360',
      '    titleFontSize: 16',
      '    xAxis:',
      '      labelFontSize: 13',
      '  themeVariables:',
      '    xyChart:',
      '      plotColorPalette: "#2f81f7, #d1242f"',
      '---',
      'xychart-beta',
      '  title "Results"',
      '  x-axis ["06-01", "06-08"]',
      '  y-axis "bps" -14.625 --> 32.125',
      '  line [-12.5, 30]',
      '```',
    ]);
  });

  it('is read by the parser with its configuration', async () => {
    const parsed = await parseMermaid(fenceOf(aChart({ labelTitle: 'week' })));

    expect(parsed.diagramType).toBe('xychart');
    expect(parsed.config).toMatchObject({ xyChart: { width: 700, height: 360 } });
  });

  it('is drawn by a parser that can say no', async () => {
    const broken = fenceOf(aChart()).replace('-12.5', 'NaN');

    await expect(parseMermaid(broken)).rejects.toThrow('Parse error');
  });

  it('lies down and grows with its bars, with a line across and a legend', async () => {
    const chart = aChart({
      horizontal: true,
      series: [
        { kind: 'bar', name: 'multiplier', values: [0.5, 1.1] },
        { kind: 'line', name: 'neutral', values: [1, 1] },
      ],
    });

    expect(fenceOf(chart)).toContain('xychart-beta horizontal\n');
    expect(fenceOf(chart)).toContain('height: 178\n');
    expect(lineOf(chart, 'bar')).toBe('bar "multiplier" [0.5, 1.1]');
    expect(lineOf(chart, 'line')).toBe('line "neutral" [1, 1]');
    await expect(parseMermaid(fenceOf(chart))).resolves.toBeDefined();
  });

  it.each(HOSTILE_NAMES)('keeps the name %j inside its quotes', async (name) => {
    const chart = aChart({ title: name, labelTitle: name, valueTitle: name, labels: [name, `${name}'`] });
    const text = fenceOf(chart);

    const parsed = await parseMermaid(text);

    expect(parsed.config).not.toHaveProperty('theme');
    expect(text.replace(/ --> .*$/m, '')).not.toMatch(/%%|[<>@`&]/);
    expect(text.match(/"/g)).toHaveLength(12);
  });

  it('shows that a name was cut', () => {
    expect(lineOf(aChart({ labels: ['breakout-do… mean 4 h', 'b'] }), 'x-axis')).toBe(
      'x-axis ["breakout-do… mean 4 h", "b"]',
    );
  });

  it('numbers labels that would look alike, so that each has its place', () => {
    const chart = aChart({
      labels: ['a|b', 'a`b', 'a_b', ''],
      series: [{ kind: 'bar', name: 'n', values: [1, 2, 3, 4] }],
    });

    expect(lineOf(chart, 'x-axis')).toBe('x-axis ["a_b", "a_b (2)", "a_b (3)", "_"]');
  });

  it('shows a flat series and always zero', () => {
    const of = (...values: number[]): string =>
      lineOf(aChart({ series: [{ kind: 'line', name: 'n', values }] }), 'y-axis');

    expect(of(0, 0)).toBe('y-axis "bps" 0 --> 1');
    expect(of(20, 40)).toBe('y-axis "bps" 0 --> 42');
    expect(of(-20, -40)).toBe('y-axis "bps" -42 --> 0');
  });

  it.each([
    ['no point', aChart({ labels: [], series: [{ kind: 'bar', name: 'n', values: [] }] })],
    ['a missing value', aChart({ series: [{ kind: 'bar', name: 'n', values: [1] }] })],
    ['no series', aChart({ series: [] })],
    ['NaN', aChart({ series: [{ kind: 'bar', name: 'n', values: [1, Number.NaN] }] })],
    ['infinity', aChart({ series: [{ kind: 'bar', name: 'n', values: [1, Number.NEGATIVE_INFINITY] }] })],
    [
      '41 points',
      aChart({
        labels: Array.from({ length: 41 }, (_, index) => `${index}`),
        series: [{ kind: 'bar', name: 'n', values: Array.from({ length: 41 }, () => 1) }],
      }),
    ],
  ])('refuses %s', (_case, chart) => {
    expect(() => xychart(chart)).toThrow();
  });

  it('is read by the parser for any finite numbers and any names', async () => {
    const value = fc.double({ min: -1e14, max: 1e14, noNaN: true });
    const points = fc.array(fc.tuple(fc.string({ unit: 'binary' }), value), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(points, fc.string({ unit: 'binary' }), async (pairs, title) => {
        const chart = aChart({
          title,
          labels: pairs.map(([label]) => label),
          series: [{ kind: 'bar', name: title, values: pairs.map(([, each]) => each) }],
        });
        expect((await parseMermaid(fenceOf(chart))).diagramType).toBe('xychart');
      }),
      { numRuns: 15 },
    );
  });
});
