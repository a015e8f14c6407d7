// How an account of the model is set up: the mode of its positions and the leverage of its symbols, and what of both can be changed when.

import { describe, expect, it } from 'vitest';
import { leverageOf } from '../../../../src/adapters/venues/exchange/model/account-settings.ts';
import {
  balance,
  cancelAllOrders,
  closeByHand,
  openAccount,
  setLeverage,
  setPositionMode,
  setQuirks,
  setQuote,
  submitOrder,
  transfer,
  truthOf,
} from '../../../../src/adapters/venues/exchange/model/exchange.ts';
import { HONEST } from '../../../../src/adapters/venues/exchange/model/quirks.ts';
import { accountOf, type Exchange } from '../../../../src/adapters/venues/exchange/model/state.ts';
import { lots } from '../../../../src/domain/steps.ts';
import type { Rejected } from '../../../../src/domain/venue.ts';
import {
  ACCOUNT,
  BTC,
  exchangeWith,
  FINE,
  limitOf,
  quoteAt,
  requestOf,
  START_MS,
  send,
  sendTaken,
  usdt,
  waitingOf,
} from './market.ts';

type Side = 'LONG' | 'SHORT' | 'BOTH';

function setTo(ex: Exchange, leverage: number, side: Side = 'BOTH'): Rejected | null {
  return setLeverage(ex, ACCOUNT, BTC.symbol, side, leverage, ex.nowMs);
}

function codeIn(refused: Rejected | null): string | null {
  return refused === null ? null : refused.text.slice(0, 6);
}

function usedOf(ex: Exchange): bigint | null {
  return balance(ex, ACCOUNT, ex.nowMs).usedMargin;
}

function leverageNow(ex: Exchange): { long: number; short: number } {
  return leverageOf(accountOf(ex, ACCOUNT), BTC.symbol);
}

/** What ten lots cost at the ask. */
const TEN = 100.001;

describe('the mode of positions', () => {
  it('is of an account, and changed while that is flat and wants nothing', () => {
    const ex = exchangeWith();
    openAccount(ex, 'other', usdt(1_000), START_MS);
    expect(setPositionMode(ex, ACCOUNT, 'hedge', ex.nowMs)).toBeNull();
    for (const [n, side] of (['BUY', 'SELL'] as const).entries())
      for (const account of [ACCOUNT, 'other'])
        submitOrder(ex, account, requestOf(`c${n}`, { side }), ex.nowMs, ex.nowMs);
    const held = (account: string) => truthOf(ex, account).positions.map(({ position }) => position);
    expect([held(ACCOUNT), held('other')]).toEqual([[10, -10], []]);
  });

  it('is refused while something is held, rests or waits, unless it is what it was', () => {
    const wants = [requestOf('held'), limitOf('rests', 999_000), waitingOf('STOP', 'BUY', 1_000_500)];
    for (const order of wants) {
      const ex = exchangeWith();
      sendTaken(ex, order);
      expect(codeIn(setPositionMode(ex, ACCOUNT, 'hedge', ex.nowMs))).toBe('104103');
      expect(setPositionMode(ex, ACCOUNT, 'one_way', ex.nowMs)).toBeNull();
      cancelAllOrders(ex, ACCOUNT, null, ex.nowMs);
      closeByHand(ex, ACCOUNT, BTC.symbol, ex.nowMs);
      expect(setPositionMode(ex, ACCOUNT, 'hedge', ex.nowMs)).toBeNull();
    }
  });
});

describe('leverage', () => {
  it('is twenty before anybody set it', () => {
    expect(leverageNow(exchangeWith())).toEqual({ long: 20, short: 20 });
  });

  it('is one of both sides in one-way mode, and one of each in hedge mode', () => {
    const ex = exchangeWith();
    expect(setTo(ex, 7)).toBeNull();
    expect(leverageNow(ex)).toEqual({ long: 7, short: 7 });
    setPositionMode(ex, ACCOUNT, 'hedge', ex.nowMs);
    expect(setTo(ex, 30, 'SHORT')).toBeNull();
    expect(leverageNow(ex)).toEqual({ long: 7, short: 30 });
  });

  it('is refused for a side that the mode does not have', () => {
    const ex = exchangeWith();
    expect(codeIn(setTo(ex, 7, 'LONG'))).toBe('109400');
    setPositionMode(ex, ACCOUNT, 'hedge', ex.nowMs);
    expect(codeIn(setTo(ex, 7, 'BOTH'))).toBe('109400');
    expect(leverageNow(ex)).toEqual({ long: 20, short: 20 });
  });

  it('is whole, at least one, and no more than the instrument allows', () => {
    const ex = exchangeWith();
    const refused = [0, -1, 1.5, 51, Number.NaN].map((leverage) => codeIn(setTo(ex, leverage)));
    expect(refused).toEqual(['101414', '101414', '101414', '101414', '101414']);
    expect(setTo(ex, 50)).toBeNull();
  });

  it('moves the margin of what is held, rests and is only of that symbol', () => {
    const ex = exchangeWith();
    sendTaken(ex, requestOf('held'));
    sendTaken(ex, limitOf('rests', 999_000));
    const of = (leverage: number) => usdt(TEN / leverage) + usdt(99.9 / leverage);
    expect(usedOf(ex)).toBe(of(10));
    expect(setTo(ex, 5)).toBeNull();
    expect(usedOf(ex)).toBe(of(5));
    setLeverage(ex, ACCOUNT, FINE.symbol, 'BOTH', 2, ex.nowMs);
    expect(usedOf(ex)).toBe(of(5));
  });

  it('is refused where the margin does not suffice, and then stays as it was', () => {
    const ex = exchangeWith();
    sendTaken(ex, requestOf('held', { quantity: lots(500) }));
    expect(codeIn(setTo(ex, 2))).toBe('101204');
    expect(leverageNow(ex)).toEqual({ long: 20, short: 20 });
    // The order was of another leverage than the account: a refused change leaves that alone as well.
    expect(usedOf(ex)).toBe(usdt(500.0054));
  });

  it('can be raised by an account that is short of margin', () => {
    const ex = exchangeWith();
    sendTaken(ex, requestOf('held', { quantity: lots(500) }));
    setTo(ex, 10);
    transfer(ex, ACCOUNT, usdt(-600), ex.nowMs);
    expect(setTo(ex, 11)).toBeNull();
  });

  it('never moves profit', () => {
    const wallets = [1, 50].map((leverage) => {
      const ex = exchangeWith();
      setTo(ex, leverage);
      sendTaken(ex, requestOf('in', { leverage }));
      setQuote(ex, BTC.symbol, quoteAt(1_010_000, 1_010_010), ex.nowMs);
      closeByHand(ex, ACCOUNT, BTC.symbol, ex.nowMs);
      return truthOf(ex, ACCOUNT).wallet;
    });
    expect(wallets[0]).toBe(wallets[1]);
  });
});

describe('the quirks of a running exchange', () => {
  it('hold for what is said from then on', () => {
    const ex = exchangeWith();
    setQuirks(ex, { ...HONEST, feeMissingOnStream: true });
    const taken = send(ex, requestOf('a'));
    expect(taken.kind === 'ACK' && taken.report?.fee).toBeNull();
    setQuirks(ex, HONEST);
    const next = send(ex, requestOf('b'));
    expect(next.kind === 'ACK' && next.report?.fee).toBe(usdt(0.0500005));
  });
});
