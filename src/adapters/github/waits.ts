// The waits of one client of GitHub: counted, bounded by the hour, and spread so that its limits are not reached in the first place.

import { HOUR_MS, MINUTE_MS } from '../../domain/time.ts';

interface Timing {
  sleep(ms: number): Promise<unknown>;
  nowMs(): number;
}

export interface Waits {
  readonly counts: { readonly retries: number; readonly waitedMs: number };
  /** How long the client may still wait in this hour. */
  leftInHourMs(): number;
  /** Waits, and counts it as a retry. */
  retryAfter(ms: number): Promise<void>;
  /** Waits, without any retry. */
  space(ms: number): Promise<void>;
  nowMs(): number;
}

/** A job that waits longer than this in an hour had better end: the next one finishes what is owed. */
const HOUR_WAIT_MAX_MS = 15 * MINUTE_MS;

export function waitsOf({ sleep, nowMs }: Timing): Waits {
  const counts = { retries: 0, waitedMs: 0 };
  let recent: { readonly atMs: number; readonly ms: number }[] = [];
  const wait = async (ms: number): Promise<void> => {
    recent.push({ atMs: nowMs(), ms });
    counts.waitedMs += ms;
    await sleep(ms);
  };
  return {
    counts,
    nowMs,
    space: wait,
    leftInHourMs: () => {
      recent = recent.filter(({ atMs }) => atMs > nowMs() - HOUR_MS);
      return HOUR_WAIT_MAX_MS - recent.reduce((sum, { ms }) => sum + ms, 0);
    },
    retryAfter: async (ms) => {
      counts.retries += 1;
      await wait(ms);
    },
  };
}

/** GitHub allows 80; another job or the app may be creating too. */
const CREATIONS_PER_MINUTE = 60;

/** Returns what is called before each creation: it waits where the last minute has had its share. */
export function creationSpacing(waits: Waits): () => Promise<void> {
  let createdMs: readonly number[] = [];
  return async () => {
    const nowMs = waits.nowMs();
    createdMs = createdMs.filter((ms) => ms > nowMs - MINUTE_MS);
    const oldestMs = createdMs.at(-CREATIONS_PER_MINUTE);
    if (oldestMs !== undefined) await waits.space(oldestMs + MINUTE_MS - nowMs);
    createdMs = [...createdMs, waits.nowMs()];
  };
}

/** Returns what runs one task at a time, in the order they came; a task that fails holds nobody up. */
export function oneAfterTheOther(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return async (task) => {
    const turn = last.then(task, task);
    last = turn;
    return await turn;
  };
}
