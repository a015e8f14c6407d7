// The client of BingX at the local exchange where an order is struck on its way: what may have happened is unknown, and can be asked for.

import { afterEach, describe, expect, it } from 'vitest';
import type { BingxVenue } from '../../../src/adapters/venues/bingx/bingx-venue.ts';
import type { FaultName } from '../../../src/adapters/venues/exchange/faults.ts';
import { moveMarket } from '../../../src/adapters/venues/exchange/feed/move-market.ts';
import {
  type LocalExchange,
  startLocalExchange,
} from '../../../src/adapters/venues/exchange/local-exchange.ts';
import { truthOf } from '../../../src/adapters/venues/exchange/model/exchange.ts';
import { passed } from '../../../src/adapters/venues/exchange/settle.ts';
import { type VirtualTimers, virtualTimers } from '../../../src/adapters/virtual-timers.ts';
import type { Lots, PriceTicks } from '../../../src/domain/steps.ts';
import type { OrderName, OrderRequest } from '../../../src/domain/venue.ts';
import {
  CONTRACT_INSTRUMENT,
  CONTRACT_START_MS,
  CONTRACT_SYMBOL,
  CONTRACT_WALLET,
  orderOf,
} from '../../contracts/venue.ts';
import { openBingxAt } from '../../venue/open-bingx.ts';

const KEY = { apiKey: 'doubt-key', secret: 'doubt-secret', accountId: 'own' };

let exchange: LocalExchange;
let venue: BingxVenue;
let timers: VirtualTimers;

async function opened(): Promise<void> {
  timers = virtualTimers(CONTRACT_START_MS);
  exchange = await startLocalExchange({
    port: 0,
    instruments: [CONTRACT_INSTRUMENT],
    keys: [KEY],
    timers,
    seed: 1,
    wallet: CONTRACT_WALLET,
  });
  moveMarket(exchange.world, CONTRACT_SYMBOL, {
    bid: 500_000 as PriceTicks,
    ask: 500_005 as PriceTicks,
    mark: 500_000 as PriceTicks,
    bidLots: 1_000_000 as Lots,
    askLots: 1_000_000 as Lots,
  });
  venue = await openBingxAt({ exchange, key: KEY, timers, seed: 1 });
  // Its leverage is set, so that the next request is the next order.
  await venue.submit(orderOf(), 'entry');
}

afterEach(async () => {
  await venue.close();
  await exchange.close();
});

/** What an answer is after half a minute of the venue's time. */
async function answered<T>(asked: Promise<T>): Promise<T> {
  await passed(exchange, timers, () => venue.health().inFlight, 30_000);
  return await asked;
}

/** Sends an order that meets a fault; the requests after it do not. */
async function struck(fault: FaultName, order: OrderRequest): Promise<unknown> {
  exchange.world.faults.set(fault, 1);
  const result = await answered(venue.submit(order, 'entry'));
  exchange.world.faults.set(fault, 0);
  return result;
}

function timesOf({ clientOrderId }: OrderRequest): number {
  const { orders } = truthOf(exchange.world.model, KEY.accountId);
  return orders.filter(({ report }) => report.clientOrderId === clientOrderId).length;
}

function nameOf({ clientOrderId, symbol }: OrderRequest): OrderName {
  return { clientOrderId, venueOrderId: null, symbol };
}

describe('an order that is struck on its way', () => {
  it.each([
    ['response_lost', 'TIMEOUT'],
    ['connection_reset', 'CONNECTION'],
    ['gateway_timeout', 'SERVER'],
    ['unreadable', 'UNREADABLE'],
  ] as const)('by %s was carried out once, is unknown, and is found when asked for', async (fault, cause) => {
    await opened();
    const order = orderOf();

    expect(await struck(fault, order)).toEqual({ kind: 'UNKNOWN', cause });
    expect(timesOf(order)).toBe(1);
    // It left once, since there is no other host.
    expect(exchange.world.faults.hits[fault]).toBe(1);
    expect(await answered(venue.query(nameOf(order), 'doubt'))).toMatchObject({
      kind: 'FOUND',
      report: { clientOrderId: order.clientOrderId, status: 'FILLED', filledLots: 100 },
    });
  });

  it.each([
    ['request_lost', 'TIMEOUT'],
    ['server_error', 'SERVER'],
    ['busy', 'SERVER'],
  ] as const)('by %s was not carried out, is unknown too, and is not found', async (fault, cause) => {
    await opened();
    const order = orderOf();

    expect(await struck(fault, order)).toEqual({ kind: 'UNKNOWN', cause });
    expect(timesOf(order)).toBe(0);
    expect(exchange.world.faults.hits[fault]).toBe(1);
    expect(await answered(venue.query(nameOf(order), 'doubt'))).toEqual({ kind: 'NOT_FOUND' });
  });

  it.each([
    ['order_rejected', 'RISK_CONTROL'],
    ['funding_window', 'FUNDING_WINDOW'],
    ['clock_skew', 'CLOCK_SKEW'],
    ['rate_limited', 'RATE_LIMITED'],
  ] as const)('by %s was surely not carried out, and that is what is said', async (fault, code) => {
    await opened();
    const order = orderOf();

    expect(await struck(fault, order)).toMatchObject({ kind: 'REJECT', code });
    expect(timesOf(order)).toBe(0);
  });
});

describe('a question that is struck on its way', () => {
  it.each(['request_lost', 'response_lost', 'server_error', 'busy', 'unreadable'] as const)(
    'by %s is unknown, and neither nothing nor not found',
    async (fault) => {
      await opened();
      exchange.world.faults.set(fault, 1);
      const asked = [
        venue.query(nameOf(orderOf()), 'doubt'),
        venue.openOrders('doubt'),
        venue.positions('doubt'),
        venue.balance('doubt'),
      ];
      const answers = await answered(Promise.all<{ readonly kind: string }>(asked));
      expect(answers.map(({ kind }) => kind)).toEqual(['UNKNOWN', 'UNKNOWN', 'UNKNOWN', 'UNKNOWN']);
    },
  );
});
