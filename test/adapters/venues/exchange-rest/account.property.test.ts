// What holds of the account side after any calls in any order: rows say what is true, money adds up, and no parameter breaks anything.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { truthOf } from '../../../../src/adapters/venues/exchange/model/exchange.ts';
import { MAINTENANCE_TIERS } from '../../../../src/adapters/venues/exchange/model/maintenance.ts';
import { ACCOUNT_ROUTES } from '../../../../src/adapters/venues/exchange/rest/account-routes.ts';
import { httpTextOf } from '../../../../src/adapters/venues/exchange/rest/envelope.ts';
import { type JsonTextObject, readJsonText } from '../../../../src/adapters/venues/json-text.ts';
import { stepsFromText } from '../../../../src/domain/instrument.ts';
import { moneyFrom } from '../../../../src/domain/money.ts';
import type { PositionMode } from '../../../../src/domain/venue.ts';
import { anyStep, NAME, run } from './any-calls.ts';
import { ACCOUNT, BTC, market, OTHER, rowsOf, type Served, START_MS, served } from './served.ts';

const SEED = { seed: 20261128 };
/** Enough for most calls, so that what is wrong beside it is found as well. */
const RIGHT = {
  ...market({ type: 'LIMIT', price: '99000' }),
  stopPrice: '98000',
  startTs: String(START_MS - 1),
  endTs: String(START_MS),
  tradingUnit: 'COIN',
  orderId: '5',
  leverage: '10',
  cancelReplaceMode: 'ALLOW_FAILURE',
  cancelOrderId: '5',
  batchOrders: JSON.stringify([market()]),
};

function lotsOf(text: unknown): number {
  const read = stepsFromText(BTC.lot, String(text));
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

function moneyOf(text: unknown): bigint {
  const read = moneyFrom(String(text));
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

function checkOrders(venue: Served): void {
  const truth = truthOf(venue.world.model, ACCOUNT);
  const said = ({ orderId, executedQty, origQty, status }: JsonTextObject): unknown[] => [
    orderId,
    lotsOf(executedQty),
    lotsOf(origQty),
    status,
  ];
  const rows = venue.rows('GET /v1/trade/fullOrder', 'orders', { limit: '1000' });
  const expected = truth.orders.map(({ report }) => [
    report.venueOrderId,
    report.filledLots,
    report.orderedLots,
    report.status === 'CANCELED' ? 'CANCELLED' : report.status,
  ]);
  expect(rows.map(said).reverse()).toEqual(expected);
  const open = venue.rows('GET /v2/trade/openOrders', 'orders', {});
  expect(open.map((row) => row['orderId'])).toEqual(truth.openOrders.map((report) => report.venueOrderId));

  const span = { ...NAME, startTs: String(START_MS - 1), endTs: String(venue.world.model.nowMs) };
  const fills = venue.rows('GET /v2/trade/fillHistory', 'fill_history_orders', { ...span, pageSize: '1000' });
  const filled = new Map<string, number>();
  for (const fill of fills)
    filled.set(String(fill['orderId']), (filled.get(String(fill['orderId'])) ?? 0) + lotsOf(fill['volume']));
  for (const { report } of truth.orders) expect(filled.get(report.venueOrderId) ?? 0).toBe(report.filledLots);
  expect(new Set(fills.map((fill) => fill['tradeId'])).size).toBe(fills.length);
}

function checkMoney(venue: Served): void {
  const truth = truthOf(venue.world.model, ACCOUNT);
  const rows = rowsOf(venue.data('GET /v2/user/positions'));
  const signed = rows.map((row) => lotsOf(row['positionAmt']) * (row['positionSide'] === 'LONG' ? 1 : -1));
  expect(signed).toEqual(truth.positions.map(({ position }) => position));
  for (const row of rows) expect(lotsOf(row['availableAmt'])).toBeLessThanOrEqual(lotsOf(row['positionAmt']));

  const [balance] = rowsOf(venue.data('GET /v3/user/balance'));
  const off = moneyOf(balance?.['balance']) - truth.wallet;
  expect(off < 0n ? -off : off).toBeLessThanOrEqual(5_000n);
  const rounding =
    moneyOf(balance?.['balance']) -
    moneyOf(balance?.['usedMargin']) -
    moneyOf(balance?.['freezedMargin']) -
    moneyOf(balance?.['availableMargin']);
  expect(rounding < 0n ? -rounding : rounding).toBeLessThanOrEqual(20_000n);

  const book = rowsOf(venue.data('GET /v2/user/income', { limit: '1000' }));
  const sum = book.reduce((total, row) => total + moneyOf(row['income']), 0n);
  expect(truth.seed + sum).toBe(truth.wallet);
}

describe('the account side', () => {
  it.each(['one_way', 'hedge'] satisfies PositionMode[])(
    'says what is true after any calls, beginning in %s mode',
    (mode) => {
      fc.assert(
        fc.property(fc.array(anyStep, { minLength: 5, maxLength: 60, size: 'max' }), (steps) => {
          const venue = served({ mode, config: { maintenance: MAINTENANCE_TIERS } });
          for (const step of steps) run(venue, step);
          checkOrders(venue);
          checkMoney(venue);
        }),
        { ...SEED, numRuns: 60 },
      );
    },
  );

  it('answers any parameters with an answer, and never moves what it refuses', () => {
    const names = [
      'symbol',
      'side',
      'type',
      'quantity',
      'price',
      'stopPrice',
      'positionSide',
      'reduceOnly',
      'orderId',
      'clientOrderId',
      'clientOrderID',
      'orderIdList',
      'clientOrderIdList',
      'batchOrders',
      'startTime',
      'endTime',
      'startTs',
      'endTs',
      'limit',
      'pageIndex',
      'leverage',
      'timeInForce',
      'quoteOrderQty',
      'listenKey',
      '__proto__',
      'constructor',
    ];
    const value = fc.oneof(
      fc.constantFrom(
        BTC.symbol,
        'BUY',
        'MARKET',
        'LIMIT',
        'BOTH',
        '1e99',
        '-0',
        '0.0',
        '[]',
        '[null]',
        '[{}]',
        '{"a":[1]}',
        '__proto__',
        'toString',
        '99999999999999999999999',
      ),
      fc.string({ maxLength: 60 }),
      fc.integer().map(String),
      fc.double().map(String),
    );
    const params = fc.uniqueArray(
      fc.tuple(
        fc.constantFrom(...names),
        value.filter((text) => text !== ''),
      ),
      {
        selector: ([name]) => name,
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(fc.constantFrom(...ACCOUNT_ROUTES), fc.boolean(), params, (route, isNearlyRight, pairs) => {
        const venue = served();
        const before = truthOf(venue.world.model, ACCOUNT).wallet;
        const base = isNearlyRight ? RIGHT : {};
        const answer = venue.answer(`${route.method} ${route.path}`, {
          ...base,
          ...Object.fromEntries(pairs),
        });
        const { body } = httpTextOf(answer, false);
        if (answer.kind !== 'status') expect(readJsonText(body).ok).toBe(true);
        if (answer.kind === 'error') {
          expect(truthOf(venue.world.model, ACCOUNT).wallet).toBe(before);
          expect(truthOf(venue.world.model, ACCOUNT).orders).toEqual([]);
        }
        expect(truthOf(venue.world.model, OTHER).orders).toEqual([]);
      }),
      { ...SEED, numRuns: 3_000 },
    );
  });
});
