// The heartbeat's content: how the kernel stands, for who reads the state. What is not known is said so, and never a zero.

import type { KernelSummary } from '../../domain/kernel-records.ts';
import { moneyText } from '../../domain/money.ts';
import { PPM_ONE } from '../../domain/steps.ts';
import { isoFromMs } from '../../domain/time.ts';
import { ORPHAN } from '../../kernel/adoption.ts';
import { isInDoubt } from '../../kernel/order-fsm.ts';
import type { Band, KernelState } from '../../kernel/state.ts';
import type { ListInForce, RunnerFacts } from '../facts.ts';
import { heldPositions, openOrdersOf } from './class-holdings.ts';
import { cutReason, tradingReasonOf, tradingStateOf } from './trading-state.ts';

type StrategyPermission = KernelSummary['strategies'][string];
type Position = NonNullable<KernelSummary['positions']>[number];

/** What changes seldom, and since when it is as it is; see {@link sinceTracker}. */
export interface StateSince {
  readonly tradingStateMs: number;
  readonly bandMs: number;
}

export interface SinceTracker {
  /** Takes how things are now. Returns whether the trading state has another word or reason than before. */
  note(facts: Pick<RunnerFacts, 'kernel' | 'halted' | 'nowMs'>): boolean;
  since(): StateSince;
}

const BANDS: Readonly<Record<Band, KernelSummary['ledger']['band']>> = {
  UNKNOWN: 'unknown',
  OK: 'ok',
  WARN: 'warn',
  ERROR: 'error',
};

/** Returns what follows since when the kernel stands as it does. Before the first note nothing has changed since `startedAtMs`. */
export function sinceTracker(startedAtMs: number): SinceTracker {
  let since: StateSince = { tradingStateMs: startedAtMs, bandMs: startedAtMs };
  let known: { readonly state: string; readonly reason: string | null; readonly band: Band } | null = null;
  return {
    note({ kernel, halted, nowMs }) {
      const state = tradingStateOf(kernel, halted);
      const reason = tradingReasonOf(kernel, halted);
      const { band } = kernel.ledger;
      const before = known;
      known = { state, reason, band };
      if (before === null) return false;
      since = {
        tradingStateMs: before.state === state ? since.tradingStateMs : nowMs,
        bandMs: before.band === band ? since.bandMs : nowMs,
      };
      return before.state !== state || before.reason !== reason;
    },
    since: () => since,
  };
}

/** @param nextDueAtMs a summary later than this means that the runner is down */
export function summaryOf(facts: RunnerFacts, since: StateSince, nextDueAtMs: number): KernelSummary {
  const { kernel, halted, lists, nowMs } = facts;
  return {
    v: 1,
    ts: isoFromMs(nowMs),
    next_due_at: isoFromMs(nextDueAtMs),
    runner_id: facts.runnerId,
    version: facts.version,
    trading_state: tradingStateOf(kernel, halted),
    trading_state_reason: tradingReasonOf(kernel, halted),
    trading_state_since: isoFromMs(since.tradingStateMs),
    kill_list: appliedFile(lists.killList),
    allocation: appliedFile(lists.allocation),
    strategies: strategiesOf(facts),
    positions: positionsOf(kernel),
    orders_in_doubt: [...kernel.orders.values()].filter(({ status }) => isInDoubt(status)).length,
    ledger: ledgerOf(facts, since),
    streams: streamsOf(facts),
    sequence: kernel.seq,
  };
}

function appliedFile(list: ListInForce | null): KernelSummary['kill_list'] {
  if (list === null) return null;
  return { sha256: list.sha256, commit: list.commit, applied_at: isoFromMs(list.appliedAtMs) };
}

/** Every class that a list names, that the kernel goes by, or of which something is held. */
function strategiesOf(facts: RunnerFacts): KernelSummary['strategies'] {
  const { kernel, lists } = facts;
  const held = kernel.slots.flatMap(({ trade }) => (trade === null ? [] : [trade.strategyClass]));
  const names = new Set([...lists.classes.keys(), ...kernel.trading.permissions.keys(), ...held]);
  names.delete(ORPHAN);
  const positions = heldPositions(kernel);
  const entries = [...names].sort().map((name): [string, StrategyPermission] => {
    const reason = blockedBy(facts, name);
    const permission = kernel.trading.permissions.get(name as typeof ORPHAN);
    const sizePpm = permission === undefined ? 0 : Math.min(permission.sizePpm, PPM_ONE);
    return [
      name,
      {
        permission: reason === null ? 'entries_allowed' : 'entries_blocked',
        reason,
        episode: lists.classes.get(name)?.episode ?? null,
        size_factor: sizePpm / PPM_ONE,
        open_orders: openOrdersOf(kernel, name),
        open_positions: positions.filter(({ strategyClass }) => strategyClass === name).length,
      },
    ];
  });
  return Object.fromEntries(entries);
}

/** By what the kernel itself goes by: a list that it has not taken lets nobody in. */
function blockedBy({ kernel, lists }: RunnerFacts, name: string): string | null {
  const { permissions, reasons } = kernel.trading;
  const unknown = reasons.get('PERMISSIONS_UNKNOWN');
  if (unknown !== undefined) return cutReason(unknown.text);
  const permission = permissions.get(name as typeof ORPHAN);
  if (permission === undefined) return 'the kill list does not name the class';
  if (permission.isEnabled) return null;
  return cutReason(lists.classes.get(name)?.reason ?? 'the kill list says so, and its reason is not known');
}

/**
 * What the kernel's book holds. Not known before a whole round with the venue has ended, since until then the book may lack a fill, nor
 * while a fill has no price.
 */
function positionsOf(kernel: KernelState): KernelSummary['positions'] {
  if (!kernel.resync.isComplete) return null;
  const positions: Position[] = [];
  for (const each of heldPositions(kernel)) {
    if (each.averagePrice === null) return null;
    positions.push({
      instrument: each.instrument,
      strategy_class: each.strategyClass === ORPHAN ? null : each.strategyClass,
      side: each.side,
      quantity: each.quantity,
      average_price: each.averagePrice,
      mark_price: each.markPrice,
      unrealized_pnl: each.unrealized,
    });
  }
  return positions;
}

function ledgerOf({ kernel, marginAsset }: RunnerFacts, since: StateSince): KernelSummary['ledger'] {
  const { wallet, venueWallet, residual, seededAtMs, band } = kernel.ledger;
  return {
    asset: marginAsset,
    kernel_balance: moneyText(wallet),
    exchange_balance: venueWallet === null ? null : moneyText(venueWallet),
    // Before K has begun there is nothing to compare.
    residual: venueWallet === null || seededAtMs === null ? null : moneyText(residual),
    band: BANDS[band],
    since: isoFromMs(since.bandMs),
  };
}

/** A part that is off is none that could be down. */
function streamsOf({ parts, nowMs }: RunnerFacts): KernelSummary['streams'] {
  const entries = parts.flatMap(({ name, state, lastAtMs }) => {
    if (state === 'off') return [];
    const health = {
      state,
      last_at: lastAtMs === null ? null : isoFromMs(lastAtMs),
      age_ms: lastAtMs === null ? null : Math.max(0, Math.round(nowMs - lastAtMs)),
    };
    return [[name, health] as const];
  });
  return Object.fromEntries(entries);
}
