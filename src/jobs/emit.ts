// Emit: takes events from agents in any language, one JSON object per line, as they come.

import { batchesFrom } from '../adapters/input/batches.ts';
import { linesFrom } from '../adapters/input/lines.ts';
import type { LockHeld } from '../adapters/state/lock.ts';
import type { Reject } from '../domain/reject.ts';
import { err, ok, type Result } from '../domain/result.ts';
import {
  addCounts,
  type IntakeCounts,
  type IntakeTarget,
  lookalikeTally,
  NO_COUNTS,
  storeLines,
} from './intake.ts';

const INPUT_NAME = 'stdin';

interface EmitReport {
  readonly counts: IntakeCounts;
  /** What looks like a mistake and was taken all the same. */
  readonly remarks: readonly string[];
}

interface EmitFailure {
  readonly held: LockHeld;
  /** What was stored before the lock was met. */
  readonly counts: IntakeCounts;
}

/**
 * Stores the lines of `input` as they arrive; a pipe may stay open for months, so nothing is collected.
 *
 * @param onReject called for each line that is set aside
 * @param onStored called after each batch with the ids of its events that are stored now, in the order of their lines
 * @returns what became of the lines, or who held the producer's lock for too long.
 */
export async function emit(
  input: AsyncIterable<Uint8Array>,
  target: IntakeTarget,
  onReject: (reject: Reject) => void,
  onStored: (eventIds: readonly string[]) => void = () => {},
): Promise<Result<EmitReport, EmitFailure>> {
  let counts = NO_COUNTS;
  const lookalikes = lookalikeTally();
  for await (const batch of batchesFrom(linesFrom(input))) {
    const stored = await storeLines(batch, INPUT_NAME, target);
    if (!stored.ok) return err({ held: stored.error, counts });
    counts = addCounts(counts, stored.value.counts);
    onStored(stored.value.eventIds);
    lookalikes.add(stored.value.lookalikes);
    for (const reject of stored.value.rejects) onReject(reject);
  }
  return ok({ counts, remarks: lookalikes.remarks() });
}
