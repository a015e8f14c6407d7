// Recorded traffic of others, if it is there: each file is read to what it says, or is named among those that nobody here reads.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  balanceFrom,
  incomeFrom,
  leverageFrom,
  maxLeverageIn,
  positionModeFrom,
  positionsFrom,
} from '../../../../src/adapters/venues/bingx/codec-account.ts';
import { readEnvelope } from '../../../../src/adapters/venues/bingx/codec-envelope.ts';
import {
  commissionFrom,
  contractsFrom,
  quoteFrom,
} from '../../../../src/adapters/venues/bingx/codec-market.ts';
import {
  fillsFrom,
  orderFrom,
  orderRowIn,
  orderRowsIn,
  placeAnswerFrom,
} from '../../../../src/adapters/venues/bingx/codec-orders.ts';
import { FrameReader } from '../../../../src/adapters/venues/bingx/frame-reader.ts';
import type { JsonText, JsonTextObject } from '../../../../src/adapters/venues/json-text.ts';
import type { Instrument } from '../../../../src/domain/instrument.ts';
import type { OrderReport } from '../../../../src/domain/venue.ts';
import { BTC, instrument, json, NOW_MS, told, usdt } from './payloads.ts';

const SHARED =
  process.env['WARDEN_SHARED'] ?? fileURLToPath(new URL('../../../../../shared', import.meta.url));
const RECORDED = join(SHARED, 'fixtures/bingx');
const NET = join(RECORDED, 'bingx-net/BingX.Net.UnitTests');

const INSTRUMENTS: ReadonlyMap<string, Instrument> = new Map(
  [
    BTC,
    instrument('LTC-USDT', '0.0001', '0.1'),
    instrument('ATOM-USDT', '0.001', '0.01'),
    instrument('OP-USDT', '0.0001', '0.1'),
    instrument('PYTH-USDT', '0.0001', '1'),
    instrument('BNB-USDT', '0.01', '0.01'),
    instrument('WLD-USDT', '0.0001', '0.01'),
    instrument('BCH-USDT', '0.01', '0.01'),
  ].map((one) => [one.symbol, one]),
);

function the(symbol: string): Instrument {
  const found = INSTRUMENTS.get(symbol);
  if (found === undefined) throw new Error(symbol);
  return found;
}

function dataOf(body: JsonText): JsonText {
  const envelope = readEnvelope(body);
  if (envelope.kind !== 'data') throw new Error(JSON.stringify(envelope));
  return envelope.data;
}

function listed(data: JsonText): readonly (OrderReport | null)[] {
  return told(orderRowsIn(data)).map((row) => told(orderFrom(row, INSTRUMENTS)));
}

function queried(data: JsonText): OrderReport | null {
  return told(orderFrom(orderRowIn(data), INSTRUMENTS));
}

/** The order rows that a cancel of several answers with. */
function canceled(data: JsonText): readonly (OrderReport | null)[] {
  return ((data as JsonTextObject)['success'] as readonly JsonText[]).map((row) =>
    told(orderFrom(row, INSTRUMENTS)),
  );
}

const CCXT = join(RECORDED, 'ccxt-response-bingx-swap.retyped.json');

describe.skipIf(!existsSync(CCXT))('the recorded answers of ccxt (needs the shared data)', () => {
  /** What is read of each case; `null`: no question of ours. */
  const CASES: Readonly<Record<string, ((data: JsonText) => void) | null>> = {
    'swap market order': (data) =>
      expect(told(placeAnswerFrom(data, the('LTC-USDT')))).toEqual({
        venueOrderId: '1751667285204103168',
        clientOrderId: null,
        symbol: 'LTC-USDT',
        side: 'BUY',
        orderedLots: 1,
        report: null,
      }),
    'create takeProfitOrder (one-way)': (data) =>
      expect(told(placeAnswerFrom(data, the('LTC-USDT')))).toMatchObject({
        venueOrderId: '1792485525883039744',
        report: null,
      }),
    'create trigger order (one-way)': (data) =>
      expect(told(placeAnswerFrom(data, the('LTC-USDT')))).toMatchObject({
        venueOrderId: '1792485928376840192',
        report: null,
      }),
    'Swap closed order': (data) =>
      expect(listed(data)).toMatchObject([
        { status: 'FILLED', filledLots: 1, filledQuote: usdt('7.017'), fee: usdt('0.003509') },
      ]),
    'swap fetch balance': (data) =>
      expect(told(balanceFrom(data, 'USDT', NOW_MS))).toMatchObject({
        wallet: usdt('194.8212'),
        availableMargin: usdt('193.7609'),
        usedMargin: usdt('1.0602'),
      }),
    'Swap trade': (data) =>
      expect(told(fillsFrom(data, the('LTC-USDT'))).fills).toMatchObject([
        { lots: 100, quote: usdt('652.965'), fee: usdt('0.0326'), atMs: 1_704_547_185_000 },
      ]),
    'swap ticker': null,
    'fetch swap order (hedge, reduceOnly true on a SELL+LONG close)': (data) =>
      expect(queried(data)).toMatchObject({
        side: 'SELL',
        filledQuote: usdt('8.371'),
        fee: usdt('0.004186'),
        clientOrderId: 'b39b0316-1f99-4099-8f4b-bac0f46731f8',
      }),
    'swap stopLoss order (one-way: positionSide BOTH, onlyOnePosition true)': (data) =>
      expect(queried(data)).toMatchObject({
        status: 'NEW',
        orderedLots: 1,
        filledLots: 0,
        filledQuote: 0n,
        fee: null,
      }),
    'fetch position': (data) =>
      expect(told(positionsFrom(data, INSTRUMENTS, NOW_MS)).rows).toEqual([
        { symbol: 'LTC-USDT', position: 1, entryQuote: usdt('9.561'), venueAtMs: NOW_MS },
      ]),
    'fetch linear swap margin mode': null,
    'position history': null,
    funding: (data) =>
      expect(told(incomeFrom(data, 'USDT')).lines).toMatchObject([
        { kind: 'FUNDING', amount: usdt('-0.00056154'), venueAtMs: 1_769_241_660_000 },
        { kind: 'FUNDING', amount: usdt('-0.00009521'), venueAtMs: 1_769_212_846_000 },
      ]),
    'leverage tiers (first 5 of 25)': null,
  };

  const recorded = existsSync(CCXT) ? (JSON.parse(readFileSync(CCXT, 'utf8')) as RecordedCases).cases : [];

  it('are all known here', () => {
    expect(recorded.map(({ description }) => description).sort()).toEqual(Object.keys(CASES).sort());
  });

  it.each(recorded)('$description', ({ description, httpResponse }) => {
    const data = dataOf(json(JSON.stringify(httpResponse)));
    CASES[description]?.(data);
  });
});

interface RecordedCases {
  readonly cases: readonly { readonly description: string; readonly httpResponse: unknown }[];
}

const STREAM = join(RECORDED, 'ws-user-stream.samples.json');

describe.skipIf(!existsSync(STREAM))('the recorded frames (needs the shared data)', () => {
  const NEWS: Readonly<Record<string, readonly unknown[]>> = {
    'order filled, one-way, live 2024-03': [
      {
        kind: 'order',
        report: {
          venueOrderId: '1767767539205742592',
          status: 'FILLED',
          filledQuote: usdt('8.742'),
          isQuoteExact: false,
          fee: null,
          venueAtMs: NOW_MS,
        },
      },
    ],
    'order filled, hedge, docs 2025-09': [
      { kind: 'order', report: { side: 'SELL', filledLots: 10, filledQuote: usdt('112.8481'), fee: null } },
    ],
    'account update after that fill': [
      { kind: 'balance', report: { wallet: usdt('117.80007595'), usedMargin: usdt('22.56962') } },
    ],
    'account update, isolated, docs 2023': [
      { kind: 'balance', report: { wallet: usdt('5277.59264687'), availableMargin: usdt('5233.21709203') } },
    ],
    'balance-only update': [{ kind: 'balance', report: { wallet: usdt('49.81083984') } }],
    'funding, cross (no P)': [{ kind: 'balance', report: { wallet: usdt('117.79') } }],
    'margin-only frame without balances': [],
    'config update': [{ kind: 'leverage', symbol: 'BTC-USDT', long: 12, short: 9 }],
    'listen key expired': [],
    'subscribe ack (swap, live 2026-09)': [],
    'unknown channel': [],
    'empty object sent by client': [],
    // The connection answers it, and gives no such text to a reader.
    'heartbeat (gzip of the 4 bytes, not JSON)': [{ kind: 'malformed' }],
  };

  const recorded = existsSync(STREAM)
    ? (JSON.parse(readFileSync(STREAM, 'utf8')) as RecordedFrames).samples
    : [];

  it('are all known here', () => {
    expect(recorded.map(({ name }) => name).sort()).toEqual(Object.keys(NEWS).sort());
  });

  it.each(recorded)('$name', ({ name, payload }) => {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    expect(new FrameReader(INSTRUMENTS, 'USDT').read(text, NOW_MS)).toMatchObject(
      NEWS[name] ?? ['no such sample'],
    );
  });
});

interface RecordedFrames {
  readonly samples: readonly { readonly name: string; readonly payload: unknown }[];
}

describe.skipIf(!existsSync(NET))('the recorded texts of a .NET client (needs the shared data)', () => {
  /** What is read of each answer. */
  const READ: Readonly<Record<string, (data: JsonText) => void>> = {
    'Account/GetBalances': (data) =>
      expect(told(balanceFrom(data, 'USDT', NOW_MS))).toMatchObject({
        wallet: usdt('19.9003'),
        usedMargin: 0n,
      }),
    'Account/GetBalances2': (data) => {
      expect(told(balanceFrom(data, 'USDT', NOW_MS)).wallet).toBe(usdt('300'));
      expect(told(balanceFrom(data, 'USDC', NOW_MS)).wallet).toBeNull();
    },
    'Account/GetIncomes': (data) =>
      expect(told(incomeFrom(data, 'USDT')).lines).toMatchObject([
        { kind: 'FUNDING', amount: usdt('-0.0292') },
      ]),
    'Account/GetLeverage': (data) => {
      expect(told(leverageFrom(data, 'BTC-USDT'))).toMatchObject({ long: 50, short: 50 });
      expect(maxLeverageIn(data)).toBe(75);
    },
    'Account/GetPositionMode': (data) => expect(told(positionModeFrom(data))).toBe('hedge'),
    'Account/SetPositionMode': (data) => expect(told(positionModeFrom(data))).toBe('hedge'),
    'Account/GetTradingFees': (data) =>
      expect(told(commissionFrom(data))).toEqual({ takerFeePpm: 500, makerFeePpm: 200 }),
    'Account/StartUserStream': (data) => expect((data as JsonTextObject)['listenKey']).toHaveLength(64),
    'ExchangeData/GetContracts': (data) =>
      expect(told(contractsFrom(data, ['BTC-USDT', 'ETH-USDT']))).toMatchObject({
        instruments: [
          { symbol: 'BTC-USDT', tick: { decimals: 1 }, lot: { decimals: 4 }, minLots: 1, maxLeverage: 125 },
          { symbol: 'ETH-USDT', tick: { decimals: 2 }, lot: { decimals: 2 }, minLots: 1, takerFeePpm: 500 },
        ],
        problems: [],
      }),
    'ExchangeData/GetBookTicker': (data) =>
      expect(told(quoteFrom({ markPrice: '42216.4' }, data, BTC, NOW_MS))).toMatchObject({
        bid: 422_111,
        ask: 422_118,
      }),
    'ExchangeData/GetFundingRate': (data) =>
      expect(told(quoteFrom(data, { bid_price: '1', ask_price: '2' }, BTC, NOW_MS)).mark).toBe(422_164),
    'Trading/CancelAllOrder': (data) => {
      expect(canceled(data).length).toBeGreaterThan(0);
      for (const report of canceled(data))
        expect(report).toMatchObject({ status: 'CANCELED', filledLots: 0 });
    },
    'Trading/CancelMultipleOrder': (data) =>
      expect(canceled(data)[0]).toMatchObject({ symbol: 'BTC-USDT', status: 'CANCELED', orderedLots: 32 }),
    'Trading/CancelOrder': (data) =>
      expect(queried(data)).toMatchObject({ symbol: 'OP-USDT', status: 'NEW', clientOrderId: 'l*****e' }),
    'Trading/GetOrder': (data) =>
      expect(queried(data)).toMatchObject({ status: 'NEW', venueAtMs: 1_702_732_596_188 }),
    'Trading/GetClosedOrders': (data) =>
      expect(listed(data)).toMatchObject([
        { symbol: 'PYTH-USDT', filledLots: 33, filledQuote: usdt('12.9228'), fee: usdt('0.002585') },
      ]),
    'Trading/GetOrders': (data) => expect(listed(data)).toMatchObject([{ filledQuote: usdt('12.9228') }]),
    'Trading/GetOpenOrders': (data) => {
      expect(listed(data).length).toBeGreaterThan(0);
      for (const report of listed(data))
        expect(report).toMatchObject({ status: 'NEW', orderedLots: 30, fee: 0n });
    },
    'Trading/GetLiquidationOrders': (data) =>
      expect(
        told(orderRowsIn(data)).map((row) => told(orderFrom(row, INSTRUMENTS, 'liquidation'))),
      ).toMatchObject([
        {
          cause: 'liquidation',
          filledLots: 236,
          filledQuote: usdt('19.1042'),
          venueRealized: usdt('-0.9346'),
        },
      ]),
    'Trading/GetPositions': (data) =>
      expect(told(positionsFrom(data, INSTRUMENTS, NOW_MS)).rows).toMatchObject([
        { symbol: 'BNB-USDT', position: -20, entryQuote: usdt('49.286') },
      ]),
    'Trading/GetUserTrades': (data) =>
      expect(told(fillsFrom(data, the('WLD-USDT'))).fills).toMatchObject([
        { lots: 410, quote: usdt('12.74608'), tradeId: null, atMs: Date.parse('2023-12-16T12:58:36Z') },
      ]),
    'Trading/PlaceOrder': (data) =>
      expect(told(placeAnswerFrom(data, BTC))).toMatchObject({
        venueOrderId: '1735950529123455000',
        report: null,
      }),
    'Trading/PlaceTestOrder': (data) => expect(told(placeAnswerFrom(data, BTC)).side).toBe('BUY'),
  };

  /** Answers that say no more than that it was done, or that are to questions which nobody asks here. */
  const OPENED = [
    'Account/AdjustIsolatedMargin',
    'Account/ApplyForVSTAssets',
    'Account/GetIsolatedMarginChangeHistory',
    'Account/GetMarginMode',
    'Account/GetMultiAssetMode',
    'Account/GetMultiAssetRules',
    'Account/GetMultiAssetsMargin',
    'Account/SetLeverage',
    'Account/SetMarginMode',
    'Account/SetMultiAssetMode',
    'ExchangeData/GetFundingRateHistory',
    'ExchangeData/GetKlines',
    'ExchangeData/GetLastTradePrice',
    'ExchangeData/GetMarkPriceKlines',
    'ExchangeData/GetOpenInterest',
    'ExchangeData/GetOrderBook',
    'ExchangeData/GetRecentTrades',
    'ExchangeData/GetTicker',
    'ExchangeData/GetTradeHistory',
    'Trading/CancelAllOrdersAfter',
    'Trading/CancelReplaceOrder',
    'Trading/CancelTwapOrder',
    'Trading/CloseAllPositions',
    'Trading/ClosePosition',
    'Trading/EditOrder',
    'Trading/GetClosedTwapOrders',
    'Trading/GetPositionAndMarginInfo',
    'Trading/GetPositionHistory',
    'Trading/GetTwapOrder',
    'Trading/PlaceMultipleOrder',
    'Trading/PlaceTwapOrder',
  ];

  /** Answers without a body. */
  const EMPTY = ['Account/KeepAliveUserStream', 'Account/StopUserStream'];

  const endpoints = join(NET, 'Endpoints/PerpetualFutures');
  const subscriptions = join(NET, 'Subscriptions/PerpetualFutures');

  function body(name: string): string {
    const lines = readFileSync(join(endpoints, `${name}.txt`), 'utf8')
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/);
    return lines.slice(3).join('\n').trim();
  }

  it('are all known here', () => {
    const there = readdirSync(endpoints).flatMap((folder) =>
      readdirSync(join(endpoints, folder)).map((file) => `${folder}/${basename(file, '.txt')}`),
    );
    expect(there.sort()).toEqual([...Object.keys(READ), ...OPENED, ...EMPTY].sort());
    expect(there.length + readdirSync(subscriptions).length).toBe(64);
  });

  it.each(Object.keys(READ))('%s is read', (name) => {
    READ[name]?.(dataOf(json(body(name))));
  });

  it.each(OPENED)('%s is opened, and none of ours reads on', (name) => {
    expect(readEnvelope(json(body(name))).kind).toBe('data');
  });

  it.each(EMPTY)('%s is empty', (name) => {
    expect(body(name)).toBe('');
  });

  it.each(existsSync(subscriptions) ? readdirSync(subscriptions) : [])(
    'the public channel %s is passed over',
    (file) => {
      const reader = new FrameReader(INSTRUMENTS, 'USDT');
      const text = readFileSync(join(subscriptions, file), 'utf8').replace(/^\uFEFF/, '');
      const frames = text
        .split(/^[<=]\d*/m)
        .slice(1)
        .map((part) => part.split(/^>/m)[0]?.trim() ?? '');
      expect(frames.length).toBeGreaterThan(1);
      for (const frame of frames) expect(reader.read(frame, NOW_MS), frame.slice(0, 60)).toEqual([]);
    },
  );
});
