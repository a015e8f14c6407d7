// Words of a venue, a policy or a clock that make no sense: none breaks the kernel, keeps it frozen, or keeps a position open.

import { describe, expect, it } from 'vitest';
import type { RunId } from '../../src/domain/ids.ts';
import type { EpochMs, Lots } from '../../src/domain/steps.ts';
import { positionOf } from '../../src/kernel/exposure.ts';
import { BTC, CHAMPION, type ConfigOver, KernelDriver, quote, reportOf, usdt } from './build.ts';

const MAKER = { router: { style: 'maker' } } as const;
const FAR_AHEAD = 1_000;

/** A kernel that holds `quantity` lots, in two legs where `ratios` say so. */
function holding(quantity: number, over: ConfigOver = {}, ratios: readonly number[] = []): KernelDriver {
  const kernel = new KernelDriver(over).ready();
  kernel.enter({ size: quantity / 1_000, exitLegRatios: ratios });
  kernel.fill(10_000);
  kernel.hold(quantity);
  return kernel;
}

function position(kernel: KernelDriver): number {
  const { trade } = kernel.slot();
  return trade === null ? 0 : positionOf(trade);
}

/** Lets time pass while the venue finds no order, and refuses to cancel what it does not know. */
function waitUnfound(kernel: KernelDriver, seconds: number): void {
  for (let second = 0; second < seconds; second += 1) {
    const known = kernel.effects.length;
    kernel.wait(1_000);
    for (const effect of kernel.effects.slice(known)) {
      if (effect.kind === 'QUERY') {
        const { clientOrderId } = effect;
        const result = { kind: 'NOT_FOUND' };
        kernel.apply({ kind: 'QUERY_RESULT', clientOrderId, askedAtMs: kernel.nowMs, result });
      } else if (effect.kind === 'CANCEL') denyCancel(kernel, 'ORDER_UNKNOWN', effect.clientOrderId);
    }
  }
}

function denyCancel(kernel: KernelDriver, code: string, clientOrderId: string): void {
  kernel.apply({ kind: 'CANCEL_RESULT', clientOrderId, result: { kind: 'REJECT', code, text: code } });
}

describe('a venue that makes no sense', () => {
  it('cannot break the kernel by fills that cost less than nothing', () => {
    const kernel = new KernelDriver().ready();
    kernel.enter();
    kernel.ack();
    expect(kernel.report(10, -5).code).toBe('MALFORMED_EVENT');
    expect(kernel.order().filledLots).toBe(0);
  });

  it('cannot break the kernel by more lots than can be counted', () => {
    const kernel = new KernelDriver().ready();
    kernel.enter();
    kernel.ack();
    expect(kernel.report(Number.MAX_SAFE_INTEGER, 1).code).toBe('MALFORMED_EVENT');
    expect(kernel.order().filledLots).toBe(0);
  });

  it('cannot make prices stale for ever by one from the future', () => {
    const kernel = new KernelDriver().ready();
    const quotedAtMs = kernel.nowMs * FAR_AHEAD;
    const price = { symbol: BTC, bid: 10_000, ask: 10_001, mark: 10_000 };
    expect(kernel.apply({ kind: 'MARK', ...price, quotedAtMs }).code).toBe('MALFORMED_EVENT');
    expect(kernel.mark(10_000).code).toBe('APPLIED');
  });

  it('cannot keep the wallet and its margin as they are for ever by a balance from the future', () => {
    const kernel = new KernelDriver().ready();
    const margin = { availableMargin: usdt(9), usedMargin: usdt(1) };
    const rows = [{ wallet: usdt(10), ...margin, venueAtMs: kernel.nowMs * FAR_AHEAD }];
    const outcome = kernel.apply({ kind: 'BALANCE', requestId: null, result: { kind: 'KNOWN', rows } });
    expect(outcome.code).toBe('MALFORMED_EVENT');
    kernel.view = { ...kernel.view, wallet: usdt(5_000) };
    kernel.wait(600_000);
    expect(kernel.state.ledger).toMatchObject({ venueWallet: usdt(5_000), availableMargin: usdt(5_000) });
  });

  it('cannot keep a slot by a market entry that it took and never finds again', () => {
    const kernel = new KernelDriver().ready();
    kernel.enter();
    kernel.ack();
    waitUnfound(kernel, 200);
    expect(kernel.order().status).toBe('CANCELED');
    expect(kernel.slot().status).toBe('FREE');
  });

  it('is sent a market exit again where it took one and never finds it', () => {
    const kernel = holding(50);
    kernel.exit();
    const first = kernel.lastSent;
    kernel.ack();
    waitUnfound(kernel, 60);
    expect(kernel.lastSent).toMatchObject({ type: 'MARKET', quantity: 50, reduceOnly: true });
    expect(kernel.lastSent.clientOrderId).not.toBe(first.clientOrderId);
  });

  it('is sent a market exit beside a quote that it will not cancel', () => {
    const kernel = holding(50, MAKER);
    kernel.exit();
    kernel.ack();
    const quoted = kernel.lastSent;
    kernel.exit({ isUrgent: true });
    for (let second = 0; second < 10; second += 1) {
      denyCancel(kernel, 'RISK_CONTROL', quoted.clientOrderId);
      kernel.wait(1_000);
    }
    expect(kernel.order(quoted.clientOrderId).venueOrderId).not.toBeNull();
    expect(kernel.sent.map(({ type }) => type)).toEqual(['LIMIT', 'LIMIT', 'MARKET']);
    expect(kernel.lastSent).toMatchObject({ quantity: 50, reduceOnly: true });
  });

  it('that cancels each market exit with nothing filled is asked for its picture, and tried once a minute', () => {
    const kernel = holding(50);
    kernel.exit();
    const end = kernel.nowMs + 600_000;
    while (kernel.nowMs < end) {
      if (kernel.order().venueOrderId === null) {
        kernel.ack();
        kernel.report(0, 10_000, { status: 'CANCELED' });
      }
      kernel.wait(100);
    }
    expect(kernel.sent.length).toBeGreaterThan(10);
    expect(kernel.sent.length).toBeLessThan(16);
    expect(position(kernel)).toBe(50);
  });

  it('that closes more than a leg, and more than was held, is left with nothing', () => {
    const kernel = holding(53, {}, [0.5, 1]);
    kernel.exit();
    kernel.ack();
    kernel.report(60, 10_010);
    expect(position(kernel)).toBe(-7);
    expect(kernel.lastSent).toMatchObject({ side: 'BUY', type: 'MARKET', quantity: 7, reduceOnly: true });
  });

  it('frees the slot again where late fills of both sides come in one picture', () => {
    const kernel = new KernelDriver({ resync: { everyMs: 1_000 } }).ready();
    kernel.enter();
    const entry = kernel.lastSent;
    const entryId = kernel.ack();
    kernel.report(20, 10_000, { status: 'CANCELED' });
    kernel.exit();
    const exit = kernel.lastSent;
    const exitId = kernel.ack();
    kernel.report(20, 10_000);
    kernel.wait(6_000);
    kernel.enter();
    kernel.fill(10_000);
    kernel.exit();
    kernel.fill(10_000);
    expect(kernel.slot().status).toBe('CLOSED');
    const late = { filledLots: 25 as Lots, filledQuote: quote(25, 10_000), status: 'CANCELED' } as const;
    kernel.view = { ...kernel.view, fills: [reportOf(entry, entryId, late), reportOf(exit, exitId, late)] };
    kernel.wait(60_000);
    expect(kernel.slot()).toMatchObject({ status: 'FREE', trade: null });
  });
});

describe('a policy that repeats itself', () => {
  it('gets the leg that is under way, however much of it has filled', () => {
    const kernel = holding(53, MAKER, [0.5, 1]);
    kernel.exit();
    kernel.ack();
    kernel.report(10, 10_010);
    expect(kernel.exit().code).toBe('SUPPRESSED');
    kernel.report(26, 10_010);
    expect(kernel.slot()).toMatchObject({ status: 'OPEN', trade: { legIndex: 1 } });
    expect(position(kernel)).toBe(27);
  });

  it('that cannot wait any more, or a person, need not wait for the next probe of a venue that said no', () => {
    const kernel = holding(50);
    kernel.exit();
    for (let tries = 0; tries < 3; tries += 1) {
      kernel.reject('BUSY');
      if (tries < 2) kernel.wait(10_000);
    }
    const sent = kernel.sent.length;
    const request = { requestId: 'r', slot: null, who: 'w', why: 'y' };
    kernel.apply({ kind: 'COMMAND', command: 'FLATTENING', ...request });
    expect(kernel.sent.length).toBe(sent + 1);
  });

  it('leaves nothing behind where its entries were never proved', () => {
    const kernel = new KernelDriver().ready();
    kernel.wait(15_000);
    kernel.answersFetches = false;
    for (let tries = 0; tries < 5; tries += 1) {
      expect(kernel.enter().code).toBe('APPLIED');
      kernel.wait(11_000);
    }
    expect(kernel.sent).toEqual([]);
    expect(kernel.state.trades.size).toBe(0);
  });
});

describe('an entry', () => {
  it('does not take at a price that is far from the mark', () => {
    const kernel = new KernelDriver().ready();
    const quotedAtMs = kernel.nowMs as EpochMs;
    kernel.apply({ kind: 'MARK', symbol: BTC, bid: 9_000, ask: 13_000, mark: 10_000, quotedAtMs });
    expect(kernel.enter()).toMatchObject({
      code: 'PRICE_BAND',
      details: 'price=13000 mark=10000 band_ppm=50000',
    });
  });

  it('is refused before the position mode of the account is known', () => {
    const kernel = new KernelDriver();
    kernel.apply({ kind: 'START', runId: 'run-1' as RunId });
    kernel.apply({ kind: 'STREAM', isUp: true });
    const permissions = [{ strategyClass: CHAMPION, isEnabled: true, sizePpm: 1_000_000 }];
    kernel.apply({ kind: 'PERMISSIONS', version: 'v1', permissions });
    kernel.mark(10_000);
    expect(kernel.enter().code).toBe('MODE_MISMATCH');
    kernel.apply({ kind: 'ACCOUNT', positionMode: 'one_way' });
    expect(kernel.enter().code).toBe('APPLIED');
  });
});

describe('a trade that closed before its price was known', () => {
  it('is told again with what it earned', () => {
    const kernel = holding(50);
    kernel.exit();
    kernel.ack();
    kernel.report(50, 10_100, { filledQuote: null });
    kernel.report(50, 10_100);
    const told = kernel.effects.flatMap((effect) =>
      effect.kind === 'PUBLISH' && effect.publication.topic === 'trade_closed'
        ? [effect.publication.realized]
        : [],
    );
    expect(told).toEqual([usdt(0), usdt(0.5)]);
    expect(kernel.state.tradesClosed).toBe(1);
  });
});

describe('an order that is old enough to be forgotten', () => {
  it('may be heard of in the event that makes the kernel forget it', () => {
    const bounds = { terminalOrders: 2 };
    const kernel = new KernelDriver({
      bounds,
      limits: { hotWindowMs: 0 },
      resync: { everyMs: 1_000 },
    }).ready();
    const trip = () => {
      kernel.enter();
      const entry = { order: kernel.lastSent, id: kernel.ack() };
      kernel.report(50, 10_000);
      kernel.exit();
      kernel.fill(10_000);
      kernel.wait(100);
      return entry;
    };
    const first = trip();
    trip();
    kernel.enter();
    const last = { order: kernel.lastSent, id: kernel.ack() };
    const facts = { filledLots: 50 as Lots, filledQuote: quote(50, 10_000), status: 'FILLED' } as const;
    const fee = usdt(0.2);
    kernel.view = {
      ...kernel.view,
      fills: [
        reportOf(first.order, first.id, { ...facts, fee }),
        reportOf(last.order, last.id, { ...facts, fee }),
      ],
    };
    kernel.wait(2_000);
    expect(kernel.state.orders.has(first.order.clientOrderId)).toBe(false);
    expect(kernel.order(last.order.clientOrderId).status).toBe('FILLED');
  });
});
