// What the adapter for the venue reads of this exchange is what the exchange knows: both sides of the protocol were written apart.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  balanceFrom,
  incomeFrom,
  leverageFrom,
  positionModeFrom,
  positionsFrom,
} from '../../../../src/adapters/venues/bingx/codec-account.ts';
import {
  fillsFrom,
  orderCreatedAtMs,
  orderFrom,
  orderRowsIn,
  placeAnswerFrom,
} from '../../../../src/adapters/venues/bingx/codec-orders.ts';
import { truthOf } from '../../../../src/adapters/venues/exchange/model/exchange.ts';
import { MAINTENANCE_TIERS } from '../../../../src/adapters/venues/exchange/model/maintenance.ts';
import type { JsonText } from '../../../../src/adapters/venues/json-text.ts';
import type { Result } from '../../../../src/domain/result.ts';
import type { OrderReport } from '../../../../src/domain/venue.ts';
import { anyStep, NAME, run } from './any-calls.ts';
import { ACCOUNT, BTC, ETH, limit, market, type Served, START_MS, served } from './served.ts';

const INSTRUMENTS = new Map([BTC, ETH].map((instrument) => [String(instrument.symbol), instrument]));

function read<T>(result: Result<T, string>): T {
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

/** Rounded to the decimals that the venue prints, money of 1e-8 is off by at most this. */
const SIX_DECIMALS = 50n;
const FOUR_DECIMALS = 5_000n;

function isNear(a: bigint | null, b: bigint | null, most: bigint): boolean {
  if (a === null || b === null) return a === b;
  return a - b <= most && b - a <= most;
}

function checkOrder(said: OrderReport, truth: OrderReport): void {
  const { fee, filledQuote, isQuoteExact, isMaker, venueRealized, ...plain } = said;
  const { fee: trueFee, filledQuote: trueQuote, venueRealized: trueProfit } = truth;
  expect(plain).toEqual({
    symbol: truth.symbol,
    venueOrderId: truth.venueOrderId,
    clientOrderId: truth.clientOrderId,
    side: truth.side,
    status: truth.status,
    orderedLots: truth.orderedLots,
    filledLots: truth.filledLots,
    feeAsset: null,
    cause: truth.cause,
    venueAtMs: truth.venueAtMs,
  });
  expect(isMaker).toBeNull();
  expect(isQuoteExact).toBe(truth.filledLots === 0);
  // The average is rounded to the tick, which is a thousandth of a cent for a lot.
  expect(isNear(filledQuote, trueQuote, BigInt(truth.filledLots) * 500n)).toBe(true);
  expect(isNear(fee, trueFee, SIX_DECIMALS)).toBe(true);
  expect(isNear(venueRealized, trueProfit, FOUR_DECIMALS)).toBe(true);
}

function checkAll(venue: Served): void {
  const { model } = venue.world;
  const truth = truthOf(model, ACCOUNT);
  const data = (route: string, params = {}): JsonText => venue.data(route, params);

  const rows = read(orderRowsIn(data('GET /v1/trade/fullOrder', { limit: '1000' })));
  expect(rows).toHaveLength(truth.orders.length);
  for (const [at, { report }] of [...truth.orders].reverse().entries()) {
    const said = read(orderFrom(rows[at] ?? null, INSTRUMENTS));
    if (said === null) throw new Error('a foreign order');
    checkOrder(said, report);
    expect(orderCreatedAtMs(said.venueOrderId)).toBeLessThanOrEqual(said.venueAtMs);
  }

  const positions = read(positionsFrom(data('GET /v2/user/positions'), INSTRUMENTS, model.nowMs));
  expect(positions.rows.map((row) => row.position)).toEqual(truth.positions.map((row) => row.position));
  for (const [at, row] of positions.rows.entries()) {
    const held = BigInt(Math.abs(row.position));
    expect(isNear(row.entryQuote, truth.positions[at]?.entryQuote ?? null, held)).toBe(true);
  }

  const balance = read(balanceFrom(data('GET /v3/user/balance'), 'USDT', model.nowMs));
  expect(isNear(balance.wallet, truth.wallet, FOUR_DECIMALS)).toBe(true);
  const book = read(incomeFrom(data('GET /v2/user/income', { limit: '1000' }), 'USDT'));
  expect(book.lines).toEqual(
    truth.income.map((row) => ({ ...row, transactionId: expect.stringContaining(row.transactionId) })),
  );
  expect(new Set(book.lines.map((line) => line.transactionId)).size).toBe(book.lines.length);

  const span = { ...NAME, startTs: String(START_MS - 1), endTs: String(model.nowMs), pageSize: '1000' };
  const { fills } = read(fillsFrom(data('GET /v2/trade/fillHistory', span), BTC));
  for (const { report, trades } of truth.orders) {
    const own = fills.filter((fill) => fill.venueOrderId === report.venueOrderId);
    expect(own.map(({ lots, quote, isMaker, atMs }) => ({ lots, quote, isMaker, atMs }))).toEqual(
      trades.map(({ lots, quote, isMaker, atMs }) => ({ lots, quote, isMaker, atMs })),
    );
  }
}

describe('what the adapter reads of the local exchange', () => {
  it.each(['one_way', 'hedge'] as const)('is what happened, beginning in %s mode', (mode) => {
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 5, maxLength: 60, size: 'max' }), (steps) => {
        const venue = served({ mode, config: { maintenance: MAINTENANCE_TIERS } });
        for (const step of steps) run(venue, step);
        checkAll(venue);
      }),
      { seed: 20261128, numRuns: 40 },
    );
  });

  it('is the answer to a new order, in the shape of either year', () => {
    const place = (venue: Served, params: Record<string, string>): ReturnType<typeof placeAnswerFrom> =>
      placeAnswerFrom(venue.data('POST /v2/trade/order', params), BTC);
    const present = read(place(served(), market({ quantity: '0.015', clientOrderId: 'abc' })));
    expect(present).toMatchObject({
      clientOrderId: 'abc',
      symbol: 'BTC-USDT',
      side: 'BUY',
      orderedLots: 150,
    });
    expect(present.report).toMatchObject({ status: 'FILLED', filledLots: 150, orderedLots: 150 });
    const older = read(place(served({ wire: { oldPlaceAnswer: true } }), limit()));
    expect([older.orderedLots, older.report]).toEqual([10, null]);
    expect(older.venueOrderId).toMatch(/^\d{19}$/);
  });

  it('is how the account is set up', () => {
    const venue = served();
    venue.data('POST /v2/trade/leverage', { ...NAME, side: 'BOTH', leverage: '7' });
    expect(read(leverageFrom(venue.data('GET /v2/trade/leverage', NAME), BTC.symbol))).toMatchObject({
      long: 7,
      short: 7,
    });
    expect(read(positionModeFrom(venue.data('GET /v1/positionSide/dual')))).toBe('one_way');
    venue.data('POST /v1/positionSide/dual', { dualSidePosition: 'true' });
    expect(read(positionModeFrom(venue.data('GET /v1/positionSide/dual')))).toBe('hedge');
  });
});
