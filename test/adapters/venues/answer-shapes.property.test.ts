// Answers with strange values in any of their fields: what is read of them can be true, or nothing is.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClientOrderId, SymbolName } from '../../../src/domain/ids.ts';
import { lots } from '../../../src/domain/steps.ts';
import type { OrderName, OrderRequest } from '../../../src/domain/venue.ts';
import {
  type AnswersFrame,
  askedList,
  type ListQuestion,
  unsoundList,
  unsoundNotice,
  unsoundResult,
} from '../../contracts/venue-answers.ts';
import { NOW_MS } from './bingx/payloads.ts';
import { at, said } from './bingx/scripted-rest.ts';
import { openReplayed, type ReplayedVenue } from './replayed-venue.ts';

const RUNS = { seed: 20261128, numRuns: 400 };
const SYMBOL = 'BTC-USDT' as SymbolName;
const AT_MS = NOW_MS - 1_000;

const ORDER = {
  symbol: SYMBOL,
  orderId: '2086368129182601216',
  side: 'BUY',
  positionSide: 'BOTH',
  type: 'MARKET',
  origQty: '0.0010',
  executedQty: '0.0010',
  avgPrice: '50000.0',
  commission: '-0.025000',
  profit: '0.0000',
  status: 'FILLED',
  time: AT_MS,
  updateTime: AT_MS,
  clientOrderId: 'ours',
};
const PLACED = { ...ORDER, orderID: ORDER.orderId, quantity: 0.001 };
const FILL = {
  symbol: SYMBOL,
  orderId: ORDER.orderId,
  qty: '0.0010',
  price: '50000.0',
  commission: '-0.0250',
  commissionAsset: 'USDT',
  tradeId: '7',
  role: 'taker',
  filledTime: new Date(AT_MS).toISOString(),
};
const POSITION = {
  symbol: SYMBOL,
  positionAmt: '0.0010',
  positionSide: 'BOTH',
  avgPrice: '50000.0',
  updateTime: AT_MS,
};
const INCOME = {
  symbol: SYMBOL,
  incomeType: 'FUNDING_FEE',
  income: '-0.1',
  asset: 'USDT',
  time: AT_MS,
  tranId: '1',
};
const BALANCE = {
  asset: 'USDT',
  balance: '100.0',
  availableMargin: '90.0',
  usedMargin: '10.0',
  freezedMargin: '0.0',
};
const PREMIUM = { symbol: SYMBOL, markPrice: '50000.1' };
const TICKER = { symbol: SYMBOL, bid_price: 50_000, ask_price: 50_000.5, time: AT_MS };
const FRAME = {
  s: SYMBOL,
  c: 'ours',
  i: ORDER.orderId,
  S: 'BUY',
  o: 'MARKET',
  q: '0.0010',
  z: '0.0010',
  ap: '50000.0',
  x: 'TRADE',
  X: 'FILLED',
  N: 'USDT',
  n: '-0.025',
  T: AT_MS,
  l: '0.0010',
  L: '50000.0',
};
const WALLET = { a: 'USDT', wb: '100.0', cw: '90.0', bc: '0' };

/** Values that a field may have by mistake, by another year, or by somebody who means harm. */
const STRANGE: readonly unknown[] = [
  ...['', ' ', '0', '0.0', '0E-8', '-1', '-0.0010', '0.0005', '0.0020', '0.00001', '1e-4', '1e30', '1E400'],
  ...[
    'NaN',
    'Infinity',
    '0x10',
    '1,5',
    '٣',
    '99999999999999999999',
    '9223372036854775808',
    '50000',
    '49999.95',
  ],
  ...[
    'NEW',
    'PENDING',
    'PARTIALLY_FILLED',
    'CANCELLED',
    'EXPIRED',
    'FAILED',
    'filled',
    'buy',
    'SHORT',
    'OURS',
  ],
  ...['ETH-USDT', 'btc-usdt', 'VST', '__proto__', 'constructor', 'x'.repeat(5_000), '\u0000', '2026-01-01'],
  ...[0, -1, 1, 0.1, 1e21, AT_MS / 1_000, AT_MS * 1_000, AT_MS, null, true, false, [], ['1'], {}, { a: 1 }],
];

/** A row, and some of its fields strange or left out. */
function strangeRows(row: Readonly<Record<string, unknown>>): fc.Arbitrary<Record<string, unknown>> {
  const change = fc.tuple(fc.constantFrom(...Object.keys(row)), fc.constantFrom(...STRANGE, undefined));
  return fc
    .array(change, { minLength: 1, maxLength: 4 })
    .map((changes) => ({ ...row, ...Object.fromEntries(changes) }));
}

async function opened(): Promise<ReplayedVenue> {
  const world = await openReplayed({}, { symbols: [SYMBOL] });
  if (!world.ok) throw new Error(world.error);
  return world.value;
}

/**
 * What the venue may say although it contradicts itself: a status that does not fit the quantities, more than was ordered, fees that
 * nobody takes. It is handed on, since whoever knows what was ordered can make something of it. An order that names no instant is as old
 * as its id, and an id that is none of the venue's is from 2010.
 */
const HANDED_ON = /^(NEW|FILLED|PARTIALLY_FILLED|REJECTED) with|lots of|^a fee of|^the instant 12888/;

function unbelievable(findings: readonly string[]): readonly string[] {
  return findings.filter((finding) => !HANDED_ON.test(finding));
}

function frameOf({ venue }: ReplayedVenue): AnswersFrame {
  // Instants between 2010 and 2100 are the venue's business.
  return { venue, nowMs: Date.UTC(2100, 0), venueCode: /^\d/ };
}

const NAME: OrderName = { symbol: SYMBOL, clientOrderId: 'ours' as ClientOrderId, venueOrderId: null };
const REQUEST: OrderRequest = {
  ...NAME,
  side: 'BUY',
  type: 'MARKET',
  quantity: lots(10),
  limit: null,
  postOnly: false,
  reduceOnly: false,
  leverage: 5,
};

describe('whatever stands in the fields of an answer', () => {
  const lists: readonly (readonly [ListQuestion, string, object, (row: unknown) => unknown])[] = [
    ['openOrders', 'GET /v2/trade/openOrders', ORDER, (row) => ({ orders: [row] })],
    ['ordersTradedSince', 'GET /v2/trade/fillHistory', FILL, (row) => ({ fill_history_orders: [row] })],
    ['ordersTradedSince', 'GET /v1/trade/fullOrder', ORDER, (row) => ({ orders: [row] })],
    ['positions', 'GET /v2/user/positions', POSITION, (row) => [row]],
    ['income', 'GET /v2/user/income', INCOME, (row) => [row, INCOME]],
    ['balance', 'GET /v3/user/balance', BALANCE, (row) => [row]],
    ['quote', 'GET /v2/quote/premiumIndex', PREMIUM, (row) => row],
    ['quote', 'GET /v2/quote/bookTicker', TICKER, (row) => ({ book_ticker: row })],
  ];

  it.each(lists)('what is known by %s of %s can be true', async (question, route, row, around) => {
    const world = await opened();
    const { rest, venue } = world;
    await fc.assert(
      fc.asyncProperty(strangeRows(row as Record<string, unknown>), async (strange) => {
        rest.on(at('GET /v2/trade/fillHistory', said({ fill_history_orders: [FILL] })));
        rest.on(at('GET /v1/trade/fullOrder', said({ orders: [ORDER] })));
        rest.on(at('GET /v2/quote/premiumIndex', said(PREMIUM)));
        rest.on(at('GET /v2/quote/bookTicker', said({ book_ticker: TICKER })));
        rest.on(at(route, said(around(strange))));
        const known = await askedList(venue, question, { sinceMs: AT_MS - 60_000, symbol: SYMBOL });
        expect(unbelievable(unsoundList(question, known, frameOf(world)))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('what is known of one order can be true', async () => {
    const world = await opened();
    const { rest, venue } = world;
    await fc.assert(
      fc.asyncProperty(strangeRows(ORDER), strangeRows(PLACED), async (strange, placed) => {
        rest.on(at('GET /v2/trade/order', said({ order: strange })));
        rest.on(at('DELETE /v2/trade/order', said({ order: strange })));
        rest.on(at('POST /v2/trade/order', said({ order: placed })));
        const frame = frameOf(world);
        const answers = [
          unsoundResult(await venue.query(NAME, 'doubt'), NAME, frame),
          unsoundResult(await venue.cancel(NAME, 'cancel'), NAME, frame),
          unsoundResult(await venue.submit(REQUEST, 'entry'), REQUEST, frame),
        ];
        expect(answers.map(unbelievable)).toEqual([[], [], []]);
      }),
      RUNS,
    );
  });

  it('what the stream tells can be true', async () => {
    const world = await opened();
    const { say, notices } = world;
    fc.assert(
      fc.property(strangeRows(FRAME), strangeRows(WALLET), (order, wallet) => {
        notices.length = 0;
        say(JSON.stringify({ e: 'ORDER_TRADE_UPDATE', E: AT_MS, o: order }));
        say(JSON.stringify({ e: 'ACCOUNT_UPDATE', E: AT_MS, a: { m: 'ORDER', B: [wallet] } }));
        const findings = notices.flatMap((notice) => unsoundNotice(notice, frameOf(world)));
        expect(unbelievable(findings)).toEqual([]);
      }),
      RUNS,
    );
  });
});
