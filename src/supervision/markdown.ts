// GitHub-flavoured Markdown from text of others: names and sentences that cannot become markup, links, mentions or references.

import { assert } from '../domain/assert.ts';
import { cut, oneLine, xmlText } from './outside-text.ts';

/** Longer names are cut where they are shown; the JSON beside a report holds them whole. */
const NAME_SHOWN_MAX = 64;

/** An invisible character that ends a mention, a reference or an address before it begins. */
const BREAK = '&#8203;';

export type Align = 'left' | 'right';

/** Returns `text` on one line as prose has it: line breaks and tabs are spaces, and none stand at its ends. */
function inProse(text: string): string {
  return oneLine(text.replaceAll(/\s*[\r\n\u2028\u2029]\s*/g, ' ').replaceAll('\t', ' ')).trim();
}

/**
 * Returns `text` as Markdown of prose that shows it as it is: no markup, HTML, formula, link, mention of a person or
 * reference to an issue comes of it, at the start of a line or within one.
 */
export function mdText(text: string): string {
  const special =
    /^\d+[.)]|^[-+=]|[&<>]|[\\`*_{}[\]~]|[|$@]|^#|#(?=\w)|\bGH-(?=\d)|:(?=\/\/)|\b(?:mailto|xmpp)(?=:)|\bwww(?=\.)/giu;
  return inProse(text).replaceAll(special, (found, offset: number) => {
    if (found === '&') return '&amp;';
    if (found === '<') return '&lt;';
    if (found === '>') return '&gt;';
    if (found === '|') return '&#124;';
    if (found === '$') return '<span>$</span>';
    if (found === '#') return `\\#${BREAK}`;
    if (/^[\\`*_{}[\]~]$/.test(found)) return `\\${found}`;
    if (offset === 0 && /^[-+=]$/.test(found)) return `\\${found}`;
    if (offset === 0 && /^\d/.test(found)) return `${found.slice(0, -1)}\\${found.slice(-1)}`;
    return `${found}${BREAK}`;
  });
}

/** Returns `text` as a code span, in which GitHub reads neither markup nor mentions, references or addresses. */
export function mdCode(text: string): string {
  const line = inProse(text);
  if (line === '') return '–';
  const runs = [...line.matchAll(/`+/g)].map(([run]) => run.length);
  const fence = '`'.repeat(Math.max(0, ...runs) + 1);
  const pad = /^[` ]|[` ]$/.test(line) ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** Returns a name that somebody else chose as a code span, cut where it is long. */
export function mdName(name: string): string {
  return mdCode(cut(name, NAME_SHOWN_MAX));
}

/** Returns a name that somebody else chose as an HTML code element, cut where it is long. */
export function htmlName(name: string): string {
  return `<code>${xmlText(cut(name, NAME_SHOWN_MAX))}</code>`;
}

/**
 * Returns a table. Cells are Markdown: text of others passes through {@link mdName}, {@link mdCode} or {@link mdText} first.
 * Pipes and line breaks in cells cannot end a cell.
 */
export function mdTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  align: readonly Align[],
): string {
  assert(align.length === head.length, 'every column of a table has its alignment');
  const rule = align.map((side) => (side === 'right' ? '---:' : '---'));
  const lines = rows.map((row) => {
    assert(row.length === head.length, 'every row of a table has every column');
    return tableLine(row.map(cellText));
  });
  return [tableLine(head.map(cellText)), tableLine(rule), ...lines].join('\n');
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** A backslash before a pipe is doubled, because a reader of tables takes it and the pipe's own as a pair. */
function cellText(markdown: string): string {
  return markdown.replaceAll(/\s*\n\s*/g, ' ').replaceAll(/(\\*)\|/g, '$1$1\\|');
}

/** Returns a section that unfolds. `summary` is HTML, `body` Markdown. */
export function mdDetails(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/** Returns lines of others as a code block that they cannot leave. Tabs become two spaces. */
export function mdFence(text: string, language: string): string {
  const lines = text.split(/\r\n|[\r\n\u2028\u2029]/).map((line) => oneLine(line.replaceAll('\t', '  ')));
  const runs = lines.map((line) => /^ {0,3}(`{3,})/.exec(line)?.[1]?.length ?? 0);
  const fence = '`'.repeat(Math.max(2, ...runs) + 1);
  return [`${fence}${language}`, ...lines, fence].join('\n');
}

/** Returns a link. `markdown` is what is shown; the address cannot end the link, whatever it holds. */
export function mdLink(markdown: string, url: string): string {
  const address = oneLine(url).replaceAll(/[\s()<>"'`\\|[\]{}^]/gu, (sign) =>
    encodeURIComponent(sign).replaceAll(
      /[()']/g,
      (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
    ),
  );
  return `[${markdown}](${address})`;
}
