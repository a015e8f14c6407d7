// What the kernel answered, as Markdown for the page of the run that asked it.

import type { ControlCommand, KernelControlResponse } from '../domain/kernel-control.ts';
import { monitorTables } from './kernel-monitor-tables.ts';
import { kernelTables } from './kernel-tables.ts';
import { mdTable, mdText } from './markdown.ts';
import { countText, UNKNOWN } from './report-numbers.ts';

/** Returns the page: the outcome, the explanation where one was asked for, then the tables of the summary where the kernel gave one. */
export function kernelAnswerMarkdown(command: ControlCommand, response: KernelControlResponse): string {
  const { outcome, message, summary, kernel_state, explanation, monitor } = response;
  const sentences = (explanation ?? []).map((line) => `- ${mdText(line)}`).join('\n');
  const tables =
    summary === null
      ? ['The kernel gave no summary: how it stands is not known.']
      : [...kernelTables(summary, kernel_state), ...(monitor === null ? [] : monitorTables(monitor))].map(
          ({ title, head, rows, leftOut }) => {
            const isNumber = (column: number): boolean =>
              rows.every((row) => typeof row[column] === 'number');
            const table = mdTable(
              head,
              rows.map((row) => row.map(cellMarkdown)),
              head.map((_, column) => (isNumber(column) ? 'right' : 'left')),
            );
            const more = leftOut > 0 ? `\n\nAnd ${countText(leftOut)} more.` : '';
            return `### ${title}\n\n${table}${more}`;
          },
        );
  return `${[`## Kernel: ${command}, ${outcome}`, mdText(message), ...(sentences === '' ? [] : [sentences]), ...tables].join('\n\n')}\n`;
}

/**
 * Returns the page where there is no answer. What was sent may have taken effect, so it is not called failed.
 *
 * @param why in plain words, with the next step.
 */
export function kernelSilenceMarkdown(command: ControlCommand, wasSent: boolean, why: string): string {
  return `## Kernel: ${command}, **${wasSent ? 'not known' : 'not sent'}**\n\n${mdText(why)}\n`;
}

/** A number with its unit begins no list in a cell, and reads better as it is. */
const AMOUNT = /^-?\d+(\.\d+)?( [A-Za-z0-9]+)?$/;

function cellMarkdown(cell: string | number | null): string {
  if (cell === null) return UNKNOWN;
  if (typeof cell === 'number') return countText(cell);
  return AMOUNT.test(cell) ? cell : mdText(cell);
}
