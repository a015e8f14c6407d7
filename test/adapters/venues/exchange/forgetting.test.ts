// What the model forgets when it runs for long: never anything that is open, and no sum.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cancelOrder,
  closeByHand,
  income,
  openOrders,
  ordersTradedSince,
  queryOrder,
  setQuote,
  truthOf,
} from '../../../../src/adapters/venues/exchange/model/exchange.ts';
import { accountOf, type Exchange } from '../../../../src/adapters/venues/exchange/model/state.ts';
import type { ClientOrderId } from '../../../../src/domain/ids.ts';
import { lots } from '../../../../src/domain/steps.ts';
import {
  ACCOUNT,
  BTC,
  exchangeWith,
  limitOf,
  quoteAt,
  requestOf,
  START_MS,
  send,
  sendTaken,
} from './market.ts';

const MAX = 20;

function turnOver(ex: Exchange, from: number, count: number): void {
  for (let n = from; n < from + count; n += 1) {
    setQuote(ex, BTC.symbol, quoteAt(1_000_000, 1_000_010), ex.nowMs + 1_000);
    send(ex, requestOf(`c${n}`, { side: n % 2 === 0 ? 'BUY' : 'SELL' }));
  }
}

describe('an exchange that runs for long', () => {
  it('keeps the newest orders, trades and lines of the account book, and little more', () => {
    const ex = exchangeWith({ historyMax: MAX });
    turnOver(ex, 0, 500);
    const { orders, traded, incomeRows, byVenueId, byClientId } = accountOf(ex, ACCOUNT);
    for (const size of [orders.length, traded.length, byVenueId.size, byClientId.size]) {
      expect(size).toBeGreaterThanOrEqual(MAX);
      expect(size).toBeLessThanOrEqual(MAX * 1.1 + 1);
    }
    expect(incomeRows.length).toBeLessThanOrEqual(MAX * 1.1 + 2);
    expect(orders.at(-1)?.clientOrderId).toBe('c499');
  });

  it('finds what it forgot by neither name, and takes its client id again', () => {
    const ex = exchangeWith({ historyMax: MAX });
    const venueOrderId = sendTaken(ex, requestOf('c0'));
    turnOver(ex, 1, 100);
    const clientOrderId = 'c0' as ClientOrderId;
    for (const by of [{ venueOrderId }, { clientOrderId }])
      expect(queryOrder(ex, ACCOUNT, by, ex.nowMs)).toEqual({ kind: 'NOT_FOUND' });
    expect(send(ex, requestOf('c0')).kind).toBe('ACK');
  });

  it('forgets nothing by default', () => {
    const ex = exchangeWith();
    turnOver(ex, 0, 300);
    expect(truthOf(ex, ACCOUNT).orders).toHaveLength(300);
    expect(ordersTradedSince(ex, ACCOUNT, START_MS, ex.nowMs)).toHaveLength(300);
  });

  it('never forgets what is open, and its wallet is that of one that forgets nothing', () => {
    const anyStep = fc.record({
      isLimit: fc.boolean(),
      isBuy: fc.boolean(),
      away: fc.integer({ min: -400, max: 400 }),
      cancels: fc.integer({ min: 0, max: 5 }),
    });
    const anySteps = fc.array(anyStep, { minLength: 30, maxLength: 120 });
    const property = fc.property(anySteps, (steps) => {
      const [small, whole] = [3, Number.POSITIVE_INFINITY].map((historyMax) => {
        const ex = exchangeWith({ historyMax, openOrdersMax: 40 });
        for (const [n, { isLimit, isBuy, away, cancels }] of steps.entries()) {
          const changes = { side: isBuy ? 'BUY' : 'SELL', quantity: lots(2) } as const;
          const price = 1_000_005 + away;
          send(ex, isLimit ? limitOf(`c${n}`, price, changes) : requestOf(`c${n}`, changes));
          setQuote(ex, BTC.symbol, quoteAt(price - 5, price + 5), ex.nowMs + 700);
          const [oldest] = openOrders(ex, ACCOUNT, ex.nowMs);
          if (cancels === 0 && oldest !== undefined) cancelOrder(ex, ACCOUNT, oldest, ex.nowMs);
        }
        return ex;
      });
      if (small === undefined || whole === undefined) throw new Error('two exchanges');
      const open = truthOf(small, ACCOUNT).openOrders;
      const plain = (ex: Exchange) =>
        truthOf(ex, ACCOUNT).openOrders.map((one) => [one.clientOrderId, one.filledLots]);
      expect(plain(small)).toEqual(plain(whole));
      for (const report of open)
        for (const by of [{ venueOrderId: report.venueOrderId }, { clientOrderId: report.clientOrderId }])
          expect(queryOrder(small, ACCOUNT, by as { clientOrderId: ClientOrderId }, small.nowMs)).toEqual({
            kind: 'FOUND',
            report,
          });
      closeByHand(small, ACCOUNT, BTC.symbol, small.nowMs);
      closeByHand(whole, ACCOUNT, BTC.symbol, whole.nowMs);
      expect(truthOf(small, ACCOUNT).wallet).toBe(truthOf(whole, ACCOUNT).wallet);
      const rows = income(whole, ACCOUNT, START_MS, whole.nowMs);
      const sum = rows.reduce((total, { amount }) => total + amount, 0n);
      expect(truthOf(small, ACCOUNT).wallet).toBe(truthOf(small, ACCOUNT).seed + sum);
    });
    fc.assert(property, { seed: 20261128, numRuns: 60 });
  });
});
