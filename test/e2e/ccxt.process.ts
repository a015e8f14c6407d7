// The real ccxt trades at the local exchange: what it reports over REST is what the exchange's own ledger holds.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemTimers } from '../../src/adapters/system-timers.ts';
import { moveMarket } from '../../src/adapters/venues/exchange/feed/move-market.ts';
import { listedInstrument } from '../../src/adapters/venues/exchange/listed-instruments.ts';
import { type LocalExchange, startLocalExchange } from '../../src/adapters/venues/exchange/local-exchange.ts';
import { truthOf } from '../../src/adapters/venues/exchange/model/exchange.ts';
import type { Lots, PriceTicks } from '../../src/domain/steps.ts';
import { type Ccxt, type CcxtOrder, ccxtAt } from './ccxt-client.ts';

const BTC = 'BTC/USDT:USDT';
const KEY = { apiKey: 'test-key', secret: 'test-secret', accountId: 'own' };
const ACCOUNT = KEY.accountId;

/** Money of the ledger as ccxt shows it. */
const amount = (units: bigint): number => Number(units) / 1e8;

let exchange: LocalExchange;
let client: Ccxt;

/** Moves BTC to a bid in tenths, the ask one tick above it. */
function quote(bid: number, size = 20_000): void {
  const [bidLots, askLots] = [size as Lots, size as Lots];
  moveMarket(exchange.world, 'BTC-USDT', {
    bid: bid as PriceTicks,
    ask: (bid + 1) as PriceTicks,
    mark: bid as PriceTicks,
    bidLots,
    askLots,
  });
}

function tradeAt(price: number, lots: number): void {
  const known = exchange.world.model.markets.get('BTC-USDT')?.quote;
  if (known == null) throw new Error('no quote yet');
  moveMarket(exchange.world, 'BTC-USDT', known, {
    price: price as PriceTicks,
    lots: lots as Lots,
    isBuyerMaker: true,
  });
}

const truth = (): ReturnType<typeof truthOf> => truthOf(exchange.world.model, ACCOUNT);

beforeEach(async () => {
  const instruments = ['BTC-USDT', 'ETH-USDT'].flatMap(
    (symbol) => listedInstrument(symbol, null)?.instrument ?? [],
  );
  exchange = await startLocalExchange({
    port: 0,
    instruments,
    keys: [KEY],
    timers: systemTimers(),
    seed: 1,
    wire: { filledTmLies: false },
  });
  quote(500_000);
  client = await ccxtAt({ ...exchange, ...KEY });
  await client.loadMarkets();
});

afterEach(async () => {
  await client.close();
  await exchange.close();
});

describe('ccxt reads the market', () => {
  it('with its contracts, steps and fees', async () => {
    const market = (await client.loadMarkets())[BTC];
    expect(market).toMatchObject({ id: 'BTC-USDT', maker: 0.0002, taker: 0.0005 });
    expect(market?.precision).toMatchObject({ amount: 0.0001, price: 0.1 });
    expect(market?.limits).toMatchObject({ amount: { min: 0.0001 }, cost: { min: 2 } });
  });

  it('with its prices, bars, book, trades, funding and time', async () => {
    tradeAt(500_001, 30);
    expect(await client.fetchTicker(BTC)).toMatchObject({ bid: 50_000, ask: 50_000.1, last: 50_000.1 });
    const book = await client.fetchOrderBook(BTC, 5);
    expect([book.bids[0], book.asks[0]]).toEqual([
      [50_000, 2],
      [50_000.1, 2],
    ]);
    const bars = await client.fetchOHLCV(BTC, '1m', undefined, 5);
    expect(bars.at(-1)?.slice(1, 5)).toEqual([50_000, 50_000.1, 50_000, 50_000.1]);
    expect(await client.fetchTrades(BTC, undefined, 5)).toMatchObject([{ price: 50_000.1, amount: 0.003 }]);
    expect(await client.fetchFundingRate(BTC)).toMatchObject({ fundingRate: 0.0001, markPrice: 50_000 });
    expect(Math.abs((await client.fetchTime()) - Date.now())).toBeLessThan(5_000);
    expect(await client.fetchTradingFee(BTC)).toMatchObject({ maker: 0.0002, taker: 0.0005 });
    expect((await client.fetchMarketLeverageTiers(BTC))[0]?.maintenanceMarginRate).toBeCloseTo(0.0038, 6);
  });
});

describe('ccxt trades', () => {
  it('at the market, and sees the fill, the fee, the position and the wallet of the ledger', async () => {
    const sent = await client.createOrder(BTC, 'market', 'buy', 0.01);
    expect(sent).toMatchObject({ side: 'buy', type: 'market', status: 'closed', filled: 0.01 });
    const [order] = truth().orders;
    expect(sent.id).toBe(order?.report.venueOrderId);
    const seen = await client.fetchOrder(sent.id, BTC);
    expect(seen).toMatchObject({ status: 'closed', filled: 0.01, remaining: 0 });
    expect(seen.average).toBeCloseTo(amount(order?.report.filledQuote ?? 0n) / 0.01, 6);
    expect(seen.fee?.cost).toBeCloseTo(amount(order?.report.fee ?? 0n), 5);
    const [position] = await client.fetchPositions([BTC]);
    expect(position).toMatchObject({ symbol: BTC, side: 'long', contracts: 0.01, entryPrice: 50_000.1 });
    expect(position?.leverage).toBe(20);
    const balance = await client.fetchBalance();
    expect(balance['USDT']?.total).toBeCloseTo(amount(truth().wallet), 3);
    const trades = await client.fetchMyTrades(BTC);
    expect(trades).toMatchObject([{ order: sent.id, price: 50_000.1, amount: 0.01, side: 'buy' }]);
    expect(trades[0]?.fee?.cost).toBeCloseTo(amount(order?.report.fee ?? 0n), 4);
  });

  it('with limits that rest, that never take, and that are one for another', async () => {
    const rests = await client.createOrder(BTC, 'limit', 'buy', 0.01, 49_000);
    expect(rests.status).toBe('open');
    const maker = await client.createOrder(BTC, 'limit', 'buy', 0.01, 49_500, { postOnly: true });
    const open = await client.fetchOpenOrders(BTC);
    expect(open.map(({ id }) => id).sort()).toEqual([rests.id, maker.id].sort());
    expect(
      truth()
        .openOrders.map(({ venueOrderId }) => venueOrderId)
        .sort(),
    ).toEqual([rests.id, maker.id].sort());
    const edited = await client.editOrder(rests.id, BTC, 'limit', 'buy', 0.02, 48_900);
    expect((await client.fetchOrder(edited.id, BTC)).amount).toBe(0.02);
    expect((await client.fetchOrder(rests.id, BTC)).status).toBe('canceled');
    const canceled = await client.cancelOrder(maker.id, BTC);
    expect(canceled.status).toBe('canceled');
    await client.cancelAllOrders(BTC);
    expect(await client.fetchOpenOrders()).toEqual([]);
    expect(truth().openOrders).toEqual([]);
    await expect(client.createOrder(BTC, 'limit', 'buy', 0.01, 50_500, { postOnly: true })).rejects.toThrow(
      /101215/,
    );
    await expect(client.cancelOrder('1736012449498123456', BTC)).rejects.toThrow(/109421/);
  });

  it('with immediate limits, whole or in part', async () => {
    quote(500_000, 50);
    const whole = await client.createOrder(BTC, 'limit', 'buy', 0.01, 50_000.1, { timeInForce: 'FOK' });
    expect((await client.fetchOrder(whole.id, BTC)).filled).toBe(0);
    const part = await client.createOrder(BTC, 'limit', 'buy', 0.01, 50_000.1, { timeInForce: 'IOC' });
    expect(await client.fetchOrder(part.id, BTC)).toMatchObject({ filled: 0.005, remaining: 0.005 });
    expect(truth().openOrders).toEqual([]);
  });

  it('with a client order id, once', async () => {
    const named = await client.createOrder(BTC, 'market', 'buy', 0.01, undefined, { clientOrderId: 'Mine1' });
    expect((await client.fetchOrder(named.id, BTC)).clientOrderId).toBe('mine1');
    await expect(
      client.createOrder(BTC, 'market', 'buy', 0.01, undefined, { clientOrderId: 'mine1' }),
    ).rejects.toThrow(/101481|unique/);
    expect(truth().orders).toHaveLength(1);
  });

  it('and closes with reduce-only, flat to the last unit of the ledger', async () => {
    await client.createOrder(BTC, 'market', 'sell', 0.02);
    quote(490_000);
    await client.createOrder(BTC, 'market', 'buy', 0.05, undefined, { reduceOnly: true });
    expect(await client.fetchPositions([BTC])).toEqual([]);
    expect(truth().positions).toEqual([]);
    const balance = await client.fetchBalance();
    expect(balance['USDT']?.total).toBeCloseTo(amount(truth().wallet), 3);
    const fees = truth().orders.reduce((sum, { report }) => sum + (report.fee ?? 0n), 0n);
    const seen = await client.fetchMyTrades(BTC);
    // The venue prints fees of fills with four decimals.
    expect(seen.reduce((sum, { fee }) => sum + (fee?.cost ?? 0), 0)).toBeCloseTo(amount(fees), 3);
    await expect(
      client.createOrder(BTC, 'market', 'buy', 0.01, undefined, { reduceOnly: true }),
    ).rejects.toThrow(/101205/);
  });

  it('and waits with stops, that fire at their price', async () => {
    await client.createOrder(BTC, 'market', 'buy', 0.01);
    const stop = await client.createOrder(BTC, 'market', 'sell', 0.01, undefined, {
      stopLossPrice: 49_000,
      reduceOnly: true,
    });
    expect((await client.fetchOrder(stop.id, BTC)).status).toBe('open');
    quote(489_990);
    expect(await client.fetchOrder(stop.id, BTC)).toMatchObject({ status: 'closed', filled: 0.01 });
    expect(truth().positions).toEqual([]);
  });

  it('is told of too little margin in its own words', async () => {
    await expect(client.createOrder(BTC, 'market', 'buy', 900)).rejects.toMatchObject({
      name: 'InsufficientFunds',
    });
  });

  it('is told in the older codes where they are switched on', async () => {
    exchange.world.wire = { ...exchange.world.wire, legacyCodes: true };
    await expect(client.cancelOrder('1736012449498123456', BTC)).rejects.toMatchObject({
      name: 'OrderNotFound',
    });
  });

  it('pays and receives funding', async () => {
    await client.createOrder(BTC, 'market', 'buy', 0.1);
    const { payFunding } = await import('../../src/adapters/venues/exchange/feed/move-market.ts');
    payFunding(exchange.world, 'BTC-USDT', 100 as never);
    const [payment] = await client.fetchFundingHistory(BTC);
    const [row] = truth().income.filter(({ kind }) => kind === 'FUNDING');
    expect(payment?.amount).toBeCloseTo(amount(row?.amount ?? 0n), 6);
  });
});

describe('ccxt sets the account up', () => {
  it('with leverage, margin mode and position mode', async () => {
    await client.setLeverage(7, BTC, { side: 'BOTH' });
    expect(await client.fetchLeverage(BTC)).toMatchObject({ longLeverage: 7, shortLeverage: 7 });
    await client.setMarginMode('cross', BTC);
    expect((await client.fetchMarginMode(BTC)).marginMode).toBe('cross');
    await expect(client.setMarginMode('isolated', BTC)).rejects.toThrow(/not offered/);
    await client.setPositionMode(true);
    expect((await client.fetchPositionMode()).hedged).toBe(true);
    await client.createOrder(BTC, 'market', 'buy', 0.02, undefined, { hedged: true });
    await client.createOrder(BTC, 'market', 'sell', 0.01, undefined, { hedged: true });
    const both = await client.fetchPositions([BTC]);
    expect(both.map(({ side, contracts }) => [side, contracts]).sort()).toEqual([
      ['long', 0.02],
      ['short', 0.01],
    ]);
    await expect(client.setPositionMode(false)).rejects.toThrow(/104103|109400/);
    await client.createOrder(BTC, 'market', 'sell', 0.02, undefined, { hedged: true, reduceOnly: true });
    await client.closePosition(BTC);
    expect(truth().positions).toEqual([]);
    await client.setPositionMode(false);
    expect((await client.fetchPositionMode()).hedged).toBe(false);
  });
});

describe('ccxt.pro follows the private stream', () => {
  /** Waits for the update that is meant: earlier ones may come first. */
  async function orderLike(fits: (order: CcxtOrder) => boolean): Promise<CcxtOrder> {
    for (;;) {
      const found = (await client.watchOrders(BTC)).find(fits);
      if (found !== undefined) return found;
    }
  }

  async function streamOpened(): Promise<void> {
    while (exchange.traffic().privateStreams === 0) await new Promise((resolve) => setImmediate(resolve));
  }

  it('of an order through all of its life', async () => {
    const first = client.watchOrders(BTC);
    await streamOpened();
    const order = await client.createOrder(BTC, 'limit', 'buy', 0.01, 49_000);
    expect((await first)[0]).toMatchObject({ id: order.id, status: 'open', filled: 0 });
    const partial = orderLike(({ filled }) => filled === 0.004);
    quote(490_000, 0);
    tradeAt(489_999, 40);
    expect(await partial).toMatchObject({ id: order.id, status: 'open', remaining: 0.006 });
    const whole = orderLike(({ status }) => status === 'closed');
    tradeAt(489_999, 60);
    expect(await whole).toMatchObject({ id: order.id, filled: 0.01 });
    const gone = await client.createOrder(BTC, 'limit', 'buy', 0.01, 48_000);
    const canceled = orderLike(({ id, status }) => id === gone.id && status === 'canceled');
    await client.cancelOrder(gone.id, BTC);
    expect((await canceled).id).toBe(gone.id);
  });

  it('of fills, as far as it listens: it drops every fill but the last of an order', async () => {
    const listening = client.watchOrders(BTC);
    await streamOpened();
    const trades = client.watchMyTrades(BTC);
    await client.createOrder(BTC, 'limit', 'buy', 0.01, 49_000);
    await listening;
    quote(490_000, 0);
    tradeAt(489_999, 40);
    tradeAt(489_999, 60);
    const seen = await trades;
    // Two fills happened; ccxt 4.5.84 tells of the one that ended the order, and of no partial one.
    expect(truth().orders[0]?.trades.map(({ lots }) => lots)).toEqual([40, 60]);
    expect(seen).toMatchObject([{ amount: 0.006, price: 49_000 }]);
    expect((await client.fetchMyTrades(BTC)).map((trade) => trade.amount).sort()).toEqual([0.004, 0.006]);
  });

  it('of the wallet, whose total it puts where what is free belongs', async () => {
    const balance = client.watchBalance();
    await streamOpened();
    await client.createOrder(BTC, 'market', 'buy', 0.01);
    const seen = (await balance)['USDT'];
    // ccxt 4.5.84 reads the wallet balance of the stream into `free`, and has no total.
    expect(seen?.free).toBeCloseTo(amount(truth().wallet), 8);
    expect(seen?.total).toBeUndefined();
  });

  it('of positions, and of nothing that it does not know', async () => {
    const positions = client.watchPositions([BTC]);
    await streamOpened();
    exchange.world.wire = { ...exchange.world.wire, snapshots: true };
    await client.createOrder(BTC, 'market', 'sell', 0.01);
    expect(await positions).toMatchObject([{ side: 'short', contracts: 0.01 }]);
  });

  it('of no order under the name TRADE_UPDATE', async () => {
    const first = client.watchOrders(BTC);
    await streamOpened();
    exchange.world.wire = { ...exchange.world.wire, tradeUpdateName: true };
    await client.createOrder(BTC, 'limit', 'buy', 0.01, 49_000);
    exchange.world.wire = { ...exchange.world.wire, tradeUpdateName: false };
    const known = await client.createOrder(BTC, 'limit', 'buy', 0.01, 48_000);
    // The first order went by unseen.
    expect((await first).map(({ id }) => id)).toEqual([known.id]);
  });
});

describe('ccxt.pro follows the market', () => {
  it('with trades, ticker, book and bars', async () => {
    const all = Promise.all([
      client.watchTrades(BTC),
      client.watchTicker(BTC),
      client.watchOrderBook(BTC),
      client.watchOHLCV(BTC, '1m'),
    ]);
    let isOver = false;
    const over = all.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      tradeAt(500_001, 7);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const [trades, ticker, book, bars] = await over;
    expect(trades[0]).toMatchObject({ price: 50_000.1, amount: 0.0007 });
    expect(ticker.last).toBe(50_000.1);
    expect(book.bids[0]?.[0]).toBe(50_000);
    expect(bars.at(-1)?.[4]).toBe(50_000.1);
  });
});
