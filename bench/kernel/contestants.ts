// Other programs on the same day: each reads the frames of our orders' fills and says how many lots it counts, then how fast it was.

import ccxt from 'ccxt';
import { OrderBook } from 'nodejs-order-book';
import type { SymbolName, VenueOrderId } from '../../src/domain/ids.ts';
import type { Instrument } from '../../src/domain/instrument.ts';
import { NO_LOTS } from '../../src/domain/steps.ts';
import type { OrderReport } from '../../src/domain/venue.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import { type Instruments, orderFrame } from './venue-frames.ts';

export interface Contest {
  readonly name: string;
  readonly lots: number;
  readonly messages: number;
  readonly perSecond: number;
}

/** Returns every report of the day, in the order in which it came. */
export function reportsOf(events: readonly KernelEvent[]): readonly OrderReport[] {
  return events.flatMap((event) => {
    if (event.kind === 'REPORT') return [event.report];
    const isAnswer = event.kind === 'CANCEL_RESULT' && event.result.kind === 'ACK';
    return isAnswer && event.result.report !== null ? [event.result.report] : [];
  });
}

/**
 * A matching engine: each of our orders rests in a book of its symbol, and each frame trades against it the lots that are its own, as a
 * stream says with its last quantity. It has no notion of a frame that comes twice; what the order cannot take is left over.
 */
export function orderBookContest(reports: readonly OrderReport[]): Contest {
  const ownLots = lastQuantities(reports);
  const books = new Map<SymbolName, OrderBook>();
  const resting = new Set<VenueOrderId>();
  let [lots, messages] = [0, 0];
  const startedMs = performance.now();
  for (const [index, report] of reports.entries()) {
    const { symbol, side, venueOrderId: id, orderedLots, status } = report;
    const book = books.get(symbol) ?? new OrderBook();
    books.set(symbol, book);
    const isBuy = side === 'BUY';
    if (!resting.has(id)) {
      resting.add(id);
      messages += 1;
      book.limit({ side: isBuy ? 'buy' : 'sell', id, size: orderedLots, price: 100 } as Parameters<
        OrderBook['limit']
      >[0]);
    }
    messages += 1;
    if (status === 'CANCELED') {
      book.cancel(id);
      continue;
    }
    const size = ownLots[index] ?? 0;
    const done = book.market({ side: isBuy ? 'sell' : 'buy', size } as Parameters<OrderBook['market']>[0]);
    lots += size - done.quantityLeft;
  }
  return { name: 'nodejs-order-book', lots, messages, perSecond: rate(messages, startedMs) };
}

/** What each frame says of its own trade: the cumulative quantity, less that of the trade before it at the venue. */
function lastQuantities(reports: readonly OrderReport[]): readonly number[] {
  const steps = new Map<VenueOrderId, Set<number>>();
  for (const { venueOrderId, filledLots } of reports) {
    const known = steps.get(venueOrderId) ?? new Set([0]);
    steps.set(venueOrderId, known.add(filledLots));
  }
  return reports.map(({ venueOrderId, filledLots }) => {
    const smaller = [...(steps.get(venueOrderId) ?? [])].filter((lots) => lots < filledLots);
    return filledLots - Math.max(NO_LOTS, ...smaller);
  });
}

/** ccxt's reading of one order frame; of each order the one with the latest time counts, as for whoever keeps orders by id. */
export function ccxtOrders(reports: readonly OrderReport[], instruments: Instruments): Contest {
  const exchange = offline(instruments);
  const frames = reports.map((report) => orderFrame(report, instruments).o);
  const newest = new Map<string, { readonly atMs: number; readonly lots: number }>();
  const startedMs = performance.now();
  for (const frame of frames) {
    const order = exchange.parseOrder(frame);
    const [id, atMs] = [String(order.id), order.lastTradeTimestamp ?? 0];
    if (atMs >= (newest.get(id)?.atMs ?? 0))
      newest.set(id, { atMs, lots: (order.filled ?? 0) / lotOf(instruments, frame.s) });
  }
  const perSecond = rate(frames.length, startedMs);
  const lots = Math.round([...newest.values()].reduce((sum, of) => sum + of.lots, 0));
  return { name: 'ccxt parseOrder, latest frame of each order', lots, messages: frames.length, perSecond };
}

/** ccxt's stream of our own trades. */
export function ccxtTrades(reports: readonly OrderReport[], instruments: Instruments): Contest {
  const exchange = offline(instruments);
  const frames = reports.map((report) => orderFrame(report, instruments));
  let lots = 0;
  const client = {
    resolve(
      cache: readonly { readonly amount?: number; readonly info?: { readonly s?: string } }[],
      hash: string,
    ) {
      const trade = cache.at(-1);
      if (hash === 'swap:mytrades' && trade !== undefined)
        lots += (trade.amount ?? 0) / lotOf(instruments, trade.info?.s ?? '');
    },
  };
  const startedMs = performance.now();
  for (const frame of frames) exchange.handleMessage(client as never, frame);
  const perSecond = rate(frames.length, startedMs);
  return {
    name: 'ccxt handleMessage, own trades',
    lots: Math.round(lots),
    messages: frames.length,
    perSecond,
  };
}

function offline(instruments: Instruments) {
  const exchange = new ccxt.pro.bingx();
  exchange.setMarkets([...instruments.values()].map(marketOf));
  return exchange;
}

function marketOf({ symbol, tick, lot }: Instrument) {
  const [base = '', quote = ''] = symbol.split('-');
  return {
    id: symbol,
    symbol: `${base}/${quote}:${quote}`,
    base,
    quote,
    settle: quote,
    baseId: base,
    quoteId: quote,
    settleId: quote,
    type: 'swap',
    spot: false,
    margin: false,
    swap: true,
    future: false,
    option: false,
    contract: true,
    linear: true,
    inverse: false,
    contractSize: 1,
    active: true,
    precision: { price: 10 ** -tick.decimals, amount: 10 ** -lot.decimals },
    limits: {},
    info: {},
  };
}

function lotOf(instruments: Instruments, symbol: string): number {
  const lot = instruments.get(symbol as SymbolName)?.lot;
  if (lot === undefined) throw new Error(`no instrument ${symbol}`);
  return lot.units * 10 ** -lot.decimals;
}

function rate(count: number, startedMs: number): number {
  return Math.round((count / (performance.now() - startedMs)) * 1_000);
}
