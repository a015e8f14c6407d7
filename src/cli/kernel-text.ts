// What the kernel answered, in words and tables for a terminal.

import { tableText } from '../adapters/terminal/table.ts';
import type { ControlCommand, KernelControlResponse } from '../domain/kernel-control.ts';
import { monitorTables } from '../supervision/kernel-monitor-tables.ts';
import { kernelTables } from '../supervision/kernel-tables.ts';

/** Returns the outcome in one line, the explanation where one was asked for, and tables of how the kernel stands, where it gave any. */
export function kernelAnswerText(command: ControlCommand, response: KernelControlResponse): string {
  const { outcome, message, summary, kernel_state, explanation, monitor } = response;
  const line = `${command}: ${outcome}. ${message}`;
  // Whoever asks why gets the answer, and no tables below which it is lost.
  if (explanation !== null) return [line, ...explanation].join('\n\n');
  if (summary === null) return `${line}\n\nThe kernel gave no summary: how it stands is not known.`;
  const all = [...kernelTables(summary, kernel_state), ...(monitor === null ? [] : monitorTables(monitor))];
  const tables = all.map(({ title, head, rows, leftOut }, index) => {
    const table = index === 0 ? tableText({ rows }) : `${title}\n${tableText({ head, rows })}`;
    return leftOut > 0 ? `${table}\nand ${leftOut} more, see --json` : table;
  });
  return [line, ...tables].join('\n\n');
}
