// The page of data quality: what was set aside, what waits, which runs are missing, and on which days rows ended.

import { durationText } from '../supervision/duration-text.ts';
import { cut } from '../supervision/outside-text.ts';
import { type ReportTable, reportTable } from '../supervision/report-cells.ts';
import { countText, minuteText, UNKNOWN } from '../supervision/report-numbers.ts';
import { calendarHtml } from './calendar.ts';
import type { DataQuality, RejectCount } from './data-quality.ts';
import { type Html, paragraph, section, tableHtml } from './html.ts';
import type { RunQuality } from './missed-runs.ts';
import { type Page, QUALITY_PATH } from './page-frame.ts';
import type { SiteContent } from './site-content.ts';

const REASON_SHOWN_MAX = 200;
const PRICE_CODES: readonly RejectCount['code'][] = ['stale_price', 'no_price'];

/** Returns the state of the input in one line of plain words. */
export function qualityLine({ rejects, waiting, runs }: DataQuality): string {
  const count = (isPrice: boolean): number =>
    rejects
      .filter(({ code }) => PRICE_CODES.includes(code) === isPrice)
      .reduce((sum, each) => sum + each.count, 0);
  const missed = runs.schedules.reduce((sum, each) => sum + each.missed, 0);
  return [
    `Set aside: ${countText(count(false))} lines, and ${countText(count(true))} pairs without a usable price`,
    waiting === null ? 'what waits is not known' : `${countText(waiting.pairs)} pairs wait`,
    runs.schedules.length === 0 ? 'missed runs are not known' : `${countText(missed)} runs missed`,
  ].join('; ');
}

export function qualityPage({ quality, totals }: SiteContent): Page {
  return {
    path: QUALITY_PATH,
    title: 'Data quality · Warden',
    heading: 'Data quality',
    opening: [paragraph(`${qualityLine(quality)}.`)],
    sections: [
      section('days', 'Days with rows', [
        ...calendarHtml(totals.days),
        paragraph(
          totals.later === 0
            ? `${countText(totals.rows)} rows of all horizons.`
            : `${countText(totals.rows)} rows of all horizons; ${countText(totals.later)} of them came after the evidence of the report and wait for the next run of supervise.`,
        ),
      ]),
      section('rejects', 'Set aside', rejectParts(quality)),
      section('waiting', 'Waiting', waitingParts(quality)),
      section('runs', 'Runs', runParts(quality.runs)),
    ],
    figures: [],
  };
}

function rejectParts({ rejects }: DataQuality): readonly Html[] {
  if (rejects.length === 0) return [paragraph('Nothing was set aside.')];
  return [
    paragraph(
      'What could not be used was set aside with its reason; none of it is in any figure. `stale_price` and `no_price` are pairs that ' +
        'got no price within the time that `prices.give_up_after` gives them.',
    ),
    tableHtml(rejectsTable(rejects), 'Set aside, by producer and reason'),
  ];
}

function rejectsTable(rejects: readonly RejectCount[]): ReportTable {
  const head = ['producer', 'code', 'how many', 'last reason'];
  return reportTable(
    { head, words: ['producer', 'code', 'last reason'], whole: 'alpha/rejects' },
    rejects.map(({ producer, code, count, reason }) => [
      { name: producer },
      code,
      countText(count),
      { text: cut(reason, REASON_SHOWN_MAX) },
    ]),
  );
}

function waitingParts({ waiting }: DataQuality): readonly Html[] {
  if (waiting === null) return [paragraph('How many signals wait for a price is not known.')];
  const oldest = waiting.oldest === null ? '' : `, the oldest of ${minuteText(waiting.oldest)} UTC`;
  const table = reportTable(
    { head: ['horizon', 'pairs that wait'], words: ['horizon'], whole: 'alpha/pending.json' },
    waiting.byHorizon.map(([hours, pairs]) => [`${hours} h`, countText(pairs)]),
  );
  return [
    paragraph(
      `Waiting for a price or for their horizon: ${countText(waiting.pairs)} pairs of signal and horizon${oldest}.`,
    ),
    ...(table.rows.length === 0 ? [] : [tableHtml(table, 'Pairs that wait, by horizon')]),
  ];
}

function runParts({ jobs, schedules, unreadable }: RunQuality): readonly Html[] {
  if (jobs.length === 0)
    return [paragraph('No run has left a record, so whether one is missing is not known.')];
  const jobTable = reportTable(
    {
      head: ['job', 'runs', 'the newest worked as of, UTC'],
      words: ['job', 'the newest worked as of, UTC'],
      whole: 'runs',
    },
    jobs.map(({ job, runs, newest }) => [job, countText(runs), minuteText(newest)]),
  );
  return [
    ...(schedules.length === 0
      ? [paragraph('No run says by which schedule it began, so whether one is missing is not known.')]
      : [
          paragraph(
            'A run is missing where a schedule was due and no record tells of it. What GitHub itself says of its runs, the watchdog asks.',
          ),
          tableHtml(scheduleTable(schedules), 'Runs by schedule'),
        ]),
    ...(unreadable.length === 0
      ? []
      : [
          paragraph(
            `Not counted, since they are no cron lines: ${unreadable.map((line) => cut(line, 40)).join('; ')}.`,
          ),
        ]),
    tableHtml(jobTable, 'Runs by job, in the newest months'),
  ];
}

function scheduleTable(schedules: RunQuality['schedules']): ReportTable {
  const head = ['job', 'schedule, UTC', 'due', 'missed', 'begun late by, median', 'newest missed, UTC'];
  return reportTable(
    { head, words: ['job', 'schedule, UTC', 'begun late by, median', 'newest missed, UTC'], whole: 'runs' },
    schedules.map(({ job, cron, due, missed, newestMissed, medianLateMs }) => [
      job,
      { name: cron },
      countText(due),
      missed === 0 ? '0' : { strong: countText(missed) },
      medianLateMs === null ? UNKNOWN : durationText(medianLateMs),
      newestMissed.length === 0 ? UNKNOWN : { text: newestMissed.map(minuteText).join(', ') },
    ]),
  );
}
