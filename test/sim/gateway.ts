// Carries out what the kernel wants of the venue: each request waits for its turn, travels, may be lost on either way, and is answered late.

import {
  balance,
  cancelOrder,
  income,
  openOrders,
  ordersTradedSince,
  positions,
  queryOrder,
  submitOrder,
} from '../../src/adapters/venues/exchange/model/exchange.ts';
import { advanceTo, type Exchange } from '../../src/adapters/venues/exchange/model/state.ts';
import type { ClientOrderId, VenueOrderId } from '../../src/domain/ids.ts';
import type { EpochMs } from '../../src/domain/steps.ts';
import type { CancelResult, Known, QueryResult, SubmitResult, UnknownCause } from '../../src/domain/venue.ts';
import type {
  CancelEffect,
  Effect,
  FetchEffect,
  QueryEffect,
  SubmitEffect,
} from '../../src/kernel/effect.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import { BUDGETS, BudgetQueue } from './budget.ts';
import type { FaultName, FaultPlan } from './faults.ts';
import type { Host } from './host.ts';
import type { Stream } from './random.ts';
import type { Schedule } from './schedule.ts';
import { BEGIN_MS, OWN_ACCOUNT } from './settings.ts';

type Request = (SubmitEffect | CancelEffect | QueryEffect | FetchEffect) & { readonly generation: number };
type Answer = SubmitResult | CancelResult | QueryResult | Known<unknown>;

/** The gateway gives up waiting after this long. */
const TIMEOUT_MS = 10_000;
const BURST_MS = 8_000;
/** Longer than three exits take that are rejected one after the other, and the wait for the fourth. */
const DENIED_MS = 90_000;

interface GatewayPorts {
  readonly schedule: Schedule;
  readonly faults: FaultPlan;
  readonly latency: Stream;
  readonly exchange: Exchange;
  readonly host: () => Host;
  /** Called for each request that leaves. */
  readonly sent: (effect: Effect) => void;
  /** Called after the venue did something. */
  readonly moved: () => void;
  /** Something may happen to an order just before its cancel arrives. */
  readonly beforeCancel: (request: CancelEffect) => void;
}

export class Gateway {
  private readonly ports: GatewayPorts;
  private readonly queue: BudgetQueue<Request>;
  private isWaiting = false;
  private burstUntilMs = 0;
  private deniedUntilMs = 0;

  constructor(ports: GatewayPorts) {
    this.ports = ports;
    this.queue = new BudgetQueue(BUDGETS, ports.schedule.nowMs);
  }

  carryOut(effect: Effect, generation: number): void {
    if (effect.kind === 'NOTIFY' || effect.kind === 'PUBLISH' || effect.kind === 'WAKE_AT') return;
    this.queue.add(effect.priority, { ...effect, generation });
    this.drain();
  }

  /** The process that asked is gone, and what had not left with it. */
  reset(): void {
    this.queue.clear();
  }

  private drain(): void {
    const { schedule } = this.ports;
    for (;;) {
      const next = this.queue.take(schedule.nowMs);
      if (next === null) return;
      if ('request' in next) {
        this.leave(next.request);
        continue;
      }
      if (this.isWaiting) return;
      this.isWaiting = true;
      schedule.in(next.waitMs, () => {
        this.isWaiting = false;
        this.drain();
      });
      return;
    }
  }

  private leave(request: Request): void {
    const { schedule, faults, latency, sent } = this.ports;
    const leftAtMs = schedule.nowMs;
    const askedAtMs = this.ports.host().nowMs();
    sent(request);
    if (faults.fires('request_lost')) {
      this.lost(request, askedAtMs, 'request_lost');
      return;
    }
    if (faults.fires('server_error')) {
      this.fail(request, askedAtMs, 'SERVER', latency.between(20, 300));
      return;
    }
    const extraMs = faults.fires('request_delayed') ? delayMs(faults, 'request_delayed') : 0;
    const signedAtMs =
      leftAtMs - (faults.fires('clock_skew') ? faults.between('clock_skew', 5_500, 90_000) : 0);
    schedule.in(latency.between(10, 120) + extraMs, () => this.arrive(request, signedAtMs, askedAtMs));
  }

  private arrive(request: Request, signedAtMs: number, askedAtMs: EpochMs): void {
    const { faults, schedule, latency, moved, exchange } = this.ports;
    advanceTo(exchange, schedule.nowMs);
    const answer = this.refusal(request, signedAtMs) ?? this.ask(request, signedAtMs);
    moved();
    if (faults.fires('response_lost')) {
      this.lost(request, askedAtMs, 'response_lost');
      return;
    }
    if (faults.fires('gateway_timeout')) {
      this.fail(request, askedAtMs, 'SERVER', faults.between('gateway_timeout', 100, 9_000));
      return;
    }
    if (faults.fires('unreadable')) {
      this.fail(request, askedAtMs, 'UNREADABLE', latency.between(10, 100));
      return;
    }
    const extraMs = faults.fires('response_delayed') ? delayMs(faults, 'response_delayed') : 0;
    schedule.in(latency.between(10, 120) + extraMs, () => this.answer(request, answer, askedAtMs));
  }

  /** What the venue says before it looks at a request. */
  private refusal(request: Request, signedAtMs: number): Answer | null {
    const { faults, schedule } = this.ports;
    const { nowMs } = schedule;
    if (faults.fires('rate_limited')) this.burstUntilMs = nowMs + BURST_MS;
    const isTrading = request.kind === 'SUBMIT' || request.kind === 'CANCEL';
    if (faults.isOn && nowMs < this.burstUntilMs)
      return isTrading
        ? { kind: 'REJECT', code: 'RATE_LIMITED', text: '100410' }
        : { kind: 'UNKNOWN', cause: 'SERVER' };
    const denial = this.denial(request);
    if (denial !== null) return denial;
    if (nowMs - signedAtMs <= 5_000) return null;
    return isTrading
      ? { kind: 'REJECT', code: 'CLOCK_SKEW', text: '100421' }
      : { kind: 'UNKNOWN', cause: 'SERVER' };
  }

  /** What has nothing to do with the order: for a cancel just now, and for every exit during a while. */
  private denial(request: Request): Answer | null {
    const { faults, schedule } = this.ports;
    if (request.kind === 'CANCEL' && faults.fires('cancel_denied'))
      return { kind: 'REJECT', code: 'BUSY', text: '100500' };
    if (request.kind !== 'SUBMIT' || !request.order.reduceOnly) return null;
    if (faults.fires('exits_denied')) this.deniedUntilMs = schedule.nowMs + DENIED_MS;
    if (!faults.isOn || schedule.nowMs >= this.deniedUntilMs) return null;
    return { kind: 'REJECT', code: 'RISK_CONTROL', text: '100400' };
  }

  private ask(request: Request, signedAtMs: number): Answer {
    const { exchange, schedule, beforeCancel, faults } = this.ports;
    const { nowMs } = schedule;
    switch (request.kind) {
      case 'SUBMIT':
        return submitOrder(exchange, OWN_ACCOUNT, request.order, signedAtMs, nowMs);
      case 'CANCEL':
        beforeCancel(request);
        return cancelOrder(exchange, OWN_ACCOUNT, refOf(request), nowMs);
      case 'QUERY':
        if (faults.fires('order_not_found')) return { kind: 'NOT_FOUND' };
        return queryOrder(exchange, OWN_ACCOUNT, refOf(request), this.asOf('lag_orders'));
      case 'FETCH':
        return { kind: 'KNOWN', rows: this.rows(request) };
    }
  }

  private rows({ part, sinceMs }: FetchEffect): readonly unknown[] {
    const { exchange } = this.ports;
    const since = sinceMs ?? 0;
    switch (part) {
      case 'OPEN_ORDERS':
        return openOrders(exchange, OWN_ACCOUNT, this.asOf('lag_orders'));
      case 'POSITIONS':
        return positions(exchange, OWN_ACCOUNT, this.asOf('lag_positions'));
      case 'FILLS':
        return ordersTradedSince(exchange, OWN_ACCOUNT, since, this.asOf('lag_fills'));
      case 'INCOME':
        return income(exchange, OWN_ACCOUNT, since, this.asOf('lag_fills'));
      case 'BALANCE':
        return [balance(exchange, OWN_ACCOUNT, this.asOf('lag_positions'))];
    }
  }

  private asOf(view: 'lag_orders' | 'lag_positions' | 'lag_fills'): number {
    const { faults, schedule } = this.ports;
    const lagMs = faults.fires(view) ? faults.between(view, 100, 30_000) : 0;
    return Math.max(BEGIN_MS, schedule.nowMs - lagMs);
  }

  private lost(request: Request, askedAtMs: EpochMs, fault: FaultName): void {
    const { faults } = this.ports;
    if (faults.fires('unanswered')) return;
    const isQuick = faults.between(fault, 0, 2) === 0;
    this.fail(request, askedAtMs, isQuick ? 'CONNECTION' : 'TIMEOUT', isQuick ? 200 : TIMEOUT_MS);
  }

  private fail(request: Request, askedAtMs: EpochMs, cause: UnknownCause, afterMs: number): void {
    this.ports.schedule.in(afterMs, () => this.answer(request, { kind: 'UNKNOWN', cause }, askedAtMs));
  }

  private answer(request: Request, result: Answer, askedAtMs: EpochMs): void {
    const host = this.ports.host();
    host.deliver((atMs) => eventOf(request, result, askedAtMs, atMs), request.generation);
  }
}

/** Half of what is delayed still comes in time. */
function delayMs(faults: FaultPlan, fault: 'request_delayed' | 'response_delayed'): number {
  return faults.between(fault, 500, faults.between(fault, 0, 1) === 0 ? 4_500 : 60_000);
}

function refOf({
  clientOrderId,
  venueOrderId,
}: CancelEffect | QueryEffect): { clientOrderId: ClientOrderId } | { venueOrderId: VenueOrderId } {
  return venueOrderId === null ? { clientOrderId } : { venueOrderId };
}

function eventOf(request: Request, result: Answer, askedAtMs: EpochMs, atMs: EpochMs): KernelEvent {
  const fields =
    request.kind === 'SUBMIT'
      ? { kind: 'SUBMIT_RESULT', clientOrderId: request.order.clientOrderId }
      : request.kind === 'CANCEL'
        ? { kind: 'CANCEL_RESULT', clientOrderId: request.clientOrderId }
        : request.kind === 'QUERY'
          ? { kind: 'QUERY_RESULT', clientOrderId: request.clientOrderId, askedAtMs }
          : { kind: request.part, requestId: request.requestId, askedAtMs };
  // Each kind of request has its kind of answer.
  return { ...fields, atMs, result } as unknown as KernelEvent;
}
