// What the kernel answered, in words and tables for a terminal.

import { tableText } from '../adapters/terminal/table.ts';
import type { ControlCommand, KernelControlResponse } from '../domain/kernel-control.ts';
import { kernelTables } from '../supervision/kernel-tables.ts';

/** Returns the outcome in one line, and the tables of the summary below, where the kernel gave one. */
export function kernelAnswerText(command: ControlCommand, response: KernelControlResponse): string {
  const { outcome, message, summary, kernel_state } = response;
  const line = `${command}: ${outcome}. ${message}`;
  if (summary === null) return `${line}\n\nThe kernel gave no summary: how it stands is not known.`;
  const tables = kernelTables(summary, kernel_state).map(({ title, head, rows, leftOut }, index) => {
    const table = index === 0 ? tableText({ rows }) : `${title}\n${tableText({ head, rows })}`;
    return leftOut > 0 ? `${table}\nand ${leftOut} more, see --json` : table;
  });
  return [line, ...tables].join('\n\n');
}
