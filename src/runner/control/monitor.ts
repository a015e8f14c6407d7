// What a terminal watches of a runner, out of its facts: bounded, and in the words of its schema.

import { type KernelMonitor, MONITOR_EVENTS_MAX, MONITOR_ROWS_MAX } from '../../domain/kernel-monitor.ts';
import { isoFromMs } from '../../domain/time.ts';
import { isFinal } from '../../kernel/order-fsm.ts';
import type { KernelState, Order } from '../../kernel/state.ts';
import { reasonsOf } from '../../kernel/trading.ts';
import { eventWords, priceText, quantityText } from '../explain/event-words.ts';
import type { RunnerFacts } from '../facts.ts';
import type { AppliedRecord, PartHealth } from '../record.ts';
import type { ControlMemory } from './control-memory.ts';
import { STATE_NAMES } from './reason-words.ts';
import { sentence } from './sentence.ts';

const WORDS_MAX = 500;
const NAME_MAX = 128;

/** Returns the monitor of this moment. Texts of others are cut and on one line, so that it always fits its schema. */
export function monitorOf(facts: RunnerFacts, memory: ControlMemory): KernelMonitor {
  const { kernel } = facts;
  const orders = kernel.slots.flatMap(({ trade }) =>
    (trade?.orders ?? []).filter(({ status }) => !isFinal(status)),
  );
  const last = facts.scan?.lastDecision ?? null;
  return {
    environment: facts.environment,
    policy: words(facts.policy),
    is_stopping: facts.isStopping,
    halted: facts.halted === null ? null : words(facts.halted),
    command: STATE_NAMES[kernel.trading.command],
    reasons: reasonsOf(kernel).flatMap((reason) => {
      const known = kernel.trading.reasons.get(reason);
      return known === undefined
        ? []
        : [{ name: reason, since: isoFromMs(known.sinceMs), text: words(known.text) }];
    }),
    orders: orders.slice(-MONITOR_ROWS_MAX).map((order) => orderRow(kernel, order)),
    orders_left_out: Math.max(0, orders.length - MONITOR_ROWS_MAX),
    parts: [...facts.parts, ...listsPart(facts.lists)].slice(0, MONITOR_ROWS_MAX).map(partRow),
    sinks: facts.sinks
      .slice(0, MONITOR_ROWS_MAX)
      .map((sink) => ({ ...partRow(sink), lag: sink.lag, failures: sink.failures })),
    last_decision:
      last === null
        ? null
        : words(`${last.action}${last.symbol === '' ? '' : ` ${last.symbol}`}: ${last.reason}`),
    last_events: memory.events.slice(-MONITOR_EVENTS_MAX).map((record) => eventRow(kernel, record)),
  };
}

function orderRow(kernel: KernelState, order: Order): KernelMonitor['orders'][number] {
  const { symbol, quantity, filledLots, limit } = order;
  return {
    client_order_id: words(order.clientOrderId),
    trade_id: words(order.tradeId),
    instrument: words(symbol),
    role: order.role,
    side: order.side,
    type: order.type,
    quantity: quantityText(kernel, symbol, quantity),
    filled: quantityText(kernel, symbol, filledLots),
    limit: limit === null ? null : priceText(kernel, symbol, limit),
    status: order.status,
  };
}

/** Lists are a part only while the newest of them is not in force: otherwise the classes say all there is. */
function listsPart({ problem, killList }: RunnerFacts['lists']): readonly PartHealth[] {
  if (problem === null) return [];
  const [state, lastAtMs] =
    killList === null ? (['down', null] as const) : (['stale', killList.appliedAtMs] as const);
  return [{ name: 'lists', state, why: problem, lastAtMs }];
}

function partRow({ name, state, why, lastAtMs }: PartHealth): KernelMonitor['parts'][number] {
  return {
    name: sentence(name, NAME_MAX),
    state,
    why: why === '' ? '' : words(why),
    last_at: lastAtMs === null ? null : isoFromMs(lastAtMs),
  };
}

function eventRow(
  kernel: KernelState,
  { seq, event, outcome }: AppliedRecord,
): KernelMonitor['last_events'][number] {
  const { code, details } = outcome;
  const isPlain = outcome.isAccepted && code === 'APPLIED';
  const came = isPlain ? '' : `; ${code}${details === '' ? '' : ` ${details}`}`;
  return { record: seq, at: isoFromMs(event.atMs), text: words(`${eventWords(event, kernel)}${came}`) };
}

function words(text: string): string {
  return sentence(text, WORDS_MAX);
}
