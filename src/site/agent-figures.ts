// The charts of an agent: its multiplier, what it expected against what came, and the statistics that tell when that stops.

import { roundTo } from '../domain/rounding.ts';
import type { AgentReport } from '../domain/supervisor.ts';
import { reportTable } from '../supervision/report-cells.ts';
import {
  bpsText,
  brief,
  countText,
  fixed,
  intervalText,
  nEffText,
  UNKNOWN,
} from '../supervision/report-numbers.ts';
import type { Calibration, CalibrationBin } from './calibration.ts';
import type { Figure } from './chart-figure.ts';
import type { ChartTone } from './chart-spec.ts';
import { daysAxis, heldOn, spanOf } from './day-series.ts';
import type { AgentTotals, StreamDay } from './row-totals.ts';

const TONES: readonly ChartTone[] = ['a', 'b', 'c', 'd', 'e'];
/** Rows of a table of days: the newest, and then one of each so many before. */
const TABLE_ROWS_MAX = 40;

/** Returns the multiplier at the end of each day, or `null` where fewer than two days know it. */
export function multiplierFigure({ days }: AgentTotals): Figure | null {
  const known = days.filter(({ multiplier }) => multiplier !== null);
  const span = spanOf([known]);
  if (span === null || span.length < 2) return null;
  const values = heldOn(known, span, ({ multiplier }) =>
    multiplier === null ? null : roundTo(multiplier, 4),
  );
  const all = known.flatMap(({ multiplier }) => multiplier ?? []);
  return {
    spec: {
      id: 'multiplier',
      axis: daysAxis(span),
      unit: '',
      digits: 3,
      scale: 'linear',
      lines: [{ label: 'Multiplier', kind: 'line', tone: 'a', values }],
      marks: [{ axis: 'y', from: 1, to: 1, label: 'neutral', tone: 'mark' }],
    },
    title: 'Confidence multiplier over time',
    words:
      `Now ${fixed(all.at(-1) ?? null, 3)}; over ${countText(span.length)} days between ` +
      `${fixed(Math.min(...all), 3)} and ${fixed(Math.max(...all), 3)}. 1 is neutral.`,
    note: 'Folded again from all rows under the settings of the report. It says whether errors have the size that the model claims, not whether the agent earns.',
    table: reportTable(
      {
        head: ['day', 'multiplier', 'rows'],
        words: ['day'],
        whole: 'supervisor/confidence_multipliers.json',
      },
      thinned(known).map(({ day, multiplier, n }) => [day, fixed(multiplier, 4), countText(n)]),
    ),
  };
}

/** Returns what was expected against what came, by bins, or `null` where there are fewer than two. */
export function calibrationFigure({ bins, without }: Calibration): Figure | null {
  if (bins.length < 2) return null;
  const ends = bins.map(({ expectedBps }) => expectedBps);
  const inside = bins.filter(({ standardErrorBps: error, expectedBps, realizedBps }) =>
    error === null ? false : Math.abs(realizedBps - expectedBps) <= 2 * error,
  );
  const rows = [
    ...bins.map(binRow),
    ...(without === null ? [] : [['no expectation', ...binRow(without).slice(1)]]),
  ];
  const bound = (bin: CalibrationBin, sign: 1 | -1): number | null =>
    bin.standardErrorBps === null ? null : roundTo(bin.realizedBps + sign * 2 * bin.standardErrorBps, 1);
  return {
    spec: {
      id: 'calibration',
      axis: { kind: 'numbers', at: ends.map((value) => roundTo(value, 2)), unit: 'bps expected' },
      unit: 'bps',
      digits: 1,
      scale: 'linear',
      lines: [
        { label: 'As expected', kind: 'line', tone: 'mark', values: ends.map((value) => roundTo(value, 1)) },
        { label: 'Low', kind: 'line', tone: 'soft', values: bins.map((bin) => bound(bin, -1)) },
        { label: 'High', kind: 'line', tone: 'soft', values: bins.map((bin) => bound(bin, 1)) },
        {
          label: 'Realized',
          kind: 'points',
          tone: 'a',
          values: bins.map((bin) => roundTo(bin.realizedBps, 1)),
        },
      ],
      marks: [],
    },
    title: 'Calibration: expected against realized',
    words:
      `${countText(bins.reduce((sum, { n }) => sum + n, 0))} signals in ${countText(bins.length)} bins by what the model expected; ` +
      `in ${countText(inside.length)} of them the mean of what came is within two standard errors of it.`,
    note: 'Low and High are two standard errors of the realized mean, by effective rows. Before costs.',
    table: reportTable(
      {
        head: [
          'expected, bps',
          'signals',
          'n_eff',
          'mean expected, bps',
          'mean realized, bps',
          'two standard errors, bps',
        ],
        words: ['expected, bps'],
        whole: 'alpha/reconciled',
      },
      rows,
    ),
  };
}

function binRow(bin: CalibrationBin): string[] {
  return [
    intervalText([bin.lowBps, bin.highBps], 1),
    countText(bin.n),
    nEffText(bin.nEff),
    bpsText(bin.expectedBps),
    bpsText(bin.realizedBps),
    bin.standardErrorBps === null ? UNKNOWN : bpsText(2 * bin.standardErrorBps),
  ];
}

interface Statistic {
  readonly id: string;
  readonly trigger: 'mean' | 'mean_cusum' | 'scale';
  readonly title: string;
  readonly note: string;
  readonly scale: 'linear' | 'log';
  readonly pick: (day: StreamDay) => number;
}

const STATISTICS: readonly Statistic[] = [
  {
    id: 'evidence-mean',
    trigger: 'mean',
    title: 'Evidence that the mean error is below zero, M',
    note: 'M of the sequential detector, on a scale of powers of ten. It is raised to ALERT where it reaches the limit, and begins anew when the newest signals are healthy.',
    scale: 'log',
    pick: ({ meanEvidence }) => meanEvidence,
  },
  {
    id: 'evidence-cusum',
    trigger: 'mean_cusum',
    title: 'Early warning of a lower mean, CUSUM',
    note: 'It grows while errors are worse than expected and goes no further than its limit, where it warns.',
    scale: 'linear',
    pick: ({ cusum }) => cusum,
  },
  {
    id: 'evidence-scale',
    trigger: 'scale',
    title: 'Evidence that errors are larger than claimed, M',
    note: 'The same for the size of the errors: it grows where they are larger than claimed by more than a quarter.',
    scale: 'log',
    pick: ({ scaleEvidence }) => scaleEvidence,
  },
];

/** Returns the statistics of divergence over time, one chart each with a line for each horizon. */
export function divergenceFigures({ streams }: AgentTotals, { divergence }: AgentReport): Figure[] {
  const horizons = [...streams].sort(([a], [b]) => a - b);
  const span = spanOf(horizons.map(([, { days }]) => days));
  if (span === null || span.length < 2) return [];
  return STATISTICS.map(({ id, trigger, title, note, scale, pick }) => {
    const alerts = divergence.filter((alert) => alert.trigger === trigger);
    const limits = [...new Set(alerts.map(({ limit }) => limit))];
    const now = alerts.map(
      ({ horizon_hours: hours, statistic, state }) => `${hours} h ${brief(statistic)} (${state})`,
    );
    return {
      spec: {
        id,
        axis: daysAxis(span),
        unit: '',
        digits: 2,
        scale,
        lines: horizons.map(([hours, { days }], index) => ({
          label: `${hours} h`,
          kind: 'line' as const,
          tone: TONES[index % TONES.length] ?? 'a',
          values: heldOn(days, span, (day) => Number(pick(day).toPrecision(4))),
        })),
        marks: limits.map((limit) => ({
          axis: 'y' as const,
          from: limit,
          to: limit,
          label: `limit: ${brief(limit)}`,
          tone: 'limit' as const,
        })),
      },
      title,
      words: `Now: ${now.length === 0 ? 'not known' : now.join(', ')}; raised at ${limits.map(brief).join(', ')}.`,
      note,
      table: statisticTable(horizons, pick),
    };
  });
}

function statisticTable(
  horizons: readonly (readonly [number, { readonly days: readonly StreamDay[] }])[],
  pick: (day: StreamDay) => number,
) {
  const days = [...new Set(horizons.flatMap(([, stream]) => stream.days.map(({ day }) => day)))].sort();
  const byDay = horizons.map(([, stream]) => new Map(stream.days.map((each) => [each.day, pick(each)])));
  return reportTable(
    {
      head: ['day', ...horizons.map(([hours]) => `${hours} h`)],
      words: ['day'],
      whole: 'supervisor/divergence_alerts.json',
    },
    thinned(days.map((day) => ({ day }))).map(({ day }) => [
      day,
      ...byDay.map((values) => brief(values.get(day) ?? null)),
    ]),
  );
}

/** Returns at most so many days as a table shows, evenly apart, the newest one among them. */
function thinned<D>(days: readonly D[]): D[] {
  const step = Math.max(1, Math.ceil(days.length / TABLE_ROWS_MAX));
  return days.filter((_, index) => (days.length - 1 - index) % step === 0);
}
