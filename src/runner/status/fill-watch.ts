// Finds fills of our orders from how their sums grow: an order says what was filled in all, and a chart wants each step.

import type { ClientOrderId } from '../../domain/ids.ts';
import { type Money, minus, NO_MONEY } from '../../domain/money.ts';
import type { Lots } from '../../domain/steps.ts';
import type { KernelEvent } from '../../kernel/event.ts';
import type { KernelState, Order } from '../../kernel/state.ts';
import { averagePriceNumber, sizeText } from './decimal-texts.ts';
import type { FillLook } from './runner-view.ts';

interface Seen {
  readonly lots: Lots;
  readonly quote: Money;
}

/** What of an order is known before it was looked at. */
const NOTHING: Seen = { lots: 0 as Lots, quote: NO_MONEY };

export class FillWatch {
  private seen: Map<ClientOrderId, Seen> | null = null;

  /** Takes what orders have filled by now as known. Until this was called, the first look does it. */
  begin(state: KernelState): void {
    this.seen = new Map([...state.orders.values()].map((order) => [order.clientOrderId, seenOf(order)]));
  }

  /**
   * Returns what was filled by an event, each order once. A fill without a price is told when its price is known; `number` is still to be
   * given.
   */
  fillsOf(event: KernelEvent, state: KernelState): readonly Omit<FillLook, 'number'>[] {
    const { seen } = this;
    if (seen === null) {
      this.begin(state);
      return [];
    }
    const fills = ordersOf(event, state).flatMap((order) => grown(seen, order, state) ?? []);
    forget(seen, state);
    return fills;
  }
}

function grown(
  seen: Map<ClientOrderId, Seen>,
  order: Order,
  state: KernelState,
): Omit<FillLook, 'number'> | null {
  const before = seen.get(order.clientOrderId) ?? NOTHING;
  const grownLots = order.pricedLots - before.lots;
  seen.set(order.clientOrderId, seenOf(order));
  const instrument = state.instruments.get(order.symbol);
  if (grownLots <= 0 || instrument === undefined) return null;
  return {
    atMs: state.nowMs,
    symbol: order.symbol,
    side: order.side,
    role: order.role,
    size: sizeText(instrument, grownLots),
    price: averagePriceNumber(instrument, minus(order.filledQuote, before.quote), grownLots),
    clientOrderId: order.clientOrderId,
  };
}

/** The kernel forgets old orders, and so does this. */
function forget(seen: Map<ClientOrderId, Seen>, state: KernelState): void {
  if (seen.size <= 2 * state.orders.size + 16) return;
  for (const id of seen.keys()) if (!state.orders.has(id)) seen.delete(id);
}

function seenOf({ pricedLots, filledQuote }: Order): Seen {
  return { lots: pricedLots, quote: filledQuote };
}

/** The orders that an event can have filled: one where it names one, all where it is a picture of the venue. */
function ordersOf(event: KernelEvent, state: KernelState): readonly Order[] {
  switch (event.kind) {
    case 'SUBMIT_RESULT':
    case 'CANCEL_RESULT':
    case 'QUERY_RESULT':
      return orderBy(event.clientOrderId, state);
    case 'REPORT': {
      const { clientOrderId, venueOrderId } = event.report;
      return orderBy(clientOrderId ?? state.byVenueId.get(venueOrderId) ?? null, state);
    }
    case 'OPEN_ORDERS':
    case 'FILLS':
      return [...state.orders.values()];
    default:
      return [];
  }
}

function orderBy(id: ClientOrderId | null, state: KernelState): readonly Order[] {
  const order = id === null ? undefined : state.orders.get(id);
  return order === undefined ? [] : [order];
}
