// What the supervisor measures of rows that are all of one cell, as it measures every cell.

import { assert } from '../src/domain/assert.ts';
import { type CellMeasurements, cellsOf } from '../src/supervision/cell.ts';
import type { JudgedRow } from '../src/supervision/judged-row.ts';
import type { SupervisorRules } from '../src/supervision/supervisor-rules.ts';

/** Returns what is measured of the one cell that `rows` are of. */
export function measureCell(rows: readonly JudgedRow[], rules: SupervisorRules): CellMeasurements {
  const [cell, another] = [...cellsOf(rows, rules).values()].flatMap((regimes) => [...regimes.values()]);
  assert(cell !== undefined && another === undefined, 'the rows are of one cell');
  return cell.measurements;
}
