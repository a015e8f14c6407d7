// The journal that a command is to read: a folder or one segment, and the state that its records go on from. Nothing is written.

import { statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { JournalFault } from '../adapters/journal/journal-fault.ts';
import type { ReplayStart } from '../adapters/journal/journal-replay.ts';
import type { SegmentName } from '../adapters/journal/segment.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { JournalDisk } from '../ports.ts';
import { EXIT } from './exit-codes.ts';
import { type Refusal, refusal } from './outcome.ts';

export interface JournalSource {
  readonly folder: string;
  readonly disk: JournalDisk;
  readonly segments: readonly SegmentName[];
}

/** Finds the journal of a folder, or one segment. It looks at what is there before a disk is opened, which would make the folder. */
export async function sourceAt(path: string, cwd: string): Promise<Result<JournalSource, Refusal>> {
  const { nodeJournalDisk } = await import('../adapters/journal/node-journal-disk.ts');
  const { segmentsOf } = await import('../adapters/journal/segment.ts');
  const full = resolve(cwd, path);
  const stats = statSync(full, { throwIfNoEntry: false });
  if (stats === undefined)
    return err(refusal(EXIT.usage, `${path}: there is no such file or folder; name that of a journal`));
  const folder = stats.isDirectory() ? full : dirname(full);
  const disk = nodeJournalDisk(folder);
  const all = segmentsOf(disk);
  const segments = stats.isDirectory() ? all : all.filter(({ name }) => name === basename(full));
  if (segments.length > 0) return ok({ folder, disk, segments });
  const what = stats.isDirectory() ? 'holds no segment' : 'is no segment';
  return err(
    refusal(EXIT.stateRefused, `${path} ${what} of a journal; they are called pink-000000000001.jsonl`),
  );
}

/**
 * Returns the state before the first record that is to be applied.
 *
 * @param from the snapshot to begin from, a file in the same folder or a path; `undefined`: the first record.
 */
export async function startOf(
  { disk, segments, folder }: JournalSource,
  from: string | undefined,
  cwd: string,
): Promise<Result<ReplayStart | JournalFault, Refusal>> {
  const { beginningOf } = await import('../adapters/journal/journal-replay.ts');
  const [first] = segments;
  if (from !== undefined) return await snapshotAt(from, folder, cwd);
  if (first?.first === 1) return ok(beginningOf(disk, first.name));
  const hint = 'name the snapshot before it with --from';
  return err(refusal(EXIT.usage, `${first?.name} begins with record ${first?.first}; ${hint}`));
}

async function snapshotAt(from: string, folder: string, cwd: string): Promise<Result<ReplayStart, Refusal>> {
  const { nodeJournalDisk } = await import('../adapters/journal/node-journal-disk.ts');
  const { readSnapshot } = await import('../adapters/journal/snapshot-file.ts');
  const paths = [resolve(folder, from), resolve(cwd, from)];
  const path = paths.find((each) => statSync(each, { throwIfNoEntry: false })?.isFile() === true);
  if (path === undefined)
    return err(refusal(EXIT.usage, `--from ${from}: there is no such file here or in ${folder}`));
  const snapshot = readSnapshot(nodeJournalDisk(dirname(path)), basename(path));
  if (snapshot.ok) return ok(snapshot.value);
  const hint = 'take an older one, or replay from the first record';
  return err(refusal(EXIT.stateRefused, `--from ${from}: ${snapshot.error}; ${hint}`));
}

/** Segments that end before the snapshot have nothing to say. */
export function fromSegment(segments: readonly SegmentName[], seq: number): readonly SegmentName[] {
  return segments.slice(
    Math.max(
      0,
      segments.findLastIndex(({ first }) => first <= seq + 1),
    ),
  );
}

/** A start of a journal of which the beginning may have been moved elsewhere. */
export interface EarliestStart {
  readonly start: ReplayStart | JournalFault;
  /** The snapshot that it begins from; `null`: the first record. */
  readonly snapshot: string | null;
}

/** Returns the earliest state that the journal of a folder can be told from: before its first record, else its oldest snapshot that verifies. */
export async function earliestStart({
  disk,
  segments,
}: JournalSource): Promise<Result<EarliestStart, Refusal>> {
  const { beginningOf } = await import('../adapters/journal/journal-replay.ts');
  const { readSnapshot, snapshotsOf } = await import('../adapters/journal/snapshot-file.ts');
  const [first] = segments;
  if (first?.first === 1) return ok({ start: beginningOf(disk, first.name), snapshot: null });
  for (const { name, seq } of snapshotsOf(disk).toReversed()) {
    if (first === undefined || seq + 1 < first.first) continue;
    const snapshot = readSnapshot(disk, name);
    if (snapshot.ok) return ok({ start: snapshot.value, snapshot: name });
  }
  const what = `${first?.name} begins with record ${first?.first}, and no snapshot before its records verifies`;
  return err(refusal(EXIT.stateRefused, `${what}; put the segments before it, or a snapshot, beside it`));
}
