// The desk of a policy: what it shows of the past and the present, what a step is told once, and which decisions become intents.

import { describe, expect, it } from 'vitest';
import type { ClosedCandles } from '../../src/domain/scan.ts';
import type { EpochMs } from '../../src/domain/steps.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import type { Decision, PolicyView } from '../../src/policy/policy.ts';
import { PolicyDesk } from '../../src/runner/policy-desk.ts';
import type { KeptMemory } from '../../src/runner/policy-memory.ts';
import { PriceBoard } from '../../src/runner/price-board.ts';
import { memoryLog } from '../fakes/memory-mailer.ts';
import { BTC, ETH, holding, instrument, KernelDriver } from '../kernel/build.ts';
import { enterAt, HOLD, policyOf, scanOf } from './policy-stage.ts';

const BAR_MS = 60_000;

interface DeskOptions {
  readonly kernel?: KernelDriver;
  readonly kept?: KeptMemory | null;
  readonly freshen?: (symbol: string) => Promise<void> | null;
}

function deskOf(decide: (view: PolicyView) => readonly Decision[], options: DeskOptions = {}) {
  const { kernel = new KernelDriver().ready(), kept = null, freshen = () => null } = options;
  const views: PolicyView[] = [];
  const events: KernelEvent[] = [];
  const log = memoryLog();
  const policy = policyOf((view) => {
    views.push(view);
    return decide(view);
  });
  const board = new PriceBoard([instrument(BTC), instrument(ETH)], 10_000);
  const desk = new PolicyDesk({
    policy,
    kept,
    board,
    clock: { nowMs: () => kernel.nowMs },
    log,
    take: (make) => {
      const event = make(kernel.nowMs as EpochMs);
      events.push(event);
      return { isAccepted: true, code: 'APPLIED', details: '' };
    },
    state: () => kernel.state,
    runId: 'run-1',
    anchor: 'BTCUSDT',
    freshen,
  });
  const kinds = () => events.map(({ kind }) => kind);
  return { desk, board, kernel, views, events, kinds, log };
}

const nothing = (): readonly Decision[] => [];

function bars(closedAtMs: number, close = 1_000): ClosedCandles {
  const candle = { open: close, high: close, low: close, close };
  return { closedAtMs: closedAtMs as EpochMs, barMs: BAR_MS, candles: { BTCUSDT: candle } };
}

describe('bars of the past', () => {
  it('only warm the policy up: it sees their moment, no slots, and whatever it wants is not written down', () => {
    const it = deskOf(() => [enterAt(1_000)]);
    const closedAtMs = it.kernel.nowMs - 2 * BAR_MS - 1;
    it.desk.onCandles(bars(closedAtMs));

    expect(it.views).toMatchObject([{ nowMs: closedAtMs, isNewScan: true, scanAgeMs: 0, slots: [] }]);
    expect(it.views[0]?.scan).toMatchObject({ receivedAtMs: closedAtMs, prices: { BTCUSDT: 1_000 } });
    expect(it.events).toEqual([]);
    expect(it.desk.scan).toBeNull();
  });

  it('end two bars ago: what closed then is decided on, as of now', () => {
    const it = deskOf(() => [HOLD]);
    it.desk.onCandles(bars(it.kernel.nowMs - 2 * BAR_MS));

    expect(it.views).toMatchObject([{ nowMs: it.kernel.nowMs, scanAgeMs: 2 * BAR_MS }]);
    expect(it.views[0]?.slots).toHaveLength(1);
    expect(it.views[0]?.scan?.receivedAtMs).toBe(it.kernel.nowMs);
    expect(it.kinds()).toEqual(['DECISION']);
  });

  it('are each counted once, and the newest of them is the scan that is looked at next', () => {
    const it = deskOf(nothing, { kernel: holding(50) });
    const firstMs = it.kernel.nowMs - 10 * BAR_MS;
    for (const closedAtMs of [firstMs, firstMs, firstMs + BAR_MS]) it.desk.onCandles(bars(closedAtMs));
    it.desk.onMoment();

    expect(it.views).toHaveLength(3);
    expect(it.views[2]).toMatchObject({ isNewScan: false });
    expect(it.views[2]?.scan?.scannedAtMs).toBe(firstMs + BAR_MS);
  });

  it('are gone on with after a restart, by what was kept of them', () => {
    const one = deskOf(nothing);
    const firstMs = one.kernel.nowMs - 800 * BAR_MS;
    for (let bar = 0; bar < 780; bar += 1)
      one.desk.onCandles(bars(firstMs + bar * BAR_MS, 1_000 + (bar % 7)));
    const kept = JSON.parse(JSON.stringify(one.desk.kept())) as KeptMemory;

    const two = deskOf(nothing, { kept });
    two.desk.onCandles(bars(firstMs + 780 * BAR_MS, 1_001));

    expect(two.views[0]?.scan?.velDiv).toEqual(expect.any(Number));
  });
});

describe('a step', () => {
  it('says how old the scan is by its own word, and what entries may be sized from', () => {
    const it = deskOf(nothing);
    const nowMs = it.kernel.nowMs;
    it.desk.onScan(scanOf(1, 1_000, nowMs, { scannedAtMs: (nowMs - 700) as EpochMs }));

    expect(it.views).toMatchObject([{ scanAgeMs: 700, capitalUsdt: 10_000, isNewScan: true }]);
    expect(it.views[0]?.symbols).toEqual({ BTCUSDT: BTC, ETHUSDT: ETH });
  });

  it('is taken between scans only while something is held', () => {
    const free = deskOf(nothing);
    free.desk.onScan(scanOf(1, 1_000, free.kernel.nowMs));
    free.desk.onMoment();
    const held = deskOf(nothing, { kernel: holding(50) });
    held.desk.onScan(scanOf(1, 1_000, held.kernel.nowMs));
    held.desk.onMoment();

    expect(free.views).toHaveLength(1);
    expect(held.views.map(({ isNewScan }) => isNewScan)).toEqual([true, false]);
  });

  it('hears of a trade that ended once, and of one that ended during a step which failed with the next', () => {
    let isBroken = true;
    const it = deskOf(() => {
      if (isBroken) throw new Error('not now');
      return [];
    });
    const closed = { topic: 'trade_closed', tradeId: 't-1', realized: 5n, fees: 0n, funding: 0n };
    it.desk.observe({ effects: [{ kind: 'PUBLISH', publication: closed }] } as never, it.kernel.state);
    for (const scan of [1, 2, 3]) {
      it.desk.onScan(scanOf(scan, 1_000, it.kernel.nowMs));
      isBroken = false;
    }

    expect(it.views.map((view) => view.closed.map(({ tradeId }) => tradeId))).toEqual([['t-1'], ['t-1'], []]);
  });

  it('that fails on every bar of the past is told once', () => {
    const it = deskOf(() => {
      throw new Error('never');
    });
    const firstMs = it.kernel.nowMs - 100 * BAR_MS;
    for (let bar = 0; bar < 50; bar += 1) it.desk.onCandles(bars(firstMs + bar * BAR_MS));

    expect(it.kinds()).toEqual(['MALFORMED']);
    expect(it.log.lines).toHaveLength(1);
  });

  it('that fails is told again after a minute', () => {
    const it = deskOf(() => {
      throw new Error('never');
    });
    for (const wait of [0, 59_999, 1]) {
      it.kernel.nowMs += wait;
      it.desk.onScan(scanOf(it.kernel.nowMs, 1_000, it.kernel.nowMs));
    }

    expect(it.kinds()).toEqual(['MALFORMED', 'MALFORMED']);
    expect(it.log.lines).toHaveLength(2);
  });
});

describe('a decision', () => {
  const exit: Decision = { ...HOLD, action: 'EXIT', symbol: BTC, reason: 'far enough' };

  it.each([
    ['HOLD', HOLD, ['DECISION']],
    ['ENTER', enterAt(1_000), ['DECISION', 'INTENT']],
    ['EXIT', exit, ['DECISION', 'INTENT']],
  ])('to %s is written down, and goes to the kernel where it wants something', (_, decision, kinds) => {
    const it = deskOf(() => [decision]);
    it.desk.onScan(scanOf(1, 1_000, it.kernel.nowMs));

    expect(it.kinds()).toEqual(kinds);
  });

  it('has an id of its own, under which its intent goes as of the moment at which it was made', () => {
    const it = deskOf(() => [enterAt(1_000), exit]);
    it.desk.onScan(scanOf(1, 1_000, it.kernel.nowMs));

    expect(it.events).toMatchObject([
      { kind: 'DECISION', decisionId: 'run-1.1' },
      { kind: 'INTENT', intentId: 'run-1.1', decidedAtMs: it.kernel.nowMs, strategyClass: 'macro' },
      { kind: 'DECISION', decisionId: 'run-1.2' },
      { kind: 'INTENT', intentId: 'run-1.2' },
    ]);
  });

  it('is the last word that is shown of the policy, until the next', () => {
    const it = deskOf(({ scan }) => (scan?.scanNumber === 1 ? [exit] : []));
    it.desk.onScan(scanOf(1, 1_000, it.kernel.nowMs));
    it.desk.onScan(scanOf(2, 1_000, it.kernel.nowMs));

    expect(it.desk.scan).toMatchObject({
      scanNumber: 2,
      lastDecision: { action: 'EXIT', symbol: BTC, reason: 'far enough' },
    });
  });

  it('to enter waits for a fresh price, and one to exit never does', async () => {
    const asked: string[] = [];
    let come: () => void = () => undefined;
    const it = deskOf(() => [enterAt(1_000), exit], {
      freshen: (symbol) => {
        asked.push(symbol);
        return new Promise((resolve) => {
          come = resolve;
        });
      },
    });
    it.desk.onScan(scanOf(1, 1_000, it.kernel.nowMs));
    expect(asked).toEqual([BTC]);
    expect(it.kinds()).toEqual(['DECISION', 'DECISION', 'INTENT']);
    come();
    await new Promise((resolve) => setImmediate(resolve));

    expect(it.events.at(-1)).toMatchObject({ kind: 'INTENT', action: 'ENTER', intentId: 'run-1.1' });
  });

  it('to enter is dropped where the stop came while its price was asked for', async () => {
    const it = deskOf(() => [enterAt(1_000)], { freshen: () => Promise.resolve() });
    it.desk.onScan(scanOf(1, 1_000, it.kernel.nowMs));
    it.desk.isOpen = false;
    await new Promise((resolve) => setImmediate(resolve));

    expect(it.kinds()).toEqual(['DECISION']);
  });

  it('is none where the desk is closed: the policy is not asked', () => {
    const it = deskOf(() => [exit]);
    it.desk.isOpen = false;
    it.desk.onScan(scanOf(1, 1_000, it.kernel.nowMs));

    expect(it.views).toEqual([]);
    expect(it.events).toEqual([]);
  });
});
