// The way in: proof that the venue is flat, quotes with an end, what follows a miss, and never two entries at once.

import { describe, expect, it } from 'vitest';
import { BTC, KernelDriver, reportOf, usdt } from './build.ts';

const MAKER = { router: { style: 'maker', entryMiss: 'skip' } } as const;

describe('an entry that takes', () => {
  it('is sent at once where the venue has just shown that it is flat', () => {
    const kernel = new KernelDriver().ready();
    expect(kernel.enter()).toMatchObject({ isAccepted: true, code: 'APPLIED' });
    expect(kernel.sent).toMatchObject([
      { symbol: BTC, side: 'BUY', type: 'MARKET', quantity: 50, reduceOnly: false },
    ]);
    expect(kernel.slot()).toMatchObject({ status: 'ENTERING' });
    kernel.fill(10_001);
    expect(kernel.slot()).toMatchObject({ status: 'OPEN' });
  });

  it('waits for proof where the last picture is old, and is sent when it comes', () => {
    const kernel = new KernelDriver().ready();
    kernel.wait(20_000);
    kernel.answersFetches = false;
    kernel.enter();
    expect(kernel.sent).toHaveLength(0);
    const fetch = kernel.effects.findLast((effect) => effect.kind === 'FETCH');
    expect(fetch).toMatchObject({ part: 'POSITIONS', priority: 'entry' });
    if (fetch?.kind === 'FETCH') kernel.answer(fetch);
    expect(kernel.sent).toHaveLength(1);
  });

  it('is given up where the proof does not come: no answer is not flat', () => {
    const kernel = new KernelDriver().ready();
    kernel.wait(20_000);
    kernel.answersFetches = false;
    kernel.enter();
    kernel.wait(11_000);
    expect(kernel.sent).toHaveLength(0);
    expect(kernel.codes('PUBLISH')).toContain('requote_blocked');
    expect(kernel.slot()).toMatchObject({ status: 'FREE', trade: null });
  });

  it('is refused while the venue holds something of the symbol that nobody explains', () => {
    const kernel = new KernelDriver().ready();
    kernel.wait(20_000);
    kernel.hold(7);
    kernel.enter();
    expect(kernel.sent).toHaveLength(0);
    expect(kernel.slot()).toMatchObject({ status: 'FREE' });
  });

  it('is refused while the venue holds a long and a short that cancel out, in hedge mode', () => {
    const kernel = new KernelDriver({ positionMode: 'hedge' }).ready();
    kernel.wait(20_000);
    const leg = { symbol: BTC, entryQuote: usdt(5), venueAtMs: kernel.nowMs as never };
    kernel.view.positions = [
      { ...leg, position: 5 as never },
      { ...leg, position: -5 as never },
    ];
    kernel.enter();
    expect(kernel.sent).toHaveLength(0);
  });

  it('is refused where the venue has not said for two rounds what margin is free', () => {
    const kernel = new KernelDriver().ready();
    kernel.state.ledger.marginHeardAtMs = (kernel.nowMs - 600_001) as never;
    expect(kernel.enter()).toMatchObject({ code: 'MARGIN' });
  });

  it('leaves a free slot, and says so, where the venue rejects it', () => {
    const kernel = new KernelDriver().ready();
    kernel.enter();
    kernel.reject('MARGIN');
    expect(kernel.slot()).toMatchObject({ status: 'FREE', trade: null, wasRejected: true });
    expect(kernel.sent).toHaveLength(1);
  });

  it('refuses a second one for the slot whatever its trade would be called', () => {
    const kernel = new KernelDriver().ready();
    kernel.enter();
    for (let again = 0; again < 86; again += 1) expect(kernel.enter()).toMatchObject({ code: 'SLOT_BUSY' });
    expect(kernel.sent).toHaveLength(1);
  });

  it('gives each trade its own id', () => {
    const kernel = new KernelDriver({ limits: { maxEntriesPerMinute: 100 } }).ready();
    const ids = new Set<string>();
    for (let round = 0; round < 5; round += 1) {
      kernel.enter();
      ids.add(kernel.lastSent.clientOrderId);
      kernel.reject('MARGIN');
    }
    expect(ids.size).toBe(5);
  });
});

describe('an entry that makes', () => {
  it('rests at the best price of its own side, post-only, and goes when its time is over', () => {
    const kernel = new KernelDriver(MAKER).ready();
    kernel.enter();
    expect(kernel.lastSent).toMatchObject({ type: 'LIMIT', limit: 10_000, postOnly: true });
    kernel.ack();
    kernel.wait(57_999);
    expect(kernel.effects.filter((effect) => effect.kind === 'CANCEL')).toHaveLength(0);
    kernel.wait(1);
    expect(kernel.effects.filter((effect) => effect.kind === 'CANCEL')).toHaveLength(1);
    kernel.report(0, 10_000, { status: 'CANCELED' });
    expect(kernel.codes('PUBLISH')).toEqual(['working', 'cancel', 'entry_miss']);
    expect(kernel.slot().status).toBe('FREE');
  });

  it('counts a quote that filled in part as filled, and cancels only the rest', () => {
    const kernel = new KernelDriver(MAKER).ready();
    kernel.enter();
    kernel.ack();
    kernel.report(20, 10_000);
    expect(kernel.slot().status).toBe('ENTERING');
    kernel.wait(58_000);
    kernel.report(20, 10_000, { status: 'CANCELED' });
    expect(kernel.slot().status).toBe('OPEN');
    expect(kernel.codes('PUBLISH')).toContain('fill_after_ttl');
    expect(kernel.sent).toHaveLength(1);
  });

  it('counts a fill that raced the cancel', () => {
    const kernel = new KernelDriver(MAKER).ready();
    kernel.enter();
    kernel.ack();
    kernel.wait(58_000);
    kernel.report(50, 10_000);
    expect(kernel.order().status).toBe('FILLED');
    expect(kernel.slot().status).toBe('OPEN');
  });

  it('quotes again, at most as often as it may, and never for more money', () => {
    const kernel = new KernelDriver({
      router: { style: 'maker', entryMiss: 'retry', entryRetries: 2 },
    }).ready();
    kernel.enter();
    for (const price of [10_005, 10_008, 10_009]) {
      kernel.ack();
      kernel.wait(58_000);
      kernel.mark(price);
      kernel.report(0, 10_000, { status: 'CANCELED' });
    }
    expect(kernel.sent.map(({ limit }) => limit)).toEqual([10_000, 10_005, 10_008]);
    for (const { quantity, limit } of kernel.sent)
      expect(quantity * (limit ?? 0)).toBeLessThanOrEqual(50 * 10_000);
    expect(new Set(kernel.sent.map(({ clientOrderId }) => clientOrderId)).size).toBe(3);
  });

  it('does not chase further than it may from the first reference', () => {
    const kernel = new KernelDriver({ router: { style: 'maker', entryMiss: 'retry' } }).ready();
    kernel.enter();
    kernel.ack();
    kernel.wait(58_000);
    kernel.mark(10_011);
    kernel.report(0, 10_000, { status: 'CANCELED' });
    expect(kernel.sent).toHaveLength(1);
    expect(kernel.codes('PUBLISH')).toContain('requote_blocked');
  });

  it('takes after a miss only where it is told to, and through the same gates', () => {
    const kernel = new KernelDriver({ router: { style: 'maker', entryMiss: 'market' } }).ready();
    kernel.enter();
    kernel.ack();
    kernel.wait(58_000);
    kernel.report(0, 10_000, { status: 'CANCELED' });
    // The ask is a tick above the first reference, and the entry may not cost more than it would have there.
    expect(kernel.lastSent).toMatchObject({ type: 'MARKET', quantity: 49 });
    const frozen = new KernelDriver({ router: { style: 'maker', entryMiss: 'market' } }).ready();
    frozen.enter();
    frozen.ack();
    frozen.wait(58_000);
    frozen.apply({ kind: 'JOURNAL', isFull: true });
    frozen.report(0, 10_000, { status: 'CANCELED' });
    expect(frozen.sent).toHaveLength(1);
  });

  it('does not quote again while the venue shows a position, whatever it said of the order', () => {
    const kernel = new KernelDriver({ router: { style: 'maker', entryMiss: 'retry' } }).ready();
    kernel.enter();
    kernel.ack();
    kernel.wait(58_000);
    kernel.hold(50);
    kernel.report(0, 10_000, { status: 'CANCELED' });
    expect(kernel.sent).toHaveLength(1);
    expect(kernel.codes('PUBLISH')).toContain('requote_blocked');
  });

  it('resolves a quote that would have crossed at once, by whichever path the venue says so', () => {
    for (const path of ['reject', 'canceled'] as const) {
      const kernel = new KernelDriver(MAKER).ready();
      kernel.enter();
      if (path === 'reject') kernel.reject('POST_ONLY_CROSSED');
      else {
        kernel.ack();
        kernel.report(0, 10_000, { status: 'CANCELED' });
      }
      expect(kernel.slot().status).toBe('FREE');
      expect(kernel.codes('PUBLISH')).toContain('entry_miss');
    }
  });
});

describe('a fill that comes late', () => {
  it('reopens the trade, with its identity, after the venue had called it canceled with nothing filled', () => {
    const kernel = new KernelDriver(MAKER).ready();
    kernel.enter();
    kernel.ack();
    kernel.wait(58_000);
    kernel.report(0, 10_000, { status: 'CANCELED' });
    const { tradeId } = kernel.order();
    expect(kernel.slot().status).toBe('FREE');
    expect(kernel.report(50, 10_000, { status: 'CANCELED' })).toMatchObject({ code: 'LATE_FILL' });
    expect(kernel.slot()).toMatchObject({ status: 'OPEN', trade: { tradeId } });
    expect(kernel.order()).toMatchObject({ status: 'CANCELED', lateLots: 50 });
    expect(kernel.codes('NOTIFY')).toContain('LATE_FILL');
  });

  it('gets a slot of its own where another trade has taken the old one', () => {
    const kernel = new KernelDriver({ ...MAKER, limits: { hotWindowMs: 0 } }).ready();
    kernel.enter();
    const first = kernel.lastSent;
    kernel.ack();
    kernel.wait(58_000);
    kernel.report(0, 10_000, { status: 'CANCELED' });
    kernel.enter({ symbol: 'ETH-USDT' as never });
    expect(kernel.sent).toHaveLength(2);
    kernel.report(50, 10_000, { status: 'CANCELED' }, first);
    expect(kernel.slot(1)).toMatchObject({ status: 'ORPHAN', trade: { symbol: BTC } });
    expect(kernel.enter()).toMatchObject({ isAccepted: false });
  });
});

describe('an entry that nobody answers', () => {
  it('is in doubt, keeps its slot, and is sent no second time', () => {
    const kernel = new KernelDriver().ready();
    kernel.enter();
    expect(kernel.unknown()).toMatchObject({ code: 'IN_DOUBT' });
    kernel.wait(60_000);
    expect(kernel.order().status).toBe('IN_DOUBT');
    expect(kernel.slot().status).toBe('ENTERING');
    expect(kernel.sent).toHaveLength(1);
    expect(kernel.effects.filter((effect) => effect.kind === 'QUERY').length).toBeGreaterThan(3);
  });

  it('is found filled by asking', () => {
    const kernel = new KernelDriver().ready();
    kernel.enter();
    kernel.unknown();
    const order = kernel.lastSent;
    const facts = { status: 'FILLED', filledLots: 50 as never, filledQuote: usdt(50) } as const;
    const result = { kind: 'FOUND', report: reportOf(order, '77', facts) };
    kernel.apply({
      kind: 'QUERY_RESULT',
      clientOrderId: order.clientOrderId,
      askedAtMs: kernel.nowMs,
      result,
    });
    expect(kernel.order()).toMatchObject({ status: 'FILLED', venueOrderId: '77' });
    expect(kernel.slot().status).toBe('OPEN');
  });

  it('never was, only after the venue has not found it for longer than anything can be on its way', () => {
    const kernel = new KernelDriver().ready();
    kernel.enter();
    kernel.unknown();
    const order = kernel.lastSent;
    const absent = () =>
      kernel.apply({
        kind: 'QUERY_RESULT',
        clientOrderId: order.clientOrderId,
        askedAtMs: kernel.nowMs,
        result: { kind: 'NOT_FOUND' },
      });
    for (let count = 0; count < 10; count += 1) {
      kernel.wait(7_000);
      absent();
    }
    expect(kernel.order().status).toBe('IN_DOUBT');
    kernel.wait(7_000);
    absent();
    expect(kernel.order().status).toBe('REJECTED');
    expect(kernel.slot().status).toBe('FREE');
    expect(kernel.codes('NOTIFY')).toContain('NEVER_PLACED');
  });

  it('is there already, where the venue says that its id was used', () => {
    const kernel = new KernelDriver().ready();
    kernel.enter();
    kernel.reject('CLIENT_ID_REUSED');
    expect(kernel.order().status).toBe('IN_DOUBT');
  });
});

describe('the acts of the router', () => {
  it('are told by name: an entry that fills at once, a quote that follows another, an exit that is under way already', () => {
    const taker = new KernelDriver().ready();
    taker.enter();
    taker.fill(10_000);
    taker.hold(50);
    expect(taker.codes('PUBLISH')).toEqual(['immediate_fill']);

    const maker = new KernelDriver({ router: { style: 'maker', entryMiss: 'retry' } }).ready();
    maker.enter();
    maker.ack();
    maker.wait(58_000);
    maker.report(0, 10_000, { status: 'CANCELED' });
    expect(maker.codes('PUBLISH')).toEqual(['working', 'cancel', 'entry_miss', 'requote']);

    const leaving = new KernelDriver({ router: { style: 'maker' } }).ready();
    leaving.enter();
    leaving.fill(10_000);
    leaving.hold(50);
    leaving.exit();
    leaving.exit();
    expect(leaving.codes('PUBLISH').slice(-2)).toEqual(['working', 'suppress']);
  });
});
