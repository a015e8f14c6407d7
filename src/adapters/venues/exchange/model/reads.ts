// What each view of an account shows, as of a moment of its own: reads change nothing.

import { assert } from '../../../../domain/assert.ts';
import type { ClientOrderId, VenueOrderId } from '../../../../domain/ids.ts';
import type {
  BalanceReport,
  IncomeRow,
  OrderReport,
  QueryResult,
  VenuePosition,
} from '../../../../domain/venue.ts';
import { isOpenReport, queriedReport } from './reports.ts';
import type { Account, Exchange, LegRow, ModelOrder } from './state.ts';
import { indexAsOf, LAG_MAX_MS, valueAsOf } from './timeline.ts';

/** By either of its names. */
export type OrderRef = { readonly clientOrderId: ClientOrderId } | { readonly venueOrderId: VenueOrderId };

export function orderBy(account: Account, by: OrderRef): ModelOrder | null {
  if ('venueOrderId' in by) return account.byVenueId.get(by.venueOrderId) ?? null;
  return account.byClientId.get(by.clientOrderId.toLowerCase()) ?? null;
}

/** Returns the moment that a view shows: never the future, and never longer ago than views lag. */
function momentOf(ex: Exchange, asOfMs: number): number {
  assert(asOfMs <= ex.nowMs, () => `the exchange is at ${ex.nowMs}, ${asOfMs} is to come`);
  return Math.max(asOfMs, ex.nowMs - LAG_MAX_MS);
}

export function queriedOrder(ex: Exchange, account: Account, by: OrderRef, asOfMs: number): QueryResult {
  const order = orderBy(account, by);
  const view = order === null ? null : valueAsOf(order.views, momentOf(ex, asOfMs));
  if (order === null || view === null) return { kind: 'NOT_FOUND' };
  return { kind: 'FOUND', report: queriedReport(ex, order, view) };
}

/** In the order of acceptance. */
export function openOrderRows(ex: Exchange, account: Account, asOfMs: number): readonly OrderReport[] {
  const moment = momentOf(ex, asOfMs);
  const rows: OrderReport[] = [];
  for (const order of account.recent) {
    if (order.endedAtMs !== null && order.endedAtMs <= moment) continue;
    const view = valueAsOf(order.views, moment);
    if (view !== null && isOpenReport(view.report)) rows.push(queriedReport(ex, order, view));
  }
  return rows;
}

/**
 * Orders with a trade at or after `sinceMs`, by their first such trade: exact and cumulative, since the list is made of trades. It
 * shows what had traded at its moment even where the order's own row hides it.
 */
export function tradedRows(
  ex: Exchange,
  account: Account,
  sinceMs: number,
  asOfMs: number,
): readonly OrderReport[] {
  const moment = momentOf(ex, asOfMs);
  const { traded } = account;
  let from = traded.length;
  while ((traded[from - 1]?.atMs ?? -1) >= sinceMs) from -= 1;
  const found = new Set<ModelOrder>();
  for (let at = from; at < traded.length; at += 1) {
    const trade = traded[at];
    if (trade !== undefined && trade.atMs <= moment) found.add(trade.order);
  }
  return [...found].flatMap((order) => tradedReport(order, moment) ?? []);
}

function tradedReport({ views }: ModelOrder, moment: number): OrderReport | null {
  for (let at = indexAsOf(views, moment); at >= 0; at -= 1) {
    const report = views[at]?.value.report;
    if (report !== undefined && report.filledLots > 0) return report;
  }
  return null;
}

/** Ascending by time. */
export function incomeSince(
  ex: Exchange,
  account: Account,
  sinceMs: number,
  asOfMs: number,
): readonly IncomeRow[] {
  const moment = momentOf(ex, asOfMs);
  const { incomeRows } = account;
  let [from, to] = [incomeRows.length, incomeRows.length];
  while ((incomeRows[from - 1]?.venueAtMs ?? -1) >= sinceMs) from -= 1;
  while (to > from && (incomeRows[to - 1]?.venueAtMs ?? 0) > moment) to -= 1;
  return incomeRows.slice(from, to);
}

export function positionsAsOf(ex: Exchange, account: Account, asOfMs: number): readonly VenuePosition[] {
  return valueAsOf(account.positionViews, momentOf(ex, asOfMs)) ?? [];
}

export function legsAsOf(ex: Exchange, account: Account, asOfMs: number): readonly LegRow[] {
  return valueAsOf(account.legViews, momentOf(ex, asOfMs)) ?? [];
}

/** @throws InvariantError for a moment before the account was opened. */
export function balanceAsOf(ex: Exchange, account: Account, asOfMs: number): BalanceReport {
  const report = valueAsOf(account.balanceViews, momentOf(ex, asOfMs));
  assert(report !== null, () => `account ${account.id} was not open at ${asOfMs}`);
  return report;
}
