// The paper venue: what it answers and when, what its stream tells, and what is left of a request when it is closed.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setQuote, transfer, truthOf } from '../../../src/adapters/venues/exchange/model/exchange.ts';
import type { Exchange } from '../../../src/adapters/venues/exchange/model/state.ts';
import { type PaperVenue, paperVenue } from '../../../src/adapters/venues/exchange/paper-venue.ts';
import { type VirtualTimers, virtualTimers } from '../../../src/adapters/virtual-timers.ts';
import type { ClientOrderId, VenueOrderId } from '../../../src/domain/ids.ts';
import { type EpochMs, lots, priceTicks } from '../../../src/domain/steps.ts';
import type { OrderName, VenueNotice } from '../../../src/domain/venue.ts';
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
  usdt,
} from './exchange/market.ts';

interface Paper {
  readonly model: Exchange;
  readonly timers: VirtualTimers;
  readonly venue: PaperVenue;
  readonly notices: VenueNotice[];
}

function opened(latencyMs = 0): Paper {
  const model = exchangeWith();
  const timers = virtualTimers(START_MS);
  const venue = paperVenue({ model, accountId: ACCOUNT, timers, latencyMs });
  const notices: VenueNotice[] = [];
  return { model, timers, venue, notices };
}

function following(latencyMs = 0): Paper {
  const paper = opened(latencyMs);
  paper.venue.follow((notice) => paper.notices.push(notice));
  return paper;
}

function told(notices: readonly VenueNotice[]): readonly string[] {
  return notices.map((notice) => (notice.kind === 'order' ? fillsOf(notice.report) : notice.kind));
}

function nameOf(clientId: string, venueOrderId: string | null = null): OrderName {
  return {
    symbol: BTC.symbol,
    clientOrderId: clientId as ClientOrderId,
    venueOrderId: venueOrderId as VenueOrderId | null,
  };
}

/** Below the best bid, so that it rests. */
const RESTING = limitOf('rests', 999_000, { reduceOnly: false });

describe('a request to the paper venue', () => {
  it('is taken, answered with its report and seen in every view', async () => {
    const { venue } = opened();
    const result = await venue.submit(requestOf('a'), 'entry');
    expect(result.kind === 'ACK' && fillsOf(result.report)).toBe('FILLED 10/10');
    const positions = await venue.positions('exit');
    expect(positions).toMatchObject({ kind: 'KNOWN', rows: [{ symbol: BTC.symbol, position: 10 }] });
    const traded = await venue.ordersTradedSince(START_MS as EpochMs, 'exit');
    expect(traded.kind === 'KNOWN' && traded.rows.map(fillsOf)).toEqual(['FILLED 10/10']);
    expect(await venue.openOrders('exit')).toEqual({ kind: 'KNOWN', rows: [] });
    const income = await venue.income(START_MS as EpochMs, 'exit');
    expect(income.kind === 'KNOWN' && income.rows.map(({ kind }) => kind)).toEqual(['FEE']);
    const balance = await venue.balance('exit');
    expect(balance.kind === 'KNOWN' && balance.rows[0]?.wallet).toBeLessThan(usdt(1_000));
  });

  it('is refused in the words of the exchange', async () => {
    const { venue } = opened();
    expect(codeOf(await venue.submit(requestOf('a', { reduceOnly: true }), 'exit'))).toBe('NO_POSITION');
    expect(codeOf(await venue.cancel(nameOf('nobody'), 'cancel'))).toBe('ORDER_UNKNOWN');
    expect(await venue.query(nameOf('nobody'), 'doubt')).toEqual({ kind: 'NOT_FOUND' });
  });

  it('finds an order by the id of the venue and by ours, whose case does not matter', async () => {
    const { venue } = opened();
    const taken = await venue.submit({ ...RESTING, clientOrderId: 'Mixed' as ClientOrderId }, 'entry');
    const id = taken.kind === 'ACK' ? taken.venueOrderId : null;
    for (const name of [nameOf('mIXED'), nameOf('other', id)])
      expect(await venue.query(name, 'doubt')).toMatchObject({ kind: 'FOUND', report: { venueOrderId: id } });
    expect(await venue.cancel(nameOf('mixed'), 'cancel')).toMatchObject({ kind: 'ACK' });
    expect(codeOf(await venue.cancel(nameOf('mixed', id), 'cancel'))).toBe('ORDER_FINAL');
  });

  it('is told the prices, and that nothing is known of a symbol that is not listed', async () => {
    const { venue } = opened();
    const quote = await venue.quote(BTC.symbol, 'exit');
    const prices = { bid: 1_000_000, ask: 1_000_010, mark: 1_000_005, venueAtMs: START_MS };
    expect(quote).toEqual({ kind: 'KNOWN', rows: [{ symbol: BTC.symbol, ...prices }] });
    expect(await venue.quote('NONE-USDT', 'exit')).toEqual({ kind: 'UNKNOWN', cause: 'SERVER' });
  });

  it('reaches the exchange after half of the latency and is answered after all of it', async () => {
    const { venue, timers, model } = opened(41);
    let answered: string | null = null;
    const asked = venue.submit(requestOf('a'), 'entry').then(({ kind }) => {
      answered = kind;
    });
    timers.advance(20);
    expect(truthOf(model, ACCOUNT).orders).toHaveLength(0);
    timers.advance(1);
    expect(truthOf(model, ACCOUNT).orders[0]?.report.venueAtMs).toBe(START_MS + 21);
    timers.advance(19);
    await Promise.resolve();
    expect(answered).toBeNull();
    timers.advance(1);
    await asked;
    expect(answered).toBe('ACK');
  });

  it('is refused for its clock where the way took longer than the exchange waits', async () => {
    const { venue, timers } = opened(20_000);
    const asked = venue.submit(requestOf('a'), 'entry');
    timers.advance(20_000);
    expect(codeOf(await asked)).toBe('CLOCK_SKEW');
  });

  it('goes to the exchange as it is at that moment, although prices moved on their own clock', async () => {
    const { venue, model } = opened();
    setQuote(model, BTC.symbol, quoteAt(1_100_000, 1_100_010), START_MS + 500);
    const result = await venue.submit(requestOf('a'), 'entry');
    expect(result.kind === 'ACK' && result.report?.venueAtMs).toBe(START_MS + 500);
  });
});

describe('the stream of the paper venue', () => {
  it('is up first, and tells nothing of what was before', async () => {
    const { venue, notices } = opened();
    await venue.submit(requestOf('before'), 'entry');
    venue.follow((notice) => notices.push(notice));
    expect(notices).toEqual([{ kind: 'stream', isUp: true, why: 'in process' }]);
    await venue.submit(requestOf('after'), 'entry');
    expect(told(notices)).toEqual(['stream', 'NEW 0/10', 'FILLED 10/10', 'balance']);
  });

  it('tells nothing of what prices had done before and nobody was told of', async () => {
    const { venue, notices, model } = opened();
    await venue.submit(RESTING, 'entry');
    setQuote(model, BTC.symbol, quoteAt(998_000, 998_010), START_MS);
    venue.follow((notice) => notices.push(notice));
    venue.moved();
    expect(told(notices)).toEqual(['stream']);
  });

  it('tells of a call before the call is answered', async () => {
    const { venue, notices } = following();
    const seen = await venue.submit(RESTING, 'entry').then(() => told(notices));
    expect(seen).toEqual(['stream', 'NEW 0/10']);
  });

  it('tells what prices have done as soon as it hears that they moved', async () => {
    const { venue, notices, model } = following();
    await venue.submit(RESTING, 'entry');
    setQuote(model, BTC.symbol, quoteAt(998_000, 998_010), START_MS);
    expect(told(notices)).toEqual(['stream', 'NEW 0/10']);
    venue.moved();
    expect(told(notices)).toEqual(['stream', 'NEW 0/10', 'FILLED 10/10', 'balance']);
    venue.moved();
    expect(notices).toHaveLength(4);
  });

  it('takes the way back of the latency', () => {
    const { venue, notices, model, timers } = following(10);
    transfer(model, ACCOUNT, usdt(5), START_MS);
    venue.moved();
    timers.advance(4);
    expect(told(notices)).toEqual(['stream']);
    timers.advance(1);
    expect(told(notices)).toEqual(['stream', 'balance']);
  });

  it('keeps its order where the listener itself makes something happen', () => {
    const { venue, model } = opened();
    const amounts: bigint[] = [];
    venue.follow((notice) => {
      if (notice.kind !== 'balance' || notice.report.wallet === null) return;
      amounts.push(notice.report.wallet);
      if (amounts.length > 1) return;
      transfer(model, ACCOUNT, usdt(100), START_MS);
      venue.moved();
    });
    transfer(model, ACCOUNT, usdt(1), START_MS);
    transfer(model, ACCOUNT, usdt(10), START_MS);
    venue.moved();
    expect(amounts).toEqual([usdt(1_001), usdt(1_011), usdt(1_111)]);
  });

  it('has one listener at a time, and another after that one has ended', async () => {
    const { venue, notices, model } = opened();
    const end = venue.follow(() => undefined);
    expect(() => venue.follow(() => undefined)).toThrow('a listener already');
    await end();
    venue.follow((notice) => notices.push(notice));
    await end();
    transfer(model, ACCOUNT, usdt(1), START_MS);
    venue.moved();
    expect(told(notices)).toEqual(['stream', 'balance']);
  });

  it('does not tell a new listener what was on its way to the one before', async () => {
    const { venue, notices, model, timers } = opened(10);
    const end = venue.follow(() => undefined);
    transfer(model, ACCOUNT, usdt(1), START_MS);
    venue.moved();
    await end();
    venue.follow((notice) => notices.push(notice));
    timers.advance(10);
    expect(told(notices)).toEqual(['stream']);
  });
});

describe('a paper venue that is closed', () => {
  it('says of an order on its way that it surely did not leave, and it did not', async () => {
    const { venue, timers, model } = opened(10);
    const asked = [venue.submit(requestOf('a'), 'entry'), venue.cancel(nameOf('a'), 'cancel')];
    timers.advance(4);
    await venue.close();
    timers.advance(100);
    expect((await Promise.all(asked)).map(codeOf)).toEqual(['BUSY', 'BUSY']);
    expect(truthOf(model, ACCOUNT).orders).toHaveLength(0);
  });

  it('says of an order that arrived and was not answered yet that nothing is known', async () => {
    const { venue, timers, model } = opened(10);
    const asked = venue.submit(requestOf('a'), 'entry');
    timers.advance(5);
    await venue.close();
    expect(await asked).toEqual({ kind: 'UNKNOWN', cause: 'CONNECTION' });
    expect(truthOf(model, ACCOUNT).orders).toHaveLength(1);
  });

  it('sends nothing any more, not even what was asked in the same breath', async () => {
    const { venue, notices } = following();
    const asked = venue.submit(requestOf('a'), 'entry');
    await venue.close();
    expect(codeOf(await asked)).toBe('BUSY');
    expect(codeOf(await venue.submit(requestOf('b'), 'entry'))).toBe('BUSY');
    expect(await venue.positions('exit')).toEqual({ kind: 'UNKNOWN', cause: 'NOT_SENT' });
    expect(await venue.query(nameOf('a'), 'doubt')).toEqual({ kind: 'UNKNOWN', cause: 'NOT_SENT' });
    expect((await venue.cancelAllAfter(10)).ok).toBe(false);
    expect(told(notices)).toEqual(['stream']);
  });

  it('leaves the account as it is to the next venue over it', async () => {
    const { venue, model, timers } = opened();
    await venue.submit(RESTING, 'entry');
    await venue.close();
    const next = paperVenue({ model, accountId: ACCOUNT, timers });
    const open = await next.openOrders('exit');
    expect(open.kind === 'KNOWN' && open.rows.map(({ clientOrderId }) => clientOrderId)).toEqual(['rests']);
  });
});

describe("the dead man's switch of the paper venue", () => {
  const openCount = ({ model }: Paper): number => truthOf(model, ACCOUNT).openOrders.length;

  it('cancels every order after so many seconds without another call', async () => {
    const paper = following();
    const { venue, timers, notices } = paper;
    await venue.submit(RESTING, 'entry');
    expect(await venue.cancelAllAfter(10)).toEqual({ ok: true, value: undefined });
    timers.advance(9_000);
    await venue.cancelAllAfter(10);
    timers.advance(9_999);
    expect(openCount(paper)).toBe(1);
    timers.advance(1);
    expect(openCount(paper)).toBe(0);
    expect(told(notices)).toEqual(['stream', 'NEW 0/10', 'CANCELED 0/10']);
  });

  it('is called off by null', async () => {
    const paper = opened();
    await paper.venue.submit(RESTING, 'entry');
    await paper.venue.cancelAllAfter(10);
    await paper.venue.cancelAllAfter(null);
    paper.timers.advance(60_000);
    expect(openCount(paper)).toBe(1);
    expect(paper.timers.nextMs()).toBeNull();
  });

  it('takes 10 to 120 seconds', async () => {
    const { venue } = opened();
    const taken = await Promise.all([9, 10, 120, 121, Number.NaN].map((s) => venue.cancelAllAfter(s)));
    expect(taken.map(({ ok }) => ok)).toEqual([false, true, true, false, false]);
  });

  it('goes off although the client is gone, unless its next venue calls it off', async () => {
    for (const isCalledOff of [false, true]) {
      const model = exchangeWith();
      const timers = virtualTimers(START_MS);
      const deps = { model, accountId: ACCOUNT, timers, cancelAllTimers: new Map<string, () => void>() };
      const venue = paperVenue(deps);
      await venue.submit(RESTING, 'entry');
      await venue.cancelAllAfter(10);
      await venue.close();
      if (isCalledOff) await paperVenue(deps).cancelAllAfter(null);
      timers.advance(10_000);
      expect(truthOf(model, ACCOUNT).openOrders).toHaveLength(isCalledOff ? 1 : 0);
    }
  });
});

describe('the notices of the paper venue', () => {
  const anyStep = fc.record({
    isQuote: fc.boolean(),
    isBuy: fc.boolean(),
    isLimit: fc.boolean(),
    away: fc.integer({ min: -20, max: 20 }),
    size: fc.integer({ min: 2, max: 40 }),
  });
  type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never;

  async function ran(steps: readonly Step[], latencyMs: number): Promise<Paper> {
    const paper = following(latencyMs);
    const { model, timers, venue } = paper;
    for (const [n, { isQuote, isBuy, isLimit, away, size }] of steps.entries()) {
      const price = priceTicks(1_000_005 + away);
      if (isQuote) {
        setQuote(model, BTC.symbol, quoteAt(price - 2, price + 2, size), timers.nowMs());
        venue.moved();
      } else {
        const side = isBuy ? 'BUY' : 'SELL';
        const changes = { side, quantity: lots(size) } as const;
        const order = isLimit ? limitOf(`c${n}`, price, changes) : requestOf(`c${n}`, changes);
        const asked = venue.submit(order, 'entry');
        timers.advance(latencyMs);
        await asked;
      }
    }
    timers.advance(latencyMs);
    return paper;
  }

  it('end with the truth of every order and of the wallet, and are the same after the same steps', async () => {
    const anySteps = fc.array(anyStep, { minLength: 1, maxLength: 25 });
    const property = fc.asyncProperty(anySteps, fc.constantFrom(0, 1, 40), async (steps, latencyMs) => {
      const { model, notices } = await ran(steps, latencyMs);
      const { orders, wallet, seed } = truthOf(model, ACCOUNT);
      const last = new Map<string, unknown>();
      let toldWallet = seed;
      for (const notice of notices) {
        if (notice.kind === 'order') last.set(notice.report.venueOrderId, notice.report);
        if (notice.kind === 'balance') toldWallet = notice.report.wallet ?? toldWallet;
      }
      expect(toldWallet).toBe(wallet);
      expect(orders.map(({ report }) => last.get(report.venueOrderId))).toEqual(
        orders.map(({ report }) => ({ ...report, isMaker: null })),
      );
      expect((await ran(steps, latencyMs)).notices).toEqual(notices);
    });
    await fc.assert(property, { seed: 20261128, numRuns: 60 });
  });
});
