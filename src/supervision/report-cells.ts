// A table of a report before it is Markdown or HTML: cells say what is a name or a sentence of others, and each page escapes in its own way.

import { type Align, mdName, mdTable, mdText } from './markdown.ts';
import { countText } from './report-numbers.ts';

/**
 * One piece of a cell. A bare string is Warden's own words and numbers, a name is of others and is shown as code, a text is a
 * sentence that may hold anything.
 */
export type CellPart =
  | string
  | { readonly name: string }
  | { readonly strong: string }
  | { readonly text: string };

export type ReportCell = CellPart | readonly CellPart[];

export interface ReportTable {
  readonly head: readonly string[];
  /** Titles of the columns that hold words; all others hold numbers. */
  readonly words: readonly string[];
  readonly rows: readonly (readonly ReportCell[])[];
  /** Rows that are not in it, and the file below the state folder that has them. */
  readonly leftOut: number;
  readonly whole: string;
}

/** Returns the table of the first `max` rows. */
export function reportTable(
  { head, words, whole }: Pick<ReportTable, 'head' | 'words' | 'whole'>,
  rows: ReportTable['rows'],
  max = Number.POSITIVE_INFINITY,
): ReportTable {
  const shown = rows.slice(0, max);
  return { head, words, whole, rows: shown, leftOut: rows.length - shown.length };
}

/** Returns the pieces of a cell. */
export function partsOf(cell: ReportCell): readonly CellPart[] {
  return typeof cell === 'string' || !('length' in cell) ? [cell] : cell;
}

/** Returns the sentence about the rows that are left out, with the file in backticks, or `null` where none are. */
export function leftOutSentence({ leftOut, whole }: ReportTable): string | null {
  return leftOut > 0 ? `And ${countText(leftOut)} more rows, see \`${whole}\`.` : null;
}

/** Returns the table as Markdown, with the sentence about what is left out. */
export function tableMarkdown(table: ReportTable): string {
  const align = table.head.map((title): Align => (table.words.includes(title) ? 'left' : 'right'));
  const markdown = mdTable(
    table.head,
    table.rows.map((row) => row.map((cell) => partsOf(cell).map(partMarkdown).join(''))),
    align,
  );
  const more = leftOutSentence(table);
  return more === null ? markdown : `${markdown}\n\n${more}`;
}

function partMarkdown(part: CellPart): string {
  if (typeof part === 'string') return part;
  if ('name' in part) return mdName(part.name);
  return 'strong' in part ? `**${part.strong}**` : mdText(part.text);
}
