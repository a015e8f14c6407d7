// The state of the kernel as tables of plain cells, which a terminal and the page of a run show each in their own way.

import type { KernelControlResponse } from '../domain/kernel-control.ts';
import type { KernelSummary } from '../domain/kernel-records.ts';
import { sortedEntries } from './report-attention.ts';
import { fixed, secondText, UNKNOWN } from './report-numbers.ts';

/** Cells are not escaped. A number is a whole count, `null` is unknown. */
export interface KernelTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** Rows that are left out: a page ends somewhere. */
  readonly leftOut: number;
}

const ROWS_SHOWN_MAX = 100;
const HASH_SHOWN = 12;

/** Returns the tables, the state as a whole first; empty ones are left out. */
export function kernelTables(
  summary: KernelSummary,
  kernelState: KernelControlResponse['kernel_state'],
): readonly KernelTable[] {
  const tables = [
    table('Kernel', ['what', 'value'], factRows(summary, kernelState)),
    table(
      'Strategy classes',
      ['class', 'entries', 'why blocked', 'size factor', 'open orders', 'open positions'],
      sortedEntries(summary.strategies).map(([name, each]) => [
        name,
        each.permission === 'entries_allowed' ? 'allowed' : 'blocked',
        each.reason ?? UNKNOWN,
        fixed(each.size_factor, 2),
        each.open_orders,
        each.open_positions,
      ]),
    ),
    table(
      'Positions',
      ['instrument', 'class', 'side', 'quantity', 'average price', 'mark price', 'unrealized'],
      (summary.positions ?? []).map((each) => [
        each.instrument,
        each.strategy_class ?? 'none: an orphan',
        each.side,
        each.quantity,
        each.average_price,
        each.mark_price ?? UNKNOWN,
        each.unrealized_pnl ?? UNKNOWN,
      ]),
    ),
    table(
      'Streams',
      ['stream', 'state', 'last frame, UTC', 'age'],
      sortedEntries(summary.streams).map(([name, each]) => [
        name,
        each.state,
        secondText(each.last_at),
        ageText(each.age_ms),
      ]),
    ),
  ];
  return tables.filter(({ rows }) => rows.length > 0);
}

function table(title: string, head: readonly string[], rows: KernelTable['rows']): KernelTable {
  const shown = rows.slice(0, ROWS_SHOWN_MAX);
  return { title, head, rows: shown, leftOut: rows.length - shown.length };
}

function factRows(
  summary: KernelSummary,
  kernelState: KernelControlResponse['kernel_state'],
): KernelTable['rows'] {
  const { ledger, positions } = summary;
  return [
    ['trading state', summary.trading_state],
    ['kernel state', kernelState ?? UNKNOWN],
    ['since, UTC', secondText(summary.trading_state_since)],
    ['reason', summary.trading_state_reason ?? UNKNOWN],
    ['kill list', fileText(summary.kill_list)],
    ['allocation', fileText(summary.allocation)],
    ['positions', positions === null ? 'not known' : String(positions.length)],
    ['orders in doubt', String(summary.orders_in_doubt)],
    ['K, own ledger', `${ledger.kernel_balance} ${ledger.asset}`],
    ['E, exchange', amountText(ledger.exchange_balance, ledger.asset)],
    ['residual', amountText(ledger.residual, ledger.asset)],
    ['K against E', `${ledger.band} since ${secondText(ledger.since)}`],
    ['runner', `${summary.runner_id}, version ${summary.version}`],
    ['as of, UTC', `${secondText(summary.ts)}, record ${summary.sequence} of the journal`],
  ];
}

function amountText(amount: string | null, asset: string): string {
  return amount === null ? 'not known' : `${amount} ${asset}`;
}

/** The version of a file that is in force: its commit, else its content. */
function fileText(file: KernelSummary['kill_list']): string {
  if (file === null) return 'none is in force';
  const version =
    file.commit === null
      ? `in no commit, sha256 ${file.sha256.slice(0, HASH_SHOWN)}`
      : `commit ${file.commit.slice(0, HASH_SHOWN)}`;
  return `${version}, since ${secondText(file.applied_at)}`;
}

function ageText(ms: number | null): string {
  if (ms === null) return UNKNOWN;
  const seconds = ms / 1000;
  if (seconds < 60) return `${fixed(seconds, 1)} s`;
  return seconds < 3600 ? `${fixed(seconds / 60, 1)} min` : `${fixed(seconds / 3600, 1)} h`;
}
