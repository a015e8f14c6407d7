// A unified diff of one file as a table with the line numbers of both sides, coloured as GitHub colours it.

import type { Html } from '../../site/html.ts';
import { oneLine, xmlText } from '../../supervision/outside-text.ts';

interface DiffLine {
  readonly kind: 'hunk' | 'added' | 'removed' | 'same' | 'note';
  /** Line numbers before and after; `null` where the line is not on that side. */
  readonly before: number | null;
  readonly after: number | null;
  readonly text: string;
}

/** What a diff adds and takes away, in lines. */
export interface DiffSize {
  readonly added: number;
  readonly removed: number;
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

/** Reads a unified diff. What stands before the first hunk names the files, and is left out. */
function diffLines(diff: string): readonly DiffLine[] {
  const lines: DiffLine[] = [];
  let [before, after] = [0, 0];
  for (const line of diff.replace(/\n$/, '').split('\n')) {
    const hunk = HUNK.exec(line);
    if (hunk !== null) {
      [before, after] = [Number(hunk[1]), Number(hunk[2])];
      lines.push({ kind: 'hunk', before: null, after: null, text: line });
    } else if (lines.length > 0) {
      const text = line.slice(1);
      if (line.startsWith('+')) lines.push({ kind: 'added', before: null, after: after++, text });
      else if (line.startsWith('-')) lines.push({ kind: 'removed', before: before++, after: null, text });
      else if (line.startsWith('\\')) lines.push({ kind: 'note', before: null, after: null, text: line });
      else lines.push({ kind: 'same', before: before++, after: after++, text });
    }
  }
  return lines;
}

/** Counts what a unified diff adds and takes away. */
export function diffSize(diff: string): DiffSize {
  const kinds = diffLines(diff).map(({ kind }) => kind);
  return {
    added: kinds.filter((kind) => kind === 'added').length,
    removed: kinds.filter((kind) => kind === 'removed').length,
  };
}

/** Returns the table of a unified diff; its caption is the path. */
export function diffTable(path: string, diff: string): Html {
  const rows = diffLines(diff).map(
    ({ kind, before, after, text }) =>
      `<tr class="${kind}"><td class="line">${before ?? ''}</td><td class="line">${after ?? ''}</td>` +
      `<td class="sign">${SIGN[kind]}</td><td class="code">${xmlText(shownLine(text))}</td></tr>`,
  );
  const body =
    rows.length === 0 ? '<tr class="note"><td class="code">No text differs.</td></tr>' : rows.join('\n');
  return [
    `<div class="scroll" role="group" tabindex="0" aria-label="Changes of ${xmlText(oneLine(path))}">`,
    `<table class="diff">\n<tbody>\n${body}\n</tbody>\n</table>`,
    '</div>',
  ].join('\n');
}

const SIGN: Readonly<Record<DiffLine['kind'], string>> = {
  hunk: '',
  added: '+',
  removed: '-',
  same: '',
  note: '',
};

function shownLine(text: string): string {
  return oneLine(text.replaceAll('\t', '  ').replace(/\r$/, ''));
}
