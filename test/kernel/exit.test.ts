// The way out: legs by ratio, a quote and then the market, whatever the venue answers, until flat or in front of a person.

import { describe, expect, it } from 'vitest';
import { positionOf } from '../../src/kernel/exposure.ts';
import { holding, KernelDriver, reportOf, usdt } from './build.ts';

const MAKER = { router: { style: 'maker' } } as const;

function position(kernel: KernelDriver): number {
  const { trade } = kernel.slot();
  return trade === null ? 0 : positionOf(trade);
}

describe('an exit', () => {
  it('closes what the slot holds, and can only reduce', () => {
    const kernel = holding(50);
    kernel.exit();
    expect(kernel.lastSent).toMatchObject({ side: 'SELL', type: 'MARKET', quantity: 50, reduceOnly: true });
    kernel.fill(10_010);
    expect(kernel.slot().status).toBe('CLOSED');
    expect(kernel.slot().trade?.bookedRealized).toBe(usdt(0.05));
  });

  it('is clipped to what is held, however much is asked for', () => {
    const kernel = holding(3);
    kernel.apply({ kind: 'COMMAND', requestId: 'r', command: 'REDUCE_ONLY', slot: null, who: 'w', why: 'y' });
    kernel.exit({ size: 0.009 });
    expect(kernel.lastSent).toMatchObject({ quantity: 3 });
  });

  it('takes 26 and then 27 of 53 lots by the ratios 0.5 and 1', () => {
    const kernel = holding(53, {}, [0.5, 1]);
    kernel.exit();
    expect(kernel.lastSent.quantity).toBe(26);
    kernel.fill(10_010);
    expect(kernel.slot()).toMatchObject({ status: 'OPEN', trade: { legIndex: 1 } });
    kernel.exit();
    expect(kernel.lastSent.quantity).toBe(27);
    kernel.fill(10_010);
    expect(kernel.slot().status).toBe('CLOSED');
  });

  it('takes the next leg next time, also where the policy named the size', () => {
    const kernel = holding(53, {}, [0.5, 0.5, 1]);
    kernel.exit({ size: 0.01 });
    kernel.fill(10_010);
    kernel.exit();
    expect(kernel.lastSent.quantity).toBe(21);
  });

  it('that was decided for the trade before is not taken for the one after', () => {
    const kernel = holding(50);
    expect(kernel.exit({ tradeId: 'BTC-USDT-T-000000000009' as never })).toMatchObject({
      code: 'NO_OPEN_POSITION',
    });
    expect(kernel.sent).toHaveLength(1);
    expect(kernel.exit({ tradeId: kernel.slot().trade?.tradeId ?? null })).toMatchObject({
      isAccepted: true,
    });
  });

  it('of an entry that never filled ends it, and counts no trade', () => {
    const kernel = new KernelDriver(MAKER).ready();
    kernel.enter();
    kernel.ack();
    kernel.exit();
    kernel.report(0, 10_000, { status: 'CANCELED' });
    expect(kernel.slot().status).toBe('CLOSED');
    expect(kernel.state.tradesClosed).toBe(0);
    kernel.wait(5_000);
    expect(kernel.slot().status).toBe('FREE');
  });

  it('is refused where nothing is held, and suppressed where it is under way', () => {
    const kernel = new KernelDriver().ready();
    expect(kernel.exit()).toMatchObject({ code: 'NO_OPEN_POSITION' });
    const open = holding(50);
    open.exit();
    expect(open.exit()).toMatchObject({ code: 'SUPPRESSED' });
    expect(open.sent).toHaveLength(2);
  });

  it('goes on while entries are frozen, the stream is down and the venue tells nothing', () => {
    const kernel = holding(50);
    kernel.apply({ kind: 'STREAM', isUp: false });
    kernel.apply({ kind: 'JOURNAL', isFull: true });
    kernel.apply({ kind: 'PERMISSIONS', version: 'v2', permissions: null });
    expect(kernel.enter({ slot: 0 })).toMatchObject({ isAccepted: false });
    kernel.exit();
    expect(kernel.lastSent).toMatchObject({ side: 'SELL', reduceOnly: true });
  });

  it('is refused only in HALTED, and goes out when a person lets it', () => {
    const kernel = holding(50);
    const command = (name: string, requestId: string) =>
      kernel.apply({ kind: 'COMMAND', requestId, command: name, slot: null, who: 'w', why: 'y' });
    command('HALTED', 'r1');
    expect(kernel.exit()).toMatchObject({ code: 'HALTED' });
    expect(kernel.sent).toHaveLength(1);
    command('RUN', 'r2');
    kernel.exit();
    expect(kernel.sent).toHaveLength(2);
  });

  it('needs no price: without one it takes instead of quoting', () => {
    const kernel = new KernelDriver(MAKER).ready();
    kernel.enter();
    kernel.fill(10_000);
    kernel.hold(50);
    kernel.wait(60_000, false);
    kernel.exit();
    expect(kernel.lastSent).toMatchObject({ type: 'MARKET' });
  });
});

describe('an exit that quotes', () => {
  function quoting(): KernelDriver {
    const kernel = new KernelDriver(MAKER).ready();
    kernel.enter();
    kernel.fill(10_000);
    kernel.hold(50);
    kernel.exit();
    return kernel;
  }

  it('rests for its time, and then takes, with what is left', () => {
    const kernel = quoting();
    expect(kernel.lastSent).toMatchObject({ type: 'LIMIT', limit: 10_001, postOnly: true, reduceOnly: true });
    kernel.ack();
    kernel.report(20, 10_001);
    kernel.wait(8_000);
    kernel.report(20, 10_001, { status: 'CANCELED' });
    expect(kernel.lastSent).toMatchObject({ type: 'MARKET', quantity: 30, reduceOnly: true });
    expect(kernel.codes('PUBLISH')).toContain('exit_market_fallback');
  });

  it('is preempted by an urgent one: canceled first, then taken', () => {
    const kernel = quoting();
    kernel.ack();
    kernel.exit({ isUrgent: true });
    expect(kernel.effects.filter((effect) => effect.kind === 'CANCEL')).toHaveLength(1);
    expect(kernel.sent).toHaveLength(2);
    kernel.report(0, 10_001, { status: 'CANCELED' });
    expect(kernel.lastSent).toMatchObject({ type: 'MARKET', quantity: 50 });
  });

  it('does not send a market order beside a quote that may live, before it has waited for proof', () => {
    const kernel = quoting();
    kernel.ack();
    kernel.wait(8_000);
    expect(kernel.sent).toHaveLength(2);
    kernel.wait(4_000);
    expect(kernel.sent).toHaveLength(2);
    kernel.wait(3_000);
    expect(kernel.sent).toHaveLength(3);
    expect(kernel.lastSent).toMatchObject({ type: 'MARKET', reduceOnly: true, quantity: 50 });
  });

  it('is canceled again after a denial, also while the market order beside it waits to be tried again', () => {
    const kernel = quoting();
    const quote = kernel.lastSent;
    const cancels = () => kernel.effects.filter((effect) => effect.kind === 'CANCEL').length;
    const deny = () => {
      const result = { kind: 'REJECT', code: 'RATE_LIMITED', text: '100410' };
      kernel.apply({ kind: 'CANCEL_RESULT', clientOrderId: quote.clientOrderId, result });
    };
    kernel.ack();
    kernel.wait(8_000);
    for (let round = 0; round < 20; round += 1) {
      deny();
      if (kernel.order().status === 'SENT') kernel.reject('RATE_LIMITED');
      kernel.wait(2_000);
    }
    expect(kernel.state.diagnostics.get('REJECT_CIRCUIT_OPEN')).toBeGreaterThan(0);
    expect(cancels()).toBeGreaterThan(15);
  });

  it('waits for proof for ever in a shared account, where reduce-only could close what is not ours', () => {
    const kernel = new KernelDriver({ ...MAKER, account: 'shared' }).ready();
    kernel.enter();
    kernel.fill(10_000);
    kernel.hold(50);
    kernel.exit();
    kernel.ack();
    kernel.wait(60_000);
    expect(kernel.sent).toHaveLength(2);
  });

  it('quotes once more after it would have crossed, and then takes', () => {
    const kernel = quoting();
    kernel.reject('POST_ONLY_CROSSED');
    expect(kernel.lastSent).toMatchObject({ type: 'LIMIT' });
    kernel.reject('POST_ONLY_CROSSED');
    expect(kernel.lastSent).toMatchObject({ type: 'MARKET' });
  });
});

describe('an exit that the venue refuses', () => {
  it('is tried again, under a new id each time, and in front of a person when its time is over', () => {
    const kernel = holding(50);
    kernel.exit();
    for (let round = 0; round < 40; round += 1) {
      const order = kernel.order();
      if (order.status === 'SENT') kernel.reject('OTHER');
      kernel.wait(5_000);
    }
    const ids = kernel.sent.map(({ clientOrderId }) => clientOrderId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(3);
    expect(ids.length).toBeLessThan(12);
    expect(kernel.slot().status).toBe('QUARANTINED');
    expect(kernel.codes('NOTIFY').filter((code) => code === 'QUARANTINED')).toHaveLength(1);
    expect(kernel.state.diagnostics.get('REJECT_CIRCUIT_OPEN')).toBeGreaterThan(0);
  });

  it('because somebody else closed the position is not tried for ever: the book follows what the venue shows', () => {
    const kernel = holding(50);
    kernel.wait(60_000);
    kernel.hold(0);
    kernel.exit();
    for (let round = 0; round < 60; round += 1) {
      if (kernel.order().status === 'SENT') kernel.reject('NO_POSITION');
      kernel.wait(5_000);
    }
    expect(kernel.slot()).toMatchObject({ status: 'FREE', trade: null });
    expect(kernel.codes('NOTIFY')).toContain('POSITION_REDUCED');
  });

  it('still ends flat when the venue takes it after all', () => {
    const kernel = holding(50);
    kernel.exit();
    for (let round = 0; round < 40; round += 1) {
      if (kernel.order().status === 'SENT') kernel.reject('OTHER');
      kernel.wait(5_000);
    }
    kernel.wait(60_000);
    if (kernel.order().status !== 'SENT') kernel.wait(60_000);
    kernel.hold(0);
    for (const older of kernel.sent.slice(1, -1)) kernel.reject('OTHER', older);
    kernel.fill(10_000);
    expect(kernel.slot().status).toBe('CLOSED');
    expect(kernel.state.trading.reasons.has('QUARANTINE')).toBe(false);
  });
});

describe('fills by identity', () => {
  it('takes a late rest of the entry for an entry while the exit works', () => {
    const kernel = new KernelDriver(MAKER).ready();
    kernel.enter();
    const entry = kernel.lastSent;
    kernel.ack();
    kernel.report(20, 10_000);
    kernel.exit();
    const cancels = kernel.effects.filter((effect) => effect.kind === 'CANCEL');
    expect(cancels).toHaveLength(1);
    expect(kernel.lastSent).toMatchObject({ side: 'SELL', quantity: 20 });
    const exit = kernel.lastSent;
    kernel.ack(exit);
    kernel.report(35, 10_000, {}, entry);
    expect(position(kernel)).toBe(35);
    kernel.report(35, 10_000, { status: 'CANCELED' }, entry);
    kernel.report(20, 10_001, {}, exit);
    expect(position(kernel)).toBe(15);
    expect(kernel.lastSent).toMatchObject({ side: 'SELL', quantity: 15 });
  });

  it('books the average of all fills of the entry, never the last price', () => {
    const kernel = new KernelDriver().ready();
    kernel.enter();
    kernel.ack();
    kernel.report(20, 10_000);
    kernel.apply({
      kind: 'REPORT',
      report: reportOf(kernel.lastSent, kernel.order().venueOrderId ?? '', {
        status: 'FILLED',
        filledLots: 50 as never,
        filledQuote: usdt(20 + 30 * 1.1),
      }),
    });
    kernel.hold(50);
    kernel.exit();
    kernel.fill(11_000);
    expect(kernel.slot().trade?.bookedRealized).toBe(usdt(55 - 53));
  });
});
