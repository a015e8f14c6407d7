// Recorded traffic through the venue that would get it: each file is taken by a method, which answers nothing that cannot be true.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { BingxSetup } from '../../../src/adapters/venues/bingx/bingx-setup.ts';
import { listenKeyCalls } from '../../../src/adapters/venues/bingx/listen-key.ts';
import type { ClientOrderId, SymbolName } from '../../../src/domain/ids.ts';
import { type EpochMs, lots } from '../../../src/domain/steps.ts';
import type { OrderName, OrderRequest, OrderSide } from '../../../src/domain/venue.ts';
import {
  type AnswersFrame,
  askedList,
  type ListQuestion,
  unsoundList,
  unsoundNotice,
  unsoundResult,
} from '../../contracts/venue-answers.ts';
import { NOW_MS } from './bingx/payloads.ts';
import { type Bodies, openReplayed, type ReplayedVenue, replayingRest } from './replayed-venue.ts';

const SHARED = process.env['WARDEN_SHARED'] ?? fileURLToPath(new URL('../../../../shared', import.meta.url));
const RECORDED = join(SHARED, 'fixtures/bingx');
const CCXT = 'ccxt-response-bingx-swap.retyped.json';
const STREAM = 'ws-user-stream.samples.json';
const NET = 'bingx-net/BingX.Net.UnitTests/Endpoints/PerpetualFutures';
const CHANNELS = 'bingx-net/BingX.Net.UnitTests/Subscriptions/PerpetualFutures';
const DAY_MS = 86_400_000;

/** Takes one recorded body through a method of the venue, and expects what only that body says. */
type Taker = (body: string) => Promise<void>;

async function opened(bodies: Bodies, changed: Partial<BingxSetup> = {}): Promise<ReplayedVenue> {
  const venue = await openReplayed(bodies, changed);
  if (!venue.ok) throw new Error(venue.error);
  venue.value.rest.calls.length = 0;
  return venue.value;
}

function frameOf({ venue }: ReplayedVenue): AnswersFrame {
  return { venue, nowMs: NOW_MS, venueCode: /^\d{3,6}\b/ };
}

interface Listed {
  readonly rows: readonly unknown[];
  /** Answers to the other questions that the method asks. */
  readonly beside?: Bodies;
  readonly symbol?: string;
}

const list =
  (question: ListQuestion, route: string, { rows, beside = {}, symbol = 'BTC-USDT' }: Listed): Taker =>
  async (body) => {
    const world = await opened({ ...beside, [route]: body });
    const known = await askedList(world.venue, question, { sinceMs: NOW_MS - DAY_MS, symbol });
    expect(world.venue.health().lastProblem).toBeNull();
    expect(known).toMatchObject({ kind: 'KNOWN', rows });
    expect(unsoundList(question, known, frameOf(world))).toEqual([]);
  };

const nameOf = (symbol: string, clientOrderId = 'ours'): OrderName => ({
  symbol: symbol as SymbolName,
  clientOrderId: clientOrderId as ClientOrderId,
  venueOrderId: null,
});

const orderOf = (symbol: string, side: OrderSide, leverage = 5): OrderRequest => ({
  ...nameOf(symbol),
  side,
  type: 'MARKET',
  quantity: lots(1),
  limit: null,
  postOnly: false,
  reduceOnly: false,
  leverage,
});

const submit =
  (order: OrderRequest, expected: object, route = 'POST /v2/trade/order'): Taker =>
  async (body) => {
    const placed = '{"code":0,"data":{"order":{"orderId":1736012449498123457}}}';
    const world = await opened({ 'POST /v2/trade/order': placed, [route]: body });
    const result = await world.venue.submit(order, 'entry');
    expect(result).toMatchObject({ kind: 'ACK', ...expected });
    expect(unsoundResult(result, order, frameOf(world))).toEqual([]);
    expect(world.rest.calls.some(({ method, path }) => `${method} ${path}`.endsWith(route.slice(5)))).toBe(
      true,
    );
  };

const query =
  (order: OrderName, report: object): Taker =>
  async (body) => {
    const world = await opened({ 'GET /v2/trade/order': body });
    const result = await world.venue.query(order, 'doubt');
    expect(result).toMatchObject({ kind: 'FOUND', report });
    expect(unsoundResult(result, order, frameOf(world))).toEqual([]);
  };

const cancel =
  (order: OrderName, report: object | null): Taker =>
  async (body) => {
    const world = await opened({ 'DELETE /v2/trade/order': body });
    const result = await world.venue.cancel(order, 'cancel');
    expect(result).toMatchObject({ kind: 'ACK', report });
    expect(unsoundResult(result, order, frameOf(world))).toEqual([]);
  };

/** The checks at the start ask it: what the venue that was opened knows then. */
const startCheck =
  (route: string, changed: Partial<BingxSetup>, isSo: (world: ReplayedVenue) => void): Taker =>
  async (body) =>
    isSo(await opened({ [route]: body }, changed));

const frames =
  (expected: readonly object[], isSo: (world: ReplayedVenue) => void = () => undefined): Taker =>
  async (body) => {
    const world = await opened({});
    for (const text of body.split('\n')) world.say(text);
    expect(world.notices).toMatchObject(expected);
    for (const notice of world.notices) expect(unsoundNotice(notice, frameOf(world))).toEqual([]);
    isSo(world);
  };

const order = (report: object): object => ({ kind: 'order', report });
const balance = (wallet: bigint, usedMargin: bigint): object => ({
  kind: 'balance',
  report: { wallet, usedMargin },
});

const OPEN_ORDERS = 'GET /v2/trade/openOrders';
const POSITIONS = 'GET /v2/user/positions';
const BALANCE = 'GET /v3/user/balance';
const INCOME = 'GET /v2/user/income';
const FILLS = 'GET /v2/trade/fillHistory';
const ORDERS = 'GET /v1/trade/fullOrder';
const FORCED = 'GET /v2/trade/forceOrders';
const PREMIUM = 'GET /v2/quote/premiumIndex';
const TICKER = 'GET /v2/quote/bookTicker';

const NO_FILLS = '{"code":0,"data":{"fill_history_orders":[]}}';
const NO_ORDERS = '{"code":0,"data":{"orders":null}}';
const UNKNOWN_ORDER = '{"code":109421,"msg":"order not exist","data":{}}';

/** Answers for one symbol, and nothing for others. */
const only =
  (symbol: string, body: string, other: string) =>
  ({ params }: { readonly params: Readonly<Record<string, string | undefined>> }): string =>
    params['symbol'] === symbol ? body : other;

/** A list of fills of one order, as it would be beside the order's own row. */
function fillOf(symbol: string, orderId: string, qty: string, price: string): Bodies {
  const fill = {
    filledTime: '2026-09-21T21:00:00.000+0800',
    qty,
    price,
    orderId,
    tradeId: '1',
    symbol,
    role: 'taker',
  };
  const body = JSON.stringify({ code: 0, data: { fill_history_orders: [fill], total: 1 } });
  return { [FILLS]: only(symbol, body, NO_FILLS) };
}

/** The row of an order that was filled, as it would be beside its fills. */
function rowOf(
  symbol: string,
  orderId: string,
  executedQty: string,
  avgPrice: string,
  commission: string,
): Bodies {
  const times = { time: NOW_MS, updateTime: NOW_MS };
  const filled = {
    symbol,
    orderId,
    side: 'BUY',
    type: 'MARKET',
    origQty: executedQty,
    executedQty,
    status: 'FILLED',
  };
  const orders = [{ ...filled, avgPrice, commission, clientOrderId: '', ...times }];
  return { [ORDERS]: only(symbol, JSON.stringify({ code: 0, data: { orders } }), NO_ORDERS) };
}

/** Lists of a symbol are asked for one by one: the recorded one answers for its own. */
const traded =
  (route: string, symbol: string, rows: readonly object[], beside: Bodies): Taker =>
  async (body) => {
    const other = route === FILLS ? NO_FILLS : NO_ORDERS;
    const kinds = ['LIQUIDATION', undefined];
    const recorded = (call: Parameters<ReturnType<typeof only>>[0]): string =>
      kinds.includes(call.params['autoCloseType']) ? only(symbol, body, other)(call) : other;
    const unknown = { 'GET /v2/trade/order': UNKNOWN_ORDER, [ORDERS]: NO_ORDERS };
    const world = await opened({ ...unknown, ...beside, [route]: recorded });
    const known = await world.venue.ordersTradedSince((NOW_MS - DAY_MS) as EpochMs, 'housekeeping');
    expect(known).toMatchObject({ kind: 'KNOWN', rows });
    expect(unsoundList('ordersTradedSince', known, frameOf(world))).toEqual([]);
  };

const NOBODY_ASKS = 'no question of ours is answered by it';
const NOBODY_SENDS = 'nothing that is sent here is answered by it';

const PYTH = traded(
  ORDERS,
  'PYTH-USDT',
  [
    {
      venueOrderId: '1736007506620112100',
      filledLots: 33,
      filledQuote: 1_292_280_000n,
      isQuoteExact: true,
      fee: 258_500n,
    },
  ],
  fillOf('PYTH-USDT', '1736007506620112100', '33', '0.3916'),
);
const premium = (symbol: string): string => `{"code":0,"data":{"symbol":"${symbol}","markPrice":"42216.4"}}`;
const TICKS =
  '{"code":0,"data":{"book_ticker":{"symbol":"BTC-USDT","bid_price":42216.1,"ask_price":42216.8}}}';

/** Every recorded file or case, and what takes it; a sentence where nothing does. */
const TAKERS: Readonly<Record<string, Taker | string>> = {
  'README.md': 'it says what the others are',
  'captures.json': 'requests of another client, answered by a server of its own tests',
  'bingx-net/COMMIT': 'it says where the texts are from',
  'bingx-net/LICENSE': 'it says what may be done with the texts',

  [`${CCXT}#swap market order`]: submit(orderOf('LTC-USDT', 'BUY'), {
    venueOrderId: '1751667285204103168',
    report: null,
  }),
  [`${CCXT}#create takeProfitOrder (one-way)`]: submit(orderOf('LTC-USDT', 'SELL'), {
    venueOrderId: '1792485525883039744',
  }),
  [`${CCXT}#create trigger order (one-way)`]: submit(orderOf('LTC-USDT', 'BUY'), {
    venueOrderId: '1792485928376840192',
  }),
  [`${CCXT}#Swap closed order`]: traded(
    ORDERS,
    'LTC-USDT',
    [{ filledLots: 1, filledQuote: 701_700_000n, fee: 350_900n }],
    fillOf('LTC-USDT', '1729799444544843776', '0.1', '70.17'),
  ),
  [`${CCXT}#swap fetch balance`]: list('balance', BALANCE, {
    rows: [{ wallet: 19_482_120_000n, availableMargin: 19_376_090_000n, usedMargin: 106_020_000n }],
  }),
  [`${CCXT}#Swap trade`]: traded(
    FILLS,
    'LTC-USDT',
    [
      {
        venueOrderId: '1743623387810590720',
        filledLots: 100,
        filledQuote: 65_296_500_000n,
        isQuoteExact: true,
        isMaker: null,
      },
    ],
    rowOf('LTC-USDT', '1743623387810590720', '10.0', '65.2965', '-0.326483'),
  ),
  [`${CCXT}#swap ticker`]: NOBODY_ASKS,
  [`${CCXT}#fetch swap order (hedge, reduceOnly true on a SELL+LONG close)`]: query(
    nameOf('LTC-USDT', 'b39b0316-1f99-4099-8f4b-bac0f46731f8'),
    { status: 'FILLED', filledQuote: 837_100_000n, isQuoteExact: false, fee: 418_600n },
  ),
  [`${CCXT}#swap stopLoss order (one-way: positionSide BOTH, onlyOnePosition true)`]: query(
    nameOf('LTC-USDT'),
    {
      status: 'NEW',
      orderedLots: 1,
      filledLots: 0,
      fee: null,
    },
  ),
  [`${CCXT}#fetch position`]: list('positions', POSITIONS, {
    rows: [{ symbol: 'LTC-USDT', position: 1, entryQuote: 956_100_000n, venueAtMs: NOW_MS }],
  }),
  [`${CCXT}#fetch linear swap margin mode`]: NOBODY_ASKS,
  [`${CCXT}#position history`]: NOBODY_ASKS,
  [`${CCXT}#funding`]: list('income', INCOME, {
    rows: [
      { kind: 'FUNDING', amount: -9_521n, venueAtMs: 1_769_212_846_000 },
      { kind: 'FUNDING', amount: -56_154n, venueAtMs: 1_769_241_660_000 },
    ],
  }),
  [`${CCXT}#leverage tiers (first 5 of 25)`]: NOBODY_ASKS,

  [`${STREAM}#order filled, one-way, live 2024-03`]: frames([
    order({
      symbol: 'BCH-USDT',
      status: 'FILLED',
      filledLots: 2,
      filledQuote: 874_200_000n,
      isQuoteExact: false,
      venueAtMs: NOW_MS,
    }),
  ]),
  [`${STREAM}#order filled, hedge, docs 2025-09`]: frames([
    order({ side: 'SELL', filledLots: 10, filledQuote: 11_284_810_000n, fee: null }),
  ]),
  [`${STREAM}#account update after that fill`]: frames([balance(11_780_007_595n, 2_256_962_000n)]),
  [`${STREAM}#account update, isolated, docs 2023`]: frames([balance(527_759_264_687n, 4_437_555_484n)]),
  [`${STREAM}#balance-only update`]: frames([balance(4_981_083_984n, 0n)]),
  [`${STREAM}#funding, cross (no P)`]: frames([balance(11_779_000_000n, 2_257_000_000n)]),
  [`${STREAM}#margin-only frame without balances`]: frames([]),
  [`${STREAM}#config update`]: frames([], ({ venue }) =>
    expect(venue.leverage()).toContainEqual({ symbol: 'BTC-USDT', long: 12, short: 9 }),
  ),
  [`${STREAM}#listen key expired`]: frames([]),
  [`${STREAM}#subscribe ack (swap, live 2026-09)`]: frames([]),
  [`${STREAM}#unknown channel`]: frames([]),
  [`${STREAM}#empty object sent by client`]: frames([]),
  [`${STREAM}#heartbeat (gzip of the 4 bytes, not JSON)`]: 'the connection answers it, and hands nothing on',

  [`${NET}/Account/AdjustIsolatedMargin.txt`]: NOBODY_SENDS,
  [`${NET}/Account/ApplyForVSTAssets.txt`]: NOBODY_SENDS,
  [`${NET}/Account/GetBalances.txt`]: list('balance', BALANCE, {
    rows: [{ wallet: 1_990_030_000n, usedMargin: 0n }],
  }),
  [`${NET}/Account/GetBalances2.txt`]: list('balance', BALANCE, { rows: [{ wallet: 30_000_000_000n }] }),
  [`${NET}/Account/GetIncomes.txt`]: list('income', INCOME, {
    rows: [{ kind: 'FUNDING', symbol: 'LDO-USDT', amount: -2_920_000n }],
  }),
  [`${NET}/Account/GetIsolatedMarginChangeHistory.txt`]: NOBODY_ASKS,
  [`${NET}/Account/GetLeverage.txt`]: startCheck('GET /v2/trade/leverage', {}, ({ venue }) =>
    expect(venue.leverage()).toContainEqual({ symbol: 'BTC-USDT', long: 50, short: 50 }),
  ),
  [`${NET}/Account/GetMarginMode.txt`]: NOBODY_ASKS,
  [`${NET}/Account/GetMultiAssetMode.txt`]: NOBODY_ASKS,
  [`${NET}/Account/GetMultiAssetRules.txt`]: NOBODY_ASKS,
  [`${NET}/Account/GetMultiAssetsMargin.txt`]: NOBODY_ASKS,
  [`${NET}/Account/GetPositionMode.txt`]: startCheck(
    'GET /v1/positionSide/dual',
    { positionMode: 'hedge' },
    ({ venue }) => expect(venue.account.positionMode).toBe('hedge'),
  ),
  [`${NET}/Account/GetTradingFees.txt`]: startCheck('GET /v2/user/commissionRate', {}, ({ venue }) =>
    expect(venue.instruments[0]).toMatchObject({ takerFeePpm: 500, makerFeePpm: 200 }),
  ),
  [`${NET}/Account/KeepAliveUserStream.txt`]: async (body) =>
    expect(await listenKeyCalls(replayingRest({ 'PUT /userDataStream': body })).extend('k')).toBe('extended'),
  [`${NET}/Account/SetLeverage.txt`]: submit(orderOf('ETH-USDT', 'BUY', 8), {}, 'POST /v2/trade/leverage'),
  [`${NET}/Account/SetMarginMode.txt`]: NOBODY_SENDS,
  [`${NET}/Account/SetMultiAssetMode.txt`]: NOBODY_SENDS,
  [`${NET}/Account/SetPositionMode.txt`]: NOBODY_SENDS,
  [`${NET}/Account/StartUserStream.txt`]: async (body) =>
    expect(await listenKeyCalls(replayingRest({ 'POST /userDataStream': body })).create()).toEqual({
      listenKey: expect.stringMatching(/^[0-9a-f]{64}$/),
    }),
  [`${NET}/Account/StopUserStream.txt`]: async (body) =>
    listenKeyCalls(replayingRest({ 'DELETE /userDataStream': body })).remove('k'),

  [`${NET}/ExchangeData/GetBookTicker.txt`]: list('quote', TICKER, {
    rows: [{ bid: 422_111, ask: 422_118, mark: 422_164 }],
    beside: { [PREMIUM]: premium('BTC-USDT') },
  }),
  [`${NET}/ExchangeData/GetContracts.txt`]: startCheck(
    'GET /v2/quote/contracts',
    { symbols: ['BTC-USDT', 'ETH-USDT'] },
    ({ venue }) =>
      expect(venue.instruments).toMatchObject([
        { symbol: 'BTC-USDT', lot: { units: 1, decimals: 4 }, minLots: 1, maxLeverage: 125 },
        { symbol: 'ETH-USDT', lot: { units: 1, decimals: 2 }, minLots: 1 },
      ]),
  ),
  [`${NET}/ExchangeData/GetFundingRate.txt`]: list('quote', PREMIUM, {
    rows: [{ mark: 422_164 }],
    beside: { [TICKER]: TICKS },
  }),
  [`${NET}/ExchangeData/GetFundingRateHistory.txt`]: NOBODY_ASKS,
  [`${NET}/ExchangeData/GetKlines.txt`]: NOBODY_ASKS,
  [`${NET}/ExchangeData/GetLastTradePrice.txt`]: NOBODY_ASKS,
  [`${NET}/ExchangeData/GetMarkPriceKlines.txt`]: NOBODY_ASKS,
  [`${NET}/ExchangeData/GetOpenInterest.txt`]: NOBODY_ASKS,
  [`${NET}/ExchangeData/GetOrderBook.txt`]: NOBODY_ASKS,
  [`${NET}/ExchangeData/GetRecentTrades.txt`]: NOBODY_ASKS,
  [`${NET}/ExchangeData/GetTicker.txt`]: NOBODY_ASKS,
  [`${NET}/ExchangeData/GetTradeHistory.txt`]: NOBODY_ASKS,

  [`${NET}/Trading/CancelAllOrder.txt`]: NOBODY_SENDS,
  [`${NET}/Trading/CancelAllOrdersAfter.txt`]: async (body) => {
    const { venue } = await opened({ 'POST /v2/trade/cancelAllAfter': body });
    expect(await venue.cancelAllAfter(30)).toEqual({ ok: true, value: undefined });
  },
  [`${NET}/Trading/CancelMultipleOrder.txt`]: NOBODY_SENDS,
  [`${NET}/Trading/CancelOrder.txt`]: cancel(nameOf('OP-USDT', 'l*****e'), {
    status: 'NEW',
    orderedLots: 10,
  }),
  [`${NET}/Trading/CancelReplaceOrder.txt`]: NOBODY_SENDS,
  [`${NET}/Trading/CancelTwapOrder.txt`]: NOBODY_SENDS,
  [`${NET}/Trading/CloseAllPositions.txt`]: NOBODY_SENDS,
  [`${NET}/Trading/ClosePosition.txt`]: NOBODY_SENDS,
  [`${NET}/Trading/EditOrder.txt`]: NOBODY_SENDS,
  [`${NET}/Trading/GetClosedOrders.txt`]: PYTH,
  [`${NET}/Trading/GetClosedTwapOrders.txt`]: NOBODY_ASKS,
  [`${NET}/Trading/GetLiquidationOrders.txt`]: traded(
    FORCED,
    'ATOM-USDT',
    [{ cause: 'liquidation', filledLots: 236, filledQuote: 1_910_420_000n, venueRealized: -93_460_000n }],
    fillOf('ATOM-USDT', '17226485464302233', '2.36', '8.095'),
  ),
  [`${NET}/Trading/GetOpenOrders.txt`]: list('openOrders', OPEN_ORDERS, {
    rows: [
      { symbol: 'BTC-USDT', side: 'SELL', status: 'NEW', orderedLots: 30 },
      { symbol: 'BTC-USDT', status: 'NEW', orderedLots: 30 },
    ],
  }),
  [`${NET}/Trading/GetOrder.txt`]: query(nameOf('OP-USDT', 'l*****e'), {
    status: 'NEW',
    venueAtMs: 1_702_732_596_188,
  }),
  [`${NET}/Trading/GetOrders.txt`]: PYTH,
  [`${NET}/Trading/GetPositionAndMarginInfo.txt`]: NOBODY_ASKS,
  [`${NET}/Trading/GetPositionHistory.txt`]: NOBODY_ASKS,
  [`${NET}/Trading/GetPositions.txt`]: list('positions', POSITIONS, {
    rows: [{ symbol: 'BNB-USDT', position: -20, entryQuote: 4_928_600_000n }],
  }),
  [`${NET}/Trading/GetTwapOrder.txt`]: NOBODY_ASKS,
  [`${NET}/Trading/GetUserTrades.txt`]: traded(
    FILLS,
    'WLD-USDT',
    [{ filledLots: 410, filledQuote: 1_274_608_000n, isQuoteExact: true, fee: 254_900n }],
    rowOf('WLD-USDT', '1736007768311123456', '4.10', '3.1088', '-0.002549'),
  ),
  [`${NET}/Trading/PlaceMultipleOrder.txt`]: NOBODY_SENDS,
  [`${NET}/Trading/PlaceOrder.txt`]: submit(orderOf('BTC-USDT', 'BUY'), {
    venueOrderId: '1735950529123455000',
    report: null,
  }),
  [`${NET}/Trading/PlaceTestOrder.txt`]: submit(orderOf('BTC-USDT', 'BUY'), { report: null }),
  [`${NET}/Trading/PlaceTwapOrder.txt`]: NOBODY_SENDS,

  ...Object.fromEntries(
    ['BookPrice', 'Concurrent', 'Klines', 'MarkPrice', 'PartialBook', 'Price', 'Ticker', 'Trades'].map(
      (name) => [`${CHANNELS}/${name}.txt`, frames([])],
    ),
  ),
};

/** The bodies of a recorded file by name: cases of one file are named after it. */
function bodiesOf(path: string): readonly (readonly [name: string, body: string])[] {
  const text = readFileSync(join(RECORDED, path), 'utf8').replace(/^\uFEFF/, '');
  if (path === CCXT) {
    const { cases } = JSON.parse(text) as { cases: { description: string; httpResponse: unknown }[] };
    return cases.map((one) => [`${path}#${one.description}`, JSON.stringify(one.httpResponse)]);
  }
  if (path === STREAM) {
    const { samples } = JSON.parse(text) as { samples: { name: string; payload: unknown }[] };
    // On the wire an id is a number.
    const wire = (payload: unknown): string => JSON.stringify(payload).replace(/"i":"(\d+)"/, '"i":$1');
    return samples.map(({ name, payload }) => [`${path}#${name}`, wire(payload)]);
  }
  if (path.startsWith(CHANNELS)) {
    const parts = text.split(/^[<=]\d*/m).slice(1);
    return [
      [
        path,
        parts
          .map((part) =>
            part
              .split(/^>/m)[0]
              ?.replaceAll(/\s*\n\s*/g, ' ')
              .trim(),
          )
          .join('\n'),
      ],
    ];
  }
  return [[path, text.split(/\r?\n/).slice(3).join('\n').trim()]];
}

const isThere = existsSync(RECORDED);
const recorded = isThere
  ? readdirSync(RECORDED, { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile())
      .flatMap((one) => bodiesOf(relative(RECORDED, join(one.parentPath, one.name))))
  : [];

describe.skipIf(!isThere)('recorded traffic (needs the shared data)', () => {
  it('is all known here', () => {
    expect(recorded.map(([name]) => name).sort()).toEqual(Object.keys(TAKERS).sort());
  });

  it.each(recorded.filter(([name]) => typeof TAKERS[name] !== 'string'))(
    '%s is taken',
    async (name, body) => {
      const taker = TAKERS[name];
      expect(taker).toBeTypeOf('function');
      if (typeof taker === 'function') await taker(body);
    },
  );
});
