// The summary of a reconcile run for people: one line of what happened, then what waits or was lost, and why.

import { tableText } from '../adapters/terminal/table.ts';
import type { ReconcileReport } from '../jobs/reconcile.ts';

const LOSSES_SHOWN_MAX = 12;

/** Returns the summary of one run. */
export function reconcileText(done: ReconcileReport): string {
  const { events, due } = done;
  const lines = [
    `events: ${n(events.lines)} read, ${n(events.admitted)} new, ${n(events.duplicates)} already known, ` +
      `${n(events.flat)} flat, ${n(events.invalid + events.conflicts)} set aside`,
    `pairs due: ${n(due.pairs)} → ${n(due.reconciled)} rows written, ` +
      `${n(due.already_reconciled)} rows already there, ` +
      `${n(due.waiting.pending + due.waiting.stale_price + due.waiting.no_price)} waiting, ` +
      `${n(due.given_up.stale_price)} given up stale, ${n(due.given_up.no_price)} given up without price`,
    `still open: ${n(done.open_pairs)} pairs; ${n(done.price_requests)} price requests`,
  ];
  if (due.priced_across_gap > 0) {
    lines.push(
      `bars were missing: ${n(due.priced_across_gap)} rows took the last price before the gap, within prices.max_stale_bars`,
    );
  }
  if (done.losses.length > 0) lines.push('', lossTable(done));
  if (done.loss_too_high) {
    lines.push(
      '',
      `${percent(done.loss_ratio)} of what was settled was lost, more than prices.max_loss allows. ` +
        'Look at the reasons above and at alpha/rejects, then mend the source of the prices or of the signals.',
    );
  }
  return lines.join('\n');
}

function lossTable(done: ReconcileReport): string {
  const shown = done.losses.slice(0, LOSSES_SHOWN_MAX);
  const rows = shown.map((loss) => [
    `${loss.symbol} ${loss.market}`,
    loss.given_up ? `${loss.outcome}, given up` : loss.outcome,
    loss.pairs,
    loss.first_reason,
  ]);
  const more = done.losses.length - shown.length;
  const table = tableText({ head: ['instrument', 'outcome', 'pairs', 'first reason'], rows });
  return more > 0 ? `${table}\nand ${more} more, see --json` : table;
}

function n(value: number): string {
  return value.toLocaleString('en-US');
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`;
}
