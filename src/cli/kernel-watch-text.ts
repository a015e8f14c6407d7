// What is watched of a kernel, as a screen of tables and as one line: how it stands, what it holds, and what of it does not work.

import { tableText } from '../adapters/terminal/table.ts';
import type { KernelControlResponse } from '../domain/kernel-control.ts';
import type { KernelMonitor } from '../domain/kernel-monitor.ts';
import type { KernelSummary } from '../domain/kernel-records.ts';
import { monitorTables } from '../supervision/kernel-monitor-tables.ts';
import { secondText, UNKNOWN } from '../supervision/report-numbers.ts';

/** Returns how the kernel stands in one line, of which every change matters: prices and profit, which always move, are left out. */
export function kernelLineText({ kernel_state, message, summary, monitor }: KernelControlResponse): string {
  if (summary === null || monitor === null) return `${kernel_state ?? 'not known'}: ${message}`;
  const reasons = monitor.reasons.map(({ name }) => name).join(', ');
  const orders = monitor.orders.map(({ side, type, status }) => `${side} ${type} ${status}`);
  const bad = [...monitor.parts, ...monitor.sinks].filter(
    ({ state }) => state === 'stale' || state === 'down',
  );
  return [
    `${kernel_state ?? 'not known'}${reasons === '' ? '' : ` (${reasons})`}`,
    ...(monitor.halted === null ? [] : [`ended: ${monitor.halted}`]),
    ...(monitor.is_stopping ? ['stopping'] : []),
    positionsText(summary.positions),
    orders.length === 0 ? 'no orders' : orders.join(', '),
    ...(summary.orders_in_doubt === 0 ? [] : [`${summary.orders_in_doubt} in doubt`]),
    `K ${summary.ledger.kernel_balance}, residual ${summary.ledger.residual ?? 'not known'} ${summary.ledger.band}`,
    ...bad.map(({ name, state }) => `${name} ${state}`),
  ].join(' | ');
}

function positionsText(positions: KernelSummary['positions']): string {
  if (positions === null) return 'positions not known';
  if (positions.length === 0) return 'flat';
  return positions.map(({ side, quantity, instrument }) => `${side} ${quantity} ${instrument}`).join(', ');
}

/**
 * Returns the screen of one moment.
 *
 * @param known the last answer; `null` before the first.
 * @param failure why there is no newer one; `null`: this is it.
 * @param at the moment, an instant.
 */
export function kernelScreenText(
  known: KernelControlResponse | null,
  failure: string | null,
  at: string,
): string {
  const lost =
    failure === null
      ? []
      : [
          `NOT REACHED at ${secondText(at)}: ${failure}${known === null ? '' : '\nWhat follows is the last that was known.'}`,
        ];
  if (known === null) return [...lost, 'Ctrl-C ends.'].join('\n\n');
  const { kernel_state, message, summary, monitor } = known;
  const head = `PINK  ${(kernel_state ?? 'not known').toUpperCase()}  ${message}`;
  if (summary === null || monitor === null) return [...lost, head, 'Ctrl-C ends.'].join('\n\n');
  const tables = monitorTables(monitor).map(
    ({ title, head: titles, rows }) => `${title}\n${tableText({ head: titles, rows })}`,
  );
  return [...lost, head, factsText(summary, monitor), positionTable(summary), ...tables, 'Ctrl-C ends.']
    .filter((part) => part !== '')
    .join('\n\n');
}

function factsText(summary: KernelSummary, monitor: KernelMonitor): string {
  const { ledger } = summary;
  const amount = (text: string | null): string => (text === null ? 'not known' : `${text} ${ledger.asset}`);
  const classes = Object.entries(summary.strategies).map(
    ([name, { permission, size_factor }]) =>
      `${name} ${permission === 'entries_allowed' ? `allowed x${size_factor}` : 'blocked'}`,
  );
  return tableText({
    rows: [
      ['as of, UTC', `${secondText(summary.ts)}, record ${summary.sequence}`],
      ['runner', `${summary.runner_id} ${summary.version}, ${monitor.environment}, ${monitor.policy}`],
      ['command', monitor.command],
      ['classes', classes.length === 0 ? 'none' : classes.join(', ')],
      ['K, own ledger', amount(ledger.kernel_balance)],
      ['E, exchange', amount(ledger.exchange_balance)],
      ['residual', `${amount(ledger.residual)}, ${ledger.band} since ${secondText(ledger.since)}`],
      ['orders in doubt', String(summary.orders_in_doubt)],
      ['last decision', monitor.last_decision ?? 'none yet'],
    ],
  });
}

function positionTable({ positions }: KernelSummary): string {
  if (positions === null) return 'Positions\nnot known';
  if (positions.length === 0) return 'Positions\nnone';
  const head = ['instrument', 'class', 'side', 'quantity', 'average', 'mark', 'unrealized'];
  const rows = positions.map((each) => [
    each.instrument,
    each.strategy_class ?? 'orphan',
    each.side,
    each.quantity,
    each.average_price,
    each.mark_price ?? UNKNOWN,
    each.unrealized_pnl ?? UNKNOWN,
  ]);
  return `Positions\n${tableText({ head, rows })}`;
}
