// Orders as the model takes, matches, refuses and cancels them.

import { describe, expect, it } from 'vitest';
import {
  balance,
  cancelOrder,
  closeByHand,
  drainFrames,
  expireOrder,
  openAccount,
  queryOrder,
  setQuote,
  settleFunding,
  submitOrder,
  tradeAt,
  truthOf,
} from '../../../../src/adapters/venues/exchange/model/exchange.ts';
import type { Exchange } from '../../../../src/adapters/venues/exchange/model/state.ts';
import type { ClientOrderId, VenueOrderId } from '../../../../src/domain/ids.ts';
import { lots, ppm, priceTicks } from '../../../../src/domain/steps.ts';
import {
  ACCOUNT,
  BTC,
  codeOf,
  exchangeWith,
  FINE,
  fillsOf,
  limitOf,
  quoteAt,
  requestOf,
  START_MS,
  send,
  sendTaken,
  usdt,
} from './market.ts';

function orderTruth(ex: Exchange, venueOrderId: VenueOrderId) {
  const found = truthOf(ex, ACCOUNT).orders.find(({ report }) => report.venueOrderId === venueOrderId);
  if (found === undefined) throw new Error(`no order ${venueOrderId}`);
  return found;
}

function positionOf(ex: Exchange): number {
  return truthOf(ex, ACCOUNT).positions.reduce((sum, { position }) => sum + position, 0);
}

describe('a market order', () => {
  it('takes what the best level holds and slips with the rest', () => {
    const ex = exchangeWith({ slippageTicks: 5 });
    const id = sendTaken(ex, requestOf('a', { quantity: lots(130) }));
    const { report, trades } = orderTruth(ex, id);
    expect(trades.map(({ price, lots }) => [price, lots])).toEqual([
      [1_000_010, 100],
      [1_000_015, 30],
    ]);
    expect(report.status).toBe('FILLED');
    expect(report.filledQuote).toBe(usdt((1_000_010 * 100 + 1_000_015 * 30) / 1e5));
  });

  it('never shows its protective bound as a price', () => {
    const ex = exchangeWith({ quirks: { roundedAverage: true } });
    sendTaken(ex, requestOf('a'));
    for (const frame of drainFrames(ex, ACCOUNT)) {
      if (frame.kind !== 'order' || frame.report.filledLots === 0) continue;
      expect(frame.report.filledQuote).toBe(usdt((1_000_010 * 10) / 1e5));
    }
  });

  it('gives the position the time of the newest trade', () => {
    const ex = exchangeWith();
    for (const [id, atMs] of [
      ['a', START_MS + 5_000],
      ['b', START_MS + 9_000],
    ] as const) {
      submitOrder(ex, ACCOUNT, requestOf(id), atMs, atMs);
      expect(truthOf(ex, ACCOUNT).positions.map(({ venueAtMs }) => venueAtMs)).toEqual([atMs]);
    }
  });

  it('leaves less at the best level for the next one', () => {
    const ex = exchangeWith();
    sendTaken(ex, requestOf('a', { quantity: lots(100) }));
    const id = sendTaken(ex, requestOf('b'));
    expect(orderTruth(ex, id).trades.map(({ price }) => price)).toEqual([1_000_011]);
  });

  it('pays the taker rate for each trade', () => {
    const ex = exchangeWith();
    const id = sendTaken(ex, requestOf('a'));
    const quote = usdt((1_000_010 * 10) / 1e5);
    expect(orderTruth(ex, id).report.fee).toBe((quote * 500n) / 1_000_000n);
    expect(truthOf(ex, ACCOUNT).wallet).toBe(usdt(1_000) - (quote * 500n) / 1_000_000n);
  });
});

describe('a limit order', () => {
  it('rests where it reaches nobody, and tells of nothing but itself', () => {
    const ex = exchangeWith();
    const result = send(ex, limitOf('a', 999_990));
    expect(result.kind === 'ACK' && fillsOf(result.report)).toBe('NEW 0/10');
    expect(drainFrames(ex, ACCOUNT)).toHaveLength(1);
  });

  it('takes as far as its limit allows and rests with what is left', () => {
    const ex = exchangeWith({ slippageTicks: 5 });
    const result = send(ex, limitOf('a', 1_000_012, { quantity: lots(120) }));
    expect(result.kind === 'ACK' && fillsOf(result.report)).toBe('PARTIALLY_FILLED 100/120');
    expect(truthOf(ex, ACCOUNT).openOrders).toHaveLength(1);
  });

  it('fills whole at its own price, as maker, once the other side has passed it', () => {
    const ex = exchangeWith();
    const id = sendTaken(ex, limitOf('a', 999_990));
    setQuote(ex, BTC.symbol, quoteAt(999_950, 999_960), START_MS + 1);
    const { trades, report } = orderTruth(ex, id);
    expect(trades.map(({ price, lots, isMaker }) => [price, lots, isMaker])).toEqual([[999_990, 10, true]]);
    expect(report.isMaker).toBe(true);
    expect(report.fee).toBe(usdt((999_990 * 10 * 200) / 1e11));
  });

  it('waits where the other side only touches it', () => {
    const ex = exchangeWith();
    const id = sendTaken(ex, limitOf('a', 999_990));
    setQuote(ex, BTC.symbol, quoteAt(999_980, 999_990), START_MS + 1);
    expect(fillsOf(orderTruth(ex, id).report)).toBe('NEW 0/10');
  });

  it('stands behind the level it joins, and fills in parts from volume', () => {
    const ex = exchangeWith();
    const id = sendTaken(ex, limitOf('a', 1_000_000));
    tradeAt(ex, BTC.symbol, priceTicks(1_000_000), lots(97), START_MS + 1);
    expect(fillsOf(orderTruth(ex, id).report)).toBe('NEW 0/10');
    tradeAt(ex, BTC.symbol, priceTicks(1_000_000), lots(7), START_MS + 2);
    expect(fillsOf(orderTruth(ex, id).report)).toBe('PARTIALLY_FILLED 4/10');
    tradeAt(ex, BTC.symbol, priceTicks(1_000_000), lots(50), START_MS + 3);
    expect(fillsOf(orderTruth(ex, id).report)).toBe('FILLED 10/10');
  });

  it('has nobody ahead of it where it is better than the best, or where its level has gone', () => {
    const ex = exchangeWith();
    const better = sendTaken(ex, limitOf('a', 1_000_005));
    tradeAt(ex, BTC.symbol, priceTicks(1_000_005), lots(3), START_MS + 1);
    expect(fillsOf(orderTruth(ex, better).report)).toBe('PARTIALLY_FILLED 3/10');
    const left = sendTaken(ex, limitOf('b', 999_995));
    setQuote(ex, BTC.symbol, quoteAt(999_990, 1_000_006), START_MS + 2);
    tradeAt(ex, BTC.symbol, priceTicks(999_995), lots(20), START_MS + 3);
    expect(fillsOf(orderTruth(ex, left).report)).toBe('FILLED 10/10');
  });

  it('moves up where its level shrinks, and stays where it is when the level grows', () => {
    const ex = exchangeWith();
    const id = sendTaken(ex, limitOf('a', 1_000_000));
    setQuote(ex, BTC.symbol, quoteAt(1_000_000, 1_000_010, 5), START_MS + 1);
    setQuote(ex, BTC.symbol, quoteAt(1_000_000, 1_000_010, 80), START_MS + 2);
    tradeAt(ex, BTC.symbol, priceTicks(1_000_000), lots(8), START_MS + 3);
    expect(fillsOf(orderTruth(ex, id).report)).toBe('PARTIALLY_FILLED 3/10');
  });

  it('earns a rebate where the rate of makers is negative', () => {
    const ex = exchangeWith();
    const id = sendTaken(ex, limitOf('a', 50_005, { symbol: FINE.symbol, quantity: lots(100) }));
    tradeAt(ex, FINE.symbol, priceTicks(50_005), lots(100), START_MS + 1);
    // 100 × 0.00003 × 50,005 × 0.00007 = 0.01050105 USDT, of which 50 ppm are 52.5 units of 1e-8, and a little more.
    expect(orderTruth(ex, id).report).toMatchObject({ filledQuote: 1_050_105n, fee: -53n });
    expect(truthOf(ex, ACCOUNT).wallet).toBe(usdt(1_000) + 53n);
  });

  it('is neither maker nor taker where it was both', () => {
    const ex = exchangeWith({ slippageTicks: 5 });
    const id = sendTaken(ex, limitOf('a', 1_000_012, { quantity: lots(120) }));
    expect(orderTruth(ex, id).report.isMaker).toBe(false);
    tradeAt(ex, BTC.symbol, priceTicks(1_000_012), lots(20), START_MS + 1);
    expect(orderTruth(ex, id).report).toMatchObject({ status: 'FILLED', isMaker: null });
  });

  it('shares volume with earlier orders of its price first', () => {
    const ex = exchangeWith();
    const first = sendTaken(ex, limitOf('a', 1_000_005));
    const second = sendTaken(ex, limitOf('b', 1_000_005));
    tradeAt(ex, BTC.symbol, priceTicks(1_000_005), lots(12), START_MS + 1);
    expect(fillsOf(orderTruth(ex, first).report)).toBe('FILLED 10/10');
    expect(fillsOf(orderTruth(ex, second).report)).toBe('PARTIALLY_FILLED 2/10');
  });

  it('is rejected as post-only where it would take', () => {
    const ex = exchangeWith();
    expect(codeOf(send(ex, limitOf('a', 1_000_010, { postOnly: true })))).toBe('POST_ONLY_CROSSED');
    expect(truthOf(ex, ACCOUNT).orders).toEqual([]);
    expect(codeOf(send(ex, limitOf('a', 1_000_009, { postOnly: true })))).toBe('ACK');
  });
});

describe('an order is refused', () => {
  it('where it was signed outside the receive window, before or after', () => {
    const ex = exchangeWith();
    const sent = (signedAtMs: number) =>
      codeOf(submitOrder(ex, ACCOUNT, requestOf('a'), signedAtMs, START_MS));
    expect(sent(START_MS - 5_001)).toBe('CLOCK_SKEW');
    expect(sent(START_MS + 5_001)).toBe('CLOCK_SKEW');
    expect(sent(START_MS - 5_000)).toBe('ACK');
  });

  it('where its client id was used before, in whatever case, even by an order that has ended', () => {
    const ex = exchangeWith();
    sendTaken(ex, requestOf('abc'));
    expect(codeOf(send(ex, requestOf('ABC')))).toBe('CLIENT_ID_REUSED');
    sendTaken(ex, requestOf('DEF'));
    expect(codeOf(send(ex, requestOf('def')))).toBe('CLIENT_ID_REUSED');
  });

  it('but a refused order leaves its client id free', () => {
    const ex = exchangeWith();
    expect(codeOf(send(ex, requestOf('a', { quantity: lots(1) })))).toBe('MIN_SIZE');
    expect(codeOf(send(ex, requestOf('a')))).toBe('ACK');
  });

  it('below the minimum quantity or notional', () => {
    const ex = exchangeWith();
    expect(codeOf(send(ex, requestOf('a', { quantity: lots(1) })))).toBe('MIN_SIZE');
    setQuote(ex, BTC.symbol, quoteAt(90_000, 90_001), START_MS);
    expect(codeOf(send(ex, requestOf('a', { quantity: lots(2) })))).toBe('MIN_SIZE');
  });

  it('where the margin does not suffice, what resting orders hold included', () => {
    const ex = exchangeWith();
    expect(codeOf(send(ex, requestOf('a', { quantity: lots(1_000) })))).toBe('MARGIN');
    sendTaken(ex, limitOf('b', 999_000, { quantity: lots(600) }));
    expect(codeOf(send(ex, limitOf('c', 999_000, { quantity: lots(500) })))).toBe('MARGIN');
    sendTaken(ex, limitOf('d', 999_000, { quantity: lots(350) }));
  });

  it('but an order that closes what is held needs no margin, nor does a resting one that can only close', () => {
    const ex = exchangeWith();
    sendTaken(ex, requestOf('a', { quantity: lots(900) }));
    sendTaken(ex, limitOf('b', 1_000_500, { side: 'SELL', quantity: lots(900), reduceOnly: true }));
    sendTaken(ex, limitOf('c', 999_000, { quantity: lots(50) }));
    expect(codeOf(send(ex, limitOf('d', 999_000, { quantity: lots(50) })))).toBe('MARGIN');
    expect(codeOf(send(ex, requestOf('e', { side: 'SELL', quantity: lots(900) })))).toBe('ACK');
  });

  it('where open losses leave too little margin', () => {
    const ex = exchangeWith();
    sendTaken(ex, requestOf('a', { quantity: lots(400) }));
    setQuote(ex, BTC.symbol, quoteAt(930_000, 930_010), START_MS);
    expect(codeOf(send(ex, limitOf('b', 920_000, { quantity: lots(400) })))).toBe('MARGIN');
    setQuote(ex, BTC.symbol, quoteAt(1_000_000, 1_000_010), START_MS);
    expect(codeOf(send(ex, limitOf('b', 920_000, { quantity: lots(400) })))).toBe('ACK');
  });

  it('where only an open profit would make the margin suffice', () => {
    const ex = exchangeWith();
    sendTaken(ex, requestOf('a', { quantity: lots(400) }));
    setQuote(ex, BTC.symbol, quoteAt(1_090_000, 1_090_010), START_MS);
    expect(codeOf(send(ex, limitOf('b', 1_000_000, { quantity: lots(650) })))).toBe('MARGIN');
  });

  it('outside the band around the mark', () => {
    const ex = exchangeWith();
    expect(codeOf(send(ex, limitOf('a', 899_000)))).toBe('PRICE_BAND');
    expect(codeOf(send(ex, limitOf('a', 1_101_000, { side: 'SELL' })))).toBe('PRICE_BAND');
    expect(codeOf(send(ex, limitOf('a', 901_000)))).toBe('ACK');
  });

  it('above the leverage of the instrument or below one, without a price where it needs one, and for an unknown symbol', () => {
    const ex = exchangeWith();
    expect(codeOf(send(ex, requestOf('a', { leverage: 51 })))).toBe('OTHER');
    expect(codeOf(send(ex, requestOf('a', { leverage: 0 })))).toBe('OTHER');
    expect(codeOf(send(ex, requestOf('a', { type: 'LIMIT' })))).toBe('OTHER');
    expect(codeOf(send(ex, requestOf('a', { symbol: 'NO-USDT' as typeof BTC.symbol })))).toBe(
      'SYMBOL_CLOSED',
    );
  });

  it('while funding settles', () => {
    const ex = exchangeWith({ fundingWindowMs: 3_000 });
    settleFunding(ex, BTC.symbol, ppm(100), START_MS);
    expect(codeOf(send(ex, requestOf('a')))).toBe('FUNDING_WINDOW');
    expect(codeOf(submitOrder(ex, ACCOUNT, requestOf('a'), START_MS + 3_000, START_MS + 3_000))).toBe('ACK');
  });
});

describe('a reduce-only order', () => {
  const closing = { side: 'SELL', reduceOnly: true } as const;

  it('is refused where nothing is held, or where it would add', () => {
    const ex = exchangeWith();
    expect(codeOf(send(ex, requestOf('a', closing)))).toBe('NO_POSITION');
    sendTaken(ex, requestOf('b'));
    expect(codeOf(send(ex, requestOf('c', { reduceOnly: true })))).toBe('REDUCE_ONLY');
  });

  it('is refused where it closes nothing', () => {
    const ex = exchangeWith();
    sendTaken(ex, requestOf('a'));
    expect(codeOf(send(ex, requestOf('b', { side: 'SELL', quantity: lots(0), reduceOnly: true })))).toBe(
      'MIN_SIZE',
    );
  });

  it('leaves what is still held at the leverage that it was opened with', () => {
    const ex = exchangeWith();
    sendTaken(ex, requestOf('a', { quantity: lots(20), leverage: 10 }));
    const { usedMargin } = balance(ex, ACCOUNT, START_MS);
    sendTaken(ex, requestOf('b', { side: 'SELL', quantity: lots(10), reduceOnly: true, leverage: 1 }));
    expect(balance(ex, ACCOUNT, START_MS).usedMargin).toBe((usedMargin ?? 0n) / 2n);
  });

  it('is cut to what is held, of whatever size that is', () => {
    const ex = exchangeWith();
    sendTaken(ex, requestOf('a', { quantity: lots(3) }));
    const first = send(ex, requestOf('b', { ...closing, quantity: lots(2) }));
    expect(first.kind === 'ACK' && fillsOf(first.report)).toBe('FILLED 2/2');
    const second = send(ex, requestOf('c', { ...closing, quantity: lots(50) }));
    expect(second.kind === 'ACK' && fillsOf(second.report)).toBe('FILLED 1/1');
    expect(positionOf(ex)).toBe(0);
  });

  it('is refused where it is too large, under that quirk', () => {
    const ex = exchangeWith({ quirks: { reduceOnlyRejectsOversize: true } });
    sendTaken(ex, requestOf('a'));
    expect(codeOf(send(ex, requestOf('b', { ...closing, quantity: lots(11) })))).toBe('REDUCE_ONLY');
    expect(codeOf(send(ex, requestOf('b', closing)))).toBe('ACK');
  });

  it('never turns a position that shrank while it rested, and ends when nothing is held', () => {
    const ex = exchangeWith();
    sendTaken(ex, requestOf('a'));
    const resting = sendTaken(ex, limitOf('b', 1_000_500, closing));
    sendTaken(ex, requestOf('c', { ...closing, quantity: lots(4) }));
    setQuote(ex, BTC.symbol, quoteAt(1_000_600, 1_000_610), START_MS);
    expect(fillsOf(orderTruth(ex, resting).report)).toBe('CANCELED 6/10');
    expect(positionOf(ex)).toBe(0);
  });

  it('stays canceled where the quote that ends it passes it as well, whatever is opened meanwhile', () => {
    const ex = exchangeWith();
    sendTaken(ex, requestOf('a'));
    sendTaken(ex, limitOf('b', 1_000_001, closing));
    const entry = sendTaken(ex, limitOf('c', 1_000_009));
    const second = sendTaken(ex, limitOf('d', 1_000_002, closing));
    setQuote(ex, BTC.symbol, quoteAt(1_000_005, 1_000_006), START_MS);
    expect(fillsOf(orderTruth(ex, entry).report)).toBe('FILLED 10/10');
    expect(fillsOf(orderTruth(ex, second).report)).toBe('CANCELED 0/10');
    expect(positionOf(ex)).toBe(10);
  });

  it('is canceled when another order closes the position', () => {
    const ex = exchangeWith();
    sendTaken(ex, requestOf('a'));
    const resting = sendTaken(ex, limitOf('b', 1_000_500, closing));
    closeByHand(ex, ACCOUNT, BTC.symbol, START_MS);
    expect(fillsOf(orderTruth(ex, resting).report)).toBe('CANCELED 0/10');
  });
});

describe('hedge mode', () => {
  it('holds a long and a short of one symbol, and closes the leg that a reduce-only side stands for', () => {
    const ex = exchangeWith({ positionMode: 'hedge' });
    sendTaken(ex, requestOf('a'));
    sendTaken(ex, requestOf('b', { side: 'SELL', quantity: lots(7) }));
    expect(truthOf(ex, ACCOUNT).positions.map(({ position }) => position)).toEqual([10, -7]);
    sendTaken(ex, requestOf('c', { side: 'BUY', reduceOnly: true, quantity: lots(20) }));
    expect(truthOf(ex, ACCOUNT).positions.map(({ position }) => position)).toEqual([10]);
    expect(codeOf(send(ex, requestOf('d', { side: 'BUY', reduceOnly: true })))).toBe('NO_POSITION');
  });
});

describe('a cancel', () => {
  it('ends an order by either of its names', () => {
    const ex = exchangeWith();
    const id = sendTaken(ex, limitOf('a', 999_990));
    sendTaken(ex, limitOf('b', 999_990));
    const byVenue = cancelOrder(ex, ACCOUNT, { venueOrderId: id }, START_MS);
    expect(byVenue.kind === 'ACK' && fillsOf(byVenue.report)).toBe('CANCELED 0/10');
    expect(codeOf(cancelOrder(ex, ACCOUNT, { clientOrderId: 'B' as ClientOrderId }, START_MS))).toBe('ACK');
    expect(truthOf(ex, ACCOUNT).openOrders).toEqual([]);
  });

  it('is refused for an order that has ended or never was', () => {
    const ex = exchangeWith();
    sendTaken(ex, requestOf('a'));
    const a = 'a' as ClientOrderId;
    expect(codeOf(cancelOrder(ex, ACCOUNT, { clientOrderId: a }, START_MS))).toBe('ORDER_FINAL');
    const no = 'no' as ClientOrderId;
    expect(codeOf(cancelOrder(ex, ACCOUNT, { clientOrderId: no }, START_MS))).toBe('ORDER_UNKNOWN');
  });

  it('frees the margin that the order held', () => {
    const ex = exchangeWith();
    sendTaken(ex, limitOf('a', 999_000, { quantity: lots(900) }));
    expect(codeOf(send(ex, limitOf('b', 999_000, { quantity: lots(900) })))).toBe('MARGIN');
    cancelOrder(ex, ACCOUNT, { clientOrderId: 'a' as ClientOrderId }, START_MS);
    expect(codeOf(send(ex, limitOf('b', 999_000, { quantity: lots(900) })))).toBe('ACK');
  });
});

describe('accounts', () => {
  it('know nothing of the orders of each other', () => {
    const ex = exchangeWith();
    openAccount(ex, 'other', usdt(1_000), START_MS);
    submitOrder(ex, 'other', requestOf('a'), START_MS, START_MS);
    expect(truthOf(ex, ACCOUNT).orders).toEqual([]);
    expect(queryOrder(ex, ACCOUNT, { clientOrderId: 'a' as ClientOrderId }, START_MS).kind).toBe('NOT_FOUND');
    expect(codeOf(send(ex, requestOf('a')))).toBe('ACK');
  });
});

describe('an id of the venue', () => {
  it('is a decimal above 2^53, and grows', () => {
    const ex = exchangeWith();
    const [first, second] = [sendTaken(ex, requestOf('a')), sendTaken(ex, requestOf('b'))];
    expect(BigInt(first)).toBeGreaterThan(2n ** 53n);
    expect(BigInt(second)).toBeGreaterThan(BigInt(first));
    expect((BigInt(first) >> 22n) + 1_288_834_974_657n).toBe(BigInt(START_MS));
  });
});

describe('an order that expires', () => {
  it('says so, once', () => {
    const ex = exchangeWith();
    const id = sendTaken(ex, limitOf('a', 999_990));
    expireOrder(ex, ACCOUNT, id, START_MS);
    expireOrder(ex, ACCOUNT, id, START_MS);
    expect(orderTruth(ex, id).report.status).toBe('EXPIRED');
    expect(drainFrames(ex, ACCOUNT)).toHaveLength(2);
  });
});
