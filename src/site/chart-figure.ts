// A chart on a page: its name, what it says in words, the drawing, and its numbers as a table. A script makes the drawing answer.

import { xmlText } from '../supervision/outside-text.ts';
import type { ReportTable } from '../supervision/report-cells.ts';
import type { ChartSpec } from './chart-spec.ts';
import { details, type Html, paragraph, tableHtml } from './html.ts';
import { staticChart } from './static-chart.ts';

export interface Figure {
  readonly spec: ChartSpec;
  readonly title: string;
  /** What the chart shows and what it says, for who does not see it: one or two sentences with the figures that count. */
  readonly words: string;
  /** How to read it; `null`: the words are enough. */
  readonly note: string | null;
  readonly table: ReportTable;
}

/** Returns the figure. The data of its chart is added by {@link chartData}, once for the page. */
export function figureHtml({ spec, title, words, note, table }: Figure): Html {
  return [
    '<figure class="figure">',
    `<figcaption><h3 id="${spec.id}-title">${xmlText(title)}</h3>${paragraph(words)}</figcaption>`,
    `<div class="plot" data-chart="${spec.id}">${legend(spec)}${staticChart(spec, title, words)}</div>`,
    ...(note === null ? [] : [`<div class="note">${paragraph(note)}</div>`]),
    details('The numbers of this chart', tableHtml(table, title)),
    '</figure>',
  ].join('\n');
}

/** The script writes the values of the point under the pointer in its place. */
function legend({ lines }: ChartSpec): Html {
  const keys = lines.map(
    ({ label, tone }) => `<span class="key" data-line="${tone}">${xmlText(label)}</span>`,
  );
  return `<p class="readout">${keys.join('')}</p>`;
}

/** Returns what the script of the page draws from: JSON that cannot end its element. */
export function chartData(specs: readonly ChartSpec[]): Html {
  const json = JSON.stringify(specs).replaceAll('<', '\\u003c');
  return `<script type="application/json" id="charts">${json}</script>`;
}
