// Who the model liquidates, at which mark, and what is left of an account then.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  drainFrames,
  legRowsAsOf,
  liquidationPriceOf,
  maintenanceOf,
  openAccount,
  setQuote,
  submitOrder,
  transfer,
  truthOf,
} from '../../../../src/adapters/venues/exchange/model/exchange.ts';
import { MAINTENANCE_TIERS } from '../../../../src/adapters/venues/exchange/model/maintenance.ts';
import { accountOf, type Exchange } from '../../../../src/adapters/venues/exchange/model/state.ts';
import { lots } from '../../../../src/domain/steps.ts';
import type { PositionMode } from '../../../../src/domain/venue.ts';
import {
  ACCOUNT,
  BTC,
  exchangeWith,
  FINE,
  fillsOf,
  limitOf,
  quoteAt,
  requestOf,
  START_MS,
  sendTaken,
  usdt,
  waitingOf,
} from './market.ts';

/** An account of 1,000 USDT whose long is worth about 10,000: a tenth down, and it is gone. */
function leveraged(side: 'BUY' | 'SELL' = 'BUY', maintenance = MAINTENANCE_TIERS): Exchange {
  const ex = exchangeWith({ maintenance });
  sendTaken(ex, requestOf('in', { side, quantity: lots(1_000), leverage: 20 }));
  return ex;
}

function markAt(ex: Exchange, mark: number): void {
  setQuote(ex, BTC.symbol, quoteAt(mark - 5, mark + 5), ex.nowMs);
}

function liquidationMark(ex: Exchange, at = 0): number {
  const leg = legRowsAsOf(ex, ACCOUNT, ex.nowMs)[at];
  const price = leg === undefined ? null : liquidationPriceOf(ex, accountOf(ex, ACCOUNT), leg);
  if (price === null) throw new Error('nothing is liquidated');
  return price;
}

function causes(ex: Exchange): readonly string[] {
  return truthOf(ex, ACCOUNT).orders.map(({ report }) => report.cause);
}

describe('maintenance margin', () => {
  it('is a share of the worth by its tier, less an amount that makes it go on where tiers meet', () => {
    const ex = exchangeWith({ maintenance: MAINTENANCE_TIERS });
    const at = (worth: number) => maintenanceOf(ex, usdt(worth));
    expect([0, 100_000, 150_000, 900_000, 1_000_000].map(at)).toEqual([0, 380, 570, 3_570, 4_570].map(usdt));
  });

  it('is nothing where nobody is liquidated', () => {
    expect(maintenanceOf(exchangeWith(), usdt(100_000))).toBe(0n);
  });
});

describe('an account that is short of maintenance', () => {
  it('is liquidated by the quote that makes it so, with its orders of the symbol', () => {
    const ex = leveraged();
    sendTaken(ex, waitingOf('STOP', 'BUY', 1_500_000));
    sendTaken(ex, limitOf('rests', 1_090_000, { side: 'SELL', reduceOnly: true }));
    drainFrames(ex, ACCOUNT);
    const limit = liquidationMark(ex);
    markAt(ex, limit + 2);
    expect(drainFrames(ex, ACCOUNT)).toEqual([]);
    markAt(ex, limit - 2);
    const { positions, openOrders, orders, wallet } = truthOf(ex, ACCOUNT);
    expect([positions, openOrders]).toEqual([[], []]);
    const last = orders.at(-1);
    expect(last?.report).toMatchObject({ cause: 'liquidation', clientOrderId: null, side: 'SELL' });
    expect(last?.trades).toMatchObject([{ price: limit - 2, lots: 1_000, isMaker: false }]);
    expect(wallet).toBeGreaterThan(0n);
    expect(wallet).toBeLessThan(usdt(50));
    expect(orders.map(({ report }) => fillsOf(report))).toEqual([
      'FILLED 1000/1000',
      'CANCELED 0/10',
      'CANCELED 0/10',
      'FILLED 1000/1000',
    ]);
  });

  it('is liquidated as a short where the mark rises', () => {
    const ex = leveraged('SELL');
    const limit = liquidationMark(ex);
    expect(limit).toBeGreaterThan(1_090_000);
    markAt(ex, limit - 2);
    expect(causes(ex)).toEqual(['order']);
    markAt(ex, limit + 2);
    expect(causes(ex)).toEqual(['order', 'liquidation']);
  });

  it('may end below zero where the mark jumps', () => {
    const ex = leveraged();
    markAt(ex, 800_000);
    expect(truthOf(ex, ACCOUNT).wallet).toBeLessThan(0n);
    expect(truthOf(ex, ACCOUNT).positions).toEqual([]);
  });

  it('loses its positions of every symbol, since all of them share the wallet', () => {
    const ex = leveraged();
    sendTaken(ex, requestOf('fine', { symbol: FINE.symbol, quantity: lots(1_000) }));
    markAt(ex, 800_000);
    expect(causes(ex)).toEqual(['order', 'order', 'liquidation', 'liquidation']);
    expect(truthOf(ex, ACCOUNT).positions).toEqual([]);
  });

  it('is alone in it: another account is left as it is', () => {
    const ex = leveraged();
    openAccount(ex, 'rich', usdt(100_000), START_MS);
    submitOrder(ex, 'rich', requestOf('in', { quantity: lots(1_000) }), ex.nowMs, ex.nowMs);
    markAt(ex, 800_000);
    expect(truthOf(ex, 'rich').positions).toHaveLength(1);
  });

  it('is left alone where no tiers are set', () => {
    const ex = exchangeWith({ maintenance: null });
    sendTaken(ex, requestOf('in', { quantity: lots(1_000), leverage: 20 }));
    markAt(ex, 500_000);
    expect(causes(ex)).toEqual(['order']);
  });

  it('is found at the next quote where money was taken out of it', () => {
    const ex = leveraged();
    transfer(ex, ACCOUNT, usdt(-980), ex.nowMs);
    expect(causes(ex)).toEqual(['order']);
    markAt(ex, 1_000_000);
    expect(causes(ex)).toEqual(['order', 'liquidation']);
  });
});

describe('the mark of liquidation', () => {
  it('is none of a long that the wallet pays for whole, of nothing held, and without tiers', () => {
    const ex = exchangeWith({ maintenance: MAINTENANCE_TIERS });
    sendTaken(ex, requestOf('small', { quantity: lots(50) }));
    const [leg] = legRowsAsOf(ex, ACCOUNT, ex.nowMs);
    if (leg === undefined) throw new Error('nothing is held');
    const account = accountOf(ex, ACCOUNT);
    expect(liquidationPriceOf(ex, account, leg)).toBeNull();
    expect(liquidationPriceOf(ex, account, { ...leg, lots: 0 })).toBeNull();
    expect(liquidationPriceOf(leveraged('BUY'), account, leg)).toBeNull();
    ex.config = { ...ex.config, maintenance: null };
    expect(liquidationPriceOf(ex, account, leg)).toBeNull();
  });

  it('is one of both legs of a symbol in hedge mode', () => {
    const ex = exchangeWith({ maintenance: MAINTENANCE_TIERS, positionMode: 'hedge' });
    sendTaken(ex, requestOf('long', { quantity: lots(900), leverage: 50 }));
    sendTaken(ex, requestOf('short', { side: 'SELL', quantity: lots(300), leverage: 50 }));
    expect(liquidationMark(ex, 0)).toBe(liquidationMark(ex, 1));
  });

  it('is where the account is liquidated, within a tick, whatever it holds', () => {
    const anyMode = fc.constantFrom<PositionMode>('one_way', 'hedge');
    const anyOrder = fc.record({
      side: fc.constantFrom<'BUY' | 'SELL'>('BUY', 'SELL'),
      quantity: fc.integer({ min: 2, max: 1_200 }).map(lots),
    });
    const anyOrders = fc.array(anyOrder, { minLength: 1, maxLength: 4 });
    const property = fc.property(anyMode, anyOrders, (positionMode, orders) => {
      const ex = exchangeWith({ maintenance: MAINTENANCE_TIERS, positionMode });
      for (const [n, order] of orders.entries())
        submitOrder(ex, ACCOUNT, requestOf(`c${n}`, { ...order, leverage: 50 }), ex.nowMs, ex.nowMs);
      const [leg] = legRowsAsOf(ex, ACCOUNT, ex.nowMs);
      const price = leg === undefined ? null : liquidationPriceOf(ex, accountOf(ex, ACCOUNT), leg);
      // Further away the band of steps is another, and so may be the tier.
      if (price === null || Math.abs(price - 1_000_005) < 3 || price > 2_000_000 || price < 6) return;
      const away = price < 1_000_005 ? -2 : 2;
      markAt(ex, price - away);
      expect(causes(ex)).not.toContain('liquidation');
      markAt(ex, price + away);
      expect(causes(ex)).toContain('liquidation');
    });
    fc.assert(property, { seed: 20261128, numRuns: 200 });
  });
});
