// What an exchange that runs for weeks forgets: the oldest of what has ended. Sums are kept elsewhere and stay exact.

import type { Account, ModelOrder } from './state.ts';
import { isFinal } from './state.ts';

/** Forgets of an account what is more than `max` and a tenth, back to `max`: ended orders, trades, and lines of the account book. */
export function forgetOldest(account: Account, max: number): void {
  const isMuch = (list: readonly unknown[]): boolean => list.length > max * 1.1;
  if (isMuch(account.orders)) forgetOrders(account, account.orders.length - max);
  if (isMuch(account.traded)) account.traded = account.traded.slice(-max);
  if (isMuch(account.incomeRows)) account.incomeRows = account.incomeRows.slice(-max);
}

function forgetOrders(account: Account, count: number): void {
  const forgotten = new Set<ModelOrder>();
  for (const order of account.orders) {
    if (forgotten.size === count) break;
    if (isFinal(order)) forgotten.add(order);
  }
  for (const { venueOrderId, clientOrderId } of forgotten) {
    account.byVenueId.delete(venueOrderId);
    if (clientOrderId !== null) account.byClientId.delete(clientOrderId.toLowerCase());
  }
  account.orders = account.orders.filter((order) => !forgotten.has(order));
  account.recent = account.recent.filter((order) => !forgotten.has(order));
  account.traded = account.traded.filter(({ order }) => !forgotten.has(order));
}
