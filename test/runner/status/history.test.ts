// What the page remembers of a run: each fill once, bounded lists, folded prices, and the same again after a restart.

import { describe, expect, it } from 'vitest';
import { StatusHistory } from '../../../src/runner/status/history.ts';
import { FakeRun, hours } from '../../browser/fake-run.ts';
import { BTC, KernelDriver } from '../../kernel/build.ts';

describe('the fills of a history', () => {
  it('are the steps in which orders were filled, each at its own price', () => {
    const { kernel } = new FakeRun({ router: { style: 'taker' } });
    kernel.enter({ side: 'LONG', size: 0.05, referencePrice: 96_840 });
    kernel.ack();
    kernel.report(20, 968_400);
    kernel.report(20, 968_400);
    // Twenty at 96,840 and thirty at 96,850 are fifty at 96,846.
    kernel.report(50, 968_460);

    expect(kernel.history.charts().fills).toMatchObject([
      { number: 1, side: 'BUY', role: 'entry', size: '0.02', price: 96_840 },
      { number: 2, side: 'BUY', role: 'entry', size: '0.03', price: 96_850 },
    ]);
  });

  it('wait for a price that is not known yet', () => {
    const { kernel } = new FakeRun({ router: { style: 'taker' } });
    kernel.enter({ side: 'LONG', size: 0.05, referencePrice: 96_840 });
    kernel.ack();
    kernel.report(50, 968_400, { filledQuote: null });
    expect(kernel.history.charts().fills).toEqual([]);

    kernel.report(50, 968_400);
    expect(kernel.history.charts().fills).toMatchObject([{ size: '0.05', price: 96_840 }]);
  });

  it('are those of after its beginning, where the kernel has recovered older ones', () => {
    const { kernel } = hours();
    const history = new StatusHistory();
    history.begin(kernel.state);
    kernel.report(kernel.lastSent.quantity, 960_000);
    const { state } = kernel;
    history.observe(
      {
        seq: state.seq,
        event: {
          kind: 'FILLS',
          atMs: state.nowMs,
          requestId: 1,
          askedAtMs: state.nowMs,
          result: { kind: 'KNOWN', rows: [] },
        },
        outcome: { isAccepted: true, code: 'APPLIED', details: '' },
        effects: [],
      },
      state,
    );

    expect(history.charts().fills).toMatchObject([{ role: 'exit', size: '0.05' }]);
  });
});

describe('what happened', () => {
  it('is the newest first, with prices and time that came in a row as one record', () => {
    const run = new FakeRun();
    run.pass(120_000);
    run.decide('HOLD', 'nothing to do');
    run.decide('HOLD', 'still nothing to do');
    const { records } = run.kernel.history.recent();

    expect(records[0]).toMatchObject({
      kind: 'DECISION',
      words: expect.stringContaining(`decided HOLD of ${BTC}: still nothing to do`),
      count: 2,
    });
    expect(records[1]).toMatchObject({ kind: 'MARK', count: 13 });
    expect(records.map(({ kind }) => kind).filter((kind) => kind === 'MARK')).toHaveLength(1);
  });

  it('has prices as one record only while nothing else came between them', () => {
    const run = new FakeRun();
    run.pass(5_000);
    run.kernel.apply({ kind: 'STREAM', isUp: false });
    run.pass(5_000);
    const { records } = run.kernel.history.recent();

    expect(records.filter(({ kind }) => kind === 'MARK')).toHaveLength(2);
  });

  it('is a sentence of a refusal, with its code', () => {
    const { kernel } = new FakeRun();
    kernel.apply({ kind: 'STREAM', isUp: false });
    kernel.enter({ referencePrice: 96_840, reason: 'velocity divergence' });

    expect(kernel.history.recent().records[0]).toMatchObject({
      kind: 'INTENT',
      isAccepted: false,
      code: 'ENTRY_FROZEN',
      words: expect.stringMatching(/ENTER LONG .* BTC-USDT at 96840, .*: velocity divergence/),
    });
  });

  it('has the words of the router, trades that ended and notices', () => {
    const recent = hours().kernel.history.recent();

    expect(recent.router[0]).toMatchObject({ event: 'working', slot: 0 });
    expect(recent.closed).toHaveLength(9);
    expect(recent.closed[0]).toMatchObject({ reason: 'take_profit', funding: '0' });
    expect(recent.notices.map(({ code }) => code)).toContain('KERNEL_STATE');
  });

  it('never grows beyond its bounds', () => {
    const { kernel } = new FakeRun();
    for (let at = 0; at < 5_000; at += 1) {
      kernel.nowMs += 1_000;
      kernel.apply({ kind: 'STREAM', isUp: at % 2 === 1 });
      kernel.mark(968_400 + (at % 7));
    }
    const kept = kernel.history.kept();

    expect(kept.equity.points.length).toBeLessThanOrEqual(4_000);
    expect(kept.prices[BTC]?.points.length).toBeLessThanOrEqual(4_000);
    expect(kept.records).toHaveLength(100);
    expect(kept.notices).toHaveLength(100);
  });
});

describe('the charts', () => {
  it('are empty before anything has happened', () => {
    const history = new StatusHistory();

    expect(history.charts()).toEqual({ equity: [], prices: {}, fills: [] });
    expect(history.cursor()).toEqual({ atMs: 0, fillNumber: 0 });
  });

  it('draw nothing of K before it has begun', () => {
    const history = new StatusHistory();
    const kernel = new KernelDriver();
    kernel.answersFetches = false;
    const event = { kind: 'START', atMs: kernel.nowMs, runId: 'run-1' } as never;
    const outcome = kernel.apply(event);
    history.observe({ seq: 1, event, outcome, effects: [] }, kernel.state);

    expect(kernel.state.ledger.seededAtMs).toBeNull();
    expect(history.charts().equity).toEqual([]);
  });

  it('draw no price that the kernel refused', () => {
    const { kernel } = new FakeRun();
    const before = kernel.history.charts().prices[BTC]?.length ?? 0;
    kernel.nowMs += 10_000;
    kernel.apply({ kind: 'MARK', symbol: BTC, bid: 10, ask: 5, mark: 7, quotedAtMs: kernel.nowMs });

    expect(kernel.history.charts().prices[BTC] ?? []).toHaveLength(before);
  });

  it('hold K, E and what K is with the open profit', () => {
    const run = new FakeRun();
    run.enter('SHORT', 'test');
    run.pass(60_000);
    const last = run.kernel.history.charts().equity.at(-1);

    expect(last?.[1]).toBeCloseTo(10_000 - 0.9684, 3);
    expect(last?.[2]).toBeCloseTo(10_000 - 0.9684, 3);
    expect(last?.[3]).not.toBe(last?.[1]);
  });

  it('are whole when what came since a cursor is added, points that were there already aside', () => {
    const run = new FakeRun();
    run.pass(300_000);
    const before = run.kernel.history.charts();
    const cursor = run.kernel.history.cursor();
    run.enter('SHORT', 'test');
    run.pass(300_000);
    const more = run.kernel.history.chartsSince(cursor);
    const lastMs = before.equity.at(-1)?.[0] ?? 0;
    const equity = [...before.equity, ...more.equity.filter(([ms]) => ms > lastMs)];
    const { history } = run.kernel;

    expect(equity).toEqual(history.charts().equity);
    expect([...before.fills, ...more.fills]).toEqual(history.charts().fills);
    expect(more.fills).toHaveLength(2);
    expect(more.equity.length).toBeLessThan(before.equity.length + 5);
  });

  it('have no fill for a page that has it already', () => {
    const run = new FakeRun();
    run.enter('SHORT', 'test');
    const { history } = run.kernel;

    expect(history.charts().fills.length).toBeGreaterThan(0);
    expect(history.chartsSince(history.cursor()).fills).toEqual([]);
  });
});
