// What is counted as records are applied: events, denials, orders, fills, acts of the router, and how long an order takes.

import { Counter, Histogram, type Registry } from 'prom-client';
import type { ClientOrderId } from '../domain/ids.ts';
import type { OrderReport } from '../domain/venue.ts';
import type { Effect, SubmitEffect } from '../kernel/effect.ts';
import type { KernelEvent } from '../kernel/event.ts';
import type { KernelState } from '../kernel/state.ts';
import type { AppliedRecord, Observer } from './record.ts';

/** Within one record an order leaves in no time of the kernel's; a quote of the network takes tens of milliseconds. */
const SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What has to be remembered between records. All of it is bounded by the orders and slots of the kernel. */
interface Memory {
  /** Filled lots of each order, as they were counted last. */
  readonly filled: Map<ClientOrderId, number>;
  /** The newest order that was counted as final. */
  lastFinal: ClientOrderId | null;
  /** Slot → when the policy decided, until the first order of that decision leaves. */
  readonly decidedAtMs: Map<number, number>;
  readonly sentAtMs: Map<ClientOrderId, number>;
}

type Counts = ReturnType<typeof countsIn>;

/** Returns an observer that counts into `registry`, from now on: what a journal holds from before is in the kernel's own counters. */
export function recordMetrics(registry: Registry): Observer {
  const counts = countsIn(registry);
  const memory: Memory = { filled: new Map(), lastFinal: null, decidedAtMs: new Map(), sentAtMs: new Map() };
  return (record, state) => {
    const { event, outcome, effects } = record;
    counts.events.inc({ kind: event.kind });
    if (event.kind === 'START') begin(memory, state);
    if (event.kind === 'INTENT') {
      counts.intents.inc({ action: event.action, code: outcome.code });
      if (outcome.isAccepted) memory.decidedAtMs.set(event.slot, event.decidedAtMs ?? event.atMs);
    }
    for (const effect of effects) countEffect(counts, memory, { effect, event, state });
    if (event.kind === 'SUBMIT_RESULT') countAnswer(counts, memory, event);
    countFinal(counts, memory, state);
    countFills(counts, memory, record, state);
  };
}

function countsIn(registry: Registry) {
  const registers = [registry];
  return {
    events: new Counter({
      name: 'pink_events_total',
      help: 'Events that the kernel applied since this process began, by kind.',
      labelNames: ['kind'],
      registers,
    }),
    intents: new Counter({
      name: 'pink_intents_total',
      help: "What the policy wanted, by action and the kernel's answer: every code but APPLIED and DUPLICATE_EVENT is a denial.",
      labelNames: ['action', 'code'],
      registers,
    }),
    submits: new Counter({
      name: 'pink_orders_submitted_total',
      help: 'Orders that left for the venue, by role.',
      labelNames: ['role', 'type'],
      registers,
    }),
    answers: new Counter({
      name: 'pink_submit_answers_total',
      help: "The venue's answers to orders: ACK, REJECTED, or UNKNOWN where there was none that proves anything.",
      labelNames: ['kind'],
      registers,
    }),
    finals: new Counter({
      name: 'pink_orders_final_total',
      help: 'Orders that came to their end, by role and the status they ended in.',
      labelNames: ['role', 'status'],
      registers,
    }),
    fills: new Counter({
      name: 'pink_fills_total',
      help: 'Growths of the filled quantity of our orders, by role, and whether the order was final before.',
      labelNames: ['role', 'late'],
      registers,
    }),
    router: new Counter({
      name: 'pink_router_events_total',
      help: 'Acts of the router: quotes that rest, misses, requotes, market orders in their place.',
      labelNames: ['event'],
      registers,
    }),
    notices: new Counter({
      name: 'pink_notices_total',
      help: 'What the kernel told a person, by severity.',
      labelNames: ['severity'],
      registers,
    }),
    decisionToSubmit: new Histogram({
      name: 'pink_decision_to_submit_seconds',
      help: "From the policy's decision to the first order of it that leaves, by the kernel's clock; proofs of a flat position included.",
      labelNames: ['role'],
      buckets: SECONDS,
      registers,
    }),
    submitToAck: new Histogram({
      name: 'pink_submit_to_ack_seconds',
      help: "From an order that leaves to the venue's answer, by the kernel's clock.",
      labelNames: ['kind'],
      buckets: SECONDS,
      registers,
    }),
  };
}

/** What was filled and final before this start is not counted again. */
function begin(memory: Memory, state: KernelState): void {
  memory.sentAtMs.clear();
  memory.decidedAtMs.clear();
  memory.filled.clear();
  for (const order of state.orders.values()) memory.filled.set(order.clientOrderId, order.filledLots);
  memory.lastFinal = state.finalOrders.at(-1) ?? null;
}

interface EffectAt {
  readonly effect: Effect;
  readonly event: KernelEvent;
  readonly state: KernelState;
}

function countEffect(counts: Counts, memory: Memory, { effect, event, state }: EffectAt): void {
  if (effect.kind === 'NOTIFY') counts.notices.inc({ severity: effect.severity });
  if (effect.kind === 'PUBLISH' && effect.publication.topic === 'router')
    counts.router.inc({ event: effect.publication.event });
  if (effect.kind === 'SUBMIT') countSubmit(counts, memory, { effect, event, state });
}

function countSubmit(
  counts: Counts,
  memory: Memory,
  { effect, event, state }: EffectAt & { readonly effect: SubmitEffect },
): void {
  const { clientOrderId, type } = effect.order;
  memory.sentAtMs.set(clientOrderId, event.atMs);
  const order = state.orders.get(clientOrderId);
  if (order === undefined) return;
  counts.submits.inc({ role: order.role, type });
  const slot = state.trades.get(order.tradeId)?.slot;
  if (slot === undefined) return;
  const decidedAtMs = memory.decidedAtMs.get(slot);
  memory.decidedAtMs.delete(slot);
  if (decidedAtMs !== undefined)
    counts.decisionToSubmit.observe({ role: order.role }, secondsBetween(decidedAtMs, event.atMs));
}

function countAnswer(
  counts: Counts,
  memory: Memory,
  event: Extract<KernelEvent, { readonly kind: 'SUBMIT_RESULT' }>,
): void {
  const { kind } = event.result;
  counts.answers.inc({ kind });
  const sentAtMs = memory.sentAtMs.get(event.clientOrderId);
  memory.sentAtMs.delete(event.clientOrderId);
  if (sentAtMs !== undefined) counts.submitToAck.observe({ kind }, secondsBetween(sentAtMs, event.atMs));
}

/** Final orders are listed oldest first, and forgotten from that end: those that are new stand behind the one that was last before. */
function countFinal(counts: Counts, memory: Memory, state: KernelState): void {
  const { finalOrders } = state;
  const newest = finalOrders.at(-1) ?? null;
  if (newest === memory.lastFinal) return;
  for (let at = finalOrders.length - 1; at >= 0; at -= 1) {
    const id = finalOrders[at];
    if (id === undefined || id === memory.lastFinal) break;
    const order = state.orders.get(id);
    if (order !== undefined) counts.finals.inc({ role: order.role, status: order.status });
  }
  memory.lastFinal = newest;
}

/** Looks at the orders that the event is of, and no others: this is called for every record. */
function countFills(counts: Counts, memory: Memory, { event }: AppliedRecord, state: KernelState): void {
  for (const id of ordersOf(event, state)) {
    const order = state.orders.get(id);
    if (order === undefined) continue;
    const growth = order.filledLots - (memory.filled.get(id) ?? 0);
    memory.filled.set(id, order.filledLots);
    if (growth > 0) counts.fills.inc({ role: order.role, late: order.lateLots > 0 ? 'yes' : 'no' });
  }
  if (memory.filled.size <= 2 * state.orders.size + 100) return;
  for (const id of memory.filled.keys()) if (!state.orders.has(id)) memory.filled.delete(id);
}

const NONE: readonly ClientOrderId[] = [];

function ordersOf(event: KernelEvent, state: KernelState): readonly ClientOrderId[] {
  switch (event.kind) {
    case 'SUBMIT_RESULT':
    case 'CANCEL_RESULT':
    case 'QUERY_RESULT':
      return [event.clientOrderId];
    case 'REPORT':
      return ownIds([event.report], state);
    case 'OPEN_ORDERS':
    case 'FILLS':
      return event.result.kind === 'KNOWN' ? ownIds(event.result.rows, state) : NONE;
    default:
      return NONE;
  }
}

function ownIds(reports: readonly OrderReport[], state: KernelState): readonly ClientOrderId[] {
  return reports.flatMap(({ clientOrderId, venueOrderId }) => {
    const id = clientOrderId ?? state.byVenueId.get(venueOrderId);
    return id === undefined ? [] : [id];
  });
}

/** The policy's clock may be ahead of the kernel's: that is no time. */
function secondsBetween(fromMs: number, toMs: number): number {
  return Math.max(0, toMs - fromMs) / 1000;
}
