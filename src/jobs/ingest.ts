// Ingest: takes whole files of events, packed or not, in the present or the older shape; a second run adds nothing.

import { basename } from 'node:path';
import { batchesFrom } from '../adapters/input/batches.ts';
import { fileChunks, inputSize } from '../adapters/input/file.ts';
import { linesFrom } from '../adapters/input/lines.ts';
import type { LockHeld } from '../adapters/state/lock.ts';
import {
  REJECT_PLACES_MAX,
  type Reject,
  type RejectCode,
  type RejectPlace,
  rejectPlace,
} from '../domain/reject.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Progress } from '../ports.ts';
import {
  addCounts,
  type IntakeCounts,
  type IntakeTarget,
  lookalikeTally,
  NO_COUNTS,
  storeLines,
} from './intake.ts';
import { placedReason } from './intake-record.ts';

interface RejectSummary {
  readonly code: RejectCode;
  readonly count: number;
  /** The first few, as `file:line reason`. */
  readonly examples: readonly string[];
}

export interface IngestReport {
  readonly counts: IntakeCounts;
  /** By code, the most frequent first. Conflicts are among them. */
  readonly rejects: readonly RejectSummary[];
  /** The first of them, each with the path of its file as it was given. */
  readonly first_rejects: readonly RejectPlace[];
  /** Files that could not be read to their end, with the reason; what was read before is stored. */
  readonly unreadable: readonly string[];
  /** What looks like a mistake and was taken all the same. */
  readonly remarks: readonly string[];
}

type IngestFailure =
  | { readonly kind: 'no_input'; readonly message: string }
  | { readonly kind: 'locked'; readonly held: LockHeld; readonly counts: IntakeCounts };

/**
 * Stores the events of `paths` in their order. All files must exist before the first is read.
 *
 * @returns what became of the lines; or why nothing was read, or who held the producer's lock for too long.
 */
export async function ingest(
  paths: readonly string[],
  target: IntakeTarget,
  progress: Progress,
): Promise<Result<IngestReport, IngestFailure>> {
  const sizes = paths.map(inputSize);
  const missing = sizes.flatMap((size) => (size.ok ? [] : [size.error]));
  if (missing.length > 0) return err({ kind: 'no_input', message: missing.join('; ') });

  const tally = tallyFor(target, progress);
  progress.start(
    'ingest, bytes',
    sizes.reduce((sum, size) => sum + (size.ok ? size.value : 0), 0),
  );
  try {
    for (const path of paths) {
      const held = await tally.addFile(path);
      if (held !== null) return err({ kind: 'locked', held, counts: tally.report().counts });
    }
  } finally {
    progress.done();
  }
  return ok(tally.report());
}

interface Tally {
  /** Stores one file; returns the lock that stopped it, if any. */
  addFile(path: string): Promise<LockHeld | null>;
  report(): IngestReport;
}

const EXAMPLES_PER_CODE = 3;

function tallyFor(target: IntakeTarget, progress: Progress): Tally {
  let counts = NO_COUNTS;
  const rejects = new Map<RejectCode, { code: RejectCode; count: number; examples: string[] }>();
  const firstRejects: RejectPlace[] = [];
  const unreadable: string[] = [];
  const lookalikes = lookalikeTally();

  const note = (reject: Reject, path: string): void => {
    const summary = rejects.get(reject.code) ?? { code: reject.code, count: 0, examples: [] };
    summary.count += 1;
    if (summary.examples.length < EXAMPLES_PER_CODE) summary.examples.push(placedReason(reject));
    rejects.set(reject.code, summary);
    if (firstRejects.length < REJECT_PLACES_MAX) firstRejects.push({ ...rejectPlace(reject), file: path });
  };
  return {
    async addFile(path) {
      const name = basename(path);
      // The file is read ahead, and for a moment even after a full disk has ended the step: only this loop tells progress.
      let untoldBytes = 0;
      const bytes = fileChunks(path, (count) => {
        untoldBytes += count;
      });
      const tellProgress = (): void => {
        progress.advance(untoldBytes);
        untoldBytes = 0;
      };
      const input = endingAtFault(bytes, (fault) => unreadable.push(`${name}: ${fault}`));
      for await (const batch of batchesFrom(linesFrom(input))) {
        const stored = await storeLines(batch, name, target);
        if (!stored.ok) return stored.error;
        counts = addCounts(counts, stored.value.counts);
        for (const reject of stored.value.rejects) note(reject, path);
        lookalikes.add(stored.value.lookalikes);
        tellProgress();
      }
      tellProgress();
      return null;
    },
    report: () => ({
      counts,
      rejects: [...rejects.values()].sort((a, b) => b.count - a.count),
      first_rejects: firstRejects,
      unreadable,
      remarks: lookalikes.remarks(),
    }),
  };
}

/**
 * Yields `chunks` up to the point where reading fails. A file that is damaged at its end is like a torn line: what
 * stands before the damage is good, and the damage is reported.
 */
async function* endingAtFault(
  chunks: AsyncIterable<Uint8Array>,
  onFault: (message: string) => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    onFault(error.message);
  }
}
