// The one entrance: deterministic, total over whatever comes in, counted, and with a time that never goes back.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EpochMs } from '../../src/domain/steps.ts';
import { hashText } from '../../src/kernel/digest.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import { step } from '../../src/kernel/step.ts';
import { setDue } from '../../src/kernel/timers.ts';
import { BTC, ETH, instrument, KernelDriver, START_MS } from './build.ts';

function story(): KernelDriver {
  const kernel = new KernelDriver().ready();
  kernel.enter();
  kernel.fill(10_000);
  kernel.hold(50);
  kernel.wait(20_000);
  kernel.exit();
  kernel.fill(10_010);
  kernel.hold(0);
  kernel.wait(20_000);
  return kernel;
}

describe('the same events', () => {
  it('come to the same hash, effects and ledger', () => {
    const [one, two] = [story(), story()];
    expect(hashText(one.state)).toBe(hashText(two.state));
    expect(one.effects).toEqual(two.effects);
    expect(one.state).toEqual(two.state);
  });

  it('come to another hash where one of them differs in a single tick', () => {
    const [one, two] = [story(), story()];
    one.mark(10_000);
    two.mark(10_001);
    expect(hashText(one.state)).not.toBe(hashText(two.state));
  });
});

describe('time', () => {
  it('never goes back, and a clock that does is counted', () => {
    const kernel = new KernelDriver().ready();
    kernel.apply({ kind: 'WAKE', atMs: START_MS - 300_000 });
    expect(kernel.state.nowMs).toBe(START_MS);
    expect(kernel.state.diagnostics.get('CLOCK_WENT_BACK')).toBe(1);
  });

  it('is asked for once for each next deadline', () => {
    const kernel = new KernelDriver().ready();
    const wakes = kernel.effects.filter((effect) => effect.kind === 'WAKE_AT');
    expect(wakes.at(-1)).toMatchObject({ atMs: kernel.state.timers[0]?.atMs });
    const before = kernel.effects.length;
    kernel.mark(10_001);
    expect(kernel.effects).toHaveLength(before);
  });

  it('has its deadlines in order, one for each owner, however they are set and moved', () => {
    const moves = fc.array(fc.tuple(fc.nat(9), fc.option(fc.nat(50), { nil: null })), { maxLength: 60 });
    fc.assert(
      fc.property(moves, (given) => {
        const { state } = new KernelDriver();
        const holders = Array.from({ length: 10 }, () => ({ dueAtMs: null as EpochMs | null }));
        for (const [index, at] of given) {
          const holder = holders[index] ?? { dueAtMs: null };
          setDue(state, 'order', String(index), holder, at as EpochMs | null);
        }
        const instants = state.timers.map(({ atMs }) => atMs);
        expect(instants).toEqual(instants.toSorted((a, b) => a - b));
        const expected = holders.filter(({ dueAtMs }) => dueAtMs !== null).length;
        expect(new Set(state.timers.map(({ key }) => key)).size).toBe(expected);
        expect(state.timers).toHaveLength(expected);
      }),
      { seed: 20261128, numRuns: 300 },
    );
  });
});

describe('what cannot be read', () => {
  const values = fc.oneof(
    fc.constantFrom(
      Number.NaN,
      Number.POSITIVE_INFINITY,
      -1,
      0,
      1e308,
      null,
      undefined,
      '',
      'x',
      [],
      {},
      true,
    ),
    fc.double(),
    fc.string({ maxLength: 8 }),
  );
  const kinds = fc.constantFrom(
    'MARK',
    'REPORT',
    'INTENT',
    'COMMAND',
    'WAKE',
    'JOURNAL',
    'STREAM',
    'NONSENSE',
    'constructor',
  );

  it('gets a code, is counted, and changes no money, position or order', () => {
    const record = fc.record({
      kind: kinds,
      atMs: values,
      symbol: fc.oneof(fc.constant('BTC-USDT'), values),
      bid: values,
      ask: values,
      mark: values,
      quotedAtMs: values,
      intentId: values,
      action: fc.oneof(fc.constantFrom('ENTER', 'EXIT', 'CANCEL', 'MARK_PRICE'), values),
      slot: values,
      side: values,
      strategyClass: values,
      referencePrice: values,
      size: values,
      leverage: values,
      exitLegRatios: fc.constantFrom([], [Number.NaN], [2], [0.5, 1]),
      requestId: values,
      command: values,
      isFull: fc.constant(false),
      isUp: fc.constant(true),
      report: fc.record({
        venueOrderId: fc.constant('v'),
        filledLots: values,
        orderedLots: values,
        clientOrderId: values,
      }),
    });
    fc.assert(
      fc.property(fc.array(record, { maxLength: 20 }), (events) => {
        const kernel = new KernelDriver().ready();
        const before = JSON.stringify(kernel.state.ledger, (_, value) =>
          typeof value === 'bigint' ? String(value) : value,
        );
        const counted = kernel.state.seq;
        for (const event of events) {
          const { outcome } = step(kernel.state, event as unknown as KernelEvent);
          expect(outcome.code).toMatch(/^[A-Z_]+$/);
        }
        expect(kernel.state.seq).toBe(counted + events.length);
        const total = [...kernel.state.outcomes.values()].reduce((sum, count) => sum + count, 0);
        expect(total).toBe(kernel.state.seq);
        const after = JSON.stringify(kernel.state.ledger, (_, value) =>
          typeof value === 'bigint' ? String(value) : value,
        );
        expect(after).toBe(before);
        expect(kernel.state.orders.size).toBe(0);
      }),
      { seed: 20261128, numRuns: 200 },
    );
  });

  it('is a price that is crossed, unknown or old', () => {
    const kernel = new KernelDriver().ready();
    const mark = (over: Record<string, unknown>) =>
      kernel.apply({
        kind: 'MARK',
        symbol: BTC,
        bid: 10,
        ask: 11,
        mark: 10,
        quotedAtMs: kernel.nowMs,
        ...over,
      });
    expect(mark({ bid: 12 })).toMatchObject({ code: 'MALFORMED_EVENT' });
    expect(mark({ symbol: 'DOGE-USDT' })).toMatchObject({ code: 'UNKNOWN_INSTRUMENT' });
    expect(mark({ quotedAtMs: kernel.nowMs - 1 })).toMatchObject({ code: 'STALE_REPORT' });
    expect(kernel.state.marks.get(BTC)?.bid).toBe(10_000);
  });
});

describe('a start', () => {
  it('puts everything that had left in doubt, gives up entries, and lets exits go on', () => {
    const kernel = new KernelDriver().ready();
    kernel.enter();
    kernel.fill(10_000);
    kernel.hold(50);
    kernel.exit();
    kernel.ack();
    kernel.answersFetches = false;
    kernel.apply({ kind: 'START', runId: 'run-2' });
    expect(kernel.order().status).toBe('IN_DOUBT');
    expect(kernel.enter({ symbol: ETH })).toMatchObject({ code: 'STALE_STATE_RECONCILING' });
    kernel.report(50, 10_010);
    expect(kernel.slot().status).toBe('CLOSED');
  });

  it('never gives an id of the run before again', () => {
    const ids = ['run-1', 'run-2'].map((runId) => {
      const kernel = new KernelDriver();
      kernel.ready();
      kernel.apply({ kind: 'START', runId });
      kernel.apply({ kind: 'ACCOUNT', positionMode: 'one_way' });
      kernel.apply({ kind: 'STREAM', isUp: true });
      kernel.enter();
      return kernel.lastSent.clientOrderId;
    });
    expect(ids[0]).not.toBe(ids[1]);
  });
});

describe('the account and its instruments', () => {
  it('freeze entries in a position mode that is not the configured one', () => {
    const kernel = new KernelDriver().ready();
    kernel.apply({ kind: 'ACCOUNT', positionMode: 'hedge' });
    expect(kernel.enter()).toMatchObject({ code: 'MODE_MISMATCH' });
    kernel.apply({ kind: 'ACCOUNT', positionMode: 'one_way' });
    expect(kernel.enter()).toMatchObject({ isAccepted: true });
  });

  it('keep their steps while something is held', () => {
    const kernel = new KernelDriver().ready();
    kernel.enter();
    kernel.fill(10_000);
    const other = instrument(BTC, { lot: { units: 1, decimals: 2 } });
    expect(kernel.apply({ kind: 'INSTRUMENT', instrument: other })).toMatchObject({ code: 'SLOT_BUSY' });
    const dearer = instrument(BTC, { takerFeePpm: 600 as never });
    expect(kernel.apply({ kind: 'INSTRUMENT', instrument: dearer })).toMatchObject({ isAccepted: true });
  });

  it('allow sixteen slots at once, each with its own symbol', () => {
    const symbols = Array.from({ length: 16 }, (_, at) => `S${at}-USDT` as never);
    const kernel = new KernelDriver({
      maxSlots: 16,
      instruments: symbols.map((symbol) => instrument(symbol)),
      limits: { maxEntriesPerMinute: 100, hotWindowMs: 0, maxPositionNotional: (10n ** 15n) as never },
    });
    kernel.ready();
    for (const [slot, symbol] of symbols.entries()) {
      kernel.mark(10_000, symbol);
      expect(kernel.enter({ slot, symbol })).toMatchObject({ isAccepted: true });
    }
    expect(kernel.sent).toHaveLength(16);
    expect(new Set(kernel.sent.map(({ clientOrderId }) => clientOrderId)).size).toBe(16);
  });
});
