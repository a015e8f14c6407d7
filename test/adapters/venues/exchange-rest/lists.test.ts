// Queries and lists of orders over REST: what each shows, how far back it looks, and what a lagging view makes of it.

import { describe, expect, it } from 'vitest';
import { autoDeleverage, liquidate } from '../../../../src/adapters/venues/exchange/model/exchange.ts';
import type { JsonTextObject } from '../../../../src/adapters/venues/json-text.ts';
import { lots } from '../../../../src/domain/steps.ts';
import { ACCOUNT, limit, market, type Served, START_MS, served } from './served.ts';

const ORDER = 'POST /v2/trade/order';
const QUERY = 'GET /v2/trade/order';
const DAY_MS = 86_400_000;

function idOf(row: JsonTextObject): string {
  return String(row['orderId']);
}

function query(venue: Served, orderId: string): JsonTextObject {
  return venue.order(QUERY, { symbol: 'BTC-USDT', orderId });
}

describe('the row of an order', () => {
  it('is spelled as the venue spells it', () => {
    const venue = served();
    const orderId = idOf(venue.order(ORDER, market({ quantity: '0.02', clientOrderId: 'abc' })));
    expect(venue.text(QUERY, { symbol: 'BTC-USDT', orderId })).toBe(
      `{"code":0,"msg":"","data":{"order":{"symbol":"BTC-USDT","orderId":${orderId},"side":"BUY","positionSide":"BOTH",` +
        '"type":"MARKET","origQty":"0.0200","price":"120000.6","executedQty":"0.0200","avgPrice":"100001.0",' +
        '"cumQuote":"2000","stopPrice":"","profit":"0.0000","commission":"-1.000010","status":"FILLED",' +
        `"time":${START_MS},"updateTime":${START_MS},"clientOrderId":"abc","leverage":"20X",` +
        '"takeProfit":{"type":"","quantity":0,"stopPrice":0,"price":0,"workingType":"","stopGuaranteed":""},' +
        '"stopLoss":{"type":"","quantity":0,"stopPrice":0,"price":0,"workingType":"","stopGuaranteed":""},' +
        '"advanceAttr":0,"positionID":0,"takeProfitEntrustPrice":0,"stopLossEntrustPrice":0,"orderType":"",' +
        '"workingType":"MARK_PRICE","stopGuaranteed":"false","triggerOrderId":0,"reduceOnly":false,"postOnly":false,' +
        '"trailingStopRate":0,"trailingStopDistance":0,"closePosition":"","onlyOnePosition":true}}}',
    );
  });

  it('has a price for a MARKET order that is not what it traded at, and the true average rounded to the tick', () => {
    const venue = served();
    const placed = venue.order(ORDER, market({ quantity: '0.03' }));
    const row = query(venue, idOf(placed));
    // 100 lots at 100,001.0 and 200 a tick further, on average 100,001.0666…
    expect([row['price'], row['avgPrice'], placed['avgPrice']]).toEqual(['120000.6', '100001.1', '100001.1']);
  });

  it('has the profit and the fee of all that it traded', () => {
    const venue = served();
    venue.order(ORDER, market({ quantity: '0.01' }));
    venue.quote(1_010_000, 1_010_010);
    const row = query(
      venue,
      idOf(venue.order(ORDER, market({ side: 'SELL', quantity: '0.01', reduceOnly: 'true' }))),
    );
    expect([row['profit'], row['commission'], row['reduceOnly']]).toEqual(['9.9900', '-0.505000', true]);
  });

  it.each([
    [false, 'CANCELLED'],
    [true, 'CANCELED'],
  ])('says of a canceled order, with singleLRest %s, that it is %s', (singleLRest, status) => {
    const venue = served({ wire: { singleLRest } });
    const orderId = idOf(venue.order(ORDER, limit()));
    expect(venue.order('DELETE /v2/trade/order', { symbol: 'BTC-USDT', orderId })['status']).toBe(status);
    expect(query(venue, orderId)['status']).toBe(status);
  });
});

describe('a query of one order', () => {
  it.each([
    ['an id that nobody has', { symbol: 'BTC-USDT', orderId: '1' }, 109421],
    ['an id that is no number', { symbol: 'BTC-USDT', orderId: '__proto__' }, 109421],
    ['a client id that nobody has', { symbol: 'BTC-USDT', clientOrderId: 'x' }, 109421],
    ['no id', { symbol: 'BTC-USDT' }, 109400],
    ['no symbol', { orderId: '1' }, 109400],
  ])('does not find %s', (_, params, code) => {
    expect(served().code(QUERY, params)).toBe(code);
    expect(served().code('GET /v2/trade/openOrder', params)).toBe(code);
  });

  it('does not find an order under another symbol', () => {
    const venue = served();
    const orderId = idOf(venue.order(ORDER, limit()));
    expect(venue.code(QUERY, { symbol: 'ETH-USDT', orderId })).toBe(109421);
  });

  it('finds an open one by the path for open ones, until it has ended', () => {
    const venue = served();
    const named = { symbol: 'BTC-USDT', orderId: idOf(venue.order(ORDER, limit())) };
    expect(venue.order('GET /v2/trade/openOrder', named)['status']).toBe('NEW');
    venue.order('DELETE /v2/trade/order', named);
    expect(venue.code('GET /v2/trade/openOrder', named)).toBe(109421);
    expect(venue.order(QUERY, named)['status']).toBe('CANCELLED');
  });

  it('does not find what is there while that fault strikes', () => {
    const venue = served();
    const orderId = idOf(venue.order(ORDER, limit()));
    venue.world.faults.set('order_not_found', 1);
    expect(venue.code(QUERY, { symbol: 'BTC-USDT', orderId })).toBe(109421);
    expect(venue.world.faults.hits.order_not_found).toBe(1);
  });

  it('shows how the order stood up to five seconds ago while its view lags, and by then has not heard of a new one', () => {
    const venue = served();
    const orderId = idOf(venue.order(ORDER, limit()));
    venue.wait(10_000);
    venue.order('DELETE /v2/trade/order', { symbol: 'BTC-USDT', orderId });
    venue.world.faults.set('lag_orders', 1);
    const fresh = idOf(venue.order(ORDER, limit()));
    expect(query(venue, orderId)['status']).toBe('NEW');
    expect(venue.code(QUERY, { symbol: 'BTC-USDT', orderId: fresh })).toBe(109421);
    expect(venue.rows('GET /v2/trade/openOrders', 'orders').map(idOf)).toEqual([orderId]);
    venue.wait(5_001);
    expect(query(venue, orderId)['status']).toBe('CANCELLED');
  });
});

describe('the list of open orders', () => {
  it('is of all symbols, of one, or of one type', () => {
    const venue = served();
    venue.order(ORDER, limit());
    venue.order(ORDER, limit({ symbol: 'ETH-USDT', price: '3900', quantity: '1' }));
    venue.order(ORDER, market({ type: 'STOP_MARKET', stopPrice: '101000' }));
    const listed = (params: Record<string, string>): unknown[] =>
      venue.rows('GET /v2/trade/openOrders', 'orders', params).map((row) => row['type']);
    expect(listed({})).toEqual(['LIMIT', 'LIMIT', 'STOP_MARKET']);
    expect(listed({ symbol: 'ETH-USDT' })).toEqual(['LIMIT']);
    expect(listed({ type: 'STOP_MARKET' })).toEqual(['STOP_MARKET']);
    expect(venue.code('GET /v2/trade/openOrders', { symbol: 'NO-USDT' })).toBe(109425);
  });
});

describe('the lists of past orders', () => {
  it('show what has ended, or everything, newest first', () => {
    const venue = served();
    const open = idOf(venue.order(ORDER, limit()));
    venue.wait(1_000);
    const filled = idOf(venue.order(ORDER, market()));
    venue.wait(1_000);
    const ended = idOf(venue.order(ORDER, limit()));
    venue.order('DELETE /v2/trade/order', { symbol: 'BTC-USDT', orderId: ended });
    const listed = (route: string, params = {}): string[] => venue.rows(route, 'orders', params).map(idOf);
    expect(listed('GET /v2/trade/allOrders')).toEqual([ended, filled]);
    expect(listed('GET /v1/trade/fullOrder')).toEqual([ended, filled, open]);
    expect(listed('GET /v1/trade/fullOrder', { limit: '1' })).toEqual([ended]);
    expect(listed('GET /v1/trade/fullOrder', { orderId: open, limit: '1' })).toEqual([filled]);
    expect(listed('GET /v1/trade/fullOrder', { symbol: 'ETH-USDT' })).toEqual([]);
  });

  it('look at the last seven days, at those after a start, or at those before an end', () => {
    const venue = served();
    const old = idOf(venue.order(ORDER, market()));
    venue.wait(8 * DAY_MS);
    const late = idOf(venue.order(ORDER, market()));
    const listed = (params: Record<string, string>): string[] =>
      venue.rows('GET /v2/trade/allOrders', 'orders', params).map(idOf);
    expect(listed({})).toEqual([late]);
    expect(listed({ startTime: String(START_MS) })).toEqual([old]);
    expect(listed({ endTime: String(START_MS + DAY_MS) })).toEqual([old]);
  });

  it.each([
    ['more than seven days', { startTime: '0', endTime: String(START_MS) }],
    ['a time that runs backwards', { startTime: String(START_MS), endTime: String(START_MS - 1) }],
    ['more than a thousand rows', { limit: '1001' }],
    ['no rows', { limit: '0' }],
    ['a limit that is no number', { limit: 'all' }],
    ['a start that is no number', { startTime: 'yesterday' }],
    ['an id that is no number', { orderId: 'x' }],
  ])('refuse %s', (_, params) => {
    expect(served().code('GET /v2/trade/allOrders', params)).toBe(109400);
  });

  it('show by themselves what the venue closed', () => {
    const venue = served();
    venue.order(ORDER, market());
    liquidate(venue.world.model, ACCOUNT, 'BTC-USDT', venue.world.model.nowMs);
    venue.order(ORDER, market());
    autoDeleverage(venue.world.model, ACCOUNT, 'BTC-USDT', lots(10), venue.world.model.nowMs);
    const kinds = (params: Record<string, string>): unknown[] =>
      venue
        .rows('GET /v2/trade/forceOrders', 'orders', params)
        .map((row) => [row['type'], row['clientOrderId'], row['reduceOnly']]);
    const [adl, liquidation] = [
      ['MARKET', '', true],
      ['LIQUIDATION', '', true],
    ];
    expect(kinds({})).toEqual([adl, liquidation]);
    expect(kinds({ autoCloseType: 'ADL' })).toEqual([adl]);
    expect(kinds({ autoCloseType: 'LIQUIDATION' })).toEqual([liquidation]);
    expect(venue.code('GET /v2/trade/forceOrders', { autoCloseType: 'NONE' })).toBe(109400);
  });
});
