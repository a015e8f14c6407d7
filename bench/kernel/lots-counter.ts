// How many lots a kernel knows to be filled, over all orders, those that it has forgotten by now included.

import type { ClientOrderId } from '../../src/domain/ids.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import type { KernelState, Order } from '../../src/kernel/state.ts';

export class LotsCounter {
  lots = 0;
  private readonly known = new Map<ClientOrderId, number>();

  /** To be called after each event that the kernel has applied. */
  count(event: KernelEvent, state: KernelState): void {
    const order = orderOf(event, state);
    if (order === undefined) return;
    const { clientOrderId, filledLots } = order;
    this.lots += filledLots - (this.known.get(clientOrderId) ?? 0);
    this.known.set(clientOrderId, filledLots);
  }
}

/** The order that an event is about; a report names it by the venue's id alone. */
function orderOf(event: KernelEvent, { orders, byVenueId }: KernelState): Order | undefined {
  if (event.kind === 'REPORT') {
    const id = byVenueId.get(event.report.venueOrderId);
    return id === undefined ? undefined : orders.get(id);
  }
  if (event.kind === 'SUBMIT_RESULT' || event.kind === 'CANCEL_RESULT' || event.kind === 'QUERY_RESULT')
    return orders.get(event.clientOrderId);
  return undefined;
}
