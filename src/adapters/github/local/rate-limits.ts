// Counts requests as GitHub limits them: per hour, in bursts, and by what they create, all by the virtual clock.

import { HOUR_MS, MINUTE_MS } from '../../../domain/time.ts';
import { type FaultResponse, primaryLimitAnswer, secondaryLimitAnswer } from './faults.ts';

/** Who is counted together: one installation, one workflow token's repository, or one user. */
export interface RateCaller {
  readonly key: string;
  readonly kind: 'installation' | 'actions' | 'user';
}

export interface RateRequest {
  readonly caller: RateCaller;
  readonly method: string;
  readonly path: string;
}

/** `null` switches a limit off. The numbers that GitHub publishes are in {@link GITHUB_LIMITS}. */
export interface RateRules {
  readonly primaryPerHour: Readonly<Record<RateCaller['kind'], number>>;
  /** What a minute may cost: a read is one point, a write five. */
  readonly pointsPerMinute: number | null;
  /** Requests that make people be notified, such as opening, commenting or reviewing. */
  readonly contentPerMinute: number | null;
  readonly contentPerHour: number | null;
}

/** GitHub's limits, except for that of points, which is off unless it is asked for. */
export const GITHUB_LIMITS: RateRules = {
  primaryPerHour: { installation: 5000, actions: 1000, user: 5000 },
  pointsPerMinute: null,
  contentPerMinute: 80,
  contentPerHour: 500,
};

/** GitHub's limit of points per minute. */
export const POINTS_PER_MINUTE = 900;

/** What is left of the primary limit, as `GET /rate_limit` tells it. */
export interface RateStatus {
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  /** In epoch seconds. */
  readonly reset: number;
}

export interface RateLimits {
  /**
   * Counts a request.
   *
   * @returns the headers of its answer, whatever it is, and the refusal where it is over a limit, otherwise `null`.
   */
  take(request: RateRequest): {
    readonly headers: Readonly<Record<string, string>>;
    readonly refusal: FaultResponse | null;
  };
  /** Takes the last request of a caller back from its hour, and returns the headers of its answer: 304 is free. */
  giveBack(caller: RateCaller): Readonly<Record<string, string>>;
  /** Returns what is left, without counting anything. */
  status(caller: RateCaller): RateStatus;
}

const WRITE_POINTS = 5;
const CONTENT_METHODS = ['POST', 'PUT', 'PATCH'];
const CONTENT_PATH = /\/(issues|pulls|comments|reviews|requested_reviewers|merge)$/;

/** One caller's hour, and what it did of late. */
interface Account {
  hourStartMs: number;
  used: number;
  /** Newest last; entries older than an hour are dropped. */
  recent: { readonly atMs: number; readonly points: number; readonly isContent: boolean }[];
}

/** Returns limits of which nothing is used yet. */
export function createRateLimits(clock: { nowMs(): number }, rules: RateRules = GITHUB_LIMITS): RateLimits {
  const accounts = new Map<string, Account>();
  const accountOf = (caller: RateCaller): Account => {
    const nowMs = clock.nowMs();
    const known = accounts.get(caller.key);
    const account = known ?? { hourStartMs: nowMs, used: 0, recent: [] };
    if (nowMs >= account.hourStartMs + HOUR_MS) {
      account.hourStartMs = nowMs;
      account.used = 0;
    }
    account.recent = account.recent.filter(({ atMs }) => atMs > nowMs - HOUR_MS);
    accounts.set(caller.key, account);
    return account;
  };
  const status = (caller: RateCaller): RateStatus => {
    const { used, hourStartMs } = accountOf(caller);
    const limit = rules.primaryPerHour[caller.kind];
    const reset = Math.ceil((hourStartMs + HOUR_MS) / 1000);
    return { limit, used, remaining: Math.max(0, limit - used), reset };
  };
  return {
    status,
    giveBack(caller) {
      const account = accountOf(caller);
      account.used = Math.max(0, account.used - 1);
      return headersFrom(status(caller));
    },
    take(request) {
      const account = accountOf(request.caller);
      if (status(request.caller).remaining === 0) {
        const headers = headersFrom(status(request.caller));
        return { headers, refusal: primaryLimitAnswer(request.caller.key) };
      }
      account.used += 1;
      const headers = headersFrom(status(request.caller));
      const longestMs = burstWaitMs(account, request, rules, clock.nowMs());
      if (longestMs === 0) return { headers, refusal: null };
      return { headers, refusal: secondaryLimitAnswer(403, Math.ceil(longestMs / 1000)) };
    },
  };
}

/** Records what the request costs and returns 0, or records nothing and returns the milliseconds until it would fit. */
function burstWaitMs(account: Account, request: RateRequest, rules: RateRules, nowMs: number): number {
  const isWrite = request.method !== 'GET' && request.method !== 'HEAD';
  const isContent = CONTENT_METHODS.includes(request.method) && CONTENT_PATH.test(request.path);
  const entry = { atMs: nowMs, points: isWrite ? WRITE_POINTS : 1, isContent };
  const { recent } = account;
  const content = recent.filter((one) => one.isContent).map(({ atMs }) => ({ atMs, size: 1 }));
  const points = recent.map((one) => ({ atMs: one.atMs, size: one.points }));
  const waits = [
    waitMs(points, entry.points, rules.pointsPerMinute, MINUTE_MS, nowMs),
    isContent ? waitMs(content, 1, rules.contentPerMinute, MINUTE_MS, nowMs) : 0,
    isContent ? waitMs(content, 1, rules.contentPerHour, HOUR_MS, nowMs) : 0,
  ];
  const longest = Math.max(...waits);
  // What no limit looks at is not kept: a busy hour has thousands of reads.
  if (longest === 0 && (isContent || rules.pointsPerMinute !== null)) recent.push(entry);
  return longest;
}

/** How long until `size` more fit into a sliding window that may hold `max`. */
function waitMs(
  past: readonly { readonly atMs: number; readonly size: number }[],
  size: number,
  max: number | null,
  windowMs: number,
  nowMs: number,
): number {
  if (max === null) return 0;
  const inside = past.filter(({ atMs }) => atMs > nowMs - windowMs);
  let sum = inside.reduce((total, one) => total + one.size, size);
  for (const one of inside) {
    if (sum <= max) break;
    sum -= one.size;
    if (sum <= max) return one.atMs + windowMs - nowMs;
  }
  return sum <= max ? 0 : windowMs;
}

function headersFrom({ limit, used, remaining, reset }: RateStatus): Record<string, string> {
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-used': String(used),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(reset),
    'x-ratelimit-resource': 'core',
  };
}
