// The rows of fills: by how much the cumulative facts of our orders have grown, so that the rows of an order sum to its facts.

import { assert } from '../../domain/assert.ts';
import type { ClientOrderId } from '../../domain/ids.ts';
import { averagePriceOf, type Instrument, stepsText } from '../../domain/instrument.ts';
import { type Money, minus, moneyText, NO_MONEY } from '../../domain/money.ts';
import type { OrderReport } from '../../domain/venue.ts';
import type { KernelEvent } from '../../kernel/event.ts';
import type { KernelState, Order } from '../../kernel/state.ts';
import { instantText, type RowDraft } from './row-draft.ts';

type FillDraft = Extract<RowDraft, { readonly table: 'fills' }>;

/** What was known of an order before. */
interface Known {
  readonly filledLots: number;
  readonly pricedLots: number;
  readonly lateLots: number;
  readonly filledQuote: Money;
}

export type KnownFills = Map<ClientOrderId, Known>;

const NOTHING: Known = { filledLots: 0, pricedLots: 0, lateLots: 0, filledQuote: NO_MONEY };

/** Returns what is known of every order of a state. */
export function knownFills(state: KernelState): KnownFills {
  return new Map([...state.orders.values()].map((order) => [order.clientOrderId, knownOf(order)]));
}

/** Returns a row for each order that grew since `known`, which is brought up to the state. */
export function fillRows(known: KnownFills, event: KernelEvent, state: KernelState): readonly FillDraft[] {
  const rows: FillDraft[] = [];
  for (const order of state.orders.values()) {
    const before = known.get(order.clientOrderId);
    if (
      before !== undefined &&
      before.filledLots === order.filledLots &&
      before.filledQuote === order.filledQuote
    ) {
      continue;
    }
    known.set(order.clientOrderId, knownOf(order));
    if (before !== undefined || order.filledLots > 0)
      rows.push(fillRow(before ?? NOTHING, order, event, state));
  }
  if (known.size > state.orders.size)
    for (const id of known.keys()) if (!state.orders.has(id)) known.delete(id);
  return rows;
}

function knownOf({ filledLots, pricedLots, lateLots, filledQuote }: Order): Known {
  return { filledLots, pricedLots, lateLots, filledQuote };
}

function fillRow(before: Known, order: Order, event: KernelEvent, state: KernelState): FillDraft {
  const instrument = state.instruments.get(order.symbol);
  assert(instrument !== undefined, () => `an order of ${order.symbol}, which is no instrument`);
  const { clientOrderId, venueOrderId, tradeId, role, side, symbol, isMaker } = order;
  const venueAtMs = reportsIn(event).find((report) => isOf(report, order))?.venueAtMs;
  return {
    table: 'fills',
    client_order_id: clientOrderId,
    venue_order_id: venueOrderId,
    trade_id: tradeId,
    strategy_class: state.trades.get(tradeId)?.strategyClass ?? null,
    symbol,
    side,
    role,
    quantity: stepsText(instrument.lot, order.filledLots - before.filledLots),
    filled: stepsText(instrument.lot, order.filledLots),
    quote: moneyText(minus(order.filledQuote, before.filledQuote)),
    price: priceText(before, order, instrument),
    is_maker: isMaker,
    is_late: order.lateLots > before.lateLots,
    venue_at: venueAtMs === undefined ? null : instantText(venueAtMs),
  };
}

/** The average of what was added, where all of it has a price and all before it had one. */
function priceText(before: Known, order: Order, instrument: Instrument): string | null {
  const added = order.filledLots - before.filledLots;
  const cost = minus(order.filledQuote, before.filledQuote);
  const isPriced = before.pricedLots === before.filledLots && order.pricedLots === order.filledLots;
  if (!isPriced || added <= 0 || cost <= 0n) return null;
  return moneyText(averagePriceOf(instrument, cost, added));
}

function isOf(report: OrderReport, { clientOrderId, venueOrderId }: Order): boolean {
  return report.venueOrderId === venueOrderId || report.clientOrderId === clientOrderId;
}

/** The facts of orders that an event brought. */
function reportsIn(event: KernelEvent): readonly OrderReport[] {
  switch (event.kind) {
    case 'REPORT':
      return [event.report];
    case 'SUBMIT_RESULT':
    case 'CANCEL_RESULT':
      return event.result.kind === 'ACK' && event.result.report !== null ? [event.result.report] : [];
    case 'QUERY_RESULT':
      return event.result.kind === 'FOUND' ? [event.result.report] : [];
    case 'FILLS':
    case 'OPEN_ORDERS':
      return event.result.kind === 'KNOWN' ? event.result.rows : [];
    default:
      return [];
  }
}
