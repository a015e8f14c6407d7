// What the page is told of a kernel: exact money, honest gaps, and nothing that shares memory with the kernel's state.

import { describe, expect, it } from 'vitest';
import type { RunnerFacts } from '../../../src/runner/facts.ts';
import type { RunnerView } from '../../../src/runner/status/runner-view.ts';
import { viewOf } from '../../../src/runner/status/view.ts';
import { FakeRun, factsOf, WatchedKernel } from '../../browser/fake-run.ts';
import { BTC, usdt } from '../../kernel/build.ts';

function viewed(kernel: WatchedKernel, over: Partial<RunnerFacts> = {}): RunnerView {
  return viewOf(factsOf(kernel, over), kernel.history.recent());
}

const NOTHING_LISTED = { killList: null, allocation: null, classes: new Map(), problem: 'line 3 is no key' };

describe('a kernel that knows nothing yet', () => {
  const kernel = new WatchedKernel();
  kernel.answersFetches = false;
  kernel.apply({ kind: 'START', runId: 'run-1' });
  const view = viewed(kernel, { lists: NOTHING_LISTED, scan: null, parts: [], sinks: [] });

  it('has unknown money, not none', () => {
    expect(view.ledger).toMatchObject({
      isSeeded: false,
      k: null,
      e: null,
      residual: null,
      equity: null,
      dayResult: null,
      availableMargin: null,
      band: 'UNKNOWN',
    });
  });

  it('has no permissions, no prices and no scan', () => {
    expect(view).toMatchObject({
      permissionsVersion: null,
      strategies: [],
      marks: [],
      scan: null,
      runId: 'run-1',
    });
    expect(view.lists.map(({ sha256 }) => sha256)).toEqual([null, null]);
    expect(view.listProblem).toBe('line 3 is no key');
  });

  it('says why entries are refused, in the order of the reasons', () => {
    expect(view.trading.effective).toBe('ENTRY_FROZEN');
    expect(view.trading.reasons.map(({ reason }) => reason)).toEqual([
      'STARTING',
      'STREAM_DOWN',
      'BALANCE_UNKNOWN',
      'PERMISSIONS_UNKNOWN',
      'MODE_MISMATCH',
    ]);
  });
});

describe('a kernel that holds something', () => {
  it('tells what is held, what it cost, and what it is worth at the mark', () => {
    const run = new FakeRun({ router: { style: 'taker' } });
    const { kernel } = run;
    kernel.enter({ side: 'SHORT', size: 0.05, referencePrice: 96_840 });
    kernel.fill(968_400);
    kernel.hold(-50, 968_400);
    kernel.mark(966_000);
    const trade = viewed(kernel).slots[0]?.trade;

    expect(trade).toMatchObject({
      side: 'SHORT',
      size: '0.05',
      entryPrice: '96840',
      markPrice: '96600',
      notional: '4830',
      openProfit: '12',
      realized: '0',
      legs: 1,
      exit: null,
    });
  });

  it('knows no entry price and no profit while a fill has no price', () => {
    const run = new FakeRun({ router: { style: 'taker' } });
    const { kernel } = run;
    kernel.enter({ side: 'SHORT', size: 0.05, referencePrice: 96_840 });
    kernel.ack();
    kernel.report(50, 968_400, { filledQuote: null });
    const view = viewed(kernel);

    expect(view.slots[0]?.trade).toMatchObject({ size: '0.05', entryPrice: null, openProfit: null });
    expect(view.orders[0]).toMatchObject({ filled: '0.05', averagePrice: null, fee: null });
    expect(view.ledger).toMatchObject({ openProfit: null, equity: null, dayResult: null });
  });

  it('says that a fee is predicted until the venue has named it', () => {
    const run = new FakeRun({ router: { style: 'taker' } });
    const { kernel } = run;
    kernel.enter({ side: 'SHORT', size: 0.05, referencePrice: 96_840 });
    kernel.fill(968_400);
    expect(viewed(kernel).orders[0]).toMatchObject({ fee: '2.421', isFeeSettled: false });

    kernel.report(50, 968_400, { fee: usdt(2.4) });
    expect(viewed(kernel).orders[0]).toMatchObject({ fee: '2.4', isFeeSettled: true });
  });

  it('has accounts that come to K', () => {
    const run = new FakeRun();
    run.enter('SHORT', 'test');
    run.pass(60_000);
    run.exit('test');
    const { accounts, k, explained } = viewed(run.kernel).ledger;
    const sum = accounts.reduce((total, { amount }) => total + Number(amount), 0);

    expect(sum).toBeCloseTo(Number(k) + Number(explained), 6);
    expect(accounts.find(({ account }) => account === 'seed')?.amount).toBe('10000');
  });

  it('shows live orders before those that are final', () => {
    const run = new FakeRun();
    run.enter('SHORT', 'test');
    run.pass(60_000);
    run.ask('test');
    run.rest();

    expect(viewed(run.kernel).orders.map(({ role, isFinal }) => [role, isFinal])).toEqual([
      ['exit', false],
      ['entry', true],
    ]);
  });
});

describe('what a person has to know', () => {
  it('is the reason of a freeze, and who commanded it', () => {
    const { kernel } = new FakeRun();
    kernel.apply({ kind: 'STREAM', isUp: false });
    kernel.apply({
      kind: 'COMMAND',
      requestId: 'r1',
      command: 'REDUCE_ONLY',
      slot: null,
      who: 'ada',
      why: 'the feed repeats itself',
    });
    const { trading } = viewed(kernel);

    expect(trading).toMatchObject({
      effective: 'REDUCE_ONLY',
      command: 'REDUCE_ONLY',
      lastCommand: { who: 'ada', why: 'the feed repeats itself', isAccepted: true },
    });
    expect(trading.reasons.map(({ reason }) => reason)).toEqual(['STREAM_DOWN']);
  });

  it('is which class may enter by what the kernel was told, and why not by the lists', () => {
    const { kernel } = new FakeRun();

    expect(viewed(kernel).strategies).toEqual([
      { strategyClass: 'champion', mayEnter: true, sizeFactor: 1, reason: null, episode: null },
      {
        strategyClass: 'macro',
        mayEnter: false,
        sizeFactor: 1,
        reason: 'its shortfall is beyond the limit',
        episode: 'macro-TREND-3',
      },
    ]);
  });

  it('is counted, and what never came is left out', () => {
    const { kernel } = new FakeRun();
    kernel.enter({ symbol: BTC, size: Number.NaN });

    const { outcomes } = viewed(kernel);
    expect(outcomes.map(({ code }) => code)).toContain('NOT_FINITE');
    expect(outcomes.every(({ count }) => count > 0)).toBe(true);
  });
});

it('is plain JSON that does not change with the kernel', () => {
  const run = new FakeRun();
  run.enter('SHORT', 'test');
  const view = viewed(run.kernel);
  const text = JSON.stringify(view);
  run.pass(600_000);
  run.exit('test');

  expect(JSON.stringify(view)).toBe(text);
  expect(JSON.parse(text)).toEqual(view);
});
