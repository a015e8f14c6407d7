// What every Venue owes its callers: one suite for the paper venue in process and for the client of BingX over real sockets.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientOrderId, SymbolName, VenueOrderId } from '../../src/domain/ids.ts';
import { type Instrument, quoteOf, stepOf } from '../../src/domain/instrument.ts';
import { type Money, money } from '../../src/domain/money.ts';
import { epochMs, lots, type Ppm, type PriceTicks, ppm } from '../../src/domain/steps.ts';
import type {
  Known,
  OrderReport,
  OrderRequest,
  PositionMode,
  SubmitResult,
  VenueNotice,
} from '../../src/domain/venue.ts';
import type { Venue } from '../../src/ports.ts';

export const CONTRACT_SYMBOL = 'BTC-USDT' as SymbolName;

/** The one instrument that every venue of the suite trades. */
export const CONTRACT_INSTRUMENT: Instrument = {
  symbol: CONTRACT_SYMBOL,
  tick: stepOf('0.1'),
  lot: stepOf('0.0001'),
  minLots: lots(1),
  minNotional: money(200_000_000n),
  makerFeePpm: ppm(200),
  takerFeePpm: ppm(500),
  maxLeverage: 125,
};

/** When every world of the suite begins. */
export const CONTRACT_START_MS = 1_780_000_000_000;

/** What the account starts with. */
export const CONTRACT_WALLET = money(100_000n * 100_000_000n);

/** What is true at the venue, beside what it says. */
interface VenueTruth {
  readonly wallet: Money;
  /** Long above zero; both legs of hedge mode. */
  readonly positions: readonly number[];
  readonly orders: readonly OrderReport[];
}

/** A venue with a market that the suite moves. */
export interface VenueWorld {
  readonly venue: Venue;
  /** Everything the venue has said by itself since it was followed. */
  readonly notices: readonly VenueNotice[];
  setQuote(quote: { readonly bid: number; readonly ask: number; readonly lots?: number }): void;
  tradeAt(price: number, quantity: number): void;
  fund(rate: Ppm): void;
  truth(): VenueTruth;
  /** Lets time pass. */
  advance(ms: number): Promise<void>;
  /** Resolves as soon as `isSo`, and fails where it is not so after everything has arrived. */
  until(isSo: () => boolean): Promise<void>;
  close(): Promise<void>;
}

export interface ContractOptions {
  readonly positionMode: PositionMode;
}

let orderNumber = 0;

export function orderOf(changed: Partial<OrderRequest> = {}): OrderRequest {
  orderNumber += 1;
  return {
    clientOrderId: `contractorder${orderNumber}` as ClientOrderId,
    symbol: CONTRACT_SYMBOL,
    side: 'BUY',
    type: 'MARKET',
    quantity: lots(100),
    limit: null,
    postOnly: false,
    reduceOnly: false,
    leverage: 5,
    ...changed,
  };
}

function ackOf(result: SubmitResult): Extract<SubmitResult, { kind: 'ACK' }> {
  expect(result).toMatchObject({ kind: 'ACK' });
  if (result.kind !== 'ACK') throw new Error('not taken');
  return result;
}

function rowsOf<Row>(known: Known<Row>): readonly Row[] {
  expect(known).toMatchObject({ kind: 'KNOWN' });
  return known.kind === 'KNOWN' ? known.rows : [];
}

/** An order that rests below the market. */
const resting = (changed: Partial<OrderRequest> = {}): OrderRequest =>
  orderOf({ type: 'LIMIT', limit: 495_000 as PriceTicks, ...changed });

/** Declares the suite for the worlds that `open` returns: each with 100,000 of the margin asset, a quote of 50,000.0 / 50,000.5, and flat. */
export function venueContract(name: string, open: (options: ContractOptions) => Promise<VenueWorld>): void {
  describe(`${name} keeps the contract of a venue`, () => {
    let world: VenueWorld;
    beforeEach(async () => {
      world = await open({ positionMode: 'one_way' });
    });
    afterEach(async () => {
      await world.close();
    });
    ordersAreTaken(() => world);
    ordersAreRefused(() => world);
    picturesAreTrue(() => world);
    noticesCome(() => world);
  });
  describe(`${name} keeps the contract of a venue in hedge mode`, () => {
    let world: VenueWorld;
    beforeEach(async () => {
      world = await open({ positionMode: 'hedge' });
    });
    afterEach(async () => {
      await world.close();
    });
    sidesAreKeptApart(() => world);
  });
}

function ordersAreTaken(its: () => VenueWorld): void {
  it('takes a market order, and says what it cost by its fills and never by its price', async () => {
    const { venue, truth } = its();
    const ack = ackOf(await venue.submit(orderOf(), 'entry'));
    expect(ack.venueOrderId).toMatch(/^\d{17,20}$/);
    const [order] = truth().orders;
    expect(order?.filledLots).toBe(100);
    const found = await venue.query(
      { symbol: CONTRACT_SYMBOL, clientOrderId: order?.clientOrderId as ClientOrderId, venueOrderId: null },
      'doubt',
    );
    expect(found).toMatchObject({
      kind: 'FOUND',
      report: { status: 'FILLED', filledLots: 100, venueOrderId: ack.venueOrderId, side: 'BUY' },
    });
    if (found.kind !== 'FOUND') return;
    expect(found.report.filledQuote).toBe(order?.filledQuote);
    if (ack.report !== null && ack.report.filledQuote !== null)
      expect(ack.report.filledQuote).toBe(order?.filledQuote);
  });

  it('lets a limit order rest, lists it as open, and cancels it once', async () => {
    const { venue } = its();
    const order = resting();
    const { venueOrderId } = ackOf(await venue.submit(order, 'entry'));
    const name = { symbol: CONTRACT_SYMBOL, clientOrderId: order.clientOrderId, venueOrderId };
    expect(rowsOf(await venue.openOrders('housekeeping'))).toMatchObject([
      { venueOrderId, clientOrderId: order.clientOrderId, status: 'NEW', filledLots: 0, orderedLots: 100 },
    ]);
    expect(await venue.cancel(name, 'cancel')).toMatchObject({ kind: 'ACK' });
    expect(rowsOf(await venue.openOrders('housekeeping'))).toEqual([]);
    expect(await venue.query(name, 'doubt')).toMatchObject({
      kind: 'FOUND',
      report: { status: 'CANCELED', filledLots: 0 },
    });
    await its().advance(1_500);
    expect(await venue.cancel(name, 'cancel')).toMatchObject({ kind: 'REJECT', code: 'ORDER_FINAL' });
  });

  it('adds up the fills of an order, whoever is asked', async () => {
    const { venue, tradeAt, truth } = its();
    const order = resting();
    const { venueOrderId } = ackOf(await venue.submit(order, 'entry'));
    its().setQuote({ bid: 495_000, ask: 495_005, lots: 0 });
    tradeAt(494_999, 30);
    const name = { symbol: CONTRACT_SYMBOL, clientOrderId: order.clientOrderId, venueOrderId };
    const cost = quoteOf(CONTRACT_INSTRUMENT, lots(30), 495_000 as PriceTicks);
    expect(await venue.query(name, 'doubt')).toMatchObject({
      kind: 'FOUND',
      report: { status: 'PARTIALLY_FILLED', filledLots: 30, filledQuote: cost },
    });
    tradeAt(494_999, 70);
    expect(await venue.query(name, 'doubt')).toMatchObject({
      kind: 'FOUND',
      report: { status: 'FILLED', filledLots: 100 },
    });
    expect(truth().positions).toEqual([100]);
  });

  it('closes with reduce-only, and never more than is held', async () => {
    const { venue, truth } = its();
    await venue.submit(orderOf({ quantity: lots(40) }), 'entry');
    ackOf(await venue.submit(orderOf({ side: 'SELL', quantity: lots(100), reduceOnly: true }), 'exit'));
    expect(truth().positions).toEqual([]);
  });

  it('sets the leverage that an order asks for before the order', async () => {
    const { venue } = its();
    await venue.submit(orderOf({ leverage: 10 }), 'entry');
    const [balance] = rowsOf(await venue.balance('housekeeping'));
    const cost = quoteOf(CONTRACT_INSTRUMENT, lots(100), 500_005 as PriceTicks);
    expect(balance?.usedMargin).not.toBeNull();
    const off = Number((balance?.usedMargin ?? 0n) - cost / 10n);
    // Balances have four decimals at the venue.
    expect(Math.abs(off)).toBeLessThanOrEqual(10_000);
  });

  it('cancels everything after a while without another word, where that was asked for', async () => {
    const { venue } = its();
    await venue.submit(resting(), 'entry');
    expect(await venue.cancelAllAfter(20)).toEqual({ ok: true, value: undefined });
    await its().advance(15_000);
    expect(await venue.cancelAllAfter(20)).toMatchObject({ ok: true });
    await its().advance(15_000);
    expect(rowsOf(await venue.openOrders('housekeeping'))).toHaveLength(1);
    await its().advance(6_000);
    expect(rowsOf(await venue.openOrders('housekeeping'))).toEqual([]);
    await venue.submit(resting(), 'entry');
    await venue.cancelAllAfter(20);
    await its().advance(1_500);
    await venue.cancelAllAfter(null);
    await its().advance(60_000);
    expect(rowsOf(await venue.openOrders('housekeeping'))).toHaveLength(1);
  });
}

function ordersAreRefused(its: () => VenueWorld): void {
  it('takes a client order id once', async () => {
    const { venue, truth } = its();
    const order = orderOf();
    ackOf(await venue.submit(order, 'entry'));
    expect(await venue.submit(order, 'entry')).toMatchObject({ kind: 'REJECT', code: 'CLIENT_ID_REUSED' });
    expect(truth().orders).toHaveLength(1);
  });

  it('never lets a post-only order take', async () => {
    const { venue, truth } = its();
    const order = resting({ limit: 500_100 as PriceTicks, postOnly: true });
    const result = await venue.submit(order, 'entry');
    if (result.kind === 'ACK') {
      const name = { symbol: CONTRACT_SYMBOL, clientOrderId: order.clientOrderId, venueOrderId: null };
      expect(await venue.query(name, 'doubt')).toMatchObject({ report: { filledLots: 0 } });
    } else expect(result).toMatchObject({ kind: 'REJECT', code: 'POST_ONLY_CROSSED' });
    expect(truth().positions).toEqual([]);
    expect(rowsOf(await venue.openOrders('housekeeping'))).toEqual([]);
  });

  const refusals: readonly (readonly [string, Partial<OrderRequest>, readonly string[]])[] = [
    ['reduce-only without a position', { side: 'SELL', reduceOnly: true }, ['NO_POSITION', 'REDUCE_ONLY']],
    [
      'an order below the smallest worth',
      { quantity: lots(1), type: 'LIMIT', limit: 10_000 as PriceTicks },
      ['MIN_SIZE', 'PRICE_BAND'],
    ],
    ['an order beyond its margin', { quantity: lots(400_000) }, ['MARGIN']],
    ['a limit far from the mark', { type: 'LIMIT', limit: 100_000 as PriceTicks }, ['PRICE_BAND']],
  ];
  for (const [what, changed, codes] of refusals)
    it(`says why it refuses ${what}`, async () => {
      const { venue, truth } = its();
      const result = await venue.submit(orderOf(changed), 'entry');
      expect(result.kind).toBe('REJECT');
      expect(codes).toContain(result.kind === 'REJECT' ? result.code : null);
      expect(truth().orders).toEqual([]);
    });

  it('does not find what was never ordered, and says so of a cancel too', async () => {
    const { venue } = its();
    const byOurs = {
      symbol: CONTRACT_SYMBOL,
      clientOrderId: 'neverordered' as ClientOrderId,
      venueOrderId: null,
    };
    const byTheirs = { ...byOurs, venueOrderId: '1736012449498123456' as VenueOrderId };
    expect(await venue.query(byOurs, 'doubt')).toEqual({ kind: 'NOT_FOUND' });
    expect(await venue.query(byTheirs, 'doubt')).toEqual({ kind: 'NOT_FOUND' });
    expect(await venue.cancel(byOurs, 'cancel')).toMatchObject({ kind: 'REJECT', code: 'ORDER_UNKNOWN' });
  });
}

function picturesAreTrue(its: () => VenueWorld): void {
  it('knows that a flat account is flat', async () => {
    const { venue } = its();
    expect(await venue.positions('housekeeping')).toEqual({ kind: 'KNOWN', rows: [] });
    expect(await venue.openOrders('housekeeping')).toEqual({ kind: 'KNOWN', rows: [] });
  });

  it('shows a short as less than nothing, at what it was sold for', async () => {
    const { venue } = its();
    await venue.submit(orderOf({ side: 'SELL' }), 'entry');
    const [row] = rowsOf(await venue.positions('housekeeping'));
    expect(row).toMatchObject({
      symbol: CONTRACT_SYMBOL,
      position: -100,
      entryQuote: quoteOf(CONTRACT_INSTRUMENT, lots(100), 500_000 as PriceTicks),
    });
  });

  it('lists orders that traded since an instant, with everything that they ever traded', async () => {
    const { venue, truth } = its();
    ackOf(await venue.submit(orderOf({ quantity: lots(10) }), 'entry'));
    await its().advance(60_000);
    const since = epochMs(lastTradeAt(truth().orders) + 1);
    expect(rowsOf(await venue.ordersTradedSince(since, 'housekeeping'))).toEqual([]);
    ackOf(await venue.submit(orderOf({ side: 'SELL', quantity: lots(10), reduceOnly: true }), 'exit'));
    const later = rowsOf(await venue.ordersTradedSince(since, 'housekeeping'));
    expect(later).toHaveLength(1);
    const all = rowsOf(await venue.ordersTradedSince(epochMs(since - 120_000), 'housekeeping'));
    expect(all).toHaveLength(2);
    for (const report of all) {
      const fact = truth().orders.find((one) => one.venueOrderId === report.venueOrderId);
      expect(report).toMatchObject({
        status: 'FILLED',
        filledLots: fact?.filledLots,
        filledQuote: fact?.filledQuote,
        isQuoteExact: true,
        isMaker: false,
      });
      expect(Math.abs(Number((report.fee ?? 0n) - (fact?.fee ?? 0n)))).toBeLessThanOrEqual(100);
    }
  });

  it('accounts for every change of the wallet', async () => {
    const { venue, fund, truth } = its();
    await venue.submit(orderOf(), 'entry');
    fund(ppm(300));
    await venue.submit(orderOf({ side: 'SELL', reduceOnly: true }), 'exit');
    const rows = rowsOf(await venue.income(epochMs(CONTRACT_START_MS), 'housekeeping'));
    const sum = rows.reduce((total, { amount }) => total + amount, 0n);
    // A line of the account book may have six decimals.
    expect(Math.abs(Number(sum - (truth().wallet - CONTRACT_WALLET)))).toBeLessThanOrEqual(400);
    const [funding] = rows.filter(({ kind }) => kind === 'FUNDING');
    expect(funding?.symbol).toBe(CONTRACT_SYMBOL);
    expect(funding?.amount).toBeLessThan(0n);
    expect(new Set(rows.map(({ transactionId }) => transactionId)).size).toBe(rows.length);
  });

  it('says what is in the wallet', async () => {
    const { venue, truth } = its();
    await venue.submit(orderOf(), 'entry');
    const [balance] = rowsOf(await venue.balance('housekeeping'));
    expect(Math.abs(Number((balance?.wallet ?? 0n) - truth().wallet))).toBeLessThanOrEqual(10_000);
    expect(balance?.availableMargin).toBeLessThan(balance?.wallet ?? 0n);
  });

  it('tells the price of a symbol', async () => {
    const quote = await its().venue.quote(CONTRACT_SYMBOL, 'housekeeping');
    expect(rowsOf(quote)).toMatchObject([{ symbol: CONTRACT_SYMBOL, bid: 500_000, ask: 500_005 }]);
  });

  it('knows what can be traded, and how the account is set up', () => {
    const { venue } = its();
    expect(venue.instruments).toMatchObject([
      {
        symbol: CONTRACT_SYMBOL,
        tick: { units: 1, decimals: 1 },
        lot: { units: 1, decimals: 4 },
        minLots: 1,
      },
    ]);
    expect(venue.account).toEqual({ positionMode: 'one_way', marginAsset: 'USDT' });
  });
}

function lastTradeAt(orders: readonly OrderReport[]): number {
  return Math.max(0, ...orders.map(({ venueAtMs }) => venueAtMs));
}

function noticesCome(its: () => VenueWorld): void {
  it('says that the stream is up before anything else', async () => {
    await its().until(() => its().notices.length > 0);
    expect(its().notices[0]).toMatchObject({ kind: 'stream', isUp: true });
  });

  it('tells of each fill and of the wallet without being asked', async () => {
    const { venue, notices, tradeAt } = its();
    await its().until(() => notices.length > 0);
    const { venueOrderId } = ackOf(await venue.submit(resting(), 'entry'));
    its().setQuote({ bid: 495_000, ask: 495_005, lots: 0 });
    tradeAt(494_999, 30);
    tradeAt(494_999, 70);
    const ours = (): readonly OrderReport[] =>
      notices.flatMap((notice) =>
        notice.kind === 'order' && notice.report.venueOrderId === venueOrderId ? [notice.report] : [],
      );
    await its().until(() => ours().some(({ status }) => status === 'FILLED'));
    expect(ours().map(({ filledLots }) => filledLots)).toEqual([0, 30, 100]);
    await its().until(() => notices.some(({ kind }) => kind === 'balance'));
    expect(notices.filter(({ kind }) => kind === 'malformed')).toEqual([]);
  });

  it('says nothing after it was closed', async () => {
    const { venue, notices, setQuote, tradeAt } = its();
    await its().until(() => notices.length > 0);
    await venue.submit(resting(), 'entry');
    await its().until(() => notices.some(({ kind }) => kind === 'order'));
    await venue.close();
    const said = notices.length;
    setQuote({ bid: 494_000, ask: 494_005 });
    tradeAt(494_000, 10);
    await its().advance(1_000);
    expect(notices).toHaveLength(said);
    expect((await venue.submit(orderOf(), 'entry')).kind).not.toBe('ACK');
  });
}

function sidesAreKeptApart(its: () => VenueWorld): void {
  it('holds a long and a short of one symbol at once, and closes each by itself', async () => {
    const { venue, truth } = its();
    expect(venue.account.positionMode).toBe('hedge');
    ackOf(await venue.submit(orderOf({ quantity: lots(60) }), 'entry'));
    ackOf(await venue.submit(orderOf({ side: 'SELL', quantity: lots(40) }), 'entry'));
    expect(
      rowsOf(await venue.positions('housekeeping'))
        .map(({ position }) => position)
        .sort(),
    ).toEqual([-40, 60]);
    ackOf(await venue.submit(orderOf({ side: 'BUY', quantity: lots(40), reduceOnly: true }), 'exit'));
    expect(truth().positions).toEqual([60]);
    ackOf(await venue.submit(orderOf({ side: 'SELL', quantity: lots(60), reduceOnly: true }), 'exit'));
    expect(truth().positions).toEqual([]);
  });

  it('refuses to close a side that is not held', async () => {
    const { venue } = its();
    const result = await venue.submit(orderOf({ side: 'SELL', reduceOnly: true }), 'exit');
    expect(result.kind).toBe('REJECT');
    expect(['NO_POSITION', 'REDUCE_ONLY']).toContain(result.kind === 'REJECT' ? result.code : null);
  });
}
