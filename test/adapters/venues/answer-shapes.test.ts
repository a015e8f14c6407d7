// One small answer of each shape that the venue has had, each through the question that gets it; and what no answer may be taken for.

import { describe, expect, it } from 'vitest';
import type { ClientOrderId, SymbolName, VenueOrderId } from '../../../src/domain/ids.ts';
import { type Money, money } from '../../../src/domain/money.ts';
import { type EpochMs, lots, type PriceTicks } from '../../../src/domain/steps.ts';
import type { OrderName, OrderReport, VenueNotice } from '../../../src/domain/venue.ts';
import {
  type AnswersFrame,
  type AnswersWorld,
  answersContract,
  unsoundList,
  unsoundNotice,
  unsoundReport,
  unsoundResult,
} from '../../contracts/venue-answers.ts';
import { BTC, NOW_MS } from './bingx/payloads.ts';
import { type Bodies, openReplayed, type ReplayedVenue } from './replayed-venue.ts';

const ID = '2086368129182601216';
const SINCE_MS = (NOW_MS - 3_600_000) as EpochMs;
const VENUE_CODE = /^\d{3,6}\b/;

/** A body of success around some data. */
const answered = (data: string): string => `{"code":0,"msg":"","data":${data}}`;
const refused = (code: number, text: string): string => `{"code":${code},"msg":"${text}","data":{}}`;

/** An order that is filled, in the words of a query or a list. */
const row = (changed: object = {}): string =>
  JSON.stringify({
    symbol: 'BTC-USDT',
    orderId: 0,
    side: 'BUY',
    positionSide: 'BOTH',
    type: 'MARKET',
    origQty: '0.0010',
    executedQty: '0.0010',
    price: '60000.0',
    avgPrice: '50000.0',
    commission: '-0.025000',
    profit: '0.0000',
    status: 'FILLED',
    time: NOW_MS - 1_000,
    updateTime: NOW_MS - 1_000,
    clientOrderId: 'ours',
    ...changed,
  }).replace('"orderId":0', `"orderId":${ID}`);

const fill = (changed: object = {}): string =>
  JSON.stringify({
    symbol: 'BTC-USDT',
    orderId: ID,
    qty: '0.0010',
    price: '50000.0',
    commission: '-0.0250',
    commissionAsset: 'USDT',
    tradeId: '7',
    role: 'taker',
    filledTime: new Date(NOW_MS - 1_000).toISOString(),
    ...changed,
  });

const RESTING = {
  status: 'NEW',
  executedQty: '0.0000',
  avgPrice: '0.0',
  commission: '0.000000',
  type: 'LIMIT',
};
const CANCELED = { ...RESTING, status: 'CANCELLED' };

/** Every route as the venue answers it in 2026. */
const OF_TODAY: Bodies = {
  'POST /v2/trade/order': answered(
    `{"order":{"orderId":${ID},"orderID":"${ID}","symbol":"BTC-USDT","side":"BUY","type":"MARKET","price":0,"quantity":0.001,` +
      '"clientOrderId":"","status":"FILLED","avgPrice":"50000.0","executedQty":"0.0010"}}',
  ),
  'GET /v2/trade/order': answered(`{"order":${row()}}`),
  'DELETE /v2/trade/order': answered(`{"order":${row(CANCELED)}}`),
  'GET /v2/trade/openOrders': answered(`{"orders":[${row(RESTING)}]}`),
  'GET /v1/trade/fullOrder': answered(`{"orders":[${row()}]}`),
  'GET /v2/trade/fillHistory': answered(`{"fill_history_orders":[${fill()}],"total":1}`),
  'GET /v2/user/positions': answered(
    '[{"symbol":"BTC-USDT","positionAmt":"0.001","positionSide":"SHORT","avgPrice":"50000.0","updateTime":1789999999000}]',
  ),
  'GET /v2/user/income': answered(
    '[{"symbol":"BTC-USDT","incomeType":"FUNDING_FEE","income":"-0.00056154","asset":"USDT","time":1789999999000,"tranId":"1_2"},' +
      '{"symbol":"","incomeType":"TRANSFER","income":"100","asset":"USDT","time":1789999998000,"tranId":"1_3"}]',
  ),
  'GET /v2/quote/premiumIndex': answered('{"symbol":"BTC-USDT","markPrice":"50000.16"}'),
  'GET /v2/quote/bookTicker': answered(
    '{"book_ticker":{"symbol":"BTC-USDT","bid_price":50000,"ask_price":50000.5,"time":1789999999000}}',
  ),
};

/** The same as it was answered in earlier years. */
const OF_OLD: Bodies = {
  ...OF_TODAY,
  'POST /v2/trade/order': answered(
    `{"order":{"symbol":"BTC-USDT","orderId":${ID},"side":"BUY","type":"MARKET","clientOrderID":""}}`,
  ),
  'DELETE /v2/trade/order': refused(80018, 'order is already filled'),
  'GET /v2/trade/openOrders': answered(
    `{"orders":[${row({ ...RESTING, status: 'PENDING', avgPrice: '', commission: '', profit: '', clientOrderId: '', updateTime: 0 })}]}`,
  ),
  'GET /v2/trade/fillHistory': answered(
    `{"fill_orders":[${fill({ qty: undefined, volume: '0.0010', tradeId: undefined, role: undefined, commissionAsset: undefined, currency: 'USDT' })}]}`,
  ),
  'GET /v3/user/balance': answered(
    '{"balance":{"asset":"USDT","balance":"100.0","availableMargin":"","usedMargin":"","frozenMargin":"0"}}',
  ),
  'GET /v2/user/positions': answered(
    '[{"symbol":"BTC-USDT","positionAmt":"0.001","positionSide":"LONG","avgPrice":"50000.0"},{"symbol":"DOGE-USDT","positionAmt":"?"}]',
  ),
  'GET /v2/user/income': '{"code":0,"msg":"","data":null}',
  'GET /v2/quote/bookTicker': answered('{"symbol":"BTC-USDT","bid_price":"50000.0","ask_price":"50000.5"}'),
};

async function opened(bodies: Bodies): Promise<ReplayedVenue> {
  const world = await openReplayed(bodies, { symbols: ['BTC-USDT'] });
  if (!world.ok) throw new Error(world.error);
  return world.value;
}

const NAME: OrderName = {
  symbol: 'BTC-USDT' as SymbolName,
  clientOrderId: 'ours' as ClientOrderId,
  venueOrderId: null,
};

const world = (bodies: Bodies) => async (): Promise<AnswersWorld> => {
  const { venue, notices } = await opened(bodies);
  return {
    venue,
    notices,
    sinceMs: SINCE_MS,
    venueCode: VENUE_CODE,
    nowMs: () => NOW_MS,
    names: [NAME],
    requests: [
      {
        ...NAME,
        side: 'BUY',
        type: 'MARKET',
        quantity: lots(10),
        limit: null,
        postOnly: false,
        reduceOnly: false,
        leverage: 5,
      },
    ],
    close: () => venue.close(),
  };
};

answersContract('the BingX client over answers of today', world(OF_TODAY));
answersContract('the BingX client over answers of earlier years', world(OF_OLD));

describe('an answer', () => {
  it.each([
    ['of today', OF_TODAY],
    ['of earlier years', OF_OLD],
  ])('%s about an order that traded is exact by its fills', async (_when, bodies) => {
    const { venue } = await opened(bodies);

    expect(await venue.ordersTradedSince(SINCE_MS, 'housekeeping')).toMatchObject({
      rows: [
        {
          venueOrderId: ID,
          status: 'FILLED',
          filledQuote: 5_000_000_000n,
          isQuoteExact: true,
          fee: 2_500_000n,
        },
      ],
    });
  });

  it.each([
    [109421, 'order not exist', { kind: 'NOT_FOUND' }],
    [80016, 'order does not exist', { kind: 'NOT_FOUND' }],
    [109500, 'busy', { kind: 'UNKNOWN', cause: 'SERVER' }],
  ])('of %s %s to a question for an order', async (code, text, expected) => {
    const { venue } = await opened({ 'GET /v2/trade/order': refused(code, text) });

    expect(await venue.query(NAME, 'doubt')).toEqual(expected);
  });

  it.each([
    [101215, 'PostOnly', 'POST_ONLY_CROSSED'],
    [101400, 'clientOrderID unique check failed', 'CLIENT_ID_REUSED'],
    [101204, 'Insufficient margin', 'MARGIN'],
    [123456, 'a code of tomorrow', 'OTHER'],
  ])('of %s %s to an order keeps the words of the venue', async (code, text, meaning) => {
    const { venue } = await opened({ 'POST /v2/trade/order': refused(code, text) });
    const [order] = (await world({})()).requests;
    if (order === undefined) throw new Error('no order');

    const result = await venue.submit(order, 'entry');
    expect(result).toEqual({ kind: 'REJECT', code: meaning, text: `${code} ${text}` });
    expect(unsoundResult(result, order, { venue, nowMs: NOW_MS, venueCode: VENUE_CODE })).toEqual([]);
  });
});

describe('an instant', () => {
  it('of 0 says nothing, and another field of the row is asked', async () => {
    const { venue } = await opened({
      'GET /v2/trade/order': answered(`{"order":${row({ updateTime: 0 })}}`),
    });

    expect(await venue.query(NAME, 'doubt')).toMatchObject({ report: { venueAtMs: NOW_MS - 1_000 } });
  });
});

describe('a client order id', () => {
  it('is told in lower case, as the venue keeps it, however it is written', async () => {
    const { venue, say, notices } = await opened({
      'GET /v2/trade/order': answered(`{"order":${row({ clientOrderId: 'OURS' })}}`),
      'GET /v2/trade/openOrders': answered(`{"orders":[${row({ ...RESTING, clientOrderId: 'Ours' })}]}`),
    });
    say(
      `{"e":"ORDER_TRADE_UPDATE","o":{"s":"BTC-USDT","c":"OurS","i":${ID},"S":"BUY","q":"0.001","z":"0","x":"NEW","X":"NEW"}}`,
    );

    expect(await venue.query(NAME, 'doubt')).toMatchObject({ report: { clientOrderId: 'ours' } });
    expect(await venue.openOrders('doubt')).toMatchObject({ rows: [{ clientOrderId: 'ours' }] });
    expect(notices).toMatchObject([{ report: { clientOrderId: 'ours' } }]);
  });
});

describe('what cannot be', () => {
  it('is a fill without a price: what the order cost is not known then', async () => {
    const { venue } = await opened({
      ...OF_TODAY,
      'GET /v2/trade/fillHistory': answered(`{"fill_history_orders":[${fill({ price: '0.0' })}],"total":1}`),
    });

    expect(await venue.ordersTradedSince(SINCE_MS, 'doubt')).toEqual({
      kind: 'UNKNOWN',
      cause: 'UNREADABLE',
    });
  });

  it('is a used margin below zero: where more is free than there is, it is not said', async () => {
    const { venue, say, notices } = await opened({
      'GET /v3/user/balance': answered(
        '[{"asset":"USDT","balance":"100","usedMargin":"-1","freezedMargin":"0"}]',
      ),
    });
    say(
      '{"e":"ACCOUNT_UPDATE","E":1789999999000,"a":{"m":"ORDER","B":[{"a":"USDT","wb":"100","cw":"101.5","bc":"0"}]}}',
    );

    expect(notices).toMatchObject([
      {
        kind: 'balance',
        report: { wallet: 10_000_000_000n, availableMargin: 10_150_000_000n, usedMargin: null },
      },
    ]);
    expect(await venue.balance('doubt')).toMatchObject({
      rows: [{ wallet: 10_000_000_000n, usedMargin: null }],
    });
  });
});

describe('the judge of answers', () => {
  const frame: AnswersFrame = {
    venue: { instruments: [BTC], account: { positionMode: 'one_way', marginAsset: 'USDT' } },
    nowMs: NOW_MS,
    venueCode: VENUE_CODE,
  };
  const REPORT: OrderReport = {
    symbol: BTC.symbol,
    venueOrderId: ID as VenueOrderId,
    clientOrderId: null,
    side: 'BUY',
    status: 'FILLED',
    orderedLots: lots(10),
    filledLots: lots(10),
    filledQuote: money(5_000_000_000n),
    isQuoteExact: true,
    fee: money(2_500_000n),
    feeAsset: null,
    isMaker: null,
    cause: 'order',
    venueRealized: null,
    venueAtMs: NOW_MS,
  };
  const INCOME = { transactionId: 'a', kind: 'FEE', symbol: null, amount: 1n, venueAtMs: NOW_MS };
  const POSITION = { symbol: BTC.symbol, position: 1, entryQuote: 1n, venueAtMs: NOW_MS };
  const QUOTE = {
    symbol: BTC.symbol,
    bid: 1 as PriceTicks,
    ask: 2 as PriceTicks,
    mark: 1,
    venueAtMs: NOW_MS,
  };

  it('finds nothing in what is sound', () => {
    expect(unsoundReport(REPORT, frame)).toEqual([]);
    expect(unsoundList('income', { kind: 'KNOWN', rows: [INCOME] }, frame)).toEqual([]);
    expect(unsoundList('positions', { kind: 'KNOWN', rows: [POSITION] }, frame)).toEqual([]);
    expect(unsoundList('quote', { kind: 'KNOWN', rows: [QUOTE] }, frame)).toEqual([]);
  });

  it.each<[string, Partial<OrderReport>]>([
    ['an id with letters', { venueOrderId: '12x' as VenueOrderId }],
    ['another symbol', { symbol: 'DOGE-USDT' as SymbolName }],
    ['a client id in capitals', { clientOrderId: 'OURS' as ClientOrderId }],
    ['FILLED with less than was ordered', { filledLots: lots(9) }],
    ['NEW with a fill', { status: 'NEW' }],
    ['more than was ordered', { filledLots: lots(11) }],
    ['a fill for nothing', { filledQuote: money(0n) }],
    ['a cost without a fill', { status: 'CANCELED', filledLots: lots(0), fee: null }],
    ['an exact cost that is not known', { filledQuote: null }],
    ['a fee of two percent', { fee: money(100_000_000n) }],
    ['a rebate of two percent', { fee: money(-100_000_000n) }],
    ['the asset of the account named as another', { feeAsset: 'USDT' }],
    ['a figure that is no number', { orderedLots: Number.NaN as OrderReport['orderedLots'] }],
    ['an instant in seconds', { venueAtMs: 1_790_000_000 as EpochMs }],
    ['an instant to come', { venueAtMs: (NOW_MS + 172_800_000) as EpochMs }],
  ])('finds %s', (_what, changed) => {
    expect(unsoundReport({ ...REPORT, ...changed }, frame)).not.toEqual([]);
  });

  it.each([
    ['income', [INCOME, INCOME]],
    ['income', [{ ...INCOME, amount: 1.5 }]],
    ['positions', [{ ...POSITION, position: 0 }]],
    ['positions', [{ ...POSITION, entryQuote: 0n }]],
    ['positions', [POSITION, { ...POSITION, position: -1 }]],
    ['balance', []],
    ['quote', [{ ...QUOTE, bid: 3 as PriceTicks }]],
    ['ordersTradedSince', [REPORT, REPORT]],
  ] as const)('finds what is wrong in a list of %s', (question, rows) => {
    expect(unsoundList(question, { kind: 'KNOWN', rows }, frame)).not.toEqual([]);
  });

  it('finds refusals without the code of the venue, answers about other orders, and a margin below zero', () => {
    const refusal = { kind: 'REJECT', code: 'MARGIN', text: 'no margin' } as const;
    const other = { kind: 'FOUND', report: { ...REPORT, symbol: BTC.symbol } } as const;
    const balance: VenueNotice = {
      kind: 'balance',
      report: { wallet: null, availableMargin: null, usedMargin: -1n as Money, venueAtMs: NOW_MS },
    };

    expect(unsoundResult(refusal, NAME, frame)).not.toEqual([]);
    expect(unsoundResult(other, { ...NAME, venueOrderId: '7' as VenueOrderId }, frame)).not.toEqual([]);
    expect(unsoundNotice(balance, frame)).not.toEqual([]);
  });
});
