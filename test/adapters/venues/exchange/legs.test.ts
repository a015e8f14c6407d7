// What the model tells of a leg beyond its size: what it has brought, since when it is held, and the frames that say so.

import { describe, expect, it } from 'vitest';
import {
  drainFrames,
  legRowsAsOf,
  setQuote,
  settleFunding,
  transfer,
  truthOf,
} from '../../../../src/adapters/venues/exchange/model/exchange.ts';
import type { Exchange, LegRow } from '../../../../src/adapters/venues/exchange/model/state.ts';
import { lots, ppm } from '../../../../src/domain/steps.ts';
import type { OrderSide } from '../../../../src/domain/venue.ts';
import { ACCOUNT, BTC, exchangeWith, quoteAt, requestOf, START_MS, sendTaken, usdt } from './market.ts';

function trade(ex: Exchange, side: OrderSide, quantity: number, name = `${side}${quantity}`): void {
  sendTaken(ex, requestOf(name, { side, quantity: lots(quantity) }));
}

function legs(ex: Exchange, asOfMs: number = ex.nowMs): readonly LegRow[] {
  return legRowsAsOf(ex, ACCOUNT, asOfMs);
}

function later(ex: Exchange, bid = 1_000_000): void {
  setQuote(ex, BTC.symbol, quoteAt(bid, bid + 10), ex.nowMs + 1_000);
}

/** The fee of ten lots at the ask. */
const FEE = 0.0500005;

describe('a leg', () => {
  it('begins with its opening order, and has cost the fee of it', () => {
    const ex = exchangeWith();
    trade(ex, 'BUY', 10);
    const [order] = truthOf(ex, ACCOUNT).orders;
    expect(legs(ex)).toEqual([
      {
        symbol: BTC.symbol,
        side: 'net',
        lots: 10,
        entryQuote: usdt(100.001),
        leverage: 10,
        realized: usdt(-FEE),
        positionId: order?.report.venueOrderId,
        openedAtMs: START_MS,
        changedAtMs: START_MS,
      },
    ]);
  });

  it('adds up profit, fees and funding while it is held', () => {
    const ex = exchangeWith();
    trade(ex, 'BUY', 10);
    settleFunding(ex, BTC.symbol, ppm(1_000), ex.nowMs);
    later(ex, 1_010_000);
    trade(ex, 'SELL', 4);
    const funding = -(1_000_005 * 10) / 1e5 / 1_000;
    const profit = ((1_010_000 - 1_000_010) * 4) / 1e5;
    const fees = FEE + ((1_010_000 * 4) / 1e5) * 0.0005;
    const [leg] = legs(ex);
    expect(leg?.realized).toBe(usdt(funding + profit - fees));
    expect(leg).toMatchObject({ lots: 6, openedAtMs: START_MS, changedAtMs: START_MS + 1_000 });
  });

  it('begins anew where it is opened again, or turned, under another id', () => {
    const ex = exchangeWith();
    trade(ex, 'BUY', 10);
    const first = legs(ex)[0];
    later(ex);
    trade(ex, 'SELL', 25);
    const turned = legs(ex)[0];
    expect(turned).toMatchObject({ lots: -15, realized: 0n, openedAtMs: START_MS + 1_000 });
    expect(turned?.positionId).not.toBe(first?.positionId);
    later(ex);
    trade(ex, 'BUY', 15);
    expect(legs(ex)).toEqual([]);
    trade(ex, 'BUY', 10, 'again');
    expect(legs(ex)[0]).toMatchObject({ lots: 10, realized: usdt(-FEE), openedAtMs: START_MS + 2_000 });
  });

  it('has earned nothing by a fee in another asset', () => {
    const ex = exchangeWith({ quirks: { feeAssetOther: true } });
    trade(ex, 'BUY', 10);
    expect(legs(ex)[0]?.realized).toBe(0n);
  });

  it('is shown by a view that lags as it was then, funding included', () => {
    const ex = exchangeWith();
    trade(ex, 'BUY', 10);
    const opened = legs(ex);
    settleFunding(ex, BTC.symbol, ppm(1_000), ex.nowMs + 500);
    const paid = legs(ex);
    expect(paid[0]?.realized).toBeLessThan(opened[0]?.realized ?? 0n);
    later(ex);
    trade(ex, 'SELL', 10);
    expect([legs(ex, START_MS), legs(ex, START_MS + 500), legs(ex)]).toEqual([opened, paid, []]);
  });
});

describe('a balance frame', () => {
  function balances(ex: Exchange) {
    return drainFrames(ex, ACCOUNT).flatMap((frame) => (frame.kind === 'balance' ? [frame] : []));
  }

  it('of a trade says by how much the wallet moved, and the leg that did, also where it was closed', () => {
    const ex = exchangeWith();
    trade(ex, 'BUY', 10);
    trade(ex, 'SELL', 10);
    const [opening, closing] = balances(ex);
    expect(opening).toMatchObject({ cause: 'ORDER', change: usdt(-FEE), legs: [{ side: 'net', lots: 10 }] });
    expect(closing).toMatchObject({ cause: 'ORDER', legs: [{ side: 'net', lots: 0, entryQuote: 0n }] });
    const total = (opening?.change ?? 0n) + (closing?.change ?? 0n);
    expect(closing?.legs[0]?.realized).toBe(total);
    expect(truthOf(ex, ACCOUNT).wallet).toBe(truthOf(ex, ACCOUNT).seed + total);
  });

  it('has only the leg that moved in hedge mode', () => {
    const ex = exchangeWith({ positionMode: 'hedge' });
    trade(ex, 'BUY', 10);
    trade(ex, 'SELL', 20);
    expect(balances(ex).map((frame) => frame.legs.map(({ side, lots: held }) => [side, held]))).toEqual([
      [['long', 10]],
      [['short', -20]],
    ]);
  });

  it('of funding or a transfer says how much, and no legs', () => {
    const ex = exchangeWith();
    trade(ex, 'BUY', 10);
    drainFrames(ex, ACCOUNT);
    settleFunding(ex, BTC.symbol, ppm(1_000), ex.nowMs);
    transfer(ex, ACCOUNT, usdt(-7), ex.nowMs);
    expect(balances(ex).map(({ cause, change, legs: moved }) => [cause, change, moved])).toEqual([
      ['FUNDING_FEE', usdt(-0.1000005), []],
      ['WITHDRAW', usdt(-7), []],
    ]);
  });
});

describe('an order frame', () => {
  it('has the trade that it tells of, and none where it tells of something else', () => {
    const ex = exchangeWith();
    sendTaken(ex, requestOf('a', { quantity: lots(130) }));
    const told = drainFrames(ex, ACCOUNT).flatMap((frame) => (frame.kind === 'order' ? [frame.trade] : []));
    expect(told.map((one) => one?.lots ?? null)).toEqual([null, 100, 30]);
    expect(told.slice(1)).toEqual(truthOf(ex, ACCOUNT).orders[0]?.trades);
  });
});
