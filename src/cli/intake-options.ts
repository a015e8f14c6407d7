// What emit and ingest have in common on the command line: the options, the target of the records, and a locked state.

import { InvalidArgumentError } from 'commander';
import { isEventProducer } from '../adapters/state/event-shards.ts';
import type { LockHeld } from '../adapters/state/lock.ts';
import type { Market } from '../domain/market.ts';
import type { IntakeCounts, IntakeTarget } from '../jobs/intake.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { recordRun } from './job-setup.ts';
import { type Refusal, refusal } from './outcome.ts';

export interface IntakeOptions {
  readonly producer: string;
  readonly telemetry?: boolean;
  readonly market?: Market;
}

/** A writer holds the lock for one batch at a time, so a longer wait means that it hangs. */
const LOCK_WAIT_MS = 30_000;

/** Parses `--producer`. It becomes a folder, hence the narrow alphabet. */
export function producerName(text: string): string {
  if (isEventProducer(text)) return text;
  throw new InvalidArgumentError(
    'Expected 1 to 32 of a-z, 0-9 and -, beginning with a letter or digit, and not "reconcile".',
  );
}

/** Returns where the records of this run go. */
export async function intakeTarget(context: CommandContext, options: IntakeOptions): Promise<IntakeTarget> {
  const { processOwner } = await import('../adapters/state/lock.ts');
  const { setTimeout: sleep } = await import('node:timers/promises');
  return {
    disk: context.disk,
    producer: options.producer,
    kind: options.telemetry === true ? 'telemetry' : 'alpha',
    defaults: options.market === undefined ? {} : { market: options.market },
    nowMs: context.nowMs,
    waitMs: LOCK_WAIT_MS,
    owner: processOwner(),
    sleep: async (ms) => await sleep(ms),
  };
}

/** Writes the provenance of a run that stored or refused something; repeating what is stored leaves no trace. */
export async function recordIntake(
  context: CommandContext,
  job: 'emit' | 'ingest',
  counts: IntakeCounts,
): Promise<void> {
  if (counts.appended + counts.conflicts + counts.rejected === 0) return;
  await recordRun(context, job, { counts: { ...counts }, price_requests: 0, config_sha256: null });
}

/** Returns the refusal of a run that met a lock. Batches before it are stored, and repeating them is harmless. */
export function lockedRefusal(held: LockHeld, counts: IntakeCounts): Refusal {
  const stored = counts.read === 0 ? 'nothing was stored' : `the first ${counts.read} lines are stored`;
  return refusal(EXIT.stateRefused, `${held.message}; ${stored}, send the same input again`);
}
