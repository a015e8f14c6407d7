// Ways out of open orders and positions over REST.

import { describe, expect, it } from 'vitest';
import type { JsonTextObject } from '../../../../src/adapters/venues/json-text.ts';
import { limit, market, objectOf, rowsOf, type Served, START_MS, served } from './served.ts';

const ORDER = 'POST /v2/trade/order';
const CANCEL = 'DELETE /v2/trade/order';
const BTC = { symbol: 'BTC-USDT' };

function rested(venue: Served, changes: Readonly<Record<string, string>> = {}): string {
  return String(venue.order(ORDER, limit(changes))['orderId']);
}

function openIds(venue: Served): string[] {
  return venue.rows('GET /v2/trade/openOrders', 'orders').map((row) => String(row['orderId']));
}

describe('a cancel', () => {
  it('ends an order by either of its names', () => {
    const venue = served();
    const orderId = rested(venue);
    rested(venue, { clientOrderId: 'abc' });
    expect(venue.order(CANCEL, { ...BTC, orderId })['status']).toBe('CANCELLED');
    expect(venue.order(CANCEL, { ...BTC, clientOrderID: 'ABC' })['clientOrderId']).toBe('abc');
    expect(openIds(venue)).toEqual([]);
  });

  it('is refused for an order that has ended, or that nobody knows', () => {
    const venue = served();
    const orderId = rested(venue);
    venue.order(CANCEL, { ...BTC, orderId });
    expect(venue.code(CANCEL, { ...BTC, orderId })).toBe(109422);
    expect(venue.code(CANCEL, { ...BTC, orderId: '5' })).toBe(109421);
    expect(venue.code(CANCEL, { symbol: 'ETH-USDT', orderId })).toBe(109421);
    expect(venue.code(CANCEL, BTC)).toBe(109400);
  });

  it('of some orders says which went and which did not', () => {
    const venue = served();
    const [one, two] = [rested(venue), rested(venue)];
    venue.order(CANCEL, { ...BTC, orderId: two });
    const result = objectOf(
      venue.data('DELETE /v2/trade/batchOrders', { ...BTC, orderIdList: `[${one},${two},7]` }),
    );
    expect(rowsOf(result['success'] ?? null).map((row) => row['orderId'])).toEqual([one]);
    expect(rowsOf(result['failed'] ?? null).map((row) => [row['orderId'], row['errorCode']])).toEqual([
      [two, '109422'],
      ['7', '109421'],
    ]);
  });

  it.each(['clientOrderIdList', 'clientOrderIDList'])('of some orders goes by %s as well', (list) => {
    const venue = served();
    rested(venue, { clientOrderId: 'one' });
    const result = objectOf(venue.data('DELETE /v2/trade/batchOrders', { ...BTC, [list]: '["ONE"]' }));
    expect([rowsOf(result['success'] ?? null).length, result['failed']]).toEqual([1, null]);
  });

  it('of more than ten orders, or of no list, is refused', () => {
    const venue = served();
    const path = 'DELETE /v2/trade/batchOrders';
    expect(venue.code(path, { ...BTC, orderIdList: '[1,2,3,4,5,6,7,8,9,10,11]' })).toBe(109400);
    expect(venue.code(path, { ...BTC, orderIdList: '1,2' })).toBe(109400);
    expect(venue.code(path, { ...BTC, clientOrderIdList: '["a b"]' })).toBe(109400);
    expect(venue.code(path, BTC)).toBe(109400);
  });

  it('of all orders is of all symbols, of one, or of one type', () => {
    const venue = served();
    const canceled = (params: Record<string, string>): unknown[] =>
      rowsOf(objectOf(venue.data('DELETE /v2/trade/allOpenOrders', params))['success'] ?? null).map(
        (row) => row['type'],
      );
    rested(venue);
    rested(venue, { symbol: 'ETH-USDT', price: '3900', quantity: '1' });
    venue.order(ORDER, market({ type: 'STOP_MARKET', stopPrice: '101000' }));
    expect(canceled({ type: 'STOP_MARKET' })).toEqual(['STOP_MARKET']);
    expect(canceled(BTC)).toEqual(['LIMIT']);
    expect(canceled({})).toEqual(['LIMIT']);
    expect(venue.text('DELETE /v2/trade/allOpenOrders')).toContain('{"success":[],"failed":null}');
  });
});

describe('a replacement', () => {
  const REPLACE = 'POST /v1/trade/cancelReplace';
  const by = (cancelOrderId: string, mode = 'STOP_ON_FAILURE', changes = {}): Record<string, string> =>
    limit({ cancelReplaceMode: mode, cancelOrderId, price: '99500', ...changes });

  it('cancels one order and places another', () => {
    const venue = served();
    const orderId = rested(venue);
    const result = objectOf(venue.data(REPLACE, by(orderId)));
    const [gone, come] = [
      objectOf(result['cancelResponse'] ?? null),
      objectOf(result['newOrderResponse'] ?? null),
    ];
    expect([result['cancelResult'], result['replaceResult']]).toEqual(['true', 'true']);
    expect([gone['orderId'], gone['cancelOrderId'], gone['status']]).toEqual([orderId, orderId, 'CANCELLED']);
    expect(openIds(venue)).toEqual([String(come['orderId'])]);
  });

  it('stops where the first order has ended, or goes on where that is allowed', () => {
    const venue = served();
    const orderId = rested(venue);
    venue.order(CANCEL, { ...BTC, orderId });
    expect(venue.code(REPLACE, by(orderId))).toBe(109422);
    expect(openIds(venue)).toEqual([]);
    const result = objectOf(venue.data(REPLACE, by(orderId, 'ALLOW_FAILURE')));
    expect([result['cancelResult'], result['cancelResponse'], result['replaceResult']]).toEqual([
      'false',
      null,
      'true',
    ]);
    expect(openIds(venue)).toHaveLength(1);
  });

  it('says that the first order is gone although the second was refused', () => {
    const venue = served();
    const result = objectOf(venue.data(REPLACE, by(rested(venue), 'STOP_ON_FAILURE', { price: '50000' })));
    expect([result['cancelResult'], result['replaceResult'], result['newOrderResponse']]).toEqual([
      'true',
      'false',
      null,
    ]);
    expect(result['replaceMsg']).toMatch(/^101211 /);
    expect(openIds(venue)).toEqual([]);
  });

  it.each([
    ['a second order that cannot be read', { price: 'x' }],
    ['a mode that is none', { cancelReplaceMode: 'MAYBE' }],
    ['a restriction that does not hold', { cancelRestrictions: 'ONLY_PARTIALLY_FILLED' }],
    ['a restriction that is none', { cancelRestrictions: 'ONLY_GREEN' }],
  ])('with %s leaves the first one alone', (_, changes) => {
    const venue = served();
    const orderId = rested(venue);
    expect(venue.code(REPLACE, by(orderId, 'STOP_ON_FAILURE', changes))).toBe(109400);
    expect(openIds(venue)).toEqual([orderId]);
  });

  it('goes by a client id too, and by a restriction that holds', () => {
    const venue = served();
    rested(venue, { clientOrderId: 'one' });
    const params = by('', 'STOP_ON_FAILURE', { cancelClientOrderId: 'ONE', cancelRestrictions: 'ONLY_NEW' });
    delete params['cancelOrderId'];
    expect(objectOf(venue.data(REPLACE, params))['cancelResult']).toBe('true');
  });
});

describe("the dead man's switch", () => {
  const SWITCH = 'POST /v2/trade/cancelAllAfter';
  const arm = (venue: Served, timeOut = '10'): JsonTextObject =>
    objectOf(venue.data(SWITCH, { type: 'ACTIVATE', timeOut }));

  it('cancels all orders of the account once nobody has called for so long, and says so on the stream', () => {
    const venue = served();
    rested(venue);
    rested(venue, { symbol: 'ETH-USDT', price: '3900', quantity: '1' });
    venue.answer(ORDER, limit(), 'other');
    const armed = arm(venue);
    expect([armed['status'], armed['triggerTime']]).toEqual([
      'ACTIVATED',
      String(Math.floor((START_MS + 10_000) / 1_000)),
    ]);
    venue.wait(9_999);
    expect(openIds(venue)).toHaveLength(2);
    venue.frames.length = 0;
    venue.timers.advance(1);
    expect(venue.frames.flatMap((frame) => (frame.kind === 'order' ? [frame.report.status] : []))).toEqual([
      'CANCELED',
      'CANCELED',
    ]);
    expect(openIds(venue)).toEqual([]);
    expect(venue.answer('GET /v2/trade/openOrders', {}, 'other')).toMatchObject({
      data: { orders: [{ status: 'NEW' }] },
    });
  });

  it('starts again with every call, and is off after CLOSE', () => {
    const venue = served();
    rested(venue);
    arm(venue);
    venue.wait(9_000);
    arm(venue, '120');
    venue.wait(100_000);
    expect(openIds(venue)).toHaveLength(1);
    expect(objectOf(venue.data(SWITCH, { type: 'CLOSE' }))['status']).toBe('CLOSED');
    venue.wait(100_000);
    expect(openIds(venue)).toHaveLength(1);
    expect(venue.timers.nextMs()).toBeNull();
  });

  it.each([
    { type: 'ACTIVATE', timeOut: '9' },
    { type: 'ACTIVATE', timeOut: '121' },
    { type: 'ACTIVATE' },
    { type: 'PAUSE', timeOut: '20' },
    { timeOut: '20' },
  ])('refuses %j', (params) => {
    expect(served().code(SWITCH, params as Record<string, string>)).toBe(109400);
  });
});

describe('closing positions', () => {
  const CLOSE_ALL = 'POST /v2/trade/closeAllPositions';

  it('closes all, or those of one symbol, and names their ids', () => {
    const venue = served();
    venue.order(ORDER, market());
    venue.order(ORDER, market({ symbol: 'ETH-USDT', side: 'SELL', quantity: '0.5' }));
    const ids = rowsOf(venue.data('GET /v2/user/positions')).map((row) => row['positionId']);
    expect(venue.data(CLOSE_ALL, { symbol: 'ETH-USDT' })).toEqual({ success: [ids[1]], failed: null });
    expect(venue.data(CLOSE_ALL)).toEqual({ success: [ids[0]], failed: null });
    expect(venue.data(CLOSE_ALL)).toEqual({ success: [], failed: null });
    expect(venue.data('GET /v2/user/positions')).toEqual([]);
  });

  it('closes both sides in hedge mode', () => {
    const venue = served({ mode: 'hedge' });
    venue.order(ORDER, market({ positionSide: 'LONG' }));
    venue.order(ORDER, market({ positionSide: 'SHORT', side: 'SELL', quantity: '0.002' }));
    expect(rowsOf(venue.data('GET /v2/user/positions'))).toHaveLength(2);
    venue.data(CLOSE_ALL);
    expect(venue.data('GET /v2/user/positions')).toEqual([]);
  });

  it('says which position could not be closed, and why', () => {
    const venue = served({ config: { fundingWindowMs: 10_000 } });
    venue.order(ORDER, market());
    const market0 = venue.world.model.markets.get('BTC-USDT');
    if (market0 !== undefined) market0.fundingUntilMs = START_MS + 10_000;
    const result = objectOf(venue.data(CLOSE_ALL));
    expect(result['success']).toEqual([]);
    expect(rowsOf(result['failed'] ?? null)[0]?.['errorCode']).toBe('101214');
  });

  it('closes one by its id', () => {
    const venue = served();
    venue.order(ORDER, market({ side: 'SELL' }));
    const [position] = rowsOf(venue.data('GET /v2/user/positions'));
    const positionId = String(position?.['positionId']);
    const closed = objectOf(venue.data('POST /v1/trade/closePosition', { positionId }));
    expect([closed['side'], closed['origQty'], closed['positionId']]).toEqual(['Bid', '0.0010', positionId]);
    expect(venue.code('POST /v1/trade/closePosition', { positionId })).toBe(109420);
    expect(venue.code('POST /v1/trade/closePosition')).toBe(109400);
  });
});
