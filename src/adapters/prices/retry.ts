// Bounded retries with back-off and jitter for requests over the network, with the wait injected so that tests do not sleep.

import { setTimeout as sleep } from 'node:timers/promises';
import { err, ok, type Result } from '../../domain/result.ts';

export interface RetryPolicy {
  /** Tries in total, the first one included. */
  readonly attempts: number;
  /** Wait after the first failure; it doubles with each further one. */
  readonly firstWaitMs: number;
  /** Longest single wait. A server that asks for more is given up at once. */
  readonly longestWaitMs: number;
  wait(ms: number): Promise<unknown>;
  /** Uniform in `[0, 1)`: spreads the retries of jobs that start at the same minute. */
  random(): number;
}

export const DEFAULT_RETRIES: RetryPolicy = {
  attempts: 4,
  firstWaitMs: 500,
  longestWaitMs: 60_000,
  wait: (ms) => sleep(ms),
  random: () => Math.random(),
};

/** What one try came to: a value, a failure that no retry can mend, or a failure that may pass. */
export type Attempt<T, E> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'final'; readonly error: E }
  | { readonly kind: 'transient'; readonly error: E; readonly askedWaitMs: number | null };

/**
 * Tries until there is a value, a final failure, or no try left; then returns the last failure.
 * Waits between half and the whole of `firstWaitMs · 2^n`, or exactly as long as the server asked for.
 */
export async function withRetries<T, E>(
  policy: RetryPolicy,
  attempt: (tryNumber: number) => Promise<Attempt<T, E>>,
): Promise<Result<T, E>> {
  for (let tryNumber = 0; ; tryNumber += 1) {
    const outcome = await attempt(tryNumber);
    if (outcome.kind === 'value') return ok(outcome.value);
    if (outcome.kind === 'final' || tryNumber + 1 >= policy.attempts) return err(outcome.error);
    const backOffMs = policy.firstWaitMs * 2 ** tryNumber * (0.5 + 0.5 * policy.random());
    const waitMs = outcome.askedWaitMs ?? Math.min(backOffMs, policy.longestWaitMs);
    if (waitMs > policy.longestWaitMs) return err(outcome.error);
    await policy.wait(waitMs);
  }
}
