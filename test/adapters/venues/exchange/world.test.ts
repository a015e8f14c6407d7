// What the world does to an account without an order of its client.

import { describe, expect, it } from 'vitest';
import {
  autoDeleverage,
  cancelOrder,
  closeByHand,
  drainFrames,
  forceFill,
  income,
  liquidate,
  settleFunding,
  transfer,
  truthOf,
} from '../../../../src/adapters/venues/exchange/model/exchange.ts';
import type { Exchange } from '../../../../src/adapters/venues/exchange/model/state.ts';
import { lots, ppm } from '../../../../src/domain/steps.ts';
import {
  ACCOUNT,
  BTC,
  exchangeWith,
  fillsOf,
  limitOf,
  requestOf,
  START_MS,
  sendTaken,
  usdt,
} from './market.ts';

function lastOrder(ex: Exchange) {
  return truthOf(ex, ACCOUNT).orders.at(-1)?.report;
}

function heldLots(ex: Exchange): readonly number[] {
  return truthOf(ex, ACCOUNT).positions.map(({ position }) => position);
}

describe('funding', () => {
  it('is paid by longs and received by shorts, at the mark, and told by the balance alone', () => {
    const ex = exchangeWith({ positionMode: 'hedge' });
    sendTaken(ex, requestOf('a', { quantity: lots(30) }));
    sendTaken(ex, requestOf('b', { side: 'SELL' }));
    const before = truthOf(ex, ACCOUNT).wallet;
    drainFrames(ex, ACCOUNT);
    settleFunding(ex, BTC.symbol, ppm(100), START_MS + 1);
    const rows = income(ex, ACCOUNT, START_MS + 1, START_MS + 1);
    expect(rows.map(({ kind, amount }) => [kind, amount])).toEqual([
      ['FUNDING', -usdt((1_000_005 * 30) / 1e9)],
      ['FUNDING', usdt((1_000_005 * 10) / 1e9)],
    ]);
    expect(truthOf(ex, ACCOUNT).wallet - before).toBe(-usdt((1_000_005 * 20) / 1e9));
    const frames = drainFrames(ex, ACCOUNT);
    expect(frames.map((frame) => frame.kind === 'balance' && frame.cause)).toEqual(['FUNDING_FEE']);
  });

  it('does nothing where nothing is held', () => {
    const ex = exchangeWith();
    settleFunding(ex, BTC.symbol, ppm(100), START_MS);
    expect(drainFrames(ex, ACCOUNT)).toEqual([]);
  });
});

describe('a transfer', () => {
  it('moves the wallet in and out, with a line of the account book', () => {
    const ex = exchangeWith();
    transfer(ex, ACCOUNT, usdt(50), START_MS);
    transfer(ex, ACCOUNT, usdt(-20), START_MS);
    expect(truthOf(ex, ACCOUNT).wallet).toBe(usdt(1_030));
    const causes = drainFrames(ex, ACCOUNT).map((frame) => frame.kind === 'balance' && frame.cause);
    expect(causes).toEqual(['DEPOSIT', 'WITHDRAW']);
    const ids = income(ex, ACCOUNT, START_MS, START_MS).map(({ transactionId }) => transactionId);
    expect(new Set(ids).size).toBe(2);
  });
});

describe('a liquidation', () => {
  it('cancels the orders and closes the position at the mark, by an order of the venue with a fee', () => {
    const ex = exchangeWith();
    sendTaken(ex, requestOf('a'));
    sendTaken(ex, limitOf('b', 999_000));
    liquidate(ex, ACCOUNT, BTC.symbol, START_MS + 1);
    expect(heldLots(ex)).toEqual([]);
    expect(truthOf(ex, ACCOUNT).openOrders).toEqual([]);
    expect(lastOrder(ex)).toMatchObject({ clientOrderId: null, cause: 'liquidation', side: 'SELL' });
    expect(lastOrder(ex)?.filledQuote).toBe(usdt((1_000_005 * 10) / 1e5));
    expect(lastOrder(ex)?.fee).toBeGreaterThan(0n);
  });
});

describe('deleveraging', () => {
  it('closes a part, or what there is, without a fee', () => {
    const ex = exchangeWith();
    sendTaken(ex, requestOf('a', { side: 'SELL' }));
    autoDeleverage(ex, ACCOUNT, BTC.symbol, lots(4), START_MS);
    expect(heldLots(ex)).toEqual([-6]);
    expect(lastOrder(ex)).toMatchObject({ cause: 'adl', side: 'BUY', fee: 0n });
    autoDeleverage(ex, ACCOUNT, BTC.symbol, lots(40), START_MS);
    expect(heldLots(ex)).toEqual([]);
  });
});

describe('a person', () => {
  it('closes the position at the best price without a client id', () => {
    const ex = exchangeWith();
    sendTaken(ex, requestOf('a'));
    closeByHand(ex, ACCOUNT, BTC.symbol, START_MS);
    expect(heldLots(ex)).toEqual([]);
    expect(lastOrder(ex)).toMatchObject({ clientOrderId: null, cause: 'order', status: 'FILLED' });
    closeByHand(ex, ACCOUNT, BTC.symbol, START_MS);
    expect(truthOf(ex, ACCOUNT).orders).toHaveLength(2);
  });
});

describe('a forced fill', () => {
  it('fills an open order at its limit, and no more than is left', () => {
    const ex = exchangeWith();
    const id = sendTaken(ex, limitOf('a', 999_000));
    expect(forceFill(ex, ACCOUNT, id, lots(4), START_MS)).toBe(4);
    expect(forceFill(ex, ACCOUNT, id, lots(40), START_MS)).toBe(6);
    expect(forceFill(ex, ACCOUNT, id, lots(1), START_MS)).toBe(0);
    expect(fillsOf(lastOrder(ex))).toBe('FILLED 10/10');
    expect(lastOrder(ex)?.filledQuote).toBe(usdt((999_000 * 10) / 1e5));
  });

  it('goes beyond the order where it is told to, and after its end', () => {
    const ex = exchangeWith();
    const id = sendTaken(ex, limitOf('a', 999_000));
    expect(forceFill(ex, ACCOUNT, id, lots(11), START_MS, { beyondOrder: true })).toBe(11);
    expect(fillsOf(lastOrder(ex))).toBe('FILLED 11/10');
    const canceled = sendTaken(ex, limitOf('b', 999_000));
    cancelOrder(ex, ACCOUNT, { venueOrderId: canceled }, START_MS);
    expect(forceFill(ex, ACCOUNT, canceled, lots(3), START_MS)).toBe(0);
    forceFill(ex, ACCOUNT, canceled, lots(3), START_MS, { beyondOrder: true });
    expect(fillsOf(lastOrder(ex))).toBe('CANCELED 3/10');
    expect(heldLots(ex)).toEqual([14]);
  });

  it('of a reduce-only order turns a net position only beyond the order, and a leg of hedge mode never', () => {
    const closing = { side: 'SELL', reduceOnly: true } as const;
    const net = exchangeWith();
    sendTaken(net, requestOf('a'));
    const exit = sendTaken(net, limitOf('b', 1_000_500, closing));
    forceFill(net, ACCOUNT, exit, lots(12), START_MS, { beyondOrder: true });
    expect(heldLots(net)).toEqual([-2]);
    const hedge = exchangeWith({ positionMode: 'hedge' });
    sendTaken(hedge, requestOf('a'));
    const leg = sendTaken(hedge, limitOf('b', 1_000_500, closing));
    forceFill(hedge, ACCOUNT, leg, lots(12), START_MS, { beyondOrder: true });
    expect(heldLots(hedge)).toEqual([]);
  });
});
