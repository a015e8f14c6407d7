// Commands: how a person freezes, flattens, halts and resolves, and that each request is carried out once.

import { describe, expect, it } from 'vitest';
import type { EpochMs } from '../../src/domain/steps.ts';
import { effectiveState, raise } from '../../src/kernel/trading.ts';
import { begin } from '../../src/kernel/transaction.ts';
import { type ConfigOver, ETH, KernelDriver, usdt } from './build.ts';

let requests = 0;

function command(kernel: KernelDriver, word: string, over: Record<string, unknown> = {}) {
  requests += 1;
  const requestId = `request-${requests}`;
  return kernel.apply({
    kind: 'COMMAND',
    requestId,
    command: word,
    slot: null,
    who: 'ada',
    why: 'a test',
    ...over,
  });
}

/** Holds 50 lots of BTC since long ago, as the venue says as well. */
function holding(over: ConfigOver = {}): KernelDriver {
  const kernel = new KernelDriver(over).ready();
  kernel.enter();
  kernel.fill(10_001);
  kernel.hold(50, 10_001);
  kernel.wait(6_000);
  return kernel;
}

const canceled = (kernel: KernelDriver) => kernel.effects.filter(({ kind }) => kind === 'CANCEL').length;

describe('a command', () => {
  it('is carried out once for each request', () => {
    const kernel = new KernelDriver().ready();
    expect(command(kernel, 'HALTED', { requestId: 'r' })).toMatchObject({ isAccepted: true });
    expect(command(kernel, 'RUN', { requestId: 'r' })).toMatchObject({ code: 'DUPLICATE_EVENT' });
    expect(effectiveState(kernel.state)).toBe('HALTED');
  });

  it.each(['STOP', 'run', '', null, 7])('is refused where it is %s', (word) => {
    const kernel = new KernelDriver().ready();
    expect(command(kernel, word as string)).toMatchObject({ code: 'MALFORMED_EVENT' });
    expect(kernel.state.trading.command).toBe('RUN');
  });

  it('is refused without a request', () => {
    const kernel = new KernelDriver().ready();
    expect(command(kernel, 'HALTED', { requestId: '' })).toMatchObject({ code: 'MALFORMED_EVENT' });
  });

  it.each(['ENTRY_FROZEN', 'REDUCE_ONLY'])(
    'of %s cancels a resting entry and keeps what it filled',
    (word) => {
      const kernel = new KernelDriver({ router: { style: 'maker' } }).ready();
      kernel.enter();
      kernel.ack();
      kernel.report(20, 10_000);
      command(kernel, word);
      expect(canceled(kernel)).toBe(1);
      kernel.report(20, 10_000, { status: 'CANCELED' });
      expect(kernel.slot().status).toBe('OPEN');
      expect(kernel.enter({ symbol: ETH })).toMatchObject({ isAccepted: false, code: word });
      expect(kernel.sent).toHaveLength(1);
    },
  );

  it('of RUN lets entries in again', () => {
    const kernel = new KernelDriver().ready();
    command(kernel, 'ENTRY_FROZEN');
    command(kernel, 'RUN');
    expect(kernel.enter()).toMatchObject({ isAccepted: true });
  });

  it('does not make the kernel forget its own reasons', () => {
    const kernel = new KernelDriver().ready();
    raise(begin(kernel.state, kernel.nowMs as EpochMs), 'OVERFILL', 'a test');
    command(kernel, 'RUN');
    expect(effectiveState(kernel.state)).toBe('REDUCE_ONLY');
  });
});

describe('reduce-only', () => {
  it('refuses a buy from flat', () => {
    const kernel = new KernelDriver().ready();
    command(kernel, 'REDUCE_ONLY');
    expect(kernel.enter()).toMatchObject({ code: 'REDUCE_ONLY', details: 'command=REDUCE_ONLY' });
    expect(kernel.sent).toEqual([]);
  });

  it('clips an exit of 3 lots to the 1 that is short, so that nothing is flipped', () => {
    const kernel = new KernelDriver().ready();
    kernel.enter({ side: 'SHORT', size: 0.003 });
    kernel.ack();
    kernel.report(1, 10_000, { status: 'CANCELED' });
    command(kernel, 'REDUCE_ONLY');
    expect(kernel.exit({ size: 0.003 })).toMatchObject({ isAccepted: true });
    expect(kernel.lastSent).toMatchObject({ side: 'BUY', quantity: 1, reduceOnly: true });
  });
});

describe('FLATTENING', () => {
  it('takes out what is held at once, and becomes REDUCE_ONLY when it is gone', () => {
    const kernel = holding({ router: { style: 'maker' } });
    command(kernel, 'FLATTENING');
    expect(kernel.lastSent).toMatchObject({ side: 'SELL', type: 'MARKET', quantity: 50, reduceOnly: true });
    expect(kernel.state.trading.command).toBe('FLATTENING');

    kernel.fill(9_999);
    kernel.hold(0);
    expect(kernel.state.trading.command).toBe('REDUCE_ONLY');
    expect(kernel.slot().status).toBe('CLOSED');
  });

  it('is over at once where nothing is held', () => {
    const kernel = new KernelDriver().ready();
    command(kernel, 'FLATTENING');
    expect(kernel.state.trading.command).toBe('REDUCE_ONLY');
  });

  it('is not over before the venue was looked at: an empty book proves nothing', () => {
    const kernel = new KernelDriver();
    command(kernel, 'FLATTENING');
    expect(kernel.state.trading.command).toBe('FLATTENING');
    kernel.ready();
    expect(kernel.state.trading.command).toBe('REDUCE_ONLY');
  });

  it('cancels an entry under way, and takes out what still fills of it', () => {
    const kernel = new KernelDriver({ router: { style: 'maker' } }).ready();
    kernel.enter();
    const entry = kernel.lastSent;
    kernel.ack();
    command(kernel, 'FLATTENING');
    expect(canceled(kernel)).toBe(1);
    kernel.report(30, 10_000, { status: 'CANCELED' }, entry);
    expect(kernel.lastSent).toMatchObject({ side: 'SELL', type: 'MARKET', quantity: 30 });
    kernel.fill(9_999);
    expect(kernel.state.trading.command).toBe('REDUCE_ONLY');
  });

  it('takes out what nobody asked for as well', () => {
    const kernel = new KernelDriver().ready();
    kernel.hold(7);
    kernel.wait(400_000);
    expect(kernel.state.slots.map(({ status }) => status)).toContain('ORPHAN');
    command(kernel, 'FLATTENING');
    expect(kernel.lastSent).toMatchObject({ side: 'SELL', quantity: 7, reduceOnly: true });
  });
});

describe('HALTED', () => {
  it('sends nothing at all, not even the cancel of an entry, until a person takes it back', () => {
    const kernel = new KernelDriver({ router: { style: 'maker' } }).ready();
    kernel.enter();
    kernel.ack();
    command(kernel, 'HALTED');
    kernel.wait(120_000);
    expect(kernel.sent).toHaveLength(1);
    expect(canceled(kernel)).toBe(0);

    command(kernel, 'REDUCE_ONLY');
    expect(canceled(kernel)).toBe(1);
  });

  it('refuses exits too, and goes on with the one that was under way when it is over', () => {
    const kernel = holding();
    command(kernel, 'HALTED');
    expect(kernel.exit()).toMatchObject({ code: 'HALTED' });
    expect(kernel.sent).toHaveLength(1);
    command(kernel, 'FLATTENING');
    expect(kernel.lastSent).toMatchObject({ side: 'SELL', quantity: 50 });
  });

  it('is not left by anything but a command', () => {
    const kernel = holding();
    command(kernel, 'HALTED');
    kernel.apply({ kind: 'STREAM', isUp: false });
    kernel.apply({ kind: 'STREAM', isUp: true });
    kernel.ready();
    kernel.wait(600_000);
    expect(effectiveState(kernel.state)).toBe('HALTED');
    expect(kernel.sent).toHaveLength(1);
  });
});

describe('RESOLVE', () => {
  /** An exit that the venue rejects until it is overdue. */
  function quarantined(): KernelDriver {
    const kernel = holding();
    kernel.exit();
    for (let tries = 0; tries < 40 && kernel.slot().status !== 'QUARANTINED'; tries += 1) {
      const last = kernel.lastSent;
      if (kernel.order(last.clientOrderId).status === 'SENT') kernel.reject('OTHER');
      kernel.wait(5_000);
    }
    if (kernel.order().status === 'SENT') kernel.reject('OTHER');
    return kernel;
  }

  it('gives a quarantined slot back to its exit, with all its time and tries before it', () => {
    const kernel = quarantined();
    expect(kernel.slot().status).toBe('QUARANTINED');
    const sent = kernel.sent.length;

    expect(command(kernel, 'RESOLVE', { slot: 0 })).toMatchObject({ isAccepted: true });
    expect(kernel.slot()).toMatchObject({ status: 'EXITING', quarantine: '' });
    expect(kernel.slot().trade?.exit).toMatchObject({ isOverdue: false, rejects: 0, lastReject: null });
    expect(kernel.sent.length).toBe(sent + 1);
    expect(new Set(kernel.sent.map(({ clientOrderId }) => clientOrderId)).size).toBe(sent + 1);
    expect(kernel.state.trading.reasons.has('QUARANTINE')).toBe(false);

    kernel.fill(9_999);
    expect(kernel.slot().status).toBe('CLOSED');
  });

  it('does not touch a slot that nobody has to look at, or that is not there', () => {
    const kernel = holding();
    expect(command(kernel, 'RESOLVE', { slot: 0 })).toMatchObject({ code: 'SUPPRESSED' });
    expect(command(kernel, 'RESOLVE', { slot: 9 })).toMatchObject({ code: 'UNKNOWN_SLOT' });
    expect(command(kernel, 'RESOLVE', { slot: Number.NaN })).toMatchObject({ code: 'UNKNOWN_SLOT' });
  });

  it('without a slot takes the residual as explained, and ends what only a person could', () => {
    const kernel = new KernelDriver().ready();
    const tx = begin(kernel.state, kernel.nowMs as EpochMs);
    raise(tx, 'OVERFILL', 'a test');
    raise(tx, 'FORGOTTEN_ORDER', 'a test');
    kernel.apply({
      kind: 'BALANCE',
      requestId: null,
      result: {
        kind: 'KNOWN',
        rows: [
          {
            wallet: usdt(10_050),
            availableMargin: usdt(10_050),
            usedMargin: usdt(0),
            venueAtMs: kernel.nowMs + 1,
          },
        ],
      },
    });
    expect(effectiveState(kernel.state)).toBe('REDUCE_ONLY');
    expect(kernel.state.trading.reasons.has('RECONCILE_ERROR')).toBe(true);

    expect(command(kernel, 'RESOLVE')).toMatchObject({ details: 'residual=accepted' });
    expect(effectiveState(kernel.state)).toBe('RUN');
    expect(command(kernel, 'RESOLVE')).toMatchObject({ details: 'residual=none' });
  });
});
