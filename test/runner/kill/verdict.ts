// What killed runners left, held to what must be so: nothing sent twice, nothing at the venue that was not sent, flat, and K equal to E.

import { absolute, money, moneyText } from '../../../src/domain/money.ts';
import { positionOf } from '../../../src/kernel/exposure.ts';
import { isFinal } from '../../../src/kernel/order-fsm.ts';
import type { Lives } from './lives.ts';

/** 0.01, in 1e-8. */
const RESIDUAL_MAX = 1_000_000n;

/** What is looked at of the file of a paper account. */
interface PaperAccountFile {
  readonly wallet: string;
  readonly orders: readonly { readonly client_order_id: string | null; readonly status?: string }[];
  readonly holdings: readonly unknown[];
}

export interface Verdict {
  readonly faults: readonly string[];
  /** Orders that left, and trades that closed. */
  readonly orders: number;
  readonly trades: number;
  readonly residual: string;
}

export function verdictOf({ submitted, state, left }: Lives, account: PaperAccountFile): Verdict {
  const faults: string[] = [...left];
  const ids = new Set<string>();
  for (const order of submitted) {
    if (ids.has(order.clientOrderId)) faults.push(`order ${order.clientOrderId} was sent twice`);
    ids.add(order.clientOrderId);
  }
  for (const { client_order_id: id } of account.orders)
    if (id !== null && !ids.has(id)) faults.push(`order ${id} is at the venue, and no journal sent it`);
  for (const { clientOrderId, status } of state.orders.values())
    if (!isFinal(status)) faults.push(`order ${clientOrderId} is ${status}`);
  for (const { trade } of state.slots)
    if (trade !== null && positionOf(trade) !== 0)
      faults.push(`${trade.symbol} holds ${positionOf(trade)} lots`);
  const residual = BigInt(account.wallet) - state.ledger.wallet - state.ledger.explained;
  if (absolute(money(residual)) > RESIDUAL_MAX) faults.push(`E - K is ${moneyText(money(residual))}`);
  if (state.ledger.explained !== 0n) faults.push(`${moneyText(state.ledger.explained)} is not ours`);
  return {
    faults,
    orders: submitted.length,
    trades: state.tradesClosed,
    residual: moneyText(money(residual)),
  };
}
