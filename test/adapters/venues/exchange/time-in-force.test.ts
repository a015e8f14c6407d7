// How long an order of the model lasts: one that stays, one that takes what is there, and one that is filled whole or not at all.

import { describe, expect, it } from 'vitest';
import {
  balance,
  queryOrder,
  setQuote,
  truthOf,
} from '../../../../src/adapters/venues/exchange/model/exchange.ts';
import type { Exchange, TimeInForce } from '../../../../src/adapters/venues/exchange/model/state.ts';
import type { VenueOrderId } from '../../../../src/domain/ids.ts';
import { lots } from '../../../../src/domain/steps.ts';
import { ACCOUNT, BTC, exchangeWith, fillsOf, limitOf, quoteAt, sendTaken } from './market.ts';

/** The ask, with 100 lots, behind which there is more five ticks further. */
const ASK = 1_000_010;
const SLIP = 5;

function opened(): Exchange {
  return exchangeWith({ slippageTicks: SLIP });
}

function buy(ex: Exchange, timeInForce: TimeInForce, price: number, quantity: number): VenueOrderId {
  return sendTaken(ex, { ...limitOf('a', price, { quantity: lots(quantity) }), timeInForce });
}

function stateOf(ex: Exchange, venueOrderId: VenueOrderId): string {
  const found = queryOrder(ex, ACCOUNT, { venueOrderId }, ex.nowMs);
  return found.kind === 'FOUND' ? fillsOf(found.report) : found.kind;
}

describe('an order that is immediate or canceled', () => {
  it('takes what its limit reaches, and ends with the rest', () => {
    const ex = opened();
    const id = buy(ex, 'IOC', ASK, 130);
    expect(stateOf(ex, id)).toBe('EXPIRED 100/130');
    expect(truthOf(ex, ACCOUNT).openOrders).toEqual([]);
  });

  it('fills whole where the limit reaches what is behind the best level', () => {
    const ex = opened();
    expect(stateOf(ex, buy(ex, 'IOC', ASK + SLIP, 130))).toBe('FILLED 130/130');
  });

  it('ends at once where it reaches nobody, holding no margin and filling by no later price', () => {
    const ex = opened();
    const id = buy(ex, 'IOC', ASK - 1, 30);
    expect(stateOf(ex, id)).toBe('EXPIRED 0/30');
    expect(balance(ex, ACCOUNT, ex.nowMs).usedMargin).toBe(0n);
    setQuote(ex, BTC.symbol, quoteAt(ASK - 200, ASK - 100), ex.nowMs);
    expect(stateOf(ex, id)).toBe('EXPIRED 0/30');
  });
});

describe('an order that is filled or killed', () => {
  it('fills whole at the best level, or there and behind it', () => {
    for (const [limit, quantity] of [
      [ASK, 100],
      [ASK + SLIP, 130],
    ] as const) {
      const ex = opened();
      expect(stateOf(ex, buy(ex, 'FOK', limit, quantity))).toBe(`FILLED ${quantity}/${quantity}`);
    }
  });

  it('does nothing where its limit does not reach all of it, and leaves the level as it was', () => {
    const ex = opened();
    expect(stateOf(ex, buy(ex, 'FOK', ASK + SLIP - 1, 101))).toBe('EXPIRED 0/101');
    expect(truthOf(ex, ACCOUNT).wallet).toBe(truthOf(ex, ACCOUNT).seed);
    expect(ex.markets.get(BTC.symbol)?.quote?.askLots).toBe(100);
  });

  it('does nothing where its limit reaches nobody', () => {
    const ex = opened();
    expect(stateOf(ex, buy(ex, 'FOK', ASK - 1, 2))).toBe('EXPIRED 0/2');
  });

  it('sells in the same way', () => {
    const ex = opened();
    const sell = {
      ...limitOf('s', 1_000_000, { side: 'SELL', quantity: lots(101) }),
      timeInForce: 'FOK',
    } as const;
    expect(stateOf(ex, sendTaken(ex, sell))).toBe('EXPIRED 0/101');
  });
});

describe('an order that is good till canceled', () => {
  it('is what an order is that does not say', () => {
    const said = opened();
    const unsaid = opened();
    buy(said, 'GTC', ASK, 130);
    sendTaken(unsaid, limitOf('a', ASK, { quantity: lots(130) }));
    expect(said).toEqual(unsaid);
  });
});
