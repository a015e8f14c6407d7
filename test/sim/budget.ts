// What may be asked of the venue: two buckets of tokens, and a queue in which exits go before everything else.

import { PRIORITIES, type Priority } from '../../src/domain/venue.ts';

interface Bucket {
  readonly capacity: number;
  readonly perSecond: number;
}

/** Of one user, and of one address. */
interface Budgets {
  readonly uid: Bucket;
  readonly ip: Bucket;
}

export const BUDGETS: Budgets = { uid: { capacity: 10, perSecond: 5 }, ip: { capacity: 20, perSecond: 10 } };

interface Level {
  readonly bucket: Bucket;
  tokens: number;
  atMs: number;
}

/** Requests that wait for their turn: by priority, then by age. Time is told, never looked up. */
export class BudgetQueue<Request> {
  private readonly levels: readonly Level[];
  private readonly waiting = new Map<Priority, Request[]>(PRIORITIES.map((name) => [name, []]));

  constructor(budgets: Budgets, nowMs: number) {
    this.levels = [budgets.uid, budgets.ip].map((bucket) => ({
      bucket,
      tokens: bucket.capacity,
      atMs: nowMs,
    }));
  }

  add(priority: Priority, request: Request): void {
    this.waiting.get(priority)?.push(request);
  }

  /** Forgets what waits: whoever asked is gone. */
  clear(): void {
    for (const requests of this.waiting.values()) requests.length = 0;
  }

  /** Takes the next request that the budget allows at `nowMs`, or says how long to wait; `null`: nothing waits. */
  take(nowMs: number): { readonly request: Request } | { readonly waitMs: number } | null {
    const next = PRIORITIES.map((name) => this.waiting.get(name) ?? []).find((list) => list.length > 0);
    if (next === undefined) return null;
    const waitMs = Math.max(...this.levels.map((level) => waitOf(level, nowMs)));
    if (waitMs > 0) return { waitMs };
    for (const level of this.levels) level.tokens -= 1;
    const request = next.shift();
    return request === undefined ? null : { request };
  }
}

function waitOf(level: Level, nowMs: number): number {
  const { capacity, perSecond } = level.bucket;
  level.tokens = Math.min(capacity, level.tokens + ((nowMs - level.atMs) * perSecond) / 1_000);
  level.atMs = nowMs;
  // A token that is short by a rounding of floats is a token.
  return level.tokens >= 1 - 1e-9 ? 0 : Math.ceil(((1 - level.tokens) * 1_000) / perSecond);
}
