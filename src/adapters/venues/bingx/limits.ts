// What the venue lets a client ask in how much time: of one user and of one address, for each group of requests, and for all together.

import type { Priority } from '../../../domain/venue.ts';
import type { LimitGroup } from './rest-call.ts';

/** So many requests in so much time. */
interface Limit {
  readonly count: number;
  readonly windowMs: number;
}

interface GroupLimits {
  /** `null`: not counted by user. */
  readonly uid: Limit | null;
  readonly ip: Limit;
}

/** A second of the venue, and a twentieth for requests that travel faster than the one before. */
const SECOND_MS = 1_050;

const perSecond = (count: number): Limit => ({ count, windowMs: SECOND_MS });

/** As the venue publishes them. Where one group holds several paths, it is the smallest of theirs. */
const GROUP_LIMITS: Readonly<Record<LimitGroup, GroupLimits>> = {
  order_place: { uid: perSecond(10), ip: perSecond(3) },
  order_cancel: { uid: perSecond(10), ip: perSecond(3) },
  order_query: { uid: perSecond(30), ip: perSecond(2) },
  order_lists: { uid: perSecond(5), ip: perSecond(2) },
  positions: { uid: perSecond(10), ip: perSecond(2) },
  fills: { uid: perSecond(5), ip: perSecond(2) },
  account: { uid: perSecond(5), ip: perSecond(2) },
  settings: { uid: perSecond(2), ip: perSecond(2) },
  listen_key: { uid: perSecond(2), ip: perSecond(2) },
  cancel_all_after: { uid: perSecond(1), ip: perSecond(2) },
  market: { uid: null, ip: perSecond(1) },
};

/** Of all requests of one address. */
const SHARED_LIMIT: Limit = { count: 300, windowMs: 10_500 };

/** Of the shared limit, how many requests a priority leaves to those before it. */
const RESERVED: Readonly<Record<Priority, number>> = {
  exit: 0,
  cancel: 15,
  doubt: 30,
  entry: 60,
  housekeeping: 90,
};

/** The instants of the last requests, so that no window of its length ever holds more than its count. */
class SlidingWindow {
  private readonly limit: Limit;
  /** Ascending, as many as the count at most. */
  private readonly takenAtMs: number[] = [];

  constructor(limit: Limit) {
    this.limit = limit;
  }

  /** How long until one more may leave while `reserved` others still could; 0: now. */
  waitMs(nowMs: number, reserved: number): number {
    const { count, windowMs } = this.limit;
    const allowed = Math.max(1, count - reserved);
    const decisive = this.takenAtMs[this.takenAtMs.length - allowed];
    return decisive === undefined ? 0 : Math.max(0, decisive + windowMs - nowMs);
  }

  take(nowMs: number): void {
    this.takenAtMs.push(nowMs);
    if (this.takenAtMs.length > this.limit.count) this.takenAtMs.shift();
  }

  /** Takes all requests so far for `ms` earlier. */
  moveBack(ms: number): void {
    for (let at = 0; at < this.takenAtMs.length; at += 1) this.takenAtMs[at] = (this.takenAtMs[at] ?? 0) - ms;
  }
}

/** The budget of one client. Time is told, never looked up. */
export class RequestBudget {
  private readonly groups = new Map<LimitGroup, readonly SlidingWindow[]>();
  private readonly shared: SlidingWindow;
  private readonly blockedUntilMs = new Map<LimitGroup | 'all', number>();
  private latestMs = Number.NEGATIVE_INFINITY;

  /** @param multiplier how many times the published limits; above 1 only for an exchange of one's own. */
  constructor(multiplier = 1) {
    const scaled = ({ count, windowMs }: Limit): Limit => ({
      count: Math.max(1, Math.floor(count * multiplier)),
      windowMs,
    });
    for (const [group, { uid, ip }] of Object.entries(GROUP_LIMITS) as [LimitGroup, GroupLimits][])
      this.groups.set(
        group,
        (uid === null ? [ip] : [uid, ip]).map((limit) => new SlidingWindow(scaled(limit))),
      );
    this.shared = new SlidingWindow(scaled(SHARED_LIMIT));
  }

  /** How long a request of `group` has to wait; 0: it may leave now. */
  waitMs(group: LimitGroup, priority: Priority, nowMs: number): number {
    const waits = (this.groups.get(group) ?? []).map((window) => window.waitMs(nowMs, 0));
    const blockedMs = this.unblockedAtMs(group) - nowMs;
    return Math.max(0, blockedMs, this.shared.waitMs(nowMs, RESERVED[priority]), ...waits);
  }

  /** Counts a request that leaves. */
  take(group: LimitGroup, nowMs: number): void {
    for (const window of this.groups.get(group) ?? []) window.take(nowMs);
    this.shared.take(nowMs);
  }

  /** The venue lets nothing of a group, or nothing at all, through before an instant. */
  block(group: LimitGroup | 'all', untilMs: number): void {
    this.blockedUntilMs.set(group, Math.max(untilMs, this.blockedUntilMs.get(group) ?? 0));
  }

  /** When the venue's block of a group ends; in the past where there is none. */
  unblockedAtMs(group: LimitGroup): number {
    return Math.max(this.blockedUntilMs.get(group) ?? 0, this.blockedUntilMs.get('all') ?? 0);
  }

  /**
   * Tells the time, before anything is asked at it. Where the clock was set back, all that is remembered goes back with it: otherwise every
   * wait would be longer by as much.
   */
  follow(nowMs: number): void {
    const backMs = this.latestMs - nowMs;
    this.latestMs = nowMs;
    if (backMs <= 0) return;
    for (const windows of [...this.groups.values(), [this.shared]])
      for (const window of windows) window.moveBack(backMs);
    for (const [group, untilMs] of this.blockedUntilMs) this.blockedUntilMs.set(group, untilMs - backMs);
  }
}
