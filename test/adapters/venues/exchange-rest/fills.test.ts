// Fills over REST in both spellings: what each row says, which time it is asked about, and page after page.

import { describe, expect, it } from 'vitest';
import type { JsonTextObject } from '../../../../src/adapters/venues/json-text.ts';
import { limit, market, type Served, START_MS, served } from './served.ts';

const ORDER = 'POST /v2/trade/order';
const BTC = { symbol: 'BTC-USDT' };
const DAY_MS = 86_400_000;
const ALL = { ...BTC, startTs: String(START_MS - 1), endTs: String(START_MS + DAY_MS) };

function history(venue: Served, params: Readonly<Record<string, string>> = ALL): readonly JsonTextObject[] {
  return venue.rows('GET /v2/trade/fillHistory', 'fill_history_orders', params);
}

function allFills(venue: Served, params: Readonly<Record<string, string>> = {}): readonly JsonTextObject[] {
  return venue.rows('GET /v2/trade/allFillOrders', 'fill_orders', { ...ALL, tradingUnit: 'CONT', ...params });
}

describe('the history of fills', () => {
  it('has a row for each trade, spelled as the venue spells it', () => {
    const venue = served();
    const orderId = String(venue.order(ORDER, market({ quantity: '0.015' }))['orderId']);
    const rows = history(venue);
    expect(rows).toEqual([
      {
        filledTm: '2026-09-21T22:13:20Z',
        filledTime: '2026-09-21T22:13:20.000+0800',
        volume: '0.0100',
        price: '100001.0',
        qty: '0.0100',
        quoteQty: '1000.01',
        commission: '-0.5000',
        commissionAsset: 'USDT',
        orderId,
        tradeId: expect.stringMatching(/^\d+$/),
        symbol: 'BTC-USDT',
        role: 'taker',
        side: 'buy',
        positionSide: 'both',
      },
      expect.objectContaining({ orderId, volume: '0.0050', price: '100001.1', quoteQty: '500.01' }),
    ]);
    expect(rows[0]?.['tradeId']).not.toBe(rows[1]?.['tradeId']);
  });

  it('shows the time of the venue’s home as if it were UTC, or the true one where that switch is off', () => {
    const venue = served({ wire: { filledTmLies: false } });
    venue.order(ORDER, market());
    const [row] = history(venue);
    expect([row?.['filledTm'], row?.['filledTime']]).toEqual([
      '2026-09-21T14:13:20Z',
      '2026-09-21T22:13:20.000+0800',
    ]);
    expect(Date.parse(String(row?.['filledTm']))).toBe(START_MS);
    expect(Date.parse(String(row?.['filledTime']))).toBe(START_MS);
  });

  it('says who made the trade, and names the side in hedge mode', () => {
    const venue = served({ mode: 'hedge' });
    venue.order(ORDER, limit({ positionSide: 'SHORT', side: 'SELL', price: '100500' }));
    venue.quote(1_005_010, 1_005_020);
    const [row] = history(venue);
    expect([row?.['role'], row?.['side'], row?.['positionSide'], row?.['commission']]).toEqual([
      'maker',
      'sell',
      'short',
      '-0.0201',
    ]);
  });

  it('begins after its start, and ends with its end', () => {
    const venue = served();
    venue.order(ORDER, market());
    const between = (startTs: number, endTs: number): number =>
      history(venue, { ...BTC, startTs: String(startTs), endTs: String(endTs) }).length;
    expect([
      between(START_MS, START_MS + 1),
      between(START_MS - 1, START_MS),
      between(START_MS - 1, START_MS - 1),
    ]).toEqual([0, 1, 0]);
  });

  it('begins after its start for each trade of an order by itself', () => {
    const venue = served();
    venue.order(ORDER, limit({ price: '100001.0', quantity: '0.015' }));
    venue.wait(1);
    venue.quote(999_000, 999_010);
    const rows = (startTs: number): readonly unknown[] =>
      history(venue, { ...ALL, startTs: String(startTs) }).map((row) => row['qty']);
    expect(rows(START_MS - 1)).toEqual(['0.0100', '0.0050']);
    expect(rows(START_MS)).toEqual(['0.0050']);
  });

  it('comes in pages that together are all of it, ascending', () => {
    const venue = served();
    for (let count = 0; count < 5; count += 1) {
      venue.order(ORDER, market({ side: count % 2 === 0 ? 'BUY' : 'SELL' }));
      venue.wait(1);
    }
    const page = (pageIndex: string): readonly JsonTextObject[] =>
      history(venue, { ...ALL, pageIndex, pageSize: '2' });
    const paged = [...page('1'), ...page('2'), ...page('3'), ...page('4')];
    expect(paged).toEqual(history(venue));
    expect(paged).toHaveLength(5);
    expect(venue.text('GET /v2/trade/fillHistory', { ...ALL, pageSize: '2' })).toContain('"total":5');
  });

  it('is of one order, or of what came after one fill, where that is asked for', () => {
    const venue = served();
    const orderId = String(venue.order(ORDER, market())['orderId']);
    const later = String(venue.order(ORDER, market())['orderId']);
    expect(history(venue, { ...ALL, orderId }).map((row) => row['orderId'])).toEqual([orderId]);
    const lastFillId = String(history(venue)[0]?.['tradeId']);
    expect(history(venue, { ...ALL, lastFillId }).map((row) => row['orderId'])).toEqual([later]);
    venue.order(ORDER, market({ symbol: 'ETH-USDT', quantity: '0.1' }));
    expect(history(venue)).toHaveLength(2);
  });

  it('does not show what has just traded while its view lags', () => {
    const venue = served();
    venue.world.faults.set('lag_fills', 1);
    venue.order(ORDER, market());
    expect([history(venue).length, allFills(venue).length]).toEqual([0, 0]);
    venue.wait(5_001);
    expect([history(venue).length, allFills(venue).length]).toEqual([1, 1]);
  });

  it.each([
    ['neither symbol nor time', { limit: '5', pageIndex: '1' }, 109400],
    ['no end', { ...BTC, startTs: '1' }, 109400],
    ['a start that is no number', { ...ALL, startTs: 'x' }, 109400],
    ['more than seven days', { ...ALL, endTs: String(START_MS + 8 * DAY_MS) }, 109400],
    ['a page before the first', { ...ALL, pageIndex: '0' }, 109400],
    ['a page of more than a thousand', { ...ALL, pageSize: '1001' }, 109400],
    ['an unknown symbol', { ...ALL, symbol: 'NO-USDT' }, 109425],
  ])('refuses %s', (_, params, code) => {
    expect(served().code('GET /v2/trade/fillHistory', params as Record<string, string>)).toBe(code);
  });
});

describe('the list of all fills', () => {
  it('has rows of its own spelling, in coins whatever unit was asked for', () => {
    const venue = served();
    const orderId = String(venue.order(ORDER, market({ clientOrderId: 'Abc' }))['orderId']);
    const [row] = allFills(venue);
    expect(row).toMatchObject({
      volume: '0.0010',
      price: '100001.0',
      amount: '100.0010',
      commission: '-0.0500',
      currency: 'USDT',
      orderId,
      clientOrderID: 'abc',
      side: 'BUY',
      type: 'MARKET',
      positionSide: 'BOTH',
    });
    expect(row).not.toHaveProperty('tradeId');
    expect(allFills(venue, { tradingUnit: 'COIN' })).toEqual([row]);
  });

  it('looks back thirty days, over one symbol or all', () => {
    const venue = served();
    venue.order(ORDER, market());
    venue.order(ORDER, market({ symbol: 'ETH-USDT', quantity: '0.1' }));
    venue.wait(29 * DAY_MS);
    const span = {
      startTs: String(START_MS - 1),
      endTs: String(START_MS + 29 * DAY_MS),
      tradingUnit: 'COIN',
    };
    const count = (params: Record<string, string>): number =>
      venue.rows('GET /v2/trade/allFillOrders', 'fill_orders', params).length;
    expect([count(span), count({ ...span, ...BTC })]).toEqual([2, 1]);
    const refused = (changes: Record<string, string>): number =>
      venue.code('GET /v2/trade/allFillOrders', { ...span, ...changes });
    expect(refused({ endTs: String(START_MS + 31 * DAY_MS) })).toBe(109400);
    expect(refused({ tradingUnit: 'LOTS' })).toBe(109400);
  });

  it('names the asset that fees are taken in where it is another', () => {
    const venue = served({ quirks: { feeAssetOther: true } });
    venue.order(ORDER, market());
    expect([allFills(venue)[0]?.['currency'], history(venue)[0]?.['commissionAsset']]).toEqual([
      'VENUE',
      'VENUE',
    ]);
  });
});
