// New orders over REST: what is taken and how it is answered, and what is refused with which code.

import { describe, expect, it } from 'vitest';
import { ACCOUNT, limit, market, objectOf, served } from './served.ts';

const ORDER = 'POST /v2/trade/order';

/** The text of an answer without its id. */
function withoutIds(text: string): string {
  return text.replaceAll(/\d{19}/g, '<id>');
}

describe('a new order', () => {
  it('is answered with numbers for what was asked, texts for what came of it, and its id both ways', () => {
    const venue = served();
    expect(withoutIds(venue.text(ORDER, market({ clientOrderId: 'abc' })))).toBe(
      '{"code":0,"msg":"","data":{"order":{"orderId":<id>,"orderID":"<id>","symbol":"BTC-USDT","positionSide":"BOTH",' +
        '"side":"BUY","type":"MARKET","price":0,"quantity":0.001,"quoteOrderQty":0,"stopPrice":0,"workingType":"MARK_PRICE",' +
        '"clientOrderID":"abc","clientOrderId":"","timeInForce":"GTC","priceRate":0,"stopLoss":"","takeProfit":"",' +
        '"reduceOnly":false,"activationPrice":0,"closePosition":"","stopGuaranteed":"",' +
        '"status":"FILLED","avgPrice":"100001.0","executedQty":"0.0010"}}}',
    );
  });

  it('is answered as in 2024 under the switch: no text of its id, and nothing of what came of it', () => {
    const row = served({ wire: { oldPlaceAnswer: true } }).order(ORDER, market());
    expect(Object.keys(row)).not.toEqual(
      expect.arrayContaining(['orderID', 'status', 'avgPrice', 'executedQty']),
    );
    expect(row['orderId']).toMatch(/^\d{19}$/);
  });

  it('loses the decimals of quantity and price that are finer than the steps, without a word', () => {
    const row = served().order(ORDER, limit({ quantity: '0.00129999', price: '99000.19' }));
    expect([row['quantity'], row['price']]).toEqual(['0.0012', '99000.1']);
  });

  it('takes quantities that JSON wrote with an exponent', () => {
    expect(served().order(ORDER, limit({ quantity: '1.2e-3' }))['quantity']).toBe('0.0012');
  });

  it('is of as much as an amount of the quote buys', () => {
    const venue = served();
    const params = market({ quoteOrderQty: '155.5' });
    delete params['quantity'];
    expect(venue.order(ORDER, params)['quantity']).toBe('0.0015');
  });

  it('keeps the client id in lower case, in whichever spelling it comes', () => {
    const venue = served();
    venue.order(ORDER, limit({ clientOrderId: 'Ab-C_1' }));
    venue.order(ORDER, limit({ clientOrderID: 'XyZ' }));
    const found = (params: Record<string, string>): unknown =>
      venue.order('GET /v2/trade/order', { symbol: 'BTC-USDT', ...params })['clientOrderId'];
    expect(found({ clientOrderID: 'AB-c_1' })).toBe('ab-c_1');
    expect(found({ clientOrderId: 'xyz' })).toBe('xyz');
  });

  it.each([
    ['an unknown symbol', market({ symbol: 'BTC-USD' }), 109425],
    ['no side', market({ side: 'HOLD' }), 109400],
    ['a type that is not offered', market({ type: 'TRAILING_STOP_MARKET', priceRate: '0.01' }), 109400],
    ['a stop that hangs on it', market({ stopLoss: '{"type":"STOP_MARKET","stopPrice":90000}' }), 109400],
    ['a target that hangs on it', market({ takeProfit: '{"type":"TAKE_PROFIT_MARKET"}' }), 109400],
    ['a guaranteed stop', market({ stopGuaranteed: 'true' }), 109400],
    ['a LIMIT order without a price', market({ type: 'LIMIT' }), 109400],
    ['a price of nothing', limit({ price: '0.01' }), 109400],
    ['a quantity that is no number', market({ quantity: 'NaN' }), 109400],
    ['a quantity below zero', market({ quantity: '-1' }), 109400],
    ['a quantity below one lot', market({ quantity: '0.00001' }), 101400],
    ['less than two units of the quote', limit({ symbol: 'ETH-USDT', price: '3999', quantity: '0' }), 101400],
    ['more than the margin allows', market({ quantity: '3' }), 101204],
    ['a post-only order that would take', limit({ price: '100001', timeInForce: 'PostOnly' }), 101215],
    ['an unknown time in force', limit({ timeInForce: 'POST_ONLY' }), 109400],
    ['PostOnly on a MARKET order', market({ timeInForce: 'PostOnly' }), 109400],
    ['a price far from the mark', limit({ price: '50000' }), 101211],
    ['a close of what is not held', market({ side: 'SELL', reduceOnly: 'true' }), 101205],
    ['a client id with other characters', market({ clientOrderId: 'a b' }), 109400],
    ['a client id of 41 characters', market({ clientOrderId: 'a'.repeat(41) }), 109400],
    ['two different client ids', market({ clientOrderId: 'a', clientOrderID: 'b' }), 109400],
    [
      'a client id on a conditional order',
      market({ type: 'STOP_MARKET', stopPrice: '101000', clientOrderId: 'a' }),
      109400,
    ],
    ['a conditional order without its stop', market({ type: 'STOP_MARKET' }), 109400],
    [
      'PostOnly on a conditional order',
      limit({ type: 'STOP', stopPrice: '101000', timeInForce: 'PostOnly' }),
      109400,
    ],
    [
      'a trigger by the index',
      market({ type: 'STOP_MARKET', stopPrice: '101000', workingType: 'INDEX_PRICE' }),
      109400,
    ],
    ['a LIMIT order that closes the position', limit({ closePosition: 'true' }), 109400],
  ])('refuses %s', (_, params, code) => {
    const venue = served();
    expect(venue.code(ORDER, params)).toBe(code);
    expect(venue.world.model.accounts.get(ACCOUNT)?.orders).toEqual([]);
  });

  it('refuses a client id that was used before, in any case', () => {
    const venue = served();
    venue.order(ORDER, limit({ clientOrderId: 'one' }));
    expect(venue.code(ORDER, limit({ clientOrderID: 'ONE' }))).toBe(101481);
  });

  it('names the nearest symbol', () => {
    expect(served().text(ORDER, market({ symbol: 'BTC-USTD' }))).toContain('(nearest: BTC-USDT)');
  });

  it('is read only, by the path that tests it', () => {
    const venue = served();
    const row = venue.order('POST /v2/trade/order/test', limit({ clientOrderId: 'abc' }));
    expect([row['symbol'], row['type'], row['clientOrderID']]).toEqual(['BTC-USDT', 'LIMIT', 'abc']);
    expect(venue.code('POST /v2/trade/order/test', limit({ price: 'x' }))).toBe(109400);
    expect(venue.world.model.accounts.get(ACCOUNT)?.orders).toEqual([]);
  });
});

describe('the mode of positions', () => {
  it.each(['LONG', 'SHORT'])('refuses %s in one-way mode', (positionSide) => {
    expect(served().text(ORDER, market({ positionSide }))).toContain(
      `"code":109400,"msg":"In the One-way mode, the 'PositionSide' field can only be set to BOTH."`,
    );
  });

  it('refuses BOTH in hedge mode', () => {
    expect(served({ mode: 'hedge' }).text(ORDER, market())).toContain(
      `"code":109400,"msg":"In the Hedge mode, the 'PositionSide' field can only be set to LONG or SHORT."`,
    );
  });

  it.each(['true', 'false'])('refuses reduceOnly=%s in hedge mode', (reduceOnly) => {
    expect(served({ mode: 'hedge' }).text(ORDER, market({ positionSide: 'LONG', reduceOnly }))).toContain(
      `"code":109400,"msg":"In the Hedge mode, the 'ReduceOnly' field can not be filled."`,
    );
  });

  it('takes no side for the long one in hedge mode', () => {
    const params = market();
    delete params['positionSide'];
    expect(served({ mode: 'hedge' }).order(ORDER, params)['positionSide']).toBe('LONG');
  });

  it.each([
    ['LONG', 'BUY', 'SELL'],
    ['SHORT', 'SELL', 'BUY'],
  ])(
    'opens and closes %s in hedge mode, and shows the close as one that only reduces',
    (positionSide, opens, closes) => {
      const venue = served({ mode: 'hedge' });
      venue.order(ORDER, market({ positionSide, side: opens }));
      expect(
        venue.code(ORDER, market({ positionSide: positionSide === 'LONG' ? 'SHORT' : 'LONG', side: opens })),
      ).toBe(101205);
      const placed = venue.order(ORDER, market({ positionSide, side: closes }));
      const row = venue.order('GET /v2/trade/order', {
        symbol: 'BTC-USDT',
        orderId: String(placed['orderId']),
      });
      expect([row['positionSide'], row['side'], row['reduceOnly'], row['status']]).toEqual([
        positionSide,
        closes,
        true,
        'FILLED',
      ]);
      expect(venue.data('GET /v2/user/positions')).toEqual([]);
    },
  );
});

describe('a conditional order', () => {
  it.each([
    ['STOP_MARKET', 'BUY', '101000', 'STOP_MARKET'],
    ['STOP_MARKET', 'SELL', '99000', 'STOP_MARKET'],
    ['STOP', 'BUY', '101000', 'STOP'],
    ['TAKE_PROFIT_MARKET', 'BUY', '99000', 'TAKE_PROFIT_MARKET'],
    ['TAKE_PROFIT', 'SELL', '101000', 'TAKE_PROFIT'],
    ['TRIGGER_MARKET', 'BUY', '101000', 'STOP_MARKET'],
    ['TRIGGER_MARKET', 'BUY', '99000', 'TAKE_PROFIT_MARKET'],
    ['TRIGGER_MARKET', 'SELL', '99000', 'STOP_MARKET'],
    ['TRIGGER_LIMIT', 'SELL', '101000', 'TAKE_PROFIT'],
  ])('of type %s, %s at %s, waits as %s', (type, side, stopPrice, shown) => {
    const venue = served();
    const isLimit = !type.endsWith('MARKET');
    const params = market({ type, side, stopPrice, ...(isLimit ? { price: stopPrice } : {}) });
    const placed = venue.order(ORDER, params);
    expect([placed['type'], placed['status'], Number(placed['stopPrice'])]).toEqual([
      shown,
      'NEW',
      Number(stopPrice),
    ]);
    const [row] = venue.rows('GET /v2/trade/openOrders', 'orders');
    expect([row?.['type'], row?.['stopPrice'], row?.['workingType']]).toEqual([
      shown,
      `${stopPrice}.0`,
      'MARK_PRICE',
    ]);
  });

  it('fires when the mark comes to its stop, under the same id', () => {
    const venue = served();
    const placed = venue.order(ORDER, market({ type: 'STOP_MARKET', stopPrice: '100500' }));
    venue.quote(1_005_000, 1_005_010);
    const row = venue.order('GET /v2/trade/order', {
      symbol: 'BTC-USDT',
      orderId: String(placed['orderId']),
    });
    expect([row['status'], row['avgPrice'], row['type']]).toEqual(['FILLED', '100501.0', 'STOP_MARKET']);
  });

  it('closes the whole position where it was asked to, without a quantity', () => {
    const venue = served();
    venue.order(ORDER, market({ quantity: '0.002' }));
    const params = market({ type: 'STOP_MARKET', side: 'SELL', stopPrice: '99500', closePosition: 'true' });
    delete params['quantity'];
    venue.order(ORDER, params);
    venue.quote(994_000, 994_010);
    expect(venue.data('GET /v2/user/positions')).toEqual([]);
  });
});

describe('a batch', () => {
  const order = (changes: Readonly<Record<string, unknown>> = {}): unknown => ({
    symbol: 'BTC-USDT',
    side: 'BUY',
    type: 'LIMIT',
    positionSide: 'BOTH',
    price: 99_000,
    quantity: 0.001,
    ...changes,
  });
  const batch = (...orders: unknown[]): Record<string, string> => ({ batchOrders: JSON.stringify(orders) });
  const BATCH = 'POST /v2/trade/batchOrders';

  it('places its orders in their order', () => {
    const venue = served();
    const rows = venue.rows(BATCH, 'orders', batch(order(), order({ price: 98_000 })));
    expect(rows.map((row) => row['price'])).toEqual(['99000', '98000']);
    expect(venue.rows('GET /v2/trade/openOrders', 'orders')).toHaveLength(2);
  });

  it('says of each order by itself what the venue refused', () => {
    const venue = served();
    const rows = venue.rows(BATCH, 'orders', batch(order({ price: 50_000, clientOrderID: 'a' }), order()));
    expect(rows.map((row) => [row['orderId'] === '0', row['errorCode'], row['clientOrderID']])).toEqual([
      [true, '101211', 'a'],
      [false, undefined, ''],
    ]);
  });

  it.each([
    ['no JSON', { batchOrders: '[' }],
    ['no list', { batchOrders: '{}' }],
    ['an empty list', { batchOrders: '[]' }],
    ['six orders', batch(...Array.from({ length: 6 }, () => order()))],
    ['an entry that is no order', { batchOrders: '[1]' }],
    ['an order that cannot be read beside one that can', batch(order(), order({ price: 'x' }))],
    ['an order with a stop', batch(order({ stopLoss: { type: 'STOP_MARKET' } }))],
  ])('refuses %s, and places nothing', (_, params) => {
    const venue = served();
    expect(venue.code(BATCH, params)).toBe(109400);
    expect(venue.world.model.accounts.get(ACCOUNT)?.orders).toEqual([]);
  });
});

describe('the account of another', () => {
  it('is not seen', () => {
    const venue = served();
    const placed = venue.order(ORDER, limit({ clientOrderId: 'mine' }));
    const asked = { symbol: 'BTC-USDT', orderId: String(placed['orderId']) };
    expect(venue.answer('GET /v2/trade/order', asked, 'other')).toMatchObject({
      kind: 'error',
      code: 109421,
    });
    expect(venue.answer('DELETE /v2/trade/order', asked, 'other')).toMatchObject({
      kind: 'error',
      code: 109421,
    });
    expect(objectOf(venue.data('GET /v2/trade/order', asked))['order']).toBeDefined();
  });
});
