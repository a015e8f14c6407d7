// Handles the queued deliveries: those of one repository one after the other, those of different repositories beside each other.

import { causesOf } from '../domain/causes.ts';
import { GitHubError } from '../domain/github.ts';
import type { Clock, Log } from '../ports.ts';
import type { Delivery } from './delivery.ts';
import type { DeliveryQueue } from './delivery-queue.ts';

export interface WorkerPorts {
  readonly queue: DeliveryQueue;
  readonly clock: Clock;
  readonly log: Log;
  /** Waits, in milliseconds; ends early, without an error, where the signal is given. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Does what a delivery asks for; a GitHubError `unavailable` is tried again. */
  handle(delivery: Delivery): Promise<void>;
}

export interface DeliveryWorker {
  /** Looks at the queue; call it after every delivery that was added. */
  wake(): void;
  /** Runs other work on a repository, after what is on its way there and before what comes later. */
  inLane<T>(repository: string, run: () => Promise<T>): Promise<T>;
  /** Resolves when nothing is on its way. */
  idle(): Promise<void>;
  /** Finishes what is being handled; everything else stays in the queue. */
  stop(): Promise<void>;
}

/** Between the attempts at one delivery. GitHub asks to wait for minutes when it is limiting, and its outages last as long. */
const RETRY_WAITS_MS: readonly number[] = [5_000, 30_000, 120_000, 600_000];

/** Starts with nothing: call `wake` to take up what an earlier run left. */
export function deliveryWorker(ports: WorkerPorts): DeliveryWorker {
  const lanes = new Map<string, Promise<void>>();
  const scheduled = new Set<string>();
  const stopping = new AbortController();

  function inLane<T>(lane: string, run: () => Promise<T>): Promise<T> {
    const before = lanes.get(lane) ?? Promise.resolve();
    const result = before.then(run);
    // Whoever asked for the result hears of its failure; the lane goes on.
    const settled = result.then(
      () => {},
      () => {},
    );
    lanes.set(lane, settled);
    void settled.then(() => {
      if (lanes.get(lane) === settled) lanes.delete(lane);
    });
    return result;
  }

  async function process(guid: string): Promise<void> {
    try {
      if (!stopping.signal.aborted) await handleOne(ports, guid, stopping.signal);
    } catch (error) {
      // Only the disk of the queue can have failed here: the delivery is still on it, or was handled and may be so again.
      ports.log.error(
        `the queue of deliveries could not be written: ${String(error)}; free the disk and restart`,
      );
    } finally {
      scheduled.delete(guid);
    }
  }

  return {
    wake() {
      if (stopping.signal.aborted) return;
      for (const { guid, repository } of ports.queue.waiting()) {
        if (scheduled.has(guid)) continue;
        scheduled.add(guid);
        void inLane(repository ?? '', async () => await process(guid));
      }
    },
    inLane: async (repository, run) => await inLane(repository, run),
    async idle() {
      while (lanes.size > 0) await Promise.all(lanes.values());
    },
    async stop() {
      stopping.abort();
      await Promise.all(lanes.values());
    },
  };
}

async function handleOne(ports: WorkerPorts, guid: string, stopping: AbortSignal): Promise<void> {
  const { queue, clock, log } = ports;
  const delivery = queue.read(guid);
  if (delivery === null) {
    queue.park(guid, 'its file in the queue is gone or damaged');
    log.error(`delivery ${guid} cannot be read from the queue any more`);
    return;
  }
  const what = `delivery ${guid} (${delivery.event})`;
  for (let attempt = 0; ; attempt += 1) {
    const failure = await failureOf(ports, delivery);
    if (failure === null) {
      queue.finish(guid, clock.nowMs());
      return;
    }
    const waitMs = failure.isPassing ? RETRY_WAITS_MS[attempt] : undefined;
    if (waitMs === undefined) {
      queue.park(guid, failure.message);
      log.error(
        `${what} failed and is set aside; the sweep makes up for it, and the next start tries it again: ${failure.message}`,
      );
      return;
    }
    log.warn(`${what} waits ${waitMs / 1000} s for the next attempt: ${failure.message}`);
    await ports.sleep(waitMs, stopping);
    if (stopping.aborted) return;
  }
}

interface Failure {
  readonly message: string;
  /** Whether another attempt may do. */
  readonly isPassing: boolean;
}

async function failureOf({ handle }: WorkerPorts, delivery: Delivery): Promise<Failure | null> {
  try {
    await handle(delivery);
    return null;
  } catch (error) {
    // The frame and the handlers each gather what failed.
    const causes = causesOf(error);
    return {
      message: causes.map(wordsOf).join('; '),
      isPassing: causes.some(isPassing),
    };
  }
}

/** What GitHub said speaks for itself; anything else is a defect, and is looked for by its stack. */
function wordsOf(cause: unknown): string {
  if (cause instanceof GitHubError) return cause.message;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}

/** Besides our own errors those of the client that fetches a token, which carry the HTTP status. */
function isPassing(error: unknown): boolean {
  if (error instanceof GitHubError) return error.kind === 'unavailable';
  if (!(error instanceof Error) || !('status' in error)) return false;
  return typeof error.status === 'number' && (error.status >= 500 || error.status === 429);
}
