// Orders and fills in the venue's answers: the shapes of three years, and never a price, a fee or a quantity that was not said.

import { describe, expect, it } from 'vitest';
import {
  fillsFrom,
  orderCreatedAtMs,
  orderFrom,
  orderRowIn,
  orderRowsIn,
  placeAnswerFrom,
} from '../../../../src/adapters/venues/bingx/codec-orders.ts';
import type { JsonText } from '../../../../src/adapters/venues/json-text.ts';
import type { VenueOrderId } from '../../../../src/domain/ids.ts';
import type { OrderReport } from '../../../../src/domain/venue.ts';
import { BTC, changed, INSTRUMENTS, instrument, json, problemOf, told, usdt } from './payloads.ts';

const ROW = `{"symbol":"BTC-USDT","orderId":2086368129182601217,"side":"BUY","positionSide":"LONG","type":"MARKET",
  "origQty":"0.0030","price":"64880.6","executedQty":"0.0030","avgPrice":"64881.5","cumQuote":"195","stopPrice":"",
  "profit":"0.0000","commission":"-0.097322","status":"FILLED","time":1786263899000,"updateTime":1786263899500,
  "clientOrderId":"abc","leverage":"20X","reduceOnly":false}`;

const PLACED = `{"orderId":2086368129182601217,"orderID":"2086368129182601217","symbol":"BTC-USDT","positionSide":"LONG",
  "side":"BUY","type":"MARKET","price":0,"quantity":0.003,"stopPrice":0,"clientOrderID":"abc","clientOrderId":"",
  "timeInForce":"GTC","reduceOnly":false,"status":"FILLED","avgPrice":"64881.5","executedQty":"0.0030"}`;

function report(changes: Readonly<Record<string, JsonText | undefined>>): OrderReport | null {
  return told(orderFrom(changed(ROW, changes), INSTRUMENTS));
}

function problem(changes: Readonly<Record<string, JsonText | undefined>>): string {
  return problemOf(orderFrom(changed(ROW, changes), INSTRUMENTS));
}

describe('a row of an order', () => {
  it('says what is known of the order, at the average that it traded at', () => {
    expect(report({})).toEqual({
      symbol: 'BTC-USDT',
      venueOrderId: '2086368129182601217',
      clientOrderId: 'abc',
      side: 'BUY',
      status: 'FILLED',
      orderedLots: 30,
      filledLots: 30,
      filledQuote: usdt('194.6445'),
      isQuoteExact: false,
      fee: usdt('0.097322'),
      feeAsset: null,
      isMaker: null,
      cause: 'order',
      venueRealized: 0n,
      venueAtMs: 1_786_263_899_500,
    });
  });

  it('takes neither the price that was asked for nor the rounded cost for what it cost', () => {
    expect(report({ price: '1', cumQuote: '1' })?.filledQuote).toBe(usdt('194.6445'));
    for (const avgPrice of ['', undefined, '0', '0.0', '0E-8'])
      expect(report({ avgPrice })?.filledQuote, String(avgPrice)).toBeNull();
  });

  it('keeps every decimal of an average that is finer than the tick', () => {
    expect(report({ avgPrice: '64881.123456789' })?.filledQuote).toBe(usdt('194.64337037'));
  });

  it('costs nothing for certain where nothing is filled, whatever its average says', () => {
    const row = report({ status: 'NEW', executedQty: '0.0000', avgPrice: '0.0', commission: '', profit: '' });
    expect(row).toMatchObject({ status: 'NEW', filledLots: 0, filledQuote: 0n, isQuoteExact: true });
    expect(row).toMatchObject({ fee: null, venueRealized: null });
  });

  it('pays where the commission is negative, and earns where it is positive', () => {
    expect(report({ commission: '-0.01' })?.fee).toBe(usdt('0.01'));
    expect(report({ commission: '0.01' })?.fee).toBe(usdt('-0.01'));
    expect(report({ commission: '' })?.fee).toBeNull();
    expect(report({ commission: undefined })?.fee).toBeNull();
  });

  it.each([
    ['NEW', '0', 'NEW'],
    ['PENDING', '0', 'NEW'],
    ['PENDING', '0.0010', 'PARTIALLY_FILLED'],
    ['NEW', '0.0010', 'PARTIALLY_FILLED'],
    ['PARTIALLY_FILLED', '0.0010', 'PARTIALLY_FILLED'],
    ['FILLED', '0.0030', 'FILLED'],
    ['CANCELED', '0', 'CANCELED'],
    ['CANCELLED', '0.0010', 'CANCELED'],
    ['EXPIRED', '0', 'EXPIRED'],
    ['FAILED', '0', 'REJECTED'],
  ] as const)('in status %s with %s filled is %s', (status, executedQty, meaning) => {
    expect(report({ status, executedQty })?.status).toBe(meaning);
  });

  it('in a status that is not known is a problem, names of every object included', () => {
    for (const status of ['DONE', '', undefined, 'constructor', '__proto__', 'toString'])
      expect(problem({ status }), String(status)).toMatch(/^status: expected one of/);
  });

  it('is read with numbers for texts, and with its id in quotes', () => {
    const numbers = json(ROW.replace(/"(-?[\d.]+)"/g, '$1'));
    expect(told(orderFrom(numbers, INSTRUMENTS))).toEqual(report({}));
    expect(
      told(orderFrom(json(ROW.replace('2086368129182601217', '"2086368129182601217"')), INSTRUMENTS)),
    ).toEqual(report({}));
  });

  it('has no client id where that is empty, and takes the other spelling', () => {
    expect(report({ clientOrderId: '' })?.clientOrderId).toBeNull();
    expect(report({ clientOrderId: '', clientOrderID: 'xyz' })?.clientOrderId).toBe('xyz');
  });

  it('without times is as old as its id', () => {
    expect(report({ time: '0', updateTime: '0' })?.venueAtMs).toBe(1_786_263_899_499);
  });

  it('that the venue forced says so', () => {
    expect(report({ type: 'LIQUIDATION' })?.cause).toBe('liquidation');
    expect(report({ type: 'ADL' })?.cause).toBe('adl');
    expect(told(orderFrom(json(ROW), INSTRUMENTS, 'liquidation'))?.cause).toBe('liquidation');
  });

  it('of a symbol that is not traded here is passed over, without a symbol it is a problem', () => {
    expect(report({ symbol: 'ETH-USDT', origQty: 'x' })).toBeNull();
    expect(problem({ symbol: '' })).toBe('symbol: expected a symbol');
  });

  it.each([
    ['orderId', '', 'orderId: expected an id'],
    ['orderId', '1e18', 'orderId: "1e18" is no id'],
    ['side', 'LONG', 'side: expected BUY or SELL, not "LONG"'],
    ['origQty', '', 'origQty: expected a quantity'],
    ['origQty', '0.00301', 'origQty: "0.00301" is finer than the step 0.0001'],
    ['executedQty', '', 'executedQty: expected a quantity'],
    ['executedQty', '0.00001', 'executedQty: "0.00001" is finer than the step 0.0001'],
    ['executedQty', '-0.003', 'executedQty: -30 lots are no quantity'],
    ['avgPrice', 'NaN', 'avgPrice: "NaN" is no price'],
    ['commission', 'much', 'commission: "much" is no amount'],
    ['updateTime', '12', 'updateTime: "12" are no epoch milliseconds'],
  ])('whose %s is "%s" cannot be read, and says why', (name, value, sentence) => {
    expect(problem({ [name]: value })).toBe(sentence);
  });

  it('is refused as no object at all', () => {
    for (const value of [null, 'x', true, []])
      expect(problemOf(orderFrom(value, INSTRUMENTS))).toContain('object');
  });
});

describe('where orders are in an answer', () => {
  it('is in a list, under its name or alone; null under its name is an empty list', () => {
    expect(told(orderRowsIn(json('{"orders":[{"a":1},{"a":2}]}')))).toHaveLength(2);
    expect(told(orderRowsIn(json('[{"a":1}]')))).toHaveLength(1);
    expect(told(orderRowsIn(json('{"orders":null}')))).toEqual([]);
  });

  it('is nowhere in an answer without a list, which is not the same as an empty one', () => {
    for (const text of ['{}', 'null', '"x"', '{"orders":{}}', '{"orders":"[]"}'])
      expect(problemOf(orderRowsIn(json(text))), text).toBe('orders: expected a list');
  });

  it('is one order in its envelope or without it, and none in an empty answer', () => {
    expect(orderRowIn(json(`{"order":${ROW}}`))).toEqual(json(ROW));
    expect(orderRowIn(json(ROW))).toEqual(json(ROW));
    for (const text of ['{}', 'null', '{"order":null}', '{"order":""}', '[]'])
      expect(orderRowIn(json(text)), text).toBeNull();
  });
});

describe('the answer to a new order', () => {
  function placed(changes: Readonly<Record<string, JsonText | undefined>>) {
    return told(placeAnswerFrom({ order: changed(PLACED, changes) }, BTC));
  }

  it('of today says how the order stands', () => {
    expect(placed({})).toMatchObject({
      venueOrderId: '2086368129182601217',
      clientOrderId: 'abc',
      symbol: 'BTC-USDT',
      side: 'BUY',
      orderedLots: 30,
      report: { status: 'FILLED', filledLots: 30, filledQuote: usdt('194.6445'), fee: null },
    });
  });

  it('of 2024 says the id and the quantity, and nothing of how it stands', () => {
    const old = { orderID: undefined, status: undefined, avgPrice: undefined, executedQty: undefined };
    expect(placed(old)).toMatchObject({ venueOrderId: '2086368129182601217', orderedLots: 30, report: null });
  });

  it('of 2023 says the id alone', () => {
    const row = json(
      '{"order":{"symbol":"BTC-USDT","orderId":1735950529123455001,"side":"BUY","type":"MARKET","clientOrderID":""}}',
    );
    expect(told(placeAnswerFrom(row, BTC))).toEqual({
      venueOrderId: '1735950529123455001',
      clientOrderId: null,
      symbol: 'BTC-USDT',
      side: 'BUY',
      orderedLots: null,
      report: null,
    });
  });

  it('is believed in the id that is a text, since a number may have been rounded on its way', () => {
    expect(placed({ orderId: '2086368129182601200' }).venueOrderId).toBe('2086368129182601217');
    expect(placed({ orderID: '' }).venueOrderId).toBe('2086368129182601217');
  });

  it('makes no report of half of one', () => {
    expect(placed({ executedQty: '' }).report).toBeNull();
    expect(placed({ status: '' }).report).toBeNull();
    expect(placed({ avgPrice: '' }).report).toMatchObject({ filledLots: 30, filledQuote: null });
  });

  it('still names the order where the rest of it cannot be read', () => {
    const answer = placed({ quantity: '0.00301', status: 'ODD', side: '?' });
    expect(answer).toMatchObject({
      venueOrderId: '2086368129182601217',
      orderedLots: null,
      side: null,
      report: null,
    });
  });

  it('without an id is unreadable', () => {
    for (const text of [
      '{}',
      'null',
      '{"order":{}}',
      '{"order":{"orderId":0,"orderID":""}}',
      '{"order":{"orderId":"x"}}',
    ])
      expect(problemOf(placeAnswerFrom(json(text), BTC)), text).not.toBe('');
  });
});

describe('the age of an order', () => {
  it('is in its id', () => {
    expect(orderCreatedAtMs('1736012449498123456' as VenueOrderId)).toBe(1_702_732_596_168);
    expect(orderCreatedAtMs('2086368129182601216' as VenueOrderId)).toBe(
      Date.parse('2026-08-09T08:24:59.499Z'),
    );
  });
});

describe('a list of fills', () => {
  const WLD = instrument('WLD-USDT', '0.0001', '0.01');
  const FILL = `{"filledTm":"2023-12-16T20:58:36Z","volume":"4.10","price":"3.1088","qty":"4.10","quoteQty":"12.74",
    "commission":"-0.0025","commissionAsset":"USDT","orderId":"1736007768311123456","tradeId":"241512",
    "filledTime":"2023-12-16T20:58:36.000+0800","symbol":"WLD-USDT","role":"maker","side":"buy","positionSide":"short"}`;

  function fill(changes: Readonly<Record<string, JsonText | undefined>>) {
    return told(fillsFrom({ fill_history_orders: [changed(FILL, changes)] }, WLD)).fills[0];
  }

  it('says of each what it cost, what it paid, and who was there first', () => {
    expect(told(fillsFrom(json(`{"fill_history_orders":[${FILL}],"total":290}`), WLD))).toEqual({
      rows: 1,
      total: 290,
      fills: [
        {
          venueOrderId: '1736007768311123456',
          tradeId: '241512',
          lots: 410,
          quote: usdt('12.74608'),
          fee: usdt('0.0025'),
          feeAsset: 'USDT',
          isMaker: true,
          atMs: Date.parse('2023-12-16T12:58:36Z'),
        },
      ],
    });
  });

  it('goes by another name, without trade ids and roles, in another place', () => {
    const row = changed(FILL, {
      tradeId: undefined,
      side: undefined,
      role: undefined,
      qty: undefined,
      commissionAsset: undefined,
    });
    const page = told(fillsFrom({ fill_orders: [{ ...row, currency: 'USDT' }] }, WLD));
    expect(page.fills[0]).toMatchObject({
      tradeId: null,
      isMaker: null,
      lots: 410,
      feeAsset: 'USDT',
    });
    expect(page.total).toBeNull();
  });

  it('is empty where the venue writes null, and unknown where there is no list', () => {
    expect(told(fillsFrom(json('{"fill_history_orders":null}'), WLD)).fills).toEqual([]);
    for (const text of ['{}', 'null', '[]', '{"fill_orders":{}}'])
      expect(problemOf(fillsFrom(json(text), WLD)), text).toContain('expected');
  });

  it('knows maker, taker, and nothing else', () => {
    expect(fill({ role: 'TAKER' })?.isMaker).toBe(false);
    expect(fill({ role: 'both' })?.isMaker).toBeNull();
  });

  it('sees through a time of UTC+8 that calls itself UTC, by the age of the order', () => {
    expect(fill({ filledTime: undefined })?.atMs).toBe(Date.parse('2023-12-16T12:58:36Z'));
    expect(fill({ filledTime: undefined, filledTm: '2023-12-16T12:58:36Z' })?.atMs).toBe(
      Date.parse('2023-12-16T12:58:36Z'),
    );
  });

  it('has no time where none is told with its offset', () => {
    for (const text of ['2023-12-16T20:58:36', '2023-12-16 20:58:36', 'yesterday', ''])
      expect(fill({ filledTime: text, filledTm: undefined })?.atMs, text).toBeNull();
  });

  it('is unknown as a whole where one row cannot be read', () => {
    const rows = [json(FILL), changed(FILL, { qty: '4.105' })];
    expect(problemOf(fillsFrom({ fill_history_orders: rows }, WLD))).toContain('finer than the step');
    for (const changes of [{ qty: '0', volume: '' }, { price: '' }, { orderId: '' }, { symbol: 'X-USDT' }])
      expect(problemOf(fillsFrom({ fill_orders: [changed(FILL, changes)] }, WLD))).toContain('expected');
  });
});
