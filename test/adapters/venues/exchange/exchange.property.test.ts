// What holds of the exchange after any calls in any order: money is conserved, and every view agrees with the truth.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  autoDeleverage,
  balance,
  cancelAllOrders,
  cancelOrder,
  closeByHand,
  drainFrames,
  expireOrder,
  forceFill,
  income,
  legRowsAsOf,
  liquidate,
  openAccount,
  openOrders,
  ordersTradedSince,
  positions,
  queryOrder,
  setLeverage,
  setPositionMode,
  setQuote,
  settleFunding,
  submitOrder,
  tradeAt,
  transfer,
  truthOf,
} from '../../../../src/adapters/venues/exchange/model/exchange.ts';
import { usedMarginOf } from '../../../../src/adapters/venues/exchange/model/positions.ts';
import {
  accountOf,
  type Exchange,
  type Frame,
  type TimeInForce,
} from '../../../../src/adapters/venues/exchange/model/state.ts';
import type { VenueOrderId } from '../../../../src/domain/ids.ts';
import { money } from '../../../../src/domain/money.ts';
import { lots, ppm, priceTicks } from '../../../../src/domain/steps.ts';
import type { OrderSide, PositionMode } from '../../../../src/domain/venue.ts';
import { ACCOUNT, BTC, exchangeWith, FINE, quoteAt, requestOf, START_MS, usdt, waitingOf } from './market.ts';

const SEED = 20261128;
const OTHER = 'other';

const CALLS = [
  ['submit', 12],
  ['quote', 4],
  ['trade', 4],
  ['cancel', 2],
  ['force', 3],
  ['expire', 1],
  ['funding', 1],
  ['transfer', 1],
  ['liquidate', 1],
  ['adl', 1],
  ['close', 1],
  ['wait', 5],
  ['leverage', 1],
  ['mode', 1],
  ['cancelAll', 1],
] as const;

/** One call with numbers that each call reads in its own way. */
interface Call {
  readonly name: (typeof CALLS)[number][0];
  readonly isFine: boolean;
  readonly isOther: boolean;
  readonly isBuy: boolean;
  readonly isLimit: boolean;
  readonly reduceOnly: boolean;
  readonly isBeyond: boolean;
  readonly away: number;
  readonly size: number;
  readonly pick: number;
  readonly waitMs: number;
}

const rarely = fc.integer({ min: 0, max: 3 }).map((n) => n === 0);

const anyCall: fc.Arbitrary<Call> = fc.record({
  name: fc.oneof(...CALLS.map(([name, weight]) => ({ arbitrary: fc.constant(name), weight }))),
  isFine: rarely,
  isOther: rarely,
  isBuy: fc.boolean(),
  isLimit: fc.boolean(),
  reduceOnly: rarely,
  isBeyond: rarely,
  away: fc.integer({ min: -12, max: 12 }),
  size: fc.integer({ min: 1, max: 150 }),
  pick: fc.nat(1_000),
  waitMs: fc.constantFrom(0, 1, 700, 9_000, 70_000),
});

const anyMode = fc.constantFrom<PositionMode>('one_way', 'hedge');
const anyQuirks = fc.record({
  roundedAverage: fc.boolean(),
  postOnlyCancelsInsteadOfReject: fc.boolean(),
  feeAssetOther: fc.boolean(),
});
const manyCalls = fc.array(anyCall, { minLength: 1, maxLength: 60, size: 'max' });
const anyHistory = fc.tuple(manyCalls, anyMode, anyQuirks);

function opened(mode: PositionMode, quirks: Parameters<typeof exchangeWith>[0]): Exchange {
  // So much that whoever holds a few orders' worth is liquidated at the next quote.
  const maintenance = [{ belowValue: usdt(1), ratePpm: ppm(500_000), amount: usdt(0) }];
  const ex = exchangeWith({ ...quirks, positionMode: mode, slippageTicks: 3, maintenance });
  openAccount(ex, OTHER, usdt(5_000), START_MS);
  return ex;
}

function apply(ex: Exchange, call: Call, n: number): void {
  const nowMs = ex.nowMs + call.waitMs;
  const { symbol } = call.isFine ? FINE : BTC;
  const middle = call.isFine ? 50_005 : 1_000_005;
  const account = call.isOther ? OTHER : ACCOUNT;
  const price = priceTicks(middle + call.away);
  const { orders } = truthOf(ex, account);
  const id = orders[call.pick % Math.max(1, orders.length)]?.report.venueOrderId;
  if (call.name === 'quote') setQuote(ex, symbol, quoteAt(price - 2, price + 2, call.size), nowMs);
  else if (call.name === 'trade') tradeAt(ex, symbol, price, lots(call.size), nowMs);
  else if (call.name === 'submit') {
    const limit = call.isLimit ? price : null;
    const { reduceOnly, isBeyond } = call;
    const type = call.isLimit ? 'LIMIT' : 'MARKET';
    const changes = { symbol, type, limit, reduceOnly, postOnly: isBeyond && call.isLimit } as const;
    const request = requestOf(`c${n}`, { ...changes, side: sideOf(call), quantity: lots(call.size) });
    submitOrder(ex, account, { ...request, timeInForce: timeInForceOf(call) }, nowMs, nowMs);
  } else if (call.name === 'wait') {
    const order = {
      symbol,
      quantity: lots(call.size),
      reduceOnly: call.reduceOnly,
      by: call.isBeyond ? 'LAST' : 'MARK',
    } as const;
    const limit = call.isLimit ? priceTicks(price + 1) : null;
    const closesPosition = call.reduceOnly && !call.isLimit && call.pick % 2 === 0;
    const kind = call.pick % 3 === 0 ? 'TAKE_PROFIT' : 'STOP';
    const request = waitingOf(kind, sideOf(call), price, { ...order, limit, closesPosition });
    submitOrder(ex, account, request, nowMs, nowMs);
  } else if (call.name === 'leverage') {
    const side = accountOf(ex, account).positionMode === 'one_way' ? 'BOTH' : call.isBuy ? 'LONG' : 'SHORT';
    setLeverage(ex, account, symbol, side, 1 + (call.pick % 50), nowMs);
  } else if (call.name === 'mode') {
    setPositionMode(ex, account, call.isBuy ? 'hedge' : 'one_way', nowMs);
  } else if (call.name === 'cancelAll') {
    cancelAllOrders(ex, account, call.isBeyond ? symbol : null, nowMs);
  } else if (call.name === 'funding') settleFunding(ex, symbol, ppm(call.away * 10), nowMs);
  else if (call.name === 'transfer') transfer(ex, account, money(BigInt(call.away) * 1_000_003n), nowMs);
  else if (call.name === 'liquidate') liquidate(ex, account, symbol, nowMs);
  else if (call.name === 'adl') autoDeleverage(ex, account, symbol, lots(call.size), nowMs);
  else if (call.name === 'close') closeByHand(ex, account, symbol, nowMs);
  else applyToOrder(ex, call, account, id, nowMs);
}

function sideOf({ isBuy }: Call): OrderSide {
  return isBuy ? 'BUY' : 'SELL';
}

/** Mostly the usual one. */
function timeInForceOf({ pick, isLimit }: Call): TimeInForce {
  return isLimit ? ((['GTC', 'GTC', 'GTC', 'IOC', 'FOK'] as const)[pick % 5] ?? 'GTC') : 'GTC';
}

function applyToOrder(
  ex: Exchange,
  call: Call,
  account: string,
  venueOrderId: VenueOrderId | undefined,
  nowMs: number,
): void {
  if (venueOrderId === undefined) return;
  if (call.name === 'cancel') cancelOrder(ex, account, { venueOrderId }, nowMs);
  else if (call.name === 'expire') expireOrder(ex, account, venueOrderId, nowMs);
  else
    forceFill(ex, account, venueOrderId, lots(call.size), nowMs, call.isBeyond ? { beyondOrder: true } : {});
}

type Row = { realized: bigint; fee: bigint };

function expectConserved(ex: Exchange, account: string): void {
  const { wallet, seed, orders, income: rows, positions: held } = truthOf(ex, account);
  const sum: Row = { realized: 0n, fee: 0n };
  const lotsOf = new Map<string, number>();
  let cash = 0n;
  for (const { report, trades } of orders) {
    let filled = 0;
    const sign = report.side === 'BUY' ? 1 : -1;
    for (const trade of trades) {
      filled += trade.lots;
      sum.realized += trade.realized;
      if (report.feeAsset === null) sum.fee += trade.fee;
      cash -= BigInt(sign) * trade.quote;
    }
    lotsOf.set(report.symbol, (lotsOf.get(report.symbol) ?? 0) + sign * filled);
    expect(report.filledLots).toBe(filled);
    expect(report.filledQuote).toBe(trades.reduce((total, { quote }) => total + quote, 0n));
    expect(report.fee).toBe(trades.reduce((total, { fee }) => total + fee, 0n));
  }
  const byKind = (kind: string) =>
    rows.reduce((total, row) => total + (row.kind === kind ? row.amount : 0n), 0n);
  expect(wallet).toBe(seed + sum.realized - sum.fee + byKind('FUNDING') + byKind('TRANSFER'));
  expect([byKind('REALIZED'), byKind('FEE')]).toEqual([sum.realized, -sum.fee]);
  for (const [symbol, net] of lotsOf)
    expect(held.reduce((total, row) => total + (row.symbol === symbol ? row.position : 0), 0)).toBe(net);
  // What trades paid and received is either realized or in the cost of what is open, to the last unit.
  const open = held.reduce((total, row) => total + (row.position > 0 ? row.entryQuote : -row.entryQuote), 0n);
  expect(sum.realized).toBe(cash + open);
  const legs = legRowsAsOf(ex, account, ex.nowMs);
  expect(legs.map(({ lots: held, entryQuote }) => [held, entryQuote])).toEqual(
    held.map(({ position, entryQuote }) => [position, entryQuote]),
  );
}

function run(calls: readonly Call[], mode: PositionMode, quirks: object): Exchange {
  const ex = opened(mode, { quirks });
  calls.forEach((call, n) => {
    apply(ex, call, n);
  });
  return ex;
}

describe('the exchange', () => {
  it('conserves money and lots over every call', () => {
    const property = fc.property(anyHistory, ([calls, mode, quirks]) => {
      const ex = opened(mode, { quirks });
      calls.forEach((call, n) => {
        apply(ex, call, n);
        expectConserved(ex, ACCOUNT);
        expectConserved(ex, OTHER);
      });
    });
    fc.assert(property, { seed: SEED, numRuns: 120 });
  });

  it('is the same after the same calls', () => {
    const property = fc.property(anyHistory, ([calls, mode, quirks]) => {
      expect(run(calls, mode, quirks)).toEqual(run(calls, mode, quirks));
    });
    fc.assert(property, { seed: SEED, numRuns: 100 });
  });

  it('shows the truth in every view that does not lag', () => {
    const property = fc.property(anyHistory, ([calls, mode, quirks]) => {
      const ex = opened(mode, { quirks });
      calls.forEach((call, n) => {
        apply(ex, call, n);
        const truth = truthOf(ex, ACCOUNT);
        expect(positions(ex, ACCOUNT, ex.nowMs)).toEqual(truth.positions);
        expect(openOrders(ex, ACCOUNT, ex.nowMs)).toEqual(truth.openOrders);
        expect(balance(ex, ACCOUNT, ex.nowMs)).toMatchObject({
          wallet: truth.wallet,
          usedMargin: usedMarginOf(accountOf(ex, ACCOUNT)),
        });
        expect(income(ex, ACCOUNT, START_MS, ex.nowMs)).toEqual(truth.income);
        const traded = truth.orders.filter(({ trades }) => trades.length > 0).map(({ report }) => report);
        const listed = ordersTradedSince(ex, ACCOUNT, START_MS, ex.nowMs);
        expect(new Set(listed)).toEqual(new Set(traded));
        for (const { report } of truth.orders)
          expect(queryOrder(ex, ACCOUNT, report, ex.nowMs)).toEqual({ kind: 'FOUND', report });
      });
    });
    fc.assert(property, { seed: SEED, numRuns: 100 });
  });

  it('shows in a view that lags exactly what the view that did not lag showed then', () => {
    const property = fc.property(anyHistory, ([calls, mode, quirks]) => {
      const ex = opened(mode, { quirks });
      const look = (asOfMs: number) => [
        positions(ex, ACCOUNT, asOfMs),
        openOrders(ex, ACCOUNT, asOfMs),
        balance(ex, ACCOUNT, asOfMs),
        legRowsAsOf(ex, ACCOUNT, asOfMs),
        ordersTradedSince(ex, ACCOUNT, START_MS, asOfMs),
        income(ex, ACCOUNT, START_MS, asOfMs),
      ];
      const seen = new Map<number, unknown>();
      calls.forEach((call, n) => {
        apply(ex, call, n);
        seen.set(ex.nowMs, look(ex.nowMs));
        for (const [asOfMs, then] of seen)
          if (asOfMs >= ex.nowMs - 120_000) expect(look(asOfMs)).toEqual(then);
      });
    });
    fc.assert(property, { seed: SEED, numRuns: 60 });
  });

  it('tells by its frames alone of every order and of the last wallet', () => {
    const property = fc.property(anyHistory, ([calls, mode]) => {
      const ex = run(calls, mode, {});
      const last = new Map<string, Frame>();
      let change = 0n;
      for (const frame of drainFrames(ex, ACCOUNT)) {
        last.set(frame.kind === 'order' ? frame.report.venueOrderId : 'balance', frame);
        if (frame.kind === 'balance') change += frame.change;
      }
      const { orders, wallet, seed } = truthOf(ex, ACCOUNT);
      const pushed = last.get('balance');
      expect(pushed?.report ?? { wallet: seed }).toMatchObject({ wallet });
      expect(seed + change).toBe(wallet);
      for (const { report } of orders)
        expect(last.get(report.venueOrderId)?.report).toEqual({ ...report, isMaker: null });
    });
    fc.assert(property, { seed: SEED, numRuns: 200 });
  });

  it('never lets a reduce-only order open or turn a position', () => {
    const property = fc.property(anyHistory, ([calls, mode]) => {
      const ex = opened(mode, {});
      calls.forEach((call, n) => {
        const before = truthOf(ex, ACCOUNT).positions;
        // Only reduce-only orders rest or wait, so that whatever is not a market order can only reduce.
        const isMarket = call.name === 'submit' && !call.isLimit;
        apply(ex, { ...call, reduceOnly: call.isLimit || call.name === 'wait', isBeyond: false }, n);
        if (isMarket) return;
        for (const { symbol, position } of truthOf(ex, ACCOUNT).positions) {
          const was = before.find((row) => row.symbol === symbol && row.position > 0 === position > 0);
          expect(Math.abs(position)).toBeLessThanOrEqual(Math.abs(was?.position ?? 0));
        }
      });
    });
    fc.assert(property, { seed: SEED, numRuns: 120 });
  });
});
