// Requests that wait for their turn: by priority, then by age, each as soon as the budget of its own group allows.

import { PRIORITIES, type Priority } from '../../../domain/venue.ts';
import type { Timers } from '../../../ports.ts';
import type { RequestBudget } from './limits.ts';
import type { LimitGroup } from './rest-call.ts';

interface Waiter {
  readonly group: LimitGroup;
  readonly priority: Priority;
  /** Requests of one key leave at least a second apart. */
  readonly spacingKey: string | null;
  readonly deadlineMs: number;
  readonly answer: (turn: Turn) => void;
}

/** `go`: it leaves now. Otherwise why it does not. */
export type Turn = 'go' | 'no_turn' | 'closed';

interface TurnRequest {
  readonly group: LimitGroup;
  readonly priority: Priority;
  readonly spacingKey: string | null;
  readonly patienceMs: number;
}

const SPACING_MS = 1_050;

export class RequestQueue {
  private readonly timers: Timers;
  private readonly budget: RequestBudget;
  private readonly waiting = new Map<Priority, Waiter[]>(PRIORITIES.map((name) => [name, []]));
  private readonly lastByKeyMs = new Map<string, number>();
  private callOff: () => void = () => undefined;
  private isClosed = false;

  constructor(timers: Timers, budget: RequestBudget) {
    this.timers = timers;
    this.budget = budget;
  }

  /** Resolves when the request may leave, and counts it then; or when it may not any more. */
  turn({ group, priority, spacingKey, patienceMs }: TurnRequest): Promise<Turn> {
    if (this.isClosed) return Promise.resolve('closed');
    return new Promise((answer) => {
      const deadlineMs = this.timers.nowMs() + patienceMs;
      this.waiting.get(priority)?.push({ group, priority, spacingKey, deadlineMs, answer });
      this.drain();
    });
  }

  /** The venue lets nothing of a group, or nothing at all, through before an instant. */
  block(group: LimitGroup | 'all', untilMs: number): void {
    this.budget.block(group, untilMs);
    this.drain();
  }

  close(): void {
    this.isClosed = true;
    this.callOff();
    for (const list of this.waiting.values()) for (const { answer } of list.splice(0)) answer('closed');
  }

  private drain(): void {
    if (this.isClosed) return;
    this.callOff();
    const nowMs = this.timers.nowMs();
    this.budget.follow(nowMs);
    this.forgetKeys(nowMs);
    let nextMs = Number.POSITIVE_INFINITY;
    for (const [priority, list] of this.waiting) {
      const left = list.filter((waiter) => {
        const wait = this.settle(waiter, nowMs);
        nextMs = Math.min(nextMs, wait);
        return wait !== Number.POSITIVE_INFINITY;
      });
      this.waiting.set(priority, left);
    }
    if (nextMs < Number.POSITIVE_INFINITY) this.callOff = this.timers.after(nextMs, () => this.drain());
  }

  /** Answers a request whose wait has ended in one way or the other, and returns how long until it is looked at again; endless: answered. */
  private settle(waiter: Waiter, nowMs: number): number {
    const { group, priority, spacingKey, deadlineMs, answer } = waiter;
    // A machine that slept, or was busy: nobody counts on the request any more.
    if (nowMs > deadlineMs) {
      answer('no_turn');
      return Number.POSITIVE_INFINITY;
    }
    const spacedMs = spacingKey === null ? 0 : (this.lastByKeyMs.get(spacingKey) ?? 0) + SPACING_MS - nowMs;
    const waitMs = Math.max(spacedMs, this.budget.waitMs(group, priority, nowMs));
    if (waitMs <= 0) {
      this.budget.take(group, nowMs);
      if (spacingKey !== null) {
        this.lastByKeyMs.delete(spacingKey);
        this.lastByKeyMs.set(spacingKey, nowMs);
      }
      answer('go');
      return Number.POSITIVE_INFINITY;
    }
    if (nowMs >= deadlineMs || this.budget.unblockedAtMs(group) > deadlineMs) {
      answer('no_turn');
      return Number.POSITIVE_INFINITY;
    }
    return Math.min(waitMs, deadlineMs - nowMs);
  }

  private forgetKeys(nowMs: number): void {
    for (const [key, atMs] of this.lastByKeyMs) {
      // A clock that was set back would hold a key for as long as it went back.
      if (atMs <= nowMs && nowMs < atMs + SPACING_MS) return;
      this.lastByKeyMs.delete(key);
    }
  }
}
