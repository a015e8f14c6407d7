// What the status page shows, from what is known of a runner at one moment: pure, and what is not known is `null`, never zero.

import { stepsText } from '../../domain/instrument.ts';
import { DIAGNOSTIC_CODES, OUTCOME_CODES } from '../../kernel/outcome.ts';
import type { KernelState } from '../../kernel/state.ts';
import { effectiveState, reasonsOf } from '../../kernel/trading.ts';
import type { ListInForce, RunnerFacts } from '../facts.ts';
import type { PartHealth, SinkHealth } from '../record.ts';
import { ledgerLook } from './ledger-look.ts';
import type {
  CommandLook,
  CountLook,
  ListLook,
  MarkLook,
  PartLook,
  RecentLook,
  RunnerView,
  StrategyLook,
  TradingLook,
} from './runner-view.ts';
import { orderLooks, slotLooks } from './slot-look.ts';

/** Returns everything but the charts, as plain JSON that shares nothing with the kernel's state. */
export function viewOf(facts: RunnerFacts, recent: RecentLook): RunnerView {
  const { kernel, lists, scan } = facts;
  return {
    nowMs: facts.nowMs,
    startedAtMs: facts.startedAtMs,
    runnerId: facts.runnerId,
    version: facts.version,
    environment: facts.environment,
    marginAsset: facts.marginAsset,
    policy: facts.policy,
    instance: kernel.config.instance,
    runId: kernel.runId,
    seq: kernel.seq,
    trading: tradingLook(facts, recent.lastCommand),
    slots: slotLooks(kernel),
    orders: orderLooks(kernel),
    ledger: ledgerLook(kernel),
    marks: markLooks(kernel),
    permissionsVersion: kernel.trading.permissionsVersion,
    strategies: strategyLooks(facts),
    lists: [listLook('kill list', lists.killList), listLook('allocation', lists.allocation)],
    listProblem: lists.problem,
    parts: facts.parts.map(partLook),
    sinks: facts.sinks.map(sinkLook),
    scan: scan === null ? null : { ...scan, problems: [...scan.problems] },
    isReconciled: kernel.resync.isComplete,
    outcomes: countLooks(OUTCOME_CODES, kernel.outcomes),
    diagnostics: countLooks(DIAGNOSTIC_CODES, kernel.diagnostics),
    recent,
  };
}

function tradingLook(
  { kernel, halted, isStopping }: RunnerFacts,
  lastCommand: CommandLook | null,
): TradingLook {
  const { command, reasons } = kernel.trading;
  return {
    effective: effectiveState(kernel),
    command,
    lastCommand,
    reasons: reasonsOf(kernel).flatMap((reason) => {
      const held = reasons.get(reason);
      return held === undefined ? [] : [{ reason, sinceMs: held.sinceMs, text: held.text }];
    }),
    halted,
    isStopping,
  };
}

function markLooks(state: KernelState): readonly MarkLook[] {
  return [...state.marks].flatMap(([symbol, { bid, ask, mark, atMs }]) => {
    const instrument = state.instruments.get(symbol);
    if (instrument === undefined) return [];
    const { tick } = instrument;
    return {
      symbol,
      bid: stepsText(tick, bid),
      ask: stepsText(tick, ask),
      mark: stepsText(tick, mark),
      atMs,
    };
  });
}

/** Classes that the lists name and those that the kernel was told of, which are the same once a list is in force. */
function strategyLooks({ kernel, lists }: RunnerFacts): readonly StrategyLook[] {
  const { permissions } = kernel.trading;
  const names = new Set<string>([...permissions.keys(), ...lists.classes.keys()]);
  const byClass = new Map<string, { readonly isEnabled: boolean; readonly sizePpm: number }>(permissions);
  return [...names].sort().map((strategyClass) => {
    const told = byClass.get(strategyClass);
    const listed = lists.classes.get(strategyClass);
    return {
      strategyClass,
      mayEnter: told === undefined ? null : told.isEnabled && told.sizePpm > 0,
      sizeFactor: told === undefined ? null : told.sizePpm / 1_000_000,
      reason: listed?.reason ?? null,
      episode: listed?.episode ?? null,
    };
  });
}

function listLook(name: string, list: ListInForce | null): ListLook {
  return {
    name,
    sha256: list?.sha256 ?? null,
    commit: list?.commit ?? null,
    appliedAtMs: list?.appliedAtMs ?? null,
  };
}

function partLook({ name, state, why, lastAtMs }: PartHealth): PartLook {
  return { name, state, why, lastAtMs, lag: null, failures: null };
}

function sinkLook(sink: SinkHealth): PartLook {
  return { ...partLook(sink), lag: sink.lag, failures: sink.failures };
}

function countLooks<Code extends string>(
  codes: readonly Code[],
  counts: ReadonlyMap<Code, number>,
): readonly CountLook[] {
  return codes.flatMap((code) => {
    const count = counts.get(code) ?? 0;
    return count === 0 ? [] : { code, count };
  });
}
