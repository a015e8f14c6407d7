// What a run has met: transitions of orders and slots, outcomes, diagnostics and faults, counted from outside the kernel.

import type { OrderReport } from '../../src/domain/venue.ts';
import type { Effect } from '../../src/kernel/effect.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import type { OrderInput } from '../../src/kernel/order-fsm.ts';
import type { DiagnosticCode, Outcome, OutcomeCode } from '../../src/kernel/outcome.ts';
import type { KernelState, Order, OrderStatus, SlotStatus } from '../../src/kernel/state.ts';
import { FAULT_NAMES, type FaultName } from './faults.ts';

interface Watched {
  readonly order: Order;
  readonly status: OrderStatus;
  readonly filled: number;
  readonly absences: number;
}

type Counts = readonly (readonly [string, number])[];

export interface CoverageData {
  readonly seeds: number;
  readonly events: number;
  readonly mixed: number;
  readonly orderPairs: Counts;
  readonly slotMoves: Counts;
  readonly outcomes: Counts;
  readonly diagnostics: Counts;
  readonly faults: Counts;
  readonly kinds: Counts;
}

export class Coverage {
  readonly orderPairs = new Map<string, number>();
  readonly slotMoves = new Map<string, number>();
  readonly outcomes = new Map<OutcomeCode, number>();
  readonly diagnostics = new Map<DiagnosticCode, number>();
  readonly faults = new Map<FaultName, number>(FAULT_NAMES.map((name) => [name, 0]));
  readonly kinds = new Map<string, number>();
  seeds = 0;
  events = 0;
  /** Worlds in which L3 could not be judged, since others traded beside us. */
  mixed = 0;
  private watched: Watched[] = [];
  private slots: SlotStatus[] = [];
  private diagnosed = new Map<DiagnosticCode, number>();

  /** One more world, with the hits of its faults. */
  addWorld(hits: Readonly<Record<FaultName, number>>, isMixed: boolean): void {
    this.seeds += 1;
    if (isMixed) this.mixed += 1;
    for (const name of FAULT_NAMES) this.faults.set(name, (this.faults.get(name) ?? 0) + hits[name]);
  }

  before(event: KernelEvent, state: KernelState): void {
    this.watched = [];
    if (event.kind === 'MARK') return;
    for (const order of state.orders.values()) {
      const { status, filledLots: filled, absences } = order;
      this.watched.push({ order, status, filled, absences });
    }
    this.slots = state.slots.map(({ status }) => status);
    this.diagnosed = new Map(state.diagnostics);
  }

  after(event: KernelEvent, { code }: Outcome, effects: readonly Effect[], state: KernelState): void {
    this.events += 1;
    count(this.outcomes, code);
    count(this.kinds, event.kind);
    if (event.kind === 'MARK') return;
    for (const before of this.watched) this.countOrder(event, before, state);
    for (const effect of effects) {
      if (effect.kind === 'SUBMIT') count(this.orderPairs, 'INTENDED SEND');
      if (effect.kind === 'CANCEL') this.countCancel(effect.clientOrderId);
    }
    state.slots.forEach(({ status }, id) => {
      const before = this.slots[id] ?? 'FREE';
      if (before !== status) count(this.slotMoves, `${before} ${status}`);
    });
    for (const [name, value] of state.diagnostics)
      if (value > (this.diagnosed.get(name) ?? 0)) count(this.diagnostics, name);
  }

  private countCancel(id: string): void {
    const before = this.watched.find(({ order }) => order.clientOrderId === id);
    if (before !== undefined) count(this.orderPairs, `${before.status} CANCEL`);
  }

  private countOrder(event: KernelEvent, before: Watched, state: KernelState): void {
    // A recovered kernel has orders of its own.
    const order = state.orders.get(before.order.clientOrderId) ?? before.order;
    for (const input of inputsOf(event, before, order)) count(this.orderPairs, `${before.status} ${input}`);
  }

  /** As plain data, for another process. */
  toJSON(): CoverageData {
    const entries = <Key extends string>(map: ReadonlyMap<Key, number>): [string, number][] => [...map];
    return {
      seeds: this.seeds,
      events: this.events,
      mixed: this.mixed,
      orderPairs: entries(this.orderPairs),
      slotMoves: entries(this.slotMoves),
      outcomes: entries(this.outcomes),
      diagnostics: entries(this.diagnostics),
      faults: entries(this.faults),
      kinds: entries(this.kinds),
    };
  }

  /** Adds what another run has met. */
  add(other: CoverageData): void {
    this.seeds += other.seeds;
    this.events += other.events;
    this.mixed += other.mixed;
    merge(this.orderPairs, other.orderPairs);
    merge(this.slotMoves, other.slotMoves);
    merge(this.outcomes, other.outcomes);
    merge(this.diagnostics, other.diagnostics);
    merge(this.faults, other.faults);
    merge(this.kinds, other.kinds);
  }
}

function merge<Key extends string>(into: Map<Key, number>, from: Counts): void {
  for (const [key, value] of from) into.set(key as Key, (into.get(key as Key) ?? 0) + value);
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** What an event said of an order, in the words of its table. */
function inputsOf(event: KernelEvent, before: Watched, order: Order): readonly OrderInput[] {
  switch (event.kind) {
    case 'START':
      return ['RESTART'];
    case 'WAKE':
      return waked(before, order);
    case 'SUBMIT_RESULT': {
      if (event.clientOrderId !== order.clientOrderId) return [];
      if (event.result.kind === 'UNKNOWN') return ['NO_ANSWER'];
      if (event.result.kind === 'REJECT')
        return [event.result.code === 'CLIENT_ID_REUSED' ? 'NO_ANSWER' : 'REJECT'];
      return ['ACK', ...inputOf(event.result.report, before, order)];
    }
    case 'CANCEL_RESULT': {
      if (event.clientOrderId !== order.clientOrderId) return [];
      if (event.result.kind === 'UNKNOWN') return ['CANCEL_NO_ANSWER'];
      if (event.result.kind === 'ACK') return ['CANCEL_ACK', ...inputOf(event.result.report, before, order)];
      const isSettled = ['ORDER_FINAL', 'ORDER_UNKNOWN', 'NO_POSITION'].includes(event.result.code);
      return [isSettled ? 'CANCEL_REFUSED' : 'CANCEL_DENIED'];
    }
    case 'QUERY_RESULT':
      if (event.clientOrderId !== order.clientOrderId) return [];
      if (event.result.kind === 'FOUND') return inputOf(event.result.report, before, order);
      return event.result.kind === 'NOT_FOUND' && before.status !== order.status ? ['ABSENT'] : [];
    case 'REPORT':
      return inputOf(event.report, before, order);
    case 'OPEN_ORDERS':
    case 'FILLS':
      return event.result.kind === 'KNOWN'
        ? event.result.rows.flatMap((row) => inputOf(row, before, order))
        : [];
    default:
      return before.status === 'INTENDED' && order.status === 'CANCELED' ? ['DROP'] : [];
  }
}

function waked(before: Watched, order: Order): readonly OrderInput[] {
  if (before.status === order.status) return [];
  if (before.status === 'SENT') return ['NO_ANSWER'];
  if (before.status === 'CANCEL_SENT') return ['CANCEL_NO_ANSWER'];
  return [];
}

function inputOf(report: OrderReport | null, before: Watched, order: Order): readonly OrderInput[] {
  if (report === null || report.venueOrderId !== order.venueOrderId) return [];
  if (report.status === 'FILLED') return ['FILLED'];
  if (report.status === 'CANCELED') return ['CANCELED'];
  if (report.status === 'EXPIRED') return ['EXPIRED'];
  if (report.status === 'REJECTED') return ['REFUSED'];
  return report.filledLots > before.filled || report.status === 'PARTIALLY_FILLED' ? ['FILL'] : ['OPEN'];
}
