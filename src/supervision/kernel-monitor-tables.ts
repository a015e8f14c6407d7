// What is watched of a running kernel as tables of plain cells: reasons, orders, parts and sinks, and the last events.

import type { KernelMonitor } from '../domain/kernel-monitor.ts';
import type { KernelTable } from './kernel-tables.ts';
import { secondText, UNKNOWN } from './report-numbers.ts';

/** Returns the tables; empty ones are left out. */
export function monitorTables(monitor: KernelMonitor): readonly KernelTable[] {
  const { reasons, orders, parts, sinks, last_events: events } = monitor;
  const tables: readonly KernelTable[] = [
    {
      title: 'Why entries are refused',
      head: ['reason', 'since, UTC', 'what'],
      rows: reasons.map(({ name, since, text }) => [name, secondText(since), text]),
      leftOut: 0,
    },
    {
      title: 'Orders',
      head: ['order', 'instrument', 'role', 'side', 'type', 'limit', 'quantity', 'filled', 'status'],
      rows: orders.map((each) => [
        each.client_order_id,
        each.instrument,
        each.role,
        each.side,
        each.type,
        each.limit ?? UNKNOWN,
        each.quantity,
        each.filled,
        each.status,
      ]),
      leftOut: monitor.orders_left_out,
    },
    {
      title: 'Parts',
      head: ['part', 'state', 'behind', 'last, UTC', 'why'],
      rows: [
        ...parts.map((each) => [each.name, each.state, UNKNOWN, secondText(each.last_at), each.why]),
        ...sinks.map((each) => [each.name, each.state, String(each.lag), secondText(each.last_at), each.why]),
      ],
      leftOut: 0,
    },
    {
      title: 'Last events',
      head: ['record', 'at, UTC', 'what'],
      rows: events.map(({ record, at, text }) => [String(record), secondText(at), text]),
      leftOut: 0,
    },
  ];
  return tables.filter(({ rows }) => rows.length > 0);
}
