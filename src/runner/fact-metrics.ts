// What is measured when somebody asks: the wallet, the kernel's state, orders and slots, and how the parts of the runner are.

import { Counter, Gauge, type Registry } from 'prom-client';
import { MONEY_DECIMALS, type Money, minus } from '../domain/money.ts';
import { LEDGER_ACCOUNTS } from '../kernel/effect.ts';
import type { TradingCommand } from '../kernel/event.ts';
import { isInDoubt } from '../kernel/order-fsm.ts';
import { FREEZE_REASONS, ORDER_STATUSES, SLOT_STATUSES } from '../kernel/state.ts';
import { effectiveState } from '../kernel/trading.ts';
import type { RunnerFacts } from './facts.ts';
import type { PartHealth } from './record.ts';

const STATES: readonly TradingCommand[] = ['RUN', 'ENTRY_FROZEN', 'REDUCE_ONLY', 'FLATTENING', 'HALTED'];
const PART_STATES: readonly PartHealth['state'][] = ['up', 'stale', 'down', 'off'];
const ROLES = ['entry', 'exit'] as const;
const TAG_CHARS_MAX = 128;

/** Returns how to set everything to what is known now. What is not known has no sample: it is never zero in its place. */
export function factMetrics(registry: Registry): (facts: RunnerFacts) => void {
  const parts = [
    runnerMetrics(registry),
    walletMetrics(registry),
    tradingMetrics(registry),
    orderMetrics(registry),
    kernelCounters(registry),
    partMetrics(registry),
    sinkMetrics(registry),
    scanMetrics(registry),
  ];
  return (facts) => {
    for (const set of parts) set(facts);
  };
}

type SetFacts = (facts: RunnerFacts) => void;

function gaugeOf(registry: Registry, name: string, help: string, labelNames: readonly string[] = []): Gauge {
  return new Gauge({ name, help, labelNames: [...labelNames], registers: [registry] });
}

function runnerMetrics(registry: Registry): SetFacts {
  const info = gaugeOf(registry, 'pink_info', 'Always 1; what runs, in its labels.', [
    'version',
    'environment',
    'policy',
    'runner',
  ]);
  const started = gaugeOf(
    registry,
    'pink_started_timestamp_seconds',
    'When this runner began, as a Unix time.',
  );
  const halted = gaugeOf(
    registry,
    'pink_kernel_dead',
    '1 where the kernel takes nothing any more, until a restart.',
  );
  const stopping = gaugeOf(registry, 'pink_stopping', '1 while a stop is under way.');
  const lists = gaugeOf(
    registry,
    'pink_lists_problem',
    '1 where the newest kill list or allocation cannot be read, so that an older one, or none, is in force.',
  );
  return (facts) => {
    info.reset();
    info.set(
      {
        version: facts.version,
        environment: facts.environment,
        policy: facts.policy.slice(0, TAG_CHARS_MAX),
        runner: facts.runnerId.slice(0, TAG_CHARS_MAX),
      },
      1,
    );
    started.set(facts.startedAtMs / 1000);
    halted.set(facts.halted === null ? 0 : 1);
    stopping.set(facts.isStopping ? 1 : 0);
    lists.set(facts.lists.problem === null ? 0 : 1);
  };
}

function walletMetrics(registry: Registry): SetFacts {
  const wallet = gaugeOf(
    registry,
    'pink_wallet',
    'The wallet in the margin asset. of="kernel": K, what the ledger says; of="venue": E, what the venue says.',
    ['of', 'asset'],
  );
  const residual = gaugeOf(
    registry,
    'pink_wallet_residual',
    'What of the venue wallet nothing explains, in the margin asset.',
    ['asset'],
  );
  const day = gaugeOf(
    registry,
    'pink_day_result',
    'The kernel wallet less what it was at the begin of the UTC day, in the margin asset.',
    ['asset'],
  );
  const accounts = gaugeOf(
    registry,
    'pink_ledger_balance',
    'Balance of each account of the ledger, in the margin asset: below zero by what went from it into the wallet.',
    ['account', 'asset'],
  );
  return ({ kernel: { ledger }, marginAsset: asset }) => {
    for (const gauge of [wallet, residual, day, accounts]) gauge.reset();
    // Before the first balance the ledger begins from nothing, which is not a wallet of zero.
    if (ledger.seededAtMs !== null) {
      wallet.set({ of: 'kernel', asset }, amount(ledger.wallet));
      day.set({ asset }, amount(minus(ledger.wallet, ledger.dayStartWallet)));
      for (const account of LEDGER_ACCOUNTS)
        accounts.set({ account, asset }, amount(ledger.balances[account]));
    }
    if (ledger.venueWallet === null) return;
    wallet.set({ of: 'venue', asset }, amount(ledger.venueWallet));
    residual.set({ asset }, amount(ledger.residual));
  };
}

function tradingMetrics(registry: Registry): SetFacts {
  const state = gaugeOf(
    registry,
    'pink_kernel_state',
    '1 for the state that trading is in, 0 for the others.',
    ['state'],
  );
  const reason = gaugeOf(
    registry,
    'pink_freeze_reason',
    '1 for each reason why the kernel itself refuses entries.',
    ['reason'],
  );
  const slots = gaugeOf(registry, 'pink_slots', 'Places for trades, by status.', ['status']);
  return ({ kernel }) => {
    const effective = effectiveState(kernel);
    for (const one of STATES) state.set({ state: one }, one === effective ? 1 : 0);
    for (const one of FREEZE_REASONS) reason.set({ reason: one }, kernel.trading.reasons.has(one) ? 1 : 0);
    for (const status of SLOT_STATUSES)
      slots.set({ status }, kernel.slots.filter((slot) => slot.status === status).length);
  };
}

function orderMetrics(registry: Registry): SetFacts {
  const orders = gaugeOf(
    registry,
    'pink_orders',
    'Orders that the kernel remembers, by role and status; old ones are forgotten.',
    ['role', 'status'],
  );
  const doubt = gaugeOf(
    registry,
    'pink_orders_in_doubt',
    'Orders of which nobody knows whether they are at the venue.',
  );
  return ({ kernel }) => {
    const counts = new Map<string, number>();
    let inDoubt = 0;
    for (const { role, status } of kernel.orders.values()) {
      const key = `${role} ${status}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      if (isInDoubt(status)) inDoubt += 1;
    }
    for (const role of ROLES)
      for (const status of ORDER_STATUSES) orders.set({ role, status }, counts.get(`${role} ${status}`) ?? 0);
    doubt.set(inDoubt);
  };
}

function kernelCounters(registry: Registry): SetFacts {
  const registers = [registry];
  const outcomes = new Counter({
    name: 'pink_outcomes_total',
    help: 'What came of events, by code, since the journal began.',
    labelNames: ['code'],
    registers,
  });
  const diagnostics = new Counter({
    name: 'pink_diagnostics_total',
    help: 'What happened beside the outcomes, by code, since the journal began.',
    labelNames: ['code'],
    registers,
  });
  const closed = new Counter({
    name: 'pink_trades_closed_total',
    help: 'Trades that are over, since the journal began.',
    registers,
  });
  const sequence = gaugeOf(registry, 'pink_journal_sequence', 'Number of the newest record of the journal.');
  return ({ kernel }) => {
    for (const counter of [outcomes, diagnostics, closed]) counter.reset();
    for (const [code, count] of kernel.outcomes) outcomes.inc({ code }, count);
    for (const [code, count] of kernel.diagnostics) diagnostics.inc({ code }, count);
    closed.inc(kernel.tradesClosed);
    sequence.set(kernel.seq);
  };
}

function partMetrics(registry: Registry): SetFacts {
  const state = gaugeOf(
    registry,
    'pink_part_state',
    'How the parts of the runner are, as the feed: 1 for the state that each is in.',
    ['part', 'state'],
  );
  const age = gaugeOf(
    registry,
    'pink_part_silence_seconds',
    'How long each has been silent; none where it never spoke.',
    ['part'],
  );
  return ({ parts, nowMs }) => {
    state.reset();
    age.reset();
    for (const part of parts) {
      setHealth(state, { part: part.name }, part);
      if (part.lastAtMs !== null) age.set({ part: part.name }, seconds(nowMs - part.lastAtMs));
    }
  };
}

function sinkMetrics(registry: Registry): SetFacts {
  const state = gaugeOf(
    registry,
    'pink_sink_state',
    'How each follower of the journal is: 1 for the state that it is in.',
    ['sink', 'state'],
  );
  const lag = gaugeOf(
    registry,
    'pink_sink_lag_records',
    'Records of the journal that each has not taken yet.',
    ['sink'],
  );
  const failures = new Counter({
    name: 'pink_sink_failures_total',
    help: 'Failures of each; each of them is tried again.',
    labelNames: ['sink'],
    registers: [registry],
  });
  return ({ sinks }) => {
    for (const metric of [state, lag, failures]) metric.reset();
    for (const sink of sinks) {
      setHealth(state, { sink: sink.name }, sink);
      lag.set({ sink: sink.name }, sink.lag);
      failures.inc({ sink: sink.name }, sink.failures);
    }
  };
}

function scanMetrics(registry: Registry): SetFacts {
  const age = gaugeOf(
    registry,
    'pink_scan_age_seconds',
    'How old the newest scan is; none before the first.',
  );
  const number = gaugeOf(registry, 'pink_scan_number', 'Number of the newest scan; none before the first.');
  const problems = gaugeOf(
    registry,
    'pink_scan_problems',
    'Parts of the newest scan that could not be believed.',
  );
  return ({ scan, nowMs }) => {
    for (const gauge of [age, number, problems]) gauge.remove();
    if (scan === null) return;
    age.set(seconds(nowMs - scan.receivedAtMs));
    number.set(scan.scanNumber);
    problems.set(scan.problems.length);
  };
}

function setHealth(gauge: Gauge, labels: Readonly<Record<string, string>>, health: PartHealth): void {
  for (const state of PART_STATES) gauge.set({ ...labels, state }, state === health.state ? 1 : 0);
}

function seconds(ms: number): number {
  return Math.max(0, ms) / 1000;
}

/** An amount as the float that Prometheus has: the exact one is in the ledger. */
function amount(money: Money): number {
  return Number(money) / 10 ** MONEY_DECIMALS;
}
