// The gates of an agent as a table: what was measured, the limit, and whether it decides.

import type { PromotionGate } from '../domain/supervisor.ts';
import { type ReportCell, type ReportTable, reportTable } from './report-cells.ts';
import { brief } from './report-numbers.ts';

/** Returns gates with what was measured and the limit, those that decide first. */
export function gateTable(gates: readonly (readonly [string, PromotionGate])[]): ReportTable {
  const rows = [...gates]
    .sort(([, a], [, b]) => Number(b.decides) - Number(a.decides))
    .map(([name, gate]): readonly ReportCell[] => [
      { name },
      brief(gate.value),
      { text: gate.comparison },
      brief(gate.limit),
      gate.pass ? 'pass' : { strong: 'no' },
      gate.decides ? 'yes' : 'no',
      gate.note === null ? '' : { text: gate.note },
    ]);
  const head = ['gate', 'value', '', 'limit', 'result', 'decides', 'note'];
  const words = ['gate', '', 'result', 'decides', 'note'];
  return reportTable({ head, words, whole: 'supervisor/promotion.json' }, rows);
}
