// Conditional orders of the model: where they wait, what wakes them, and what becomes of them then.

import { describe, expect, it } from 'vitest';
import {
  balance,
  cancelAllOrders,
  cancelOrder,
  drainFrames,
  legRowsAsOf,
  liquidate,
  openOrders,
  queryOrder,
  setQuote,
  tradeAt,
  transfer,
  truthOf,
} from '../../../../src/adapters/venues/exchange/model/exchange.ts';
import type { Exchange, NewOrderRequest } from '../../../../src/adapters/venues/exchange/model/state.ts';
import type { VenueOrderId } from '../../../../src/domain/ids.ts';
import { lots, priceTicks } from '../../../../src/domain/steps.ts';
import {
  ACCOUNT,
  BTC,
  codeOf,
  exchangeWith,
  fillsOf,
  limitOf,
  quoteAt,
  requestOf,
  START_MS,
  send,
  sendTaken,
  usdt,
  waitingOf,
} from './market.ts';

function stateOf(ex: Exchange, venueOrderId: VenueOrderId): string {
  const found = queryOrder(ex, ACCOUNT, { venueOrderId }, ex.nowMs);
  return found.kind === 'FOUND' ? fillsOf(found.report) : found.kind;
}

/** Moves the market so that its mark is there. */
function markAt(ex: Exchange, mark: number): void {
  setQuote(ex, BTC.symbol, quoteAt(mark - 5, mark + 5), ex.nowMs + 1);
}

function positionOf(ex: Exchange): number {
  return truthOf(ex, ACCOUNT).positions.reduce((sum, { position }) => sum + position, 0);
}

function usedOf(ex: Exchange): bigint | null {
  return balance(ex, ACCOUNT, ex.nowMs).usedMargin;
}

/** What the market is at, in the middle. */
const MIDDLE = 1_000_005;

describe('a conditional order that waits', () => {
  it('is new and open, holds no margin, and fills by no price and no volume', () => {
    const ex = exchangeWith();
    const stop = waitingOf('STOP', 'BUY', MIDDLE + 1_000, { limit: priceTicks(MIDDLE + 900) });
    const id = sendTaken(ex, stop);
    expect(openOrders(ex, ACCOUNT, ex.nowMs).map(fillsOf)).toEqual(['NEW 0/10']);
    expect(usedOf(ex)).toBe(0n);
    markAt(ex, MIDDLE + 999);
    tradeAt(ex, BTC.symbol, priceTicks(MIDDLE - 500), lots(1_000), ex.nowMs);
    expect(stateOf(ex, id)).toBe('NEW 0/10');
  });

  it('is canceled like any other, alone or with all', () => {
    const ex = exchangeWith();
    const id = sendTaken(ex, waitingOf('STOP', 'BUY', MIDDLE + 100));
    const other = sendTaken(ex, waitingOf('TAKE_PROFIT', 'BUY', MIDDLE - 100));
    expect(cancelOrder(ex, ACCOUNT, { venueOrderId: id }, ex.nowMs).kind).toBe('ACK');
    expect(cancelAllOrders(ex, ACCOUNT, BTC.symbol, ex.nowMs)).toHaveLength(1);
    for (const mark of [MIDDLE + 200, MIDDLE - 200]) markAt(ex, mark);
    expect([stateOf(ex, id), stateOf(ex, other)]).toEqual(['CANCELED 0/10', 'CANCELED 0/10']);
    expect(positionOf(ex)).toBe(0);
  });

  it('is canceled with the others where its symbol is liquidated', () => {
    const ex = exchangeWith();
    const id = sendTaken(ex, waitingOf('STOP', 'BUY', MIDDLE + 100));
    const resting = sendTaken(ex, limitOf('rests', MIDDLE - 1_000));
    liquidate(ex, ACCOUNT, BTC.symbol, ex.nowMs);
    expect([stateOf(ex, id), stateOf(ex, resting)]).toEqual(['CANCELED 0/10', 'CANCELED 0/10']);
  });

  it('is refused where it would fire at once, with the code of its kind and side', () => {
    const ex = exchangeWith();
    const refused = [
      waitingOf('STOP', 'BUY', MIDDLE),
      waitingOf('STOP', 'SELL', MIDDLE),
      waitingOf('TAKE_PROFIT', 'BUY', MIDDLE + 1),
      waitingOf('TAKE_PROFIT', 'SELL', MIDDLE - 1),
    ].map((order) => send(ex, order));
    expect(refused.map(codeOf)).toEqual(['OTHER', 'OTHER', 'OTHER', 'OTHER']);
    const codes = refused.map((result) => (result.kind === 'REJECT' ? result.text.slice(0, 6) : ''));
    expect(new Set(codes)).toEqual(new Set(['110411', '110412', '110413', '110414']));
  });

  it('is refused below the smallest quantity, unless it closes whatever is held', () => {
    const ex = exchangeWith();
    expect(codeOf(send(ex, waitingOf('STOP', 'BUY', MIDDLE + 1, { quantity: lots(1) })))).toBe('MIN_SIZE');
    const closing = { quantity: lots(0), reduceOnly: true, closesPosition: true };
    expect(send(ex, waitingOf('STOP', 'BUY', MIDDLE + 1, closing)).kind).toBe('ACK');
  });

  it('counts among the orders that may be open', () => {
    const ex = exchangeWith({ openOrdersMax: 2 });
    sendTaken(ex, waitingOf('STOP', 'BUY', MIDDLE + 100));
    sendTaken(ex, limitOf('rests', MIDDLE - 1_000));
    const refused = send(ex, requestOf('third'));
    expect(refused.kind === 'REJECT' && refused.text).toContain('101419');
    cancelAllOrders(ex, ACCOUNT, null, ex.nowMs);
    expect(send(ex, requestOf('third')).kind).toBe('ACK');
  });
});

describe('a conditional order fires', () => {
  const cases = [
    { kind: 'STOP', side: 'BUY', from: MIDDLE + 99, to: MIDDLE + 100 },
    { kind: 'STOP', side: 'SELL', from: MIDDLE - 99, to: MIDDLE - 100 },
    { kind: 'TAKE_PROFIT', side: 'BUY', from: MIDDLE - 99, to: MIDDLE - 100 },
    { kind: 'TAKE_PROFIT', side: 'SELL', from: MIDDLE + 99, to: MIDDLE + 100 },
  ] as const;

  for (const { kind, side, from, to } of cases)
    it(`as ${kind} ${side} when the mark has come to its price, and not before`, () => {
      const ex = exchangeWith();
      const id = sendTaken(ex, waitingOf(kind, side, to));
      markAt(ex, from);
      expect(stateOf(ex, id)).toBe('NEW 0/10');
      markAt(ex, to);
      expect(stateOf(ex, id)).toBe('FILLED 10/10');
      expect(positionOf(ex)).toBe(side === 'BUY' ? 10 : -10);
    });

  it('by the last trade where it watches that one, whatever the mark', () => {
    const ex = exchangeWith();
    tradeAt(ex, BTC.symbol, priceTicks(MIDDLE), lots(1), ex.nowMs);
    const id = sendTaken(ex, waitingOf('STOP', 'BUY', MIDDLE + 50, { by: 'LAST' }));
    markAt(ex, MIDDLE + 500);
    expect(stateOf(ex, id)).toBe('NEW 0/10');
    tradeAt(ex, BTC.symbol, priceTicks(MIDDLE + 50), lots(1), ex.nowMs);
    expect(stateOf(ex, id)).toBe('FILLED 10/10');
  });

  it('as soon as a trade of the account itself is the price that it waits for', () => {
    const ex = exchangeWith();
    const id = sendTaken(ex, waitingOf('STOP', 'BUY', 1_000_010, { by: 'LAST' }));
    sendTaken(ex, requestOf('mover'));
    expect(stateOf(ex, id)).toBe('FILLED 10/10');
  });

  it('under its own id, as market order at the prices of that moment', () => {
    const ex = exchangeWith();
    const id = sendTaken(ex, waitingOf('STOP', 'BUY', MIDDLE + 100));
    markAt(ex, MIDDLE + 300);
    const [order] = truthOf(ex, ACCOUNT).orders;
    expect(order?.report.venueOrderId).toBe(id);
    expect(order?.trades).toMatchObject([{ price: MIDDLE + 305, lots: 10, isMaker: false }]);
  });

  it('as a limit order that rests, with its margin from then on', () => {
    const ex = exchangeWith();
    const limit = priceTicks(MIDDLE + 90);
    const id = sendTaken(ex, waitingOf('STOP', 'BUY', MIDDLE + 100, { limit }));
    markAt(ex, MIDDLE + 100);
    expect(stateOf(ex, id)).toBe('NEW 0/10');
    expect(usedOf(ex)).toBe(usdt(((MIDDLE + 90) * 10) / 1e5 / 10));
    markAt(ex, MIDDLE + 80);
    expect(stateOf(ex, id)).toBe('FILLED 10/10');
    expect(truthOf(ex, ACCOUNT).orders[0]?.trades).toMatchObject([{ price: limit, isMaker: true }]);
  });

  it('and is told of as it is then', () => {
    const ex = exchangeWith();
    sendTaken(ex, waitingOf('STOP', 'BUY', MIDDLE + 100, { limit: priceTicks(MIDDLE + 90) }));
    drainFrames(ex, ACCOUNT);
    markAt(ex, MIDDLE + 100);
    const told = drainFrames(ex, ACCOUNT);
    expect(told).toMatchObject([{ kind: 'order', report: { status: 'NEW' }, trade: null }]);
    expect(told[0]?.kind === 'order' && told[0].order.triggeredAtMs).toBe(ex.nowMs);
  });

  it('only once', () => {
    const ex = exchangeWith();
    sendTaken(ex, waitingOf('STOP', 'BUY', MIDDLE + 100));
    for (const mark of [MIDDLE + 200, MIDDLE, MIDDLE + 200]) markAt(ex, mark);
    expect(positionOf(ex)).toBe(10);
  });
});

describe('a conditional order that closes', () => {
  function holding(quantity: number): Exchange {
    const ex = exchangeWith();
    sendTaken(ex, requestOf('opens', { quantity: lots(quantity) }));
    return ex;
  }
  const stopLoss = (changes: Partial<NewOrderRequest>): NewOrderRequest =>
    waitingOf('STOP', 'SELL', MIDDLE - 100, { reduceOnly: true, ...changes });

  it('is cut to what is held when it fires', () => {
    const ex = holding(20);
    const id = sendTaken(ex, stopLoss({ quantity: lots(20) }));
    sendTaken(ex, requestOf('part', { side: 'SELL', quantity: lots(13), reduceOnly: true }));
    markAt(ex, MIDDLE - 100);
    expect(stateOf(ex, id)).toBe('FILLED 7/7');
    expect(positionOf(ex)).toBe(0);
  });

  it('says at once how much it was cut to, where it then rests', () => {
    const ex = holding(4);
    const id = sendTaken(ex, stopLoss({ quantity: lots(20), limit: priceTicks(MIDDLE) }));
    markAt(ex, MIDDLE - 100);
    expect(stateOf(ex, id)).toBe('NEW 0/4');
  });

  it('closes whatever is held where it is told to close the position', () => {
    const ex = holding(20);
    const id = sendTaken(ex, stopLoss({ quantity: lots(0), closesPosition: true }));
    sendTaken(ex, requestOf('more', { quantity: lots(5) }));
    markAt(ex, MIDDLE - 100);
    expect(stateOf(ex, id)).toBe('FILLED 25/25');
    expect(legRowsAsOf(ex, ACCOUNT, ex.nowMs)).toEqual([]);
  });

  it('expires where nothing is held any more, or the other side', () => {
    for (const sold of [20, 30]) {
      const ex = holding(20);
      const id = sendTaken(ex, stopLoss({ quantity: lots(20) }));
      sendTaken(ex, requestOf('away', { side: 'SELL', quantity: lots(sold) }));
      markAt(ex, MIDDLE - 100);
      expect(stateOf(ex, id)).toMatch(/^EXPIRED 0/);
      expect(positionOf(ex)).toBe(20 - sold);
    }
  });

  it('waits on while the position that it belongs to comes and goes', () => {
    const ex = holding(20);
    const id = sendTaken(ex, stopLoss({ quantity: lots(20) }));
    sendTaken(ex, requestOf('away', { side: 'SELL', quantity: lots(20), reduceOnly: true }));
    expect(stateOf(ex, id)).toBe('NEW 0/20');
  });
});

describe('a conditional order that opens', () => {
  it('expires where the margin does not suffice when it fires', () => {
    const ex = exchangeWith();
    const id = sendTaken(ex, waitingOf('STOP', 'BUY', MIDDLE + 100, { quantity: lots(500) }));
    transfer(ex, ACCOUNT, usdt(-900), START_MS);
    markAt(ex, MIDDLE + 100);
    expect(stateOf(ex, id)).toBe('EXPIRED 0/500');
    expect(usedOf(ex)).toBe(0n);
  });

  it('goes before a later one, whose margin may be gone by then', () => {
    const ex = exchangeWith();
    const order = waitingOf('STOP', 'BUY', MIDDLE + 100, { quantity: lots(600) });
    const ids = [order, order].map((one) => sendTaken(ex, one));
    markAt(ex, MIDDLE + 100);
    expect(ids.map((id) => stateOf(ex, id))).toEqual(['FILLED 600/600', 'EXPIRED 0/600']);
  });
});
