// What each view of an account shows, how it lags, and what the quirks make of it.

import { describe, expect, it } from 'vitest';
import {
  balance,
  cancelOrder,
  drainFrames,
  income,
  openOrders,
  ordersTradedSince,
  positions,
  queryOrder,
  setQuote,
  submitOrder,
  tradeAt,
  truthOf,
} from '../../../../src/adapters/venues/exchange/model/exchange.ts';
import type { Exchange } from '../../../../src/adapters/venues/exchange/model/state.ts';
import type { ClientOrderId, VenueOrderId } from '../../../../src/domain/ids.ts';
import { lots, priceTicks } from '../../../../src/domain/steps.ts';
import type { OrderReport } from '../../../../src/domain/venue.ts';
import {
  ACCOUNT,
  BTC,
  exchangeWith,
  fillsOf,
  limitOf,
  quoteAt,
  requestOf,
  START_MS,
  sendTaken,
  usdt,
} from './market.ts';

function queried(ex: Exchange, venueOrderId: VenueOrderId, asOfMs: number): OrderReport | null {
  const result = queryOrder(ex, ACCOUNT, { venueOrderId }, asOfMs);
  return result.kind === 'FOUND' ? result.report : null;
}

function orderFrames(ex: Exchange): readonly OrderReport[] {
  return drainFrames(ex, ACCOUNT).flatMap((frame) => (frame.kind === 'order' ? [frame.report] : []));
}

/** Buys ten lots with a resting order: four a second after the start, six after two seconds. */
function boughtInParts(ex: Exchange): VenueOrderId {
  const id = sendTaken(ex, limitOf('a', 1_000_005));
  tradeAt(ex, BTC.symbol, priceTicks(1_000_005), lots(4), START_MS + 1_000);
  tradeAt(ex, BTC.symbol, priceTicks(1_000_005), lots(6), START_MS + 2_000);
  return id;
}

describe('a view that lags', () => {
  it('shows an order as it was at its moment', () => {
    const ex = exchangeWith();
    const id = boughtInParts(ex);
    expect(queried(ex, id, START_MS - 1)).toBeNull();
    expect(fillsOf(queried(ex, id, START_MS))).toBe('NEW 0/10');
    expect(fillsOf(queried(ex, id, START_MS + 1_999))).toBe('PARTIALLY_FILLED 4/10');
    expect(fillsOf(queried(ex, id, START_MS + 2_000))).toBe('FILLED 10/10');
  });

  it('still lists an order as open that has ended since', () => {
    const ex = exchangeWith();
    boughtInParts(ex);
    expect(openOrders(ex, ACCOUNT, START_MS + 1_500).map(fillsOf)).toEqual(['PARTIALLY_FILLED 4/10']);
    expect(openOrders(ex, ACCOUNT, START_MS + 2_000)).toEqual([]);
  });

  it('shows positions, balance, fills and the account book each at its own moment', () => {
    const ex = exchangeWith();
    boughtInParts(ex);
    const at = (ms: number) => [
      positions(ex, ACCOUNT, START_MS + ms).map(({ position }) => position),
      ordersTradedSince(ex, ACCOUNT, START_MS, START_MS + ms).map(fillsOf),
      income(ex, ACCOUNT, START_MS, START_MS + ms).length,
    ];
    expect(at(0)).toEqual([[], [], 0]);
    expect(at(1_000)).toEqual([[4], ['PARTIALLY_FILLED 4/10'], 1]);
    expect(at(2_000)).toEqual([[10], ['FILLED 10/10'], 2]);
    expect(balance(ex, ACCOUNT, START_MS).wallet).toBe(usdt(1_000));
    expect(balance(ex, ACCOUNT, START_MS + 2_000).wallet).toBe(truthOf(ex, ACCOUNT).wallet);
  });

  it('shows the margin of an order while it rests, and not after it', () => {
    const ex = exchangeWith();
    sendTaken(ex, limitOf('a', 999_000));
    cancelOrder(ex, ACCOUNT, { clientOrderId: 'a' as ClientOrderId }, START_MS + 5);
    expect(balance(ex, ACCOUNT, START_MS + 4).usedMargin).toBe(usdt((999_000 * 10) / 1e6));
    expect(balance(ex, ACCOUNT, START_MS + 5).usedMargin).toBe(0n);
  });

  it('lags by two minutes at most, and keeps what still holds from longer ago', () => {
    const ex = exchangeWith();
    const id = boughtInParts(ex);
    setQuote(ex, BTC.symbol, quoteAt(1_000_000, 1_000_010), START_MS + 500_000);
    expect(fillsOf(queried(ex, id, START_MS))).toBe('FILLED 10/10');
    expect(positions(ex, ACCOUNT, START_MS).map(({ position }) => position)).toEqual([10]);
  });

  it('forgets orders that ended long ago from the open ones, and finds them by id', () => {
    const ex = exchangeWith();
    const id = boughtInParts(ex);
    for (let n = 0; n < 200; n += 1) {
      const nowMs = START_MS + 10_000 + n * 2_000;
      submitOrder(ex, ACCOUNT, limitOf(`x${n}`, 999_000), nowMs, nowMs);
      cancelOrder(ex, ACCOUNT, { clientOrderId: `x${n}` as ClientOrderId }, nowMs);
    }
    expect(ex.accounts.get(ACCOUNT)?.recent.length).toBeLessThan(150);
    const nowMs = ex.nowMs;
    submitOrder(ex, ACCOUNT, limitOf('late', 999_000), nowMs, nowMs);
    setQuote(ex, BTC.symbol, quoteAt(1_000_000, 1_000_010), nowMs + 1_000);
    cancelOrder(ex, ACCOUNT, { clientOrderId: 'late' as ClientOrderId }, nowMs + 1_000);
    for (let n = 0; n < 100; n += 1) {
      submitOrder(ex, ACCOUNT, limitOf(`y${n}`, 999_000), ex.nowMs, ex.nowMs);
      cancelOrder(ex, ACCOUNT, { clientOrderId: `y${n}` as ClientOrderId }, ex.nowMs);
    }
    expect(openOrders(ex, ACCOUNT, nowMs).map(({ clientOrderId }) => clientOrderId)).toEqual(['late']);
    expect(fillsOf(queried(ex, id, ex.nowMs))).toBe('FILLED 10/10');
  });
});

describe('the list of fills', () => {
  it('has each order once, with all its fills, from the first trade in time', () => {
    const ex = exchangeWith();
    boughtInParts(ex);
    const since = (ms: number) =>
      ordersTradedSince(ex, ACCOUNT, START_MS + ms, START_MS + 2_000).map(fillsOf);
    expect(since(0)).toEqual(['FILLED 10/10']);
    expect(since(2_000)).toEqual(['FILLED 10/10']);
    expect(since(2_001)).toEqual([]);
  });

  it('is exact whatever the quirks', () => {
    const quirks = { roundedAverage: true, roundedAverageOnQueries: true, canceledZeroFirst: true };
    const ex = exchangeWith({ quirks });
    sendTaken(ex, limitOf('a', 1_000_005));
    tradeAt(ex, BTC.symbol, priceTicks(1_000_005), lots(4), START_MS + 1);
    cancelOrder(ex, ACCOUNT, { clientOrderId: 'a' as ClientOrderId }, START_MS + 2);
    const [row] = ordersTradedSince(ex, ACCOUNT, START_MS, START_MS + 2);
    expect(row?.filledQuote).toBe(usdt((1_000_005 * 4) / 1e5));
    expect(row?.isQuoteExact).toBe(true);
  });
});

describe('the stream', () => {
  it('pushes the order before the balance, and says nothing of makers', () => {
    const ex = exchangeWith();
    sendTaken(ex, requestOf('a'));
    const frames = drainFrames(ex, ACCOUNT);
    expect(frames.map(({ kind }) => kind)).toEqual(['order', 'order', 'balance']);
    expect(frames.flatMap((frame) => (frame.kind === 'order' ? [frame.report.isMaker] : []))).toEqual([
      null,
      null,
    ]);
    expect(drainFrames(ex, ACCOUNT)).toEqual([]);
  });

  it('gives each frame the sum of all fills so far', () => {
    const ex = exchangeWith();
    boughtInParts(ex);
    expect(orderFrames(ex).map(fillsOf)).toEqual(['NEW 0/10', 'PARTIALLY_FILLED 4/10', 'FILLED 10/10']);
  });
});

describe('a quirk', () => {
  it('takes the client id from frames, and from nothing else', () => {
    const ex = exchangeWith({ quirks: { emptyClientIdOnStream: true } });
    const id = sendTaken(ex, requestOf('a'));
    expect(orderFrames(ex).every(({ clientOrderId }) => clientOrderId === null)).toBe(true);
    expect(queried(ex, id, START_MS)?.clientOrderId).toBe('a');
  });

  it('rounds the average of frames and answers to the tick, and says that it is not exact', () => {
    const ex = exchangeWith({ slippageTicks: 5, quirks: { roundedAverage: true } });
    const result = submitOrder(ex, ACCOUNT, requestOf('a', { quantity: lots(130) }), START_MS, START_MS);
    const filled = orderFrames(ex).at(-1);
    const rounded = usdt((1_000_011 * 130) / 1e5);
    expect(filled).toMatchObject({ filledQuote: rounded, isQuoteExact: false });
    expect(result).toMatchObject({ report: { filledQuote: rounded, isQuoteExact: false } });
    expect(truthOf(ex, ACCOUNT).orders[0]?.report.filledQuote).not.toBe(rounded);
  });

  it('rounds queries by a switch of their own', () => {
    const ex = exchangeWith({ slippageTicks: 5, quirks: { roundedAverageOnQueries: true } });
    const id = sendTaken(ex, requestOf('a', { quantity: lots(130) }));
    expect(queried(ex, id, START_MS)?.isQuoteExact).toBe(false);
    expect(orderFrames(ex).every(({ isQuoteExact }) => isQuoteExact)).toBe(true);
  });

  it('takes the fee from frames and answers, and leaves it in queries', () => {
    const ex = exchangeWith({ quirks: { feeMissingOnStream: true } });
    const id = sendTaken(ex, requestOf('a'));
    expect(orderFrames(ex).every(({ fee }) => fee === null)).toBe(true);
    expect(queried(ex, id, START_MS)?.fee).toBeGreaterThan(0n);
  });

  it('accepts a post-only order that would take, and cancels it at once', () => {
    const ex = exchangeWith({ quirks: { postOnlyCancelsInsteadOfReject: true } });
    const request = limitOf('a', 1_000_010, { postOnly: true });
    const result = submitOrder(ex, ACCOUNT, request, START_MS, START_MS);
    expect(result.kind === 'ACK' && fillsOf(result.report)).toBe('NEW 0/10');
    expect(orderFrames(ex).map(fillsOf)).toEqual(['NEW 0/10', 'CANCELED 0/10']);
    expect(truthOf(ex, ACCOUNT).positions).toEqual([]);
  });

  it('hides the fills of a canceled order until its row is corrected', () => {
    const ex = exchangeWith({ quirks: { canceledZeroFirst: true }, correctionMs: 2_000 });
    const id = sendTaken(ex, limitOf('a', 1_000_005));
    tradeAt(ex, BTC.symbol, priceTicks(1_000_005), lots(4), START_MS + 1);
    const canceled = cancelOrder(ex, ACCOUNT, { venueOrderId: id }, START_MS + 2);
    expect(canceled.kind === 'ACK' && fillsOf(canceled.report)).toBe('CANCELED 0/10');
    expect(orderFrames(ex).map(fillsOf).at(-1)).toBe('CANCELED 0/10');
    expect(fillsOf(queried(ex, id, START_MS + 2))).toBe('CANCELED 0/10');
    setQuote(ex, BTC.symbol, quoteAt(1_000_000, 1_000_010), START_MS + 2_002);
    expect(fillsOf(queried(ex, id, START_MS + 2_001))).toBe('CANCELED 0/10');
    expect(fillsOf(queried(ex, id, START_MS + 2_002))).toBe('CANCELED 4/10');
    expect(fillsOf(truthOf(ex, ACCOUNT).orders[0]?.report)).toBe('CANCELED 4/10');
  });

  it('leaves the wallet out of balance frames, and in the balance', () => {
    const ex = exchangeWith({ quirks: { marginOnlyBalanceFrames: true } });
    sendTaken(ex, requestOf('a'));
    const [pushed] = drainFrames(ex, ACCOUNT).filter(({ kind }) => kind === 'balance');
    expect(pushed?.kind === 'balance' && pushed.report.wallet).toBeNull();
    expect(pushed?.kind === 'balance' && pushed.report.usedMargin).toBeGreaterThan(0n);
    expect(balance(ex, ACCOUNT, START_MS).wallet).toBe(truthOf(ex, ACCOUNT).wallet);
  });

  it('takes fees in another asset, away from the wallet and the account book', () => {
    const ex = exchangeWith({ quirks: { feeAssetOther: true } });
    const id = sendTaken(ex, requestOf('a'));
    expect(queried(ex, id, START_MS)?.feeAsset).not.toBeNull();
    expect(truthOf(ex, ACCOUNT).wallet).toBe(usdt(1_000));
    expect(income(ex, ACCOUNT, START_MS, START_MS)).toEqual([]);
  });
});
