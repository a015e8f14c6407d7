// How the running app is, for /healthz: numbers and instants only, so that whoever asks need not be allowed to know more.

import { isoFromMs } from '../domain/time.ts';
import type { DeliveryQueue } from './delivery-queue.ts';
import type { SweepRounds } from './sweep-rounds.ts';

export interface AppHealth {
  readonly status: 'ok' | 'degraded' | 'stopping';
  readonly version: string;
  readonly started_at: string;
  readonly queue_length: number;
  readonly oldest_waiting_since: string | null;
  /** Deliveries that are set aside because they could not be handled. */
  readonly failed_deliveries: number;
  readonly last_delivery_at: string | null;
  readonly last_sweep_at: string | null;
  readonly last_sweep_failures: number;
}

interface HealthFacts {
  readonly version: string;
  readonly startedAtMs: number;
  readonly queue: Pick<DeliveryQueue, 'waiting' | 'parkedCount'>;
  readonly rounds: Pick<SweepRounds, 'lastMs' | 'problems'>;
  readonly lastDeliveryMs: number | null;
  readonly isStopping: boolean;
}

/** Returns what `/healthz` shows. `degraded`: something failed that a person should look at; the app goes on. */
export function appHealth(facts: HealthFacts): AppHealth {
  const waiting = facts.queue.waiting();
  const failed = facts.queue.parkedCount();
  const problems = facts.rounds.problems();
  const isWell = failed === 0 && problems.length === 0;
  return {
    status: facts.isStopping ? 'stopping' : isWell ? 'ok' : 'degraded',
    version: facts.version,
    started_at: isoFromMs(facts.startedAtMs),
    queue_length: waiting.length,
    oldest_waiting_since: instantOrNull(waiting[0]?.receivedAtMs ?? null),
    failed_deliveries: failed,
    last_delivery_at: instantOrNull(facts.lastDeliveryMs),
    last_sweep_at: instantOrNull(facts.rounds.lastMs()),
    last_sweep_failures: problems.length,
  };
}

function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : isoFromMs(ms);
}
