// How the adapter asks about orders that it has: by which name, in which turn, how patiently, and what a gap leaves known of them.

import { describe, expect, it } from 'vitest';
import type { BingxSetup } from '../../../../src/adapters/venues/bingx/bingx-setup.ts';
import { type BingxVenue, openBingxVenue } from '../../../../src/adapters/venues/bingx/bingx-venue.ts';
import type { StreamListener } from '../../../../src/adapters/venues/bingx/stream-text.ts';
import { virtualTimers } from '../../../../src/adapters/virtual-timers.ts';
import type { ClientOrderId, SymbolName, VenueOrderId } from '../../../../src/domain/ids.ts';
import type { EpochMs } from '../../../../src/domain/steps.ts';
import type { OrderName, VenueNotice } from '../../../../src/domain/venue.ts';
import {
  at,
  LOST,
  ORDINARY_ACCOUNT,
  ORDINARY_SETUP,
  orderIdAt,
  orderRow,
  type ScriptedRest,
  said,
  scriptedRest,
} from './scripted-rest.ts';

const START_MS = 1_780_000_000_000;

interface World {
  readonly rest: ScriptedRest;
  readonly venue: BingxVenue;
  readonly notices: readonly VenueNotice[];
  readonly stream: StreamListener;
  readonly wasStreamClosed: () => boolean;
}

async function opened(changed: Partial<BingxSetup> = {}): Promise<World> {
  const rest = scriptedRest(...ORDINARY_ACCOUNT);
  const listeners: StreamListener[] = [];
  let wasClosed = false;
  const venue = await openBingxVenue({
    setup: { ...ORDINARY_SETUP, ...changed },
    rest,
    openStream(listener) {
      listeners.push(listener);
      return {
        received: () => 0,
        close: async () => {
          wasClosed = true;
        },
      };
    },
    timers: virtualTimers(START_MS),
  });
  if (!venue.ok) throw new Error(venue.error);
  const notices: VenueNotice[] = [];
  venue.value.follow((notice) => notices.push(notice));
  const [stream] = listeners;
  if (stream === undefined) throw new Error('the stream was not opened');
  rest.calls.length = 0;
  return { rest, venue: venue.value, notices, stream, wasStreamClosed: () => wasClosed };
}

function nameOf(venueOrderId: string | null): OrderName {
  return {
    clientOrderId: 'ours' as ClientOrderId,
    venueOrderId: venueOrderId as VenueOrderId | null,
    symbol: 'BTC-USDT' as SymbolName,
  };
}

const ROW = said({ order: orderRow({ status: 'CANCELLED' }) });

describe('an order that is cancelled or asked about', () => {
  it('is named by the id of the venue alone where that is known', async () => {
    const { rest, venue } = await opened();
    rest.on(at('DELETE /v2/trade/order', ROW));
    rest.on(at('GET /v2/trade/order', ROW));

    await venue.cancel(nameOf(orderIdAt(0)), 'cancel');
    await venue.query(nameOf(orderIdAt(0)), 'doubt');

    const byVenueId = { symbol: 'BTC-USDT', orderId: orderIdAt(0) };
    expect(rest.calls.map(({ params }) => params)).toEqual([byVenueId, byVenueId]);
  });

  it('is named by our id where the venue has not said its own', async () => {
    const { rest, venue } = await opened();
    rest.on(at('DELETE /v2/trade/order', ROW));
    rest.on(at('GET /v2/trade/order', ROW));

    await venue.cancel(nameOf(null), 'cancel');
    await venue.query(nameOf(null), 'doubt');

    const byOurs = { symbol: 'BTC-USDT', clientOrderId: 'ours' };
    expect(rest.calls.map(({ params }) => params)).toEqual([byOurs, byOurs]);
  });

  it('is cancelled in a turn of its own, so that the venue never sees two within a second', async () => {
    const { rest, venue } = await opened();
    await venue.cancel(nameOf(orderIdAt(0)), 'cancel');
    await venue.cancel(nameOf(null), 'cancel');

    expect(rest.calls.map(({ spacingKey }) => spacingKey)).toEqual([orderIdAt(0), 'ours']);
  });

  it('is not waited for longer than a cancel and a question are awaited', async () => {
    const { rest, venue } = await opened();
    await venue.cancel(nameOf(orderIdAt(0)), 'cancel');
    await venue.query(nameOf(orderIdAt(0)), 'doubt');

    expect(rest.calls.map(({ priority, patienceMs }) => [priority, patienceMs])).toEqual([
      ['cancel', 5_000],
      ['doubt', 8_000],
    ]);
  });

  it('may be asked about freely, and is cancelled once more at most, at another host', async () => {
    const { rest, venue } = await opened();
    await venue.cancel(nameOf(orderIdAt(0)), 'cancel');
    await venue.query(nameOf(orderIdAt(0)), 'doubt');

    expect(rest.calls.map(({ repeat }) => repeat)).toEqual(['other_host', 'freely']);
  });
});

describe('a gap of the private stream', () => {
  const frame = (changed: object): string =>
    `{"e":"ORDER_TRADE_UPDATE","E":${START_MS},"o":${JSON.stringify({
      s: 'BTC-USDT',
      S: 'BUY',
      o: 'LIMIT',
      q: '0.0100',
      T: START_MS,
      ps: 'BOTH',
      N: 'USDT',
      n: '-0.1000',
      ...changed,
    }).replace('{', `{"i":${orderIdAt(0)},`)}}`;
  const rests = frame({ x: 'NEW', X: 'NEW', z: '0', n: '0' });
  /** The frame does not say how much of it the last fill was. */
  const fills = frame({ x: 'TRADE', X: 'PARTIALLY_FILLED', z: '0.0040', ap: '50000' });
  const feesOf = (notices: readonly VenueNotice[]) =>
    notices.flatMap((notice) => (notice.kind === 'order' ? [notice.report.fee] : []));

  it('leaves the fee of the next fill unknown, since others may have been missed', async () => {
    const { stream, notices } = await opened();
    stream.text(rests);
    stream.down('nothing came for 15000 ms');
    stream.up('the private stream is connected');
    stream.text(fills);

    expect(feesOf(notices)).toEqual([0n, null]);
  });

  it('is what makes the difference: without one the first fill has its fee', async () => {
    const { stream, notices } = await opened();
    stream.text(rests);
    stream.text(fills);

    expect(feesOf(notices)).toEqual([0n, 10_000_000n]);
  });
});

describe('a venue that is closed', () => {
  it('ends its stream and its client', async () => {
    const { rest, venue, wasStreamClosed } = await opened();
    await venue.close();

    expect([wasStreamClosed(), rest.isClosed]).toEqual([true, true]);
  });
});

describe('the account book', () => {
  it('is read to its last line where the venue gives a part of it at once', async () => {
    const { rest, venue } = await opened();
    const lines = Array.from({ length: 1_500 }, (_, index) => ({
      symbol: 'BTC-USDT',
      incomeType: 'FUNDING_FEE',
      income: '-0.1',
      asset: 'USDT',
      time: START_MS - 1_500 + index,
      tranId: `line ${index}`,
    }));
    rest.on(
      at('GET /v2/user/income', ({ params }) => {
        const isAsked = (time: number): boolean =>
          time >= Number(params['startTime']) && time <= Number(params['endTime']);
        return said(lines.filter(({ time }) => isAsked(time)).slice(0, Number(params['limit'])));
      }),
    );

    const book = await venue.income((START_MS - 2_000) as EpochMs, 'housekeeping');

    expect(book.kind === 'KNOWN' && new Set(book.rows.map((row) => row.transactionId)).size).toBe(1_500);
  });
});

describe('what traded', () => {
  it('is of every symbol that is traded here, and unknown where one of them is', async () => {
    const { rest, venue } = await opened({ symbols: ['BTC-USDT', 'ETH-USDT'] });
    const ids = { 'BTC-USDT': orderIdAt(-2_000), 'ETH-USDT': orderIdAt(-1_000) };
    const isKnown = (symbol: string | undefined): symbol is keyof typeof ids =>
      symbol !== undefined && Object.hasOwn(ids, symbol);
    rest.on(
      at('GET /v2/trade/fillHistory', ({ params: { symbol } }) =>
        isKnown(symbol)
          ? said({
              fill_history_orders: [
                {
                  symbol,
                  orderId: ids[symbol],
                  qty: '0.0100',
                  price: '50000.0',
                  tradeId: '1',
                  role: 'taker',
                },
              ],
            })
          : LOST,
      ),
    );
    rest.on(
      at('GET /v1/trade/fullOrder', ({ params: { symbol } }) =>
        isKnown(symbol)
          ? said({
              orders: [
                orderRow({
                  symbol,
                  orderId: ids[symbol],
                  origQty: '0.0100',
                  executedQty: '0.0100',
                  avgPrice: '50000.0',
                  status: 'FILLED',
                }),
              ],
            })
          : LOST,
      ),
    );
    const ask = () => venue.ordersTradedSince((START_MS - 60_000) as EpochMs, 'doubt');

    const both = await ask();
    expect(both.kind === 'KNOWN' && both.rows.map(({ symbol }) => symbol)).toEqual(['BTC-USDT', 'ETH-USDT']);
    rest.on((call) => (call.params['symbol'] === 'ETH-USDT' ? LOST : null));
    expect(await ask()).toEqual({ kind: 'UNKNOWN', cause: 'TIMEOUT' });
  });
});
