// Records of simulated worlds, in which a great deal goes wrong, and the rows that are made of them.

import { rowMaker } from '../../../src/adapters/sinks/row-maker.ts';
import type { SinkRow, SinkTable } from '../../../src/domain/sink-row.ts';
import { createKernel } from '../../../src/kernel/create.ts';
import type { KernelEvent } from '../../../src/kernel/event.ts';
import type { KernelState } from '../../../src/kernel/state.ts';
import { step } from '../../../src/kernel/step.ts';
import { FaultPlan } from '../../sim/faults.ts';
import { settingsOf } from '../../sim/settings.ts';
import { simulate } from '../../sim/simulation.ts';

/** Every table, in the order in which a store gets them. */
export const SINK_TABLES: readonly SinkTable[] = [
  'steps',
  'fills',
  'postings',
  'trades',
  'router',
  'recovery',
  'daily_pnl',
];

export interface Recorded {
  readonly events: readonly KernelEvent[];
  readonly begin: () => KernelState;
}

const known = new Map<number, Recorded>();

/** The journal of one seed. */
export function recorded(seed: number): Recorded {
  const before = known.get(seed);
  if (before !== undefined) return before;
  const { kernel } = settingsOf(seed, new FaultPlan(seed, new Set()));
  const made = { events: simulate({ seed }).log, begin: () => createKernel(kernel) };
  known.set(seed, made);
  return made;
}

/** All rows of a journal, where the maker begins again after each record for which `isCut` says so. */
export function rowsOf(
  { events, begin }: Recorded,
  isCut: (seq: number) => boolean = () => false,
  seen: (rows: readonly SinkRow[], state: KernelState) => void = () => undefined,
): readonly SinkRow[] {
  const state = begin();
  const rows: SinkRow[] = [];
  let maker = rowMaker(state, []);
  for (const event of events) {
    const { effects, outcome } = step(state, event);
    const made = maker.rowsOf({ seq: state.seq, event, outcome, effects }, state);
    rows.push(...made);
    seen(made, state);
    if (isCut(state.seq)) maker = rowMaker(state, maker.pending);
  }
  return rows;
}

/** Those of one table. */
export function inTable<Table extends SinkTable>(
  rows: readonly SinkRow[],
  table: Table,
): readonly Extract<SinkRow, { table: Table }>[] {
  return rows.filter((row): row is Extract<SinkRow, { table: Table }> => row.table === table);
}
