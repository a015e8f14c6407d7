// What an ingest did, on the page of its run: counts, and what was rejected by code with the first places of each.

import {
  counted,
  listPart,
  REASON_SHOWN_MAX,
  ROWS_SHOWN_MAX,
  summarySection,
} from './job-summary-section.ts';
import { mdCode, mdTable, mdText } from './markdown.ts';
import { cut } from './outside-text.ts';
import { countText } from './report-numbers.ts';
import { xychart } from './xychart.ts';

const FILE_SHOWN_MAX = 120;

/** What the report of an ingest holds. */
export interface IngestedFacts {
  readonly counts: {
    readonly read: number;
    readonly appended: number;
    readonly duplicates: number;
    readonly conflicts: number;
    readonly rejected: number;
  };
  readonly rejects: readonly {
    readonly code: string;
    readonly count: number;
    readonly examples: readonly string[];
  }[];
  readonly unreadable: readonly string[];
  readonly remarks: readonly string[];
}

/** Returns the section of an ingest of `file`, or of what an event brought along where that is `null`. */
export function ingestSummary(facts: IngestedFacts, file: string | null): string {
  const { counts, rejects, unreadable, remarks } = facts;
  const source = file === null ? 'an event' : mdCode(cut(file, FILE_SHOWN_MAX));
  const lost = counts.rejected + counts.conflicts;
  const set = lost === 0 ? 'None was set aside.' : `**${counted(lost, 'line')} set aside.**`;
  return summarySection('Ingest', [
    `${counted(counts.read, 'line')} read from ${source}, ${countText(counts.appended)} stored. ${set}`,
    mdTable(
      ['lines', 'number'],
      [
        ['read', countText(counts.read)],
        ['stored', countText(counts.appended)],
        ['stored already', countText(counts.duplicates)],
        ['set aside, another content under a known id', countText(counts.conflicts)],
        ['set aside, rejected', countText(counts.rejected)],
      ],
      ['left', 'right'],
    ),
    rejects.length === 0 ? null : rejectPart(rejects),
    listPart('Not read to the end', unreadable),
    listPart('Please look at', remarks),
  ]);
}

function rejectPart(rejects: IngestedFacts['rejects']): string {
  const shown = rejects.slice(0, ROWS_SHOWN_MAX);
  const chart = xychart({
    title: 'Lines set aside, by code',
    labels: shown.map(({ code }) => code),
    valueTitle: 'lines',
    series: [{ kind: 'bar', name: 'lines', values: shown.map(({ count }) => count) }],
    horizontal: true,
  });
  const rows = shown.flatMap(({ code, count, examples }) =>
    (examples.length === 0 ? [''] : examples).map((example, at) => [
      at === 0 ? mdCode(code) : '',
      at === 0 ? countText(count) : '',
      mdText(cut(example, REASON_SHOWN_MAX)),
    ]),
  );
  return [chart, mdTable(['code', 'lines', 'first of them'], rows, ['left', 'right', 'left'])].join('\n\n');
}
