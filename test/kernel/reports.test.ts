// Reports of orders: bound by id and by nothing else, cumulative, and the same whatever way they come.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Lots } from '../../src/domain/steps.ts';
import type { OrderReport } from '../../src/domain/venue.ts';
import { positionOf, totalsOf } from '../../src/kernel/exposure.ts';
import { KernelDriver, quote, reportOf, usdt } from './build.ts';

function entered(): KernelDriver {
  const kernel = new KernelDriver().ready();
  kernel.enter();
  return kernel;
}

describe('a report without an id of ours', () => {
  it('waits until the answer to the submit names its order', () => {
    const kernel = entered();
    const frame = reportOf(kernel.lastSent, 'venue-1', {
      filledLots: 50 as Lots,
      filledQuote: quote(50, 10_000),
      status: 'FILLED',
    });
    expect(kernel.apply({ kind: 'REPORT', report: frame })).toMatchObject({ code: 'PARKED' });
    expect(kernel.order().status).toBe('SENT');
    const result = { kind: 'ACK', venueOrderId: 'venue-1', report: null };
    kernel.apply({ kind: 'SUBMIT_RESULT', clientOrderId: kernel.lastSent.clientOrderId, result });
    expect(kernel.order().status).toBe('FILLED');
    expect(kernel.slot().status).toBe('OPEN');
  });

  it('is of somebody else after ten seconds, and changes nothing of ours', () => {
    const kernel = entered();
    kernel.fill(10_000);
    const before = kernel.state.ledger.wallet;
    const foreign = reportOf(kernel.lastSent, 'other', {
      filledLots: 9 as Lots,
      filledQuote: quote(9, 10_000),
      fee: usdt(0.1),
      venueRealized: usdt(5),
      venueAtMs: (kernel.nowMs + 1) as never,
    });
    kernel.apply({ kind: 'REPORT', report: foreign });
    kernel.wait(10_000);
    const { trade } = kernel.slot();
    expect(trade === null ? null : positionOf(trade)).toBe(50);
    expect(kernel.state.ledger.wallet).toBe(before);
    expect(kernel.state.ledger.explained).toBe(usdt(4.9));
  });

  it('is claimed back where an answer comes later still', () => {
    const kernel = entered();
    const frame = reportOf(kernel.lastSent, 'venue-1', {
      filledLots: 50 as Lots,
      filledQuote: quote(50, 10_000),
      status: 'FILLED',
    });
    kernel.apply({ kind: 'REPORT', report: frame });
    kernel.wait(30_000);
    expect(kernel.order().filledLots).toBe(0);
    const result = { kind: 'ACK', venueOrderId: 'venue-1', report: null };
    kernel.apply({ kind: 'SUBMIT_RESULT', clientOrderId: kernel.lastSent.clientOrderId, result });
    expect(kernel.order()).toMatchObject({ status: 'FILLED', filledLots: 50 });
    expect(kernel.state.ledger.explained).toBe(0n);
  });

  it('does not fill the memory, however many come', () => {
    const kernel = entered();
    for (let count = 0; count < 1_500; count += 1)
      kernel.apply({ kind: 'REPORT', report: reportOf(kernel.lastSent, `foreign-${count}`) });
    expect(kernel.state.parked.byVenueId.size).toBeLessThanOrEqual(1_000);
    expect(kernel.state.diagnostics.get('PARKED_EVICTED')).toBe(500);
  });
});

describe('a report that contradicts', () => {
  it('cannot give an order a second id, nor an id a second order', () => {
    const kernel = entered();
    kernel.ack();
    const { clientOrderId } = kernel.lastSent;
    const other = reportOf(kernel.lastSent, 'second', { clientOrderId });
    expect(kernel.apply({ kind: 'REPORT', report: other })).toMatchObject({ code: 'CONTRADICTORY_REPORT' });
  });

  it('is refused where it names another side', () => {
    const kernel = entered();
    kernel.ack();
    expect(kernel.report(50, 10_000, { side: 'SELL' })).toMatchObject({ code: 'CONTRADICTORY_REPORT' });
    expect(kernel.order().filledLots).toBe(0);
  });

  it('is refused where it cannot be read', () => {
    const kernel = entered();
    kernel.ack();
    for (const filledLots of [Number.NaN, -1, 0.5, Number.POSITIVE_INFINITY])
      expect(kernel.report(0, 10_000, { filledLots: filledLots as Lots })).toMatchObject({
        code: 'MALFORMED_EVENT',
      });
  });
});

describe('fills', () => {
  it('never come back to an order that is done: a late NEW after FILLED makes no phantom', () => {
    const kernel = entered();
    kernel.fill(10_000);
    expect(kernel.report(0, 10_000)).toMatchObject({ code: 'STALE_REPORT' });
    expect(kernel.order().status).toBe('FILLED');
    expect(kernel.state.liveOrders).toBe(0);
  });

  it('count once, however often they are heard of', () => {
    const kernel = entered();
    kernel.fill(10_000);
    const before = { ...kernel.state.ledger.balances };
    for (let again = 0; again < 5; again += 1)
      expect(kernel.report(50, 10_000)).toMatchObject({ code: 'DUPLICATE_EVENT' });
    expect(kernel.state.ledger.balances).toEqual(before);
  });

  it('beyond what was ordered are taken as they are, freeze entries and call a person', () => {
    const kernel = entered();
    kernel.ack();
    kernel.report(60, 10_000);
    const { trade } = kernel.slot();
    expect(trade === null ? null : positionOf(trade)).toBe(60);
    expect(kernel.codes('NOTIFY')).toContain('OVERFILL');
    expect(kernel.state.trading.reasons.has('OVERFILL')).toBe(true);
  });

  it('without a price count as held, are asked about, and are booked when the price comes', () => {
    const kernel = entered();
    kernel.ack();
    kernel.report(50, 0, { filledQuote: null });
    expect(kernel.order()).toMatchObject({ filledLots: 50, pricedLots: 0 });
    expect(kernel.effects.some((effect) => effect.kind === 'QUERY')).toBe(true);
    kernel.report(50, 10_000);
    expect(kernel.order()).toMatchObject({ pricedLots: 50, filledQuote: usdt(50) });
  });

  it('take the sum of trades over an average that was rounded', () => {
    const kernel = entered();
    kernel.ack();
    kernel.report(50, 10_001, { isQuoteExact: false });
    kernel.report(50, 10_000, { isQuoteExact: true });
    kernel.report(50, 10_002, { isQuoteExact: false });
    expect(kernel.order().filledQuote).toBe(quote(50, 10_000));
  });
});

describe('any order of the same reports', () => {
  const facts: readonly Partial<OrderReport>[] = [
    { filledLots: 0 as Lots, filledQuote: usdt(0), status: 'NEW' },
    { filledLots: 10 as Lots, filledQuote: quote(10, 10_000), status: 'PARTIALLY_FILLED' },
    { filledLots: 10 as Lots, filledQuote: quote(10, 10_000), status: 'PARTIALLY_FILLED', fee: usdt(0.005) },
    { filledLots: 30 as Lots, filledQuote: quote(30, 10_001), status: 'PARTIALLY_FILLED' },
    { filledLots: 50 as Lots, filledQuote: quote(50, 10_001), status: 'FILLED', isQuoteExact: false },
    { filledLots: 50 as Lots, filledQuote: quote(50, 10_002), status: 'FILLED', fee: usdt(0.025) },
  ];

  it('leaves the same position, price, fees and ledger, also where some come twice', () => {
    const apply = (indexes: readonly number[]) => {
      const kernel = entered();
      kernel.ack();
      for (const index of indexes) {
        const over = facts[index] ?? {};
        kernel.report(over.filledLots ?? 0, 10_000, over);
      }
      const order = kernel.order();
      const trade = kernel.state.trades.get(order.tradeId);
      return {
        status: order.status,
        totals: trade === undefined ? null : totalsOf(trade),
        fee: order.fee,
        ledger: kernel.state.ledger.balances,
        wallet: kernel.state.ledger.wallet,
      };
    };
    const expected = apply([...facts.keys()]);
    const orders = fc
      .array(fc.nat(facts.length - 1), { maxLength: 6 })
      .chain((extra) =>
        fc.shuffledSubarray([...facts.keys(), ...extra], { minLength: facts.length + extra.length }),
      );
    fc.assert(
      fc.property(orders, (indexes) => {
        expect(apply(indexes)).toEqual(expected);
      }),
      { seed: 20261128, numRuns: 300 },
    );
  });
});
