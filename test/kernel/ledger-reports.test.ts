// The ledger of a whole kernel: whatever order the venue's reports come in, and however often, the money is the same.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EpochMs, Lots } from '../../src/domain/steps.ts';
import type { OrderReport } from '../../src/domain/venue.ts';
import { totalsOf } from '../../src/kernel/exposure.ts';
import { KernelDriver, quote, reportOf, START_MS, usdt } from './build.ts';

const SEED = { seed: 20261128, numRuns: 200 };
const ENTERED = 50;

/** A kernel whose entry of 50 lots is at the venue, and a report of it for each number of lots. */
function entered(): {
  kernel: KernelDriver;
  told: (filled: number, over?: Partial<OrderReport>) => OrderReport;
} {
  const kernel = new KernelDriver().ready();
  kernel.enter();
  const order = kernel.lastSent;
  expect(order.quantity).toBe(ENTERED);
  const venueOrderId = kernel.ack();
  const told = (filled: number, over: Partial<OrderReport> = {}): OrderReport =>
    reportOf(order, venueOrderId, {
      filledLots: filled as Lots,
      filledQuote: quote(filled, 10_000),
      status: filled === ENTERED ? 'FILLED' : filled === 0 ? 'NEW' : 'PARTIALLY_FILLED',
      venueAtMs: (START_MS + filled + 1) as EpochMs,
      ...over,
    });
  return { kernel, told };
}

/** The balances, and all that is booked of the trade. */
function moneyOf(kernel: KernelDriver): unknown {
  const { balances, wallet, explained } = kernel.state.ledger;
  const { trade } = kernel.slot();
  const orders = trade?.orders.map(({ bookedPredicted, bookedSettled }) => [bookedPredicted, bookedSettled]);
  return {
    balances,
    wallet,
    explained,
    orders,
    realized: trade?.bookedRealized,
    totals: trade && totalsOf(trade),
  };
}

function sumOf({ state }: KernelDriver): bigint {
  const { balances, wallet, explained } = state.ledger;
  return Object.values(balances).reduce((sum, balance) => sum + balance, wallet + explained);
}

const fills = fc.uniqueArray(fc.integer({ min: 1, max: ENTERED - 1 }), { maxLength: 6 });
const places = fc.array(fc.nat(), { minLength: 20, maxLength: 20 });

describe('reports of one order', () => {
  it('leave the same money behind in any order, twice, or not at all but for the last', () => {
    const hasFee = fc.array(fc.boolean(), { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(fills, hasFee, places, (lots, fees, at) => {
        const [inOrder, shuffled, lastOnly] = [entered(), entered(), entered()];
        const steps = [...lots.sort((a, b) => a - b), ENTERED];
        const report = ({ told }: typeof inOrder, filled: number, place: number): OrderReport =>
          told(filled, { fee: fees[place] || filled === ENTERED ? usdt(filled * 0.0005) : null });
        const deliver = (to: typeof inOrder, filled: number, place: number): void => {
          to.kernel.apply({ kind: 'REPORT', report: report(to, filled, place) });
          expect(sumOf(to.kernel)).toBe(0n);
        };
        for (const [place, filled] of steps.entries()) deliver(inOrder, filled, place);
        const twice = [...steps.entries(), ...steps.entries()];
        const mixed = twice.map(([place, filled], index) => ({ place, filled, key: at[index] ?? 0 }));
        mixed.sort((a, b) => a.key - b.key);
        for (const { place, filled } of mixed) deliver(shuffled, filled, place);
        deliver(lastOnly, ENTERED, steps.length - 1);
        expect(moneyOf(shuffled.kernel)).toEqual(moneyOf(inOrder.kernel));
        expect(moneyOf(lastOnly.kernel)).toEqual(moneyOf(inOrder.kernel));
      }),
      SEED,
    );
  });

  it('that come before the answer to the submit leave the same money as those after it', () => {
    const [early, late] = [new KernelDriver().ready(), new KernelDriver().ready()];
    for (const kernel of [early, late]) kernel.enter();
    const frame = (kernel: KernelDriver): OrderReport =>
      reportOf(kernel.lastSent, '1900000000000000001', {
        filledLots: ENTERED as Lots,
        filledQuote: quote(ENTERED, 10_000),
        status: 'FILLED',
        fee: usdt(0.02),
      });
    early.apply({ kind: 'REPORT', report: frame(early) });
    early.ack();
    late.ack();
    late.apply({ kind: 'REPORT', report: frame(late) });
    expect(moneyOf(early)).toEqual(moneyOf(late));
    expect(early.state.ledger.wallet).toBe(usdt(10_000 - 0.02));
  });

  it('that were taken for those of others leave the same money once they are claimed', () => {
    const [claimed, known] = [new KernelDriver().ready(), new KernelDriver().ready()];
    for (const kernel of [claimed, known]) kernel.enter();
    const frame = (kernel: KernelDriver): OrderReport =>
      reportOf(kernel.lastSent, '1900000000000000001', {
        filledLots: ENTERED as Lots,
        filledQuote: quote(ENTERED, 10_000),
        status: 'FILLED',
        fee: usdt(0.02),
        venueRealized: usdt(0),
        venueAtMs: (START_MS + 1) as EpochMs,
      });
    claimed.apply({ kind: 'REPORT', report: frame(claimed) });
    claimed.wait(15_000);
    expect(claimed.state.ledger.explained).toBe(usdt(-0.02));
    claimed.ack();
    known.wait(15_000);
    known.ack();
    known.apply({ kind: 'REPORT', report: frame(known) });
    expect(moneyOf(claimed)).toEqual(moneyOf(known));
    expect(claimed.state.ledger.explained).toBe(0n);
  });
});

describe('a fee that settles', () => {
  it('after the fill replaces its prediction once, by postings that no replay repeats', () => {
    const { kernel, told } = entered();
    kernel.apply({ kind: 'REPORT', report: told(ENTERED) });
    const settled = told(ENTERED, { fee: usdt(0.024) });
    kernel.apply({ kind: 'REPORT', report: settled });
    const { postings, wallet } = kernel.state.ledger;
    for (const report of [settled, told(ENTERED), told(10), settled]) {
      const outcome = kernel.apply({ kind: 'REPORT', report });
      expect(outcome.isAccepted).toBe(false);
    }
    expect(kernel.state.ledger.postings).toBe(postings);
    expect(wallet).toBe(usdt(10_000 - 0.024));
    const ids = kernel.effects.flatMap((effect) =>
      effect.kind === 'PUBLISH' && effect.publication.topic === 'posting'
        ? [effect.publication.posting.id]
        : [],
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(4);
  });
});

describe('a wallet that does not agree', () => {
  it('freezes entries at once from 20 USDT, lets exits go on, and ends when it agrees again', () => {
    const kernel = new KernelDriver().ready();
    kernel.enter();
    kernel.fill(10_000);
    kernel.nowMs += 60_000;
    const say = (wallet: number): void => {
      const row = {
        wallet: usdt(wallet),
        availableMargin: null,
        usedMargin: null,
        venueAtMs: kernel.nowMs as EpochMs,
      };
      kernel.apply({ kind: 'BALANCE', requestId: null, result: { kind: 'KNOWN', rows: [row] } });
    };
    say(9_970);
    expect([...kernel.state.trading.reasons.keys()]).toContain('RECONCILE_ERROR');
    expect(kernel.exit().isAccepted).toBe(true);
    say(9_999.999);
    expect([...kernel.state.trading.reasons.keys()]).not.toContain('RECONCILE_ERROR');
  });

  it('by less becomes an error after two minutes, by the timer alone', () => {
    const kernel = new KernelDriver().ready();
    kernel.view = { ...kernel.view, wallet: usdt(10_001) };
    const row = {
      wallet: usdt(10_001),
      availableMargin: null,
      usedMargin: null,
      venueAtMs: START_MS,
    };
    kernel.apply({ kind: 'BALANCE', requestId: null, result: { kind: 'KNOWN', rows: [row] } });
    expect(kernel.state.ledger.band).toBe('WARN');
    kernel.wait(119_999);
    expect(kernel.state.ledger.band).toBe('WARN');
    kernel.wait(1);
    expect(kernel.state.ledger.band).toBe('ERROR');
  });
});
