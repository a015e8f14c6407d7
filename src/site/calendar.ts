// Days with rows as a strip: one line a month, one square a day, darker where more rows ended.

import { DAY_MS, dayOf, msFromIso } from '../domain/time.ts';
import { xmlText } from '../supervision/outside-text.ts';
import { reportTable } from '../supervision/report-cells.ts';
import { countText } from '../supervision/report-numbers.ts';
import { details, type Html, paragraph, tableHtml } from './html.ts';

/** Older months are in the table only. */
const MONTHS_DRAWN_MAX = 24;
const CELL = 11;
const LEFT = 58;
const LEVELS = 4;

interface Month {
  readonly month: string;
  /** Rows of each day, 1st first; `null`: outside of the first and the last day with rows. */
  readonly days: readonly (number | null)[];
}

/** Returns the strip with its numbers. */
export function calendarHtml(rowsByDay: ReadonlyMap<string, number>): readonly Html[] {
  const months = monthsOf(rowsByDay);
  if (months.length === 0) return [paragraph('There is no row yet.')];
  const all = months.flatMap(({ days }) => days.filter((count) => count !== null));
  const empty = all.filter((count) => count === 0).length;
  const words =
    `${countText(all.length)} days from the first row to the last; on ${countText(empty)} of them nothing ended. ` +
    `The fullest day has ${countText(Math.max(...all))} rows.`;
  const drawn = months.slice(-MONTHS_DRAWN_MAX);
  return [
    paragraph(words),
    `<div class="strip">${drawing(drawn, Math.max(...all), words)}</div>`,
    ...(drawn.length < months.length
      ? [paragraph(`Drawn are the newest ${MONTHS_DRAWN_MAX} months; the table has all.`)]
      : []),
    details('The numbers of this chart', tableHtml(monthsTable(months), 'Rows by month')),
  ];
}

function monthsOf(rowsByDay: ReadonlyMap<string, number>): Month[] {
  const known = [...rowsByDay.keys()].sort();
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return [];
  const months = new Map<string, (number | null)[]>();
  for (let ms = msFromIso(`${first.slice(0, 7)}-01T00:00:00.000Z`); dayOf(ms) <= last; ms += DAY_MS) {
    const day = dayOf(ms);
    const days = months.get(day.slice(0, 7)) ?? [];
    months.set(day.slice(0, 7), days);
    days.push(day < first ? null : (rowsByDay.get(day) ?? 0));
  }
  return [...months].map(([month, days]) => ({ month, days }));
}

function drawing(months: readonly Month[], most: number, words: string): Html {
  const squares = months.map(({ month, days }, line) => {
    const y = line * (CELL + 3);
    const each = days.map((count, index) => {
      if (count === null) return '';
      const level = count === 0 ? 0 : Math.ceil((count / most) * LEVELS);
      const day = `${month}-${String(index + 1).padStart(2, '0')}: ${countText(count)}`;
      return `<rect class="level-${level}" x="${LEFT + index * CELL}" y="${y}"><title>${day}</title></rect>`;
    });
    return `<text x="0" y="${y + 9}">${month}</text>${each.join('')}`;
  });
  const [width, height] = [LEFT + 31 * CELL, months.length * (CELL + 3)];
  return (
    `<svg class="drawing calendar" viewBox="0 0 ${width} ${height}" role="img">` +
    `<title>Days with rows</title><desc>${xmlText(words)}</desc>${squares.join('')}</svg>`
  );
}

function monthsTable(months: readonly Month[]) {
  return reportTable(
    {
      head: ['month', 'rows', 'days with rows', 'days without'],
      words: ['month'],
      whole: 'alpha/reconciled',
    },
    months.toReversed().map(({ month, days }) => {
      const known = days.filter((count) => count !== null);
      const empty = known.filter((count) => count === 0).length;
      const rows = known.reduce((sum, count) => sum + count, 0);
      return [month, countText(rows), countText(known.length - empty), countText(empty)];
    }),
  );
}
