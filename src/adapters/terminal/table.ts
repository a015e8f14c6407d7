// Tables for people: aligned columns without borders or colours, so that they read the same on a terminal and in a CI log.

import Table from 'cli-table3';
import { printable } from './log.ts';

/** A number is written with thousands separators and stands right; `null` is unknown and shown as a dash. */
export type Cell = string | number | null;

interface TableText {
  /** Titles of the columns; none for a list of names and values. */
  readonly head?: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

const NO_BORDER = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/**
 * Returns the table as lines without a newline at the end. A column stands right when all its cells are numbers,
 * unknown or empty. Control characters in cells are made visible, line breaks become spaces.
 */
export function tableText(content: TableText): string {
  const { head, rows } = content;
  const columns = Math.max(head?.length ?? 0, ...rows.map((row) => row.length));
  const colAligns = Array.from({ length: columns }, (_, column) =>
    rows.length > 0 && rows.every((row) => isNumeric(row[column])) ? ('right' as const) : ('left' as const),
  );
  const table = new Table({
    chars: NO_BORDER,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns,
  });
  if (head !== undefined) table.push(Array.from({ length: columns }, (_, column) => head[column] ?? ''));
  for (const row of rows) table.push(Array.from({ length: columns }, (_, column) => cellText(row[column])));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function isNumeric(cell: Cell | undefined): boolean {
  return typeof cell === 'number' || cell === null || cell === undefined || cell === '';
}

function cellText(cell: Cell | undefined): string {
  if (cell === null) return '–';
  if (typeof cell === 'number') return cell.toLocaleString('en-US', { maximumFractionDigits: 4 });
  return cell === undefined ? '' : printable(cell).replaceAll(/\s*\n\s*/g, ' ');
}
