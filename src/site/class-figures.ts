// The charts of a class: its result over time, by regime, its tail against the limit, and how that tail came about.

import type { CellStatistics, CvarCell } from '../domain/cvar.ts';
import { roundTo } from '../domain/rounding.ts';
import { cvarOf } from '../supervision/cvar.ts';
import { cut, oneLine } from '../supervision/outside-text.ts';
import { sortedEntries } from '../supervision/report-attention.ts';
import { reportTable } from '../supervision/report-cells.ts';
import { periodsTable } from '../supervision/report-charts.ts';
import {
  bpsText,
  countText,
  fixed,
  intervalText,
  percentText,
  sigmaText,
} from '../supervision/report-numbers.ts';
import { periodsOf } from '../supervision/report-periods.ts';
import type { Figure } from './chart-figure.ts';
import type { ChartMark, ChartTone } from './chart-spec.ts';
import { classDays, daysAxis, heldOn, runningNet, spanOf } from './day-series.ts';
import { marksWithin } from './decision-marks.ts';
import { histogramOf } from './histogram.ts';
import type { ClassTotals, DaySums } from './row-totals.ts';
import { lossesIn, type Tail } from './tail.ts';

const TONES: readonly ChartTone[] = ['a', 'b', 'c', 'd', 'e'];
const NAME_SHOWN_MAX = 24;

/**
 * Returns the running result after costs, or `null` below two days: there is nothing to see.
 *
 * @param decisions shown where they lie within the days
 */
export function equityFigure(
  id: string,
  days: readonly DaySums[],
  whose: string,
  decisions: readonly ChartMark[],
): Figure | null {
  const span = spanOf([days]);
  if (span === null || span.length < 2) return null;
  const values = runningNet(days, span);
  const known = values.filter((value) => value !== null);
  const [last, best] = [known.at(-1) ?? 0, Math.max(...known)];
  const worst = deepestFall(known);
  const periods = periodsOf(classDays(days));
  return {
    spec: {
      id,
      axis: daysAxis(span),
      unit: 'bps',
      digits: 1,
      scale: 'linear',
      lines: [{ label: 'Net result', kind: 'line', tone: 'a', values }],
      marks: marksWithin(decisions, span),
    },
    title: 'Result after costs, running sum',
    words:
      `Over ${countText(span.length)} days ${whose} made ${bpsText(last)} bps after costs; at best ` +
      `${bpsText(best)} bps, and at worst it fell ${bpsText(worst)} bps from its best until then.`,
    note:
      periods.lengthDays === 1
        ? null
        : `Drawn by day; the table puts ${countText(periods.lengthDays)} days together.`,
    table: periodsTable(periods),
  };
}

function deepestFall(sums: readonly number[]): number {
  let [best, fall] = [0, 0];
  for (const sum of sums) {
    best = Math.max(best, sum);
    fall = Math.max(fall, best - sum);
  }
  return fall;
}

/** Returns the running results of the regimes with the most rows, or `null` where there are fewer than two. */
export function regimesFigure({ regimes }: ClassTotals): Figure | null {
  const rowsOf = (days: readonly DaySums[]): number => days.reduce((sum, { n }) => sum + n, 0);
  const all = [...regimes].sort(([a, x], [b, y]) => rowsOf(y) - rowsOf(x) || (a < b ? -1 : 1));
  const shown = all.slice(0, TONES.length);
  const span = spanOf(shown.map(([, days]) => days));
  if (span === null || span.length < 2 || shown.length < 2) return null;
  const net = (days: readonly DaySums[]): number => days.reduce((sum, { netBps }) => sum + netBps, 0);
  const table = reportTable(
    { head: ['regime', 'days', 'rows', 'net PnL, bps'], words: ['regime'], whole: 'alpha/reconciled' },
    all.map(([name, days]) => [
      { name },
      countText(days.length),
      countText(rowsOf(days)),
      bpsText(net(days)),
    ]),
  );
  const words = shown.map(([name, days]) => `${cut(name, NAME_SHOWN_MAX)} ${bpsText(net(days))} bps`);
  return {
    spec: {
      id: 'regimes',
      axis: daysAxis(span),
      unit: 'bps',
      digits: 1,
      scale: 'linear',
      lines: shown.map(([name, days], index) => ({
        label: cut(name, NAME_SHOWN_MAX),
        kind: 'line',
        tone: TONES[index] ?? 'a',
        values: runningNet(days, span),
      })),
      marks: [],
    },
    title: 'Result after costs by regime, running sum',
    words: `After costs: ${words.join(', ')}${all.length > shown.length ? `; ${countText(all.length - shown.length)} more regimes are in the table` : ''}.`,
    note: null,
    table,
  };
}

/** Returns the losses that a cell was measured from with its CVaR and limit, or `null` where none is known. */
export function tailFigure(
  id: string,
  regime: string,
  cell: CvarCell,
  tail: Tail | undefined,
): Figure | null {
  if (tail === undefined) return null;
  const unit = cell.cvar95_sigma === null ? 'bps' : 'sigma';
  const losses = lossesIn(tail, unit);
  const histogram = histogramOf(losses);
  const cvar = unit === 'sigma' ? cell.cvar95_sigma : cell.cvar95_error_bps;
  if (histogram === null || cvar === null) return null;
  const bounds = unit === 'sigma' ? cell.ci90_sigma : cell.ci90;
  const limit =
    (unit === 'sigma' ? cell.threshold?.max_cvar_sigma : cell.threshold?.max_cvar_error_bps) ?? null;
  const text = unit === 'sigma' ? sigmaText : bpsText;
  const digits = unit === 'sigma' ? 2 : 1;
  const { from, width, counts } = histogram;
  const edges = counts.map((_, index) => from + index * width);
  const decimals = Math.max(0, Math.min(6, Math.ceil(-Math.log10(width) - 1e-9)));
  const again = cvarOf(losses);
  const name = cut(regime, NAME_SHOWN_MAX);
  return {
    spec: {
      id,
      axis: { kind: 'numbers', at: edges.map((edge) => roundTo(edge + width / 2, decimals + 1)), unit },
      unit: 'rows',
      digits: 0,
      scale: 'linear',
      lines: [{ label: 'Rows', kind: 'bars', tone: 'a', values: counts }],
      marks: tailMarks(cvar, bounds, limit, text),
    },
    title: `Shortfall against the model in ${name}${cell.is_current ? ', the current regime' : ''}`,
    words:
      `${countText(losses.length)} rows. CVaR 95 is ${text(cvar)} ${unit}, 90 % interval ${intervalText(bounds, digits)}, ` +
      `${limit === null ? 'and no limit is set' : `limit ${text(limit)}`}: ${oneLine(cell.status)}. ` +
      `${percentText(losses.filter((loss) => loss > 0).length / losses.length)} of the rows lost against the model.`,
    note:
      'To the right is worse than expected. CVaR 95 is the mean of the worst 5 %.' +
      (isSame(again, cvar)
        ? ''
        : ` Counted again from the rows that are there now it is ${text(again)} ${unit}: rows were added since supervise ran.`),
    table: reportTable(
      { head: ['at least', 'below', 'rows'], words: [], whole: 'alpha/reconciled' },
      counts.map((count, index) => [
        fixed(from + index * width, decimals),
        fixed(from + (index + 1) * width, decimals),
        countText(count),
      ]),
    ),
  };
}

/** The report rounds to nine significant digits. */
function isSame(again: number | null, cvar: number): boolean {
  return again !== null && Math.abs(again - cvar) <= 1e-6 * Math.max(1, Math.abs(cvar));
}

function tailMarks(
  cvar: number,
  bounds: readonly [number, number] | null,
  limit: number | null,
  text: (value: number) => string,
): ChartMark[] {
  return [
    ...(bounds === null
      ? []
      : [{ axis: 'x', from: bounds[0], to: bounds[1], label: '90 % interval', tone: 'mark' } as const]),
    { axis: 'x', from: cvar, to: cvar, label: `CVaR 95: ${text(cvar)}`, tone: 'mark' },
    ...(limit === null
      ? []
      : [{ axis: 'x', from: limit, to: limit, label: `limit: ${text(limit)}`, tone: 'limit' } as const]),
  ];
}

/** Returns how the CVaR of the cells of a class stood day by day, or `null` where fewer than two days are known. */
export function tailHistoryFigure(
  lines: readonly CellStatistics[],
  cells: Readonly<Record<string, CvarCell>>,
  decisions: readonly ChartMark[],
): Figure | null {
  const byRegime = new Map<string, { day: string; sigma: number }[]>();
  for (const { regime, as_of: asOf, cvar95_sigma: sigma } of lines) {
    if (sigma === null) continue;
    const days = byRegime.get(regime) ?? [];
    byRegime.set(regime, days);
    const day = asOf.slice(0, 10);
    if (days.at(-1)?.day === day) days.pop();
    days.push({ day, sigma });
  }
  const shown = sortedEntries(cells)
    .flatMap(([regime, cell]) => {
      const days = byRegime.get(regime)?.toSorted((a, b) => (a.day < b.day ? -1 : 1));
      return days === undefined ? [] : [{ regime, cell, days }];
    })
    .sort((a, b) => Number(b.cell.is_current) - Number(a.cell.is_current))
    .slice(0, TONES.length);
  const span = spanOf(shown.map(({ days }) => days));
  if (span === null || span.length < 2) return null;
  const limits = [...new Set(shown.flatMap(({ cell }) => cell.threshold?.max_cvar_sigma ?? []))];
  return {
    spec: {
      id: 'tail-history',
      axis: daysAxis(span),
      unit: 'sigma',
      digits: 2,
      scale: 'linear',
      lines: shown.map(({ regime, days }, index) => ({
        label: cut(regime, NAME_SHOWN_MAX),
        kind: 'line',
        tone: TONES[index] ?? 'a',
        values: heldOn(days, span, ({ sigma }) => roundTo(sigma, 3)),
      })),
      marks: [
        ...marksWithin(decisions, span),
        ...limits.map(
          (limit): ChartMark => ({
            axis: 'y',
            from: limit,
            to: limit,
            label: `limit: ${sigmaText(limit)}`,
            tone: 'limit',
          }),
        ),
      ],
    },
    title: 'CVaR 95 over time, by regime',
    words: `${shown
      .map(
        ({ regime, days }) =>
          `${cut(regime, NAME_SHOWN_MAX)} was last measured at ${sigmaText(days.at(-1)?.sigma ?? null)} sigma on ${days.at(-1)?.day ?? ''}`,
      )
      .join('; ')}.`,
    note: 'As it was known on each day. A line stands still while its regime has no new rows.',
    table: reportTable(
      { head: ['regime', 'day', 'CVaR 95, sigma'], words: ['regime', 'day'], whole: 'supervisor/cells' },
      shown.flatMap(({ regime, days }) =>
        days.slice(-TABLE_DAYS_MAX).map(({ day, sigma }) => [{ name: regime }, day, sigmaText(sigma)]),
      ),
    ),
  };
}

const TABLE_DAYS_MAX = 30;
