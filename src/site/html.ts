// The pieces that pages are put together from. Every text passes through here, so that nothing of others is ever markup.

import { htmlName } from '../supervision/markdown.ts';
import { xmlText } from '../supervision/outside-text.ts';
import {
  type CellPart,
  leftOutSentence,
  partsOf,
  type ReportCell,
  type ReportTable,
} from '../supervision/report-cells.ts';

/** HTML that is safe to stand in a page. */
export type Html = string;

/** Returns a paragraph of Warden's own words, in which what stands between backticks becomes code. */
export function paragraph(words: string): Html {
  return `<p>${xmlText(words).replaceAll(/`([^`]+)`/g, '<code>$1</code>')}</p>`;
}

/** Returns a link, or only its words where the address is none of a page. */
export function link(words: Html, url: string): Html {
  return /^https?:\/\//.test(url) ? `<a href="${xmlText(url)}">${words}</a>` : words;
}

/** Returns words that are of a machine, as an id. */
export function code(words: string): Html {
  return `<code>${xmlText(words)}</code>`;
}

export type Tone = 'good' | 'warn' | 'bad' | 'soft' | 'plain';

/** Returns a word in a coloured frame; the word says it, and the colour only says it again. */
export function badge(word: string, tone: Tone): Html {
  return `<span class="badge" data-tone="${tone}">${xmlText(word)}</span>`;
}

/** Returns pairs of a term and what it is. */
export function pairs(rows: readonly (readonly [term: string, value: Html])[]): Html {
  const each = rows.map(([term, value]) => `<div><dt>${xmlText(term)}</dt><dd>${value}</dd></div>`);
  return `<dl class="pairs">${each.join('')}</dl>`;
}

/** Returns a section with its heading, to which `#id` leads. */
export function section(id: string, heading: string, parts: readonly Html[]): Html {
  return `<section class="card" aria-labelledby="${id}">\n<h2 id="${id}">${xmlText(heading)}</h2>\n${parts.join('\n')}\n</section>`;
}

/** Returns a part that unfolds without a script. */
export function details(summary: Html, body: Html): Html {
  return `<details>\n<summary>${summary}</summary>\n${body}\n</details>`;
}

export interface Column {
  readonly title: string;
  readonly isNumber: boolean;
}

/** Returns a table of cells that are HTML already, in a box that scrolls sideways. The first column names the row. */
export function gridHtml(
  columns: readonly Column[],
  rows: readonly (readonly Html[])[],
  caption: string,
): Html {
  const classOf = (column: number): string => (columns[column]?.isNumber === true ? ' class="number"' : '');
  const head = columns.map(({ title }, column) => `<th scope="col"${classOf(column)}>${xmlText(title)}</th>`);
  const body = rows.map((row) => {
    const cells = row.map((cell, column) =>
      column === 0
        ? `<th scope="row">${cell}</th>`
        : `<td${isLongHtml(cell) ? ' class="long"' : classOf(column)}>${cell}</td>`,
    );
    return `<tr>${cells.join('')}</tr>`;
  });
  return boxed(head, body, caption);
}

/** How many characters of words are a sentence, whatever marks it up. */
const SENTENCE_CHARS = 48;

function isLongHtml(cell: Html): boolean {
  return cell.replaceAll(/<svg.*<\/svg>|<[^>]*>/g, '').length > SENTENCE_CHARS;
}

function boxed(head: readonly Html[], rows: readonly Html[], caption: string): Html {
  return [
    `<div class="scroll" role="region" aria-label="${xmlText(caption)}" tabindex="0">`,
    '<table>',
    `<caption>${xmlText(caption)}</caption>`,
    `<thead><tr>${head.join('')}</tr></thead>`,
    '<tbody>',
    ...rows,
    '</tbody>',
    '</table>',
    '</div>',
  ].join('\n');
}

/**
 * Returns a table within a box that scrolls sideways by finger and by keyboard, so that the page itself never does. The first column
 * names the row.
 */
export function tableHtml(table: ReportTable, caption: string): Html {
  const isWords = table.head.map((title) => table.words.includes(title));
  const head = table.head.map((title, column) => {
    const className = isWords[column] === true ? '' : ' class="number"';
    return title === '' ? `<td${className}></td>` : `<th scope="col"${className}>${xmlText(title)}</th>`;
  });
  const rows = table.rows.map((row) => {
    const cells = row.map((cell, column) => {
      const className = isWords[column] === true ? (isLong(cell) ? ' class="long"' : '') : ' class="number"';
      return column === 0
        ? `<th scope="row"${className}>${cellHtml(cell)}</th>`
        : `<td${className}>${cellHtml(cell)}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  const more = leftOutSentence(table);
  return [boxed(head, rows, caption), ...(more === null ? [] : [paragraph(more)])].join('\n');
}

/** A sentence is not squeezed into a column of words. */
const LONG_CHARS = 32;

function isLong(cell: ReportCell): boolean {
  return partsOf(cell).some(
    (part) => typeof part !== 'string' && 'text' in part && part.text.length > LONG_CHARS,
  );
}

function cellHtml(cell: ReportCell): Html {
  return partsOf(cell).map(partHtml).join('');
}

function partHtml(part: CellPart): Html {
  if (typeof part === 'string') return xmlText(part);
  if ('name' in part) return htmlName(part.name);
  return 'strong' in part ? `<strong>${xmlText(part.strong)}</strong>` : xmlText(part.text);
}
