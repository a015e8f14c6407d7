// The charts of PINK: how many entries it decided and how many the kernel let in, and how those turned out as signals.

import { reportTable } from '../supervision/report-cells.ts';
import { countText } from '../supervision/report-numbers.ts';
import type { Figure } from './chart-figure.ts';
import type { ChartMark } from './chart-spec.ts';
import { equityFigure } from './class-figures.ts';
import { daysAxis, heldOn, spanOf } from './day-series.ts';
import { ackMarks, marksWithin } from './decision-marks.ts';
import type { PinkContent } from './pink-content.ts';
import type { SiteContent } from './site-content.ts';

/** Older days are in the chart only. */
const TABLE_DAYS_MAX = 60;

/** Returns the charts that there is something to see on. */
export function pinkFigures({ pink, totals }: Pick<SiteContent, 'pink' | 'totals'>): Figure[] {
  const obeyed = ackMarks(pink.acks, null);
  const results = pink.agents.map((agent, index) => {
    const days = totals.agents.get(agent)?.days;
    return days === undefined
      ? null
      : equityFigure(`equity-${index}`, days, 'what PINK decided, let in or not,', obeyed);
  });
  return [entriesFigure(pink, obeyed), ...results].filter((figure) => figure !== null);
}

function entriesFigure({ days }: PinkContent, obeyed: readonly ChartMark[]): Figure | null {
  const span = spanOf([days]);
  if (span === null || span.length < 2) return null;
  const running = (pick: (day: PinkContent['days'][number]) => number): (number | null)[] => {
    let sum = 0;
    return heldOn(days, span, (day) => {
      sum += pick(day);
      return sum;
    });
  };
  const [decided, letIn] = [running((day) => day.decided), running((day) => day.letIn)];
  const marks = marksWithin(obeyed, span);
  return {
    spec: {
      id: 'entries-over-time',
      axis: daysAxis(span),
      unit: 'entries',
      digits: 0,
      scale: 'linear',
      lines: [
        { label: 'Decided', kind: 'line', tone: 'a', values: decided },
        { label: 'Let in', kind: 'line', tone: 'b', values: letIn },
      ],
      marks,
    },
    title: 'Entries decided and let in, running count',
    words:
      `Of ${countText(decided.at(-1) ?? 0)} entries that PINK decided the kernel let ${countText(letIn.at(-1) ?? 0)} in` +
      `${marks.length === 0 ? '' : '; it obeyed the kill list on the days that are marked'}.`,
    note: 'Where the second line stands still, the kernel refuses what PINK decides.',
    table: reportTable(
      { head: ['day', 'decided', 'let in', 'refused'], words: ['day'], whole: 'alpha/events/pink' },
      days
        .slice(-TABLE_DAYS_MAX)
        .map(({ day, decided: count, letIn: passed }) => [
          day,
          countText(count),
          countText(passed),
          countText(count - passed),
        ]),
    ),
  };
}
