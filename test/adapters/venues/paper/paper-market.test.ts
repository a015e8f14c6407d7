// The market of a paper venue: prices of a feed in steps, never better than the feed said, and what they fill.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createExchange,
  liquidate,
  openAccount,
  positions,
} from '../../../../src/adapters/venues/exchange/model/exchange.ts';
import { EXCHANGE_DEFAULTS } from '../../../../src/adapters/venues/exchange/model/state.ts';
import { paperMarket } from '../../../../src/adapters/venues/exchange/paper/paper-market.ts';
import { paperVenue } from '../../../../src/adapters/venues/exchange/paper-venue.ts';
import { virtualTimers } from '../../../../src/adapters/virtual-timers.ts';
import { lots } from '../../../../src/domain/steps.ts';
import type { VenueNotice } from '../../../../src/domain/venue.ts';
import { ACCOUNT, BTC, FINE, limitOf, requestOf, START_MS, usdt } from '../exchange/market.ts';

function paper() {
  const timers = virtualTimers(START_MS);
  const model = createExchange({ ...EXCHANGE_DEFAULTS, instruments: [BTC, FINE] });
  openAccount(model, ACCOUNT, usdt(100_000), START_MS);
  const venue = paperVenue({ model, accountId: ACCOUNT, timers });
  const market = paperMarket({ model, venue, timers });
  const notices: VenueNotice[] = [];
  venue.follow((notice) => notices.push(notice));
  const quote = (bid: number, ask = bid + 0.1, mark = bid): boolean =>
    market.quote({ key: 'BTCUSDT', bid, ask, mark });
  const book = () => model.markets.get(BTC.symbol)?.quote ?? null;
  const held = (): number => positions(model, ACCOUNT, model.nowMs)[0]?.position ?? 0;
  return { timers, model, venue, market, notices, quote, book, held };
}

describe('the market of a paper venue', () => {
  it('has no price before the feed has one', async () => {
    const { venue, quote } = paper();
    expect(await venue.quote(BTC.symbol, 'exit')).toMatchObject({ kind: 'UNKNOWN' });
    expect(quote(50_000)).toBe(true);
    expect(await venue.quote(BTC.symbol, 'exit')).toMatchObject({
      rows: [{ bid: 500_000, ask: 500_001, mark: 500_000 }],
    });
  });

  it('rounds to ticks so that nobody trades at better than the feed said', () => {
    const { quote, book } = paper();
    quote(50_000.07, 50_000.11, 50_000.09);
    expect(book()).toMatchObject({ bid: 500_000, ask: 500_002, mark: 500_001 });
  });

  it('keeps bid and ask a tick apart, also where the feed knows one price, or has them crossed', () => {
    const { quote, book } = paper();
    quote(50_000, 50_000, 50_000);
    expect(book()).toMatchObject({ bid: 500_000, ask: 500_001 });
    quote(50_001, 50_000, 50_000.5);
    expect(book()).toMatchObject({ bid: 500_000, ask: 500_010 });
  });

  it('has a book that makes sense, and is never better than the feed, whatever the prices', () => {
    const price = fc.double({ min: 0.05, max: 1e7, noNaN: true });
    fc.assert(
      fc.property(price, price, price, (bid, ask, mark) => {
        const { quote, book } = paper();
        if (!quote(bid, ask, mark)) {
          expect(Math.min(bid, ask, mark)).toBeLessThan(0.1);
          return;
        }
        const made = book();
        if (made === null) throw new Error('no book');
        expect(made.bid).toBeLessThan(made.ask);
        expect(made.bid / 10).toBeLessThanOrEqual(Math.min(bid, ask) * (1 + 1e-8));
        expect(made.ask / 10).toBeGreaterThanOrEqual(Math.max(bid, ask) * (1 - 1e-8));
        expect(made.bidLots).toBeGreaterThan(0);
      }),
    );
  });

  it('leaves everything as it is for a symbol that is not traded here, and for a price below a tick', () => {
    const { market, quote, book } = paper();
    quote(50_000);
    const before = book();
    expect(market.quote({ key: 'ETHUSDT', bid: 1, ask: 2, mark: 1 })).toBe(false);
    expect(quote(0.01, 0.02, 0.01)).toBe(false);
    expect(book()).toEqual(before);
  });

  it('takes an order of ten thousand whole at the best price, and a far larger one with a tick of slippage', async () => {
    const { venue, quote } = paper();
    quote(50_000);
    const price = async (id: string, quantity: number): Promise<unknown> => {
      const result = await venue.submit(requestOf(id, { quantity: lots(quantity) }), 'entry');
      if (result.kind !== 'ACK') return result;
      return Number((result.report?.filledQuote ?? 0n) / BigInt(quantity)) / 1e4 / 1e4;
    };
    // One lot at 50,000.1 is 5.00001.
    expect(await price('small', 2_000)).toBe(5.00001);
    quote(50_000);
    expect(await price('large', 40_000)).toBeGreaterThan(5.00001);
  });

  it('fills an order that the price passed, and tells of it at once', async () => {
    const { venue, quote, held, notices } = paper();
    quote(50_000);
    await venue.submit(limitOf('rests', 499_990), 'entry');
    quote(50_000);
    expect(held()).toBe(0);
    quote(49_998);
    expect(held()).toBe(10);
    expect(notices.at(-1)?.kind).toBe('balance');
  });

  it('fills an order at the best price only after as much as a level holds has traded before it', async () => {
    const { venue, quote, held } = paper();
    quote(50_000);
    await venue.submit(limitOf('queues', 500_000), 'entry');
    quote(50_000);
    expect(held()).toBe(0);
    quote(50_000);
    expect(held()).toBe(10);
  });

  it('trades at the mark: a seller above the bid is filled where the mark passed him', async () => {
    const { venue, quote, held } = paper();
    quote(50_000, 50_010, 50_000);
    await venue.submit(limitOf('sells', 500_020, { side: 'SELL' }), 'entry');
    quote(50_000, 50_010, 50_003);

    expect(held()).toBe(-10);
  });

  it('goes on where the clock of the machine is a little behind that of the account', () => {
    const { model, timers, quote, book } = paper();
    timers.advance(10_000);
    quote(50_000);
    const ahead = virtualTimers(START_MS);
    const venue = paperVenue({ model, accountId: ACCOUNT, timers: ahead });
    const market = paperMarket({ model, venue, timers: ahead });

    expect(market.quote({ key: 'BTCUSDT', bid: 50_001, ask: 50_002, mark: 50_001 })).toBe(true);
    expect(book()).toMatchObject({ bid: 500_010 });
    expect(model.nowMs).toBe(START_MS + 10_000);
  });

  it('tells what the venue itself did to the account with the next price', async () => {
    const { venue, model, quote, notices } = paper();
    quote(50_000);
    await venue.submit(requestOf('held'), 'entry');
    const heard = notices.length;
    liquidate(model, ACCOUNT, BTC.symbol, model.nowMs);
    quote(50_000);
    expect(notices.slice(heard).map(({ kind }) => kind)).toEqual(['order', 'order', 'balance']);
  });
});
