// What killed runners left, held to what must be so: nothing sent twice, nothing at the venue that was not sent, flat, and K equal to E.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { absolute, type Money, minus, money, moneyText } from '../../../src/domain/money.ts';
import { positionOf } from '../../../src/kernel/exposure.ts';
import { isFinal } from '../../../src/kernel/order-fsm.ts';
import type { Lives } from './lives.ts';

/** 0.01, in 1e-8. */
const RESIDUAL_MAX = 1_000_000n;

/** What is looked at of the file of a paper account. */
interface PaperAccountFile {
  readonly wallet: string;
  readonly orders: readonly { readonly client_order_id: string | null }[];
}

/** What a venue says of the account when all is over. */
export interface VenueAccountSeen {
  readonly wallet: Money;
  /** All, or the newest; `filled` in the base where the venue says it. */
  readonly orders: readonly { readonly clientOrderId: string | null; readonly filled?: number }[];
  /** What is still there, in words; of a paper account, nothing is looked at. */
  readonly holdings: readonly string[];
}

export interface Verdict {
  readonly faults: readonly string[];
  /** Orders that left, and trades that closed. */
  readonly orders: number;
  readonly trades: number;
  readonly residual: string;
}

/** Returns what the file of the paper account that these lives traded says. */
export function paperAccount({ data }: Lives): VenueAccountSeen {
  const text = readFileSync(join(data, 'paper-account.json'), 'utf8');
  const { wallet, orders } = JSON.parse(text) as PaperAccountFile;
  return {
    wallet: money(BigInt(wallet)),
    orders: orders.map(({ client_order_id: clientOrderId }) => ({ clientOrderId })),
    holdings: [],
  };
}

export function verdictOf({ submitted, state, left }: Lives, account: VenueAccountSeen): Verdict {
  const faults: string[] = [...left];
  const ids = new Set<string>();
  for (const order of submitted) {
    if (ids.has(order.clientOrderId)) faults.push(`order ${order.clientOrderId} was sent twice`);
    ids.add(order.clientOrderId);
  }
  const atVenue = new Set<string>();
  for (const { clientOrderId: id } of account.orders) {
    if (id === null) faults.push('an order without an id is at the venue');
    else if (atVenue.has(id)) faults.push(`order ${id} is at the venue twice`);
    else if (!ids.has(id)) faults.push(`order ${id} is at the venue, and no journal sent it`);
    if (id !== null) atVenue.add(id);
  }
  for (const holding of account.holdings) faults.push(`the venue holds ${holding}`);
  const filledAt = new Map(account.orders.map(({ clientOrderId, filled }) => [clientOrderId, filled]));
  for (const { clientOrderId, status, symbol, filledLots } of state.orders.values()) {
    if (!isFinal(status)) faults.push(`order ${clientOrderId} is ${status}`);
    const [filled, lot] = [filledAt.get(clientOrderId), state.instruments.get(symbol)?.lot];
    if (filled === undefined || lot === undefined) continue;
    const lots = Math.round((filled * 10 ** lot.decimals) / lot.units);
    if (lots !== filledLots)
      faults.push(`order ${clientOrderId} has ${lots} lots at the venue, and ${filledLots} in the journal`);
  }
  for (const { trade } of state.slots)
    if (trade !== null && positionOf(trade) !== 0)
      faults.push(`${trade.symbol} holds ${positionOf(trade)} lots`);
  const residual = minus(minus(account.wallet, state.ledger.wallet), state.ledger.explained);
  if (absolute(residual) > RESIDUAL_MAX) faults.push(`E - K is ${moneyText(residual)}`);
  if (state.ledger.explained !== 0n) faults.push(`${moneyText(state.ledger.explained)} is not ours`);
  return {
    faults,
    orders: submitted.length,
    trades: state.tradesClosed,
    residual: moneyText(residual),
  };
}
