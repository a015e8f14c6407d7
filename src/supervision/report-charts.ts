// The charts of the meta report, each with its table: results and errors of classes, multipliers, tails against their limits.

import type { CvarCell } from '../domain/cvar.ts';
import type { ClassDay, MetaReport, StrategyReport } from '../domain/supervisor.ts';
import { limitRatio } from './limit-ratio.ts';
import { mdDetails, mdName, mdTable } from './markdown.ts';
import { cut } from './outside-text.ts';
import { classesByUrgency, sortedEntries } from './report-attention.ts';
import { type ReportTable, reportTable, tableMarkdown } from './report-cells.ts';
import { bpsText, countText, fixed, nEffText, sigmaText, UNKNOWN } from './report-numbers.ts';
import { type Periods, periodsOf } from './report-periods.ts';
import { CHART_POINTS_MAX, type Series, WIDE_LABELS_MAX, xychart } from './xychart.ts';

/** More classes than this are in the tables only. */
const CLASSES_SHOWN_MAX = 6;

const NAME_IN_TITLE_MAX = 40;

/** Returns the section of charts, or `null` where there is nothing to draw. */
export function chartsSection(report: MetaReport): string | null {
  const parts = [ratioChart(report), multiplierChart(report), ...classCharts(report)];
  const shown = parts.filter((part) => part !== null);
  return shown.length === 0 ? null : ['## Charts', ...shown].join('\n\n');
}

interface Ratio {
  readonly strategyClass: string;
  readonly regime: string;
  readonly cell: CvarCell;
  readonly ratio: number;
}

function ratioChart(report: MetaReport): string | null {
  const all = sortedEntries(report.strategies).flatMap(([strategyClass, { cells }]) =>
    sortedEntries(cells).flatMap(([regime, cell]): Ratio[] => {
      const ratio = limitRatio(cell);
      return ratio === null ? [] : [{ strategyClass, regime, cell, ratio: ratio.value }];
    }),
  );
  const shown = [...all].sort((a, b) => b.ratio - a.ratio).slice(0, CHART_POINTS_MAX);
  if (shown.length === 0) return null;
  const chart = xychart({
    title: 'CVaR 95 over its limit, beyond 1 is a breach of the estimate',
    labels: shown.map((each) => `${cut(each.strategyClass, 15)} ${cut(each.regime, 12)}`),
    valueTitle: 'CVaR / limit',
    series: [
      { kind: 'bar', name: 'CVaR / limit', values: shown.map((each) => each.ratio) },
      { kind: 'line', name: 'limit', values: shown.map(() => 1) },
    ],
    horizontal: true,
  });
  const table = mdTable(
    ['class', 'regime', 'CVaR / limit', 'CVaR 95, sigma', 'CVaR 95, bps', 'n_eff', 'status'],
    shown.map(({ strategyClass, regime, cell, ratio }) => [
      mdName(strategyClass),
      mdName(regime),
      fixed(ratio, 2),
      sigmaText(cell.cvar95_sigma),
      bpsText(cell.cvar95_error_bps),
      nEffText(cell.n_eff),
      cell.status,
    ]),
    ['left', 'left', 'right', 'right', 'right', 'right', 'left'],
  );
  return [
    '### Tail against its limit',
    chart,
    mdDetails(titleOf(shown.length, all.length, 'highest first'), table),
  ].join('\n\n');
}

function multiplierChart(report: MetaReport): string | null {
  const all = sortedEntries(report.agents);
  const shown = [...all].sort(([, a], [, b]) => a.multiplier - b.multiplier).slice(0, CHART_POINTS_MAX);
  if (shown.length === 0) return null;
  const chart = xychart({
    title: 'Confidence multiplier by agent, 1 is neutral',
    labels: shown.map(([name]) => name),
    valueTitle: 'multiplier',
    series: [
      { kind: 'bar', name: 'multiplier', values: shown.map(([, agent]) => agent.multiplier) },
      { kind: 'line', name: 'neutral', values: shown.map(() => 1) },
    ],
    horizontal: true,
  });
  const table = mdTable(
    ['agent', 'multiplier', 'n', 'n_eff'],
    shown.map(([name, { multiplier, confidence }]) => [
      mdName(name),
      fixed(multiplier, 3),
      countText(confidence.n),
      nEffText(confidence.n_eff),
    ]),
    ['left', 'right', 'right', 'right'],
  );
  return [
    '### Confidence multipliers',
    chart,
    mdDetails(titleOf(shown.length, all.length, 'lowest first'), table),
  ].join('\n\n');
}

function titleOf(shown: number, all: number, order: string): string {
  return shown === all
    ? `Numbers of this chart, ${order}`
    : `Numbers of this chart, ${order}, ${shown} of ${all}`;
}

function classCharts(report: MetaReport): readonly (string | null)[] {
  const drawn = classesByUrgency(report).filter(([, strategy]) => strategy.days.length > 0);
  const charts = drawn.slice(0, CLASSES_SHOWN_MAX).map(([name, strategy]) => classChart(name, strategy));
  const more = drawn.length - charts.length;
  return more > 0
    ? [...charts, `Charts of ${more} more classes are left out; their numbers are below.`]
    : charts;
}

function classChart(name: string, strategy: StrategyReport): string {
  return [`### ${mdName(name)}`, ...dayCharts(name, strategy.days)].join('\n\n');
}

/** Returns the charts of a class over its days, at least one day, and the table of their numbers, each a block of Markdown. */
export function dayCharts(name: string, days: readonly ClassDay[]): readonly string[] {
  const periods = periodsOf(days);
  const axis = axisOf(periods);
  const equity = xychart({
    title: `${cut(name, NAME_IN_TITLE_MAX)}, net PnL in bps, running sum`,
    labels: axis.labels,
    ...axis.title,
    valueTitle: 'bps after costs',
    series: [
      overTime(
        'net PnL',
        periods.periods.map((each) => each.cumulativeNetPnlBps),
      ),
    ],
  });
  return [
    equity,
    ...errorChart(name, periods, axis),
    mdDetails('Numbers of these charts', tableMarkdown(periodsTable(periods))),
  ];
}

/** A line of one point would not show. */
function overTime(name: string, values: readonly number[]): Series {
  return { kind: values.length === 1 ? 'bar' : 'line', name, values };
}

interface Axis {
  readonly labels: readonly string[];
  readonly title: { readonly labelTitle: string };
}

/** Month and day where there is room for them, else numbers that the table resolves. */
function axisOf({ lengthDays, periods }: Periods): Axis {
  const unit = lengthDays === 1 ? 'day' : lengthDays === 7 ? 'week' : `${lengthDays / 7} weeks`;
  const first = periods[0]?.from ?? '';
  return periods.length <= WIDE_LABELS_MAX
    ? { labels: periods.map((each) => each.from.slice(5)), title: { labelTitle: `${unit}, from ${first}` } }
    : {
        labels: periods.map((_, index) => String(index + 1)),
        title: { labelTitle: `${unit}, 1 is ${first}` },
      };
}

/** Periods without a known error have no place on a line that knows no gaps. */
function errorChart(name: string, { periods }: Periods, axis: Axis): readonly string[] {
  const points = periods.flatMap(({ meanAbsErrorSigma: value }, index) => {
    const label = axis.labels[index];
    return value === null || label === undefined ? [] : [{ value, label }];
  });
  if (points.length === 0) return [];
  const chart = xychart({
    title: `${cut(name, NAME_IN_TITLE_MAX)}, mean size of the error in sigma`,
    labels: points.map((each) => each.label),
    ...axis.title,
    valueTitle: 'sigma',
    series: [
      overTime(
        'mean size of the error',
        points.map((each) => each.value),
      ),
    ],
  });
  return [chart];
}

/** Returns the numbers of the charts of a class over its days. */
export function periodsTable({ periods }: Periods): ReportTable {
  const head = [
    '',
    'begins',
    'n',
    'PnL, bps',
    'net PnL, bps',
    'net PnL so far, bps',
    'mean size of the error, sigma',
  ];
  const rows = periods.map((each, index) => [
    countText(index + 1),
    each.from,
    countText(each.n),
    each.n === 0 ? UNKNOWN : bpsText(each.pnlBps),
    each.n === 0 ? UNKNOWN : bpsText(each.netPnlBps),
    bpsText(each.cumulativeNetPnlBps),
    sigmaText(each.meanAbsErrorSigma),
  ]);
  return reportTable({ head, words: ['begins'], whole: 'supervisor/meta_report.json' }, rows);
}
