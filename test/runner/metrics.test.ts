// What Prometheus is told: counts that come from records, measures that come from facts, and no sample for what is not known.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RunnerFacts } from '../../src/runner/facts.ts';
import { createMetrics, type Metrics } from '../../src/runner/metrics.ts';
import type { AppliedRecord } from '../../src/runner/record.ts';
import { type ConfigOver, KernelDriver } from '../kernel/build.ts';
import { factsOf } from './facts-of.ts';

/** A kernel whose every record is observed, as a host does it. */
class Watched extends KernelDriver {
  metrics: Metrics;

  constructor(over: ConfigOver = {}) {
    super(over);
    this.metrics = createMetrics();
  }

  protected override observed(record: AppliedRecord): void {
    this.metrics.observe(record, this.state);
  }

  facts(over: Partial<RunnerFacts> = {}): RunnerFacts {
    return factsOf(this, { startedAtMs: this.nowMs - 60_000, ...over });
  }

  async samples(over: Partial<RunnerFacts> = {}): Promise<ReadonlyMap<string, string>> {
    return samplesOf(await this.metrics.text(this.facts(over)));
  }
}

/** Series as Prometheus names them → value. */
function samplesOf(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const cut = line.lastIndexOf(' ');
      return [line.slice(0, cut), line.slice(cut + 1)];
    }),
  );
}

function seriesOf(samples: ReadonlyMap<string, string>, name: string): readonly string[] {
  return [...samples.keys()].filter((series) => series.startsWith(`${name}{`) || series === name);
}

describe('of records', () => {
  it('counts events by kind, and intents by what the kernel answered', async () => {
    const kernel = new Watched().ready();
    kernel.enter();
    kernel.enter();
    kernel.enter({ size: null });
    const samples = await kernel.samples();

    expect(samples.get('pink_events_total{kind="INTENT"}')).toBe('3');
    expect(samples.get('pink_events_total{kind="MARK"}')).toBe('2');
    expect(samples.get('pink_intents_total{action="ENTER",code="APPLIED"}')).toBe('1');
    expect(samples.get('pink_intents_total{action="ENTER",code="SLOT_BUSY"}')).toBe('1');
    expect(samples.get('pink_intents_total{action="ENTER",code="NOT_FINITE"}')).toBe('1');
  });

  it('counts an order that leaves, its answer, its fills and its end once, however often they are told', async () => {
    const kernel = new Watched().ready();
    kernel.enter();
    kernel.ack();
    kernel.report(20, 10_000);
    kernel.report(20, 10_000);
    kernel.report(50, 10_000);
    kernel.report(50, 10_000);
    const samples = await kernel.samples();

    expect(samples.get('pink_orders_submitted_total{role="entry",type="MARKET"}')).toBe('1');
    expect(samples.get('pink_submit_answers_total{kind="ACK"}')).toBe('1');
    expect(samples.get('pink_fills_total{role="entry",late="no"}')).toBe('2');
    expect(samples.get('pink_orders_final_total{role="entry",status="FILLED"}')).toBe('1');
    expect(samples.get('pink_orders{role="entry",status="FILLED"}')).toBe('1');
  });

  it('counts what a picture shows of our orders, and nothing of those of others', async () => {
    const kernel = new Watched().ready();
    kernel.enter();
    const venueOrderId = kernel.ack();
    const own = { ...kernel.lastSent };
    kernel.view = {
      ...kernel.view,
      fills: [
        {
          symbol: own.symbol,
          venueOrderId: venueOrderId as never,
          clientOrderId: null,
          side: own.side,
          status: 'PARTIALLY_FILLED',
          orderedLots: own.quantity,
          filledLots: 30 as never,
          filledQuote: null,
          isQuoteExact: false,
          fee: null,
          feeAsset: null,
          isMaker: null,
          cause: 'order',
          venueRealized: null,
          venueAtMs: kernel.nowMs as never,
        },
      ],
    };
    kernel.apply({ kind: 'STREAM', isUp: false });
    kernel.apply({ kind: 'STREAM', isUp: true });
    const samples = await kernel.samples();

    expect(kernel.order().filledLots).toBe(30);
    expect(samples.get('pink_fills_total{role="entry",late="no"}')).toBe('1');
  });

  it('measures from the decision to the order, with the proof that it waited for, and to the answer', async () => {
    const kernel = new Watched().ready();
    kernel.wait(20_000);
    kernel.answersFetches = false;
    kernel.enter();
    const fetch = kernel.effects.findLast((effect) => effect.kind === 'FETCH');
    kernel.nowMs += 400;
    if (fetch?.kind === 'FETCH') kernel.answer(fetch);
    kernel.nowMs += 1_500;
    kernel.ack();
    const samples = await kernel.samples();

    expect(samples.get('pink_decision_to_submit_seconds_sum{role="entry"}')).toBe('0.4');
    expect(samples.get('pink_decision_to_submit_seconds_count{role="entry"}')).toBe('1');
    expect(samples.get('pink_submit_to_ack_seconds_sum{kind="ACK"}')).toBe('1.5');
  });

  it('measures the first order of a decision only, and no time where the clock of the policy is ahead', async () => {
    const kernel = new Watched().ready();
    kernel.enter({ decidedAtMs: (kernel.nowMs + 500) as never });
    kernel.fill(10_000);
    kernel.hold(50);
    kernel.exit({ isUrgent: true });
    kernel.nowMs += 50;
    kernel.reject('BUSY');
    kernel.wait(10_000);
    const samples = await kernel.samples();

    expect(samples.get('pink_orders_submitted_total{role="exit",type="MARKET"}')).toBe('2');
    expect(samples.get('pink_decision_to_submit_seconds_count{role="exit"}')).toBe('1');
    expect(samples.get('pink_decision_to_submit_seconds_count{role="entry"}')).toBe('1');
    expect(samples.get('pink_decision_to_submit_seconds_sum{role="entry"}')).toBe('0');
  });

  it('counts nothing twice that was there before this process', async () => {
    const kernel = new Watched().ready();
    kernel.enter();
    kernel.ack();
    kernel.report(20, 10_000);
    kernel.metrics = createMetrics();
    kernel.apply({ kind: 'START', runId: 'run-2' });
    kernel.report(20, 10_000);
    const before = await kernel.samples();
    kernel.report(50, 10_000);
    const after = await kernel.samples();

    expect(seriesOf(before, 'pink_fills_total')).toEqual([]);
    expect(after.get('pink_fills_total{role="entry",late="no"}')).toBe('1');
    expect(after.get('pink_orders_final_total{role="entry",status="FILLED"}')).toBe('1');
  });

  it('counts every end of an order while old ones are forgotten', async () => {
    const kernel = new Watched({ bounds: { terminalOrders: 2 } } as ConfigOver).ready();
    while (kernel.enter().isAccepted) {
      kernel.fill(10_000);
      kernel.hold(50);
      kernel.exit({ isUrgent: true });
      kernel.fill(10_000);
      kernel.hold(0);
      kernel.wait(11_000);
    }
    const samples = await kernel.samples();
    const closed = kernel.state.tradesClosed;

    expect(kernel.state.finalOrders.length).toBeLessThan(2 * closed);
    expect(samples.get('pink_trades_closed_total')).toBe(String(closed));
    expect(samples.get('pink_orders_final_total{role="entry",status="FILLED"}')).toBe(String(closed));
    expect(samples.get('pink_orders_final_total{role="exit",status="FILLED"}')).toBe(String(closed));
  });

  it('has no series of words that came from outside', async () => {
    const kernel = new Watched().ready();
    kernel.apply({ kind: 'MALFORMED', what: 'EVIL', problem: 'EVIL' });
    kernel.enter({ symbol: 'EVIL-USDT' as never, reason: 'EVIL' });
    kernel.enter({ strategyClass: 'EVIL' as never });
    const text = await kernel.metrics.text(kernel.facts());

    expect(text).not.toMatch(/EVIL/);
  });
});

describe('of facts', () => {
  it('has one state of trading, and the reasons for it', async () => {
    const kernel = new Watched().ready();
    const trading = await kernel.samples();
    kernel.apply({ kind: 'STREAM', isUp: false });
    const frozen = await kernel.samples();

    expect(trading.get('pink_kernel_state{state="RUN"}')).toBe('1');
    expect(frozen.get('pink_kernel_state{state="RUN"}')).toBe('0');
    expect(frozen.get('pink_kernel_state{state="ENTRY_FROZEN"}')).toBe('1');
    expect(frozen.get('pink_freeze_reason{reason="STREAM_DOWN"}')).toBe('1');
    expect(frozen.get('pink_freeze_reason{reason="ORPHAN"}')).toBe('0');
  });

  it('has the wallet as the ledger and the venue have it', async () => {
    const kernel = new Watched().ready();
    const samples = await kernel.samples();

    expect(samples.get('pink_wallet{of="kernel",asset="USDT"}')).toBe('10000');
    expect(samples.get('pink_wallet{of="venue",asset="USDT"}')).toBe('10000');
    expect(samples.get('pink_wallet_residual{asset="USDT"}')).toBe('0');
    expect(samples.get('pink_ledger_balance{account="fee_settled",asset="USDT"}')).toBe('0');
  });

  it('has no sample of what is not known, again after it was known', async () => {
    const kernel = new Watched();
    const parts = [{ name: 'feed', state: 'down', why: 'x', lastAtMs: null }] as const;
    const scan = {
      scanNumber: 7,
      receivedAtMs: kernel.nowMs - 2_500,
      velDiv: null,
      isVolOk: true,
      posture: 'APEX',
      acbBoost: null,
      problems: ['assets'],
      lastDecision: null,
    };
    const known = await kernel.samples({ scan });
    const samples = await kernel.samples({ parts });

    expect(known.get('pink_scan_age_seconds')).toBe('2.5');
    expect(known.get('pink_scan_number')).toBe('7');
    expect(known.get('pink_scan_problems')).toBe('1');
    for (const name of [
      'pink_wallet',
      'pink_wallet_residual',
      'pink_day_result',
      'pink_ledger_balance',
      'pink_scan_age_seconds',
      'pink_scan_number',
      'pink_part_silence_seconds',
    ])
      expect(seriesOf(samples, name), name).toEqual([]);
    expect(samples.get('pink_part_state{part="feed",state="down"}')).toBe('1');
  });

  it('has the followers of the journal with their lag, and forgets those that are gone', async () => {
    const kernel = new Watched().ready();
    const sink = {
      name: 'clickhouse',
      state: 'down',
      why: 'refused',
      lastAtMs: null,
      lag: 12,
      failures: 3,
    } as const;
    await kernel.samples({ sinks: [sink] });
    const there = await kernel.samples({ sinks: [sink] });
    const gone = await kernel.samples();

    expect(there.get('pink_sink_lag_records{sink="clickhouse"}')).toBe('12');
    expect(there.get('pink_sink_failures_total{sink="clickhouse"}')).toBe('3');
    expect(there.get('pink_sink_state{sink="clickhouse",state="up"}')).toBe('0');
    expect(seriesOf(gone, 'pink_sink_lag_records')).toEqual([]);
  });

  it('counts orders in doubt, outcomes and records as the kernel does, however often it is asked', async () => {
    const kernel = new Watched().ready();
    kernel.enter();
    kernel.unknown();
    const samples = await kernel.samples();
    const again = await kernel.samples();

    expect(samples.get('pink_orders_in_doubt')).toBe('1');
    expect(samples.get('pink_journal_sequence')).toBe(String(kernel.state.seq));
    expect(samples.get('pink_outcomes_total{code="APPLIED"}')).toBe(
      String(kernel.state.outcomes.get('APPLIED')),
    );
    for (const name of ['pink_outcomes_total', 'pink_diagnostics_total', 'pink_journal_sequence'])
      for (const series of seriesOf(samples, name))
        expect(again.get(series), series).toBe(samples.get(series));
  });

  it('escapes what the configuration says of itself', async () => {
    const kernel = new Watched();
    const text = await kernel.metrics.text(kernel.facts({ policy: 'a"b\nc\\d' }));

    expect(text).toContain('policy="a\\"b\\nc\\\\d"');
  });
});

describe('the text', () => {
  it('is in the format that Prometheus asks for, with the process itself', async () => {
    const kernel = new Watched().ready();
    const text = await kernel.metrics.text(kernel.facts());

    expect(kernel.metrics.contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
    expect(text).toMatch(/^process_cpu_seconds_total [\d.]+$/m);
    for (const [series, value] of samplesOf(text))
      if (series.startsWith('pink_')) expect(Number(value), series).not.toBeNaN();
  });

  it('has every metric that the documentation lists, and no other', async () => {
    const kernel = new Watched().ready();
    const text = await kernel.metrics.text(kernel.facts());
    const told = [...text.matchAll(/^# TYPE (pink_\w+) (\w+)$/gm)].map(([, name, type]) => `${name} ${type}`);
    const doc = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
    const listed = [...doc.matchAll(/^\| `(pink_\w+)` \| (\w+) \|/gm)].map(
      ([, name, type]) => `${name} ${type}`,
    );

    expect(listed.sort()).toEqual(told.sort());
  });
});

describe('of a runner', () => {
  it('says whether the kernel takes nothing any more, and whether a stop is under way', async () => {
    const kernel = new Watched().ready();
    const alive = await kernel.samples();
    const dead = await kernel.samples({ halted: 'the disk is full', isStopping: true });

    expect([alive.get('pink_kernel_dead'), alive.get('pink_stopping')]).toEqual(['0', '0']);
    expect([dead.get('pink_kernel_dead'), dead.get('pink_stopping')]).toEqual(['1', '1']);
  });

  it('forgets a part that is gone', async () => {
    const kernel = new Watched().ready();
    const parts = [{ name: 'git', state: 'up', why: '', lastAtMs: kernel.nowMs }] as const;
    const there = await kernel.samples({ parts });
    const gone = await kernel.samples();

    expect(there.get('pink_part_silence_seconds{part="git"}')).toBe('0');
    expect([...seriesOf(gone, 'pink_part_state'), ...seriesOf(gone, 'pink_part_silence_seconds')]).toEqual(
      [],
    );
  });

  it('measures from when the policy decided, and an answer that comes a second time not again', async () => {
    const kernel = new Watched().ready();
    kernel.enter({ decidedAtMs: (kernel.nowMs - 250) as never });
    const order = kernel.lastSent;
    kernel.ack(order);
    kernel.ack(order);
    const samples = await kernel.samples();

    expect(samples.get('pink_decision_to_submit_seconds_sum{role="entry"}')).toBe('0.25');
    expect(samples.get('pink_submit_to_ack_seconds_count{kind="ACK"}')).toBe('1');
    expect(samples.get('pink_submit_answers_total{kind="ACK"}')).toBe('2');
  });
});
