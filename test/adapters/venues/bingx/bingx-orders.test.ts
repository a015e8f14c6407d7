// What an answer to an order means: taken only with the venue's id, refused only where nothing was done, and otherwise not known.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cancelResultOf,
  queryResultOf,
  submitResultOf,
  unsentFor,
} from '../../../../src/adapters/venues/bingx/bingx-orders.ts';
import type { RestReply } from '../../../../src/adapters/venues/bingx/rest-call.ts';
import type { ClientOrderId, SymbolName, VenueOrderId } from '../../../../src/domain/ids.ts';
import { lots } from '../../../../src/domain/steps.ts';
import type { OrderName, OrderRequest } from '../../../../src/domain/venue.ts';
import { CONTRACT_INSTRUMENT } from '../../../contracts/venue.ts';
import { LOST, NO_TURN, orderIdAt, orderRow, refused, said } from './scripted-rest.ts';

const ORDER: OrderRequest = {
  clientOrderId: 'ours' as ClientOrderId,
  symbol: 'BTC-USDT' as SymbolName,
  side: 'BUY',
  type: 'MARKET',
  quantity: lots(100),
  limit: null,
  postOnly: false,
  reduceOnly: false,
  leverage: 5,
};
const NAME: OrderName = { symbol: ORDER.symbol, clientOrderId: ORDER.clientOrderId, venueOrderId: null };
const ID = orderIdAt(0);

const placed = (changed: object = {}): RestReply =>
  said({
    order: {
      orderId: ID,
      orderID: ID,
      symbol: 'BTC-USDT',
      side: 'BUY',
      type: 'MARKET',
      price: 0,
      quantity: 0.01,
      clientOrderID: 'ours',
      clientOrderId: '',
      status: 'FILLED',
      avgPrice: '50000.5',
      executedQty: '0.0100',
      ...changed,
    },
  });
const submitted = (reply: RestReply) => submitResultOf(ORDER, CONTRACT_INSTRUMENT, reply);
const NOT_READ = { kind: 'UNKNOWN', cause: 'UNREADABLE' };

describe('an answer to an order', () => {
  it('takes the id and what was filled, at the average and never at the price', () => {
    expect(submitted(placed({ price: 60_000 }))).toMatchObject({
      kind: 'ACK',
      venueOrderId: ID,
      report: {
        status: 'FILLED',
        filledLots: 100,
        filledQuote: 50_000_500_000n,
        isQuoteExact: false,
        fee: null,
      },
    });
  });

  it('takes the id alone where the answer does not say how the order stands', () => {
    const old = placed({
      status: undefined,
      avgPrice: undefined,
      executedQty: undefined,
      orderID: undefined,
    });

    expect(submitted(old)).toEqual({ kind: 'ACK', venueOrderId: ID, report: null });
  });

  it('knows the order by the text of its id, where the number was rounded on the way', () => {
    const result = submitted(placed({ orderId: Number(ID) + 512 }));

    expect(result).toMatchObject({ kind: 'ACK', venueOrderId: ID, report: { venueOrderId: ID } });
  });

  it('does not rely on a report whose quantity is not the one that was ordered', () => {
    expect(submitted(placed({ quantity: 0.004, executedQty: '0.0040' }))).toEqual({
      kind: 'ACK',
      venueOrderId: ID,
      report: null,
    });
  });

  it.each([
    ['has no id', { orderId: 0, orderID: '' }],
    ['is of another symbol', { symbol: 'ETH-USDT' }],
    ['is of the other side', { side: 'SELL' }],
    ['is of another client order id', { clientOrderID: 'theirs' }],
  ])('is not known where it %s', (_what, changed) => {
    expect(submitted(placed(changed))).toEqual(NOT_READ);
  });

  it('is taken with the id in other letters, as the venue lowers them', () => {
    const order = { ...ORDER, clientOrderId: 'ours' as ClientOrderId };

    expect(submitResultOf(order, CONTRACT_INSTRUMENT, placed({ clientOrderID: 'OURS' })).kind).toBe('ACK');
  });

  it('refuses in the words that every venue has, with its own beside', () => {
    expect(submitted(refused(101204, 'Insufficient margin'))).toEqual({
      kind: 'REJECT',
      code: 'MARGIN',
      text: '101204 Insufficient margin',
    });
  });

  it.each([
    ['the venue was busy', refused(109500, 'busy')],
    ['the gateway was busy', refused(100500, 'busy')],
    ['the way there timed out', refused(408, '')],
    ['no answer came', LOST],
  ])('is not known where %s', (_what, reply) => {
    expect(submitted(reply).kind).toBe('UNKNOWN');
  });

  it.each([
    [NO_TURN, 'RATE_LIMITED'],
    [{ kind: 'not_sent', cause: 'no_connection', text: 'refused' } as const, 'BUSY'],
    [{ kind: 'not_sent', cause: 'unsignable', text: 'a key' } as const, 'OTHER'],
  ])('is refused by ourselves where it did not leave', (reply, code) => {
    expect(submitted(reply)).toMatchObject({ kind: 'REJECT', code });
  });
});

describe('an answer to a cancel', () => {
  const canceled = (reply: RestReply) => cancelResultOf(NAME, CONTRACT_INSTRUMENT, reply);

  it('hands on the row, which alone proves that the order has ended', () => {
    expect(canceled(said({ order: orderRow({ status: 'CANCELLED' }) }))).toMatchObject({
      kind: 'ACK',
      report: { status: 'CANCELED', venueOrderId: ID },
    });
    expect(canceled(said({ order: orderRow({ status: 'PENDING' }) }))).toMatchObject({
      report: { status: 'NEW' },
    });
  });

  it('is asked for and no more where the row cannot be read', () => {
    expect(canceled(said({ order: orderRow({ executedQty: 'many' }) }))).toEqual({
      kind: 'ACK',
      report: null,
    });
    expect(canceled(said({}))).toEqual({ kind: 'ACK', report: null });
  });

  it('says nothing by the row of another order', () => {
    expect(canceled(said({ order: orderRow({ clientOrderId: 'theirs' }) }))).toEqual(NOT_READ);
  });

  it('is not known where the venue saw two within a second, since the first may be under way', () => {
    expect(canceled(refused(109201, 'same order number')).kind).toBe('UNKNOWN');
  });

  it.each([
    [109421, 'ORDER_UNKNOWN'],
    [109422, 'ORDER_FINAL'],
    [80018, 'ORDER_FINAL'],
  ])('is refused with %i as %s', (code, meaning) => {
    expect(canceled(refused(code, ''))).toMatchObject({ kind: 'REJECT', code: meaning });
  });
});

describe('an answer to a query', () => {
  const asked = (reply: RestReply, name: OrderName = NAME) => queryResultOf(name, CONTRACT_INSTRUMENT, reply);

  it('finds the order', () => {
    expect(asked(said({ order: orderRow() }))).toMatchObject({ kind: 'FOUND', report: { status: 'NEW' } });
  });

  it.each([
    ['the venue says so', refused(109421, 'order not exist')],
    ['it says so in the older code', refused(80016, 'order not exist')],
    ['the answer holds no order', said({ order: null })],
    ['the order is empty', said({ order: { symbol: '', orderId: 0, clientOrderId: '' } })],
    ['the answer is empty', { kind: 'data', data: null } as const],
  ])('does not find it where %s', (_what, reply) => {
    expect(asked(reply)).toEqual({ kind: 'NOT_FOUND' });
  });

  it.each([
    ['the venue refuses the question', refused(100410, 'rate limited'), 'SERVER'],
    ['it was not sent', NO_TURN, 'NOT_SENT'],
    ['no answer came', LOST, 'TIMEOUT'],
    ['the row cannot be read', said({ order: orderRow({ status: 'ODD' }) }), 'UNREADABLE'],
    ['the row is of another order', said({ order: orderRow({ clientOrderId: 'theirs' }) }), 'UNREADABLE'],
    ['the answer is a list', said([]), 'UNREADABLE'],
    ['the order is a text', said({ order: 'none' }), 'UNREADABLE'],
    ['the answer is to another question', said({ orders: [orderRow()] }), 'UNREADABLE'],
  ])('does not know where %s', (_what, reply, cause) => {
    expect(asked(reply)).toEqual({ kind: 'UNKNOWN', cause });
  });

  it('asked by the venue id takes no other', () => {
    const name = { ...NAME, venueOrderId: orderIdAt(1) as VenueOrderId };

    expect(asked(said({ order: orderRow() }), name)).toEqual(NOT_READ);
  });
});

describe('an order whose leverage could not be set', () => {
  it('was surely not sent, whatever came of the leverage', () => {
    expect(unsentFor({ kind: 'unknown', cause: 'TIMEOUT', text: 'no answer' })).toMatchObject({
      code: 'BUSY',
    });
    expect(unsentFor({ kind: 'not_sent', cause: 'no_turn', text: 'no turn' })).toMatchObject({
      code: 'RATE_LIMITED',
    });
    expect(unsentFor({ kind: 'error', code: 109500, text: '' })).toMatchObject({ code: 'BUSY' });
    expect(unsentFor({ kind: 'error', code: 101204, text: '' })).toMatchObject({ code: 'MARGIN' });
  });

  it('is never called one that the venue knows already', () => {
    for (const code of [101481, 109201, 109421, 109422, 101205])
      expect(unsentFor({ kind: 'error', code, text: '' })).toMatchObject({ kind: 'REJECT', code: 'OTHER' });
  });
});

describe('whatever the venue answers', () => {
  const anyJson = fc.jsonValue({ maxDepth: 3 }).map((value) => said(value));
  const anyPlaced = fc
    .record(
      {
        orderId: fc.constantFrom<unknown>(ID, Number(ID), 0, '', 'x', null, 12.5),
        orderID: fc.constantFrom<unknown>(ID, '', undefined),
        symbol: fc.constantFrom('BTC-USDT', 'ETH-USDT', ''),
        side: fc.constantFrom('BUY', 'SELL', 'buy', 7),
        quantity: fc.constantFrom<unknown>(0.01, '0.02', 1e-9, 'x'),
        status: fc.constantFrom('NEW', 'FILLED', 'CANCELLED', 'ODD', ''),
        executedQty: fc.constantFrom<unknown>('0', '0.01', '-1', '', 1e-7),
        avgPrice: fc.constantFrom<unknown>('50000.5', '', 'NaN', 0),
        clientOrderID: fc.constantFrom('ours', 'theirs', ''),
      },
      { requiredKeys: [] },
    )
    .map((order) => said({ order }));
  const anyReply: fc.Arbitrary<RestReply> = fc.oneof(
    anyJson,
    anyPlaced,
    fc.record({
      kind: fc.constant('error' as const),
      code: fc.constantFrom(
        100410,
        100421,
        100500,
        101204,
        101215,
        101400,
        109400,
        109421,
        109500,
        110500,
        418,
        1,
      ),
      text: fc.string(),
    }),
    fc.constantFrom<RestReply>(LOST, NO_TURN),
  );

  it('an order is never taken without an id, nor refused where it may have been taken', () => {
    fc.assert(
      fc.property(anyReply, (reply) => {
        const result = submitted(reply);
        if (result.kind === 'ACK') {
          expect(result.venueOrderId).toMatch(/^[1-9]\d{0,18}$/);
          if (result.report !== null) expect(result.report.venueOrderId).toBe(result.venueOrderId);
        }
        if (reply.kind === 'data' || reply.kind === 'unknown') expect(result.kind).not.toBe('REJECT');
        if (reply.kind === 'error' || reply.kind === 'not_sent') expect(result.kind).not.toBe('ACK');
      }),
      { seed: 20261128, numRuns: 500 },
    );
  });

  it('a query finds nothing but the order that was asked about', () => {
    fc.assert(
      fc.property(anyReply, (reply) => {
        const result = queryResultOf(NAME, CONTRACT_INSTRUMENT, reply);
        if (result.kind === 'FOUND') expect(result.report.symbol).toBe('BTC-USDT');
        if (reply.kind === 'unknown' || reply.kind === 'not_sent') expect(result.kind).toBe('UNKNOWN');
      }),
      { seed: 20261128, numRuns: 500 },
    );
  });
});
