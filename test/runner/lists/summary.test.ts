// The heartbeat's content in every state of a kernel: it fits its schema, says what the kernel goes by, and what is not known is null.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StrategyClass } from '../../../src/domain/ids.ts';
import { KernelSummary } from '../../../src/domain/kernel-records.ts';
import { validate } from '../../../src/domain/validate.ts';
import type { RunnerFacts } from '../../../src/runner/facts.ts';
import { sinceTracker, summaryOf } from '../../../src/runner/lists/summary.ts';
import { CHAMPION, holding, KernelDriver, START_MS } from '../../kernel/build.ts';
import { factsOf } from '../facts-of.ts';

const SINCE = { tradingStateMs: START_MS, bandMs: START_MS };

/** Made, and checked against its schema. */
function summary(kernel: KernelDriver, over: Partial<RunnerFacts> = {}): KernelSummary {
  const made = summaryOf(factsOf(kernel, over), SINCE, kernel.nowMs + 600_000);
  expect(validate(KernelSummary, made)).toEqual({ ok: true, value: made });
  return made;
}

const classOf = (made: KernelSummary, name: string = CHAMPION) => made.strategies[name];

describe('a summary', () => {
  it('of a kernel that knows nothing yet says so', () => {
    const kernel = new KernelDriver();
    kernel.answersFetches = false;
    kernel.apply({ kind: 'START', runId: 'run-1' });
    expect(summary(new KernelDriver())).toMatchObject({ sequence: 0, positions: null });
    expect(summary(kernel)).toMatchObject({
      trading_state: 'reducing',
      trading_state_reason: expect.stringContaining('PERMISSIONS_UNKNOWN: no kill list was read yet'),
      kill_list: null,
      allocation: null,
      strategies: {},
      sequence: 1,
    });
  });

  it('does not know positions and wallet before the venue has said them', () => {
    const kernel = new KernelDriver();
    kernel.answersFetches = false;
    kernel.apply({ kind: 'START', runId: 'run-1' });
    expect(summary(kernel)).toMatchObject({
      positions: null,
      ledger: { kernel_balance: '0', exchange_balance: null, residual: null, band: 'unknown' },
    });
  });

  it('of a kernel that trades has every position to the last decimal', () => {
    const kernel = holding(50);
    kernel.mark(10_100);
    const made = summary(kernel);
    expect(made).toMatchObject({
      trading_state: 'active',
      trading_state_reason: null,
      positions: [
        {
          instrument: 'BTC-USDT',
          strategy_class: 'champion',
          side: 'LONG',
          quantity: '0.05',
          average_price: '1000',
          mark_price: '1010',
          unrealized_pnl: '0.5',
        },
      ],
      ledger: { asset: 'USDT', band: expect.any(String) },
    });
    expect(classOf(made)).toEqual({
      permission: 'entries_allowed',
      reason: null,
      episode: null,
      size_factor: 1,
      open_orders: 0,
      open_positions: 1,
    });
  });

  it('has no position where a fill of it has no price yet, since what is half known is not known', () => {
    const kernel = holding(50);
    const [order] = kernel.slot().trade?.orders ?? [];
    if (order === undefined) throw new Error('nothing was entered');
    order.pricedLots = 0 as typeof order.pricedLots;
    expect(summary(kernel).positions).toBeNull();
  });

  it('says of a class what the kernel goes by, and the reason of the list', () => {
    const kernel = holding(50);
    const permissions = [
      { strategyClass: CHAMPION, isEnabled: false, sizePpm: 250_000 },
      { strategyClass: 'macro' as StrategyClass, isEnabled: true, sizePpm: 250_000 },
    ];
    kernel.apply({ kind: 'PERMISSIONS', version: 'v2', permissions });
    const disabled = { isEnabled: false, reason: 'it loses', episode: 'champion/1', sizeFactor: 0.25 };
    const lists = {
      killList: { sha256: 'a'.repeat(64), commit: 'b'.repeat(40), appliedAtMs: START_MS },
      allocation: null,
      classes: new Map([[CHAMPION as string, disabled]]),
      problem: null,
    };
    const made = summary(kernel, { lists });
    expect(classOf(made)).toMatchObject({
      permission: 'entries_blocked',
      reason: 'it loses',
      episode: 'champion/1',
      size_factor: 0.25,
      open_positions: 1,
    });
    expect(classOf(made, 'macro')).toMatchObject({ permission: 'entries_allowed', size_factor: 0.25 });
    expect(made.kill_list).toEqual({
      sha256: 'a'.repeat(64),
      commit: 'b'.repeat(40),
      applied_at: new Date(START_MS).toISOString(),
    });
  });

  it('blocks every class while there is no list, whatever an older one said', () => {
    const kernel = holding(50);
    kernel.apply({ kind: 'PERMISSIONS', version: 'none', permissions: null });
    expect(classOf(summary(kernel))).toMatchObject({
      permission: 'entries_blocked',
      reason: 'there is no list that can be read',
    });
  });

  it('knows a class that no list names by what is held of it', () => {
    const kernel = holding(50);
    kernel.apply({ kind: 'PERMISSIONS', version: 'v2', permissions: [] });
    expect(classOf(summary(kernel))).toMatchObject({
      permission: 'entries_blocked',
      reason: 'the kill list does not name the class',
      open_positions: 1,
    });
  });

  it('calls a position that nobody explains an orphan, and no class', () => {
    const kernel = new KernelDriver().ready();
    kernel.hold(50);
    kernel.wait(1_000_000);
    const made = summary(kernel);
    expect(made.positions).toMatchObject([{ strategy_class: null, quantity: '0.05' }]);
    expect(made.strategies['orphan']).toBeUndefined();
    expect(made.trading_state).toBe('reducing');
  });

  it('says that the kernel takes nothing any more, and what a person commanded', () => {
    const kernel = new KernelDriver().ready();
    kernel.apply({
      kind: 'COMMAND',
      requestId: 'r1',
      command: 'ENTRY_FROZEN',
      slot: null,
      who: 'ada',
      why: 'the feed repeats itself',
    });
    expect(summary(kernel)).toMatchObject({
      trading_state: 'reducing',
      trading_state_reason: 'a person commanded ENTRY_FROZEN',
    });
    expect(summary(kernel, { halted: 'the disk is gone' })).toMatchObject({
      trading_state: 'halted',
      trading_state_reason: expect.stringContaining('the disk is gone'),
    });
  });

  it('cuts a reason that is longer than a reason may be', () => {
    const made = summary(new KernelDriver().ready(), { halted: 'x'.repeat(1_000) });
    expect(made.trading_state_reason).toHaveLength(500);
  });

  it('counts orders of which nobody knows how they stand', () => {
    const kernel = new KernelDriver().ready();
    kernel.enter();
    expect(summary(kernel)).toMatchObject({ orders_in_doubt: 0 });
    expect(classOf(summary(kernel))).toMatchObject({ open_orders: 1 });
    kernel.unknown();
    expect(summary(kernel)).toMatchObject({ orders_in_doubt: 1 });
  });

  it('has every part that is on, with the age of its last word', () => {
    const kernel = new KernelDriver().ready();
    const parts = [
      { name: 'feed', state: 'stale', why: '', lastAtMs: kernel.nowMs - 70_000 },
      { name: 'account', state: 'down', why: '', lastAtMs: null },
      { name: 'git', state: 'off', why: '', lastAtMs: null },
    ] as const;
    expect(summary(kernel, { parts }).streams).toEqual({
      feed: { state: 'stale', last_at: new Date(kernel.nowMs - 70_000).toISOString(), age_ms: 70_000 },
      account: { state: 'down', last_at: null, age_ms: null },
    });
  });

  it('fits its schema whatever the kernel went through', () => {
    const act = fc.constantFrom(
      'enter',
      'fill',
      'partial',
      'exit',
      'unknown',
      'hold',
      'reject',
      'wait',
      'list',
    );
    fc.assert(
      fc.property(
        fc.array(act, { maxLength: 25 }),
        fc.integer({ min: 9_000, max: 11_000 }),
        (acts, price) => {
          const kernel = new KernelDriver().ready();
          const has = (): boolean => kernel.sent.length > 0;
          for (const each of acts) {
            if (each === 'enter') kernel.enter();
            else if (each === 'exit') kernel.exit();
            else if (each === 'fill' && has()) kernel.fill(price);
            else if (each === 'partial' && has()) kernel.report(7, price);
            else if (each === 'unknown' && has()) kernel.unknown();
            else if (each === 'reject' && has()) kernel.reject('RATE_LIMITED');
            else if (each === 'hold') kernel.hold(price - 10_000, price);
            else if (each === 'list')
              kernel.apply({ kind: 'PERMISSIONS', version: `v${price}`, permissions: [] });
            else kernel.wait(7_000);
            kernel.mark(price);
            summary(kernel);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('since when a kernel stands as it does', () => {
  it('is counted from the last change of the word, not of the reason', () => {
    const kernel = new KernelDriver().ready();
    const tracker = sinceTracker(START_MS);
    tracker.note(factsOf(kernel));
    expect(tracker.since()).toEqual(SINCE);
    kernel.nowMs += 5_000;
    kernel.apply({ kind: 'PERMISSIONS', version: 'none', permissions: null });
    expect(tracker.note(factsOf(kernel))).toBe(true);
    expect(tracker.since().tradingStateMs).toBe(START_MS + 5_000);
    kernel.nowMs += 5_000;
    kernel.apply({ kind: 'STREAM', isUp: false });
    expect(tracker.note(factsOf(kernel))).toBe(true);
    expect(tracker.note(factsOf(kernel))).toBe(false);
    expect(tracker.since()).toEqual({ tradingStateMs: START_MS + 5_000, bandMs: START_MS });
  });
});
