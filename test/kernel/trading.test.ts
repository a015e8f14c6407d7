// The trading state: the stricter of a person's word and the kernel's own reasons, told once for each change.

import { describe, expect, it } from 'vitest';
import { createKernel } from '../../src/kernel/create.ts';
import type { TradingCommand } from '../../src/kernel/event.ts';
import { FREEZE_REASONS, type FreezeReason } from '../../src/kernel/state.ts';
import { clear, effectiveState, raise, reasonsOf, setCommand } from '../../src/kernel/trading.ts';
import { begin } from '../../src/kernel/transaction.ts';
import { config, KernelDriver, START_MS } from './build.ts';

const fresh = () => begin(createKernel(config()), START_MS);

describe('the trading state', () => {
  it('is what each reason comes to, and no reason halts', () => {
    const states = FREEZE_REASONS.map((reason) => {
      const tx = fresh();
      raise(tx, reason, 'a test');
      return `${reason} ${effectiveState(tx.state)}`;
    });

    expect(states).toMatchInlineSnapshot(`
      [
        "STARTING ENTRY_FROZEN",
        "STREAM_DOWN ENTRY_FROZEN",
        "RECONCILE_ERROR ENTRY_FROZEN",
        "BALANCE_UNKNOWN ENTRY_FROZEN",
        "PERMISSIONS_UNKNOWN ENTRY_FROZEN",
        "MODE_MISMATCH ENTRY_FROZEN",
        "JOURNAL_FULL ENTRY_FROZEN",
        "POSITION_MISMATCH REDUCE_ONLY",
        "ORPHAN ENTRY_FROZEN",
        "QUARANTINE REDUCE_ONLY",
        "OVERFILL REDUCE_ONLY",
        "FORGOTTEN_ORDER REDUCE_ONLY",
      ]
    `);
  });

  it.each<[TradingCommand, FreezeReason, TradingCommand]>([
    ['RUN', 'STREAM_DOWN', 'ENTRY_FROZEN'],
    ['ENTRY_FROZEN', 'OVERFILL', 'REDUCE_ONLY'],
    ['REDUCE_ONLY', 'STREAM_DOWN', 'REDUCE_ONLY'],
    ['FLATTENING', 'OVERFILL', 'FLATTENING'],
    ['HALTED', 'QUARANTINE', 'HALTED'],
  ])('commanded %s with the reason %s is %s', (command, reason, effective) => {
    const tx = fresh();
    setCommand(tx, command, 'a test');
    raise(tx, reason, 'a test');
    expect(effectiveState(tx.state)).toBe(effective);
  });

  it('tells of a reason once when it begins and once when it ends', () => {
    const tx = fresh();
    raise(tx, 'STREAM_DOWN', 'first');
    raise(tx, 'STREAM_DOWN', 'first');
    raise(tx, 'STREAM_DOWN', 'second');

    expect(tx.effects.map(({ kind }) => kind)).toEqual(['PUBLISH', 'NOTIFY']);
    expect(tx.state.trading.reasons.get('STREAM_DOWN')).toEqual({ sinceMs: START_MS, text: 'second' });

    clear(tx, 'STREAM_DOWN');
    clear(tx, 'STREAM_DOWN');
    expect(tx.effects.map(({ kind }) => kind)).toEqual(['PUBLISH', 'NOTIFY', 'PUBLISH', 'NOTIFY']);
    expect(effectiveState(tx.state)).toBe('RUN');
  });

  it('names the reasons in their own order, whichever came first', () => {
    const tx = fresh();
    raise(tx, 'OVERFILL', 'late');
    raise(tx, 'STARTING', 'early');
    expect(reasonsOf(tx.state)).toEqual(['STARTING', 'OVERFILL']);
    expect(tx.effects.at(-2)).toEqual({
      kind: 'PUBLISH',
      publication: {
        topic: 'kernel_state',
        state: 'REDUCE_ONLY',
        reasons: ['STARTING', 'OVERFILL'],
      },
    });
  });

  it('calls a person at once where the book may be wrong, and not where something is only missing', () => {
    const severities = (['STARTING', 'STREAM_DOWN', 'POSITION_MISMATCH'] as const).map((reason) => {
      const tx = fresh();
      raise(tx, reason, 'a test');
      const told = tx.effects.at(-1);
      return told?.kind === 'NOTIFY' ? told.severity : null;
    });
    expect(severities).toEqual(['info', 'warning', 'critical']);
  });

  it('says nothing of a command that holds already', () => {
    const tx = fresh();
    setCommand(tx, 'RUN', 'again');
    expect(tx.effects).toEqual([]);
  });

  it('ends entries while the stream is down and lets them in again when it is back', () => {
    const kernel = new KernelDriver().ready();
    kernel.apply({ kind: 'STREAM', isUp: false });
    expect(kernel.enter()).toMatchObject({ code: 'ENTRY_FROZEN', details: 'reasons=STREAM_DOWN' });
    kernel.apply({ kind: 'STREAM', isUp: true });
    expect(kernel.enter()).toMatchObject({ isAccepted: true });
  });
});
